"""Where a break can be taken: at a stop of the route before leaving it, or at the next door before service.

In: a `Walk`, a break. Out: the walk with the break in it; None where it cannot be had there.
"""

from __future__ import annotations

from dataclasses import replace

from vado.model.jobs import Break, Job
from vado.model.plan import StopKind
from vado.planning.clocked import Way
from vado.planning.walk import Arrival, Walk, stop_at


def rest_here(walk: Walk, rest: Break) -> Walk | None:
    """Take a break before leaving; a break is taken at a stop of the route, not where one was last seen."""
    begin_s = first_start(rest, walk.now_s)
    if begin_s is None or walk.here is None or not (walk.stops or walk.here == walk.outset.site):
        return None
    return _rested(walk, rest, Way(walk.now_s, walk.now_s, 0, None), walk.here, begin_s)


def rest_there(walk: Walk, rest: Break, job: Job, found: Arrival) -> Walk | None:
    """Take a break at the door, before service starts."""
    problem, target = walk.problem, walk.clocked.site(job.location)
    if walk.here is not None and problem.nodes[target] < 0 and problem.stops[target].lonlat is None:
        return None  # with neither node nor coordinates nobody could tell from the plan that it is there
    begins_s = walk.now_s if walk.here is None else found.way.arrive_s
    begin_s = first_start(rest, begins_s)
    if begin_s is None:
        return None
    way = Way(begin_s, begin_s, 0, None) if walk.here is None else found.way
    arrived = walk.copy()
    arrived.leave_s = found.leave_s
    return _rested(arrived, rest, way, target, begin_s)


def _rested(walk: Walk, rest: Break, way: Way, at: int, begin_s: int) -> Walk | None:
    done_s = begin_s + rest.service_s
    if walk.leave_s is not None and done_s > walk.leave_s:
        return None
    rested = walk.copy()
    stop = stop_at(walk, StopKind.BREAK, at, way.arrive_s, begin_s, done_s)
    rested.add(replace(stop, label=rest.id), way, at)
    rested.rests = [other for other in rested.rests if other is not rest]
    return rested


def first_start(rest: Break, from_s: int) -> int | None:
    """Find when a break can begin at the earliest."""
    return next((max(w.start_s, from_s) for w in rest.windows if from_s <= w.end_s), None)
