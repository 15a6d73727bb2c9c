"""Alerts in: webhooks of feeds, and closures that a dispatcher draws."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from vado import feeds
from vado.api import intake
from vado.api.answers import alert_body, problems
from vado.api.intake import IdempotencyKey, RawBody, Source
from vado.api.parts import Parts, UsesParts
from vado.api.schemas import WebhookReceipt
from vado.api.signature import check_sender
from vado.errors import InputError, StateError
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

    It is signed after Standard Webhooks when `webhook_secrets` are set. `webhook-id`, else CloudEvents'
    `ce-source` and `ce-id`, else the CAP message's own id name it: the same again has no effect. A message
    that cannot be read is refused, and the world is told that this source has failed: silence is not "all
    clear".
    """
    client = request.client.host if request.client is not None else None
    check_sender(parts.settings, source=source, headers=dict(request.headers), body=body, client=client)
    return _take(parts, source, body, key=_header_key(request))


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


def _header_key(request: Request) -> str:
    headers = request.headers
    if headers.get("webhook-id"):
        return headers["webhook-id"]
    if headers.get("ce-id"):
        return f"{headers.get('ce-source', '')} {headers['ce-id']}"
    return ""


def _take(parts: Parts, source: str, body: bytes, *, key: str) -> dict[str, Any]:
    try:
        alerts = feeds.parse(body, source=source, received_s=parts.now_s())
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
