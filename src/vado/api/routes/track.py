"""Tracking: a recipient's own job by its unguessable token, as JSON or as a page that needs no script."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from vado import tracking
from vado.api import intake, views
from vado.api.answers import conditional, dump, etag, problems, wants_html
from vado.api.pages import track_page
from vado.api.parts import Parts, UsesParts
from vado.api.schemas import TrackOut
from vado.errors import StateError
from vado.model.ids import JobId
from vado.tracking import Track

router = APIRouter(tags=["tracking"])

Token = Annotated[str, Path(min_length=1, max_length=100, description="From the answer to POST /v1/jobs.")]
Lang = Annotated[str, Query(max_length=20, description="en, es, ca, pt; else as Accept-Language says.")]
# Search engines, caches and the pages a recipient goes on to must not learn the token.
PRIVATE = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Language",
}
PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}


@router.get(
    "/v1/track/{token}",
    response_model=TrackOut,
    responses={**problems(404, 422), **PAGE},
    summary="Where a recipient's job stands, when it comes, and why it waits",
)
def get_track(token: Token, request: Request, parts: UsesParts, lang: Lang = "") -> Response:
    """Tells of this one job only. A browser gets the page."""
    return _answer(parts, request, token, lang, html=wants_html(request))


@router.get("/track/{token}", include_in_schema=False)
def get_track_page(token: Token, request: Request, parts: UsesParts, lang: Lang = "") -> Response:
    """The address that recipients get."""
    accept = request.headers.get("accept", "")
    return _answer(
        parts, request, token, lang, html="application/json" not in accept or "text/html" in accept
    )


def _answer(parts: Parts, request: Request, token: str, lang: str, *, html: bool) -> Response:
    track = _track(parts, token, language(lang, request.headers.get("accept-language", "")))
    tag = etag("track", track, html)
    if html:
        return conditional(
            request, tag, lambda: track_page(parts, track), media_type="text/html", headers=PRIVATE
        )
    return conditional(request, tag, lambda: dump(views.track_row(track)), headers=PRIVATE)


def _track(parts: Parts, token: str, tongue: str) -> Track:
    found = parts.store.find_job_by_token(token)
    if found is None or found[0] != parts.world_id:
        # The token is not named: logs and screens may be seen by others.
        raise StateError("nothing is known under this address", action="check the link you were given")
    pending = intake.pending_orders(parts)  # before the world: what is taken in between is then in both
    world = parts.world()
    # What waits in the inbox is received, and not cancelled because the world does not know it yet.
    had = {*(job.id for job in world.jobs), *(shipment.id for shipment in world.shipments)}
    waits = {*(job.id for job in pending.jobs), *(shipment.id for shipment in pending.shipments)}
    if found[1] in pending.anew or found[1] in waits - had:
        # All that the world tells under this id is of another recipient's parcel.
        world = replace(world, jobs=(), shipments=(), progress=(), plan=None)
    world = replace(
        world, jobs=(*world.jobs, *pending.jobs), shipments=(*world.shipments, *pending.shipments)
    )
    now_s = max(parts.now_s(), world.now_s)
    # To the minute: the same state is then the same page, and is not sent again.
    return tracking.status(world, JobId(found[1]), now_s=now_s // 60 * 60, language=tongue, local=parts.local)


def language(asked: str, accepted: str) -> str:
    """Choose a language: the one asked for, else the first we have of Accept-Language, else English."""
    ranked = sorted((_weighed(part, n) for n, part in enumerate(accepted[:500].split(","))), reverse=True)
    for tag in (asked, *(tag for _, _, tag in ranked)):
        base = tag.strip().lower().replace("_", "-").split("-")[0]
        if base in tracking.LANGUAGES:
            return base
    return "en"


def _weighed(part: str, number: int) -> tuple[float, int, str]:
    tag, _, weight = part.partition(";q=")
    try:
        return float(weight or 1), -number, tag
    except ValueError:
        return 0.0, -number, tag
