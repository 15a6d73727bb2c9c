"""Fold what callers and vehicles tell into a world: jobs, vehicles, positions, arrivals, visits done.

In: a world and a batch of messages in inbox order. Out: the next world, its plan untouched (only the
planner moves a plan). Repeats and reorderings of reports are harmless: the newest position counts, a job is
done once and stays so, also when its vehicle starts another shift or leaves the fleet. A report about a
vehicle or job that the world does not have changes nothing: its bytes are in the inbox and the ledger. What
grows here is bounded by the jobs: each is done at most once, and forgotten a week after it was removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from vado.model.ids import JobId, LonLat, VehicleId
from vado.model.jobs import Done, Progress, Vehicle
from vado.model.plan import Route, Stop, StopKind
from vado.model.world import JobsPut, Message, Report, ReportKind, VehiclesPut, World

T = TypeVar("T")

VISITS_KEPT_S = 7 * 24 * 3600  # so long a recipient still reads "delivered" after the caller has tidied up


def apply(world: World, batch: Sequence[Message], *, now_s: int) -> World:
    """Take in a batch; afterwards each started vehicle is committed to the stop it is under way to."""
    for message in batch:
        match message.body:
            case JobsPut() as put:
                world = _put_jobs(world, put)
            case VehiclesPut() as put:
                world = _put_vehicles(world, put)
            case Report() as report:
                # A clock that runs ahead must not make all later reports look old.
                world = _take_report(world, replace(report, at_s=min(report.at_s, now_s)))
            case _:
                pass  # alerts and faults are for hazards; a tick is only time
    return _commit(_prune(world, now_s=now_s), now_s=now_s)


def _put_jobs(world: World, put: JobsPut) -> World:
    gone = set(put.remove)
    jobs = _put(world.jobs, put.jobs, gone, lambda job: job.id)
    shipments = _put(world.shipments, put.shipments, gone, lambda shipment: shipment.id)
    # An id that comes anew is a new job, whatever was done under that name before.
    had = {*(job.id for job in world.jobs), *(shipment.id for shipment in world.shipments)}
    anew = {*(job.id for job in put.jobs), *(shipment.id for shipment in put.shipments)} - had
    return replace(
        world,
        jobs=tuple(sorted(jobs, key=lambda job: job.id)),
        shipments=tuple(sorted(shipments, key=lambda shipment: shipment.id)),
        progress=tuple(_forget(progress, _names(gone), _names(anew)) for progress in world.progress),
    )


def _put(have: Iterable[T], new: Iterable[T], gone: set[str], key: Callable[[T], str]) -> tuple[T, ...]:
    """Replace by id in place, append what is new, take away what is gone (unless put by the same message)."""
    fresh = {key(item): item for item in new}
    kept = [fresh.pop(key(item), item) for item in have if key(item) not in gone or key(item) in fresh]
    return (*kept, *fresh.values())


def _names(ids: set[str]) -> set[JobId]:
    """Name the jobs of an id: itself, or the halves if it is a shipment's."""
    return {JobId(name + half) for name in ids for half in ("", "/pickup", "/delivery")}


def _forget(progress: Progress, gone: set[JobId], anew: set[JobId]) -> Progress:
    return replace(
        progress,
        done=tuple(visit for visit in progress.done if visit.job not in anew),
        earlier=tuple(visit for visit in progress.earlier if visit.job not in anew),
        committed=tuple(job for job in progress.committed if job not in gone),
        arrived=tuple((job, at_s) for job, at_s in progress.arrived if job not in gone | anew),
    )


def _put_vehicles(world: World, put: VehiclesPut) -> World:
    vehicles = _put(world.vehicles, put.vehicles, set(put.remove), lambda vehicle: vehicle.id)
    fleet = {vehicle.id: vehicle for vehicle in vehicles}
    progress = tuple(
        Progress(vehicle=p.vehicle, at=None, at_s=p.at_s, earlier=p.visits)
        if p.vehicle not in fleet or _is_new_shift(fleet[p.vehicle], p)
        else p
        for p in world.progress
    )
    return replace(world, vehicles=vehicles, progress=progress)


def _is_new_shift(vehicle: Vehicle, progress: Progress) -> bool:
    """Tell whether all that is known of the vehicle happened before its shift: it starts afresh then."""
    last_s = max([progress.at_s, *(visit.departure_s for visit in progress.done)])
    return last_s < vehicle.shift.start_s


def _prune(world: World, *, now_s: int) -> World:
    """Forget old visits of jobs that are no longer here, and progress that tells nothing."""
    known = _places(world)
    fleet = {vehicle.id for vehicle in world.vehicles}

    def lasting(visits: tuple[Done, ...]) -> tuple[Done, ...]:
        return tuple(v for v in visits if v.job in known or v.departure_s > now_s - VISITS_KEPT_S)

    kept = (replace(p, done=lasting(p.done), earlier=lasting(p.earlier)) for p in world.progress)
    return replace(world, progress=tuple(p for p in kept if p.vehicle in fleet or p.visits))


def _take_report(world: World, report: Report) -> World:
    if all(vehicle.id != report.vehicle for vehicle in world.vehicles):
        return world
    places = _places(world)
    if report.job is not None and report.job not in places:
        return world
    old = next((p for p in world.progress if p.vehicle == report.vehicle), None)
    before = old or Progress(vehicle=report.vehicle, at=None, at_s=report.at_s)
    after = _moved(before, report, places)
    done = {visit.job for progress in world.progress for visit in progress.visits}
    if report.job is not None and report.kind is ReportKind.ARRIVED:
        after = (
            _late_arrival(after, report) if report.job in done else _arrived(after, report.job, report.at_s)
        )
    elif report.job is not None and report.kind is ReportKind.DEPARTED and report.job not in done:
        after = _departed(after, report.job, report.at_s, _planned(world, report.vehicle, report.job))
    others = tuple(p for p in world.progress if p.vehicle != report.vehicle)
    return replace(world, progress=tuple(sorted((*others, after), key=lambda p: p.vehicle)))


def _places(world: World) -> Mapping[JobId, LonLat | None]:
    found = {job.id: job.location.lonlat for job in world.jobs}
    for shipment in world.shipments:
        found[JobId(f"{shipment.id}/pickup")] = shipment.pickup.location.lonlat
        found[JobId(f"{shipment.id}/delivery")] = shipment.delivery.location.lonlat
    return found


def _moved(progress: Progress, report: Report, places: Mapping[JobId, LonLat | None]) -> Progress:
    """Take the newest position; who arrives or departs without saying where is at the job."""
    at = report.lonlat
    if at is None and report.job is not None:
        at = places[report.job]
    if at is None or (progress.at is not None and report.at_s < progress.at_s):
        return progress
    return replace(progress, at=at, at_s=report.at_s)


def _arrived(progress: Progress, job: JobId, at_s: int) -> Progress:
    """Keep the earliest arrival: a second one is a repeat, or a vehicle that circles the block."""
    known = dict(progress.arrived)
    known[job] = min(at_s, known.get(job, at_s))
    return replace(progress, arrived=tuple(sorted(known.items())))


def _late_arrival(progress: Progress, report: Report) -> Progress:
    """Mend the visit when its arrival is heard of after its departure."""
    return replace(
        progress,
        done=tuple(
            replace(visit, arrival_s=report.at_s, start_s=max(visit.start_s, report.at_s))
            if visit.job == report.job and report.at_s <= visit.departure_s
            else visit
            for visit in progress.done
        ),
    )


def _departed(progress: Progress, job: JobId, at_s: int, planned: Stop | None) -> Progress:
    """Make a visit of what is known: reported arrival, else the planned one as far as it can be true."""
    arrival_s = dict(progress.arrived).get(job, at_s if planned is None else planned.arrival_s)
    arrival_s = min(arrival_s, at_s)
    start_s = arrival_s if planned is None else min(max(arrival_s, planned.start_s), at_s)
    visit = Done(job=job, arrival_s=arrival_s, start_s=start_s, departure_s=at_s)
    done = sorted((*progress.done, visit), key=lambda d: (d.departure_s, d.arrival_s, d.job))
    return replace(
        progress,
        done=tuple(done),
        committed=tuple(other for other in progress.committed if other != job),
        arrived=tuple((other, when) for other, when in progress.arrived if other != job),
    )


def _planned(world: World, vehicle: VehicleId, job: JobId) -> Stop | None:
    route = _route_of(world, vehicle)
    return None if route is None else next((stop for stop in route.stops if stop.job == job), None)


def _route_of(world: World, vehicle: VehicleId) -> Route | None:
    routes = () if world.plan is None else world.plan.routes
    return next((route for route in routes if route.vehicle == vehicle), None)


def _commit(world: World, *, now_s: int) -> World:
    """Bind each vehicle that is on the road to its next stop: nobody turns round for a better plan."""
    done = {visit.job for progress in world.progress for visit in progress.visits}
    known = _places(world)
    progress = {p.vehicle: p for p in world.progress}
    for vehicle in world.vehicles:
        route = _route_of(world, vehicle.id)
        left = () if route is None else tuple(j for j in route.jobs if j not in done and j in known)
        own = progress.get(vehicle.id)
        started_s = None if route is None else _started(route, own)
        # A route from before the shift is yesterday's plan: nobody is under way on it.
        if started_s is None or not vehicle.shift.start_s <= started_s <= now_s or not left:
            if own is not None:
                progress[vehicle.id] = replace(own, committed=())
            continue
        own = own or Progress(vehicle=vehicle.id, at=None, at_s=started_s)
        progress[vehicle.id] = replace(own, committed=left[:1])
    return replace(world, progress=tuple(progress[name] for name in sorted(progress)))


def _started(route: Route, progress: Progress | None) -> int | None:
    """Say when a route leaves its start; a vehicle with visits or arrivals has left, whatever was planned."""
    if progress is not None and (progress.done or progress.arrived):
        return progress.at_s
    if not route.stops:
        return None
    first = route.stops[0]
    if first.kind is not StopKind.START:
        return first.arrival_s  # without a start the vehicle is at its first job when it arrives there
    drive = route.legs[0].drive if route.legs else None
    return first.departure_s if drive is None else drive.depart_s
