"""Signatures of webhooks after Standard Webhooks: who may put a message into the world.

In: headers, the raw body, the secrets of the source. Out: nothing, or InputError E1108. Without any secret
set, messages are taken unsigned from this machine only.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from math import floor
from typing import NoReturn

from standardwebhooks.webhooks import Webhook, WebhookVerificationError, hmac_data

from vado.errors import InputError
from vado.settings import Settings, is_loopback

# A proxy sets one of these: then the address we see is the proxy's own and says nothing of the sender.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class _Raw(Webhook):
    """Signs the bytes as they came. The library would decode them as UTF-8, and XML need not be that."""

    def sign(self, msg_id: str, timestamp: datetime, data: str) -> str:
        # `data` is the body read as latin-1, which keeps each byte.
        signed = f"{msg_id}.{floor(timestamp.timestamp())}.".encode() + data.encode("latin-1")
        return "v1," + base64.b64encode(hmac_data(self._whsecret, signed)).decode()


def check_sender(
    settings: Settings, *, source: str, headers: Mapping[str, str], body: bytes, client: str | None
) -> None:
    """Let a message in or raise InputError E1108. Any one valid signature of any one secret is enough."""
    if not settings.webhook_secrets:
        _check_local(settings, source=source, headers=headers, client=client)
        return
    secrets = settings.webhook_secrets.get(source)
    if secrets is None:
        _refuse(f"no secret is set for source {source!r}", "set it in webhook_secrets, or mend the source")
    text, given = body.decode("latin-1"), dict(headers)
    cause = "no signature fits"
    for secret in secrets:
        try:
            _Raw(secret.get_secret_value()).verify(text, given, json_parse=False)
            return
        except WebhookVerificationError as error:
            cause = str(error)
        except ValueError:  # a signature that is no base64, or has no version
            cause = "the signature cannot be read"
    _refuse(
        f"the message is not signed as Standard Webhooks demand: {cause}",
        "sign id, timestamp and raw body with the secret of this source; check the clocks",
    )


def _check_local(settings: Settings, *, source: str, headers: Mapping[str, str], client: str | None) -> None:
    # Without a client address the request did not come over a network (a test, an embedding program).
    near = client is None or is_loopback(client)
    if settings.loopback and near and not any(name in headers for name in FORWARDED):
        return
    _refuse(
        "unsigned messages are taken from this machine only",
        f"set a secret for source {source!r} in webhook_secrets and sign after Standard Webhooks",
    )


def _refuse(cause: str, action: str) -> NoReturn:
    raise InputError(cause, code="E1108", action=action, field="webhook-signature")
