"""Envelopes: how messages of feeds are wrapped by who delivers them.

In: headers and a raw body. Out: the messages in it, each with the key that names it: the same again has no
effect. Read are CloudEvents 1.0 (binary, structured, batch) and AWS SNS over HTTP. Refuses to know what the
messages say, and to follow any link.

Sources: CloudEvents 1.0, HTTP binding and JSON format, https://github.com/cloudevents/spec; Amazon SNS,
"HTTP/HTTPS notification JSON format", https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vado.errors import InputError

BATCH_MAX = 500  # events of one request
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
AMAZON = (".amazonaws.com", ".amazonaws.com.cn")
SNS_TYPES = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message out of its envelope; an empty key: it names itself."""

    key: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """SNS asks whether we want to hear of a topic; who fetches the address says yes."""

    topic: str
    url: str


def unwrap(
    headers: Mapping[str, str], body: bytes, *, sns_topics: tuple[str, ...]
) -> tuple[Parcel, ...] | Confirmation:
    """Take messages out of their envelope; a body without any is one message. Raises InputError."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == BATCH:
        events = _json(body)
        if not isinstance(events, list):
            raise _bad("E1004", "a batch of CloudEvents is a list", "send a list", "body")
        if len(events) > BATCH_MAX:
            raise _bad("E1002", f"more than {BATCH_MAX} events", "send fewer at once", "body")
        return tuple(_event(event, f"[{n}]") for n, event in enumerate(events))
    if kind == STRUCTURED:
        return (_event(_json(body), ""),)
    if "x-amz-sns-message-type" in headers:
        return _sns(_json(body), sns_topics)
    return (Parcel(key=_header_key(headers), body=body),)


def _header_key(headers: Mapping[str, str]) -> str:
    if headers.get("webhook-id"):
        return headers["webhook-id"]
    if headers.get("ce-id"):
        return f"{headers.get('ce-source', '')} {headers['ce-id']}"
    return ""


def _event(event: Any, where: str) -> Parcel:
    if not isinstance(event, dict):
        raise _bad("E1004", "an event is an object", "send CloudEvents 1.0", where or "body")
    for name in ("id", "source", "specversion", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise _bad(
                "E1003", f"the event has no {name}", "send CloudEvents 1.0", f"{where}.{name}".lstrip(".")
            )
    key = f"{event['source']} {event['id']}"
    packed = event.get("data_base64")
    if packed is not None:
        try:
            return Parcel(key=key, body=base64.b64decode(packed, validate=True))
        except (binascii.Error, ValueError, TypeError) as error:
            raise _bad(
                "E1001", "data_base64 is no base64", "mend it", f"{where}.data_base64".lstrip(".")
            ) from error
    data = event.get("data")
    if data is None or data == "":
        raise _bad("E1003", "the event has no data", "send the message itself", f"{where}.data".lstrip("."))
    return Parcel(key=key, body=_bytes(data))


def _bytes(data: Any) -> bytes:
    """Write what stood in JSON as a message of its own; text may hold XML."""
    return (data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)).encode(
        "utf-8", "replace"
    )


def _sns(told: Any, topics: tuple[str, ...]) -> tuple[Parcel, ...] | Confirmation:
    if not isinstance(told, dict) or told.get("Type") not in SNS_TYPES:
        raise _bad("E1004", "it is no message of SNS", "send what SNS sends", "Type")
    topic = told.get("TopicArn")
    if not isinstance(topic, str) or topic not in topics:
        raise _bad("E1108", "nobody here has asked for this topic", "set its ARN in sns_topics", "TopicArn")
    if told["Type"] == "SubscriptionConfirmation":
        return Confirmation(topic=topic, url=_amazon(told.get("SubscribeURL")))
    if told["Type"] == "UnsubscribeConfirmation":
        raise _bad("E1004", "SNS has ended the subscription", "subscribe again if that was not meant", "Type")
    name, message = told.get("MessageId"), told.get("Message")
    if not isinstance(name, str) or not name or not isinstance(message, str) or not message:
        raise _bad("E1003", "MessageId or Message is missing", "send what SNS sends", "Message")
    return (Parcel(key=f"{topic} {name}", body=message.encode("utf-8", "replace")),)


def _amazon(url: Any) -> str:
    """Give an address of SNS itself; anything else could make us call whom somebody likes."""
    try:
        parts = urlsplit(url if isinstance(url, str) and len(url) <= 2000 else "")
        host = parts.hostname or ""
        good = parts.scheme == "https" and parts.port in (None, 443) and not parts.username
    except ValueError:
        good, host = False, ""
    if not good or not (host.startswith("sns.") and host.endswith(AMAZON)):
        cause = "the address to confirm at is not one of SNS"
        raise _bad("E1004", cause, "do not confirm it", "SubscribeURL")
    return str(url)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _bad("E1001", "the envelope is not JSON", "send it again whole", "body") from error


def _bad(code: str, cause: str, action: str, field: str) -> InputError:
    return InputError(cause, code=code, action=action, field=field)
