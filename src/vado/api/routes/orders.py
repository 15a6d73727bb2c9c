"""Orders in: jobs, shipments, vehicles, and what vehicles report. VROOM's words; put by id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query

from vado.api import intake, views
from vado.api.answers import body_of, dump, problems
from vado.api.intake import IdempotencyKey, RawBody
from vado.api.parts import Parts, UsesParts
from vado.api.scene import refuse_far_from_roads
from vado.api.schemas import JobsOut, OrdersReceipt, ReceiptOut, VehiclesOut, VehiclesReceipt
from vado.errors import Fault, ProblemError, StateError
from vado.exchange.problem import read_jobs, read_reports, read_vehicles
from vado.exchange.reading import Log
from vado.model.ids import JobId
from vado.model.inbox import InboxKind
from vado.model.jobs import Vehicle
from vado.model.world import World

router = APIRouter(tags=["orders"])

# A batch is acknowledged, and refused, alike whatever is in it.
BATCH: dict[str, Any] = {"status_code": 202, "responses": problems(400, 403, 409, 413, 422)}

JOBS = {
    "a job": {
        "jobs": [
            {
                "id": "p-1001",
                "location": [1.4842, 42.5713],
                "service": 300,
                "delivery": [2],
                "time_windows": [["2026-01-10T09:00:00Z", "2026-01-10T12:00:00Z"]],
            }
        ]
    }
}
SHIPMENTS = {
    "a shipment": {
        "shipments": [
            {
                "id": "s-7",
                "amount": [1],
                "pickup": {"location": [1.5218, 42.5075], "service": 120},
                "delivery": {"location": [1.4842, 42.5713], "service": 300},
            }
        ]
    }
}
VEHICLES = {
    "a van": {
        "vehicles": [
            {
                "id": "van-1",
                "profile": "van",
                "equipment": ["chains"],
                "start": [1.5218, 42.5075],
                "end": [1.5218, 42.5075],
                "capacity": [40],
                "time_window": ["2026-01-10T08:00:00Z", "2026-01-10T18:00:00Z"],
            }
        ]
    }
}
REPORTS = {
    "a delivery": {
        "reports": [
            {"vehicle": "van-1", "kind": "departed", "at": "2026-01-10T09:41:00Z", "job": "p-1001"},
            {"vehicle": "van-1", "kind": "position", "at": "2026-01-10T09:45:00Z", "location": [1.49, 42.55]},
        ]
    }
}


@router.post(
    "/v1/jobs",
    **BATCH,
    response_model=OrdersReceipt,
    openapi_extra=body_of("JobsIn", examples=JOBS),
    summary="Put jobs and shipments, and take some away",
)
def post_jobs(body: RawBody, parts: UsesParts, idempotency_key: IdempotencyKey = None) -> Any:
    """A batch is taken in whole or not at all; all its faults are named at once.

    An id that is there is replaced and its recipient's page stays where it is. An id that was removed names
    a new job when it comes again: with a new page, and the old one leads nowhere. The answer has the address
    of each recipient's page.
    """
    return _put_jobs(parts, body, idempotency_key)


@router.post(
    "/v1/shipments",
    **BATCH,
    response_model=OrdersReceipt,
    openapi_extra=body_of("JobsIn", examples=SHIPMENTS),
    summary="Put shipments: a pickup and a delivery by the same vehicle",
)
def post_shipments(body: RawBody, parts: UsesParts, idempotency_key: IdempotencyKey = None) -> Any:
    """As `/v1/jobs`; a bare array is read as shipments."""
    if body.lstrip()[:1] == b"[":
        body = b'{"shipments":' + body + b"}"
    return _put_jobs(parts, body, idempotency_key)


def _put_jobs(parts: Parts, body: bytes, key: str | None) -> dict[str, Any]:
    pending, world = intake.pending_orders(parts), parts.world()
    fleet = (*world.vehicles, *pending.vehicles)
    log = Log()
    put = read_jobs(body, fleet=fleet or None, log=log)
    refuse_far_from_roads(
        parts.roads(), fleet, jobs=put.jobs, shipments=put.shipments, limit_m=parts.settings.snap_max_m
    )
    tokens = intake.make_tokens(put.jobs, put.shipments)
    receipt = intake.accept(
        parts, InboxKind.JOBS, body, source="jobs", key=key or intake.fresh_key(), tokens=tokens,
        removed=put.remove,
    )  # fmt: skip
    urls = {name: intake.tracking_url(parts, name) for name in tokens}
    tracking = {k: url for k, url in urls.items() if url}
    return {**intake.receipt_row(receipt), "tracking": tracking, "notes": list(log.notes)}


@router.get(
    "/v1/jobs",
    response_model=JobsOut,
    responses=problems(422),
    summary="List jobs and both halves of shipments, with what has become of them",
)
def get_jobs(
    parts: UsesParts,
    state: Annotated[
        str | None,
        Query(
            pattern="^(received|planned|on_the_way|arriving|delivered|held)$", description="Only those so."
        ),
    ] = None,
    after: Annotated[str, Query(max_length=200, description="Only ids after this one.")] = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Any:
    world = parts.world()
    rows = [row for row in views.job_rows(world) if row["id"] > after and state in (None, row["state"])]
    rows = sorted(rows, key=lambda row: str(row["id"]))[:limit]
    for row in rows:
        name = JobId(row["shipment"] or row["id"])
        row["tracking"] = intake.tracking_url(parts, name)
    return {"version": world.version, "jobs": rows}


@router.delete(
    "/v1/jobs/{job_id:path}",
    status_code=202,
    response_model=ReceiptOut,
    responses=problems(403, 404),
    summary="Take a job or a shipment away",
)
def delete_job(job_id: str, parts: UsesParts, _: RawBody) -> Any:
    pending, world = intake.pending_orders(parts), parts.world()
    known = {job.id for job in (*world.jobs, *pending.jobs)}
    known |= {JobId(shipment.id) for shipment in (*world.shipments, *pending.shipments)}
    if job_id not in known:
        raise StateError(
            f"there is no job or shipment {job_id[:100]!r}", action="see GET /v1/jobs", field="job_id"
        )
    body = dump({"remove": [job_id]})
    return intake.receipt_row(
        intake.accept(parts, InboxKind.JOBS, body, source="jobs", key=intake.fresh_key(), removed=[job_id])
    )


@router.post(
    "/v1/vehicles",
    **BATCH,
    response_model=VehiclesReceipt,
    openapi_extra=body_of("VehiclesIn", examples=VEHICLES),
    summary="Put vehicles, and take some away",
)
def post_vehicles(body: RawBody, parts: UsesParts, idempotency_key: IdempotencyKey = None) -> Any:
    """A batch is taken in whole or not at all. An id that is there is replaced."""
    pending, world = intake.pending_orders(parts), parts.world()
    log = Log()
    put, roads = read_vehicles(body, log=log), parts.roads()
    faults = list(_vehicle_faults(put.vehicles, roads.profiles, world, pending))
    if faults:
        raise ProblemError.of(faults)
    limit_m = parts.settings.snap_max_m
    refuse_far_from_roads(roads, (), vehicles=put.vehicles, limit_m=limit_m)
    receipt = intake.accept(
        parts, InboxKind.VEHICLES, body, source="vehicles", key=idempotency_key or intake.fresh_key()
    )
    return {**intake.receipt_row(receipt), "notes": list(log.notes)}


def _vehicle_faults(
    vehicles: tuple[Vehicle, ...], profiles: tuple[str, ...], world: World, pending: intake.Pending
) -> Iterator[Fault]:
    jobs = (*world.jobs, *pending.jobs)
    loaded = any(any(job.delivery) or any(job.pickup) for job in jobs)
    loaded = loaded or any(any(s.amount) for s in (*world.shipments, *pending.shipments))
    for number, vehicle in enumerate(vehicles):
        if vehicle.profile not in profiles:
            cause = f"this region has no profile {vehicle.profile!r}"
            yield Fault("E1207", cause, f"give one of {', '.join(profiles)}", f"vehicles[{number}].profile")
        if loaded and not vehicle.capacity:
            cause = "the vehicle has no capacity, but there is something to carry"
            action = "give the vehicle a capacity, zeros if it carries nothing"
            yield Fault("E1203", cause, action, f"vehicles[{number}].capacity")


@router.get("/v1/vehicles", response_model=VehiclesOut, responses=problems(), summary="List the fleet")
def get_vehicles(parts: UsesParts) -> Any:
    world = parts.world()
    return {"version": world.version, "vehicles": views.vehicle_rows(world)}


@router.post(
    "/v1/progress",
    **BATCH,
    response_model=ReceiptOut,
    openapi_extra=body_of("ReportsIn", examples=REPORTS),
    summary="Tell where vehicles are and what they have done",
)
def post_progress(body: RawBody, parts: UsesParts, idempotency_key: IdempotencyKey = None) -> Any:
    """Positions, arrivals, departures. Repeats and late reports do no harm: the newest position counts."""
    pending, world = intake.pending_orders(parts), parts.world()
    reports = read_reports(body)
    fleet = {vehicle.id for vehicle in (*world.vehicles, *pending.vehicles)}
    jobs = {job.id for job in (*views.all_jobs(world), *pending.jobs)}
    jobs |= {half.id for s in pending.shipments for half in (s.pickup, s.delivery)}
    faults = []
    for number, report in enumerate(reports):
        where = f"reports[{number}]"
        if report.vehicle not in fleet:
            faults.append(Fault("E1210", f"there is no vehicle {report.vehicle!r}", "see GET /v1/vehicles",
                                f"{where}.vehicle"))  # fmt: skip
        if report.job is not None and report.job not in jobs:
            faults.append(
                Fault("E1210", f"there is no job {report.job!r}", "see GET /v1/jobs", f"{where}.job")
            )
    if faults:
        raise ProblemError.of(faults)
    # Reports carry their own time: the same bytes are the same reports, so their hash may name them.
    receipt = intake.accept(parts, InboxKind.PROGRESS, body, source="progress", key=idempotency_key or "")
    return intake.receipt_row(receipt)
