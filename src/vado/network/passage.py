"""Passage: which nodes have a way in from the origins and a way out to them, slot by slot.

In: a snapshot, a way of travelling, the origins, a period. Out: `Passage`. Within a slot nothing opens or
shuts, so this is plain reachability; who is under way while something changes is not its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse.csgraph import connected_components

from vado.model.roads import I64, Bool
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import Interval
from vado.network.allowed import kind_of
from vado.network.graph import graph, reached
from vado.network.slots import SLOTS_MAX, Slots, cut_slots, factors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    slots: Slots
    origins: I64  # nodes, distinct
    inward: Bool  # [K, N] some origin leads there in slot k
    outward: Bool  # [K, N] it leads to some origin


@lru_cache(maxsize=6)
def passage(snapshot: Snapshot, travel: Travel, origins: tuple[int, ...] | None, period: Interval) -> Passage:
    """Find ways in and out for every slot of the period; without origins, from and to the main network.

    The main network is the largest part that hangs together whatever shuts in the period.
    """
    roads = snapshot.roads
    table = snapshot.closures[travel]
    slots = cut_slots([table], period, limit=SLOTS_MAX)
    nodes = _main(snapshot, travel, period) if origins is None else _distinct(origins)
    inward = np.zeros((len(slots), roads.n_nodes), np.bool_)
    outward = np.zeros((len(slots), roads.n_nodes), np.bool_)
    g = graph(roads, kind_of(roads, travel))
    for k, interval in enumerate(slots.intervals):
        open_ = g.sparse(g.weights(factors(table, interval, roads.n_edges)))
        inward[k] = reached(open_, nodes)
        outward[k] = reached(open_.T.tocsr(), nodes)
    return Passage(slots=slots, origins=nodes, inward=inward, outward=outward)


def _distinct(origins: Sequence[int]) -> I64:
    found: I64 = np.unique(np.array([node for node in origins if node >= 0], np.int64))
    return found


def _main(snapshot: Snapshot, travel: Travel, period: Interval) -> I64:
    roads = snapshot.roads
    g = graph(roads, kind_of(roads, travel))
    always_open = g.sparse(g.weights(factors(snapshot.closures[travel], period, roads.n_edges)))
    if not always_open.nnz:
        return np.zeros(0, np.int64)
    _, label = connected_components(always_open, directed=True, connection="strong")
    return np.flatnonzero(label == np.bincount(label).argmax()).astype(np.int64)
