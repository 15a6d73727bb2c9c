"""How single roads stand: open, closed or unknown, each with its age, its source and who speaks for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from vado import network
from vado.api.answers import problems
from vado.api.moments import AT, KnownAt, asked
from vado.api.parts import UsesParts
from vado.api.scene import Scenes
from vado.api.schemas_edges import EdgesOut
from vado.errors import InputError
from vado.exchange.edge_states import ROADS_MAX, edges_json, edges_of, lost_of
from vado.model.when import rfc3339

router = APIRouter(tags=["situation"])


@router.get(
    "/v1/edges",
    response_model=EdgesOut,
    responses=problems(404, 422),
    summary="How roads stand: open, closed or unknown, since when, told by whom, how long ago",
)
def get_edges(
    parts: UsesParts,
    road: Annotated[
        list[str] | None,
        Query(max_length=ROADS_MAX, description="A ref, a name, an OSM way, or lon,lat; may be repeated."),
    ] = None,
    profile: Annotated[str, Query(max_length=100, description="Only this way of travelling.")] = "",
    at: Annotated[str, Query(max_length=40, description=AT)] = "",
    known_at: KnownAt = "",
) -> Any:
    """An edge is closed while a hazard shuts it. It is open only where a source that is heard speaks for it,
    none that should is missed, and no hazard may lie there that nobody can place: else it is unknown.
    """
    if not road:
        raise InputError("no road is named", code="E1003", field="road",
                         action="give road=CG-4, an OSM way, or lon,lat")  # fmt: skip
    world = parts.world()
    now_s = max(parts.now_s(), world.now_s)
    asked_s, known_s = asked(at, known_at, now_s=world.now_s)
    at_s = asked_s if asked_s is not None else now_s if known_s is None else known_s
    if known_s is None:
        then, roads, scene = parts.scene()
    else:
        then, roads = parts.world_known(known_s), parts.roads_of(world)
        scene = Scenes().scene(roads, then)
    travels = [t for t in scene.places.travels if profile in ("", t.profile, str(t))]
    if not travels:
        known = ", ".join(map(str, scene.places.travels))
        raise InputError(f"nobody travels as {profile!r}", code="E1207", action=f"give one of {known}",
                         field="profile")  # fmt: skip
    edges = edges_of(scene.snapshot, roads, road, field="road")
    voices = parts.voices(world)
    lost = lost_of(then.hazards.hazards, then.unmatched)
    judged = parts.judged(then, scene)
    rows = []
    for travel in travels:
        states = network.edge_states(scene.snapshot, travel, edges, at_s=at_s, voices=voices, unmatched=lost)
        told = edges_json(states, scene.snapshot, judged, at_s=at_s, now_s=now_s)
        rows += [{"profile": str(travel), **row} for row in told]
    return {
        "version": world.version, "at": rfc3339(at_s), "attribution": roads.attribution,
        "count": len(edges), "edges": rows,
    }  # fmt: skip
