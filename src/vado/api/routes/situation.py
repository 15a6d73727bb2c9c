"""The situation out: hazards, closures, reach, feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from vado import network
from vado.api import ground, picture, views
from vado.api.answers import GEOJSON, conditional, dump, etag, problems
from vado.api.events import chosen, told
from vado.api.moments import AT, NOTHING_HEARD, KnownAt, asked
from vado.api.parts import Parts, UsesParts
from vado.api.scene import Scene, Scenes, reach_at
from vado.api.schemas import GeoCollection
from vado.api.schemas_feeds import FeedsOut
from vado.api.schemas_reach import ReachChangesOut, ReachOut
from vado.errors import InputError, StateError
from vado.exchange.edge_states import lost_near, near
from vado.exchange.reach import place_json, place_words
from vado.exchange.standing import Judged
from vado.hazards import to_ask
from vado.model.hazard import HazardState
from vado.model.ids import HazardId
from vado.model.snapshot import PlaceReach
from vado.model.when import rfc3339
from vado.model.world import World

router = APIRouter(tags=["situation"])

SINCE_MAX = 500  # decisions read for one answer
AS_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/GeoCollection"}}}}
}
NOT_AGAIN: dict[int | str, dict[str, Any]] = {304: {"description": "You have it."}}


def _collection(parts: Parts, world: World, features: list[dict[str, Any]]) -> bytes:
    roads = parts.find_roads()
    return dump(
        {
            "type": "FeatureCollection",
            "attribution": "" if roads is None else roads.attribution,
            "version": world.version,
            "features": features,
        }
    )


@router.get(
    "/v1/hazards",
    response_model=GeoCollection,
    responses={**problems(), **NOT_AGAIN},
    summary="Hazards in force or to come, as GeoJSON",
)
def get_hazards(
    request: Request,
    parts: UsesParts,
    at: Annotated[str, Query(max_length=40, description=f"Only what holds then. {AT}")] = "",
    known_at: KnownAt = "",
) -> Response:
    """What alerts mean, with their evidence. `unknown` says why a hazard shuts nothing though it is there.

    `confidence` counts who else tells of it; sources that copy each other count once. Hazards with the same
    `event` are one thing that several tell of. `ask` says what a person must look at.
    """
    world = parts.world()
    at_s, known_s = asked(at, known_at, now_s=world.now_s)
    tag = etag("hazards", world.id, world.version, world.head, at_s, known_s)

    def make() -> bytes:
        then = world if known_s is None else parts.world_known(known_s)
        roads = parts.find_roads()
        judged: Judged | None = None
        events: tuple[tuple[HazardId, ...], ...] = ()
        if roads is not None:
            scene = parts.scenes.scene(roads, then) if known_s is None else Scenes().scene(roads, then)
            judged, events = parts.judged(then, scene), scene.events
        ask = to_ask(roads, then.hazards.hazards, then.unmatched)
        rows = views.hazard_features(then, judged, events=events, ask=ask, at_s=at_s)
        return _collection(parts, then, rows)

    return conditional(request, tag, make, media_type=GEOJSON)


@router.get(
    "/v1/closures",
    response_model=GeoCollection,
    responses={**problems(404), **NOT_AGAIN},
    summary="Roads that hazards shut or slow, now or later, as GeoJSON",
)
def get_closures(request: Request, parts: UsesParts) -> Response:
    world, roads, scene = parts.scene()
    tag = etag("closures", world.id, world.version, world.head)

    def make() -> bytes:
        rows = picture.closed_rows(world, scene, roads, 0.0, points_max=ground.MAP_RAW_MAX)
        return _collection(parts, world, [_closure(row) for row in rows])

    return conditional(request, tag, lambda: parts.kept("closures", tag, make), media_type=GEOJSON)


def _closure(row: dict[str, Any]) -> dict[str, Any]:
    lines = [list(zip(flat[::2], flat[1::2], strict=True)) for flat in row.pop("lines")]
    return {
        "type": "Feature",
        "id": f"{row['hazard']}#{row['action']}",
        "geometry": {"type": "MultiLineString", "coordinates": lines},
        "properties": row,
    }


@router.get(
    "/v1/reach",
    response_model=ReachOut | ReachChangesOut,
    responses={**problems(404, 422), **NOT_AGAIN, **AS_GEOJSON},
    summary="Which towns can be reached and left, until when, and what cuts them off",
)
def get_reach(
    request: Request,
    parts: UsesParts,
    at: Annotated[str, Query(max_length=40, description=AT)] = "",
    profile: Annotated[str, Query(max_length=100, description="Only this way of travelling.")] = "",
    place: Annotated[str, Query(max_length=200, description="Only the town of this name.")] = "",
    known_at: KnownAt = "",
    format_: Annotated[
        Literal["", "json", "geojson"],
        Query(
            alias="format", description="A point for each town and way of travelling; else as `Accept` says."
        ),
    ] = "",
    since: Annotated[
        int | None,
        Query(
            ge=0,
            le=2**53,
            description="Only what is new since this version, as answers call it.",
        ),
    ] = None,
) -> Response:
    """From where the fleet starts and ends. As GeoJSON with `Accept: application/geo+json` or
    `format=geojson`: points whose properties are as in the plain answer. `since` is plain JSON always.
    """
    if since is not None:
        return _new_since(request, parts, since, profile=profile, place=place)
    world = parts.world()
    at_s, known_s = asked(at, known_at, now_s=world.now_s)
    geojson = format_ == "geojson" or (not format_ and GEOJSON in request.headers.get("accept", ""))
    missed = parts.feeds_missed(world)
    voices = parts.voices(world)
    names = tuple(voice.source for voice in voices if voice.heard_s), tuple(each.source for each in missed)
    tag = etag("reach", world.id, world.version, world.head, at_s, known_s, profile, place, geojson, names)

    def make() -> bytes:
        then = world if known_s is None else parts.world_known(known_s)
        roads = parts.find_roads()
        scene: Scene | None = None
        if known_s is not None:
            roads, when_s = parts.roads_of(world), known_s if at_s is None else at_s
            scene = Scenes().scene(roads, then)
            rows = reach_at(scene, when_s)
        elif at_s is None:
            rows, when_s = world.reach, world.now_s
        else:
            rows, when_s = reach_at(parts.scene()[2], at_s), at_s
        judged = _judged(parts, then, scene) if any(row.cut for row in rows) else None
        unheard = [f"{each.source}: {each.text}" for each in missed]
        silent = known_s is not None and then.hazards == HazardState()
        why = [*unheard, *views.why_unclear(then, at_s), *([NOTHING_HEARD] if silent else [])]
        lost = lost_near(then.hazards.hazards, then.unmatched, at_s=at_s)
        told = []
        for row in _chosen(rows, profile=profile, place=place):
            close = near(lost, (row.lon, row.lat))
            if not unheard:  # else it is said already who is missed
                close += network.silence(voices, (row.lon, row.lat))
            told.append(
                place_json(
                    row,
                    unknown=bool(why or close) or views.is_unclear(then, at_s),
                    judged=judged,
                    why=(*why, *close),
                )
            )
        attribution = "" if roads is None else roads.attribution
        if geojson:
            return _collection(parts, world, [_point(row) for row in told])
        return dump(
            {
                "version": world.version,
                "at": rfc3339(when_s),
                "attribution": attribution,
                "places": told,
                "unheard": unheard,
                "told": _told(_chosen(rows, profile=profile, place=place), when_s, parts.local),
            }
        )

    media = GEOJSON if geojson else "application/json"
    return conditional(request, tag, make, media_type=media, headers={"Vary": "Accept"})


def _judged(parts: Parts, then: World, scene: Scene | None) -> Judged | None:
    """Judge the hazards of a world on its scene, else on that of the newest; None without its roads."""
    roads = parts.find_roads()
    if roads is None or (then.version and roads.content_hash != then.region_hash):
        return None
    return parts.judged(then, scene or parts.scenes.scene(roads, then))


def _told(rows: list[PlaceReach], at_s: int, local: Callable[[int], str]) -> list[dict[str, Any]]:
    """Say in a sentence how each town stands that is not open all the while, as far as hazards do it."""
    by_place: dict[int, list[PlaceReach]] = {}
    for row in rows:
        by_place.setdefault(row.place, []).append(row)
    return [
        {"name": those[0].name, "text": place_words(those, at_s=at_s, local=local)}
        for those in by_place.values()
        if any(row.cut for row in those)
    ]


def _new_since(request: Request, parts: Parts, since: int, *, profile: str, place: str) -> Response:
    """Give the changes that were sealed after a version, oldest first, from at most SINCE_MAX decisions."""
    version = parts.version()
    tag = etag("reach since", parts.world_id, version, since, profile, place)

    def make() -> bytes:
        found = parts.store.list_decisions(parts.world_id, after=since, limit=SINCE_MAX)
        every = tuple(change for decision in found for change in told(decision, parts.local).changes)
        changes = chosen(every, profile=profile, place=place)
        last = found[-1].seq if found else max(since, version)
        return dump({"since": since, "version": last, "more": last < version, "changes": changes})

    return conditional(request, tag, make)


def _chosen(rows: tuple[PlaceReach, ...], *, profile: str, place: str) -> list[PlaceReach]:
    found = [row for row in rows if profile in ("", row.travel.profile, str(row.travel))]
    if rows and not found:
        known = ", ".join(sorted({str(row.travel) for row in rows}))
        raise InputError(f"nobody travels as {profile!r}", code="E1207", action=f"give one of {known}",
                         field="profile")  # fmt: skip
    named = [row for row in found if place.casefold() in ("", row.name.casefold())]
    if found and not named:
        raise StateError(
            f"the region has no town {place!r}", action="see GET /v1/reach for all", field="place"
        )
    return named


def _point(row: dict[str, Any]) -> dict[str, Any]:
    at = [row.pop("lon"), row.pop("lat")]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": row}


@router.get(
    "/v1/feeds", response_model=FeedsOut, responses=problems(), summary="How each source of alerts is doing"
)
def get_feeds(parts: UsesParts) -> Any:
    """How old, how well, how much of each source. Where one is missed that covers the region, no town is
    surely open: silence is not "all clear". One that is quiet while its last answer is fresh is not missed.
    """
    world = parts.world()
    rows = parts.feed_rows(world)
    aside = sum(row["quarantined"] for row in rows)
    return {"version": world.version, "feeds": rows, "quarantined": aside}
