"""Fragility out: which roads isolate which towns, and what is in force or forecast for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from vado.api import views
from vado.api.answers import conditional, dump, etag, problems
from vado.api.moments import read_instant
from vado.api.parts import UsesParts
from vado.api.routes.situation import NOT_AGAIN
from vado.api.schemas_fragility import FragilityOut
from vado.errors import StateError
from vado.exchange.fragility import BORDER, outlook_json
from vado.model.when import rfc3339

router = APIRouter(tags=["situation"])

PAIRS_LATER = "which pairs of roads isolate towns is told once `vado region fragility` has found it"


@router.get(
    "/v1/fragility",
    response_model=FragilityOut,
    responses={**problems(404, 422), **NOT_AGAIN},
    summary="Which roads and bridges isolate which towns, who hangs on them, and what is forecast there",
)
def get_fragility(
    request: Request,
    parts: UsesParts,
    profile: Annotated[str, Query(max_length=100, description="Else as most of the fleet travels.")] = "",
    place: Annotated[str, Query(max_length=200, description="Only what this town hangs on.")] = "",
    at: Annotated[str, Query(max_length=40, description="RFC 3339 or epoch seconds; else now.")] = "",
    limit: Annotated[int, Query(ge=1, le=2000, description="Roads, pairs and last ways, of each.")] = 200,
) -> Response:
    """From the heart of the network; as `vado region fragility` finds it, with the newest world's hazards."""
    given_s = read_instant(at, field="at") if at else None
    world = parts.world()
    tag = etag("fragility", world.id, world.version, world.head, profile, place, given_s, limit,
               parts.outlooks.state)  # fmt: skip

    def make() -> bytes:
        world, roads, scene = parts.scene()
        at_s = world.now_s if given_s is None else given_s
        seen = parts.outlooks.seen(world, roads, scene, profile=profile, at_s=at_s)
        told: dict[str, Any] = outlook_json(seen.roads, seen.outlook, seen.jobs, local=parts.local)
        if place:
            told = _of(told, place, known=roads.places.name)
        beyond = {f"{key}_beyond": max(0, len(told[key]) - limit) for key in ("roads", "pairs", "last")}
        cut = {key: told[key][:limit] for key in ("roads", "pairs", "last")}
        return dump({
            **told, **cut, **beyond, "pairs_known": seen.pairs_known,
            "version": world.version, "at": rfc3339(at_s), "profile": str(seen.travel),
            "from": [list(hub) for hub in seen.hubs],
            "unknown": [
                {"id": hazard.id, **views.hazard_row(hazard, at_s)} for hazard in scene.snapshot.unknown
            ],
            "notes": [BORDER, *([] if seen.pairs_known else [PAIRS_LATER])],
            "region": roads.name, "region_hash": roads.content_hash, "attribution": roads.attribution,
        })  # fmt: skip

    return conditional(request, tag, make)


def _of(told: dict[str, Any], place: str, *, known: tuple[str, ...]) -> dict[str, Any]:
    """Keep what is about one town."""
    name = next((name for name in known if name.casefold() == place.casefold()), None)
    if name is None:
        raise StateError(
            f"the region has no town {place!r}", action="see GET /v1/reach for all", field="place"
        )
    return {
        **told,
        **{key: [row for row in told[key] if name in row["towns"]] for key in ("roads", "pairs")},
        "last": [row for row in told["last"] if row["town"] == name],
        **{key: [one for one in told[key] if one == name] for key in ("isolated_now", "isolated_always")},
    }
