"""SHUT_IN: nobody is sent in on the word that a road will open again (docs/decisions, 0008).

While a vehicle is at a stop some way to where its shift ends must be open, at every instant of it. Which way
that is may change; that one will be open again later is no way. Who cannot get out any more, from where it
was last heard of or begins, waits and goes on from the reopening: it is judged from the first place on from
which it could get out. A vehicle whose shift may end anywhere is not shut in, and one that
begins anywhere was not sent. What happens on the road between two stops is CLOSED's business.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vado.model.ids import JobId
from vado.model.jobs import Vehicle
from vado.model.plan import Route, Rule, StopKind, Violation
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import clock
from vado.planning.check.case import Case, violation
from vado.planning.check.roads import name, seen_node
from vado.planning.check.way_out import WayOut
from vado.planning.check.where import sites_of

# Who would have had to leave within this time has not: nobody is told, and off, in the same minute.
LEAVES_S = 60


def judge_shut_in(case: Case) -> Iterator[Violation]:
    """Judge the stops still ahead of each vehicle that has to come back; one fault a vehicle is enough."""
    known: dict[tuple[Travel, int], WayOut] = {}
    stops = [stop for route in case.routes for stop in case.live(route)]
    whole = min((s.arrival_s for s in stops), default=0), max((s.departure_s for s in stops), default=0)
    for route in case.routes:
        vehicle, snapshot = case.vehicles.get(route.vehicle), case.snapshot
        if vehicle is None or snapshot is None or not _is_bound(case, snapshot, route, vehicle):
            continue
        end = _node(case, None if vehicle.end is None else case.site(vehicle.end))
        if end is None:
            continue
        if (vehicle.travel, end) not in known:
            known[vehicle.travel, end] = WayOut(snapshot, vehicle, end, whole)
        found = _first_fault(case, route, vehicle, known[vehicle.travel, end])
        if found is not None:
            number, at_s = found
            where = name(case, route.stops[number])
            text = (
                f"vehicle {vehicle.id} would be shut in at {where}: at {clock(at_s)} no road from there to "
                "where its shift ends is open"
            )
            yield violation(Rule.SHUT_IN, text, route=route, job=_blame(route, number))


def _is_bound(case: Case, snapshot: Snapshot, route: Route, vehicle: Vehicle) -> bool:
    """Tell whether anything is shut for a vehicle that has stops ahead; what is no route others say."""
    table = snapshot.closures.get(vehicle.travel)
    known = table is not None and vehicle.profile in snapshot.roads.profiles
    if table is None or not known or len(route.legs) != len(route.stops) - 1:
        return False
    return bool(case.live(route)) and bool(np.any(table.factor <= 0))


def _first_fault(case: Case, route: Route, vehicle: Vehicle, out: WayOut) -> tuple[int, int] | None:
    """Find the first stop at which it is shut in, and when."""
    sites, ran, now_s = sites_of(case, route), case.ran(route), case.problem.now_s
    seen = seen_node(case, route)
    if vehicle.start is None and not ran and seen is None:
        return None
    begun = ran > 0 or route.stops[0].kind is StopKind.START
    first = max(ran, 1) if begun else 0
    here = seen if seen is not None else _node(case, sites[first - 1] if begun else None)
    if here is None:
        return None
    # Where it could leave for its end, and when; whether it would come through is asked when it matters.
    goes_s = max(now_s, _leaves_s(route, first - 1) if begun else 0)
    chances = [(here, goes_s)] if out.is_open(here, goes_s) else []
    if goes_s < now_s + LEAVES_S:
        chances = [(here, now_s + LEAVES_S) for _ in chances]
    served = False  # until then it may rest where it is
    for number in range(first, len(route.stops)):
        stop, node = route.stops[number], _node(case, sites[number])
        if node is None or stop.kind is StopKind.END:
            continue
        leaves_s = _leaves_s(route, number)
        served = served or stop.job is not None
        if served or node != here:
            comes_s = max(now_s, stop.arrival_s)
            at_s = out.first_shut(node, comes_s, leaves_s)
            if comes_s > now_s:
                chances.append((node, comes_s))
            was_free = at_s is not None and any(_was_free(out, vehicle, *place) for place in chances)
            if at_s is not None and was_free and out.is_there(node):
                return number, at_s
        chances.append((node, leaves_s))
    return None


def _was_free(out: WayOut, vehicle: Vehicle, node: int, at_s: int) -> bool:
    return out.is_open(node, at_s) and out.gets_out(vehicle, node, at_s)


def _node(case: Case, site: int | None) -> int | None:
    node = -1 if site is None else case.problem.nodes[site]
    return node if node >= 0 else None


def _leaves_s(route: Route, number: int) -> int:
    leg = route.legs[number] if number < len(route.legs) else None
    departs_s = route.stops[number].departure_s
    return departs_s if leg is None or leg.drive is None else max(departs_s, leg.drive.depart_s)


def _blame(route: Route, number: int) -> JobId | None:
    """Name the job to give up: the one of the stop, or of a break the next one, else the last one."""
    jobs = [stop.job for stop in (*route.stops[number:], *reversed(route.stops[:number]))]
    return next((job for job in jobs if job is not None), None)
