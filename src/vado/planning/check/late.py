"""TIMES: who is late. What no report confirms has not happened: the plan must work from where it is, now.

A vehicle stands where it was last heard of. If the plan wants it gone from there already, the rest of its
route is driven again along the same roads, as much later as it is by now. That may be a little late
(`GRACE_S`: reports take a while, and so does a driver), but it may never meet a road that has shut: then
the plan is at fault at once. A vehicle heard of on the road after its departure is under way; it counts as
late only when it was seen late, or when its arrival is overdue.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from vado.model.ids import JobId
from vado.model.jobs import Vehicle
from vado.model.plan import Leg, Route, Rule, Stop, StopKind, Violation
from vado.model.snapshot import Snapshot
from vado.model.when import clock
from vado.planning.check.case import Case, violation
from vado.planning.check.roads import Rows, Shut, cause, closures, leaves_ms, name, seen_node, span
from vado.planning.check.times import service_needed_s
from vado.planning.check.where import sites_of

GRACE_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a vehicle is in its route, as far as reports tell."""

    stop: int  # it stands there, or has left it last; -1: it has not come to the first one
    edge: int | None  # on the road: number of the edge on the leg that it comes to next
    from_s: int  # by plan it does not go on, or begin its service, before
    due_s: int  # when the plan wants it gone, or there if it is under way; with what it is late already
    behind_s: int  # so late was it when last heard of
    last_s: int | None  # when that was


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One vehicle that the plan no longer fits."""

    route: Route
    job: JobId | None  # the next one of its jobs
    standing: Standing | None  # None: it was seen where the route does not lead
    shut: Shut | None  # what it would meet, if that is what makes it late
    edge: int | None  # where


@dataclass(frozen=True, slots=True)
class Passed:
    """One edge still to be driven, at the instants it will be."""

    edge: int
    enter_ms: int
    leave_ms: int
    late: bool  # not when the plan says


class Ahead:
    """What a vehicle has ahead of it, for any instant at which it goes on from where it stands."""

    def __init__(self, case: Case, snapshot: Snapshot, route: Route, vehicle: Vehicle, rows: Rows) -> None:
        self.case, self.route, self.vehicle, self.rows = case, route, vehicle, rows
        self.sites = sites_of(case, route)
        self.nodes = [None if site is None else case.problem.nodes[site] for site in self.sites]
        self._roads = snapshot.roads
        self.readable = all(
            0 <= step.edge < snapshot.roads.n_edges
            for leg in route.legs[max(0, case.ran(route) - 1) :]
            if leg.drive is not None
            for step in leg.drive.edges
        ) and not {None, -1} & set(self.nodes[case.ran(route) :])
        self.standing = self._locate() if self.readable else None

    @property
    def jobs(self) -> tuple[JobId, ...]:
        """List what it still has to do."""
        return tuple(
            s.job for s in self.case.live(self.route) if s.job is not None and s.job in self.case.jobs
        )

    @property
    def is_there(self) -> bool:
        """Tell whether nothing is ahead: it is at its last stop."""
        at = self.standing
        return at is not None and at.edge is None and at.stop == len(self.route.stops) - 1

    @property
    def is_overdue(self) -> bool:
        at = self.standing
        late = at is None or at.behind_s > GRACE_S or self.case.problem.now_s > at.due_s + GRACE_S
        return late and bool(self.jobs)

    def drive(self, from_s: int) -> Generator[Passed, None, None]:
        """Drive what is ahead along the roads of the plan, going on from where it stands at `from_s`."""
        at = self.standing
        if at is None:
            return
        number, late_s = at.stop, 0
        if at.edge is not None:
            arrive_s = yield from self._leg(
                self.route.legs[number], at.edge, max(from_s, at.from_s) * 1000, late=True
            )
            number += 1
            late_s = self._through(number, arrive_s - self.route.stops[number].arrival_s)
        elif number < 0:
            number = 0
            late_s = self._through(0, from_s - at.due_s)
        else:
            late_s = max(from_s, at.due_s, self._served_s(number, from_s)) - self._leaves_s(number)
        while number < len(self.route.legs):
            leg, leave_s = self.route.legs[number], self._leaves_s(number) + max(0, late_s)
            arrive_s = yield from self._leg(leg, 0, leave_s * 1000, late=late_s > 0)
            number += 1
            late_s = self._through(number, arrive_s - self.route.stops[number].arrival_s)

    def met(self, from_s: int) -> tuple[Passed, Shut] | None:
        """Find the first road that is shut as a late vehicle comes to it."""
        for passed in self.drive(from_s):
            for row in self.rows.get(passed.edge, ()) if passed.late else ():
                if row.factor <= 0 and row.start_ms < passed.leave_ms and passed.enter_ms < row.end_ms:
                    return passed, row
        return None

    def _locate(self) -> Standing | None:
        """Find the vehicle in its route; None where it was seen off it."""
        case, stops, nodes = self.case, self.route.stops, self.nodes
        progress = case.progress_of(self.route) if case.has_progress(self.route) else None
        heard = progress is not None and (progress.at is not None or bool(progress.done))
        last_s = progress.at_s if progress is not None else None
        ran = case.ran(self.route)
        at = ran - 1 if ran else 0 if stops[0].kind is StopKind.START else -1
        node = seen_node(case, self.route) if heard else None
        here = nodes[at] if at >= 0 and node is None else node
        after = stops[at + 1] if at + 1 < len(stops) else None
        told_s = (
            None if progress is None or after is None else dict(progress.arrived).get(after.job or JobId(""))
        )
        if told_s is not None and progress is not None and progress.at_s <= told_s:
            return self._stands(at + 1, last_s)
        if at < 0 and here is None:
            first_s = stops[0].arrival_s
            return Standing(stop=-1, edge=None, from_s=first_s, due_s=first_s, behind_s=0, last_s=last_s)
        if at >= 0 and here == nodes[at]:
            leg = self.route.legs[at] if at < len(self.route.legs) else None
            gone = stops[at].job is not None and stops[at].job in case.done
            if gone and leg is not None and leg.drive is not None and leg.drive.edges:
                return self._drives(at, leg, 0, last_s, gone=True)
            return self._stands(at, last_s)
        if after is not None and here == nodes[at + 1]:
            return self._stands(at + 1, last_s)
        leg = self.route.legs[at] if 0 <= at < len(self.route.legs) else None
        if leg is not None and leg.drive is not None:
            for number, step in enumerate(leg.drive.edges):
                if int(self._roads.edge_from[step.edge]) == here:
                    return self._drives(at, leg, number, last_s, gone=False)
        return None if after is not None else self._stands(at, last_s)

    def _stands(self, at: int, last_s: int | None) -> Standing:
        stops, nodes = self.route.stops, self.nodes
        while at + 1 < len(stops) and nodes[at + 1] == nodes[at] and stops[at + 1].kind is StopKind.BREAK:
            at += 1  # nobody reports breaks
        here = stops[at]
        waits = here.job is None or here.job in self.case.done
        if waits and at + 1 < len(stops) and nodes[at + 1] == nodes[at] and stops[at + 1].job is not None:
            at += 1  # its next job is where it stands
        leaves_s = due_s = self._leaves_s(at)
        arrived_s = self._arrived_s(stops[at])
        if arrived_s is not None:
            due_s = max(due_s, max(stops[at].start_s, arrived_s) + self._needed_s(at))
        begins_s = leaves_s if stops[at].job is None else stops[at].start_s
        return Standing(
            stop=at, edge=None, from_s=begins_s, due_s=due_s, behind_s=due_s - leaves_s, last_s=last_s
        )

    def _drives(self, at: int, leg: Leg, number: int, last_s: int | None, *, gone: bool) -> Standing:
        assert leg.drive is not None  # noqa: S101  # the caller has looked
        enter_s, leave_s = leg.drive.edges[number].enter_ms // 1000, leg.drive.depart_s
        if last_s is None or last_s < leave_s:
            # It waits on the road, unless it was told that the stop is done: then it goes on as planned.
            due_s = leg.drive.arrive_s if gone else leave_s
            return Standing(stop=at, edge=number, from_s=leave_s, due_s=due_s, behind_s=0, last_s=last_s)
        behind_s = max(0, last_s - enter_s)
        due_s = leg.drive.arrive_s + behind_s
        return Standing(stop=at, edge=number, from_s=last_s, due_s=due_s, behind_s=behind_s, last_s=last_s)

    def _arrived_s(self, stop: Stop) -> int | None:
        if stop.job is None or not self.case.has_progress(self.route):
            return None
        return dict(self.case.progress_of(self.route).arrived).get(stop.job)

    def _leaves_s(self, number: int) -> int:
        """Say when the plan leaves a stop."""
        leg = self.route.legs[number] if number < len(self.route.legs) else None
        stop = self.route.stops[number]
        return stop.departure_s if leg is None or leg.drive is None else leg.drive.depart_s

    def _needed_s(self, number: int) -> int:
        stop = self.route.stops[number]
        job = self.case.jobs.get(stop.job) if stop.job is not None else None
        if job is None:
            return stop.departure_s - stop.start_s if stop.kind is StopKind.BREAK else 0
        same_place = number > 0 and self.sites[number - 1] == self.sites[number]
        return service_needed_s(job, self.vehicle, same_place=same_place)

    def _served_s(self, number: int, from_s: int) -> int:
        """Say when a job is done at whose door it stands: nobody has said that the service began."""
        stop = self.route.stops[number]
        if stop.job not in self.case.jobs or self._arrived_s(stop) is not None:
            return from_s
        return max(from_s, stop.start_s) + self._needed_s(number)

    def _through(self, number: int, late_s: int) -> int:
        """Say how late a stop is left that is come to late: what is waited there is made good."""
        stop = self.route.stops[number]
        done_s = max(stop.start_s, stop.arrival_s + late_s) + self._needed_s(number)
        return done_s - self._leaves_s(number)

    def _leg(self, leg: Leg, first: int, at_ms: int, *, late: bool) -> Generator[Passed, None, int]:
        """Drive one leg from its `first` edge on; gives when it is done. Shut roads are not looked at."""
        if leg.drive is None or not leg.drive.edges:
            return at_ms // 1000 + leg.duration_s
        edges = leg.drive.edges[first:]
        if not late:
            ends = [step.enter_ms for step in edges[1:]] + [leg.drive.arrive_s * 1000]
            yield from (Passed(s.edge, s.enter_ms, end, False) for s, end in zip(edges, ends, strict=True))
            return leg.drive.arrive_s
        for step in edges:
            leave_ms = leaves_ms(self._roads, self.vehicle, self.rows, step.edge, at_ms)
            yield Passed(step.edge, at_ms, leave_ms, True)
            at_ms = leave_ms
        return -(-at_ms // 1000)


def ahead(case: Case) -> Iterator[Ahead]:
    """Look at each route that still leads somewhere."""
    rows: dict[object, Rows] = {}
    for route in case.routes:
        vehicle, snapshot = case.vehicles.get(route.vehicle), case.snapshot
        if vehicle is None or snapshot is None or not case.live(route):
            continue
        if vehicle.profile not in snapshot.roads.profiles or len(route.legs) != len(route.stops) - 1:
            continue
        if vehicle.travel not in rows:
            rows[vehicle.travel] = closures(case, snapshot, vehicle.travel)
        found = Ahead(case, snapshot, route, vehicle, rows[vehicle.travel])
        if found.readable and not found.is_there:
            yield found


def find_late(case: Case) -> Iterator[Late]:
    """Find the vehicles that the plan does not fit as things stand."""
    for way in ahead(case):
        job = next(iter(way.jobs), None)
        met = way.met(case.problem.now_s)
        if met is not None:
            yield Late(route=way.route, job=job, standing=way.standing, shut=met[1], edge=met[0].edge)
        elif way.is_overdue:
            yield Late(route=way.route, job=job, standing=way.standing, shut=None, edge=None)


def judge_late(case: Case) -> Iterator[Violation]:
    """Judge that the plan can still be driven from where each vehicle is known to be."""
    for late in find_late(case):
        yield violation(Rule.TIMES, _say(case, late), route=late.route, job=late.job)


def _say(case: Case, late: Late) -> str:
    who, at, now = late.route.vehicle, late.standing, clock(case.problem.now_s)
    if at is None:
        return f"vehicle {who} was seen where its route does not lead"
    target = late.route.stops[max(at.stop, 0) if at.edge is None else at.stop + 1]
    where = f"on the way to {name(case, target)}" if at.edge is not None else f"at {name(case, target)}"
    heard = f"{now}: vehicle {who}, last known {where} and due by {clock(at.due_s)}"
    if at.stop < 0:
        heard = f"{now}: vehicle {who}, due at {name(case, target)} by {clock(at.due_s)} and not heard of"
    if late.shut is None or late.edge is None or case.snapshot is None:
        return f"{heard}, is late"
    road = case.snapshot.roads.road(late.edge)
    return (
        f"{heard}, would be on {road} while that is shut {span(late.shut)} by "
        f"{cause(case.snapshot, late.shut.hazard)}"
    )
