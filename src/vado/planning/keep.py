"""What must not move: what is done, what is aboard, what a vehicle is under way to. And where each begins.

In: a problem and the plan in force. Out: an `Outset` for each vehicle: the history at the front of its route
and the place and instant from which it can still be planned. Knows nothing of travel times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from vado.model.ids import JobId
from vado.model.jobs import Amount, Break, Done, Job, Location, Progress, Vehicle
from vado.model.plan import Leg, Plan, Route, Stop, StopKind, StopState
from vado.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Outset:
    """One vehicle as it stands now: what follows is planned, what is before it is history."""

    vehicle: Vehicle
    start: int | None  # stop where it is, or begins; None: it begins at its first job
    end: int | None  # stop where its shift ends; None: wherever its last job is
    ready_s: int  # it cannot leave, or begin, before
    stops: tuple[Stop, ...]  # history, START included; () when it has not started
    legs: tuple[Leg, ...]  # between them
    site: int | None  # stop of the last thing in the route: setup is due where the next one differs
    caught: bool  # it stands where nobody gets in and out just now: its own way out is all that counts
    aboard: Amount  # goods picked up before now that stay, or whose delivery is still to come
    bound: frozenset[JobId]  # deliveries of what is aboard: nobody else can make them
    breaks: tuple[Break, ...]  # still to be taken
    committed: tuple[JobId, ...]
    arrived: tuple[tuple[JobId, int], ...]

    @property
    def started(self) -> bool:
        return bool(self.stops)


# Seconds and metres between two stops, where that can be told without a clock: by a caller's matrix.
Measure = Callable[[Vehicle, int, int], tuple[int, int] | None]


def outsets(problem: Problem, previous: Plan | None, measure: Measure | None = None) -> tuple[Outset, ...]:
    """Say for each vehicle, in the order of the fleet, from where and when it is planned."""
    before = {} if previous is None else {route.vehicle: route for route in previous.routes}
    known = {job.id: job for job in (*problem.history, *problem.jobs)}
    return tuple(
        _outset(problem, vehicle, before.get(vehicle.id), known, measure) for vehicle in problem.vehicles
    )


def _outset(
    problem: Problem,
    vehicle: Vehicle,
    before: Route | None,
    known: dict[JobId, Job],
    measure: Measure | None,
) -> Outset:
    progress = problem.progress_of(vehicle.id)
    ready_s = max(problem.now_s, vehicle.shift.start_s)
    start = None if vehicle.start is None else problem.stop(vehicle.start)
    end = None if vehicle.end is None else problem.stop(vehicle.end)
    fresh = Outset(
        vehicle=vehicle,
        start=start,
        end=end,
        ready_s=ready_s,
        stops=(),
        legs=(),
        site=start,
        caught=False,
        aboard=(),
        bound=frozenset(),
        breaks=vehicle.breaks,
        committed=(),
        arrived=(),
    )
    if progress is None:
        return fresh
    open_jobs = {job.id for job in problem.jobs}
    committed = tuple(job for job in progress.committed if job in open_jobs)
    if progress.at is None and not progress.done:
        return replace(fresh, committed=committed)  # nothing was heard of it: it is where it starts
    visits = [visit for visit in progress.done if visit.job in known]
    last = known[visits[-1].job] if visits else None
    site = problem.stop(last.location) if last is not None else start
    here = _here(problem, progress, site)
    past = _history(problem, vehicle, progress, visits, known, before, here)
    stops = tuple(stop for stop, _ in past)
    if site is None:
        site = here
    taken = {stop.label for stop in stops if stop.kind is StopKind.BREAK}
    return replace(
        fresh,
        start=here,
        ready_s=max([ready_s, *(visit.departure_s for visit in visits)]),
        stops=stops,
        legs=_history_legs(vehicle, past, before, measure),
        site=site,
        caught=here is not None and not _accessible(problem, here, vehicle),
        aboard=_aboard(visits, known),
        bound=frozenset(
            JobId(f"{job.shipment}/delivery")
            for visit in visits
            for job in [known[visit.job]]
            if job.half == "pickup" and JobId(f"{job.shipment}/delivery") in open_jobs
        ),
        breaks=tuple(b for b in vehicle.breaks if b.id not in taken and not _is_over(b, problem.now_s)),
        committed=committed,
        arrived=progress.arrived,
    )


def _here(problem: Problem, progress: Progress, site: int | None) -> int | None:
    """Find where the vehicle stands: its last position, else the last visit, else its start."""
    if progress.at is None:
        return site
    try:
        return problem.stop(Location(lonlat=progress.at))
    except ValueError:  # a caller's matrix knows no positions
        return site


def _accessible(problem: Problem, stop: int, vehicle: Vehicle) -> bool:
    access = problem.access_of(stop, vehicle)
    return access is None or access.at(problem.now_s)


def _is_over(rest: Break, now_s: int) -> bool:
    return all(window.end_s < now_s for window in rest.windows)


def _aboard(visits: list[Done], known: dict[JobId, Job]) -> Amount:
    """Add up what was picked up and not delivered, dimension by dimension."""
    total: list[int] = []
    for visit in visits:
        job = known[visit.job]
        changes = [(1, job.pickup)] + ([(-1, job.delivery)] if job.half else [])
        for sign, amount in changes:
            total += [0] * (len(amount) - len(total))
            for k, number in enumerate(amount):
                total[k] += sign * number
    return tuple(total)


def _history(
    problem: Problem,
    vehicle: Vehicle,
    progress: Progress,
    visits: list[Done],
    known: dict[JobId, Job],
    before: Route | None,
    here: int | None,
) -> list[tuple[Stop, int]]:
    """List what happened, with the number of the stop where it did."""
    old = () if before is None else before.stops
    left_s = min([progress.at_s, problem.now_s, *(visit.arrival_s for visit in visits)])
    begun = next((stop.departure_s for stop in old if stop.kind is StopKind.START), left_s)
    begins = problem.stop(vehicle.start) if vehicle.start is not None else None if visits else here
    past: list[tuple[Stop, int]] = []
    if begins is not None:
        at_s = min(begun, left_s)
        past.append((_past(problem, StopKind.START, begins, at_s, at_s, at_s), begins))
    for visit in visits:
        job = known[visit.job]
        kind = StopKind(job.half) if job.half else StopKind.JOB
        site = problem.stop(job.location)
        stop = _past(problem, kind, site, visit.arrival_s, visit.start_s, visit.departure_s)
        past.append((replace(stop, job=job.id, place=job.place or stop.place), site))
    # Nobody reports breaks: one that the plan in force had before now counts as taken.
    for stop in old:
        if stop.kind is StopKind.BREAK and stop.departure_s <= problem.now_s and past:
            at = sum(other.departure_s <= stop.start_s for other, _ in past[1:]) + 1
            past.insert(at, (replace(stop, state=StopState.DONE, node=None), past[at - 1][1]))
    return past


def _past(problem: Problem, kind: StopKind, at: int, arrival_s: int, start_s: int, departure_s: int) -> Stop:
    return Stop(
        kind=kind,
        job=None,
        lonlat=problem.stops[at].lonlat,
        node=node_of(problem, at),
        arrival_s=arrival_s,
        start_s=start_s,
        departure_s=departure_s,
        state=StopState.DONE,
        place=problem.places[at],
    )


def node_of(problem: Problem, stop: int) -> int | None:
    """Give the graph node of a stop; None where there are no roads."""
    return problem.nodes[stop] if problem.nodes[stop] >= 0 else None


def _history_legs(
    vehicle: Vehicle, past: list[tuple[Stop, int]], before: Route | None, measure: Measure | None
) -> tuple[Leg, ...]:
    """Say how far it was: by the matrix, by the plan that was driven, else by the clock alone."""
    known: dict[tuple[JobId | None, JobId | None], Leg] = {}
    if before is not None:
        for a, leg, b in zip(before.stops, before.legs, before.stops[1:], strict=False):
            known.setdefault((a.job, b.job), leg)
    legs = []
    for (a, origin), (b, target) in pairwise(past):
        way = None if measure is None else measure(vehicle, origin, target)
        if way is not None:
            legs.append(Leg(drive=None, duration_s=way[0], distance_m=way[1]))
        elif (a.job, b.job) in known:
            legs.append(replace(known[a.job, b.job], drive=None))
        else:
            gap_s = max(0, b.arrival_s - a.departure_s)
            legs.append(Leg(drive=None, duration_s=gap_s, distance_m=0))
    return tuple(legs)
