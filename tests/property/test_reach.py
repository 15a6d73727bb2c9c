"""Reach against plain searches: times in and out, changes, what-ifs, last roads, cuts of many hazards."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON
from drawn_worlds import CAR, HORIZON, World, worlds
from vado import network
from vado.model.ids import HazardId
from vado.model.roads import I32, I64, NO_ENTRY_MS
from vado.model.snapshot import Group, PlaceReach, Snapshot, Standing
from vado.model.when import Interval
from vado.network import _forced_kernels, _way_kernels
from vado.network._csr import group
from vado.network.cut import cutter
from vado.network.fewest import Fewest
from vado.network.passage import passage
from vado.network.pieces import Pieces, _needs

ORIGIN = 0


def led(
    snapshot: Snapshot,
    start: int,
    *,
    onward: bool,
    at_s: int,
    without: frozenset[HazardId] = frozenset(),
    not_by: int = -1,
) -> set[int]:
    """Find where a node leads to, or what leads to it, on roads that are open at an instant."""
    table, roads = snapshot.closures[CAR], snapshot.roads
    shut = {
        int(table.edge[k])
        for k in range(len(table))
        if table.factor[k] <= 0
        and table.start_s[k] <= at_s < table.end_s[k]
        and snapshot.hazards[int(table.hazard[k])].id not in without
    } | {not_by}
    pairs = [
        (int(roads.edge_from[e]), int(roads.edge_to[e]))
        for e in range(roads.n_edges)
        if e not in shut and roads.edge_duration_ms[0][e] < NO_ENTRY_MS
    ]
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        new = {b if onward else a for a, b in pairs if (a if onward else b) == at} - seen
        seen |= new
        todo += new
    return seen


def reach(snapshot: Snapshot, at_s: int = HORIZON.start_s) -> tuple[PlaceReach, ...]:
    return network.reach(snapshot, (ORIGIN,), travels=(CAR,), at_s=at_s, until_s=HORIZON.end_s)


def standing(row: PlaceReach, instant: int, at_s: int = HORIZON.start_s) -> Standing:
    return next(one for start, one in reversed(network.timeline(row, at_s)) if start <= instant)


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_times_in_and_out_are_those_of_plain_searches(world: World) -> None:
    snapshot = world.snapshot
    rows = reach(snapshot)
    for at_s in range(HORIZON.start_s, HORIZON.end_s, 10 * MINUTE):
        inward = led(snapshot, ORIGIN, onward=True, at_s=at_s)
        outward = led(snapshot, ORIGIN, onward=False, at_s=at_s)
        for row in rows:
            assert any(at_s in one for one in row.inward) == (row.place in inward)
            assert any(at_s in one for one in row.outward) == (row.place in outward)
    for row in rows:
        # Who sets out now may get there by driving about though no way is open all through this slot.
        ways = (
            any(HORIZON.start_s in one for one in row.inward),
            any(HORIZON.start_s in one for one in row.outward),
        )
        if row.until_s is not None and all(ways):
            assert standing(row, row.until_s - 1) is Standing.OPEN
            assert standing(row, row.until_s) is not Standing.OPEN
        if row.again_s is not None:
            assert standing(row, row.again_s) is Standing.OPEN


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_the_last_road_is_one_that_cannot_be_gone_around(world: World) -> None:
    snapshot, at_s = world.snapshot, HORIZON.start_s
    every = frozenset(hazard.id for hazard in snapshot.hazards)
    for row in reach(snapshot):
        for found, onward in ((row.last_in, True), (row.last_out, False)):

            def cut_by(
                edge: int, without: frozenset[HazardId], onward: bool = onward, to: int = row.place
            ) -> bool:
                left = led(snapshot, ORIGIN, onward=onward, at_s=at_s, without=without, not_by=edge)
                return to not in left

            forced = {e for e in range(snapshot.roads.n_edges) if cut_by(e, frozenset())}
            usually = {e for e in range(snapshot.roads.n_edges) if cut_by(e, every)}
            there = row.place in led(snapshot, ORIGIN, onward=onward, at_s=at_s)
            if not there or not forced - usually:
                assert found is None
            else:
                assert found is not None
                assert found.edge in forced - usually


@given(worlds(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_what_if_is_the_world_as_if_it_had_been_so(world: World, data: st.DataObject) -> None:
    snapshot = world.snapshot
    lift = data.draw(
        st.sets(st.sampled_from([h.id for h in snapshot.hazards])) if snapshot.hazards else st.just(set())
    )
    edges = tuple(data.draw(st.sets(st.integers(0, snapshot.roads.n_edges - 1), max_size=3)))
    supposed = network.suppose(
        snapshot,
        lift=lift,
        shut=[network.Shut(label="x", edges=edges, interval=Interval(NOON))] if edges else (),
    )
    at_s = HORIZON.start_s + 30 * MINUTE
    answer = reach(supposed, at_s)
    table = supposed.closures[CAR]
    shut_now = {
        int(e) for e in table.edge[(table.factor <= 0) & (table.start_s <= at_s) & (at_s < table.end_s)]
    }
    kept = World(world.town, tuple(h for h in world.hazards if h.id not in lift)).snapshot
    before = kept.closures[CAR]
    expected = {
        int(e) for e in before.edge[(before.factor <= 0) & (before.start_s <= at_s) & (at_s < before.end_s)]
    }
    assert shut_now == expected | set(edges)
    if not edges:
        assert supposed.content_hash == kept.content_hash
        assert answer == reach(kept, at_s)


@given(worlds(), worlds(), st.integers(0, 120))
@settings(max_examples=60, deadline=None)
def test_changes_are_all_that_differs(one: World, other: World, minute: int) -> None:
    at_s = HORIZON.start_s + minute * MINUTE
    before = reach(one.snapshot)
    after = reach(other.snapshot, at_s)
    changes = network.reach_changes(before, after, at_s=at_s)
    old = {row.place: row for row in before}
    for row in after:
        for instant in range(at_s, HORIZON.end_s, 10 * MINUTE):
            told = [
                change
                for change in changes
                if change.place == row.place
                and change.from_s <= instant
                and (change.until_s is None or instant < change.until_s)
            ]
            was, now = standing(old[row.place], instant, at_s), standing(row, instant, at_s)
            assert [(change.was, change.now) for change in told] == ([] if was is now else [(was, now)])
    assert network.reach_changes(after, after, at_s=at_s) == ()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_a_cut_under_many_hazards_is_the_smallest(seed: int) -> None:
    """Hazards that each shut some edges of a random town, overlapping; every smaller set is tried."""
    rng = np.random.default_rng(seed)
    world = grid(rng)
    names = [hazard.id for hazard in world.hazards]
    ways = passage(world, Group(CAR, (ORIGIN,), (ORIGIN,)), HORIZON)
    cut = cutter(world, CAR, ways, ways.blocking[0])
    for node in range(world.roads.n_nodes):

        def both(lifted: tuple[HazardId, ...], node: int = node) -> bool:
            gone = frozenset(lifted)
            return all(
                node in led(world, ORIGIN, onward=onward, at_s=NOON, without=gone) for onward in (True, False)
            )

        found = {road.hazard for road in cut.of(node)}
        if both(()):
            assert found == set()
            continue
        least = next(
            (
                size
                for size in range(1, len(names) + 1)
                if any(both(some) for some in combinations(names, size))
            ),
            0,
        )
        assert len(found) == least
        assert not found or both(tuple(found))
        assert cut.proven(node)


def grid(rng: np.random.Generator) -> Snapshot:
    """Make a town of nine junctions with one-way roads and up to seven hazards."""
    from drawn import roads, shut, touched

    ways = {pair: {"oneway": bool(rng.random() < 0.4)} for pair in ("AB", "BC", "DE", "EF", "AD", "BE", "CF")}
    town = roads("A--B--C\n|  |  |\nD--E--F\n", ways=ways)
    pairs = ["AB", "BC", "DE", "EF", "AD", "BE", "CF"]
    hazards = [
        shut(
            town,
            " ".join(sorted(set(rng.choice(pairs, int(rng.integers(1, 4))).tolist()))),
            NOON,
            alert=f"H{k}",
        )
        for k in range(int(rng.integers(1, 7)))
    ]
    return network.snapshot(town, hazards, touched(town, hazards), travels=(CAR,))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_fewest_are_so_beyond_a_word_of_hazards_and_in_any_order(seed: int) -> None:
    """Random pieces and some seventy hazards, of which few stand in the way: all smaller sets are tried."""
    rng = np.random.default_rng(seed)
    count, hazards = int(rng.integers(3, 9)), int(rng.integers(60, 75))
    near = rng.choice(hazards, 8, replace=False)
    needs = [rng.choice(near, int(rng.integers(1, 4)), replace=False) for _ in range(12)]
    source, target = (rng.integers(0, count, 24).astype(np.int32) for _ in range(2))
    need = rng.integers(-1, len(needs), 24).astype(np.int32)
    melted = _pieces(count, source, target, need, needs, hazards)
    starts, goals = (
        np.unique(rng.integers(0, count, int(rng.integers(1, 3)))).astype(np.int32) for _ in range(2)
    )
    if rng.random() < 0.5:  # most fleets come home to where they began
        goals = starts
    blocking = rng.random(hazards) < 0.9

    def both(goal: int, lifted: set[int]) -> bool:
        left = blocking.copy()
        left[list(lifted)] = False
        inward, outward = melted.side(starts, left, inward=True), melted.side(goals, left, inward=False)
        return bool(inward[goal] and outward[goal])

    def answers(asked: Iterable[int]) -> dict[int, tuple[frozenset[int], bool]]:
        fewest = Fewest(melted, starts, goals, blocking)
        return {goal: fewest.of(goal) for goal in asked}

    with pytest.MonkeyPatch.context() as patch:  # nor does it when what may be spent runs out
        patch.setattr("vado.network.fewest.STEPS_MAX", 2)
        assert answers(range(count)) == answers(reversed(range(count)))
    found = answers(range(count))
    assert found == answers(reversed(range(count)))
    blocked = [int(h) for h in near if blocking[h]]
    for goal, (lifted, proven) in found.items():
        sets = (set(some) for size in range(len(blocked) + 1) for some in combinations(blocked, size))
        least = next((some for some in sets if both(goal, some)), set())
        assert proven
        assert len(lifted) == len(least)
        assert not least or both(goal, set(lifted))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_of_events_the_fewest_count_each_once_and_lift_it_whole(seed: int) -> None:
    """Random pieces, eight hazards in events of one to three: all smaller sets of events are tried."""
    rng = np.random.default_rng(seed)
    count, hazards = int(rng.integers(3, 8)), 8
    order, events = rng.permutation(hazards).tolist(), []
    while order:
        events.append(tuple(sorted(order[: (size := int(rng.integers(1, 4)))])))
        order = order[size:]
    needs = [rng.choice(hazards, int(rng.integers(1, 4)), replace=False) for _ in range(10)]
    source, target = (rng.integers(0, count, 20).astype(np.int32) for _ in range(2))
    need = rng.integers(-1, len(needs), 20).astype(np.int32)
    melted = _pieces(count, source, target, need, needs, hazards)
    starts = np.array([0], np.int32)
    blocking = rng.random(hazards) < 0.9

    def both(goal: int, lifted: set[int]) -> bool:
        left = blocking.copy()
        left[list(lifted)] = False
        return all(melted.side(starts, left, inward=inward)[goal] for inward in (True, False))

    fewest = Fewest(melted, starts, starts, blocking, [event for event in events if len(event) > 1])
    for goal in range(count):
        lifted, proven = fewest.of(goal)
        sizes = (some for n in range(len(events) + 1) for some in combinations(events, n))
        least = next((some for some in sizes if both(goal, {h for event in some for h in event})), None)
        assert proven
        if least is None:
            assert not lifted
            continue
        taken = [event for event in events if lifted & set(event)]
        assert len(taken) == len(least)
        assert both(goal, set(lifted))
        used = set(melted.need_hazard.tolist()) & set(np.flatnonzero(blocking).tolist())
        assert lifted == {h for event in taken for h in event} & used, "whole, as far as it blocks"


def _pieces(count: int, source: I32, target: I32, need: I32, needs: list[I64], hazards: int) -> Pieces:
    first, order = group(count, source)
    back_first, back_order = group(count, target)
    return Pieces(
        label=np.arange(count, dtype=np.int32), count=count, first=first, order=order, back_first=back_first,
        back_order=back_order, source=source, target=target, need=need,
        need_first=np.cumsum([0, *map(len, needs)]), need_hazard=np.concatenate(needs).astype(np.int32),
        edge=np.zeros(0, np.int32), edge_need=np.zeros(0, np.int32), hazards=hazards,
    )  # fmt: skip


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_dominators_are_what_cannot_be_gone_around(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 9)), int(rng.integers(1, 18))
    tail, head = (rng.integers(0, n, m).astype(np.int32) for _ in range(2))
    open_ = rng.random(m) < 0.8
    starts = np.unique(rng.integers(0, n, int(rng.integers(1, 3)))).astype(np.int64)
    out, back = group(n, tail), group(n, head)
    above, by = _forced_kernels.dominators(*out, head, *back, tail, open_, starts)

    def reached(without: int) -> set[int]:
        seen, todo = set(starts.tolist()), starts.tolist()
        while todo:
            x = todo.pop()
            for e in np.flatnonzero((tail == x) & open_).tolist():
                if e != without and int(head[e]) not in seen:
                    seen.add(int(head[e]))
                    todo.append(int(head[e]))
        return seen

    there = reached(-1)
    for x in range(n):
        assert (above[x] == -2) == (x not in there)
        if x in there:
            chain, y = set(), x
            while y >= 0:
                chain |= {int(by[y])} - {-1}
                y = int(above[y])
            assert chain == {e for e in range(m) if open_[e] and x not in reached(e)}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_what_two_ways_do_not_meet_leaves_no_new_last_road(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 9)), int(rng.integers(6, 26))
    tail, head = (rng.integers(0, n, m).astype(np.int32) for _ in range(2))
    cost, open_ = rng.integers(1, 9, m), rng.random(m) < 0.9
    starts = np.unique(rng.integers(0, n, int(rng.integers(1, 3)))).astype(np.int64)
    is_start = np.isin(np.arange(n), starts)
    out, back = group(n, tail), group(n, head)
    best, by = _way_kernels.tree(*out, head, cost, open_, starts)
    above, forced_by = _forced_kernels.dominators(*out, head, *back, tail, open_, starts)
    towns = np.arange(n, dtype=np.int64)
    first, edge = _forced_kernels.two_ways(
        towns, *back, tail, head, cost, open_, best, by, above, forced_by, is_start
    )
    assert -1 not in edge

    def forced(above: I32, forced_by: I32, x: int) -> set[int]:
        found = set()
        while x >= 0:
            found |= {int(forced_by[x])} - {-1}
            x = int(above[x])
        return found

    for x in range(n):
        on = set(edge[first[x] : first[x + 1]].tolist())
        spared = open_ & ~np.isin(np.arange(m), list(on))
        now = open_ & ~(spared & (rng.random(m) < 0.6))
        above_now, by_now = _forced_kernels.dominators(*out, head, *back, tail, now, starts)
        if above[x] != -2:
            assert above_now[x] != -2
            assert forced(above_now, by_now, x) <= forced(above, forced_by, x)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_needs_are_the_sets_of_hazards_that_shut_an_edge(rows: list[tuple[int, int]]) -> None:
    """A hazard may shut an edge several times, and in any order."""
    edge, hazard = (np.array([row[k] for row in rows], np.int32) for k in range(2))
    shut, edge_need, first, flat = _needs(edge, hazard)
    told = {int(e): set(flat[first[q] : first[q + 1]].tolist()) for e, q in zip(shut, edge_need, strict=True)}
    assert told == {e: {h for at, h in rows if at == e} for e, _ in rows}
    sets = [tuple(flat[a:b].tolist()) for a, b in pairwise(first)]
    assert len(set(sets)) == len(sets)
