"""HOURS: the wheel, the rests and the day of a driver, as the law has them."""

from __future__ import annotations

from collections.abc import Iterator

from vado.model.driver_hours import DRIVER_HOURS, DriverHours
from vado.model.plan import Route, Rule, StopKind, Violation
from vado.planning.check.case import Case, violation
from vado.planning.check.load import measure
from vado.planning.check.where import seen, sites_of


def judge_hours(case: Case) -> Iterator[Violation]:
    """Judge driving without a rest, in the shift, and too long after it began; who only comes home is not."""
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        hours = None if vehicle is None else DRIVER_HOURS.get(vehicle.driver_hours)
        last = next((stop.job for stop in reversed(case.live(route)) if stop.job is not None), None)
        if hours is None or last is None:
            continue
        for text in _broken(route, hours, _wheel(case, route)):
            yield violation(Rule.HOURS, f"vehicle {route.vehicle} {text}", route=route, job=last)


def _wheel(case: Case, route: Route) -> list[int]:
    """Give the seconds at the wheel to each stop of a route.

    Who was seen away from the last stop it reported has driven since then, as far as anybody can tell.
    """
    vehicle, sites, ran = case.vehicles[route.vehicle], sites_of(case, route), case.ran(route)
    found = [0]
    for leg, origin, target in zip(route.legs, sites, sites[1:], strict=False):
        found.append(measure(case, vehicle, leg, origin, target)[0])
    place = seen(case, route)
    if 0 < ran < len(found) and place is not None and case.site(place) not in (None, sites[ran - 1]):
        found[ran] += max(0, case.problem.now_s - route.stops[ran - 1].departure_s)
    return found


def _broken(route: Route, hours: DriverHours, wheel: list[int]) -> Iterator[str]:
    if sum(wheel) > hours.day_drive_s:
        yield f"drives for {sum(wheel)} s in its shift, {hours.name} allows {hours.day_drive_s} s"
    since = stood = most = 0
    for stop, seconds in zip(route.stops, wheel, strict=False):
        if seconds:
            since, stood = since + seconds, 0
            most = max(most, since)
        if hours.any_pause:
            stood += stop.departure_s - stop.arrival_s
        elif stop.kind is StopKind.BREAK:
            stood = stop.departure_s - stop.start_s
        since = 0 if stood >= hours.rest_s else since
    if most > hours.drive_s:
        yield f"drives for {most} s without a rest, {hours.name} allows {hours.drive_s} s"
    first = route.stops[0]
    begins_s = first.departure_s if first.kind is StopKind.START else first.arrival_s
    ends_s = max((s.arrival_s for s, seconds in zip(route.stops, wheel, strict=False) if seconds), default=0)
    if hours.day_s is not None and ends_s - begins_s > hours.day_s:
        yield f"drives {ends_s - begins_s} s after it began, {hours.name} allows {hours.day_s} s"
