"""What the pages are made of, and the pages: overview, map, docs, errors."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from vado.api import ground, intake, pages, picture
from vado.api.answers import conditional, dump, etag, problems
from vado.api.hearing import feed_lines
from vado.api.parts import Parts, UsesParts
from vado.api.routes.decisions import newest_lines
from vado.api.routes.service import health
from vado.api.schemas import MapOut, OverviewOut
from vado.errors import CODES
from vado.model.roads import Roads

router = APIRouter(tags=["overview"])

NEWS_MAX = 60
NOT_AGAIN: dict[int | str, dict[str, Any]] = {304: {"description": "You have it."}}


@router.get(
    "/v1/overview",
    response_model=OverviewOut,
    responses={**problems(404), **NOT_AGAIN},
    summary="All that moves on the overview page",
)
def get_overview(request: Request, parts: UsesParts) -> Response:
    """Towns, closed roads, routes, who waits and why, what changed. Ask with `If-None-Match`."""
    moving, tag, now_s = _state(parts)
    return conditional(
        request,
        tag,
        lambda: parts.kept("overview", tag, lambda: dump(_view(parts, moving, now_s))),
        headers={"X-World-Time": str(now_s)},
    )


@router.get(
    "/v1/map",
    response_model=MapOut,
    responses={**problems(404), **NOT_AGAIN},
    summary="The roads of the region, thinned for a screen",
)
def get_map(request: Request, parts: UsesParts) -> Response:
    roads = parts.roads()
    return conditional(request, etag("map", roads.content_hash), lambda: _map(parts, roads))


def _map(parts: Parts, roads: Roads) -> bytes:
    return parts.kept("map", roads.content_hash, lambda: dump(ground.draw_map(roads)))


def _state(parts: Parts) -> tuple[dict[str, Any], str, int]:
    """Say how the service is and what is heard, and name the state of all that the page shows."""
    well = health(parts)
    now_s = max(parts.now_s(), parts.world().now_s)
    if well["store"] != "ok":
        text, level = "✕ the store cannot be reached", "alarm"
    elif well["worker"] in ("dead", "stalled"):
        text, level = "✕ nobody decides: the worker is being restarted", "alarm"
    elif well["faults"]:
        text, level = f"! not surely clear: {well['faults'][-1][:120]}", "warn"
    elif well["pending"]:
        text, level = "◷ taking in what is new", "warn"
    else:
        text, level = "✓ up to date", ""
    world = parts.world()
    feeds = feed_lines(parts.feed_rows(world), local=parts.clock_of)
    tag = etag("overview", well["version"], world.head, text, dump(feeds).decode())
    return {"status": {"text": text, "level": level}, "feeds": feeds}, tag, now_s


def _view(parts: Parts, moving: dict[str, Any], now_s: int) -> dict[str, Any]:
    world, roads, scene = parts.scene()
    seen = parts.outlooks.seen(world, roads, scene, profile="", at_s=world.now_s)
    view = picture.draw_overview(
        world,
        scene,
        roads=roads,
        now_s=now_s,
        tracking=lambda job: intake.tracking_path(parts, job),
        local=parts.local,
        voices=parts.voices(world),
        outlook=seen.outlook,
        judged=parts.judged(world, scene),
    )
    news = newest_lines(parts, version=world.version, limit=NEWS_MAX)
    return {**view, **moving, "news": news, "region_hash": roads.content_hash}


@router.get("/", include_in_schema=False)
def get_page(parts: UsesParts) -> Response:
    moving, tag, now_s = _state(parts)
    view = json.loads(parts.kept("overview", tag, lambda: dump(_view(parts, moving, now_s))))
    still = json.loads(_map(parts, parts.roads()))
    page = pages.overview_page(parts, view, still, now_s=now_s)
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


@router.get("/docs", include_in_schema=False)
def get_docs(request: Request) -> Response:
    return HTMLResponse(pages.docs_page(request.app.openapi()))


@router.get("/errors", include_in_schema=False)
def get_errors() -> Response:
    return HTMLResponse(pages.errors_page())


@router.get("/errors/{code}", include_in_schema=False)
def get_error(code: Annotated[str, Path(max_length=10)]) -> Response:
    if code not in CODES:
        return pages.missing_page("There is no such error", "See /errors for all.")
    return HTMLResponse(pages.errors_page(code))
