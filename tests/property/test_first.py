"""The drive that arrives first is that of trying every whole second of departure, whatever is closed when."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON, roads
from drawn_worlds import CAR, LETTERS
from plain_clock import FOREVER_MS, Plain, Row, leave
from timed_worlds import FACTORS, Timed, quick_worlds, timed, usual_remaining
from vado import network
from vado.model.roads import F64
from vado.model.when import FOREVER_S
from vado.network import _clock_kernels as kernels
from vado.network import _departure_kernels as every
from vado.network.clock import clock_of
from vado.network.first import First, Wish, first_run, of_all

NODES = range(len(LETTERS))
NOON_MS = NOON * 1000


@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(0, 80), st.integers(1, 40), FACTORS), max_size=5),
    st.integers(-40, 140),
    st.integers(0, 120),
)
@settings(max_examples=300, deadline=None)
def test_spans_say_what_every_instant_takes(
    base: int, closed: list[tuple[int, int, float]], enter: int, ahead: int
) -> None:
    rows: tuple[Row, ...] = tuple(sorted((at, at + length, factor) for at, length, factor in closed))
    start, end, factor = np.array(rows, np.float64).reshape(-1, 3).T
    begin, took = np.empty((2, (len(rows) + 2) ** 2), np.int64)
    count = every.spans(
        base, 0, len(rows), start.astype(np.int64), end.astype(np.int64), factor.copy(), enter,
        enter + ahead, begin, took,
    )  # fmt: skip
    assert begin[0] == enter
    for at in range(enter, enter + ahead + 1):
        i = int(np.searchsorted(begin[:count], at, side="right")) - 1
        left = leave(base, rows, at)
        assert took[i] == (kernels.NEVER_MS if left is None else left - at)


def wish_of(world: Timed, origin: int, target: int, depart_ms: int, until_ms: int, remaining: F64) -> Wish:
    return Wish(
        clock=clock_of(world.snapshot, CAR), origin=origin, target=target, depart_ms=depart_ms,
        until_ms=until_ms, remaining_ms=remaining,
    )  # fmt: skip


def judge(plain: Plain, wish: Wish, found: First) -> None:
    """Drive it again: it leads there, leaves within its time, and takes what the roads take."""
    assert found.run is not None
    enter = found.run.enter_ms
    assert enter[0] % 1000 == 0
    assert wish.depart_ms <= enter[0] <= wish.until_ms
    assert plain.run(found.run.edges, enter[0]) == [*enter, found.run.arrive_ms]
    nodes = [plain.edges[edge][:2] for edge in found.run.edges]
    assert (nodes[0][0], nodes[-1][1]) == (wish.origin, wish.target)
    assert all(one[1] == two[0] for one, two in pairwise(nodes))


@given(quick_worlds(), st.sampled_from(NODES), st.integers(0, 30), st.integers(0, 50), st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_departure_is_earlier(world: Timed, origin: int, second: int, ahead: int, drawn: bool) -> None:
    depart_ms, until_ms = NOON_MS + second * 1000, NOON_MS + (second + ahead) * 1000
    best = world.plain.first(origin, depart_ms=depart_ms, until_ms=until_ms)
    free, _ = world.plain.search([(origin, depart_ms)], waiting=True)
    town = world.snapshot.roads
    for target in NODES:
        if target == origin:
            continue
        remaining = usual_remaining(town, frozenset([target])) if drawn else np.zeros(town.n_nodes)
        wish = wish_of(world, origin, target, depart_ms, until_ms, remaining)
        # All of it, and to the millisecond.
        found = of_all(wish, bound_ms=0, before_ms=FOREVER_MS)
        assert found.proven
        assert (FOREVER_MS if found.run is None else found.run.arrive_ms) == best.get(target, FOREVER_MS)
        # With the ways round it: to the second, and for nothing where a bound settles it.
        first = first_run(wish)
        assert first.proven
        if first.run is None:
            assert target not in best
            continue
        judge(world.plain, wish, first)
        # A way that who waits for roads to open would take may be earlier, when nobody has to.
        assert free[target] <= first.run.arrive_ms < best.get(target, FOREVER_MS) + 1000
        if first.run.arrive_ms >= free[target] + 1000:
            event("needed the search of all departures")
            assert first.run.arrive_ms <= best.get(target, FOREVER_MS)


@given(quick_worlds(), st.sampled_from(NODES), st.integers(0, 40), st.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_a_search_at_its_limit_gives_drives_and_says_so(
    world: Timed, origin: int, ahead: int, labels_max: int
) -> None:
    best = world.plain.first(origin, depart_ms=NOON_MS, until_ms=NOON_MS + ahead * 1000)
    for target in NODES:
        if target == origin:
            continue
        wish = wish_of(world, origin, target, NOON_MS, NOON_MS + ahead * 1000, np.zeros(len(NODES)))
        first = first_run(wish, labels_max=labels_max)
        if first.run is not None:
            judge(world.plain, wish, first)
        if first.proven:
            arrive_ms = FOREVER_MS if first.run is None else first.run.arrive_ms
            assert arrive_ms < best.get(target, FOREVER_MS) + 1000
        else:
            event("came to its limit")


@given(quick_worlds(), st.integers(0, 30), st.integers(0, 40), st.sampled_from([1, 8, 10_000]))
@settings(max_examples=40, deadline=None)
def test_a_matrix_holds_the_first_arrivals(world: Timed, second: int, ahead: int, labels_max: int) -> None:
    depart_s, until_s = NOON + second, NOON + second + ahead
    nodes = (3, -1, *NODES, 3)
    found = network.earliest_matrix(
        world.snapshot, CAR, nodes, depart_s, until_s=until_s, labels_max=labels_max
    )
    for i, a in enumerate(nodes):
        if a < 0:
            assert (found.arrive_ms[i] == FOREVER_MS).all()
            assert found.proven[i].all()
            continue
        free, _ = world.plain.search([(a, depart_s * 1000)], waiting=True)
        best = world.plain.first(a, depart_ms=depart_s * 1000, until_ms=until_s * 1000)
        assert found.bound_ms[i].tolist() == [free.get(b, FOREVER_MS) for b in nodes]
        for j, b in enumerate(nodes):
            arrive = int(found.arrive_ms[i, j])
            assert free.get(b, FOREVER_MS) <= arrive
            assert not found.proven[i, j] or arrive < best.get(b, FOREVER_MS) + 1000
    assert labels_max < 10_000 or found.proven.all()


def test_one_second_in_an_hour_is_found() -> None:
    """AB shuts before BC opens, but for one instant of leaving A by which both can be driven."""
    town = roads("A--B--C")  # edges AB, BA, BC, CB of a minute each
    bc = int(np.flatnonzero((town.edge_from == 1) & (town.edge_to == 2))[0])
    ab = int(np.flatnonzero((town.edge_from == 0) & (town.edge_to == 1))[0])
    at_s = NOON + 1234
    table = [
        (ab, NOON, at_s, 0.0),
        (ab, at_s + MINUTE, NOON + 3 * 3600, 0.0),
        (bc, NOON, at_s + MINUTE, 0.0),
        (bc, at_s + 2 * MINUTE, NOON + 3 * 3600, 0.0),
    ]
    world = timed(town, table)
    wish = wish_of(world, 0, 2, NOON_MS, NOON_MS + 2 * 3600_000, np.zeros(town.n_nodes))
    found = first_run(wish)
    assert found.proven
    assert found.run is not None
    assert found.run.enter_ms == (at_s * 1000, (at_s + MINUTE) * 1000)


@pytest.mark.parametrize(("labels_max", "arrive_s"), [(2, 1320), (10_000, 960)])
def test_the_long_way_is_taken_at_the_right_time(labels_max: int, arrive_s: int) -> None:
    """Who takes the short way before it shuts has to wait at B; the long one is in time without a wait.

    At its limit the search has tried to leave as BC opens, or to come to it by the short way as it opens.
    """
    town = roads("A--B--C\n|  |\nE--F", ways={"AE": {"minutes": 3}, "EF": {"minutes": 3}})
    node = {chr(int(osm)): n for n, osm in enumerate(town.node_osm)}
    ends = {
        ends: e for e, ends in enumerate(zip(town.edge_from.tolist(), town.edge_to.tolist(), strict=True))
    }
    edge = {a + b: ends[node[a], node[b]] for a, b in ("AB", "AE", "EF", "FB", "BC")}
    table = [(edge["AB"], NOON + 120, FOREVER_S, 0.0), (edge["BC"], NOON, NOON + 900, 0.0)]
    world = timed(town, table)
    wish = wish_of(world, node["A"], node["C"], NOON_MS, NOON_MS + 3600_000, np.zeros(town.n_nodes))
    found = first_run(wish, labels_max=labels_max)
    judge(world.plain, wish, found)
    assert found.run is not None
    assert found.run.edges == tuple(edge[way] for way in ("AE", "EF", "FB", "BC"))
    assert found.run.arrive_ms == NOON_MS + arrive_s * 1000
    assert found.proven == (labels_max > 2)
