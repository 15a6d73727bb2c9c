"""PATH, SPEED, CLOSED, TRAPPED: every leg driven again, edge by edge, on the real clock.

An edge counts as used during [enter, leave), and leave is when the next edge is entered. A vehicle needs its
free-flow time, divided by its speed factor and by the slowest factor of any closure that overlaps the use:
slower than needed near a boundary, never faster than true. Nobody drives faster, and nobody takes longer in a
draft: who waits does so at a stop, not on the road. A plan in force may: roads that it knew as slow are free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vado.errors import BugError
from vado.model.ids import HazardId, JobId
from vado.model.jobs import Vehicle
from vado.model.plan import Leg, Route, Rule, Stop, StopKind, Violation
from vado.model.roads import Roads
from vado.model.snapshot import NO_WAY_S, Drive, Snapshot, Travel
from vado.model.when import FOREVER_S, clock
from vado.planning.check.case import Case, violation
from vado.planning.check.fits import duration_ms, refused
from vado.planning.check.where import given, seen, sites_of


@dataclass(frozen=True, slots=True)
class Shut:
    """One row of the closures, for one edge."""

    start_ms: int
    end_ms: int
    factor: float
    hazard: int


Rows = Mapping[int, tuple[Shut, ...]]

# A stated distance may be rounded, each edge by itself too; it may not be another distance.
DISTANCE_SLACK_M, DISTANCE_SLACK = 5.0, 0.01
SPEED_SLACK_MS = 2  # an edge that is split, a time that is written as decimals: rounding, not speeding
SECOND_MS = (
    1000  # a drive leaves and arrives on whole seconds: its first and last edge have them to themselves
)


def judge_roads(case: Case) -> Iterator[Violation]:
    """Drive all legs that are still to be driven; with a matrix alone, ask only whether there is a way."""
    rows: dict[Travel, Rows] = {}
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        if vehicle is None or len(route.legs) != max(0, len(route.stops) - 1):
            continue
        yield from _judge_ends(case, route, vehicle)
        if case.snapshot is None:
            yield from _judge_given(case, route, vehicle)
            continue
        if vehicle.travel not in rows:
            rows[vehicle.travel] = closures(case, case.snapshot, vehicle.travel)
        yield from _judge_legs(case, case.snapshot, route, vehicle, rows[vehicle.travel])


def _judge_ends(case: Case, route: Route, vehicle: Vehicle) -> Iterator[Violation]:
    """Judge that a route begins where the vehicle is and ends where its shift may end: nobody is left."""
    live = case.live(route)
    if not live:
        return
    first = route.stops[0]
    if vehicle.start is not None and first.kind is not StopKind.START and case.ran(route) == 0:
        text = f"vehicle {vehicle.id} begins at {name(case, first)}, not at its start"
        yield violation(Rule.PATH, text, route=route, job=first.job)
    last = route.stops[-1]
    if vehicle.end is not None and last.kind is not StopKind.END and not _is_held(case, route):
        text = f"vehicle {vehicle.id} stays at {name(case, last)}: no way to where its shift ends is planned"
        yield violation(Rule.TRAPPED, text, route=route, job=_last_job(route))


def _is_held(case: Case, route: Route) -> bool:
    """Tell whether all that is planned is the job at whose door the vehicle stands: that traps nobody."""
    live = case.live(route)
    return (
        len(live) == 1 and case.has_progress(route) and live[0].job in dict(case.progress_of(route).arrived)
    )


def _judge_given(case: Case, route: Route, vehicle: Vehicle) -> Iterator[Violation]:
    sites = sites_of(case, route)
    for number in range(max(0, case.ran(route) - 1), len(route.legs)):
        way = given(case, vehicle, sites[number], sites[number + 1])
        if way is not None and way[0] >= NO_WAY_S:
            target = route.stops[number + 1]
            text = f"vehicle {vehicle.id}: the matrix knows no way to {name(case, target)}"
            yield violation(_rule(target), text, route=route, job=_blame(route, number + 1))


def closures(case: Case, snapshot: Snapshot, travel: Travel) -> Rows:
    """Pick the closures of edges that are driven at all: few of many."""
    driven = {
        step.edge
        for route in case.routes
        for leg in route.legs
        if leg.drive is not None
        for step in leg.drive.edges
    }
    return closures_of(snapshot, travel, driven)


def closures_of(snapshot: Snapshot, travel: Travel, edges: Collection[int] | None = None) -> Rows:
    """Pick the closures of some edges, or of all."""
    if travel not in snapshot.closures:
        raise BugError(f"the snapshot was not asked about {travel}")
    table = snapshot.closures[travel]
    wanted = None if edges is None else np.fromiter(edges, np.int64, len(edges))
    picked = np.arange(len(table)) if wanted is None else np.flatnonzero(np.isin(table.edge, wanted))
    found: dict[int, list[Shut]] = {}
    for k in picked.tolist():
        row = Shut(
            int(table.start_s[k]) * 1000,
            int(table.end_s[k]) * 1000,
            float(table.factor[k]),
            int(table.hazard[k]),
        )
        found.setdefault(int(table.edge[k]), []).append(row)
    return {edge: tuple(rows) for edge, rows in found.items()}


def leaves_ms(roads: Roads, vehicle: Vehicle, rows: Rows, edge: int, enter_ms: int) -> int:
    """Say when a vehicle that enters an edge is over it, by what slows it; shut roads are not looked at."""
    base_ms = duration_ms(roads, vehicle, edge) / min(1.0, vehicle.speed_factor)
    took_ms = -int(-base_ms // 1)
    while True:
        factor = min(
            (
                row.factor
                for row in rows.get(edge, ())
                if row.factor > 0 and row.start_ms < enter_ms + took_ms and enter_ms < row.end_ms
            ),
            default=1.0,
        )
        longer_ms = -int(-base_ms / factor // 1)
        if longer_ms <= took_ms:
            return enter_ms + took_ms
        took_ms = longer_ms


def _judge_legs(
    case: Case, snapshot: Snapshot, route: Route, vehicle: Vehicle, rows: Rows
) -> Iterator[Violation]:
    sites, ran = sites_of(case, route), case.ran(route)
    nodes = [None if site is None else case.problem.nodes[site] for site in sites]
    for number in range(ran, len(route.stops)):
        stop = route.stops[number]
        if stop.node is not None and nodes[number] is not None and stop.node != nodes[number]:
            text = f"vehicle {vehicle.id}: {name(case, stop)} is not where the plan puts it"
            yield violation(Rule.PATH, text, route=route, job=_blame(route, number))
            continue
        if nodes[number] == -1:
            text = f"vehicle {vehicle.id}: {name(case, stop)} is far from any road it can drive"
            yield violation(Rule.PATH, text, route=route, job=_blame(route, number))
            continue
        if number == 0:
            continue
        origins = {nodes[number - 1]}
        if number == max(ran, 1) and _seen_before(case, route, route.legs[number - 1]):
            origins.add(seen_node(case, route))
        yield from _judge_leg(case, snapshot, route, vehicle, rows, number, origins, nodes[number])


def _seen_before(case: Case, route: Route, leg: Leg) -> bool:
    """Tell whether a drive may begin where the vehicle was last seen: not before it was seen there."""
    if not case.has_progress(route):
        return False
    return leg.drive is None or leg.drive.depart_s >= case.progress_of(route).at_s


def seen_node(case: Case, route: Route) -> int | None:
    place = seen(case, route)
    site = None if place is None else case.site(place)
    return None if site is None else case.problem.nodes[site]


def _judge_leg(
    case: Case,
    snapshot: Snapshot,
    route: Route,
    vehicle: Vehicle,
    rows: Rows,
    number: int,
    origins: set[int | None],
    target: int | None,
) -> Iterator[Violation]:
    leg, stop = route.legs[number - 1], route.stops[number]
    if target is None:
        return  # an unknown job: COMPLETE has said so
    job = _blame(route, number)
    if leg.drive is None or not leg.drive.edges:
        if target not in origins:
            text = f"vehicle {vehicle.id}: no road is given to {name(case, stop)}"
            yield violation(_rule(stop), text, route=route, job=job)
        return
    broken = _broken(snapshot, leg.drive, vehicle, origins, target)
    if broken:
        text = f"vehicle {vehicle.id}, on the way to {name(case, stop)}: {broken}"
        yield violation(Rule.PATH, text, route=route, job=job)
        return
    yield from _judge_drive(case, snapshot, route, vehicle, rows, leg, stop, job)


def _broken(snapshot: Snapshot, drive: Drive, vehicle: Vehicle, origins: set[int | None], target: int) -> str:
    """Say where a path is none; an empty text when it is one."""
    roads = snapshot.roads
    edges = [step.edge for step in drive.edges]
    if any(not 0 <= edge < roads.n_edges for edge in edges):
        return "an edge that no road has"
    if vehicle.profile not in roads.profiles:
        return f"the region knows no profile {vehicle.profile}"
    if int(roads.edge_from[edges[0]]) not in origins:
        return f"it does not begin where the vehicle is, but on {roads.road(edges[0])}"
    for a, b in pairwise(edges):
        if roads.edge_to[a] != roads.edge_from[b]:
            return f"{roads.road(a)} does not lead to {roads.road(b)}"
    if int(roads.edge_to[edges[-1]]) != target:
        return f"it does not end there, but on {roads.road(edges[-1])}"
    return next((why for edge in edges if (why := refused(roads, vehicle, edge))), "")


def _judge_drive(
    case: Case,
    snapshot: Snapshot,
    route: Route,
    vehicle: Vehicle,
    rows: Rows,
    leg: Leg,
    stop: Stop,
    job: JobId | None,
) -> Iterator[Violation]:
    """Judge speed and closures of one connected drive; the first fault of each kind is enough."""
    assert leg.drive is not None  # noqa: S101  # the caller has looked
    roads, drive = snapshot.roads, leg.drive
    leaves = [step.enter_ms for step in drive.edges[1:]] + [drive.arrive_s * 1000]
    said: set[Rule] = set()
    metres = sum(int(roads.edge_length_mm[step.edge]) for step in drive.edges) / 1000
    if abs(metres - drive.distance_m) > max(DISTANCE_SLACK_M, DISTANCE_SLACK * metres):
        text = (
            f"vehicle {vehicle.id}: the way to {name(case, stop)} is said to be {drive.distance_m} m long, "
            f"it is {metres:.0f} m"
        )
        yield violation(Rule.PATH, text, route=route, job=job)
    if drive.edges[0].enter_ms < drive.depart_s * 1000:
        text = f"vehicle {vehicle.id} drives to {name(case, stop)} before it departs"
        yield violation(Rule.TIMES, text, route=route, job=job)
    begun_ms = drive.depart_s * 1000
    if (
        case.draft
        and drive.edges[0].enter_ms >= begun_ms + SECOND_MS
        and begun_ms >= case.problem.now_s * 1000
    ):
        said.add(Rule.SPEED)
        text = (
            f"vehicle {vehicle.id} departs to {name(case, stop)} at {clock(drive.depart_s)}, but waits until "
            f"{clock(drive.edges[0].enter_ms // 1000)} on the road: it may wait at a stop only"
        )
        yield violation(Rule.SPEED, text, route=route, job=job)
    for number, (step, leave_ms) in enumerate(zip(drive.edges, leaves, strict=True)):
        used = [
            row
            for row in rows.get(step.edge, ())
            if row.start_ms < max(leave_ms, step.enter_ms + 1) and step.enter_ms < row.end_ms
        ]
        when = f"{clock(step.enter_ms // 1000)}–{clock(leave_ms // 1000)}"
        shut = [row for row in used if row.factor <= 0]
        # What was driven before now is history: it happened, whatever is told of the road since.
        if shut and leave_ms > case.problem.now_s * 1000 and Rule.CLOSED not in said:
            said.add(Rule.CLOSED)
            text = (
                f"vehicle {vehicle.id}: {roads.road(step.edge)} is shut {span(shut[0])} by "
                f"{cause(snapshot, shut[0].hazard)}, but is to be driven {when} "
                f"on the way to {name(case, stop)}"
            )
            yield violation(Rule.CLOSED, text, route=route, job=job)
        factor = min((row.factor for row in used if row.factor > 0), default=1.0)
        needed_ms = int(duration_ms(roads, vehicle, step.edge) / (vehicle.speed_factor * factor))
        if leave_ms - step.enter_ms < needed_ms - SPEED_SLACK_MS and Rule.SPEED not in said:
            said.add(Rule.SPEED)
            text = (
                f"vehicle {vehicle.id}: {roads.road(step.edge)} is driven in "
                f"{(leave_ms - step.enter_ms) / 1000:g} s at {when}, it takes {needed_ms / 1000:g} s, "
                f"on the way to {name(case, stop)}"
            )
            yield violation(Rule.SPEED, text, route=route, job=job)
        if not case.draft or leave_ms <= case.problem.now_s * 1000 or Rule.SPEED in said:
            continue
        last = number == len(drive.edges) - 1
        most_ms = _most_ms(
            roads, vehicle, step.edge, _while(rows.get(step.edge, ()), drive, used, vehicle), last
        )
        if leave_ms - step.enter_ms > most_ms:
            said.add(Rule.SPEED)
            text = (
                f"vehicle {vehicle.id} is {(leave_ms - step.enter_ms) / 1000:g} s on {roads.road(step.edge)} "
                f"at {when}, which takes {needed_ms / 1000:g} s, on the way to {name(case, stop)}: "
                "it may wait at a stop only"
            )
            yield violation(Rule.SPEED, text, route=route, job=job)


def _while(rows: tuple[Shut, ...], drive: Drive, used: Sequence[Shut], vehicle: Vehicle) -> Sequence[Shut]:
    """Pick the closures that may make an edge slow.

    A slow vehicle's drive may be one at full speed that was stretched: what bound that one was there before.
    """
    if vehicle.speed_factor >= 1:
        return used
    start_ms, end_ms = drive.depart_s * 1000, drive.arrive_s * 1000
    return [row for row in rows if row.start_ms < end_ms and start_ms < row.end_ms]


def _most_ms(roads: Roads, vehicle: Vehicle, edge: int, rows: Sequence[Shut], last: bool) -> int:
    """Say how long a vehicle may be on an edge at most: what it takes, rounded up wherever that is done."""
    own = min(1.0, vehicle.speed_factor)  # who is quicker need not be
    factor = own * min((row.factor for row in rows if row.factor > 0), default=1.0)
    rounded_ms = SPEED_SLACK_MS + 1 / factor + (SECOND_MS + SECOND_MS / own if last else 0)
    return int(duration_ms(roads, vehicle, edge) / factor + rounded_ms)


def span(row: Shut) -> str:
    start, end = row.start_ms // 1000, row.end_ms // 1000
    return f"from {clock(start)} on" if end >= FOREVER_S else f"from {clock(start)} to {clock(end)}"


def cause(snapshot: Snapshot, number: int) -> str:
    hazard = snapshot.hazards[number]
    name: HazardId = hazard.id
    return f"hazard {name} (alert {hazard.alert})" if hazard.evidence else f"hazard {name}"


def _rule(stop: Stop) -> Rule:
    """Without a way to the end the vehicle is trapped; without one to a job the path is broken."""
    return Rule.TRAPPED if stop.kind is StopKind.END else Rule.PATH


def _blame(route: Route, number: int) -> JobId | None:
    """Name the job to give up for a leg: the one it leads to, or the last one where it leads home."""
    return route.stops[number].job or next(
        (stop.job for stop in reversed(route.stops[:number]) if stop.job is not None), None
    )


def _last_job(route: Route) -> JobId | None:
    return next((stop.job for stop in reversed(route.stops) if stop.job is not None), None)


def name(case: Case, stop: Stop) -> str:
    if stop.job is None:
        return {"start": "its start", "end": "its end"}.get(stop.kind.value, f"break {stop.label}")
    job = case.known.get(stop.job)
    site = None if job is None else case.site(job.location)
    place = stop.place if site is None else case.problem.places[site]
    return f"job {stop.job} in {place}" if place else f"job {stop.job}"
