"""Who may put a message into the world: signatures after Standard Webhooks, of hubs, and shared passwords.

In: headers, the raw body, the secrets of the source. Out: nothing, or InputError E1108. Without any secret
set, messages are taken unsigned from this machine only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor
from typing import NoReturn

from standardwebhooks.webhooks import Webhook, WebhookVerificationError, hmac_data

from vado.errors import InputError
from vado.settings import Settings, is_loopback

# A proxy sets one of these: then the address we see is the proxy's own and says nothing of the sender.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
TOLERANCE_S = 300  # of timestamps; as the library has it for HMAC
SIGNATURES_MAX = 20  # looked at in one header
HUB_METHODS = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}  # W3C WebSub, 7.1


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
    basic = settings.feeds[source].basic.get_secret_value() if source in settings.feeds else ""
    if basic and _knows(basic, headers.get("authorization", "")):
        return
    if not settings.webhook_secrets and not basic:
        _check_local(settings, source=source, headers=headers, client=client)
        return
    secrets = settings.webhook_secrets.get(source)
    if secrets is None:
        if basic:
            _refuse("the password of this source is missing or wrong", "send it as HTTP Basic")
        _refuse(f"no secret is set for source {source!r}", "set it in webhook_secrets, or mend the source")
    text, given = body.decode("latin-1"), dict(headers)
    cause = "no signature fits"
    for secret in secrets:
        key = secret.get_secret_value()
        try:
            if key.startswith("whpk_"):
                _verify_ed25519(key.removeprefix("whpk_"), given, body)
            else:
                _Raw(key).verify(text, given, json_parse=False)
            return
        except WebhookVerificationError as error:
            cause = str(error)
        except ValueError:  # a signature that is no base64, or has no version
            cause = "the signature cannot be read"
    _refuse(
        f"the message is not signed as Standard Webhooks demand: {cause}",
        "sign id, timestamp and raw body with the secret of this source; check the clocks",
    )


def _verify_ed25519(key: str, headers: Mapping[str, str], body: bytes) -> None:
    """Verify a `v1a` signature after Standard Webhooks; raises WebhookVerificationError or ValueError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not at:
        raise WebhookVerificationError("Missing required headers")
    if not (at.isascii() and at.isdecimal() and len(at) < 12):
        raise WebhookVerificationError("Invalid Signature Headers")
    if abs(datetime.now(tz=UTC).timestamp() - int(at)) > TOLERANCE_S:
        raise WebhookVerificationError("Message timestamp too old or too new")
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
    signed = f"{name}.{at}.".encode() + body
    for each in headers.get("webhook-signature", "").split()[:SIGNATURES_MAX]:
        version, _, text = each.partition(",")
        if version != "v1a":
            continue
        try:
            public.verify(base64.b64decode(text, validate=True), signed)
            return
        except (InvalidSignature, binascii.Error):
            continue
    raise WebhookVerificationError("No matching signature found")


def check_hub(secret: str, header: str, body: bytes) -> None:
    """Let in what a hub signed with the secret of our subscription (`X-Hub-Signature`); InputError E1108."""
    method, _, text = header.partition("=")
    make = HUB_METHODS.get(method.strip().lower())
    if make is None:  # sha1 is not enough any more
        _refuse("the message has no signature of a hub that we take", "have the hub sign with sha256")
    expected = hmac.new(secret.encode(), body, make).hexdigest()
    if not hmac.compare_digest(expected.encode(), text.strip().lower().encode()):
        _refuse("the signature of the hub does not fit", "see hub_secret, and subscribe again")


def _knows(basic: str, header: str) -> bool:
    """Say whether a header brings the password, in constant time."""
    expected = "Basic " + base64.b64encode(basic.encode()).decode()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


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
