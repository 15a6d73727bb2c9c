"""Router: matrices and paths between any nodes of roads, stops inside edges among them, under given costs.

In: roads (anchored or not), a kind of travel, the edges that closures slow or shut. Out: packed costs
(`network.costs`) and edges. Refuses to know time: the costs are those of one slot.

Customised metrics belong to the region, not to the stops: the one with nothing closed is made once a
kind, a slot's is like it with some edges changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from vado.model.hierarchy import Hierarchy
from vado.model.roads import F64, I64, Roads
from vado.network.allowed import Kind
from vado.network.costs import costs_under, milliseconds, usual_costs
from vado.network.ground import Kept
from vado.network.links import Links, PartCosts, Ranges, links
from vado.network.metric import NO_WAY_64, Metric, Points, change_each, select_entries
from vado.network.spares import Spares


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The region's hierarchy customised for some costs, and what the parts of split edges cost beside it."""

    roads: Roads
    links: Links
    parts: PartCosts
    metric: Metric
    by_parts: frozenset[int]  # split edges that are cheaper driven part by part


class _Usual:
    """Keeps the metrics of the newest few (hierarchy, kind), whatever roads they were first asked for.

    Threads may ask at once; of two that miss the same one, both make it and one is kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._kept: dict[tuple[Hierarchy, Kind], Spares] = {}

    def of(self, hierarchy: Hierarchy, roads: Roads, kind: Kind) -> Spares:
        return self.make(hierarchy, roads, [kind])[kind]

    def make(self, hierarchy: Hierarchy, roads: Roads, kinds: Iterable[Kind]) -> dict[Kind, Spares]:
        """Get the metrics of some kinds; of the last few of them, what is missing is made, together."""
        asked = list(dict.fromkeys(kinds))[-self._limit :]
        with self._lock:
            found = {
                kind: known for kind in asked if (known := self._kept.get((hierarchy, kind))) is not None
            }
        new = [kind for kind in asked if kind not in found]
        # Not under the lock: others need not wait until these are customised.
        costs = [usual_costs(roads, kind)[: hierarchy.n_edges] for kind in new]
        for kind, made in zip(new, Metric.each(hierarchy, costs), strict=True):
            with self._lock:
                found[kind] = self._kept.setdefault((hierarchy, kind), Spares(made))
                while len(self._kept) > self._limit:
                    self._kept.pop(next(iter(self._kept)))
        return found


_USUAL = _Usual(8)


def prepare(roads: Roads, kinds: Iterable[Kind]) -> None:
    """Customise for some kinds of travel with nothing closed, together; what is ready stays."""
    _USUAL.make(links(roads).hierarchy, roads, kinds)


def state(roads: Roads, kind: Kind, edges: I64, factor: F64) -> State:
    """Customise for a slot: `edges` are driven at `factor` of their usual speed, 0 is shut."""
    return states(roads, kind, [(edges, factor)])[0]


def states(roads: Roads, kind: Kind, slots: Sequence[tuple[I64, F64]]) -> list[State]:
    """Customise for several slots, together where all of the hierarchy has to be."""
    known = links(roads)
    usual = _USUAL.of(known.hierarchy, roads, kind)
    found = [_costs(roads, known, kind, edges, factor) for edges, factor in slots]
    taken = [usual.take() for _ in slots]
    changed = [np.union1d(own.edges, before) for own, (_, before) in zip(found, taken, strict=True)]
    costs = [own.at(edges) for own, edges in zip(found, changed, strict=True)]
    metrics = [metric for metric, _ in taken]
    change_each(metrics, changed, costs)
    for metric, own in zip(metrics, found, strict=True):
        usual.watch(metric, own.edges)
    return [
        State(roads, known, own.parts, metric, own.by_parts)
        for own, metric in zip(found, metrics, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Costs:
    """What a slot's closures make of the costs, where they make anything of them."""

    usual: I64  # [M] packed
    edges: I64  # [k] of the region that do not cost what they usually do, sorted
    cost: I64  # [k]
    parts: PartCosts
    by_parts: frozenset[int]  # split edges that are cheaper driven part by part

    def at(self, edges: I64) -> I64:
        """Give what some edges cost, all of `self.edges` among them; sorted."""
        found = self.usual[edges]
        found[np.searchsorted(edges, self.edges)] = self.cost
        return found


def _costs(roads: Roads, known: Links, kind: Kind, edges: I64, factor: F64) -> _Costs:
    usual, n = usual_costs(roads, kind), known.hierarchy.n_edges
    under = costs_under(roads, kind, edges, factor)
    whole = edges < n
    own = usual[n:].copy()
    own[edges[~whole] - n] = under[~whole]
    parts = PartCosts.of(known, own)
    changed, first = np.unique(edges[whole], return_index=True)
    slot = _Costs(usual=usual, edges=changed, cost=under[whole][first], parts=parts, by_parts=frozenset())
    at = np.union1d(changed, known.whole)
    cost, where = slot.at(at), np.searchsorted(at, known.whole)
    through = parts.between(known.whole_low, known.whole_high)
    cheaper = through < cost[where]
    if not cheaper.any():
        return slot
    cost[where[cheaper]] = through[cheaper]
    return replace(slot, edges=at, cost=cost, by_parts=frozenset(known.whole[cheaper].tolist()))


class Router:
    """S nodes to travel between; what part of the hierarchy they need is found once."""

    def __init__(self, roads: Roads, nodes: Sequence[int] | I64) -> None:
        self.links = links(roads)
        self.nodes: I64 = np.asarray(nodes, np.int64)
        self._sources = _Ends(self.links, self.links.exits, self.nodes)
        self._targets = _Ends(self.links, self.links.entries, self.nodes)
        self._points: Points = select_entries(
            self.links.hierarchy, self._sources.first, self._sources.node, self._targets.first,
            self._targets.node,
        )  # fmt: skip
        self._direct = self._find_direct()
        self._same = np.nonzero(self.nodes[:, None] == self.nodes[None, :])

    def _find_direct(self) -> tuple[I64, I64, I64]:
        """List who of the S can be driven to without leaving an edge: (source, target, row of `direct`)."""
        direct, n = self.links.direct, self.links.hierarchy.n_nodes
        position: dict[int, list[int]] = {}
        for k, node in enumerate(self.nodes.tolist()):
            if node >= n:
                position.setdefault(node, []).append(k)
        rows = [
            (a, b, row)
            for node, sources in position.items()
            for row in direct.rows(node - n)
            for b in position.get(int(direct.node[row]), ())
            for a in sources
        ]
        table = np.array(rows, np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def matrix(self, at: State) -> I64:
        """Give the packed costs [S, S]; `NO_WAY_64` where there is no way, 0 from a node to itself."""
        found: I64 = at.metric.matrix(self._points, self._sources.cost(at), self._targets.cost(at))
        a, b, row = self._direct
        direct = at.links.direct
        np.minimum.at(found, (a, b), at.parts.between(direct.low[row], direct.high[row]))
        found[self._same] = 0
        return found

    def path(self, at: State, source: int, target: int) -> list[int]:
        """Give the edges of the cheapest way between two of the S; none when there is none."""
        return path(at, int(self.nodes[source]), int(self.nodes[target]))


_ROUTERS = Kept(4)


def router(roads: Roads, nodes: I64) -> Router:
    """Get the router between some nodes; a new alert mostly finds the same stops, so the newest few stay."""
    return _ROUTERS.get((roads, nodes.tobytes()), lambda: Router(roads, nodes))


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """How S nodes hang on the hierarchy, as entries: a node of it hangs on itself, without any part."""

    first: I64
    node: I64
    low: I64
    high: I64  # low - 1: no part
    inner: I64  # entries that have parts

    def __init__(self, links: Links, ranges: Ranges, nodes: I64) -> None:
        n = links.hierarchy.n_nodes
        is_inner = nodes >= n
        inner = np.where(is_inner, nodes - n, 0)
        if len(ranges.first) > 1:
            begin = np.where(is_inner, ranges.first[inner], 0)
            count = np.where(is_inner, ranges.first[inner + 1] - ranges.first[inner], 1)
        else:
            begin, count = np.zeros(len(nodes), np.int64), np.ones(len(nodes), np.int64)
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
        row = np.arange(first[-1]) - np.repeat(first[:-1] - begin, count)
        own = np.repeat(is_inner, count)
        node = np.repeat(nodes, count)
        node[own] = ranges.node[row[own]]
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "node", node)
        object.__setattr__(self, "low", ranges.low[row[own]])
        object.__setattr__(self, "high", ranges.high[row[own]])
        object.__setattr__(self, "inner", np.flatnonzero(own))

    def cost(self, at: State) -> I64:
        found = np.zeros(len(self.node), np.int64)
        found[self.inner] = at.parts.between(self.low, self.high)
        return found


def _hangs_on(known: Links, ranges: Ranges, at: State, node: int) -> list[tuple[int, int, range]]:
    """List (node of the hierarchy, cost to or from it, parts) for a node."""
    inner = known.inner(node)
    if inner < 0:
        return [(node, 0, range(0))]
    found = []
    for row in ranges.rows(inner):
        low, high = ranges.low[row : row + 1], ranges.high[row : row + 1]
        cost = int(at.parts.between(low, high)[0])
        found.append((int(ranges.node[row]), cost, range(int(low[0]), int(high[0]) + 1)))
    return found


def path(at: State, origin: int, target: int) -> list[int]:
    """Give the edges of the cheapest way between two nodes, in driving order; none when there is none."""
    if origin == target:
        return []
    known = at.links
    best, edges = NO_WAY_64, list[int]()
    if known.inner(origin) >= 0:
        direct = known.direct
        for row in direct.rows(known.inner(origin)):
            cost = int(at.parts.between(direct.low[row : row + 1], direct.high[row : row + 1])[0])
            if direct.node[row] == target and cost < best:
                best, edges = cost, list(range(int(direct.low[row]), int(direct.high[row]) + 1))
    for a, before, out in _hangs_on(known, known.exits, at, origin):
        for b, after, into in _hangs_on(known, known.entries, at, target):
            if before + after >= best:
                continue
            between, inside = at.metric.path(a, b)
            if before + int(between) + after < best:
                best = before + int(between) + after
                edges = [*out, *_in_parts(at, inside), *into]
    return edges


def _in_parts(at: State, edges: list[int]) -> list[int]:
    """Write those split edges as their parts that are cheaper so."""
    if at.by_parts.isdisjoint(edges):
        return edges
    known = at.links
    ranges = {
        int(e): range(int(low), int(high) + 1)
        for e, low, high in zip(known.whole, known.whole_low, known.whole_high, strict=True)
        if int(e) in at.by_parts
    }
    return [part for edge in edges for part in ranges.get(edge, (edge,))]


def remaining_ms(at: State, target: int) -> F64:
    """Give for every node [N] the milliseconds to a target at these costs; inf where it cannot be reached."""
    known = at.links
    ends = _hangs_on(known, known.entries, at, target)
    nodes = np.array([node for node, _, _ in ends], np.int64)
    offsets = np.array([cost for _, cost, _ in ends], np.int64)
    base = at.metric.to_all(nodes, offsets, backwards=True)
    found = np.full(at.roads.n_nodes, NO_WAY_64, np.int64)
    found[: len(base)] = base
    exits, direct = known.exits, known.direct
    np.minimum.at(found, exits.at, at.parts.between(exits.low, exits.high) + base[exits.node])
    to_target = direct.node == target
    np.minimum.at(
        found, direct.at[to_target], at.parts.between(direct.low[to_target], direct.high[to_target])
    )
    found[target] = 0
    return np.where(found < NO_WAY_64, milliseconds(found), np.inf)
