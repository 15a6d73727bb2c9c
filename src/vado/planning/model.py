"""The problem in the solver's terms: numbered nodes, seconds from now, integers. And what it learns.

In: a problem, outsets, what is fixed, travel times. Out: a `Model`, which the solver reads and the clock
corrects (`learn`). n jobs come first, then a start for each of m vehicles, then an end for each. A node's
time is when service proper starts: setup lies before it, since only the arc knows whether it is due.
Knows nothing of any solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vado.model.driver_hours import DriverHours
from vado.model.ids import JobId
from vado.model.jobs import Break, Job, Vehicle
from vado.model.problem import Problem
from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S, Travel
from vado.model.when import FOREVER_S, NEVER_S
from vado.planning.clocked import Clocked
from vado.planning.day import SPAN_MAX_S, Day, Span, day_of
from vado.planning.groups import groups, rivals, shut_out
from vado.planning.hours import hours_of, longest_out_s, wheel_left_s
from vado.planning.keep import Outset
from vado.planning.limits import ride_ends_s
from vado.planning.load import dimensions, loads, part
from vado.planning.may import may
from vado.planning.price import MONEY, penalties
from vado.planning.prize import prize_of
from vado.planning.travel import Estimate, estimate
from vado.planning.trip import Trip
from vado.planning.windows import Visit, service_s, setup_s
from vado.ports import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """One vehicle, from where it is free to be planned."""

    outset: Outset
    fixed: tuple[Job, ...]  # what it does first, whatever else
    start: int | None  # stop
    site: int | None  # stop of what it did last
    ready_s: int  # seconds from now
    end_s: int
    kind: int  # row of the travel tables: way of travelling, speed, type
    room: tuple[tuple[int, int], ...]  # by dimension: (aboard at its end of the fixed part, most to deliver)
    tasks: int | None  # what is left of its limits
    travel_s: int | None
    metres: int | None
    duration_s: int | None  # from leaving to the end; None also where it has left: then `end_s` says it
    hours: DriverHours | None  # the clock rests by them; `travel_s` keeps their day
    rests: tuple[tuple[tuple[Span, ...], int], ...]  # windows, length
    fixed_cost: int


@dataclass(slots=True, kw_only=True)
class Model:
    """Mutable in four things only, which the clock teaches: seconds, metres, forbidden, slower."""

    jobs: tuple[Job, ...]
    cars: tuple[Car, ...]
    seconds: list[I64]  # by kind [N, N]: travel; > span_s where there is no way
    metres: list[I64]
    work: list[I64]  # by kind [N, N]: service at the first and setup at the second node
    span_s: int  # the last instant that matters
    spans: tuple[tuple[tuple[Span, ...], ...], ...]  # by job, by car; () where it cannot
    pairs: tuple[tuple[int, int], ...]
    rides: tuple[tuple[int, int, int], ...]  # pickup, delivery, most seconds aboard between them
    bound: Mapping[int, int]  # delivery of what is (or will be) aboard -> car
    kept: Mapping[int, int]  # job -> car
    together: tuple[tuple[int, ...], ...]  # jobs that one car does, as far as they are done
    rivals: tuple[tuple[int, int], ...]  # jobs that are never in one car
    prizes: tuple[int | None, ...]  # by job, in the caller's money; None: it is served if any car can
    penalty: tuple[int, ...]  # of leaving a job out
    dimensions: int
    sites: I64  # [N] stop of a node; -1: anywhere
    days: tuple[Day, ...]  # by kind
    forbidden: set[tuple[int, int]] = field(default_factory=set)
    slower: dict[tuple[int, int], int] = field(default_factory=dict)  # seconds, more than was thought

    @property
    def size(self) -> int:
        return len(self.jobs) + 2 * len(self.cars)

    def start(self, car: int) -> int:
        return len(self.jobs) + car

    def end(self, car: int) -> int:
        return len(self.jobs) + len(self.cars) + car


def build(
    problem: Problem,
    jobs: Sequence[Job],
    fixed: Sequence[tuple[Outset, Trip]],
    clocked: Clocked,
    times: Times,
) -> Model:
    """Make the model of what is free: `jobs`, by vehicles whose fixed part is driven already."""
    estimates = _estimates(problem, jobs, fixed, clocked, times)
    kinds: dict[tuple[Travel, float, str], int] = {}
    cars = tuple(_car(problem, outset, trip, clocked, kinds) for outset, trip in fixed)
    span_s = max((car.end_s for car in cars), default=0)
    number = {job.id: k for k, job in enumerate(jobs)}
    index = {car.outset.vehicle.id: k for k, car in enumerate(cars)}
    bound = {number[job]: k for k, car in enumerate(cars) for job in _bound_jobs(car) if job in number}
    spans = _all_spans(problem, jobs, cars, bound, clocked)
    sites = _sites(jobs, cars, clocked)
    drivers = _of_kind(cars, kinds)
    days = tuple(day_of(estimates[v.travel], v, problem.now_s, by_matrix=clocked.by_matrix) for v in drivers)
    tables = [_tables(jobs, cars, sites, v, day, span_s) for v, day in zip(drivers, days, strict=True)]
    pairs = tuple(
        (number[job.id], number[other])
        for job in jobs
        if job.half == "pickup" and (other := JobId(f"{job.shipment}/delivery")) in number
    )
    kept = {
        number[job]: index[vehicle]
        for job, vehicle in problem.kept.items()
        if job in number and vehicle in index
    }
    prizes = tuple(prize_of(job, number) for job in jobs)
    return Model(
        jobs=tuple(jobs),
        cars=cars,
        seconds=[table[0] for table in tables],
        metres=[table[1] for table in tables],
        work=[table[2] for table in tables],
        span_s=span_s,
        spans=spans,
        pairs=pairs,
        rides=tuple((a, b, ride_s) for a, b in pairs if (ride_s := jobs[b].max_ride_s) is not None),
        bound=bound,
        kept=kept,
        together=groups(jobs),
        rivals=rivals(jobs),
        prizes=prizes,
        penalty=penalties(jobs, cars, days, prizes, kept),
        dimensions=dimensions(*(a for job in jobs for a in (job.delivery, job.pickup))),
        sites=sites,
        days=days,
    )


def _bound_jobs(car: Car) -> set[JobId]:
    """List deliveries of what is aboard, or picked up in the fixed part."""
    picked = {JobId(f"{job.shipment}/delivery") for job in car.fixed if job.half == "pickup"}
    return {*car.outset.bound, *picked} - {job.id for job in car.fixed}


def _of_kind(cars: Sequence[Car], kinds: Mapping[tuple[Travel, float, str], int]) -> list[Vehicle]:
    return [next(car.outset.vehicle for car in cars if car.kind == k) for k in range(len(kinds))]


def _estimates(
    problem: Problem,
    jobs: Sequence[Job],
    fixed: Sequence[tuple[Outset, Trip]],
    clocked: Clocked,
    times: Times,
) -> dict[Travel, Estimate]:
    """Ask each way of travelling for its matrix, in those slots only in which a stop can matter."""
    found = {}
    for travel in dict.fromkeys(outset.vehicle.travel for outset, _ in fixed):
        fleet = [outset for outset, _ in fixed if outset.vehicle.travel == travel]
        early = np.full(len(problem.stops), FOREVER_S, np.int64)
        late = np.full(len(problem.stops), NEVER_S, np.int64)

        def matters(stop: int, from_s: int, until_s: int, early: I64 = early, late: I64 = late) -> None:
            early[stop], late[stop] = min(early[stop], from_s), max(late[stop], until_s)

        for outset in fleet:
            for stop in (outset.start, outset.end, outset.site):
                if stop is not None:
                    matters(stop, outset.ready_s, outset.vehicle.shift.end_s)
        for outset in {_hours_key(problem, outset): outset for outset in fleet}.values():
            for job in jobs:
                for chance in clocked.visits(outset, job):
                    matters(clocked.site(job.location), chance.start_s, chance.end_s)
        for outset, trip in fixed:
            for job in trip.jobs:
                matters(clocked.site(job.location), outset.ready_s, outset.vehicle.shift.end_s)
        found[travel] = estimate(times, travel, early, late)
    return found


def _car(
    problem: Problem,
    outset: Outset,
    trip: Trip,
    clocked: Clocked,
    kinds: dict[tuple[Travel, float, str], int],
) -> Car:
    vehicle, now_s = outset.vehicle, problem.now_s
    start, site, ready_s = outset.start, outset.site, outset.ready_s
    if trip.jobs:
        job = trip.jobs[-1]
        visit = next(stop for stop in trip.stops if stop.job == job.id)
        start = site = clocked.site(job.location)
        ready_s = max(ready_s, visit.start_s + service_s(job, vehicle) + setup_s(job, vehicle))
    done = sum(stop.job is not None for stop in outset.stops) + len(trip.jobs)
    duration_s, end_s = longest_out_s(outset), vehicle.shift.end_s
    if duration_s is not None and (outset.started or trip.jobs):
        end_s = max(ready_s, min(end_s, trip.begin_s + duration_s))
        duration_s = None
    taken = {stop.label for stop in trip.stops if stop.label}
    driven_s = sum(way.arrive_s - way.depart_s for way in trip.ways[: _until_last_job(trip)])
    driven_m = sum(way.metres for way in trip.ways[: _until_last_job(trip)])
    past_s = sum(leg.duration_s for leg in outset.legs)
    past_m = sum(leg.distance_m for leg in outset.legs)
    return Car(
        outset=outset,
        fixed=trip.jobs,
        start=start,
        site=site,
        ready_s=ready_s - now_s,
        end_s=min(end_s - now_s, SPAN_MAX_S),
        kind=kinds.setdefault((vehicle.travel, vehicle.speed_factor, vehicle.type), len(kinds)),
        room=_room(outset, trip),
        tasks=None if vehicle.max_tasks is None else vehicle.max_tasks - done,
        travel_s=wheel_left_s(outset, now_s, past_s, driven_s),
        metres=None if vehicle.max_distance_m is None else vehicle.max_distance_m - past_m - driven_m,
        duration_s=duration_s,
        hours=hours_of(vehicle),
        rests=tuple(
            (_rest_spans(rest, now_s), rest.service_s) for rest in outset.breaks if rest.id not in taken
        ),
        fixed_cost=0 if trip.jobs or outset.started else vehicle.costs.fixed * MONEY,
    )


def _until_last_job(trip: Trip) -> int:
    return max((k + 1 for k, stop in enumerate(trip.stops) if stop.job is not None), default=0)


def _rest_spans(rest: Break, now_s: int) -> tuple[Span, ...]:
    return tuple(
        (max(window.start_s - now_s, 0), min(window.end_s - now_s, SPAN_MAX_S))
        for window in rest.windows
        if window.end_s >= now_s
    )


def _room(outset: Outset, trip: Trip) -> tuple[tuple[int, int], ...]:
    """By dimension: what is aboard when the fixed part is done, how much more can be loaded at the start."""
    along = loads(outset.aboard, trip.jobs)
    size = max(len(outset.vehicle.capacity), len(along[0]))
    return tuple(
        (part(along[-1], k), part(outset.vehicle.capacity, k) - max(part(load, k) for load in along))
        for k in range(size)
    )


def _all_spans(
    problem: Problem, jobs: Sequence[Job], cars: Sequence[Car], bound: Mapping[int, int], clocked: Clocked
) -> tuple[tuple[tuple[Span, ...], ...], ...]:
    """Say when service of each job can start, by car; () where it cannot.

    Cars that stand and travel alike are asked once: of a hundred vans before their shift all are the same.
    """
    placed = {car.outset.vehicle.id: car.fixed for car in cars}
    at_place = Counter(job.location for job in problem.jobs)
    classes: dict[tuple[object, ...], int] = {}
    alike = [classes.setdefault(_hours_key(problem, car.outset), len(classes)) for car in cars]
    found = []
    for k, job in enumerate(jobs):
        shared = at_place[job.location] > 1
        own = k in bound or job.together or job.apart or job.forbidden_vehicles
        row: list[tuple[Span, ...]] = []
        known: dict[int, tuple[Span, ...]] = {}
        for v, car in enumerate(cars):
            if own or job.allowed_vehicles is not None:
                free = bound.get(k, v) == v and not shut_out(job, car.outset.vehicle.id, placed, clocked.done)
                row.append(_spans(problem, car, job, clocked, shared=shared) if free else ())
                continue
            if alike[v] not in known:
                known[alike[v]] = _spans(problem, car, job, clocked, shared=shared)
            row.append(known[alike[v]])
        found.append(tuple(row))
    return tuple(found)


def _hours_key(problem: Problem, outset: Outset) -> tuple[object, ...]:
    """Say all of a vehicle that decides when it may serve a job that anybody may do."""
    vehicle = outset.vehicle
    return (
        vehicle.travel, vehicle.skills, vehicle.type, vehicle.shift, outset.ready_s, outset.start, outset.end,
        outset.caught, problem.groups.get(vehicle.id),
    )  # fmt: skip


def _spans(problem: Problem, car: Car, job: Job, clocked: Clocked, *, shared: bool) -> tuple[Span, ...]:
    """Say when service proper can start: chances, moved by the setup that precedes it."""
    vehicle = car.outset.vehicle
    if not may(job, vehicle):
        return ()
    more_s = setup_s(job, vehicle)
    found = []
    for chance in clocked.visits(car.outset, job):
        first = chance.start_s + more_s
        # Where a job next door saves the setup, service would start too late at the shifted end.
        last = max(first, chance.end_s) if more_s and shared else chance.end_s + more_s
        last = min(last, _latest(chance, job, vehicle), ride_ends_s(car.outset, job) + more_s)
        if first <= last:
            found.append((first - problem.now_s, min(last - problem.now_s, SPAN_MAX_S)))
    return _merged(found)


def _latest(chance: Visit, job: Job, vehicle: Vehicle) -> int:
    return min(chance.leave_s, vehicle.shift.end_s) - service_s(job, vehicle)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _sites(jobs: Sequence[Job], cars: Sequence[Car], clocked: Clocked) -> I64:
    return np.array(
        [clocked.site(job.location) for job in jobs]
        + [-1 if car.start is None else car.start for car in cars]
        + [-1 if car.outset.end is None else car.outset.end for car in cars],
        np.int64,
    )


def _tables(
    jobs: Sequence[Job], cars: Sequence[Car], at: I64, vehicle: Vehicle, day: Day, span_s: int
) -> tuple[I64, I64, I64]:
    """Lay travel and work out between nodes, for one kind of vehicle."""
    n, m = len(jobs), len(cars)
    seconds, metres = day.slowest[np.ix_(at, at)], day.metres[np.ix_(at, at)]
    nowhere = (at[:, None] < 0) | (at[None, :] < 0) | (at[:, None] == at[None, :])
    seconds[nowhere] = 0
    metres[nowhere] = 0
    seconds[seconds >= NO_WAY_S] = span_s + 1
    for k in range(m):  # an unused vehicle goes nowhere
        seconds[n + k, n + m + k] = metres[n + k, n + m + k] = 0
    site = at.copy()
    site[n : n + m] = [-1 if car.site is None else car.site for car in cars]
    work = np.zeros((n + 2 * m, n + 2 * m), np.int64)
    work[:n, :] += np.array([service_s(job, vehicle) for job in jobs], np.int64).reshape(n, 1)
    setups = np.array([setup_s(job, vehicle) for job in jobs], np.int64).reshape(1, n)
    work[:, :n] += np.where(site[:, None] != at[None, :n], setups, 0)
    return seconds, metres, work


def learn(
    model: Model, car: int, route: Sequence[int], at: int, drove_s: Sequence[int], *, shut: bool
) -> None:
    """Take in that a route fails on the clock on its way to route[at] (or to its end).

    Where travel was slower than thought, it is slower from now on; where it was not, or no way was found,
    that arc is not proposed again.
    """
    nodes = [model.start(car), *route, model.end(car)]
    seconds = model.seconds[model.cars[car].kind]
    raised = False
    for a, b, took_s in zip(nodes, nodes[1:], drove_s, strict=False):
        if took_s > seconds[a, b]:
            seconds[a, b] = model.slower[a, b] = took_s
            raised = True
    if shut or not raised:
        model.forbidden.add((nodes[at], nodes[at + 1]))


def span_of(model: Model, job: int) -> tuple[Span, ...]:
    """Join what the cars allow: the domain of a job's time."""
    return _merged([span for spans in model.spans[job] for span in spans])
