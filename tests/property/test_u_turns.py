"""On random maps with stops: who missed a forbidden turn does not turn round close by and come back for it.

The oracle walks the map as it is written, half a street at a time, and looks back over the whole walk for a
turn that was missed; it knows nothing of graphs, copies and memories. Its rule is that of
docs/decisions/0012.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from little_map import LittleMap, row_of
from vado.model.roads import I64, NO_ENTRY_MS, Roads
from vado.model.size import Load
from vado.model.snapshot import Travel
from vado.network.allowed import kind_of
from vado.network.anchor import anchor
from vado.network.costs import usual_costs
from vado.network.expand import U_TURN_M
from vado.network.metric import NO_WAY_64
from vado.network.router import Router, state

# A 3 x 3 grid A B C / D E F / G H I; a street's name is that of the point in its middle. Walks alternate:
# AaBcE. No way along the streets is within 4 m of U_TURN_M long, to where one may turn round.
EAST, SOUTH = (0.0, 90.0, 300.0), (0.0, 120.0, 190.0)
AT = {letter: (EAST[i % 3], -SOUTH[i // 3]) for i, letter in enumerate("ABCDEFGHI")}
_ROWS, _COLUMNS = ("AB", "BC", "DE", "EF", "GH", "HI"), ("AD", "BE", "CF", "DG", "EH", "FI")
ENDS = dict(zip("abcdefghijkl", _ROWS + _COLUMNS, strict=True))
METRES = {x: math.dist(AT[u], AT[v]) for x, (u, v) in ENDS.items()}
WAY = {x: number + 1 for number, x in enumerate(ENDS)}
STREETS = st.sampled_from(sorted(ENDS))

# The same van, below and above what the gates let through; by itself it is higher.
LOW, HIGH = (Travel("van", load=Load(height_cm=cm)) for cm in (210, 230))


@dataclass(frozen=True)
class Town:
    streets: frozenset[str]
    one_ways: frozenset[str]
    turns: tuple[tuple[str, str, str, bool], ...]  # street in, junction, street out, only
    detours: tuple[tuple[str, str, str, str, str, bool], ...]  # in, junction, between, junction, out, only
    bollards: frozenset[str] = frozenset()
    gates: frozenset[str] = frozenset()

    def map(self) -> LittleMap:
        middle = {x: ((AT[u][0] + AT[v][0]) / 2, (AT[u][1] + AT[v][1]) / 2) for x, (u, v) in ENDS.items()}
        little = LittleMap().nodes(**AT, **middle)
        for x in sorted(self.streets):
            tags = {"oneway": "yes"} if x in self.one_ways else {}
            little.way(WAY[x], ENDS[x][0] + x + ENDS[x][1], **tags)
        for x, via, y, only in self.turns:
            little.turn(WAY[x], via, WAY[y], "only_straight_on" if only else "no_u_turn")
        for x, _, between, _, y, only in self.detours:
            little.turn(WAY[x], WAY[between], WAY[y], "only_straight_on" if only else "no_u_turn")
        for letter in self.bollards:
            little.tag(letter, barrier="bollard")
        for letter in self.gates - self.bollards:
            little.tag(letter, barrier="height_restrictor", maxheight="2.2")
        return little

    def far(self, u: str, x: str) -> str:
        return ENDS[x].replace(u, "", 1)

    def open(self, u: str, x: str) -> bool:
        """Say whether one drives from a junction into a street."""
        return x in self.streets and u in ENDS[x] and (u == ENDS[x][0] or x not in self.one_ways)

    def out_of(self, u: str) -> list[str]:
        return [x for x in sorted(self.streets) if self.open(u, x)]

    def forbidden(self, walk: str, *, looking_back: bool = True) -> set[str]:
        """List the streets that may not be driven into from the junction where a walk ends, by the map."""
        if len(walk) < 2:
            return set()
        x, via = walk[-2:]
        bound = [(y, only) for i, v, y, only in self.turns if (i, v) == (x, via)]
        if looking_back and len(walk) > 3:
            bound += [(d[4], d[5]) for d in self.detours if "".join(d[:4]) == walk[-4:]]
        outs = self.out_of(via)
        onlys = {y for y, only in bound if only and y in outs}
        banned = {y for y, only in bound if not only} | (set(outs) - onlys if onlys else set())
        return banned | (set(outs) - {x} if via in self.bollards else set())

    def missed(self, walk: str, i: int) -> set[str]:
        """List what could not be driven into at the junction walk[i], or would have led to that."""
        via, onward = walk[i], walk[i + 1]
        there = walk[: i + 1]
        ahead = {
            d[2] for d in self.detours
            if i and (d[0], d[1]) == (walk[i - 1], via) and d[2] != onward and self.open(d[3], d[4])
        }  # fmt: skip
        return {y for y in self.forbidden(there) | ahead if self.open(via, y)}

    def undoes(self, walk: str) -> bool:
        """Say whether turning round where the walk ends, and coming back, is a turn that was missed."""
        metres = 0.0
        for i in range(len(walk) - 2, -1, -1):
            metres += METRES[min(walk[i : i + 2], key=str.isupper)] / 2
            if metres >= U_TURN_M:
                return False
            if walk[i].islower():
                continue
            onward = walk[i + 1]
            if not self.open(self.far(walk[i], onward), onward):
                return False  # a one-way: nobody comes back
            again = self.forbidden(onward + walk[i], looking_back=False)
            if self.missed(walk, i) - again:
                return True
            if i == 0 or walk[i - 1] in again or walk[i - 1] == onward:
                return False
        return False

    def next(self, walk: str, stops: str, shut: frozenset[str]) -> Iterator[str]:
        """List what one may drive to from where a walk ends: a street's middle, or a junction."""
        at, before = walk[-1], walk[-2:-1]
        if at.islower():
            yield self.far(before, at)
            back = at in stops and self.open(self.far(before, at), at)
            if back and not self.undoes(walk):
                yield before
            return
        ways = [x for x in self.out_of(at) if x not in self.forbidden(walk)]
        for x in ways:
            if x != before:
                if not before or at not in shut:
                    yield x
            elif at in self.gates or not set(ways) - {x} or not self.undoes(walk):
                yield x

    def walks(
        self, start: str, steps: int, *, stops: str = "", shut: frozenset[str] = frozenset()
    ) -> set[str]:
        found = {start}
        for _ in range(steps):
            found = {walk + b for walk in found for b in self.next(walk, stops, shut)}
        return found


@st.composite
def towns(draw: st.DrawFn, *, barriers: bool) -> Town:
    streets = frozenset(ENDS) - draw(st.sets(STREETS, max_size=4))
    around = {u: sorted(x for x in streets if u in ENDS[x]) for u in AT}
    junctions = sorted(u for u in AT if around[u])

    def turn() -> tuple[str, str, str, bool]:
        via = draw(st.sampled_from(junctions))
        x, y = (draw(st.sampled_from(around[via])) for _ in range(2))
        return x, via, y, draw(st.integers(0, 3)) == 0

    def detour() -> tuple[str, str, str, str, str, bool]:
        between = draw(st.sampled_from(sorted(streets)))
        p, q = draw(st.permutations(ENDS[between]))
        others = [[x for x in around[u] if x != between] or [""] for u in (p, q)]
        return (
            draw(st.sampled_from(others[0])),
            p,
            between,
            q,
            draw(st.sampled_from(others[1])),
            draw(st.booleans()),
        )

    letters = st.sets(st.sampled_from(junctions), max_size=1)
    return Town(
        streets=streets,
        one_ways=frozenset(draw(st.sets(STREETS, max_size=3))),
        turns=tuple(turn() for _ in range(draw(st.integers(0, 4)))),
        detours=tuple(d for _ in range(draw(st.integers(0, 2))) if all(d := detour())),
        bollards=frozenset(draw(letters)) if barriers else frozenset(),
        gates=frozenset(draw(letters)) if barriers else frozenset(),
    )


def driven(roads: Roads, node: int, text: str, steps: int, travel: Travel) -> set[str]:
    """List the walks of so many half streets from a node of the graph."""
    row = row_of(roads, travel)
    out: dict[int, list[int]] = {}
    for edge in np.flatnonzero(row < NO_ENTRY_MS).tolist():
        out.setdefault(int(roads.edge_from[edge]), []).append(edge)
    points = ["".join(map(chr, roads.shape_osm[a + 1 : b])) for a, b in pairwise(roads.shape_offset.tolist())]
    want = len(text) + steps
    todo, found, seen = [(text, node)], set(), set()
    while todo:
        walk, at = todo.pop()
        found |= {walk} if len(walk) == want else set()
        for edge in out.get(at, ()) if len(walk) < want else ():
            then = walk + points[edge], int(roads.edge_to[edge])
            if len(then[0]) <= want and then not in seen:
                seen.add(then)
                todo.append(then)
    return found


def junction(roads: Roads, letter: str) -> int | None:
    """Find the junction itself: its copies come behind it."""
    nodes = np.flatnonzero(roads.node_osm == ord(letter))
    return int(nodes[0]) if len(nodes) else None


STRAIGHT = Town(frozenset(ENDS), frozenset(), (("c", "E", "k", False),), ())


@given(towns(barriers=True))
@example(STRAIGHT)
@settings(max_examples=25, deadline=None)
def test_exactly_what_undoes_no_forbidden_turn_can_be_driven(town: Town) -> None:
    with TemporaryDirectory() as folder:
        roads = town.map().roads(Path(folder))
    for travel, shut in (
        (Travel("car"), town.bollards), (LOW, town.bollards), (HIGH, town.bollards | town.gates),
    ):  # fmt: skip
        for letter in sorted(set(AT) - town.bollards - town.gates):
            start = junction(roads, letter)
            if start is not None:
                assert driven(roads, start, letter, 10, travel) == town.walks(letter, 10, shut=shut)


@given(towns(barriers=False), st.sets(STREETS, min_size=1, max_size=4))
@example(STRAIGHT, {"c", "d", "e", "h"})
@settings(max_examples=25, deadline=None)
def test_a_stop_changes_nothing_for_who_passes_and_binds_nobody_who_starts(
    town: Town, wanted: set[str]
) -> None:
    little, car = town.map(), Travel("car")
    with TemporaryDirectory() as folder:
        roads = little.roads(Path(folder))
    anchored = anchor(roads, tuple(little.lonlat(x) for x in sorted(wanted)), travels=[car])
    nodes = {chr(anchored.roads.node_osm[n]): n for n in anchored.nodes if n >= 0}
    stops = "".join(sorted(x for x in nodes if x.islower()))
    for letter in sorted(AT):
        start = junction(anchored.roads, letter)
        if start is not None:
            found = driven(anchored.roads, start, letter, 8, car)
            assert town.walks(letter, 8) <= found <= town.walks(letter, 8, stops=stops)
    for x in stops:
        found = driven(anchored.roads, nodes[x], x, 7, car)
        sides = [u for u in ENDS[x] if town.open(u, x)]
        assert found <= {walk[1:] for u in sides for walk in town.walks(u + x, 7, stops=stops)}
        onward = [{walk[1:] for walk in town.walks(u + x, 7)} <= found for u in sides]
        junctions = [np.count_nonzero(roads.node_osm == ord(u)) for u in ENDS[x]]
        assert all(onward) if max(junctions) == 1 else any(onward)
    if nodes:
        _agree(anchored.roads, np.unique(np.array(list(nodes.values()), np.int64)), car)


def _agree(roads: Roads, nodes: I64, travel: Travel) -> None:
    """Assert that the hierarchy, with stops hanging on it, is as fast as a plain search over all edges."""
    kind = kind_of(roads, travel)
    found = Router(roads, nodes).matrix(state(roads, kind, np.zeros(0, np.int64), np.zeros(0)))
    cost = usual_costs(roads, kind)
    open_ = np.flatnonzero(cost < NO_WAY_64)
    open_ = open_[np.argsort(-cost[open_], kind="stable")]  # of parallel edges the cheapest is written last
    ends = {(int(roads.edge_from[e]), int(roads.edge_to[e])): float(cost[e]) for e in open_.tolist()}
    rows, columns = zip(*ends, strict=True)
    plain = csr_array((list(ends.values()), (rows, columns)), shape=(roads.n_nodes, roads.n_nodes))
    far = dijkstra(plain, indices=nodes)[:, nodes]
    assert np.where(found < NO_WAY_64, found, np.inf).tolist() == far.tolist()
