"""Passage: which nodes have a way in from the origins and a way out to them, slot by slot.

In: a snapshot, a way of travelling, the origins, a period. Out: `Passage`. Within a slot nothing opens or
shuts, so this is plain reachability; who is under way while something changes is not its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vado.model.roads import I32, I64, Bool
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import NEVER_S, Interval
from vado.network.pieces import Pieces, pieces
from vado.network.slots import SLOTS_MAX, Slots, cut_slots


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    slots: Slots
    origins: I64  # nodes, distinct
    pieces: Pieces
    starts: I32  # the origins' pieces
    blocking: Bool  # [K, H] hazards that shut something in slot k
    piece_in: Bool  # [K, P] some origin leads there in slot k
    piece_out: Bool  # [K, P] it leads to some origin

    def inward(self, node: int | I64) -> Bool:
        """Say for each slot whether some origin leads to a node, or to each of several: [K] or [K, n]."""
        found: Bool = self.piece_in[:, self.pieces.label[node]]
        return found

    def outward(self, node: int | I64) -> Bool:
        """Say for each slot whether a node leads to some origin: [K], or [K, n] for several."""
        found: Bool = self.piece_out[:, self.pieces.label[node]]
        return found


@lru_cache(maxsize=24)
def passage(snapshot: Snapshot, travel: Travel, origins: tuple[int, ...] | None, period: Interval) -> Passage:
    """Find ways in and out for every slot of the period; without origins, from and to the main network.

    The main network is the largest part that hangs together whatever shuts in the period.
    """
    table = snapshot.closures[travel]
    slots = cut_slots([table], period, limit=SLOTS_MAX)
    melted = pieces(snapshot, travel, period)
    nodes = _main(melted) if origins is None else _distinct(origins)
    starts = np.unique(melted.label[nodes]).astype(np.int32)
    blocking = _blocking(snapshot, travel, slots)
    piece_in = np.zeros((len(slots), melted.count), np.bool_)
    piece_out = np.zeros((len(slots), melted.count), np.bool_)
    for k in range(len(slots)):  # slots that differ in speed only, or come back, are answered once
        piece_in[k] = melted.side(starts, blocking[k], inward=True)
        piece_out[k] = melted.side(starts, blocking[k], inward=False)
    return Passage(slots=slots, origins=nodes, pieces=melted, starts=starts, blocking=blocking,
                   piece_in=piece_in, piece_out=piece_out)  # fmt: skip


def _blocking(snapshot: Snapshot, travel: Travel, slots: Slots) -> Bool:
    """Mark for each slot the hazards that shut something in it."""
    table = snapshot.closures[travel]
    shut = table.factor <= 0
    start_s, end_s = np.full((2, len(snapshot.hazards)), NEVER_S, np.int64)
    start_s[table.hazard[shut]] = table.start_s[shut]  # all rows of a hazard have its period
    end_s[table.hazard[shut]] = table.end_s[shut]
    marked = np.zeros((len(slots), len(snapshot.hazards)), np.bool_)
    for k, interval in enumerate(slots.intervals):
        marked[k] = (start_s < max(interval.end_s, interval.start_s + 1)) & (interval.start_s < end_s)
    return marked


def _distinct(origins: Sequence[int]) -> I64:
    found: I64 = np.unique(np.array([node for node in origins if node >= 0], np.int64))
    return found


def _main(melted: Pieces) -> I64:
    if not len(melted.label) or melted.count == len(melted.label):
        return np.zeros(0, np.int64)
    return np.flatnonzero(melted.label == np.bincount(melted.label).argmax()).astype(np.int64)
