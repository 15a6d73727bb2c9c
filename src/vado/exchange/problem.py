"""Read problem files and API batches: JSON bytes to jobs, shipments, vehicles. VROOM's input as it is.

In: bytes from anybody. Out: `ProblemFile`, `JobsPut`, `VehiclesPut`, reports. All faults of an input are
raised at once (`ProblemError`), each with the path of its field; nothing is half read. Knows no roads:
whether a place is near one is told to `refuse_far` by who does. docs/reference/problem.md has every key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vado.errors import Fault, ProblemError
from vado.exchange.fleet import read_steps, read_vehicle
from vado.exchange.matrices import Given, read_matrices
from vado.exchange.orders import read_job, read_shipment, refuse_twice
from vado.exchange.reading import Field, Log, load
from vado.exchange.rules import refuse_strangers
from vado.model.ids import JobId, LonLat, VehicleId
from vado.model.jobs import Job, Location, Shipment, Vehicle
from vado.model.world import JobsPut, Report, ReportKind, VehiclesPut

TOP_KEYS = frozenset(("jobs", "shipments", "vehicles", "matrices", "matrix"))
REPORT_KEYS = frozenset(("vehicle", "kind", "at", "job", "location"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFile:
    """A whole problem in the file's order. `matrices` is empty unless the caller brought their own."""

    jobs: tuple[Job, ...]
    shipments: tuple[Shipment, ...]
    vehicles: tuple[Vehicle, ...]
    matrices: Given = field(default_factory=dict)
    initial: Mapping[VehicleId, tuple[JobId, ...]] = field(default_factory=dict)  # routes they had (`steps`)
    notes: tuple[str, ...] = ()  # what was left out or mended without harm


def read_problem(data: bytes) -> ProblemFile:
    """Read a whole problem: jobs and shipments to do, vehicles, and matrices if the caller has them."""
    log = Log()
    top = load(data, log)
    if not top.is_object():
        log.raise_any()
    top.note_unknown(TOP_KEYS, "problem")
    matrices, with_metres = read_matrices(top)
    by_index = top.find("matrices") is not None or top.find("matrix") is not None
    if top.find("jobs") is None and top.find("shipments") is None:
        log.fault("E1003", "jobs", "there are neither jobs nor shipments", "give jobs, shipments or both")
    jobs = [(row, read_job(row, by_index=by_index)) for row in _rows(top, "jobs")]
    shipments = [(row, read_shipment(row, by_index=by_index)) for row in _rows(top, "shipments")]
    top.need("vehicles", "give the vehicles")
    own = {name for found in [top.find("matrices")] if found for name, _ in found.members()}
    vehicles = [
        (row, read_vehicle(row, by_index=by_index, own_profiles=own)) for row in _rows(top, "vehicles")
    ]
    _refuse_ids(jobs, shipments, vehicles, log)
    fleet = tuple(vehicle for _, vehicle in vehicles if vehicle is not None)
    _refuse_skills(jobs, shipments, fleet, log)
    refuse_strangers(_ruled(jobs, shipments), fleet, log)
    _refuse_sizes(jobs, shipments, vehicles, log)
    if by_index:
        _refuse_rows(jobs, shipments, vehicles, matrices, with_metres, log)
    initial = _initial(jobs, shipments, vehicles)
    log.raise_any()
    return ProblemFile(
        jobs=tuple(job for _, job in jobs if job is not None),
        shipments=tuple(shipment for _, shipment in shipments if shipment is not None),
        vehicles=fleet,
        matrices=matrices,
        initial=initial,
        notes=tuple(log.notes),
    )


def read_jobs(data: bytes, *, fleet: Sequence[Vehicle] | None = None, log: Log | None = None) -> JobsPut:
    """Read a batch: `{"jobs": [], "shipments": [], "remove": []}`, or an array of jobs.

    With the known `fleet`, jobs that no vehicle can take for lack of skill or dimension, or that name one
    that is not there, are refused too. What was left out is noted in `log`.
    """
    log = Log() if log is None else log
    top = _batch(data, log, "jobs", frozenset(("jobs", "shipments", "remove")))
    jobs = [(row, read_job(row, by_index=False)) for row in _rows(top, "jobs")]
    shipments = [(row, read_shipment(row, by_index=False)) for row in _rows(top, "shipments")]
    _refuse_ids(jobs, shipments, [], log)
    if fleet:
        _refuse_skills(jobs, shipments, tuple(fleet), log)
        refuse_strangers(_ruled(jobs, shipments), fleet, log)
    _refuse_sizes(jobs, shipments, [], log, fleet=tuple(fleet or ()))
    remove = _names(top, "remove")
    log.raise_any()
    return JobsPut(
        jobs=tuple(job for _, job in jobs if job is not None),
        shipments=tuple(shipment for _, shipment in shipments if shipment is not None),
        remove=remove,
    )


def read_vehicles(data: bytes, *, log: Log | None = None) -> VehiclesPut:
    """Read a batch: `{"vehicles": [], "remove": []}`, or an array of vehicles; notes go to `log`."""
    log = Log() if log is None else log
    top = _batch(data, log, "vehicles", frozenset(("vehicles", "remove")))
    vehicles = [(row, read_vehicle(row, by_index=False)) for row in _rows(top, "vehicles")]
    _refuse_ids([], [], vehicles, log)
    _refuse_sizes([], [], vehicles, log)
    remove = tuple(VehicleId(name) for name in _names(top, "remove"))
    log.raise_any()
    return VehiclesPut(vehicles=tuple(v for _, v in vehicles if v is not None), remove=remove)


def read_reports(data: bytes) -> tuple[Report, ...]:
    """Read what vehicles tell: one report, an array of them, or `{"reports": []}`."""
    log = Log()
    top = load(data, log)
    if isinstance(top.value, dict) and "vehicle" in top.value:
        rows = [top]
    else:
        top = _batch(data, log, "reports", frozenset(("reports",)))
        rows = _rows(top, "reports")
    reports = [_report(row) for row in rows]
    log.raise_any()
    return tuple(report for report in reports if report is not None)


def _report(row: Field) -> Report | None:
    if not row.is_object():
        return None
    row.note_unknown(REPORT_KEYS, "reports")
    vehicle, kind = row.need("vehicle", "say who reports"), row.need("kind", "say what happened")
    at = row.need("at", "say when it happened")
    job, location = row.find("job"), row.find("location")
    who = None if vehicle is None else vehicle.name()
    when = None if at is None else at.instant()
    which = None if job is None else job.name()
    lonlat = None if location is None else location.lonlat()
    if kind is None or kind.value not in tuple(ReportKind):
        if kind is not None:
            kind.fault(
                "E1004", f"{kind.value!r} is no kind of report", f"give one of {', '.join(ReportKind)}"
            )
        return None
    if kind.value == ReportKind.POSITION:
        row.need("location", "give [longitude, latitude]")
    else:
        row.need("job", "say which job")
    if who is None or when is None:
        return None
    return Report(
        vehicle=VehicleId(who[0]),
        kind=ReportKind(kind.value),
        at_s=when,
        job=None if which is None else JobId(which[0]),
        lonlat=lonlat,
    )


def list_locations(
    jobs: Sequence[Job], shipments: Sequence[Shipment] = (), vehicles: Sequence[Vehicle] = ()
) -> tuple[tuple[str, LonLat], ...]:
    """List (field path, place) of everything that has coordinates, for whoever knows the roads."""
    found: list[tuple[str, Location | None]] = [
        (f"jobs[{k}].location", j.location) for k, j in enumerate(jobs)
    ]
    for k, shipment in enumerate(shipments):
        found.append((f"shipments[{k}].pickup.location", shipment.pickup.location))
        found.append((f"shipments[{k}].delivery.location", shipment.delivery.location))
    for k, vehicle in enumerate(vehicles):
        found.append((f"vehicles[{k}].start", vehicle.start))
        found.append((f"vehicles[{k}].end", vehicle.end))
    return tuple((path, at.lonlat) for path, at in found if at is not None and at.lonlat is not None)


def refuse_far(paths: Sequence[str], snap_m: Sequence[float], limit_m: float) -> None:
    """Raise ProblemError E1202 for every place farther than `limit_m` from any road: a job in the sea."""
    faults = [
        Fault(
            "E1202",
            f"the nearest road is {metres:,.0f} m away",
            f"give a place within {limit_m:g} m of one",
            path,
        )
        for path, metres in zip(paths, snap_m, strict=True)
        if not metres <= limit_m  # NaN is far too
    ]
    if faults:
        raise ProblemError.of(faults)


Jobs = Sequence[tuple[Field, Job | None]]
Shipments = Sequence[tuple[Field, Shipment | None]]
Vehicles = Sequence[tuple[Field, Vehicle | None]]


def _batch(data: bytes, log: Log, key: str, known: frozenset[str]) -> Field:
    top = load(data, log)
    if isinstance(top.value, list):
        top = Field({key: top.value}, "", log)
    if not top.is_object():
        log.raise_any()
    if not known & top.value.keys():
        log.fault("E1003", key, f"{key} is missing", f"give {', '.join(sorted(known))}")
    top.note_unknown(known, "batch")
    return top


def _rows(top: Field, key: str) -> list[Field]:
    found = top.find(key)
    return [] if found is None else list(found.items())


def _names(top: Field, key: str) -> tuple[str, ...]:
    found = [item.name() for item in _rows(top, key)]
    return tuple(name[0] for name in found if name is not None)


def _ruled(jobs: Jobs, shipments: Shipments) -> list[tuple[Field, Job]]:
    """List what rules stand on: jobs, and shipments by their pickup."""
    found = [(row, job) for row, job in jobs if job is not None]
    return found + [(row, shipment.pickup) for row, shipment in shipments if shipment is not None]


def _refuse_ids(jobs: Jobs, shipments: Shipments, vehicles: Vehicles, log: Log) -> None:
    """Ids are unique within their kind, as VROOM has it: a job, a pickup and a delivery may share one."""
    halves = [
        (half, getattr(s, half).given_id, row.path)
        for row, s in shipments
        if s
        for half in ("pickup", "delivery")
    ]
    refuse_twice([(s.id, row.path) for row, s in shipments if s is not None], log, "shipment")
    for half in ("pickup", "delivery"):
        names = [(name, f"{path}.{half}") for kind, name, path in halves if kind == half and name]
        refuse_twice(names, log, half)
    taken = [(f"{s.id}/{half}", row.path) for row, s in shipments if s for half in ("pickup", "delivery")]
    refuse_twice([(j.id, r.path) for r, j in jobs if j is not None] + list(dict(taken).items()), log, "job")
    refuse_twice([(v.id, row.path) for row, v in vehicles if v is not None], log, "vehicle")


def _refuse_skills(jobs: Jobs, shipments: Shipments, fleet: tuple[Vehicle, ...], log: Log) -> None:
    """A skill that nobody has is a slip of the pen; one that nobody free has is a reason, later."""
    if not fleet:
        return
    known = frozenset().union(*(vehicle.skills for vehicle in fleet))
    rows = [(row, job.skills) for row, job in jobs if job is not None]
    rows += [(row, shipment.pickup.skills) for row, shipment in shipments if shipment is not None]
    for row, skills in rows:
        for skill in sorted(skills - known):
            said = ", ".join(map(str, sorted(known))) or "none"
            cause = f"no vehicle has skill {skill}; known skills: {said}"
            log.fault("E1204", f"{row.path}.skills", cause, "mend the skill, or give it to a vehicle")


def _refuse_sizes(
    jobs: Jobs, shipments: Shipments, vehicles: Vehicles, log: Log, *, fleet: tuple[Vehicle, ...] = ()
) -> None:
    """All amounts and capacities have the same dimensions; who carries amounts needs a capacity."""
    sizes = [(f"{row.path}.capacity", v.capacity) for row, v in vehicles if v is not None]
    amounts = [(f"{r.path}.{key}", getattr(j, key)) for r, j in jobs if j for key in ("delivery", "pickup")]
    amounts += [(f"{row.path}.amount", s.amount) for row, s in shipments if s is not None]
    known = [len(v.capacity) for v in fleet if v.capacity] or [len(a) for _, a in sizes if a]
    known = known or [len(a) for _, a in amounts if a]
    usual = Counter(known).most_common(1)[0][0] if known else 0
    for path, amount in (*sizes, *amounts):
        if amount and len(amount) != usual:
            cause = f"{len(amount)} dimensions, elsewhere {usual}"
            log.fault("E1206", path, cause, "give one number for each dimension everywhere")
    loaded = next((path for path, amount in amounts if any(amount)), None)
    if loaded is None:
        return
    if fleet and not any(vehicle.capacity for vehicle in fleet):
        cause = "no vehicle of the fleet has a capacity"
        log.fault("E1203", loaded, cause, "give the vehicles a capacity first")
    for path, capacity in sizes:
        if not capacity:
            cause = f"the vehicle has no capacity, but there is something to carry ({loaded})"
            log.fault("E1203", path, cause, "give the vehicle a capacity, zeros if it carries nothing")


def _refuse_rows(
    jobs: Jobs, shipments: Shipments, vehicles: Vehicles, matrices: Given, metres: frozenset[str], log: Log
) -> None:
    """Every place is a row of every matrix, and every vehicle's profile has one."""
    size = min((len(seconds) for seconds, _ in matrices.values()), default=0)
    places = [(f"{row.path}.location_index", job.location) for row, job in jobs if job is not None]
    for row, shipment in shipments:
        if shipment is not None:
            places.append((f"{row.path}.pickup.location_index", shipment.pickup.location))
            places.append((f"{row.path}.delivery.location_index", shipment.delivery.location))
    for row, vehicle in vehicles:
        if vehicle is None:
            continue
        ends = (("start_index", vehicle.start), ("end_index", vehicle.end))
        places += [(f"{row.path}.{key}", at) for key, at in ends if at is not None]
        if matrices and vehicle.profile not in matrices:
            cause = f"there is no matrix for profile {vehicle.profile!r}"
            log.fault("E1212", f"{row.path}.profile", cause, f"give one of {', '.join(sorted(matrices))}")
        elif vehicle.max_distance_m is not None and vehicle.profile not in metres:
            cause = "max_distance needs distances in the matrix"
            log.fault("E1212", f"{row.path}.max_distance", cause, "give distances beside durations")
    for path, location in places:
        if matrices and location.index is not None and location.index >= size:
            cause = f"row {location.index} of a matrix of {size}"
            log.fault("E1212", path, cause, f"give 0 to {size - 1}")


def _initial(jobs: Jobs, shipments: Shipments, vehicles: Vehicles) -> dict[VehicleId, tuple[JobId, ...]]:
    names = {job.id for _, job in jobs if job is not None}
    halves = {
        (half, getattr(s, half).given_id): f"{s.id}/{half}"
        for _, s in shipments
        if s is not None
        for half in ("pickup", "delivery")
    }
    found = {v.id: read_steps(row, names, halves) for row, v in vehicles if v is not None}
    return {vehicle: route for vehicle, route in found.items() if route}
