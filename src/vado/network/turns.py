"""Turns: junctions with a turn restriction, a barrier or a ford are split; a forbidden turn has no edge.

In go chunks and what is mapped, out comes the graph's topology: which edge starts and ends at which copy of
a junction. An edge that may not turn everywhere gets a copy of the junction it leads to, with copies of those
edges out of it that are allowed; so does one that leads to a gate, where only who keeps a limit gets through
(a height restrictor). The junction itself keeps all its edges, for who starts there. What binds some profiles
only makes a copied edge NO_ENTRY for those. Knows no clock: conditional restrictions are not obeyed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vado.model.raw_roads import RawRoads, RawTurn
from vado.model.roads import I32, I64, NO_ENTRY_MS
from vado.network.chunks import Chunks
from vado.network.speeds import Profiles

Mask = int  # bit p set: binds profile p


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
class Topology:
    """M edges between graph nodes; edge e drives chunk edge `edge_of[e]`."""

    node_raw: (
        I64  # [N] index into RawRoads.node_id; copies of a junction follow each other, the junction first
    )
    edge_of: I64  # [M] index into the chunk edges
    edge_from: I32  # [M] graph node
    edge_to: I32  # [M]
    edge_ms: I32  # [P, M]
    edge_gate: I64  # [M] raw node whose limits also bind who drives it: it leads out of that node; -1 none
    turns: tuple[TurnRow, ...]
    split: I64  # indices into RawRoads.node_id of nodes with copies


@dataclass(slots=True)
class _Forbidden:
    """What is forbidden where an edge ends: bans by edge out, and for whom only some edges are left."""

    bans: dict[int, Mask] = field(default_factory=lambda: defaultdict(int))
    onlys: dict[int, Mask] = field(default_factory=lambda: defaultdict(int))
    gates: dict[int, Mask] = field(
        default_factory=dict
    )  # edge out -> profiles too large for the limits there

    def mask(self, out: int) -> Mask:
        """Say whom the turn into `out` is forbidden. Two "only" restrictions allow what either allows."""
        bound = 0
        for allowed in self.onlys.values():
            bound |= allowed
        return self.bans.get(out, 0) | (bound & ~self.onlys.get(out, 0))


def connect(
    raw: RawRoads, chunks: Chunks, profiles: Profiles, blocked: Mapping[int, Mask], gates: Mapping[int, Mask]
) -> Topology:
    """Split what must be split. `blocked`: raw node -> profiles that cannot pass it.

    `gates`: raw node with limits -> profiles that do not keep them at their own size, perhaps none.
    """
    via_ids = {via for turn in raw.turns for via in turn.via_nodes}
    vias = set(np.flatnonzero(np.isin(raw.node_id, np.array(sorted(via_ids), np.int64))).tolist())
    around = _Around(raw, chunks, vias | set(blocked) | set(gates))
    forbidden: dict[int, _Forbidden] = defaultdict(_Forbidden)
    rows = [row for turn in raw.turns for row in _resolve(turn, around, profiles, forbidden)]
    for node, mask in blocked.items():
        for a in around.into[node]:
            for b in around.out_of[node]:
                if chunks.edge_chunk[a] != chunks.edge_chunk[b]:
                    forbidden[a].bans[b] |= mask
    for node, mask in gates.items():
        for a in around.into[node]:
            for b in around.out_of[node]:
                if chunks.edge_chunk[a] != chunks.edge_chunk[b]:
                    forbidden[a].gates[b] = mask
    return _split(chunks, around, forbidden, tuple(rows), set(blocked) | set(gates))


class _Around:
    """The chunk edges into and out of those nodes that matter."""

    def __init__(self, raw: RawRoads, chunks: Chunks, nodes: set[int]) -> None:
        self.node_of_id = {int(raw.node_id[node]): node for node in nodes}
        self.into: dict[int, list[int]] = {node: [] for node in nodes}
        self.out_of: dict[int, list[int]] = {node: [] for node in nodes}
        wanted = np.array(sorted(nodes), np.int64)
        self.way: dict[int, int] = {}
        for ends, lists in ((chunks.edge_to, self.into), (chunks.edge_from, self.out_of)):
            for edge in np.flatnonzero(np.isin(ends, wanted)).tolist():
                lists[int(ends[edge])].append(edge)
                self.way[edge] = int(raw.way_id[chunks.way[chunks.edge_chunk[edge]]])
        named = {way for turn in raw.turns for way in (*turn.from_ways, *turn.to_ways)}
        mentioned = np.array(sorted(named), np.int64)
        self.ways = set(mentioned[np.isin(mentioned, raw.way_id)].tolist())


def _resolve(
    turn: RawTurn, around: _Around, profiles: Profiles, forbidden: dict[int, _Forbidden]
) -> Iterable[TurnRow]:
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
                    why = _forbid(value, around, from_way, via, to_way, mask, forbidden)
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
    if len(turn.via_nodes) != 1:
        return "via a road" if turn.via_ways else "no junction given"
    return ""


def _forbid(
    value: str,
    around: _Around,
    from_way: int,
    via: int,
    to_way: int,
    mask: Mask,
    forbidden: dict[int, _Forbidden],
) -> str:
    """Note the ban; gives why it can't be obeyed, or "" (also when nobody can make that turn anyway)."""
    node = around.node_of_id.get(via)
    if node is None:
        return "a junction that is not in the region"
    ins = [edge for edge in around.into[node] if around.way[edge] == from_way]
    outs = [edge for edge in around.out_of[node] if around.way[edge] == to_way]
    only = value.startswith("only_")
    if not ins or (not outs and not only):
        return ""
    if only and not outs:
        return "the only road allowed cannot be driven"
    # A way that runs on through the junction leaves open which of its halves is meant.
    if len(ins) > 1 or len(outs) > 1:
        return "unclear which part of a road is meant"
    if only:
        forbidden[ins[0]].onlys[outs[0]] |= mask
    else:
        forbidden[ins[0]].bans[outs[0]] |= mask
    return ""


def _split(
    chunks: Chunks,
    around: _Around,
    forbidden: Mapping[int, _Forbidden],
    rows: tuple[TurnRow, ...],
    blocked: set[int],
) -> Topology:
    """Give each edge that may not turn everywhere its own copy of the junction it leads to."""
    open_to = _open_masks(chunks.edge_ms)  # to who is small enough, too
    copies: list[tuple[int, int, list[tuple[int, Mask]]]] = []  # (raw node, edge in, [(edge out, for whom)])
    redirected: dict[int, int] = {}
    for edge in sorted(forbidden):
        node = int(chunks.edge_to[edge])
        outs = [(out, open_to[out] & ~forbidden[edge].mask(out)) for out in around.out_of[node]]
        if not forbidden[edge].gates and all(mask == open_to[out] for out, mask in outs):
            continue
        redirected[edge] = len(copies)
        copies.append((node, edge, [(out, mask) for out, mask in outs if mask]))

    # A barrier needs no copy for who starts in it: whoever is there came from one of its sides.
    covered = {out for node, _, outs in copies if node in blocked for out, _ in outs}
    reached = {node for node in blocked if any(edge not in redirected for edge in around.into[node])}
    keeps = np.ones(len(chunks.edge_from), np.bool_)
    for node in blocked - reached:
        for out in around.out_of[node]:
            keeps[out] = out not in covered

    kept = np.flatnonzero(keeps)
    of = np.concatenate([kept, np.array([out for *_, outs in copies for out, _ in outs], np.int64)])
    copy_of = np.array([copy for copy, (*_, outs) in enumerate(copies) for _ in outs], np.int64)
    # Keys sort as (raw node, copy): 0 is the junction itself, copies are numbered from 1.
    at_copy = np.array([node for node, *_ in copies], np.int64)
    into = chunks.edge_to * (len(copies) + 1)
    for edge, copy in redirected.items():
        into[edge] += copy + 1
    keys_from = np.concatenate(
        [
            chunks.edge_from[kept] * (len(copies) + 1),
            at_copy[copy_of] * (len(copies) + 1) + copy_of + 1,
        ]
    )
    keys_to = into[of]
    ms = chunks.edge_ms[:, of].copy()
    masks = np.array([mask for *_, outs in copies for _, mask in outs], np.int64)
    passing = [forbidden[edge].gates.get(out) for _, edge, outs in copies for out, _ in outs]
    large = np.array([mask or 0 for mask in passing], np.int64)
    gate = np.full(len(of), -1, np.int64)
    gate[len(kept) :] = np.where([mask is not None for mask in passing], at_copy[copy_of], -1)
    for profile in range(len(ms)):
        row = ms[profile, len(kept) :]
        row[(large >> profile & 1 == 1) & (row < NO_ENTRY_MS)] += NO_ENTRY_MS
        row[(masks >> profile & 1) == 0] = NO_ENTRY_MS

    keys = np.unique(np.concatenate([keys_from, keys_to]))
    order = np.lexsort((keys_from, of))
    return Topology(
        node_raw=keys // (len(copies) + 1),
        edge_of=of[order],
        edge_from=np.searchsorted(keys, keys_from)[order].astype(np.int32),
        edge_to=np.searchsorted(keys, keys_to)[order].astype(np.int32),
        edge_ms=np.ascontiguousarray(ms[:, order]),
        edge_gate=gate[order],
        turns=rows,
        split=np.unique(at_copy),
    )


def _open_masks(edge_ms: I32) -> Sequence[Mask]:
    masks = np.zeros(edge_ms.shape[1], np.int64)
    for profile in range(len(edge_ms)):
        masks |= (edge_ms[profile] != NO_ENTRY_MS).astype(np.int64) << profile
    return masks.tolist()
