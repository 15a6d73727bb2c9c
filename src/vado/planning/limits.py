"""What a driven sequence has too much of: seconds at the wheel, metres, time between two instants.

In: a `Trip`. Out: a `Fault`, or nothing. What takes too long may fit if something is left later: `TooLong`
says with it when that would be. Knows nothing of how a sequence is driven.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vado.model.plan import ReasonCode
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
    """Find what takes too long as it is driven."""
    return _too_long_out(trip)


def _too_long_out(trip: Trip) -> TooLong | None:
    """Judge the time from leaving the start to being done. Who only comes home is not judged."""
    limit_s = trip.outset.vehicle.max_duration_s
    if limit_s is None or not trip.jobs or trip.end_s - trip.begin_s <= limit_s:
        return None
    took_s = trip.end_s - trip.begin_s
    text = f"would be out for {took_s} s of at most {limit_s} s"
    fault = Fault(ReasonCode.LIMIT, len(trip.jobs) - 1, text, took_s - limit_s)
    return TooLong(fault, {} if trip.outset.started else {START: trip.end_s - limit_s})
