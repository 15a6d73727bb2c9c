"""Where a vehicle stands while its sequence is being driven, and how it gets to the next place.

In: a `Walk`, a job. Out: the first chance that it can take, or what binds. Knows nothing of breaks, nor of
what comes after that job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vado.model.jobs import Break, Job
from vado.model.plan import ReasonCode, Stop, StopKind
from vado.model.problem import Problem
from vado.planning.clocked import Clocked, Way
from vado.planning.keep import Outset, node_of
from vado.planning.trip import Fault
from vado.planning.windows import service_s, setup_s

TRIES = 6  # how often a departure is put off to meet the start of a stay


@dataclass(slots=True)
class Walk:
    """Where a vehicle stands while its sequence is being driven."""

    outset: Outset
    clocked: Clocked
    here: int | None  # stop it stands at
    site: int | None  # stop of the last job (or start): setup is due where the next one differs
    now_s: int
    leave_s: int | None = None  # it must have left `here` by then
    stops: list[Stop] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    rests: list[Break] = field(default_factory=list)
    holds: Mapping[int, int] = field(default_factory=dict)  # by number of a job: it is not left before

    @property
    def problem(self) -> Problem:
        return self.clocked.problem

    def copy(self) -> Walk:
        return replace(self, stops=[*self.stops], ways=[*self.ways], rests=[*self.rests])

    def add(self, stop: Stop, way: Way, at: int) -> None:
        """Leave the stop before when the drive does, and be at this one until its departure."""
        if self.stops and self.stops[-1].departure_s < way.depart_s:
            self.stops[-1] = replace(self.stops[-1], departure_s=way.depart_s)
        self.stops.append(stop)
        self.ways.append(way)
        self.here, self.now_s = at, stop.departure_s


@dataclass(frozen=True, slots=True)
class Arrival:
    way: Way
    start_s: int  # service, or the setup before it, starts
    done_s: int
    leave_s: int


def arrive(walk: Walk, job: Job) -> Arrival | Fault:
    """Find the first chance that the vehicle can take from where it stands."""
    vehicle, target = walk.outset.vehicle, walk.clocked.site(job.location)
    whole_s = service_s(job, vehicle) + (0 if walk.site == target else setup_s(job, vehicle))
    chances = walk.clocked.visits(walk.outset, job)
    fault = Fault(ReasonCode.TIME_WINDOW, 0, "has no time at which it could serve there")
    for chance in chances:
        way = way_into(walk, target, max(chance.from_s, chance.start_s if walk.here is None else 0))
        if isinstance(way, Fault):
            return way
        start_s = max(way.arrive_s, chance.start_s)
        done_s = start_s + whole_s
        over_s = max(start_s - chance.end_s, done_s - min(chance.leave_s, vehicle.shift.end_s))
        if over_s <= 0:
            return Arrival(way, start_s, done_s, chance.leave_s)
        fault = Fault(ReasonCode.TIME_WINDOW, 0, "would be there too late", over_s)
    return fault


def way_into(walk: Walk, target: int, from_s: int) -> Way | Fault:
    """Drive so as not to be there before `from_s`: who has to wait for a road waits where it stands."""
    if walk.here is None:
        at_s = max(walk.now_s, from_s)
        return Way(at_s, at_s, 0, None)
    leave_s = walk.now_s
    for _ in range(TRIES):
        way = walk.clocked.way(walk.outset.vehicle, walk.here, target, leave_s)
        if way is None:
            return Fault(ReasonCode.CUT_OFF, 0, "finds no way there in time")
        if walk.leave_s is not None and way.depart_s > walk.leave_s:
            return Fault(ReasonCode.NO_WAY_BACK, 0, "would be cut off at the stop before")
        if way.arrive_s >= from_s:
            return way
        leave_s = way.depart_s + (from_s - way.arrive_s)
    return Fault(ReasonCode.CUT_OFF, 0, "finds no way there in time")


def home(walk: Walk) -> Way | Fault:
    if walk.outset.end is None or walk.here is None:
        return Way(walk.now_s, walk.now_s, 0, None)
    way = walk.clocked.way(walk.outset.vehicle, walk.here, walk.outset.end, walk.now_s)
    if way is None:
        return Fault(ReasonCode.NO_WAY_BACK, 0, "finds no way back to where its shift ends")
    if walk.leave_s is not None and way.depart_s > walk.leave_s:
        return Fault(ReasonCode.NO_WAY_BACK, 0, "would be cut off before it can leave")
    return way


def stop_at(walk: Walk, kind: StopKind, at: int, arrival_s: int, start_s: int, departure_s: int) -> Stop:
    return Stop(
        kind=kind,
        job=None,
        lonlat=walk.problem.stops[at].lonlat,
        node=node_of(walk.problem, at),
        arrival_s=arrival_s,
        start_s=start_s,
        departure_s=departure_s,
        place=walk.problem.places[at],
    )
