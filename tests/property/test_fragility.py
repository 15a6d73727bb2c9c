"""Fragility against shutting every segment, and every two, and looking who is left."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from drawn import roads
from drawn_worlds import LETTERS, MAP
from real import region
from vado.model.roads import NO_ENTRY_MS, U8, Bool, Roads
from vado.network.fragility import IN, OUT, fragility, hangs, heart
from vado.network.segments import segments


def left(town: Roads, profile: str, hubs: list[int], shut: set[int], way: int) -> set[int]:
    """List the nodes that still have a way, by the plainest search there is."""
    ms = town.edge_duration_ms[town.profile_index(profile)]
    open_ = [e for e in range(town.n_edges) if ms[e] < NO_ENTRY_MS and int(segments(town)[e]) not in shut]
    steps: dict[int, list[int]] = {}
    for e in open_:
        a, b = int(town.edge_from[e]), int(town.edge_to[e])
        steps.setdefault(a if way == IN else b, []).append(b if way == IN else a)
    found, todo = set(hubs), list(hubs)
    while todo:
        for there in steps.get(todo.pop(), ()):
            if there not in found:
                found.add(there)
                todo.append(there)
    return found


def isolated(town: Roads, hubs: list[int], shut: set[int]) -> set[tuple[int, int]]:
    """List (place, way) that these segments isolate and nothing else does."""
    return {
        (k, way)
        for way in (IN, OUT)
        for k, x in enumerate(town.places.node.tolist())
        if x in left(town, "van", hubs, set(), way) - left(town, "van", hubs, shut, way)
    }


def bits(rows: tuple[list[int], ...], ways: U8) -> set[tuple[int, ...]]:
    return {
        (*row, way)
        for *row, both in zip(*rows, ways.tolist(), strict=True)
        for way in (IN, OUT)
        if both & way
    }


@st.composite
def webs(draw: st.DrawFn) -> Roads:
    every = [a + b for i, a in enumerate(LETTERS) for b in LETTERS[i + 1 :]]
    chosen = draw(st.lists(st.sampled_from(every), min_size=5, max_size=14, unique=True))
    ways = {
        (pair if draw(st.booleans()) else pair[::-1]): {"oneway": draw(st.integers(0, 2)) == 0}
        for pair in chosen
    }
    return roads(MAP, ways=ways)


def with_copies(town: Roads, draw: st.DrawFn) -> Roads:
    """Send some edges to another end, so that a segment has more ends than two, as copies of junctions do."""
    from dataclasses import replace

    start, end = town.edge_from.copy(), town.edge_to.copy()
    for ends in (start, end):
        for e in draw(st.lists(st.integers(0, town.n_edges - 1), max_size=3, unique=True)):
            ends[e] = draw(st.integers(0, town.n_nodes - 1))
    return replace(town, edge_from=start, edge_to=end)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_singles_and_pairs_are_those_that_trying_finds(data: st.DataObject) -> None:
    town = data.draw(webs())
    if data.draw(st.booleans()):
        town = with_copies(town, data.draw)
    hubs = data.draw(st.lists(st.integers(0, town.n_nodes - 1), min_size=1, max_size=2, unique=True))
    found = fragility(town, "van", hubs=np.array(hubs, np.int64))
    every = sorted(set(segments(town).tolist()))
    alone = {s: isolated(town, hubs, {s}) for s in every}
    single = {(k, s, way) for s in every for k, way in alone[s]}
    rows = found.singles
    assert bits((rows.target.tolist(), rows.segment.tolist()), rows.ways) == single
    lone = {(k, s) for k, s, _ in single}
    both = {
        (k, a, b, way)
        for a, b in combinations(every, 2)
        for k, way in isolated(town, hubs, {a, b})
        if (k, a) not in lone and (k, b) not in lone
    }
    pairs = found.pairs
    assert pairs.left_out == pairs.untried == 0
    assert bits((pairs.target.tolist(), pairs.one.tolist(), pairs.two.tolist()), pairs.ways) == both


def test_singles_of_andorra_are_those_that_trying_finds() -> None:
    town = region("andorra")
    hubs = heart(town, "van")
    nodes = town.places.node.astype(np.int64)
    found = hangs(town, "van", hubs, nodes)
    named = set(found.segment.tolist())
    others = [s for s in np.unique(segments(town)).tolist() if s not in named]
    drivable = town.edge_duration_ms[town.profile_index("van")] < NO_ENTRY_MS

    def reach(shut: int, way: int) -> Bool:
        on = drivable & (segments(town) != shut)
        ends = (town.edge_from[on], town.edge_to[on])
        graph = csr_array((np.ones(int(on.sum())), ends if way == IN else ends[::-1]), (town.n_nodes,) * 2)
        marked = np.zeros(town.n_nodes, np.bool_)
        marked[breadth_first_order(graph, int(hubs[0]), return_predecessors=False)] = True
        return marked[nodes]

    usually = {way: reach(-1, way) for way in (IN, OUT)}
    for segment in [*sorted(named)[::4], *others[::60]]:
        lost = {
            (k, way)
            for way in (IN, OUT)
            for k in np.flatnonzero(usually[way] & ~reach(segment, way)).tolist()
        }
        on = found.segment == segment
        assert bits((found.target[on].tolist(),), found.ways[on]) == lost
