"""Trace a try that failed on the clock to its cause: a cut, the network itself, the windows, the shift.

In: the fault of a vehicle with nothing else to do. Out: a `Cause`. A hazard is blamed only where the job
would have been in time by the fastest way of any slot, and a cut lies over the time that was left for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vado.model.jobs import Job
from vado.model.plan import ReasonCode
from vado.model.problem import Problem
from vado.model.snapshot import NO_WAY_S, Cut
from vado.model.when import Interval, clock, union
from vado.planning.clocked import Clocked
from vado.planning.keep import Outset
from vado.planning.trip import Fault, say_minutes, say_when
from vado.planning.windows import service_s
from vado.ports import Times

Span = tuple[int, int]  # inclusive at both ends

OTHER_HALF = "cannot serve the other half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why one vehicle cannot do a job alone; `text` goes on after its name."""

    code: ReasonCode
    outset: Outset
    text: str
    cuts: tuple[Cut, ...] = ()  # of the job's stop (or of the vehicle's own, when that is what is cut)
    place: int | None = None  # the stop that is cut, or that no road is near to
    off_hours: bool = False  # the job's windows and the vehicle's hours have nothing in common


def find_cause(
    problem: Problem, clocked: Clocked, times: Times, outset: Outset, job: Job, fault: Fault, *, out: bool
) -> Cause:
    """Judge the way there, or (`out`) the way back after it was served."""
    there = clocked.site(job.location)
    astray = None if clocked.by_matrix else _astray(problem, outset)
    if astray is not None:
        return astray
    fastest = _Fastest(problem, times, clocked, outset)
    if out:
        return _back(problem, fastest, outset, job, there, fault)
    return _there(problem, fastest, outset, job, there, fault)


class _Fastest:
    """The fastest that anybody of that profile ever drives between stops, asked slot by slot."""

    def __init__(self, problem: Problem, times: Times, clocked: Clocked, outset: Outset) -> None:
        self._factor = outset.vehicle.speed_factor if clocked.by_matrix else 1.0
        self._travel = outset.vehicle.travel
        self._times = times
        span = (problem.now_s, outset.vehicle.shift.end_s)
        self._slots = [k for k, s in enumerate(times.slots) if s.end_s > span[0] and s.start_s <= span[1]]

    def seconds(self, origin: int | None, target: int | None) -> int:
        if origin is None or target is None or origin == target:
            return 0
        matrices = self._times.matrices(self._travel, self._slots)
        known = (int(matrix.seconds[origin, target]) for matrix in matrices)
        best = min(known, default=NO_WAY_S)
        return best if best >= NO_WAY_S else int(best / self._factor)


def _astray(problem: Problem, outset: Outset) -> Cause | None:
    """Find the vehicle's own end of the way to be far from any road: the job's town is not to blame."""
    how = "was last seen" if outset.started else "starts"
    for stop, does in ((outset.start, how), (outset.end, "is to end its shift")):
        if stop is not None and problem.nodes[stop] < 0:
            near = f" near {problem.places[stop]}" if problem.places[stop] else ""
            text = f"{does}{near}, too far from any road it can drive"
            return Cause(code=ReasonCode.NOT_CONNECTED, outset=outset, text=text, place=stop)
    return None


def _there(problem: Problem, fastest: _Fastest, outset: Outset, job: Job, there: int, fault: Fault) -> Cause:
    vehicle = outset.vehicle
    needed_s = service_s(job, vehicle)
    last_s = vehicle.shift.end_s - needed_s
    in_shift = [
        (max(w.start_s, outset.ready_s), min(w.end_s, last_s))
        for w in job.windows
        if w.end_s >= outset.ready_s and w.start_s <= last_s
    ]
    if not any(a <= b for a, b in in_shift):
        return _out_of_hours(problem, outset, job)
    seconds = fastest.seconds(outset.start, there)
    usable = [(max(a, outset.ready_s + (seconds if seconds < NO_WAY_S else 0)), b) for a, b in in_shift]
    usable = [(a, b) for a, b in usable if a <= b]
    if not usable:
        over_s = outset.ready_s + seconds - max(b for _, b in in_shift)
        text = "would be there too late by the fastest way" + say_minutes(over_s)
        return Cause(code=ReasonCode.TIME_WINDOW, outset=outset, text=text)
    for stop in (there, outset.start):
        cuts = _cuts(problem, outset, stop)
        inward = [
            cut for cut in cuts if (cut.direction != "out") == (stop == there) or cut.direction == "both"
        ]
        if stop is not None and _cover(usable, inward):
            return _cut(
                ReasonCode.CUT_OFF, outset, stop, _touching(usable, inward), "finds no open road there"
            )
        if stop == there and _cover(usable, cuts):
            cuts = _touching(usable, cuts)
            text = "could get there, but not away again in time"
            return _cut(ReasonCode.NO_WAY_BACK, outset, stop, cuts, text)
    if seconds >= NO_WAY_S:
        # Cuts end with the horizon, windows may not: what is shut as far as we look is shut.
        for stop in (there, outset.start):
            shut = tuple(cut for cut in _touching(usable, _cuts(problem, outset, stop)) if cut.roads)
            if shut:
                return _cut(ReasonCode.CUT_OFF, outset, stop, shut, "finds no open road there")
        return Cause(code=ReasonCode.NOT_CONNECTED, outset=outset, text="finds no road there")
    # Partly cut, or slowed: what was left of the windows was not enough.
    cuts = _touching(usable, _cuts(problem, outset, there))
    if cuts:
        code = ReasonCode.CUT_OFF if any(cut.direction != "out" for cut in cuts) else ReasonCode.NO_WAY_BACK
        return _cut(code, outset, there, cuts, "finds no open road there and back in time")
    if fault.code is ReasonCode.CUT_OFF:
        cuts = _touching(usable, _cuts(problem, outset, outset.start))
        return _cut(ReasonCode.CUT_OFF, outset, outset.start, cuts, "finds no open road there in time")
    text = fault.text + say_minutes(fault.over_s)
    return Cause(code=ReasonCode.TIME_WINDOW, outset=outset, text=text)


def _out_of_hours(problem: Problem, outset: Outset, job: Job) -> Cause:
    """The windows and the hours of the vehicle have nothing in common, wherever it is."""
    last_s = max(window.end_s for window in job.windows)
    if last_s < problem.now_s:
        return Cause(
            code=ReasonCode.TIME_WINDOW,
            outset=outset,
            text=f"is asked too late: its last window ended at {clock(last_s)}",
        )
    ends_s = outset.vehicle.shift.end_s
    text = f"works from {clock(outset.ready_s)} to {clock(ends_s)}, outside its windows"
    if outset.ready_s > ends_s:
        text = f"ended its shift at {say_when(ends_s, problem.now_s)}"
    return Cause(code=ReasonCode.SHIFT, outset=outset, text=text, off_hours=True)


def _back(problem: Problem, fastest: _Fastest, outset: Outset, job: Job, there: int, fault: Fault) -> Cause:
    seconds = fastest.seconds(there, outset.end)
    if seconds >= NO_WAY_S:
        cuts = tuple(cut for cut in _cuts(problem, outset, there) if cut.direction != "in")
        if any(cut.roads for cut in cuts):
            return _cut(ReasonCode.NO_WAY_BACK, outset, there, cuts, "finds no open road back")
        return Cause(code=ReasonCode.NOT_CONNECTED, outset=outset, text="finds no road back")
    earliest_s = outset.ready_s + fastest.seconds(outset.start, there) + service_s(job, outset.vehicle)
    begins_s = min(window.start_s for window in job.windows)
    earliest_s = max(earliest_s, begins_s + service_s(job, outset.vehicle))
    shift_s = outset.vehicle.shift.end_s
    cuts = _touching([(earliest_s, shift_s)], _cuts(problem, outset, there))
    if cuts and earliest_s + seconds <= shift_s:
        return _cut(ReasonCode.NO_WAY_BACK, outset, there, cuts, "finds no open road back in time")
    text = fault.text + say_minutes(fault.over_s)
    code = ReasonCode.SHIFT if fault.code is ReasonCode.SHIFT else ReasonCode.NO_WAY_BACK
    return Cause(code=code, outset=outset, text=text)


def _cut(code: ReasonCode, outset: Outset, stop: int | None, cuts: Sequence[Cut], text: str) -> Cause:
    """Blame hazards; where only the network itself is to blame, say that instead."""
    if cuts and not any(cut.roads for cut in cuts):
        return Cause(code=ReasonCode.NOT_CONNECTED, outset=outset, text="finds no road there and back")
    blamed = tuple(cut for cut in cuts if cut.roads)
    return Cause(code=code, outset=outset, text=text, cuts=blamed, place=stop)


def _cuts(problem: Problem, outset: Outset, stop: int | None) -> tuple[Cut, ...]:
    """List what keeps a vehicle from a stop; who may end, or begin, anywhere needs no way out, or in."""
    access = None if stop is None else problem.access_of(stop, outset.vehicle)
    idle = {"in"} if outset.start is None else {"out"} if outset.end is None else set[str]()
    return () if access is None else tuple(cut for cut in access.cuts if cut.direction not in idle)


def _touching(spans: Sequence[Span], cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    return tuple(
        cut for cut in cuts if any(cut.interval.start_s <= b and a < cut.interval.end_s for a, b in spans)
    )


def _cover(spans: Sequence[Span], cuts: Sequence[Cut]) -> bool:
    """Tell whether cuts leave nothing of the spans."""
    joined = union(tuple(cut.interval for cut in cuts))
    return bool(cuts) and all(any(_inside(a, b, i) for i in joined) for a, b in spans)


def _inside(first_s: int, last_s: int, interval: Interval) -> bool:
    return interval.start_s <= first_s and last_s < interval.end_s
