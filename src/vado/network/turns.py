"""Turns: what relations, barriers and fords forbid, as rules on sequences of edges, and the graph that obeys.

In go chunks and what is mapped, out comes the graph's topology: which edge starts and ends at which copy of
a junction (`network.expand` makes the copies). What binds some profiles only makes a copied edge NO_ENTRY for
those; behind a gate, where only who keeps a limit gets through (a height restrictor), the limit is noted on
the copied edge. Via one node or via any number of roads is the same here: a sequence of edges, and what may
not, or may only, come next. Knows no clock: conditional restrictions are not obeyed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vado.model.raw_roads import RawRoads, RawTurn
from vado.model.roads import Bool
from vado.network.chunks import Chunks
from vado.network.expand import Expanded, Mask, Rule, Streets, expand
from vado.network.speeds import Profiles

# How many edges a drive from "from" to "to" may have. Ours: to bound the search, far above any real junction.
VIA_EDGES_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One mapped turn: a restriction with two ways in counts as two."""

    from_way: int
    via: int
    to_way: int
    kind: str
    via_is_way: bool
    enforced: bool
    why: str  # "" when it is enforced, else why not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topology(Expanded):
    """The graph, and what became of each mapped turn."""

    turns: tuple[TurnRow, ...]


def connect(
    raw: RawRoads,
    chunks: Chunks,
    profiles: Profiles,
    blocked: Mapping[int, Mask],
    gates: Mapping[int, Mask],
    signed: Bool,
) -> Topology:
    """Split what must be split. `blocked`: raw node -> profiles that cannot pass it.

    `gates`: raw node with limits -> profiles that do not keep them at their own size, perhaps none.
    `signed` [W]: ways with limits, also if every profile keeps them.
    """
    streets = Streets(chunks, signed[chunks.way[chunks.edge_chunk]])
    around = _Around(raw, chunks, streets)
    rules: list[Rule] = []
    rows = tuple(row for turn in raw.turns for row in _resolve(turn, around, profiles, rules))
    for node, mask in sorted(blocked.items()):
        rules += [
            Rule((a,), b, False, mask)
            for a in streets.into(node)
            for b in streets.out_of(node)
            if chunks.edge_chunk[a] != chunks.edge_chunk[b]
        ]
    graph = expand(chunks, streets, rules, set(blocked), gates)
    return Topology(turns=rows, **{name: getattr(graph, name) for name in Expanded.__dataclass_fields__})


class _Around:
    """The chunk edges of the roads that relations name."""

    def __init__(self, raw: RawRoads, chunks: Chunks, streets: Streets) -> None:
        self.streets = streets
        named = {w for turn in raw.turns for w in (*turn.from_ways, *turn.via_ways, *turn.to_ways)}
        mentioned = np.array(sorted(named), np.int64)
        self.ways = set(mentioned[np.isin(mentioned, raw.way_id)].tolist())
        self.edges: dict[int, list[int]] = {way: [] for way in self.ways}
        self.way: dict[int, int] = {}
        of = raw.way_id[chunks.way[chunks.edge_chunk]]
        for edge in np.flatnonzero(np.isin(of, mentioned)).tolist():
            self.way[edge] = int(of[edge])
            self.edges[int(of[edge])].append(edge)
        self.nodes: dict[int, set[int]] = {}
        for way in self.ways:
            at = int(np.searchsorted(raw.way_id, way))
            self.nodes[way] = set(raw.way_nodes[raw.way_offset[at] : raw.way_offset[at + 1]].tolist())
        via = np.array(sorted({node for turn in raw.turns for node in turn.via_nodes}), np.int64)
        found = np.flatnonzero(np.isin(raw.node_id, via))
        self.node_of_id = {int(raw.node_id[node]): node for node in found.tolist()}

    def into(self, node: int, way: int) -> list[int]:
        return [edge for edge in self.edges[way] if self.streets.edge_to[edge] == node]

    def out_of(self, node: int, way: int) -> list[int]:
        return [edge for edge in self.edges[way] if self.streets.edge_from[edge] == node]

    def meet(self, ways: tuple[int, ...]) -> bool:
        """Say whether each road has a node in common with the next."""
        return all(self.nodes[a] & self.nodes[b] for a, b in pairwise(ways))

    def chains(self, ways: tuple[int, ...]) -> list[tuple[int, ...]]:
        """List the drives along one edge of the first road and then the others; none passes a node twice."""
        edge_from, edge_to = self.streets.edge_from, self.streets.edge_to
        found: list[tuple[int, ...]] = []
        todo: list[tuple[tuple[int, ...], int]] = [((edge,), 0) for edge in self.edges[ways[0]]]
        while todo:
            path, at = todo.pop()
            if at == len(ways) - 1:
                found.append(path)
            if len(path) > VIA_EDGES_MAX:
                continue
            seen = {edge_from[edge] for edge in path[1:]} | {edge_to[path[-1]]}
            for step in (at, at + 1) if at else (1,):
                if step < len(ways):
                    nexts = self.out_of(edge_to[path[-1]], ways[step])
                    todo += [((*path, e), step) for e in nexts if edge_to[e] not in seen]
        return found


def _resolve(turn: RawTurn, around: _Around, profiles: Profiles, rules: list[Rule]) -> Iterable[TurnRow]:
    """Turn one relation into rows, and into bans where they can be obeyed."""
    tags = dict(turn.tags)
    exempt = {word.strip() for word in tags.get("except", "").split(";")} - {""}
    for key, value in turn.tags:
        if key == "except":
            continue
        mask = _bound(key, exempt, profiles)
        who = "" if mask == (1 << len(profiles.names)) - 1 else f" ({_names(mask, profiles)})"
        for from_way in turn.from_ways or (0,):
            for to_way in turn.to_ways or (0,):
                via = (turn.via_nodes or turn.via_ways or (0,))[0]
                is_way = bool(turn.via_ways) and not turn.via_nodes
                why = _why_not(key, value, turn, around, from_way, to_way)
                if not why and mask:
                    if is_way:
                        why = _forbid_via_ways(value, around, (from_way, *turn.via_ways), to_way, mask, rules)
                    else:
                        why = _forbid(value, around, from_way, via, to_way, mask, rules)
                yield TurnRow(
                    from_way=from_way, via=via, to_way=to_way, kind=value + who,
                    via_is_way=is_way, enforced=not why, why=why,
                )  # fmt: skip


def _bound(key: str, exempt: set[str], profiles: Profiles) -> Mask:
    """Say which profiles a restriction binds: restriction:hgv binds trucks, except=goods frees vans."""
    mask = 0
    for index, profile in enumerate(profiles.profiles):
        meant = key in ("restriction", "restriction:conditional") or key.split(":")[1] in profile.access
        if meant and not exempt & (set(profile.access) - {"access"}):
            mask |= 1 << index
    return mask


def _names(mask: Mask, profiles: Profiles) -> str:
    return ", ".join(name for index, name in enumerate(profiles.names) if mask >> index & 1) or "nobody"


def _why_not(key: str, value: str, turn: RawTurn, around: _Around, from_way: int, to_way: int) -> str:
    if key == "restriction:conditional":
        return "only at times"
    if not value.startswith(("no_", "only_")):
        return "not understood"
    if from_way not in around.ways or to_way not in around.ways:
        return "a road that is not in the region"
    if turn.via_ways and not turn.via_nodes:
        return "" if set(turn.via_ways) <= around.ways else "a road that is not in the region"
    if len(turn.via_nodes) != 1:
        return "no junction given"
    return ""


def _forbid(
    value: str,
    around: _Around,
    from_way: int,
    via: int,
    to_way: int,
    mask: Mask,
    rules: list[Rule],
) -> str:
    """Note the ban; gives why it can't be obeyed, or "" (also when nobody can make that turn anyway)."""
    node = around.node_of_id.get(via)
    if node is None:
        return "a junction that is not in the region"
    ins = around.into(node, from_way)
    outs = around.out_of(node, to_way)
    only = value.startswith("only_")
    if not ins or (not outs and not only):
        return ""
    if only and not outs:
        return "the only road allowed cannot be driven"
    back = around.streets.reverse
    if value == "no_u_turn" and from_way == to_way:
        rules += [Rule((edge,), back[edge], False, mask) for edge in ins if back[edge] in outs]
        return ""
    # A way that runs on through the junction leaves open which of its halves is meant.
    if len(ins) > 1 or len(outs) > 1:
        return "unclear which part of a road is meant"
    rules.append(Rule((ins[0],), outs[0], only, mask))
    return ""


def _forbid_via_ways(
    value: str, around: _Around, ways: tuple[int, ...], to_way: int, mask: Mask, rules: list[Rule]
) -> str:
    """Note a ban on driving along `ways`, all of them, and then into `to_way`; gives why it can't be obeyed.

    An "only" binds whoever has driven all of the roads between; who leaves them before is not spoken of.
    """
    if not around.meet((*ways, to_way)):
        return "roads that do not meet"
    edge_to = around.streets.edge_to
    chains = around.chains(ways)
    full = [(path, out) for path in chains for out in around.out_of(edge_to[path[-1]], to_way)]
    only = value.startswith("only_")
    if not full:
        return "the only road allowed cannot be driven" if only and chains else ""
    if len(full) > 1:
        return "unclear which part of a road is meant"
    rules.append(Rule(full[0][0], full[0][1], only, mask))
    return ""
