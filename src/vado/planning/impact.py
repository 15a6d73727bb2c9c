"""Who is touched by what changed, and whether the plan in force can stay.

In: the problem now, the plan in force, the snapshot. Out: `Impact`s that can be shown, each with the hazard
that does it. Where something cannot be told (edges of older roads), nothing is claimed; but then the plan
does not stand, for the referee has the last word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import numpy as np

from vado.model.codec import to_json
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, JobId, VehicleId
from vado.model.plan import EvidenceItem, Leg, Plan, ReasonCode, Route, Stop, StopKind, StopState
from vado.model.problem import Problem
from vado.model.roads import NO_ENTRY_MS, Roads
from vado.model.snapshot import Closures, CutRoad, Snapshot
from vado.model.world import Impact
from vado.planning.check import check
from vado.planning.check.case import make_case
from vado.planning.check.late import find_late
from vado.planning.keep import Outset, outsets
from vado.planning.windows import stays, visits

# Held for the world's sake: worth a new look as soon as the world is another.
HELD_BY_HAZARD = (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK)
HELD_FOR_GOOD = (
    ReasonCode.NO_VEHICLE,
    ReasonCode.SKILL,
    ReasonCode.NOT_ALLOWED,
    ReasonCode.CAPACITY,
    ReasonCode.NOT_CONNECTED,
)
HELD_FOR_NOW = (ReasonCode.WITHDRAWN, ReasonCode.REFEREE)


def digest(problem: Problem) -> str:
    """Name what is asked for, independent of what is done of it already."""
    jobs = sorted((*problem.jobs, *problem.history), key=lambda job: job.id)
    asked = (tuple(jobs), problem.shipments, problem.vehicles)
    said = json.dumps(to_json(asked), sort_keys=True)  # not repr: sets print in another order elsewhere
    return "sha256:" + hashlib.sha256(said.encode()).hexdigest()


def impacts(problem: Problem, previous: Plan | None, snapshot: Snapshot) -> tuple[Impact, ...]:
    """List what the change touches, sorted by job."""
    found = set(_newcomers(problem, previous))
    if previous is not None:
        fleet = {outset.vehicle.id: outset for outset in outsets(problem, previous)}
        hazards = {hazard.id: hazard for hazard in snapshot.hazards}
        for route in previous.routes:
            if route.vehicle in fleet:
                found |= set(_on_route(problem, fleet[route.vehicle], route, snapshot))
        found |= set(_late(problem, previous, snapshot))
        found |= set(_reopened(problem, previous, tuple(fleet.values()), hazards))
    order = sorted(found, key=lambda i: (i.job, i.what, i.vehicle or "", i.hazard or ""))
    return tuple(order)


def stands(problem: Problem, plan: Plan | None, found: tuple[Impact, ...], snapshot: Snapshot | None) -> bool:
    """Tell whether the plan in force can stay: nothing touches it, nothing else is asked, and it is sound."""
    if plan is None or found or plan.asked != digest(problem):
        return False
    codes = {reason.code for item in plan.unassigned for reason in item.reasons}
    if codes & set(HELD_FOR_NOW):
        return False
    changed = snapshot is not None and plan.snapshot != snapshot.content_hash
    if changed and (codes - set(HELD_FOR_GOOD) or _is_somebody_held(problem, plan)):
        return False
    return check(plan, problem, snapshot).ok


def _is_somebody_held(problem: Problem, plan: Plan) -> bool:
    """Tell whether somebody had no way home: as soon as the world is another, there may be one."""
    homes = {vehicle.id for vehicle in problem.vehicles if vehicle.end is not None}
    return any(r.vehicle in homes and r.stops and r.stops[-1].kind is not StopKind.END for r in plan.routes)


def _newcomers(problem: Problem, previous: Plan | None) -> Iterator[Impact]:
    known = {job.id for job in (*problem.jobs, *problem.history)}
    routes = () if previous is None else previous.routes
    held = set() if previous is None else {item.job for item in previous.unassigned}
    planned = {job: route.vehicle for route in routes for job in route.jobs}
    fleet = {vehicle.id for vehicle in problem.vehicles}
    for job in problem.jobs:
        if job.id not in planned and job.id not in held:
            yield Impact(job=job.id, vehicle=None, what="new")
    for name, vehicle in planned.items():
        if name not in known:
            yield Impact(job=name, vehicle=vehicle, what="gone")
        elif vehicle not in fleet and any(job.id == name for job in problem.jobs):
            yield Impact(job=name, vehicle=None, what="new")
    for name in sorted(held - known):
        yield Impact(job=name, vehicle=None, what="gone")


def _on_route(problem: Problem, outset: Outset, route: Route, snapshot: Snapshot) -> Iterator[Impact]:
    jobs = {job.id for job in problem.jobs}
    sites = {job.id: problem.stop(job.location) for job in problem.jobs}
    last: JobId | None = None
    for number, stop in enumerate(route.stops):
        open_job = stop.job if stop.job in jobs and stop.state is not StopState.DONE else None
        if stop.job is not None and open_job is None:
            continue
        if open_job is not None:
            last = open_job
            yield from _outside_stays(problem, outset, stop, sites[open_job], open_job)
        if number and last is not None:
            # The way home touches the job before it: that is the one to give up.
            leg = route.legs[number - 1] if number <= len(route.legs) else None
            yield from _on_leg(problem, outset, leg, last, snapshot)


def _late(problem: Problem, previous: Plan, snapshot: Snapshot) -> Iterator[Impact]:
    """Find who the plan no longer fits, because nothing says that what it wanted has happened."""
    for late in find_late(make_case(previous, problem, snapshot, None)):
        if late.job is None:
            continue  # only the way home: the referee refuses the plan, no job is touched
        vehicle = late.route.vehicle
        if late.shut is not None:
            hazard = snapshot.hazards[late.shut.hazard]
            yield Impact(job=late.job, vehicle=vehicle, what="late", hazard=hazard.id, alert=hazard.alert)
            continue
        progress = problem.progress_of(vehicle)
        heard = progress is not None and (progress.at is not None or progress.done)
        yield Impact(job=late.job, vehicle=vehicle, what="late" if heard else "not started")


def _outside_stays(problem: Problem, outset: Outset, stop: Stop, site: int, job: JobId) -> Iterator[Impact]:
    # Of what should have happened before now it is asked elsewhere whether it has.
    arrival_s, departure_s = max(stop.arrival_s, problem.now_s), max(stop.departure_s, problem.now_s)
    if any(stay.start_s <= arrival_s and departure_s <= stay.end_s for stay in stays(problem, outset, site)):
        return
    access = problem.access_of(site, outset.vehicle)
    for cut in () if access is None else access.cuts:
        if cut.interval.start_s <= departure_s and arrival_s < cut.interval.end_s:
            inward = cut.direction != "out" and arrival_s in cut.interval
            what = "cut off" if inward else "no way back"
            yield from _by_roads(job, outset.vehicle.id, what, cut.roads)
            return
    yield Impact(job=job, vehicle=outset.vehicle.id, what="late")


def _by_roads(job: JobId, vehicle: VehicleId, what: str, roads: tuple[CutRoad, ...]) -> Iterator[Impact]:
    if not roads:
        yield Impact(job=job, vehicle=vehicle, what=what)
    for road in roads:
        yield Impact(job=job, vehicle=vehicle, what=what, hazard=road.hazard, alert=road.alert)


def _on_leg(
    problem: Problem, outset: Outset, leg: Leg | None, job: JobId, snapshot: Snapshot
) -> Iterator[Impact]:
    """Look at each edge still to be driven: shut then, or slower than the plan believes."""
    vehicle = outset.vehicle
    table = snapshot.closures.get(vehicle.travel)
    if leg is None or leg.drive is None or table is None or vehicle.profile not in snapshot.roads.profiles:
        return
    edges, roads = leg.drive.edges, snapshot.roads
    if any(step.edge >= roads.n_edges for step in edges):
        return
    ends = [step.enter_ms for step in edges[1:]] + [leg.drive.arrive_s * 1000]
    for step, leave_ms in zip(edges, ends, strict=True):
        if leave_ms <= problem.now_s * 1000:
            continue
        needed_ms = _needed_ms(roads, vehicle.profile, step.edge)
        for what, hazard in _bind(table, step.edge, step.enter_ms, leave_ms, needed_ms, snapshot):
            yield Impact(job=job, vehicle=vehicle.id, what=what, hazard=hazard.id, alert=hazard.alert)


def _needed_ms(roads: Roads, profile: str, edge: int) -> int:
    # Who drives it keeps its limits: what a smaller vehicle takes stands above NO_ENTRY_MS.
    return int(roads.edge_duration_ms[roads.profile_index(profile), edge]) % NO_ENTRY_MS


def _bind(
    table: Closures, edge: int, enter_ms: int, leave_ms: int, needed_ms: int, snapshot: Snapshot
) -> Iterator[tuple[str, Hazard]]:
    first, last = np.searchsorted(table.edge, [edge, edge + 1])
    for k in range(int(first), int(last)):
        start_ms, end_ms = int(table.start_s[k]) * 1000, int(table.end_s[k]) * 1000
        if start_ms < leave_ms and enter_ms < end_ms:
            factor = float(table.factor[k])
            if factor <= 0:
                yield "leg closed", snapshot.hazards[int(table.hazard[k])]
            elif leave_ms - enter_ms < int(needed_ms / factor):
                yield "slower", snapshot.hazards[int(table.hazard[k])]


def _reopened(
    problem: Problem, previous: Plan, fleet: tuple[Outset, ...], hazards: dict[HazardId, Hazard]
) -> Iterator[Impact]:
    """Find jobs that were held for a cut which is another now, and that could be served again."""
    jobs = {job.id: job for job in problem.jobs}
    for item in previous.unassigned:
        causes = [reason for reason in item.reasons if reason.code in HELD_BY_HAZARD]
        lifted = [e for reason in causes for e in reason.evidence if _is_lifted(e, hazards)]
        if item.job not in jobs or not lifted:
            continue
        if any(visits(problem, outset, jobs[item.job]) for outset in fleet):
            for hazard, alert in dict.fromkeys((e.hazard, e.alert) for e in lifted):
                yield Impact(job=item.job, vehicle=None, what="reopened", hazard=hazard, alert=alert)


def _is_lifted(evidence: EvidenceItem, hazards: dict[HazardId, Hazard]) -> bool:
    if evidence.hazard is None:
        return False
    now = hazards.get(evidence.hazard)
    return now is None or (now.interval.start_s, now.interval.end_s) != (evidence.from_s, evidence.until_s)
