"""The plan out: the newest with every edge driven, older ones as they were sealed."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from vado.api.answers import conditional, dump, etag, problems
from vado.api.parts import UsesParts
from vado.api.scene import problem_of
from vado.api.schemas import PlanOut, SealedPlanOut
from vado.errors import StateError
from vado.exchange.plan import write_plan

router = APIRouter(tags=["plan"])

BACK_MAX = 10_000  # decisions that left the plan as it was, between it and the one asked for


@router.get(
    "/v1/plan",
    response_model=PlanOut,
    responses={**problems(404), 304: {"description": "You have it."}},
    summary="The plan in force",
)
def get_plan(request: Request, parts: UsesParts) -> Response:
    """As `vado plan` writes it: stops, edges with entry times, and why each unassigned job is so."""
    world, roads, scene = parts.scene()
    plan = world.plan
    if plan is None:
        raise StateError(
            "there is no plan yet", code="E3003", action="post vehicles and jobs, then wait a step"
        )

    def make() -> bytes:
        written = write_plan(plan, problem_of(world), scene.roads, region=world.region,
                             region_hash=roads.content_hash)  # fmt: skip
        return dump({"version": world.version, **written})

    tag = etag("plan", world.id, world.version, world.head)
    return conditional(request, tag, lambda: parts.kept("plan", tag, make))


@router.get(
    "/v1/plans/{version}",
    response_model=SealedPlanOut,
    responses=problems(404, 422),
    summary="The plan in force at a version of the world, as the ledger has it",
)
def get_plan_at(version: Annotated[int, Path(ge=1, le=2**53)], parts: UsesParts) -> Any:
    """A decision that left the plan as it was names it by hash; this finds the one that made it."""
    store, world_id = parts.store, parts.world_id
    wanted: str | None = None
    for seq in range(version, max(0, version - BACK_MAX), -1):
        decision = store.find_decision(world_id, seq)
        if decision is None:
            raise StateError(
                f"there is no version {version}", action="see GET /v1/decisions", field="version"
            )
        record = json.loads(decision.record)
        wanted = record["plan_hash"] if seq == version else wanted
        if record["plan"] is not None or wanted is None:
            return {"version": version, "decided_by": seq, "plan_hash": wanted, "plan": record["plan"]}
    raise StateError(
        f"the plan of version {version} was made long before it",
        action="ask for an earlier version",
        field="version",
    )
