"""Reach, cuts and what-ifs on real roads, beside networkx where it has the question; results are checked.

All runs on one thread and is measured in processor time, peers too, so that other work on the machine counts
less. Every repeat has closures of its own; what grows on the roads alone (usual ways, dominators when nothing
is shut) is there, as it is in a running engine, and a row of its own. A cut is checked by plain searches of
scipy: with its hazards lifted there is a way in and out, with any one of them left there is none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

import drawn
import real
from bench.rows import Row, row
from vado import network
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import I32, NO_ENTRY_MS, Bool, Roads
from vado.model.snapshot import Group, Snapshot, Travel
from vado.model.when import Interval
from vado.network.allowed import kind_of, usual_ms
from vado.network.cut import cutter
from vado.network.fragility import fragility
from vado.network.passage import passage

CAR = Travel("car")
TRAVELS = (CAR, Travel("van"), Travel("truck"))
AT, UNTIL = real.at(12), real.at(22)
CLOSED = 50  # edges of one closure
STORM = 60  # hazards of a storm
# How far a warning of the storm reaches, metres: each about that much, half to one and a half.
WIDE_M = {"andorra": 1000.0, "porto": 3000.0}
PASSING, PASSING_EDGES = 200, 10  # closures of a storm that passes, and edges of each
SCATTERED = 0.01  # share of all edges that each hazard of a scattered storm shuts


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    roads: Roads  # with stops anchored, as a step has them
    origin: int

    @property
    def towns(self) -> list[int]:
        nodes: list[int] = self.roads.places.node.tolist()
        return nodes


def measure(*, quick: bool) -> list[Row]:
    rows: list[Row] = []
    for name in ("andorra",) if quick else ("andorra", "porto"):
        case, anchored = _case(name, repeats=5)
        repeats = 10 if quick else 40
        rows += [
            *anchored,
            *_reach(case, repeats),
            *_single(case, repeats),
            *_storms(case),
            *_access(case),
            *_what_if(case, repeats),
        ]
        if not quick:
            rows += _fragility(case)
    return rows


@contextmanager
def stopwatch(into: list[float]) -> Iterator[None]:
    started = time.process_time()
    yield
    into.append(time.process_time() - started)


def _case(name: str, *, repeats: int) -> tuple[Case, list[Row]]:
    region = real.region(name)
    points = tuple(real.sites(region, 120, seed=1))
    first: list[float] = []
    again: list[float] = []
    for k in range(repeats):
        with stopwatch(first):
            network.anchor(region, points[k : 60 + k], travels=TRAVELS)
        with stopwatch(again):
            anchored = network.anchor(region, points[k : 60 + k], travels=TRAVELS)
    case = Case(name=name, roads=anchored.roads, origin=anchored.nodes[0])
    made: list[float] = []
    with stopwatch(made):
        _ask(case, _snapshot(case.roads, []))
    for town in case.towns[:3]:  # kernels are compiled, or read from disk
        _ask(case, _snapshot(case.roads, [_around(case.roads, town)]))
        _cut(case, _areas(case, 0), town)
    del first[0]  # with the tree of all road points in it, which is made once a region
    return case, [
        row(f"{name}: 60 stops put on the roads, new ones", "vado", first),
        row(f"{name}: the same stops again", "vado", again),
        row(
            f"{name}: reach, first time for these stops", "vado", made, note="usual ways grown, kernels read"
        ),
    ]


def _reach(case: Case, repeats: int) -> list[Row]:
    quiet: list[float] = []
    shut: list[float] = []
    told = 0
    random = np.random.default_rng(5)
    for _ in range(repeats):
        with stopwatch(quiet):
            _ask(case, _snapshot(case.roads, []))
        snapshot = _snapshot(case.roads, [_around(case.roads, int(random.integers(case.roads.n_nodes)))])
        with stopwatch(shut):
            found = _ask(case, snapshot)
        told += sum(not (one.reachable and one.leavable) for one in found)
        _check_reach(case, snapshot, found)
    graphs = [_graph(case.roads, travel, snapshot) for travel in TRAVELS]
    peer: list[float] = []
    with stopwatch(peer):
        for graph in graphs:
            for way in (graph, graph.reverse(copy=False)):
                nx.immediate_dominators(way, case.origin)
    work = f"{case.name}: reach of {len(case.towns)} places, 3 profiles"
    return [
        row(f"{work}, quiet", "vado", quiet, note=_p95(quiet)),
        row(
            f"{work}, after a closure of {CLOSED} edges",
            "vado",
            shut,
            note=f"{_p95(shut)}, {told} times cut off",
        ),
        row(f"{work}: dominators only", "networkx", peer, note=_ratio(peer, shut)),
    ]


def _single(case: Case, repeats: int) -> list[Row]:
    """Shut the roads around a town and ask why it is cut off."""
    ours: list[float] = []
    peer: list[float] = []
    towns = [town for town in case.towns if town != case.origin]
    for k in range(repeats):
        town = towns[k % len(towns)]
        snapshot = _snapshot(case.roads, [_around(case.roads, town, count=CLOSED + k // len(towns))])
        with stopwatch(ours):
            lines, proven = _cut(case, snapshot, town)
        if k < 3:
            graph = _graph(case.roads, CAR, snapshot, weighted=True)
            with stopwatch(peer):
                _fewest_shut(graph, case.origin, town)
        _check_cut(case, snapshot, town, lines)
        assert proven
    work = f"{case.name}: one closure, why a town is cut off, with names"
    return [
        row(work, "vado", ours, note=f"{_p95(ours)}; passage and cut"),
        row(work, "networkx", peer, note=f"ways over fewest shut edges, no names; {_ratio(peer, ours)}"),
    ]


def _storms(case: Case) -> list[Row]:
    rows: list[Row] = []
    for kind, make in (("areas", _areas), ("scattered", _scattered)):
        each: list[float] = []
        whole: list[float] = []
        cut = proven = fewest = 0
        for seed in (1, 2, 3):
            snapshot = make(case, seed)
            started = time.process_time()
            for town in case.towns:
                with stopwatch(each):
                    lines, is_proven = _cut(case, snapshot, town)
                cut += bool(lines)
                proven += bool(lines) and is_proven
                fewest = max(fewest, len(lines))
            whole.append(time.process_time() - started)
            for town in case.towns[:: max(1, len(case.towns) // 8)]:
                _check_cut(case, snapshot, town, _cut(case, snapshot, town)[0])
        shut = len(np.unique(snapshot.closures[CAR].edge)) / case.roads.n_edges
        work = f"{case.name}: storm of {STORM}, {kind}"
        rows += [
            row(f"{work}: one town's cut", "vado", each, note=f"{_p95(each)}; {shut:.0%} of edges shut"),
            row(
                f"{work}: all {len(case.towns)} towns, melting and names included",
                "vado",
                whole,
                note=f"{cut} cuts of up to {fewest} hazards in 3 storms, {proven} proven fewest",
            ),
        ]
    return rows


def _access(case: Case) -> list[Row]:
    """Ask when the anchored stops can be served while a storm passes, each closure at its own time."""
    each: list[float] = []
    told = 0
    region = case.roads.region
    assert region is not None
    stops = [case.origin, *range(region.n_nodes, case.roads.n_nodes)]
    groups = [Group(travel, (case.origin,), (case.origin,)) for travel in TRAVELS]
    for seed in (1, 2, 3):
        random = np.random.default_rng(seed)
        shut = []
        for k in range(PASSING):
            node = int(random.integers(case.roads.n_nodes))
            hazard, edges = _around(case.roads, node, number=k, count=PASSING_EDGES)
            start_s = AT + int(random.integers(-7200, 36_000))
            interval = Interval(start_s, start_s + int(random.integers(600, 40_000)))
            shut.append((replace(hazard, id=HazardId(f"h{k:03}"), interval=interval), edges))
        snapshot = _snapshot(case.roads, shut)
        with stopwatch(each):
            found = network.access(snapshot, stops, groups, horizon=Interval(AT, UNTIL))
        told += sum(len(one.cuts) for one in found.values())
    work = f"{case.name}: access of {len(stops)} stops, 3 profiles, {PASSING} closures that pass"
    return [row(work, "vado", each, note=f"{_p95(each)}; {told} cuts in 3 storms")]


def _what_if(case: Case, repeats: int) -> list[Row]:
    random = np.random.default_rng(7)
    hazards = [_around(case.roads, int(random.integers(case.roads.n_nodes)), number=k) for k in range(8)]
    hazards[0] = _around(case.roads, case.towns[1], number=0)
    snapshot = _snapshot(case.roads, hazards)
    _ask(case, snapshot)
    lifting: list[float] = []
    shutting: list[float] = []
    reopened = closed = 0
    for k in range(repeats):
        with stopwatch(lifting):
            answer = network.whatif(snapshot, (case.origin,), lift=[hazards[k % 8][0].id], travels=TRAVELS,
                                    at_s=AT, until_s=UNTIL)  # fmt: skip
        reopened += len(answer.changes)
        edges = tuple(_around(case.roads, int(random.integers(case.roads.n_nodes)))[1].tolist())
        with stopwatch(shutting):
            answer = network.whatif(snapshot, (case.origin,), shut=[network.Shut(label="x", edges=edges)],
                                    travels=TRAVELS, at_s=AT, until_s=UNTIL)  # fmt: skip
        closed += len(answer.changes)
        _check_reach(case, answer.snapshot, answer.after)
    work = f"{case.name}: what if, 8 closures in force, 3 profiles"
    return [
        row(f"{work}, one reopened", "vado", lifting, note=f"{_p95(lifting)}, {reopened} changes"),
        row(f"{work}, {CLOSED} edges shut", "vado", shutting, note=f"{_p95(shutting)}, {closed} changes"),
    ]


def _fragility(case: Case) -> list[Row]:
    region = real.region(case.name)
    once: list[float] = []
    with stopwatch(once):
        found = fragility(region, "van")
    note = f"{len(found.singles.target)} hangings on one segment, {len(found.pairs.target)} on pairs"
    return [row(f"{case.name}: fragility, singles and pairs", "vado", once, note=note)]


def _ask(case: Case, snapshot: Snapshot) -> tuple[Any, ...]:
    return network.reach(snapshot, (case.origin,), travels=TRAVELS, at_s=AT, until_s=UNTIL)


def _cut(case: Case, snapshot: Snapshot, town: int) -> tuple[tuple[Any, ...], bool]:
    ways = passage(snapshot, Group(CAR, (case.origin,), (case.origin,)), Interval(AT, UNTIL))
    found = cutter(snapshot, CAR, ways, ways.blocking[0])
    return found.of(town), found.proven(town)


def _snapshot(roads: Roads, shut: Sequence[tuple[Hazard, I32]]) -> Snapshot:
    touched = {hazard.id: edges for hazard, edges in shut}
    return network.snapshot(roads, [hazard for hazard, _ in shut], touched, travels=TRAVELS)


def _hazard(number: int) -> Hazard:
    plain = drawn.shut(drawn.roads("A--B"), "AB", real.at(0), real.at(24))
    return replace(plain, id=HazardId(f"h{number:02}"))


def _middles(roads: Roads) -> tuple[Any, Any]:
    a, b = roads.edge_from, roads.edge_to
    return (roads.node_lon[a] + roads.node_lon[b]) / 2, (roads.node_lat[a] + roads.node_lat[b]) / 2


def _metres(roads: Roads, lon: float, lat: float) -> Any:
    x, y = _middles(roads)
    return 111_195 * np.hypot((x - lon) * np.cos(np.radians(lat)), y - lat)


def _around(roads: Roads, node: int, *, number: int = 0, count: int = CLOSED) -> tuple[Hazard, I32]:
    """Shut the edges nearest to a node."""
    gap = _metres(roads, float(roads.node_lon[node]), float(roads.node_lat[node]))
    return _hazard(number), np.sort(np.argsort(gap, kind="stable")[:count]).astype(np.int32)


def _areas(case: Case, seed: int) -> Snapshot:
    """Draw round areas over the region, their middles where roads are."""
    random, roads = np.random.default_rng(seed), case.roads
    x, y = _middles(roads)
    shut = []
    for k in range(STORM):
        at = int(random.integers(roads.n_edges))
        inside = _metres(roads, float(x[at]), float(y[at])) < WIDE_M[case.name] * random.uniform(0.5, 1.5)
        shut.append((_hazard(k), np.flatnonzero(inside).astype(np.int32)))
    return _snapshot(roads, shut)


def _scattered(case: Case, seed: int) -> Snapshot:
    """Draw edges anywhere for each hazard: nothing an area can be melted from, the hardest there is."""
    random, roads = np.random.default_rng(seed), case.roads
    count = int(SCATTERED * roads.n_edges)
    return _snapshot(
        roads,
        [
            (_hazard(k), np.sort(random.choice(roads.n_edges, count, replace=False)).astype(np.int32))
            for k in range(STORM)
        ],
    )


def _open(roads: Roads, travel: Travel, snapshot: Snapshot, lifted: frozenset[str] = frozenset()) -> Bool:
    table = snapshot.closures[travel]
    stays = np.array([hazard.id not in lifted for hazard in snapshot.hazards], np.bool_)
    open_: Bool = usual_ms(roads, kind_of(roads, travel)) < NO_ENTRY_MS
    now = (table.factor <= 0) & (table.start_s <= AT) & (table.end_s > AT)
    now &= stays[table.hazard] if len(stays) else False
    open_[table.edge[now]] = False
    return open_


def _led(roads: Roads, open_: Bool, origin: int) -> tuple[Bool, Bool]:
    """Mark what the origin leads to, and what leads to it, by scipy."""
    a, b = roads.edge_from[open_], roads.edge_to[open_]
    graph = csr_array((np.ones(len(a), np.int8), (a, b)), shape=(roads.n_nodes, roads.n_nodes))
    found = np.zeros((2, roads.n_nodes), np.bool_)
    for way, matrix in enumerate((graph, graph.T.tocsr())):
        found[way, breadth_first_order(matrix, origin, return_predecessors=False)] = True
    return found[0], found[1]


def _check_reach(case: Case, snapshot: Snapshot, rows: Sequence[Any]) -> None:
    for travel in TRAVELS:
        into, out = _led(case.roads, _open(case.roads, travel, snapshot), case.origin)
        for one in rows:
            if one.travel == travel:
                node = case.towns[one.place]
                assert bool(into[node]) == any(AT in span for span in one.inward)
                assert bool(out[node]) == any(AT in span for span in one.outward)


def _check_cut(case: Case, snapshot: Snapshot, town: int, lines: Sequence[Any]) -> None:
    hazards = frozenset(line.hazard for line in lines)
    for left in (None, *sorted(hazards)):
        into, out = _led(case.roads, _open(case.roads, CAR, snapshot, hazards - {left}), case.origin)
        # No lines: it is open, or leads nowhere whatever is lifted.
        if left is None and not hazards and not (into[town] and out[town]):
            every = frozenset(hazard.id for hazard in snapshot.hazards)
            into, out = _led(case.roads, _open(case.roads, CAR, snapshot, every), case.origin)
            assert not (into[town] and out[town])
        else:
            assert (into[town] and out[town]) == (left is None)


def _graph(roads: Roads, travel: Travel, snapshot: Snapshot, *, weighted: bool = False) -> Any:
    """Make what networkx searches: open edges only, or all that may be driven, with 1 on what is shut."""
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(range(roads.n_nodes))
    open_ = _open(roads, travel, snapshot)
    used = usual_ms(roads, kind_of(roads, travel)) < NO_ENTRY_MS if weighted else open_
    for e in np.flatnonzero(used).tolist():
        a, b, weight = int(roads.edge_from[e]), int(roads.edge_to[e]), int(not open_[e])
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > weight:
            graph.add_edge(a, b, weight=weight)
    return graph


def _fewest_shut(graph: Any, origin: int, town: int) -> None:
    nx.dijkstra_path(graph, origin, town)
    nx.dijkstra_path(graph, town, origin)


def _p95(seconds: Sequence[float]) -> str:
    return f"p95 {1000 * float(np.percentile(seconds, 95)):.1f} ms"


def _ratio(peer: Sequence[float], ours: Sequence[float]) -> str:
    return f"{float(np.median(peer)) / max(1e-6, float(np.median(ours))):.0f} times ours"
