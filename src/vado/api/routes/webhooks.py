"""Alerts in: webhooks of feeds, and closures that a dispatcher draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import ValidationError

from vado import app, feeds
from vado.api import intake
from vado.api.answers import alert_body, body_of, problems
from vado.api.envelope import Confirmation, Parcel, unwrap
from vado.api.intake import IdempotencyKey, RawBody, Source
from vado.api.parts import Parts, UsesParts
from vado.api.schemas import WebhookReceipt
from vado.api.schemas_feeds import ReplayIn, ReplayOut, WokenOut
from vado.api.signature import check_hub, check_sender
from vado.errors import Fault, InputError, StateError
from vado.exchange.feeds import replay_row
from vado.feeds.replay import replay
from vado.model.feed import Contact
from vado.model.inbox import InboxKind

router = APIRouter(tags=["alerts in"])

CLOSURE = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[1.4932, 42.5621], [1.4873, 42.5689]]},
    "properties": {
        "id": "cg4-0110",
        "effect": "shut",
        "reason": "rockfall",
        "road": "CG-4",
        "start": "2026-01-10T10:00:00Z",
        "end": "2026-01-10T18:00:00Z",
    },
}
CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>example-1</identifier><sender>warnings@example.org</sender><sent>2026-01-10T09:00:00+00:00</sent>
  <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>en</language><category>Met</category><event>Flood</event>
    <urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <onset>2026-01-10T10:00:00+00:00</onset><expires>2026-01-10T18:00:00+00:00</expires>
    <headline>River over its banks</headline>
    <area><areaDesc>Lower valley</areaDesc>
      <polygon>42.56,1.48 42.56,1.50 42.57,1.50 42.57,1.48 42.56,1.48</polygon></area>
  </info>
</alert>"""


@router.post(
    "/v1/webhooks/{source}",
    status_code=202,
    response_model=WebhookReceipt,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=alert_body(xml=CAP, geojson=CLOSURE),
    summary="Take in a message of a feed: CAP 1.x XML or GeoJSON closures",
)
def post_webhook(source: Source, request: Request, body: RawBody, parts: UsesParts) -> Any:
    """The message is read, kept and acknowledged; the worker acts on it with its next step.

    It is signed after Standard Webhooks when `webhook_secrets` are set. It may come in an envelope:
    CloudEvents (binary, structured, batch) or AWS SNS. `webhook-id`, else the event's source and id, else the
    CAP message's own id name it: the same again has no effect. A message that cannot be read is refused, and
    the world is told that this source has failed: silence is not "all clear".
    """
    client = request.client.host if request.client is not None else None
    headers = dict(request.headers)
    check_sender(parts.settings, source=source, headers=headers, body=body, client=client)
    feed = parts.settings.feeds.get(source)
    try:
        found = unwrap(headers, body, sns_topics=() if feed is None else feed.sns_topics)
    except InputError as error:
        if error.code != "E1108":
            intake.accept_fault(parts, error, body, source=source)
        raise
    if isinstance(found, Confirmation):
        # Noted, not followed: the poller does, and only because the topic stands in our settings.
        asked = Contact(source=source, channel="sns", confirm_url=found.url)
        parts.store.keep_contact(parts.world_id, asked)
        note = f"will confirm {found.topic}"
        return {"seq": 0, "hash": "", "duplicate": False, "alerts": [], "notes": [note]}
    return _take_all(parts, source, found)


def _take_all(parts: Parts, source: str, parcels: tuple[Parcel, ...]) -> dict[str, Any]:
    """Take in each message of an envelope; one that is bad does not keep the others out, and is told."""
    if len(parcels) == 1:
        return _take(parts, source, parcels[0].body, key=parcels[0].key)
    receipts: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for n, parcel in enumerate(parcels):
        try:
            receipts.append(_take(parts, source, parcel.body, key=parcel.key))
        except (InputError, StateError) as error:
            faults += [replace(fault, field=f"[{n}].{fault.field}") for fault in error.faults]
    if faults and not receipts:
        raise InputError.of(faults)
    last = receipts[-1] if receipts else {"seq": 0, "hash": "", "duplicate": False}
    return {
        **last,
        "alerts": [name for each in receipts for name in each["alerts"]],
        "notes": [note for each in receipts for note in each["notes"]] + [str(fault) for fault in faults],
    }


@router.get(
    "/v1/websub/{source}",
    response_class=PlainTextResponse,
    responses=problems(404),
    summary="A WebSub hub asks whether a subscription is meant",
)
def get_websub(
    source: Source,
    parts: UsesParts,
    mode: Annotated[str, Query(alias="hub.mode", max_length=20)] = "",
    topic: Annotated[str, Query(alias="hub.topic", max_length=2000)] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=2000)] = "",
    lease_seconds: Annotated[int, Query(alias="hub.lease_seconds", ge=0, le=10**9)] = 0,
) -> str:
    """Only for the topic that the settings name; the answer is the challenge (W3C WebSub, 5.3)."""
    feed = parts.settings.declared.get(source)
    if feed is None or not feed.hub or topic != feed.topic or mode not in ("subscribe", "denied"):
        raise StateError(
            "nobody here has asked for that", action="see hub in the settings", field="hub.topic"
        )
    lease_s = int(parts.real_s()) + lease_seconds if mode == "subscribe" else 0
    parts.store.keep_contact(parts.world_id, Contact(source=source, channel="lease", lease_s=lease_s))
    return challenge


@router.post(
    "/v1/websub/{source}",
    status_code=202,
    response_model=WokenOut,
    responses=problems(401, 403, 404, 413, 422),
    openapi_extra=alert_body(xml=CAP, geojson=CLOSURE),
    summary="A WebSub hub tells that a feed has news",
)
def post_websub(source: Source, request: Request, body: RawBody, parts: UsesParts) -> Any:
    """The feed is asked at once. What the hub sends along is not taken in: it may be a part of the feed only,
    and what is missing in a part has not ended.
    """
    feed = parts.settings.declared.get(source)
    if feed is None or not feed.hub:
        raise StateError("no hub is set for this source", action="see hub in the settings", field="source")
    check_hub(feed.hub_secret, request.headers.get("x-hub-signature", ""), body)
    parts.store.keep_contact(
        parts.world_id, Contact(source=source, channel="push", woken_s=int(parts.real_s()))
    )
    return {"asked": True}


@router.post(
    "/v1/feeds/replay",
    response_model=ReplayOut,
    responses=problems(403, 413, 422),
    openapi_extra=body_of("ReplayIn", examples={"try": {"source": "aemet", "dry_run": True}}),
    summary="Read messages again that were set aside",
)
def post_replay(body: RawBody, parts: UsesParts) -> Any:
    """With the readers of today; what can be read now goes in once, as of when it first came."""
    try:
        asked = ReplayIn.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise InputError(
            f"it does not say what to read again: {error.errors()[0]['msg']}",
            code="E1004",
            action="send {}, or source, seq and dry_run as in /docs",
            field=".".join(str(part) for part in error.errors()[0]["loc"]),
        ) from error
    found = replay(
        parts.store,
        parts.world_id,
        now_s=parts.now_s(),
        source=asked.source,
        seq=asked.seq,
        dry_run=asked.dry_run,
        lifecycles=app.lifecycles(parts.settings),
    )
    return {"rows": [replay_row(each) for each in found]}


@router.post(
    "/v1/closures",
    status_code=202,
    response_model=WebhookReceipt,
    responses=problems(400, 403, 409, 413, 415, 422),
    openapi_extra=alert_body(xml=CAP, geojson=CLOSURE),
    summary="Shut, slow or restrict roads, as GeoJSON",
)
def post_closure(body: RawBody, parts: UsesParts, idempotency_key: IdempotencyKey = None) -> Any:
    """A Feature or FeatureCollection; docs/howto/feed.md has the properties, also how to end one."""
    return _take(parts, "closures", body, key=idempotency_key or "")


def _take(parts: Parts, source: str, body: bytes, *, key: str) -> dict[str, Any]:
    try:
        kept = app.lifecycles(parts.settings).get(source)
        alerts = feeds.read(body, source=source, received_s=parts.now_s(), lifecycle=kept).alerts
        if not key and len(alerts) == 1 and intake.is_bare_cap(body):
            key = alerts[0].id
        receipt = intake.accept(parts, InboxKind.ALERT, body, source=source, key=key)
    except InputError as error:
        intake.accept_fault(parts, error, body, source=source)
        raise
    except StateError as error:  # E1109: one of the two messages is not what its sender meant
        intake.accept_fault(parts, error, body, source=source)
        raise
    return {
        **intake.receipt_row(receipt),
        "alerts": [alert.id for alert in alerts],
        "notes": [note for alert in alerts for note in alert.notes],
    }
