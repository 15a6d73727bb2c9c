"""Stays and reach hold against plain drives; cuts are the fewest hazards, found by trying all subsets."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON
from drawn_worlds import CAR, HORIZON, LETTERS, World, leave, simple_dijkstra, worlds
from vado import network
from vado.model.alert import Action
from vado.model.ids import HazardId
from vado.model.snapshot import Access, Cut, Group, Snapshot
from vado.model.when import Interval
from vado.network.access import _fitted
from vado.network.cut import cutter
from vado.network.detours import LATE_S, drives_in, drives_out
from vado.network.passage import passage

ORIGIN = 0
NODES = range(len(LETTERS))


def accesses(snapshot: Snapshot) -> dict[int, Access]:
    group = Group(CAR, (ORIGIN,), (ORIGIN,))
    found = network.access(snapshot, NODES, [group], horizon=HORIZON)
    return {node: found[node, group] for node in NODES}


def both_ways(
    snapshot: Snapshot, node: int, slot: Interval, lifted: frozenset[HazardId] = frozenset()
) -> bool:
    """Tell whether a node can be reached and left on roads open throughout a slot, without some hazards."""
    kept = {k for k, hazard in enumerate(snapshot.hazards) if hazard.id not in lifted}
    table = snapshot.closures[CAR]
    shut = {
        int(table.edge[k])
        for k in range(len(table))
        if int(table.hazard[k]) in kept
        and table.factor[k] <= 0
        and table.start_s[k] < slot.end_s
        and slot.start_s < table.end_s[k]
    }
    roads = snapshot.roads
    ends = [(int(roads.edge_from[e]), int(roads.edge_to[e])) for e in range(roads.n_edges) if e not in shut]

    def leads(start: int, goal: int) -> bool:
        seen, todo = {start}, [start]
        while todo:
            at = todo.pop()
            new = {b for a, b in ends if a == at} - seen
            seen |= new
            todo += new
        return goal in seen

    return leads(ORIGIN, node) and leads(node, ORIGIN)


@given(worlds())
@settings(max_examples=200, deadline=None)
def test_who_leaves_by_the_end_of_a_stay_gets_out(world: World) -> None:
    snapshot = world.snapshot
    for node, access in accesses(snapshot).items():
        for stay in access.stays:
            if stay.end_s < HORIZON.end_s:
                times = network.times(snapshot, (node, ORIGIN), horizon=HORIZON)
                drive = times.drive(CAR, 0, 1, stay.end_s)
                at_once = ORIGIN in simple_dijkstra(snapshot, node, stay.end_s * 1000)
                assert at_once or (drive is not None and drive.depart_s == stay.end_s)


@given(worlds(actions=(Action.SHUT,), reopening=False))
@settings(max_examples=200, deadline=None)
def test_who_leaves_any_later_does_not(world: World) -> None:
    snapshot = world.snapshot
    for node, access in accesses(snapshot).items():
        for stay in access.stays:
            if stay.end_s < HORIZON.end_s:
                assert ORIGIN not in simple_dijkstra(snapshot, node, (stay.end_s + 1) * 1000)


@given(worlds(actions=(Action.SHUT,)))
@settings(max_examples=150, deadline=None)
def test_a_stay_begins_when_somebody_can_be_there(world: World) -> None:
    snapshot = world.snapshot
    minutes = range(HORIZON.start_s, HORIZON.end_s + 3 * 3600, MINUTE)
    for node, access in accesses(snapshot).items():
        late = [stay for stay in access.stays if stay.start_s > HORIZON.start_s]
        if late and node != ORIGIN:
            arrivals = every_arrival(snapshot, [(ORIGIN, s * 1000) for s in minutes])
            assert all((node, stay.start_s * 1000) in arrivals for stay in late)


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_what_is_no_stay_is_a_cut_with_the_fewest_hazards(world: World) -> None:
    snapshot = world.snapshot
    # Closures begin and end on tens of minutes, so these are all the instants that differ.
    instants = [Interval(s, s + 1) for s in range(HORIZON.start_s, HORIZON.end_s, 10 * MINUTE)]
    for node, access in accesses(snapshot).items():
        if access.stays == (HORIZON,) and not access.cuts:
            assert all(both_ways(snapshot, node, instant) for instant in instants)
            continue
        covered = HORIZON.start_s
        for span in sorted([*access.stays, *(cut.interval for cut in access.cuts)]):
            assert span.start_s <= covered
            covered = max(covered, span.end_s)
        assert covered == HORIZON.end_s
        for instant in instants:
            cause = [cut for cut in access.cuts if instant.start_s in cut.interval]
            if not both_ways(snapshot, node, instant):
                blames = [frozenset(road.hazard for road in cut.roads) for cut in cause]
                assert any(is_fewest(snapshot, node, instant, blamed) for blamed in blames)


@given(worlds(), st.integers(0, 239))
@settings(max_examples=100, deadline=None)
def test_a_cut_is_the_fewest_hazards_at_its_instant(world: World, minute: int) -> None:
    """Those that shut a road only before or after are not among them, though nothing opens in between."""
    snapshot, at_s = world.snapshot, NOON + minute * MINUTE
    for town in network.reach(snapshot, (ORIGIN,), travels=(CAR,), at_s=at_s, until_s=HORIZON.end_s):
        if town.reachable and town.leavable and town.until_s is None:
            continue  # who drives about comes after it has opened: nothing is cut
        instant = at_s if town.until_s is None else town.until_s
        if not both_ways(snapshot, town.place, Interval(instant, instant + 1)):
            assert town.cut_proven
            blamed = frozenset(road.hazard for road in town.cut)
            assert is_fewest(snapshot, town.place, Interval(instant, instant + 1), blamed)


def is_fewest(snapshot: Snapshot, node: int, slot: Interval, blamed: frozenset[HazardId]) -> bool:
    helps = not blamed or both_ways(snapshot, node, slot, blamed)
    return helps and len(blamed) == fewest(snapshot, node, slot)


def fewest(snapshot: Snapshot, node: int, slot: Interval) -> int:
    """Give the size of the smallest set of hazards whose lifting helps; 0 when none does."""
    names = [hazard.id for hazard in snapshot.hazards]
    for size in range(1, len(names) + 1):
        for some in combinations(names, size):
            if both_ways(snapshot, node, slot, frozenset(some)):
                return size
    return 0


@given(worlds(actions=(Action.SHUT,)), st.integers(0, 239))
@settings(max_examples=200, deadline=None)
def test_reach_is_what_plain_drives_reach(world: World, minute: int) -> None:
    snapshot, at_s = world.snapshot, NOON + minute * MINUTE
    found = network.reach(snapshot, (ORIGIN,), travels=(CAR,), at_s=at_s, until_s=HORIZON.end_s)
    for town in found:
        for told, start, goal in (
            (town.reachable, ORIGIN, town.place),
            (town.leavable, town.place, ORIGIN),
        ):
            first_come = simple_dijkstra(snapshot, start, at_s * 1000)
            assert (goal in first_come) <= told
            if told == (goal in first_come):
                continue
            assert goal in {node for node, _ in every_arrival(snapshot, [(start, at_s * 1000)])}


@given(worlds(), st.integers(0, 239))
@settings(max_examples=200, deadline=None)
def test_no_drive_is_overlooked_that_is_hardly_late(world: World, minute: int) -> None:
    """All walks are followed that come to no junction much later than who may wait for roads to open."""
    snapshot, at_s = world.snapshot, NOON + minute * MINUTE
    found = network.reach(snapshot, (ORIGIN,), travels=(CAR,), at_s=at_s, until_s=HORIZON.end_s)
    from_origin = hardly_late(snapshot, ORIGIN, at_s * 1000)
    for town in found:
        assert (town.place in from_origin) <= town.reachable
        assert (ORIGIN in hardly_late(snapshot, town.place, at_s * 1000)) <= town.leavable


@given(worlds(), st.integers(0, 239))
@settings(max_examples=100, deadline=None)
def test_detours_are_all_walks_that_are_hardly_late(world: World, minute: int) -> None:
    snapshot, at_s = world.snapshot, NOON + minute * MINUTE
    origin, towns = np.array([ORIGIN]), np.arange(snapshot.roads.n_nodes)
    inward = drives_in(snapshot, CAR, origin, towns, at_s)
    outward = drives_out(snapshot, CAR, origin, towns, at_s)
    assert set(towns[inward].tolist()) == hardly_late(snapshot, ORIGIN, at_s * 1000)
    for node in towns.tolist():
        assert bool(outward[node]) == (ORIGIN in hardly_late(snapshot, node, at_s * 1000))


def hardly_late(snapshot: Snapshot, start: int, at_ms: int) -> set[int]:
    """Follow every walk without a wait, circles too, that is nowhere more than LATE_S behind who may wait."""
    roads = snapshot.roads
    soonest, done = {start: at_ms}, set[int]()
    ends = sorted({int(t) * 1000 for t in snapshot.closures[CAR].end_s})
    while left := [node for node in soonest if node not in done]:
        node = min(left, key=lambda n: soonest[n])
        done.add(node)
        for edge in np.flatnonzero(roads.edge_from == node).tolist():
            enters = [soonest[node], *(t for t in ends if t > soonest[node])]
            leaves = [there for t in enters if (there := leave(snapshot, edge, t)) is not None]
            head = int(roads.edge_to[edge])
            if leaves:
                soonest[head] = min(soonest.get(head, min(leaves)), *leaves)
    seen, todo = set[tuple[int, int]](), [(start, at_ms)]
    while todo:
        node, now_ms = todo.pop()
        if (node, now_ms) not in seen and now_ms <= soonest[node] + LATE_S * 1000:
            seen.add((node, now_ms))
            todo += [
                (int(roads.edge_to[edge]), left_ms)
                for edge in np.flatnonzero(roads.edge_from == node).tolist()
                if (left_ms := leave(snapshot, edge, now_ms)) is not None
            ]
    return {node for node, _ in seen}


@given(worlds())
@settings(max_examples=100, deadline=None)
def test_until_and_again_are_the_first_changes(world: World) -> None:
    snapshot = world.snapshot
    slots = network.times(snapshot, NODES, horizon=HORIZON).slots
    for town in network.reach(
        snapshot, (ORIGIN,), travels=(CAR,), at_s=HORIZON.start_s, until_s=HORIZON.end_s
    ):
        state = [both_ways(snapshot, town.place, slot) for slot in slots]
        now = town.reachable and town.leavable
        first_cut = next((k for k, ok in enumerate(state) if not ok and (k > 0 or not now)), None)
        assert town.until_s == (slots[first_cut].start_s if now and first_cut is not None else None)
        if first_cut is not None:
            again = next((slots[k].start_s for k in range(first_cut + 1, len(slots)) if state[k]), None)
            assert town.again_s == again
            assert {road.alert for road in town.cut} <= {hazard.alert for hazard in world.hazards}


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_cuts_are_those_of_every_moment_with_their_roads(world: World) -> None:
    """Name the roads of each moment, and join what follows with the same hazards."""
    snapshot = world.snapshot
    ways = passage(snapshot, Group(CAR, (ORIGIN,), (ORIGIN,)), HORIZON)
    for node, access in accesses(snapshot).items():
        cuts: list[Cut] = []
        for slot in range(len(ways.slots)):
            comes, leaves = bool(ways.inward(node)[slot]), bool(ways.outward(node)[slot])
            if comes and leaves:
                continue
            direction = "in" if leaves else "out" if comes else "both"
            for period, blocking in ways.moments(slot):
                by = cutter(snapshot, CAR, ways, blocking)
                cut = Cut(interval=period, direction=direction, roads=by.of(node), proven=by.proven(node))
                last = cuts[-1] if cuts else None
                if last is not None and follows(last, cut):
                    whole = Interval(last.interval.start_s, period.end_s)
                    cuts[-1] = replace(last, interval=whole, proven=last.proven and cut.proven)
                else:
                    cuts.append(cut)
        assert access.cuts == _fitted(cuts, access.stays, HORIZON)


def follows(a: Cut, b: Cut) -> bool:
    same = {line.hazard for line in a.roads} == {line.hazard for line in b.roads}
    return same and a.direction == b.direction and a.interval.end_s == b.interval.start_s


def every_arrival(snapshot: Snapshot, starts: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Follow every run, detours that only kill time too: all (node, ms) there are within a few hours."""
    roads = snapshot.roads
    limit = (HORIZON.end_s + 4 * 3600) * 1000
    seen: set[tuple[int, int]] = set()
    todo = list(starts)
    while todo:
        node, at_ms = todo.pop()
        if (node, at_ms) in seen or at_ms > limit:
            continue
        seen.add((node, at_ms))
        for edge in np.flatnonzero(roads.edge_from == node).tolist():
            left = leave(snapshot, edge, at_ms)
            if left is not None:
                todo.append((int(roads.edge_to[edge]), left))
    return seen
