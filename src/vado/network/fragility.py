"""Fragility, before any storm: which single segments, and which pairs, isolate which places.

In: roads, a profile, hubs, the nodes of places. Out: `Hangs` of a place on one segment, and `Fragility` with
the pairs too. Refuses to know hazards; names and people are for `network.fragile_roads`.

A place is isolated when it has no way in from any hub, or no way out to any. The hub, where none is given, is
the heart of the network, see `heart`. A segment (`network.segments`) is shut in both directions. Singles come
from dominator trees, pairs from cuts of two units; both are exact, and what a bound left out is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import I32, I64, U8, Bool, Roads
from vado.network import _forced_kernels as forced
from vado.network import _fragility_kernels as kernels
from vado.network._csr import group
from vado.network.ground import Kept, ground
from vado.network.segments import drivable, segments, tangled

IN, OUT = 1, 2
# Two chains of bridges in a row make as many pairs as the one has segments times the other.
PAIRS_MAX_PER_PLACE = 2_000
# Segments between copies of junctions are tried one by one beside every other (20 ms each on Porto).
TRIED_MAX = 500
_HEART_STEPS_MAX = 64
_USUALLY = Kept(8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hangs:
    """H rows: this target is isolated when that segment is shut. Sorted by target, then segment."""

    target: I32  # [H] index into the targets asked for
    segment: I32  # [H] an edge, see `segments`
    ways: U8  # [H] IN, OUT or both: what is lost
    apart: U8  # [K] what each target has not, whatever is shut: no way in, no way out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """P rows: neither of the two isolates the target alone, both together do."""

    target: I32  # [P]
    one: I32  # [P] the lower segment
    two: I32
    ways: U8
    left_out: int  # pairs beyond PAIRS_MAX_PER_PLACE of a place
    untried: int  # segments beyond TRIED_MAX whose pairs may be missing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fragility:
    """What hangs on what in a region, for a profile; targets are `Roads.places`."""

    profile: str
    hubs: I64  # nodes
    singles: Hangs
    pairs: Pairs


def fragility(roads: Roads, profile: str, *, hubs: I64 | None = None) -> Fragility:
    """Find the single segments and the pairs that isolate the places of a region."""
    at = heart(roads, profile) if hubs is None else hubs
    nodes = roads.places.node.astype(np.int64)
    alone = hangs(roads, profile, at, nodes)
    return Fragility(profile=profile, hubs=at, singles=alone, pairs=pairs(roads, profile, at, nodes, alone))


def hangs(roads: Roads, profile: str, hubs: I64, targets: I64, *, shut: I32 | None = None) -> Hangs:
    """List the segments that each target (a node, or -1) hangs on while these edges are shut."""
    open_ = drivable(roads, profile)
    if shut is not None and len(shut):
        open_ = open_.copy()
        open_[shut] = False
    apart = np.zeros(len(targets), np.uint8)
    rows = []
    for way in (IN, OUT):
        above, found = _hangs_one_way(roads, profile, open_, hubs, targets, inward=way == IN)
        apart[(targets < 0) | (above[targets] == -2)] |= way
        rows.append(np.column_stack([found, np.full(len(found), way)]))
    table = _merged(np.concatenate(rows))
    return Hangs(target=table[:, 0].astype(np.int32), segment=table[:, 1].astype(np.int32),
                 ways=table[:, 2].astype(np.uint8), apart=apart)  # fmt: skip


def last_segments(
    roads: Roads, profile: str, hubs: I64, targets: I64, shut: I32
) -> tuple[tuple[I32, I32], ...]:
    """Give for each target the segments it hangs on now, and those of them it did not hang on before.

    Any one of them is the last way there: shut it, and the target is isolated.
    """
    now = hangs(roads, profile, hubs, targets, shut=shut)
    key = roads, profile, hubs.tobytes(), targets.tobytes()
    before = _USUALLY.get(key, lambda: hangs(roads, profile, hubs, targets))
    found = []
    for target in range(len(targets)):
        here = now.segment[now.target == target]
        found.append((here, np.setdiff1d(here, before.segment[before.target == target])))
    return tuple(found)


def heart(roads: Roads, profile: str) -> I64:
    """Find a node that no single segment cuts off from more than half of its part, as far as there is one.

    Starts at the town with most people in the largest part and crosses each segment that has the larger half
    of the network behind it. Where every node has such a segment (a one-way ring) it stays where it came to.
    """
    part = roads.node_part[roads.profile_index(profile)]
    inside = np.flatnonzero(part == 0)
    if not len(inside):
        return np.zeros(0, np.int64)
    towns = np.flatnonzero(part[roads.places.node] == 0)
    at = int(inside[0])
    if len(towns):
        at = int(roads.places.node[towns[np.argmax(roads.places.population[towns])]])
    open_ = drivable(roads, profile)
    seen = {at}
    for _ in range(_HEART_STEPS_MAX):
        further = _larger_half(roads, open_, at, inside)
        if further < 0 or further in seen:
            break
        at = further
        seen.add(at)
    return np.array([at], np.int64)


def pairs(roads: Roads, profile: str, hubs: I64, targets: I64, alone: Hangs) -> Pairs:
    """List the pairs of segments that isolate a target together and not alone."""
    open_ = drivable(roads, profile)
    left_out = untried = 0
    rows = [np.zeros((0, 4), np.int64)]
    for way in (IN, OUT):
        found, beyond, hard = _two_cuts(roads, profile, hubs, targets, alone, way)
        rows.append(found)
        left_out += beyond
        untried += max(0, len(hard) - TRIED_MAX)
        for segment in hard[:TRIED_MAX].tolist():
            without = open_ & (segments(roads) != segment)
            _, other = _hangs_one_way(roads, profile, without, hubs, targets, inward=way == IN)
            both = np.sort(np.column_stack([np.full(len(other), segment), other[:, 1]]), axis=1)
            rows.append(np.column_stack([other[:, 0], both, np.full(len(other), way)]))
    table = _merged(np.concatenate(rows))
    wide = np.int64(roads.n_edges)
    lone = alone.target * wide + alone.segment
    keep = table[:, 1] != table[:, 2]
    for column in (1, 2):
        keep &= ~np.isin(table[:, 0] * wide + table[:, column], lone)
    table = table[keep]
    return Pairs(target=table[:, 0].astype(np.int32), one=table[:, 1].astype(np.int32),
                 two=table[:, 2].astype(np.int32), ways=table[:, 3].astype(np.uint8),
                 left_out=left_out, untried=untried)  # fmt: skip


def _merged(rows: I64) -> I64:
    """Sort rows by all but the last column; equal ones become one with the bits of both."""
    if not len(rows):
        return rows.astype(np.int64)
    table = rows[np.lexsort(rows.T[::-1])]
    new = np.ones(len(table), np.bool_)
    new[1:] = (table[1:, :-1] != table[:-1, :-1]).any(axis=1)
    begin = np.flatnonzero(new)
    return np.column_stack([table[begin, :-1], np.bitwise_or.reduceat(table[:, -1], begin)])


def _links(roads: Roads, *, inward: bool) -> tuple[I64, I32, I32, I64, I32, I32]:
    """Give first, order, head, back_first, back_order, tail; of ways out all turned round."""
    g = ground(roads)
    onward, back = (g.out_first, g.out_order, g.head), (g.in_first, g.in_order, g.tail)
    return (*onward, *back) if inward else (*back, *onward)


def _hangs_one_way(
    roads: Roads, profile: str, open_: Bool, hubs: I64, targets: I64, *, inward: bool
) -> tuple[I32, I64]:
    """Give the dominator tree [N] and rows (target, segment)."""
    first, order, head, back_first, back_order, tail = _links(roads, inward=inward)
    segment = segments(roads)
    above, _ = forced.dominators(first, order, head, back_first, back_order, tail, open_, hubs)
    by, _ = kernels.entries(above, back_first, back_order, tail, open_, segment, hubs)
    hard = tangled(roads, profile, inward=inward)
    rows = kernels.chains(targets, above, by)
    more = kernels.tried(first, order, head, tail, open_, segment, hard, hubs, targets)
    key = np.unique(np.concatenate([rows, more]) @ np.array([roads.n_edges, 1], np.int64))
    return above, np.column_stack(np.divmod(key, roads.n_edges))


def _larger_half(roads: Roads, open_: Bool, at: int, inside: I64) -> int:
    """Find the node behind a segment with the larger half behind it, the farthest of them; -1: there is none.

    Which half a segment has behind it is asked of the dominator tree, both ways.
    """
    found, least = -1, len(inside) + 1
    start = np.array([at], np.int64)
    for inward in (True, False):
        first, order, head, back_first, back_order, tail = _links(roads, inward=inward)
        above, _ = forced.dominators(first, order, head, back_first, back_order, tail, open_, start)
        by, size = kernels.entries(above, back_first, back_order, tail, open_, segments(roads), start)
        behind = inside[(by[inside] >= 0) & (2 * size[inside] > len(inside))]
        if len(behind):
            smallest = int(behind[np.argmin(size[behind])])
            if size[smallest] < least:
                found, least = smallest, int(size[smallest])
    return found


def _two_cuts(
    roads: Roads, profile: str, hubs: I64, targets: I64, alone: Hangs, way: int
) -> tuple[I64, int, I32]:
    """List (target, segment, segment, way) by cuts of two units, count those beyond the bound, and list the
    segments to be tried one by one.

    Any pair meets both of two ways to its target. So it has one of the listed segments, or it is a cut of
    two edges: listed are those on the two ways that are tangled, or on both of them in opposite directions.
    """
    open_, hard = drivable(roads, profile), tangled(roads, profile, inward=way == IN)
    is_hard = np.zeros(roads.n_edges, np.bool_)
    is_hard[hard] = True
    to_try = [np.zeros(0, np.int32)]
    tail, head, segment, narrow = _with_gates(roads, open_, inward=way == IN)
    n = int(max(roads.n_nodes, tail.max(initial=-1) + 1, head.max(initial=-1) + 1))
    first, order = group(n, tail)
    back_first, back_order = group(n, head)
    every = np.ones(len(tail), np.bool_)
    rows, left_out = [np.zeros((0, 4), np.int64)], 0
    for target, node in enumerate(targets.tolist()):
        if node < 0 or alone.apart[target] & way:
            continue
        # What isolates it alone is in no pair: let as many ways as there are come by it.
        wide = np.zeros(roads.n_edges, np.bool_)
        wide[alone.segment[alone.target == target]] = True
        found, count, one, two = kernels.two_cuts(
            first, order, head, back_first, back_order, tail, every, narrow & ~wide[segment], hubs, node,
            PAIRS_MAX_PER_PLACE,
        )  # fmt: skip
        left_out += count - len(found)
        on_one, on_two = segment[one], segment[two]
        to_try += [on_one[is_hard[on_one]], on_two[is_hard[on_two]], np.intersect1d(on_one, on_two)]
        both = np.sort(segment[found], axis=1).reshape(-1, 2)
        rows.append(np.column_stack([np.full(len(both), target), both, np.full(len(both), way)]))
    return np.concatenate(rows), left_out, np.unique(np.concatenate(to_try))


def _with_gates(roads: Roads, open_: Bool, *, inward: bool) -> tuple[I32, I32, I32, Bool]:
    """Give tail, head, segment and whether it counts, of the open edges.

    Edges of one segment into one node share a gate, an edge of its own, so that they count as one.
    """
    on = np.flatnonzero(open_)
    tail, head = (
        (roads.edge_from[on], roads.edge_to[on]) if inward else (roads.edge_to[on], roads.edge_from[on])
    )
    segment = segments(roads)[on]
    key, index, count = np.unique(
        segment.astype(np.int64) * roads.n_nodes + head, return_inverse=True, return_counts=True
    )
    shared = count > 1
    gate = np.full(len(key), -1, np.int64)
    gate[shared] = roads.n_nodes + np.arange(int(shared.sum()))
    via = gate[index]
    return (
        np.concatenate([tail, gate[shared]]).astype(np.int32),
        np.concatenate([np.where(via >= 0, via, head), key[shared] % roads.n_nodes]).astype(np.int32),
        np.concatenate([segment, key[shared] // roads.n_nodes]).astype(np.int32),
        np.concatenate([via < 0, np.ones(int(shared.sum()), np.bool_)]),
    )
