"""Passage: which nodes a group of vehicles has a way in to, and a way out from, slot by slot.

In: a snapshot, a group, a period. Out: `Passage`. Within a slot nothing opens or shuts, so this is plain
reachability; who is under way while something changes is not its business. Which hazards do it may still
change within a slot, where one shuts a road before another opens it: `moments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from vado.model.roads import I32, I64, Bool
from vado.model.snapshot import Group, Snapshot, Travel
from vado.model.when import Interval
from vado.network.pieces import Pieces, pieces
from vado.network.slots import SLOTS_MAX, Slots, cut_slots

# Of one slot. A reason names few of them; each may need a search of its own.
MOMENTS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    slots: Slots
    sources: I64  # nodes where the group comes from, distinct
    targets: I64  # nodes where it has to get to
    pieces: Pieces
    starts: I32  # the sources' pieces
    goals: I32  # the targets' pieces
    spells: I64  # [3, R] hazard, from when, until when: each time in which a hazard shuts something
    blocking: Bool  # [K, H] hazards that shut something as slot k begins; in a merged one, at any time in it
    touching: Bool  # [K, H] hazards that shut something at any time in slot k
    piece_in: Bool  # [K, P] some source leads there in slot k
    piece_out: Bool  # [K, P] it leads to some target

    def inward(self, node: int | I64) -> Bool:
        """Say for each slot whether some source leads to a node, or to each of several: [K] or [K, n]."""
        found: Bool = self.piece_in[:, self.pieces.label[node]]
        return found

    def outward(self, node: int | I64) -> Bool:
        """Say for each slot whether a node leads to some target: [K], or [K, n] for several."""
        found: Bool = self.piece_out[:, self.pieces.label[node]]
        return found

    def moments(self, slot: int) -> tuple[tuple[Interval, Bool], ...]:
        """Part a slot where other hazards begin or cease to shut roads: (period, who shuts then [H]).

        No more than MOMENTS_MAX; the last one is then told by its beginning. A merged slot is one moment.
        """
        interval = self.slots.intervals[slot]
        if self.slots.merged[slot]:
            return ((interval, self.touching[slot]),)
        of = self.spells[1:, self.touching[slot][self.spells[0]]]
        inside = np.unique(of[(interval.start_s < of) & (of < interval.end_s)])[: MOMENTS_MAX - 1].tolist()
        periods = (Interval(a, b) for a, b in pairwise([interval.start_s, *inside, interval.end_s]))
        return tuple((period, self.shutting(period.start_s)) for period in periods)

    def shutting(self, instant_s: int) -> Bool:
        """Mark the hazards [H] that shut something at an instant."""
        return _shutting(self.spells, instant_s, self.pieces.hazards)


@lru_cache(maxsize=24)
def passage(snapshot: Snapshot, group: Group, period: Interval) -> Passage:
    """Find ways in and out for every slot of the period; for a group anywhere, from and to the main network.

    The main network is the largest part that hangs together whatever shuts in the period. InputError for a
    way of travelling that the snapshot was not made for.
    """
    travel = group.travel
    slots = cut_slots([snapshot.table(travel)], period, limit=SLOTS_MAX)
    melted = pieces(snapshot, travel, period)
    if group.anywhere:
        sources = targets = _main(melted)
    else:
        sources, targets = _distinct(group.starts), _distinct(group.ends)
    starts = np.unique(melted.label[sources]).astype(np.int32)
    goals = np.unique(melted.label[targets]).astype(np.int32)
    spells = _spells(snapshot, travel)
    touching = _touching(spells, slots, len(snapshot.hazards))
    blocking = touching.copy()
    for k, interval in enumerate(slots.intervals):
        if not slots.merged[k]:
            blocking[k] = _shutting(spells, interval.start_s, len(snapshot.hazards))
    piece_in = np.zeros((len(slots), melted.count), np.bool_)
    piece_out = np.zeros((len(slots), melted.count), np.bool_)
    for k in range(len(slots)):  # slots that differ in speed only, or come back, are answered once
        piece_in[k] = melted.side(starts, blocking[k], inward=True)
        piece_out[k] = melted.side(goals, blocking[k], inward=False)
    return Passage(slots=slots, sources=sources, targets=targets, pieces=melted, starts=starts,
                   goals=goals, spells=spells, blocking=blocking, touching=touching,
                   piece_in=piece_in, piece_out=piece_out)  # fmt: skip


def _spells(snapshot: Snapshot, travel: Travel) -> I64:
    """List the times in which each hazard shuts something: all of its edges share them."""
    table = snapshot.closures[travel]
    shut = table.factor <= 0
    edge, hazard = table.edge[shut], table.hazard[shut]
    first = np.full(len(snapshot.hazards), -1, np.int32)
    first[hazard[::-1]] = edge[::-1]  # of an index that comes again the last one counts
    one = edge == first[hazard]
    spells: I64 = np.stack([hazard[one].astype(np.int64), table.start_s[shut][one], table.end_s[shut][one]])
    return spells


def _shutting(spells: I64, instant_s: int, count: int) -> Bool:
    """Mark the hazards that shut something at an instant."""
    marked = np.zeros(count, np.bool_)
    marked[spells[0, (spells[1] <= instant_s) & (instant_s < spells[2])]] = True
    return marked


def _touching(spells: I64, slots: Slots, count: int) -> Bool:
    """Mark for each slot the hazards that shut something at any time in it."""
    marked = np.zeros((len(slots), count), np.bool_)
    for k, interval in enumerate(slots.intervals):
        last_s = max(interval.end_s - 1, interval.start_s)
        marked[k, spells[0, (spells[1] <= last_s) & (interval.start_s < spells[2])]] = True
    return marked


def _distinct(nodes: Sequence[int]) -> I64:
    found: I64 = np.unique(np.array([node for node in nodes if node >= 0], np.int64))
    return found


def _main(melted: Pieces) -> I64:
    if not len(melted.label) or melted.count == len(melted.label):
        return np.zeros(0, np.int64)
    return np.flatnonzero(melted.label == np.bincount(melted.label).argmax()).astype(np.int64)
