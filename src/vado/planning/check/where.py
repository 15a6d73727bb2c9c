"""Where each stop of a route is, from the problem alone; and what a matrix says of the way between.

A stop's own word (`node`) only chooses among the places it may be: a vehicle starts at its start or where
it was last seen, a break is taken where the vehicle stands before or after a drive.
"""

from __future__ import annotations

from vado.model.jobs import Location, Vehicle
from vado.model.plan import Route, Stop, StopKind
from vado.model.snapshot import NO_WAY_S
from vado.planning.check.case import Case


def sites_of(case: Case, route: Route) -> tuple[int | None, ...]:
    """Number the stop of the problem for each stop of a route; None where nothing can be known."""
    vehicle = case.vehicles.get(route.vehicle)
    found: list[int | None] = []
    for number, stop in enumerate(route.stops):
        before = found[-1] if found else None
        rest = route.stops[number + 1 :]
        after = next((other for other in rest if other.kind is not StopKind.BREAK), None)
        found.append(_site(case, route, vehicle, stop, before, after))
    return tuple(found)


def _site(
    case: Case, route: Route, vehicle: Vehicle | None, stop: Stop, before: int | None, after: Stop | None
) -> int | None:
    if stop.job is not None:
        return _job_site(case, stop)
    if vehicle is None:
        return None
    if stop.kind is StopKind.END:
        return before if vehicle.end is None else case.site(vehicle.end)
    choices = _starts(case, route, vehicle) if stop.kind is StopKind.START else [before]
    if after is not None and (stop.kind is StopKind.BREAK or not choices):
        choices.append(_next_site(case, vehicle, after))
    said = [site for site in choices if site is not None and _agrees(case, stop, site)]
    return said[0] if said else next((site for site in choices if site is not None), None)


def _next_site(case: Case, vehicle: Vehicle, after: Stop) -> int | None:
    if after.kind is StopKind.END:
        return None if vehicle.end is None else case.site(vehicle.end)
    return _job_site(case, after)


def _job_site(case: Case, stop: Stop) -> int | None:
    job = case.known.get(stop.job) if stop.job is not None else None
    return None if job is None else case.site(job.location)


def _starts(case: Case, route: Route, vehicle: Vehicle) -> list[int | None]:
    """List where a route may begin: at the vehicle's start, or where it was last seen."""
    places = [vehicle.start, seen(case, route)]
    return [case.site(place) for place in places if place is not None]


def seen(case: Case, route: Route) -> Location | None:
    """Give the place a vehicle last reported, when it did."""
    at = case.progress_of(route).at if case.has_progress(route) else None
    return None if at is None else Location(lonlat=at)


def _agrees(case: Case, stop: Stop, site: int) -> bool:
    if stop.node is not None:
        return stop.node == case.problem.nodes[site]
    return stop.lonlat is not None and stop.lonlat == case.problem.stops[site].lonlat


def given(case: Case, vehicle: Vehicle, origin: int | None, target: int | None) -> tuple[int, int] | None:
    """Read seconds and metres off the caller's matrix; None without one. A faster vehicle needs less."""
    if case.matrix is None or vehicle.profile not in case.matrix or origin is None or target is None:
        return None
    a, b = case.problem.stops[origin].index, case.problem.stops[target].index
    if a is None or b is None:
        return None
    seconds, metres = case.matrix[vehicle.profile]
    if seconds[a, b] >= NO_WAY_S:
        return NO_WAY_S, 0
    # Rounded down: whoever rounds a scaled second up or to the nearest one is not at fault.
    return int(float(seconds[a, b]) / vehicle.speed_factor), int(metres[a, b])
