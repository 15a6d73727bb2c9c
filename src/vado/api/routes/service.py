"""The service itself: is it well, is it ready, what do its errors mean."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from vado.api.parts import Parts, UsesParts
from vado.api.schemas import HealthOut, ReadyOut
from vado.errors import VadoError
from vado.model.when import rfc3339

router = APIRouter(tags=["service"])


def health(parts: Parts) -> dict[str, Any]:
    """Say how everything is; never raises."""
    row: dict[str, Any] = {
        "status": "down", "store": "down", "worker": "unknown", "version": 0, "pending": 0,
        "quarantined": 0, "faults": [], "world_time": "", "now": "",
    }  # fmt: skip
    try:
        now_s = parts.now_s()
        version, pending = parts.version(), parts.store.count_pending(parts.world_id)
        world, aside = parts.world(), parts.store.count_quarantined(parts.world_id)
        missed = parts.feeds_missed(world)
    except VadoError as error:
        return {**row, "faults": [str(error.faults[0].cause)]}
    alive = parts.worker_alive()
    if parts.pulse.stalled(version=version, pending=pending):
        worker = "stalled"
    elif alive is None:
        worker = "ok" if version and not pending else "unknown"
    else:
        worker = "ok" if alive else "dead"
    degraded = worker in ("dead", "stalled") or bool(missed)
    return {
        **row,
        "status": "degraded" if degraded else "ok",
        "store": "ok",
        "worker": worker,
        "version": version,
        "pending": pending,
        "quarantined": sum(aside.values()),
        "faults": [f"{each.source}: {each.text}" for each in missed],
        "world_time": rfc3339(world.now_s),
        "now": rfc3339(max(now_s, world.now_s)),
    }


@router.get(
    "/health",
    response_model=HealthOut,
    responses={503: {"model": HealthOut, "description": "The store cannot be reached."}},
    summary="How store, worker and feeds are",
)
def get_health(response: Response, parts: UsesParts) -> Any:
    """200 when it answers, also degraded: a worker that died is being restarted. 503 without a store."""
    row = health(parts)
    response.status_code = 503 if row["status"] == "down" else 200
    response.headers["Cache-Control"] = "no-store"
    return row


@router.get(
    "/ready",
    response_model=ReadyOut,
    responses={503: {"model": ReadyOut, "description": "Not yet; `missing` says what for."}},
    summary="Whether it can take in orders and act on them",
)
def get_ready(response: Response, parts: UsesParts) -> Any:
    row = health(parts)
    missing = []
    if row["store"] != "ok":
        missing.append("store")
    if parts.find_roads() is None:
        missing.append("region")
    if row["worker"] in ("dead", "stalled"):
        missing.append("worker")
    response.status_code = 503 if missing else 200
    response.headers["Cache-Control"] = "no-store"
    return {"ready": not missing, "missing": missing}
