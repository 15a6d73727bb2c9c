"""What a driven sequence has too much of: seconds at the wheel, metres, time between two instants.

In: a `Trip`. Out: a `Fault`, or nothing. What takes too long may fit if something is left later: `TooLong`
says with it when that would be. Knows nothing of how a sequence is driven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vado.model.ids import JobId
from vado.model.jobs import Job
from vado.model.plan import ReasonCode
from vado.model.when import FOREVER_S
from vado.planning.hours import hours_of, last_drive_s
from vado.planning.keep import Outset
from vado.planning.trip import Fault, Trip

START = -1  # in `holds`: the first departure, beside the numbers of jobs


@dataclass(frozen=True, slots=True)
class TooLong:
    """What takes too long, and before when what must not be left for it to fit; none where nothing helps."""

    fault: Fault
    holds: Mapping[int, int]


def limit_fault(trip: Trip) -> Fault | None:
    """Find what there is too much of whenever it is driven."""
    vehicle, at = trip.outset.vehicle, max(0, len(trip.jobs) - 1)
    if not trip.jobs:
        return None
    if vehicle.max_travel_s is not None and trip.travel_s > vehicle.max_travel_s:
        text = f"would drive {trip.travel_s} s of at most {vehicle.max_travel_s} s"
        return Fault(ReasonCode.LIMIT, at, text, trip.travel_s - vehicle.max_travel_s)
    if vehicle.max_distance_m is not None and trip.metres > vehicle.max_distance_m:
        text = f"would drive {trip.metres} m of at most {vehicle.max_distance_m} m"
        return Fault(ReasonCode.LIMIT, at, text)
    return None


def too_long(trip: Trip) -> TooLong | None:
    """Find what takes too long as it is driven; all of it, for a later departure may help several."""
    judged = (_too_long_out(trip), _too_late_at_wheel(trip), *_too_long_aboard(trip))
    found = [over for over in judged if over is not None]
    if not found:
        return None
    holds: dict[int, int] = {}
    for over in found:
        if not over.holds:
            return over
        for number, until_s in over.holds.items():
            holds[number] = max(until_s, holds.get(number, until_s))
    return TooLong(found[0].fault, holds)


def _too_long_out(trip: Trip) -> TooLong | None:
    """Judge the time from leaving the start to being done. Who only comes home is not judged."""
    limit_s = trip.outset.vehicle.max_duration_s
    if limit_s is None or not trip.jobs or trip.end_s - trip.begin_s <= limit_s:
        return None
    took_s = trip.end_s - trip.begin_s
    text = f"would be out for {took_s} s of at most {limit_s} s"
    fault = Fault(ReasonCode.LIMIT, len(trip.jobs) - 1, text, took_s - limit_s)
    return TooLong(fault, {} if trip.outset.started else {START: trip.end_s - limit_s})


def _too_late_at_wheel(trip: Trip) -> TooLong | None:
    """Judge from when on the law allows no more driving."""
    hours, last_s = hours_of(trip.outset.vehicle), last_drive_s(trip)
    if hours is None or hours.day_s is None or last_s is None or not trip.jobs:
        return None
    over_s = last_s - trip.begin_s - hours.day_s
    if over_s <= 0:
        return None
    text = f"would drive {last_s - trip.begin_s} s after it began, {hours.name} allows {hours.day_s} s"
    fault = Fault(ReasonCode.HOURS, len(trip.jobs) - 1, text, over_s)
    return TooLong(fault, {} if trip.outset.started else {START: last_s - hours.day_s})


def _too_long_aboard(trip: Trip) -> Iterator[TooLong]:
    """Judge shipments from leaving the pickup to starting the delivery; who waits at it has not left."""
    if all(job.max_ride_s is None for job in trip.jobs):
        return
    stops = {stop.job: stop for stop in (*trip.outset.stops, *trip.stops) if stop.job is not None}
    number = {job.id: k for k, job in enumerate(trip.jobs)}
    for k, job in enumerate(trip.jobs):
        pickup = JobId(f"{job.shipment}/pickup")
        if job.half != "delivery" or job.max_ride_s is None or pickup not in stops:
            continue
        start_s = stops[job.id].start_s
        ride_s = start_s - stops[pickup].departure_s
        if ride_s > job.max_ride_s:
            text = f"would have it aboard for {ride_s} s of at most {job.max_ride_s} s"
            fault = Fault(ReasonCode.RIDE, k, text, ride_s - job.max_ride_s)
            yield TooLong(fault, {number[pickup]: start_s - job.max_ride_s} if pickup in number else {})


def ride_ends_s(outset: Outset, job: Job) -> int:
    """Say until when the delivery of what is aboard may start; of what is not picked up yet: any time."""
    if job.half != "delivery" or job.max_ride_s is None:
        return FOREVER_S
    pickup = JobId(f"{job.shipment}/pickup")
    left = (stop.departure_s for stop in outset.stops if stop.job == pickup)
    return next(left, FOREVER_S) + job.max_ride_s
