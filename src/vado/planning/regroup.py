"""Move a whole group to a vehicle that can serve more of it: one by one its jobs cannot leave each other.

In: trips, the open jobs. Out: trips in which no fewer jobs are served. Only for groups that lack somebody,
of which nothing is fixed and nothing has a prize. Bounded: `Tries` counts the sequences driven. Knows nothing
of the solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job
from vado.planning.clocked import Clocked
from vado.planning.groups import unit
from vado.planning.insert import Tries, insert
from vado.planning.schedule import drive
from vado.planning.trip import Trip

Trips = Mapping[VehicleId, Trip]


def regroup(
    trips: Trips, fixed: Mapping[VehicleId, int], jobs: Sequence[Job], clocked: Clocked, tries: Tries
) -> dict[VehicleId, Trip]:
    """Try each group that lacks somebody on every other vehicle."""
    found = dict(trips)
    for word in sorted({job.together for job in jobs} - {""}):
        group = [job for job in jobs if job.together == word]
        placed = {job.id for trip in found.values() for job in trip.jobs}
        bound = {job.id for name, trip in found.items() for job in trip.jobs[: fixed[name]]}
        worth = any(job.prize is not None for job in group)  # it may be left out on purpose
        if worth or placed.issuperset(job.id for job in group) or any(job.id in bound for job in group):
            continue
        found = _moved(found, fixed, group, clocked, tries)
    return found


def _moved(
    trips: dict[VehicleId, Trip],
    fixed: Mapping[VehicleId, int],
    group: Sequence[Job],
    clocked: Clocked,
    tries: Tries,
) -> dict[VehicleId, Trip]:
    """Put the group where most of it is served, at the least cost; leave it where it is if nowhere more."""
    ids = {job.id for job in group}
    bare = {}
    for name, trip in trips.items():
        rest = tuple(job for job in trip.jobs if job.id not in ids)
        driven = trip if len(rest) == len(trip.jobs) else drive(trip.outset, rest, clocked)
        if not isinstance(driven, Trip):
            return trips
        bare[name] = driven
    best, served, cost = trips, _count(trips, ids), _cost(trips)
    for name in trips:
        tried = {**bare, name: _filled(bare[name], group, clocked, tries, fixed=fixed[name])}
        now = (_count(tried, ids), -_cost(tried))
        if now > (served, -cost) and now[0] > _count(trips, ids):
            best, served, cost = tried, now[0], -now[1]
    return best


def _filled(trip: Trip, group: Sequence[Job], clocked: Clocked, tries: Tries, *, fixed: int) -> Trip:
    """Put in what can be, each where it costs least; both halves of a shipment or none."""
    units = list(dict.fromkeys(unit(job) for job in sorted(group, key=lambda job: (-job.priority, job.id))))
    for one in units:
        more = sorted((job for job in group if unit(job) == one), key=lambda job: job.half != "pickup")
        found = insert(trip.outset, trip.jobs, more, clocked, tries, fixed=fixed)
        trip = found if isinstance(found, Trip) else trip
    return trip


def _count(trips: Trips, ids: set[JobId]) -> int:
    return sum(job.id in ids for trip in trips.values() for job in trip.jobs)


def _cost(trips: Trips) -> int:
    return sum(trip.cost for trip in trips.values())
