"""A plan: all routes and what is unassigned, with reasons. A value; the referee may read it from a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vado.model.ids import AlertId, Hash, HazardId, JobId, LonLat, VehicleId
from vado.model.snapshot import Drive


class StopKind(StrEnum):
    START = "start"
    JOB = "job"
    PICKUP = "pickup"
    DELIVERY = "delivery"
    BREAK = "break"
    END = "end"


class StopState(StrEnum):
    PLANNED = "planned"
    COMMITTED = "committed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A planned visit. arrival <= start <= departure; start - arrival is waiting; setup follows it."""

    kind: StopKind
    job: JobId | None  # None for start, end and breaks
    lonlat: LonLat | None
    node: int | None  # graph node of the anchored roads
    arrival_s: int
    start_s: int  # service (with its setup) starts
    departure_s: int
    state: StopState = StopState.PLANNED
    place: str = ""
    load: tuple[int, ...] = ()  # aboard when it departs
    label: str = ""  # id of a break


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Between two stops that follow each other: legs[k] leads from stops[k] to stops[k + 1].

    `drive` is None between stops done, at the same node, or when the caller brought a matrix.
    """

    drive: Drive | None
    duration_s: int
    distance_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    vehicle: VehicleId
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]  # one fewer than stops

    @property
    def jobs(self) -> tuple[JobId, ...]:
        return tuple(stop.job for stop in self.stops if stop.job is not None)


class ReasonCode(StrEnum):
    """Why a job is nowhere. docs/reference/reasons.md says each in a sentence; a test keeps them the same."""

    CUT_OFF = "CUT_OFF"  # a hazard shuts the way in for the whole of its windows
    NO_WAY_BACK = "NO_WAY_BACK"  # it could be reached, but not left again in time
    NOT_CONNECTED = "NOT_CONNECTED"  # no road leads there for that profile, storm or not
    NO_VEHICLE = "NO_VEHICLE"  # there is no vehicle at all
    SKILL = "SKILL"
    NOT_ALLOWED = "NOT_ALLOWED"  # the job's own lists of vehicles shut out who could
    TOGETHER = "TOGETHER"  # others of its group are done, by a vehicle that cannot do it
    APART = "APART"  # who could do it has done what it must not be beside
    CAPACITY = "CAPACITY"
    TIME_WINDOW = "TIME_WINDOW"  # nobody can be there within its windows
    SHIFT = "SHIFT"  # the shift ends before it could be back
    RIDE = "RIDE"  # a shipment would be aboard for longer than its max_ride
    HOURS = "HOURS"  # driver hours do not allow it
    LIMIT = "LIMIT"  # max_tasks, max_travel_time, max_distance, max_duration
    PARTNER = "PARTNER"  # the other half of the shipment cannot be served
    PRIZE = "PRIZE"  # somebody has room for it, but it costs more than its prize
    NO_ROOM = "NO_ROOM"  # feasible alone, but all vehicles are busy with jobs that count for more
    WITHDRAWN = "WITHDRAWN"  # was on its way and had to be called back
    REFEREE = "REFEREE"  # the referee refused the plan; nothing is sent until it agrees


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """Points at the world: enough for a person to find the message, the road, the town."""

    hazard: HazardId | None = None
    alert: AlertId | None = None
    road: str = ""
    place: str = ""
    edge: int | None = None
    vehicle: VehicleId | None = None
    from_s: int | None = None
    until_s: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    code: ReasonCode
    text: str  # one sentence for people, naming message, road and town where there are such
    evidence: tuple[EvidenceItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    job: JobId
    reasons: tuple[Reason, ...]  # never empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """Who made it and how hard it tried; enough to try again."""

    name: str
    version: str
    seed: int
    solutions_max: int  # the budget that makes it repeatable
    seconds_max: float  # the safety limit
    solutions: int  # of OR-Tools, used; 0: it was not asked
    stopped: str  # "budget", "time" (not repeatable), "proven", "nothing to do"
    rounds: int = 1  # propose, drive on the clock, learn what failed, again
    steps: int = 0  # of the search, used


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    made_s: int  # the `now` it was made for
    snapshot: Hash
    routes: tuple[Route, ...]  # one a vehicle that has stops, in the order of the fleet
    unassigned: tuple[Unassigned, ...]  # sorted by job id
    cost: int
    solver: Solver
    asked: str = ""  # digest of the jobs, shipments and vehicles it was made for; "" when nobody noted it

    def route_of(self, job: JobId) -> Route | None:
        return next((route for route in self.routes if job in route.jobs), None)

    def stop_of(self, job: JobId) -> Stop | None:
        route = self.route_of(job)
        return None if route is None else next(stop for stop in route.stops if stop.job == job)


class Rule(StrEnum):
    """What the referee judges."""

    COMPLETE = "COMPLETE"  # each job exactly once, routed or unassigned
    TIMES = "TIMES"  # arrival <= start <= departure, services long enough, legs fit between
    WINDOW = "WINDOW"
    SHIFT = "SHIFT"
    CAPACITY = "CAPACITY"
    LOAD = "LOAD"  # what a stop says is aboard is so
    SKILL = "SKILL"
    ALLOWED = "ALLOWED"  # the job's own lists of vehicles
    TOGETHER = "TOGETHER"  # jobs of one group on one vehicle
    APART = "APART"  # jobs that are never on one vehicle
    PAIR = "PAIR"  # pickup before delivery, same vehicle
    RIDE = "RIDE"  # no longer aboard than max_ride
    HOURS = "HOURS"  # driver hours, as the law has them
    LIMIT = "LIMIT"
    BREAK = "BREAK"
    PATH = "PATH"  # edges connect stop to stop and exist for the profile
    SPEED = "SPEED"  # no edge is driven faster than it can be, nobody waits on one
    CLOSED = "CLOSED"  # an edge is closed while it would be driven
    TRAPPED = "TRAPPED"  # it cannot get out again to where the shift ends
    SHUT_IN = "SHUT_IN"  # it would be at a stop while no way to where the shift ends is open
    KEPT = "KEPT"  # a stop done or committed was moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    rule: Rule
    vehicle: VehicleId | None
    job: JobId | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    violations: tuple[Violation, ...]

    @property
    def ok(self) -> bool:
        return not self.violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the solver proposes, before the referee and without reasons."""

    routes: tuple[Route, ...]
    missing: tuple[JobId, ...]  # sorted
    cost: int
    solver: Solver
