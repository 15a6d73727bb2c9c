"""Why each job is where it is, or nowhere. A reason is given only after it was tried.

In: a draft, its problem, travel times, the snapshot, the plan in force. Out: the plan, with reasons for every
job that is missing. Two levels: nobody could do it even with nothing else to do (tried: out, served, back);
or somebody could, but it fits into no position of any route. Knows nothing of the solver's inner life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job
from vado.model.plan import Draft, EvidenceItem, Plan, Reason, ReasonCode, StopState, Unassigned
from vado.model.problem import Problem
from vado.model.snapshot import Snapshot
from vado.planning.cause import OTHER_HALF, Cause, find_cause
from vado.planning.clocked import Clocked
from vado.planning.groups import parted
from vado.planning.impact import digest
from vado.planning.insert import Tries, insert
from vado.planning.keep import Outset, outsets
from vado.planning.load import part
from vado.planning.may import allowed, may, skilled
from vado.planning.phrase import (
    TOLD_MAX,
    say_capacity,
    say_causes,
    say_not_allowed,
    say_place,
    say_prize,
    say_skill,
    say_squeeze,
)
from vado.planning.prize import prize_of
from vado.planning.retreat import STOPPED
from vado.planning.schedule import drive
from vado.planning.trip import Fault, Trip, say_minutes
from vado.ports import Times

BY_HAZARD = (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK)
# What binds whatever the roads are like: no cause in the world is looked for.
BY_RULE = (
    ReasonCode.CAPACITY,
    ReasonCode.RIDE,
    ReasonCode.HOURS,
    ReasonCode.LIMIT,
    ReasonCode.SKILL,
    ReasonCode.NOT_ALLOWED,
    ReasonCode.TOGETHER,
    ReasonCode.APART,
    ReasonCode.PARTNER,
)
LATE = (ReasonCode.TIME_WINDOW, ReasonCode.SHIFT)
TRIES_MAX = 600  # sequences driven to tell why there is no room

# The world's reasons before ours: who reads the first one shall learn what happened.
ORDER = (
    ReasonCode.CUT_OFF,
    ReasonCode.NO_WAY_BACK,
    ReasonCode.NOT_CONNECTED,
    ReasonCode.TIME_WINDOW,
    ReasonCode.SHIFT,
    ReasonCode.RIDE,
    ReasonCode.HOURS,
    ReasonCode.LIMIT,
    ReasonCode.CAPACITY,
    ReasonCode.TOGETHER,
    ReasonCode.APART,
    ReasonCode.NOT_ALLOWED,
    ReasonCode.SKILL,
    ReasonCode.PARTNER,
)


@dataclass(slots=True, kw_only=True)
class _Inquiry:
    """What all questions about one draft share."""

    problem: Problem
    snapshot: Snapshot
    clocked: Clocked
    times: Times
    fleet: tuple[Outset, ...]
    jobs: Mapping[JobId, Job]
    routes: Mapping[VehicleId, tuple[Job, ...]]  # by vehicle: what it has ahead
    refused: bool
    tries: Tries


def explain(
    draft: Draft, problem: Problem, times: Times, snapshot: Snapshot, *, previous: Plan | None
) -> Plan:
    """Make the plan of a draft that the referee has passed."""
    jobs = {job.id: job for job in problem.jobs}
    clocked = Clocked(problem, times)
    inquiry = _Inquiry(
        problem=problem,
        snapshot=snapshot,
        clocked=clocked,
        times=times,
        fleet=outsets(problem, previous, clocked.measure),
        jobs=jobs,
        routes={
            route.vehicle: tuple(
                jobs[stop.job]
                for stop in route.stops
                if stop.job in jobs and stop.state is not StopState.DONE
            )
            for route in draft.routes
        },
        refused=draft.solver.stopped == STOPPED,
        tries=Tries(TRIES_MAX),
    )
    return Plan(
        made_s=problem.now_s,
        snapshot=snapshot.content_hash,
        routes=draft.routes,
        unassigned=tuple(
            Unassigned(job=name, reasons=_with_cause(_reasons(inquiry, jobs[name]), name, previous))
            for name in draft.missing
        ),
        cost=draft.cost,
        solver=draft.solver,
        asked=digest(problem),
    )


def _reasons(inquiry: _Inquiry, job: Job) -> tuple[Reason, ...]:
    """Find why a job is nowhere: the world's part first, then that somebody is called back for it."""
    halves = {job.id, *(JobId(f"{job.shipment}/{half}") for half in ("pickup", "delivery") if job.half)}
    # Who is under way to it, or to its other half, is the only one that may do it just now.
    bound = tuple(outset for outset in inquiry.fleet if not halves.isdisjoint(outset.committed))
    fleet = bound or inquiry.fleet
    why = _never(inquiry, fleet, job) or _squeezed(inquiry, fleet, job, _no_room(inquiry, fleet, job))
    return (*why, *(_called_back(inquiry, outset, job) for outset in bound if job.id in outset.committed))


def _with_cause(reasons: tuple[Reason, ...], job: JobId, previous: Plan | None) -> tuple[Reason, ...]:
    """Keep the closure a job was held for when its time has meanwhile run out.

    "Too late" is what the clock says; why it came to that is what people ask.
    """
    if reasons[0].code not in LATE or previous is None:
        return reasons
    before = next((item.reasons for item in previous.unassigned if item.job == job), ())
    return (*(reason for reason in before if reason.code in BY_HAZARD), *reasons)


def _called_back(inquiry: _Inquiry, outset: Outset, job: Job) -> Reason:
    place = say_place(inquiry.problem, job)
    how = "was on its way to" if outset.started else "should have left for"
    text = f"{outset.vehicle.id} {how} {place} and is called back."
    if job.id in dict(outset.arrived):
        text = f"{outset.vehicle.id} has arrived in {place} and is called back before it serves it."
    return Reason(
        code=ReasonCode.WITHDRAWN,
        text=text,
        evidence=(EvidenceItem(vehicle=outset.vehicle.id, place=place),),
    )


def _never(inquiry: _Inquiry, fleet: Sequence[Outset], job: Job) -> tuple[Reason, ...]:
    """Say why nobody can do it even with nothing else to do; empty when somebody can."""
    if not fleet:
        return (Reason(code=ReasonCode.NO_VEHICLE, text="There is no vehicle.", evidence=()),)
    whole = fleet is inquiry.fleet
    able = [outset for outset in fleet if skilled(job, outset.vehicle)]
    if not able:
        return (say_skill(fleet, job, whole=whole),)
    named = [outset for outset in able if allowed(job, outset.vehicle)]
    if not named:
        return (say_not_allowed(able, job, whole=whole),)
    able = [outset for outset in named if _holds(outset, job)]
    if not able:
        return (say_capacity(named, job, whole=whole),)
    found: dict[ReasonCode, list[Cause]] = {}
    for outset in able:
        trip = _alone(inquiry, outset, job)
        if isinstance(trip, Trip):
            return ()
        cause = _cause(inquiry, outset, job, trip)
        found.setdefault(cause.code, []).append(cause)
    unconnected = tuple(found.get(ReasonCode.NOT_CONNECTED, ()))
    if any(code in found for code in BY_HAZARD):
        # A road leads there for one that may do it, but for a hazard: what stops the others is a detail.
        found.pop(ReasonCode.NOT_CONNECTED, None)
    first, *others = (
        say_causes(inquiry.problem, inquiry.snapshot, job, code, found[code], whole=len(found) == 1)
        for code in ORDER
        if code in found
    )
    if ReasonCode.NOT_CONNECTED not in found:
        told = tuple(EvidenceItem(vehicle=c.outset.vehicle.id, detail=c.text) for c in unconnected)
        first = replace(first, evidence=(*first.evidence, *told))
    return (first, *others)


def _holds(outset: Outset, job: Job) -> bool:
    size = max(len(job.delivery), len(job.pickup))
    capacity = outset.vehicle.capacity
    return all(max(part(job.delivery, k), part(job.pickup, k)) <= part(capacity, k) for k in range(size))


def _sequence(inquiry: _Inquiry, outset: Outset, job: Job) -> tuple[Job, ...]:
    """Give the job with what belongs to it: a pickup with its delivery."""
    if not job.half or job.id in outset.bound:
        return (job,)
    halves = (JobId(f"{job.shipment}/pickup"), JobId(f"{job.shipment}/delivery"))
    return tuple(inquiry.jobs[half] for half in halves if half in inquiry.jobs)


def _alone(inquiry: _Inquiry, outset: Outset, job: Job) -> Trip | Fault:
    """Try it with nothing else to do: drive out, serve, drive back, from where the vehicle is now."""
    idle = replace(outset, committed=())
    return drive(idle, _sequence(inquiry, outset, job), inquiry.clocked)


def _cause(inquiry: _Inquiry, outset: Outset, job: Job, fault: Fault) -> Cause:
    """Trace a failed try to its cause in the world."""
    sequence = _sequence(inquiry, outset, job)
    own = next((k for k, other in enumerate(sequence) if other.id == job.id), 0)
    if fault.at < len(sequence) and fault.at != own:
        return Cause(code=ReasonCode.PARTNER, outset=outset, text=OTHER_HALF)
    if fault.code in BY_RULE:
        return Cause(code=fault.code, outset=outset, text=fault.text)
    return find_cause(inquiry.problem, inquiry.clocked, inquiry.times, outset, job, fault, out=fault.at > own)


def _no_room(inquiry: _Inquiry, fleet: Sequence[Outset], job: Job) -> tuple[Reason, ...]:
    """Say for each vehicle what binds first in the best position of its route."""
    details, fits = [], list[tuple[int, VehicleId]]()
    for outset in fleet:
        if not may(job, outset.vehicle) or not _holds(outset, job):
            continue
        ahead = inquiry.routes.get(outset.vehicle.id, ())
        lost = parted(job, outset.vehicle.id, inquiry.routes.items())
        if lost:
            details.append((outset.vehicle.id, lost))
            continue
        more = [j for j in _sequence(inquiry, outset, job) if j not in ahead]
        bound = sum(j.id in outset.committed for j in ahead)
        found = insert(outset, ahead, more, inquiry.clocked, inquiry.tries, fixed=bound)
        if isinstance(found, Trip):
            idle = drive(outset, ahead, inquiry.clocked)
            fits.append((found.cost - (idle.cost if isinstance(idle, Trip) else 0), outset.vehicle.id))
        elif found is not None:
            details.append((outset.vehicle.id, found.text + say_minutes(found.over_s)))
    evidence = tuple(EvidenceItem(vehicle=vehicle, detail=text) for vehicle, text in details)
    if inquiry.refused and (fits or not details):
        text = "The referee refused the plan that had it; nobody is sent until it agrees."
        return (Reason(code=ReasonCode.REFEREE, text=text, evidence=evidence),)
    prize = _prize(inquiry, job)
    if fits and prize is not None and min(fits)[0] > prize:
        return (say_prize(fits, prize, evidence),)
    if fits or not details:
        text = (
            "It could be done alone, but no place for it was found among the other jobs in the time to plan."
        )
        return (Reason(code=ReasonCode.NO_ROOM, text=text, evidence=evidence),)
    said = "; ".join(f"{vehicle} {text}" for vehicle, text in details[:TOLD_MAX])
    more_said = f"; and {len(details) - TOLD_MAX} more" if len(details) > TOLD_MAX else ""
    text = f"It could be done alone, but fits into no route: {said}{more_said}."
    return (Reason(code=ReasonCode.NO_ROOM, text=text, evidence=evidence),)


def _prize(inquiry: _Inquiry, job: Job) -> int | None:
    """Give what a job is worth, with its other half."""
    prizes = [
        prize_of(half, inquiry.jobs)
        for half in inquiry.jobs.values()
        if half.id == job.id or (job.half and half.shipment == job.shipment)
    ]
    return None if None in prizes else sum(prize or 0 for prize in prizes)


def _squeezed(
    inquiry: _Inquiry, fleet: Sequence[Outset], job: Job, reasons: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """Add the closures that leave a job, or who could do it, less time than its windows give.

    There is no room in the time that is left; what took the rest of it is the world's part of the answer.
    """
    last_s = max(window.end_s for window in job.windows)
    there = inquiry.problem.stop(job.location)
    for outset in fleet:
        if not may(job, outset.vehicle) or not _holds(outset, job):
            continue  # what stops it takes no time from who could do it
        for stop in (there, outset.start):
            access = None if stop is None else inquiry.problem.access_of(stop, outset.vehicle)
            cuts = tuple(
                cut for cut in (access.cuts if access else ()) if cut.roads and cut.interval.start_s <= last_s
            )
            if cuts:
                said, evidence = say_squeeze(inquiry.problem, inquiry.snapshot, job, cuts)
                first = reasons[0]
                added = replace(first, text=f"{first.text} {said}", evidence=(*evidence, *first.evidence))
                return (added, *reasons[1:])
    return reasons
