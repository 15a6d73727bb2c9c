"""Driver hours on the clock: when a rest is due, where it is taken, what no rest can help.

In: a `Walk` or a `Trip` of a vehicle that has them. Out: the walk rested, or a `Fault`. A rest is taken as
late as the law allows, and earlier only where it is had for nothing: while a door is shut anyway. A leg is
driven in one go. Knows nothing of the caller's breaks but that a long one is a rest too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vado.model.driver_hours import DRIVER_HOURS, DriverHours
from vado.model.jobs import ALWAYS, Break, Job, Vehicle
from vado.model.plan import ReasonCode, Stop, StopKind
from vado.planning.clocked import Way
from vado.planning.keep import Outset
from vado.planning.rests import first_start, rest_here, rest_there
from vado.planning.trip import Fault, Trip
from vado.planning.walk import Arrival, Walk, arrive


def hours_of(vehicle: Vehicle) -> DriverHours | None:
    return DRIVER_HOURS.get(vehicle.driver_hours)


def moved_s(outset: Outset, now_s: int) -> int:
    """Count as driven all time since the last stop where the vehicle was seen somewhere else since."""
    if not outset.stops or outset.start == outset.site:
        return 0
    return max(0, now_s - outset.stops[-1].departure_s)


def driven_s(outset: Outset, now_s: int) -> int:
    """Sum up what was driven before now in this shift."""
    return sum(leg.duration_s for leg in outset.legs) + moved_s(outset, now_s)


def longest_out_s(outset: Outset) -> int | None:
    """Say how long a vehicle may be out: by its own limit, by a law about when it drives last."""
    law = hours_of(outset.vehicle)
    day_s = None if law is None or outset.end is None else law.day_s
    return min((s for s in (outset.vehicle.max_duration_s, day_s) if s is not None), default=None)


def wheel_left_s(outset: Outset, now_s: int, past_s: int, fixed_s: int) -> int | None:
    """Say how long it may still be at the wheel after what is past and fixed; None: as long as it likes."""
    law, own_s = hours_of(outset.vehicle), outset.vehicle.max_travel_s
    left = [] if own_s is None else [own_s - past_s - fixed_s]
    left += [] if law is None else [law.day_drive_s - driven_s(outset, now_s) - fixed_s]
    return min(left, default=None)


def rest_before(walk: Walk, way: Way) -> Walk | Fault:
    """Rest where it stands if the next drive may not be begun without; give the walk itself if it may."""
    hours, seconds = hours_of(walk.outset.vehicle), way.arrive_s - way.depart_s
    if hours is None or seconds == 0:
        return walk
    if seconds > hours.drive_s:
        text = f"would drive for {seconds} s on end, {hours.name} allows {hours.drive_s} s"
        return Fault(ReasonCode.HOURS, 0, text, seconds - hours.drive_s)
    driven, pause_s = _tally(hours, walk.outset, walk.problem.now_s, walk.stops, walk.ways)
    if hours.any_pause and walk.stops and pause_s + way.depart_s - walk.stops[-1].departure_s >= hours.rest_s:
        driven = 0
    if driven + seconds <= hours.drive_s:
        return walk
    # A break of the caller's that is due anyway will do.
    own = (b for b in walk.rests if b.service_s >= hours.rest_s and first_start(b, walk.now_s) == walk.now_s)
    rested = rest_here(walk, next(own, _rest(hours, pause_s)))
    return rested or Fault(ReasonCode.HOURS, 0, f"finds no place for the rest that {hours.name} asks for")


def rest_at_door(walk: Walk, job: Job, found: Arrival, *, early: bool) -> tuple[Walk, Arrival]:
    """Rest while it has to wait before service; `early`: also where that is too short and makes it later."""
    hours, wait_s = hours_of(walk.outset.vehicle), found.start_s - found.way.arrive_s
    if hours is None or hours.any_pause or not (wait_s >= hours.rest_s or (early and wait_s)):
        return walk, found
    driven, _ = _tally(hours, walk.outset, walk.problem.now_s, walk.stops, walk.ways)
    if not driven and found.way.arrive_s == found.way.depart_s:
        return walk, found
    rested = rest_there(walk, _rest(hours, 0), job, found)
    again = None if rested is None else arrive(rested, job)
    return (walk, found) if rested is None or again is None or isinstance(again, Fault) else (rested, again)


def hours_fault(trip: Trip) -> Fault | None:
    """Judge a driven sequence as a whole: the wheel for the day, and between two rests."""
    hours, outset = hours_of(trip.outset.vehicle), trip.outset
    if hours is None or not trip.jobs:
        return None
    at, now_s = len(trip.jobs) - 1, trip.made_s
    day_s = driven_s(outset, now_s) + sum(way.arrive_s - way.depart_s for way in trip.ways)
    if day_s > hours.day_drive_s:
        text = f"would drive for {day_s} s in its shift, {hours.name} allows {hours.day_drive_s} s"
        return Fault(ReasonCode.HOURS, at, text, day_s - hours.day_drive_s)
    for count in range(1, len(trip.stops) + 1):
        driven, _ = _tally(hours, outset, now_s, trip.stops[:count], trip.ways[:count], last=True)
        if driven > hours.drive_s:
            text = f"would drive for {driven} s without a rest, {hours.name} allows {hours.drive_s} s"
            return Fault(ReasonCode.HOURS, at, text, driven - hours.drive_s)
    return None


def last_drive_s(trip: Trip) -> int | None:
    """Say when the last drive ends; None where nothing is driven any more."""
    return max((way.arrive_s for way in trip.ways if way.arrive_s > way.depart_s), default=None)


def _rest(hours: DriverHours, pause_s: int) -> Break:
    rest_s = max(0, hours.rest_s - (pause_s if hours.any_pause else 0))
    return Break(id=hours.name, windows=(ALWAYS,), service_s=rest_s)


def _tally(
    hours: DriverHours,
    outset: Outset,
    now_s: int,
    stops: Sequence[Stop],
    ways: Sequence[Way],
    *,
    last: bool = False,
) -> tuple[int, int]:
    """Count seconds at the wheel since the last rest, and of standing since the last drive.

    `last`: as the last stop is reached, before it can serve as a rest.
    """
    driven = pause_s = 0
    steps = list(_steps(outset, now_s, stops, ways))
    for number, (seconds, stop) in enumerate(steps):
        if seconds:
            driven, pause_s = driven + seconds, 0
        if stop is None or (last and number == len(steps) - 1):
            continue
        if hours.any_pause:
            pause_s += stop.departure_s - stop.arrival_s
        elif stop.kind is StopKind.BREAK:
            pause_s = stop.departure_s - stop.start_s
        if pause_s >= hours.rest_s:
            driven = 0
    return driven, pause_s


def _steps(
    outset: Outset, now_s: int, stops: Sequence[Stop], ways: Sequence[Way]
) -> Iterator[tuple[int, Stop | None]]:
    """Walk through the shift: seconds at the wheel, and the stop they lead to."""
    for number, stop in enumerate(outset.stops):
        yield outset.legs[number - 1].duration_s if number else 0, stop
    yield moved_s(outset, now_s), None
    for stop, way in zip(stops, ways, strict=True):
        yield way.arrive_s - way.depart_s, stop
