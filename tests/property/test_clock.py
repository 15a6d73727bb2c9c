"""Kernels of the clock hold against plain Python and against trying every instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON, roads
from drawn_worlds import CAR, LETTERS, World, worlds
from drawn_worlds import leave as plain_leave
from plain_clock import FOREVER_MS, Row, latest_enter, leave, leave_waiting
from timed_worlds import FACTORS, Timed, timed, timed_worlds, usual_remaining
from vado import network
from vado.model.alert import Action
from vado.model.snapshot import Snapshot
from vado.model.when import FOREVER_S, NEVER_S
from vado.network import _clock_kernels as kernels
from vado.network.clock import Clock, clock_of
from vado.network.drive import run, run_late, search

NODES = range(len(LETTERS))
UNTIL_S = NOON + 4 * 3600


@st.composite
def closings(draw: st.DrawFn) -> tuple[Row, ...]:
    """Draw closures of one edge that overlap, touch or leave gaps, within a hundred milliseconds."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, 80))
        found.append((start, start + draw(st.integers(1, 40)), draw(FACTORS)))
    return tuple(sorted(found))


def of(base: int, closed: tuple[Row, ...]) -> tuple[object, ...]:
    """Give what kernels want of an edge; a row of another edge stands on either side."""
    table = [(0, 500, 0.0), *closed, (0, 500, 0.0)]
    start, end, factor = (np.array(column) for column in zip(*table, strict=True))
    return base, 1, 1 + len(closed), start.astype(np.int64), end.astype(np.int64), factor.astype(np.float64)


def some(instant: int) -> int | None:
    return None if instant == kernels.NEVER_MS else instant


@given(st.integers(1, 30), closings(), st.integers(-40, 140))
@settings(max_examples=400, deadline=None)
def test_an_edge_is_left_when_plain_arithmetic_says(base: int, closed: tuple[Row, ...], at: int) -> None:
    assert some(kernels.leave(*of(base, closed), at)) == leave(base, closed, at)
    assert some(kernels.leave_waiting(*of(base, closed), at)) == leave_waiting(base, closed, at)
    assert some(kernels.latest_enter(*of(base, closed), at)) == latest_enter(base, closed, at)


@given(st.integers(1, 30), closings(), st.integers(-40, 140))
@settings(max_examples=200, deadline=None)
def test_no_instant_is_better(base: int, closed: tuple[Row, ...], at: int) -> None:
    """Waiting for any millisecond, entering at any: all are tried, nothing beats what is found."""
    later = [left for t in range(at, 130 + 40) if (left := leave(base, closed, t)) is not None]
    assert some(kernels.leave_waiting(*of(base, closed), at)) == min(later)
    # Even ten closures in a row are behind somebody who enters so early.
    early = [t for t in range(-500, at) if (left := leave(base, closed, t)) is not None and left <= at]
    assert some(kernels.latest_enter(*of(base, closed), at)) == max(early)


@given(st.integers(1, 30), closings(), st.integers(-40, 140), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_who_waits_where_it_helps_is_never_overtaken(
    base: int, closed: tuple[Row, ...], at: int, by: int
) -> None:
    edge = of(base, closed)
    assert kernels.leave_waiting(*edge, at) <= kernels.leave_waiting(*edge, at + by)
    assert kernels.latest_enter(*edge, at) <= kernels.latest_enter(*edge, at + by)


@pytest.mark.parametrize("factor", [0.0, 1e-300, 5e-324, 0.5])
@pytest.mark.parametrize("start_s", [NEVER_S, NOON])
def test_nothing_overflows(factor: float, start_s: int) -> None:
    start, end = start_s * 1000, FOREVER_S * 1000
    edge = of(10**9, ((start, end, factor),))
    for instant in (NEVER_S * 1000, 0, NOON * 1000, FOREVER_MS, kernels.ANY_MS):
        left = kernels.leave(*edge, instant)
        assert left == kernels.NEVER_MS or instant < left or instant == left == kernels.ANY_MS
        assert left <= kernels.ANY_MS
        enter = kernels.latest_enter(*edge, instant)
        assert kernels.NEVER_MS <= enter <= instant
    assert kernels.latest_enter(*edge, kernels.NEVER_MS + 1) == kernels.NEVER_MS


@given(timed_worlds(), st.lists(st.tuples(st.sampled_from(NODES), st.integers(0, 7200)), max_size=3))
@settings(max_examples=200, deadline=None)
def test_searches_find_what_plain_searches_find(world: Timed, begin: list[tuple[int, int]]) -> None:
    clock = clock_of(world.snapshot, CAR)
    starts = [(node, (NOON + second) * 1000 + 7) for node, second in begin]
    for waiting in (True, False):
        found = search(clock, starts, waiting=waiting)
        assert (found.arrive_ms, found.by_edge) == world.plain.search(starts, waiting=waiting)


@given(st.data(), st.sampled_from([1.0, 0.8, 0.37]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_bounds_and_goals_change_no_arrival(data: st.DataObject, speed_factor: float, waiting: bool) -> None:
    world = data.draw(timed_worlds(speed_factor=speed_factor))
    clock = clock_of(world.snapshot, CAR, speed_factor=speed_factor)
    goals = frozenset(data.draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=3, unique=True)))
    start = [(data.draw(st.sampled_from(NODES)), NOON * 1000)]
    wanted = data.draw(st.integers(1, len(goals)))
    remaining = usual_remaining(world.snapshot.roads, goals)
    drawn = search(clock, start, goals=goals, wanted=wanted, waiting=waiting, remaining_ms=remaining)
    plain, _ = world.plain.search(start, goals=goals, wanted=wanted, waiting=waiting)
    first = {node: ms for node, ms in plain.items() if node in goals}
    assert sorted(drawn.arrive_ms[goal] for goal in goals & drawn.arrive_ms.keys()) == sorted(first.values())
    everywhere, _ = world.plain.search(start, waiting=waiting)
    for goal in goals & drawn.arrive_ms.keys():
        assert drawn.arrive_ms[goal] == everywhere[goal]
        assert (world.plain.run(drawn.path(clock, goal), start[0][1]) or [inf])[-1] == everywhere[goal] or (
            waiting
        )


@given(timed_worlds(), st.sampled_from(NODES), st.integers(1, 6), st.integers(0, 7200))
@settings(max_examples=200, deadline=None)
def test_runs_are_what_plain_driving_gives(world: Timed, origin: int, ahead: int, second: int) -> None:
    target = (origin + ahead) % len(NODES)
    clock, plain = clock_of(world.snapshot, CAR), world.plain
    depart_ms = (NOON + second) * 1000
    free, by_edge = plain.search([(origin, depart_ms)], goals=frozenset([target]), waiting=True)
    if target not in free:
        return
    path = plain.path(by_edge, target)
    driven = run(clock, path, depart_ms)
    assert (None if driven is None else [*driven.enter_ms, driven.arrive_ms]) == plain.run(path, depart_ms)
    late = run_late(clock, path, not_before_ms=depart_ms, arrive_ms=free[target])
    assert (None if late is None else [*late.enter_ms, late.arrive_ms]) == plain.run_late(
        path, not_before_ms=depart_ms, arrive_ms=free[target]
    )


@given(timed_worlds(), st.lists(st.sampled_from(NODES), max_size=3), st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_earliest_and_latest_are_each_other_s_inverse(world: Timed, targets: list[int], second: int) -> None:
    snapshot, plain, by_s = world.snapshot, world.plain, NOON + second
    found = network.latest(snapshot, CAR, targets, by_s).tolist()
    expected = plain.latest(dict.fromkeys(targets, by_s * 1000))
    assert found == [expected.get(node, -FOREVER_MS) for node in NODES]
    for node in NODES:
        if found[node] > -FOREVER_MS:
            on_time, _ = plain.search([(node, found[node])], waiting=True)
            assert min(on_time.get(target, inf) for target in targets) <= by_s * 1000
            late, _ = plain.search([(node, found[node] + 1)], waiting=True)
            assert min(late.get(target, inf) for target in targets) > by_s * 1000
    for waiting in (True, False):
        there = network.earliest(snapshot, CAR, targets, by_s, waiting=waiting).tolist()
        best, _ = plain.search([(node, by_s * 1000) for node in targets], waiting=waiting)
        assert there == [best.get(node, FOREVER_MS) for node in NODES]


@given(worlds(actions=(Action.SHUT,)), st.sampled_from(NODES), st.integers(0, 23))
@settings(max_examples=60, deadline=None)
def test_a_matrix_holds_arrivals_of_drives_and_no_drive_beats_its_bound(
    world: World, origin: int, tens: int
) -> None:
    """All is whole minutes, so everything anybody can do without a wait on the road is tried."""
    snapshot, depart_s = world.snapshot, NOON + tens * 10 * MINUTE
    found = network.earliest_matrix(snapshot, CAR, NODES, depart_s, until_s=UNTIL_S)
    starts = [(origin, s * 1000) for s in range(depart_s, UNTIL_S + 1, MINUTE)]
    driven = every_arrival(snapshot, starts)
    for node in NODES:
        arrive, bound = int(found.arrive_ms[origin, node]), int(found.bound_ms[origin, node])
        of_all = {at for there, at in driven if there == node}
        assert arrive in of_all or arrive == FOREVER_MS
        assert bound <= min(of_all, default=FOREVER_MS)


def every_arrival(snapshot: Snapshot, starts: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Follow every run, detours that only kill time too: all (node, ms) of the next hours."""
    leaving: dict[int, list[int]] = {}
    for edge, node in enumerate(snapshot.roads.edge_from.tolist()):
        leaving.setdefault(node, []).append(edge)
    seen = set(starts)
    todo = list(starts)
    while todo:
        node, at_ms = todo.pop()
        for edge in leaving.get(node, ()):
            left = plain_leave(snapshot, edge, at_ms)
            there = (int(snapshot.roads.edge_to[edge]), left or FOREVER_MS)
            if there[1] <= (UNTIL_S + 3 * 3600) * 1000 and there not in seen:
                seen.add(there)
                todo.append(there)
    return seen


@given(timed_worlds())
@settings(max_examples=10, deadline=None)
def test_searches_side_by_side_do_not_meet(world: Timed) -> None:
    clock = clock_of(world.snapshot, CAR)
    starts = [[(node, NOON * 1000 + ms)] for ms in range(3) for node in NODES]
    expected = [world.plain.search(start, waiting=True)[0] for start in starts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda start: search(clock, start, waiting=True).arrive_ms, starts))
    assert found == expected


def test_a_search_that_fails_leaves_nothing_behind() -> None:
    clock = _line()

    def fail() -> None:
        with clock.net.space() as space:
            space.place[:] = 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(search(clock, [(0, NOON * 1000)]).arrive_ms) == clock.net.n_nodes


def _line() -> Clock:
    return clock_of(timed(roads("A--B--C"), []).snapshot, CAR)


def test_what_is_shut_at_a_boundary_never_opens_again() -> None:
    table = [(0, NOON, NOON + 60, 0.0), (0, NOON, NOON + 900, 0.0), (1, NOON, NOON + 900, 0.5)]
    clock = clock_of(timed(roads("A--B--C"), table).snapshot, CAR)
    shutting = clock.never_reopening((NOON + 60) * 1000)
    assert shutting.rows.end_ms.tolist() == [(NOON + 60) * 1000, FOREVER_MS, (NOON + 900) * 1000]
    assert clock.leave_waiting(0, NOON * 1000) == clock.leave(0, (NOON + 900) * 1000)
    assert (shutting.leave_waiting(0, NOON * 1000) or 0) >= FOREVER_MS  # no search goes on from there
    assert shutting.leave_waiting(1, NOON * 1000) == clock.leave_waiting(1, NOON * 1000)
