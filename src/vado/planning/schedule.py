"""Drive a sequence of jobs exactly, on the clock, and say what binds first where it cannot be done.

In: a vehicle's outset, jobs in order, drives. Out: a `Trip`, which becomes a route, or a `Fault`. Everything
that binds is judged here: windows, stays, shift, capacity, skills, limits, breaks. The rule is "as soon as
possible", waiting where the next job is; only the first departure is put off, so that nobody waits at the
first door. Knows nothing of the solver, which only proposes sequences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vado.model.ids import JobId
from vado.model.jobs import Job
from vado.model.plan import ReasonCode, Stop, StopKind, StopState
from vado.planning.clocked import Clocked, Way
from vado.planning.groups import clash, left_behind
from vado.planning.hours import hours_fault, hours_of, rest_at_door, rest_before
from vado.planning.keep import Outset
from vado.planning.limits import START, limit_fault, too_long
from vado.planning.load import loads, overload
from vado.planning.may import allowed
from vado.planning.rests import first_start, rest_here, rest_there
from vado.planning.trip import Fault, Trip
from vado.planning.walk import Arrival, Walk, arrive, home, stop_at

HOLDS_MAX = 24  # how often departures are put off to keep what has a longest time


def drive(outset: Outset, jobs: Sequence[Job], clocked: Clocked) -> Trip | Fault:
    """Drive a sequence. Breaks are taken as late as costs least; if that fails, as early as they can be."""
    fault = _static_fault(outset, jobs, clocked)
    if fault is not None:
        return fault
    trip = _put_off(outset, jobs, clocked, early=False)
    if isinstance(trip, Fault) and (outset.breaks or outset.vehicle.driver_hours):
        other = _put_off(outset, jobs, clocked, early=True)
        if isinstance(other, Trip):
            return other
        return _for_hours(outset, jobs, clocked, trip)
    return trip


def _for_hours(outset: Outset, jobs: Sequence[Job], clocked: Clocked, fault: Fault) -> Fault:
    """Blame driver hours for what could be driven without them."""
    name = outset.vehicle.driver_hours
    if not name or fault.code is ReasonCode.HOURS:
        return fault
    free = replace(outset, vehicle=replace(outset.vehicle, driver_hours=""))
    if isinstance(drive(free, jobs, clocked), Fault):
        return fault
    return replace(fault, code=ReasonCode.HOURS, text=f"{fault.text} with the rest that {name} asks for")


def _put_off(outset: Outset, jobs: Sequence[Job], clocked: Clocked, *, early: bool) -> Trip | Fault:
    """Drive as soon as possible; where that takes too long, leave later, as little as that needs.

    Who leaves later is nowhere sooner. So each departure that is put off to where the last drive says it must
    be is still no later than in any schedule that keeps the limits: what is not found has none.
    """
    holds: dict[int, int] = {}
    found = _drive(outset, jobs, clocked, holds, early=early)
    over = None if isinstance(found, Fault) else too_long(found)
    for _ in range(HOLDS_MAX):
        if over is None or not over.holds:
            break
        holds |= over.holds
        again = _drive(outset, jobs, clocked, holds, early=early)
        if isinstance(again, Fault):
            break
        found, over = again, too_long(again)
    return found if over is None else over.fault


def _static_fault(outset: Outset, jobs: Sequence[Job], clocked: Clocked) -> Fault | None:
    """Find what binds whatever the clock says."""
    vehicle = outset.vehicle
    ids = [job.id for job in jobs]
    for number, job in enumerate(jobs):
        lacking = sorted(job.skills - vehicle.skills)
        if lacking:
            return Fault(ReasonCode.SKILL, number, f"lacks skill {', '.join(map(str, lacking))}")
        if not allowed(job, vehicle):
            return Fault(ReasonCode.NOT_ALLOWED, number, f"is not allowed for job {job.id}")
        lost = left_behind(job, vehicle.id, clocked.done)
        if lost:
            return Fault(ReasonCode.TOGETHER, number, lost)
        if (
            job.half == "delivery"
            and job.id not in outset.bound
            and JobId(f"{job.shipment}/pickup") not in ids[:number]
        ):
            return Fault(ReasonCode.PARTNER, number, "has not picked it up")
    beside = clash(clocked.done.get(vehicle.id, ()), jobs)
    if beside is not None:
        number, other = beside
        return Fault(ReasonCode.APART, number, f"must not have it beside job {other.id}")
    over = overload(outset.aboard, jobs, vehicle.capacity)
    if over is not None:
        return Fault(ReasonCode.CAPACITY, over[0], over[1])
    done = sum(stop.job is not None for stop in outset.stops)
    if jobs and vehicle.max_tasks is not None and done + len(jobs) > vehicle.max_tasks:
        return Fault(ReasonCode.LIMIT, len(jobs) - 1, f"may serve at most {vehicle.max_tasks} jobs")
    return None


def _drive(
    outset: Outset, jobs: Sequence[Job], clocked: Clocked, holds: Mapping[int, int], *, early: bool
) -> Trip | Fault:
    """Drive a sequence once; `holds` says what is not left before when."""
    begin_s = max(outset.ready_s, holds.get(START, outset.ready_s))
    walk = Walk(outset, clocked, outset.start, outset.site, begin_s, holds=holds)
    walk.rests = sorted(outset.breaks, key=lambda rest: rest.windows) if jobs or outset.started else []
    if outset.start is not None and not outset.started:
        stop = stop_at(walk, StopKind.START, outset.start, begin_s, begin_s, begin_s)
        walk.add(stop, Way(begin_s, begin_s, 0, None), outset.start)
    for number, job in enumerate(jobs):
        served = _serve(walk, job, number, early=early)
        if isinstance(served, Fault):
            return replace(served, at=number, drove_s=_drove_s(walk))
        walk = served
    fault = _finish(walk, idle=not jobs)
    if fault is not None:
        return replace(fault, at=len(jobs), drove_s=_drove_s(walk))
    hours = hours_of(outset.vehicle)
    if jobs and not outset.started and not (hours and hours.any_pause):  # what is waited may be its rest
        _leave_late(walk, jobs[0])
    stops = _loaded(outset, jobs, walk.stops)
    trip = Trip(
        outset=outset, jobs=tuple(jobs), stops=stops, ways=tuple(walk.ways), made_s=walk.problem.now_s
    )
    return limit_fault(trip) or hours_fault(trip) or trip


def _serve(walk: Walk, job: Job, number: int, *, early: bool) -> Walk | Fault:
    """Go to a job and serve it, with the breaks that are due before it."""
    rested = _go(walk, job)
    if isinstance(rested, Fault):
        return rested
    walk, found = rested
    for rest in tuple(walk.rests):
        taken = [w for w in (rest_here(walk, rest), rest_there(walk, rest, job, found)) if w is not None]
        arrivals = [(w, a) for w in taken if not isinstance(a := arrive(w, job), Fault)]
        if not arrivals:
            continue  # not now; whether it can be had at all is seen at the end
        best, arrival = min(arrivals, key=lambda pair: pair[1].start_s)
        last_chance = first_start(rest, found.done_s) is None
        if early or last_chance or arrival.start_s <= found.start_s:
            walk, found = best, arrival
    rested = _go(walk, job)
    if isinstance(rested, Fault):
        return rested
    walk, found = rest_at_door(rested[0], job, rested[1], early=early)
    target = walk.clocked.site(job.location)
    arrive_s, start_s, done_s = _reported(walk, job, number, found) or (
        found.way.arrive_s,
        found.start_s,
        found.done_s,
    )
    kind = StopKind(job.half) if job.half else StopKind.JOB
    stop = stop_at(walk, kind, target, arrive_s, start_s, done_s)
    state = StopState.COMMITTED if job.id in walk.outset.committed else StopState.PLANNED
    walk = walk.copy()
    walk.add(replace(stop, job=job.id, state=state, place=job.place or stop.place), found.way, target)
    walk.site, walk.leave_s = target, found.leave_s
    walk.now_s = max(walk.now_s, walk.holds.get(number, walk.now_s))
    return walk


def _go(walk: Walk, job: Job) -> tuple[Walk, Arrival] | Fault:
    """Find the way to a job, after a rest where driver hours ask for one first."""
    found = arrive(walk, job)
    if isinstance(found, Fault):
        return found
    rested = rest_before(walk, found.way)
    if isinstance(rested, Fault):
        return rested
    if rested is not walk:
        found = arrive(rested, job)
    return found if isinstance(found, Fault) else (rested, found)


def _reported(walk: Walk, job: Job, number: int, found: Arrival) -> tuple[int, int, int] | None:
    """Count the service of a vehicle that has reported its arrival from then on, not from now."""
    outset, problem = walk.outset, walk.problem
    reported_s = dict(outset.arrived).get(job.id)
    target = walk.clocked.site(job.location)
    if reported_s is None or number or walk.stops or outset.start is None:
        return None
    if outset.start != target and (
        problem.nodes[target] < 0 or problem.nodes[outset.start] != problem.nodes[target]
    ):
        return None  # it has moved on since
    arrive_s = max(reported_s, outset.stops[-1].departure_s)
    for window in job.windows:
        start_s = max(arrive_s, window.start_s, outset.vehicle.shift.start_s)
        if start_s <= window.end_s and start_s <= found.start_s:
            return arrive_s, start_s, max(start_s + (found.done_s - found.start_s), outset.ready_s)
    return None


def _finish(walk: Walk, *, idle: bool) -> Fault | None:
    """Take the breaks that cannot be had before or after the route, and drive to where it ends."""
    outset = walk.outset
    way = home(walk)
    if isinstance(way, Fault):
        return way
    if not idle:  # who does nothing more is not kept from coming home
        rested = rest_before(walk, way)
        if isinstance(rested, Fault):
            return rested
        _become(walk, rested)
    for rest in tuple(walk.rests):
        way = home(walk)
        if isinstance(way, Fault):
            return way
        leaves_s = _leaves_s(walk)
        if any(w.end_s >= way.arrive_s or w.start_s + rest.service_s <= leaves_s for w in rest.windows):
            continue
        taken = rest_here(walk, rest)
        if taken is None:
            return Fault(ReasonCode.SHIFT, 0, f"finds no time for its break {rest.id}")
        _become(walk, taken)
    way = home(walk)
    if isinstance(way, Fault):
        return way
    over_s = way.arrive_s - outset.vehicle.shift.end_s
    if over_s > 0:
        return Fault(ReasonCode.SHIFT, 0, "would be done after its shift ends", over_s)
    if outset.end is not None and walk.here is not None:
        stop = stop_at(walk, StopKind.END, outset.end, way.arrive_s, way.arrive_s, way.arrive_s)
        walk.add(stop, way, outset.end)
    return None


def _become(walk: Walk, rested: Walk) -> None:
    """Take over what was rested; the place stays."""
    walk.stops, walk.ways, walk.rests = rested.stops, rested.ways, rested.rests
    walk.now_s = rested.now_s


def _leaves_s(walk: Walk) -> int:
    first = (*walk.outset.stops, *walk.stops)[0]
    return first.departure_s if first.kind is StopKind.START else first.arrival_s


def _leave_late(walk: Walk, job: Job) -> None:
    """Put off the first departure by what would be waited at the first job, where that costs nothing."""
    begin = walk.outset.start
    if begin is None or len(walk.stops) < 2 or walk.stops[1].job != job.id:
        return
    first, way, target = walk.stops[1], walk.ways[1], walk.clocked.site(job.location)
    wait_s = first.start_s - first.arrival_s
    for put_off_s in (wait_s, wait_s // 2, wait_s // 4):
        later = walk.clocked.way(walk.outset.vehicle, begin, target, way.depart_s + put_off_s)
        if (
            later is not None
            and first.arrival_s < later.arrive_s <= first.start_s
            and later.arrive_s - later.depart_s <= way.arrive_s - way.depart_s
            and later.metres <= way.metres
        ):
            at_s = later.depart_s
            walk.stops[0] = replace(walk.stops[0], arrival_s=at_s, start_s=at_s, departure_s=at_s)
            walk.stops[1] = replace(first, arrival_s=later.arrive_s)
            walk.ways[0], walk.ways[1] = Way(at_s, at_s, 0, None), later
            return


def _loaded(outset: Outset, jobs: Sequence[Job], stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """Write the load on each stop: what is aboard when it departs."""
    aboard = iter(loads(outset.aboard, jobs))
    load = next(aboard)
    found = []
    for stop in stops:
        load = next(aboard) if stop.job is not None else load
        found.append(replace(stop, load=load))
    return tuple(found)


def _drove_s(walk: Walk) -> tuple[int, ...]:
    """Sum up travel from job to job; a break between two is on the way."""
    found, gone_s = [], 0
    for stop, way in zip(walk.stops, walk.ways, strict=True):
        gone_s += way.arrive_s - way.depart_s
        if stop.job is not None:
            found.append(gone_s)
            gone_s = 0
    return tuple(found)
