"""Ground: a region's roads as plain arrays both ways, for whoever asks what leads where and not how fast.

In: roads, a kind of travel, nodes to come from and to get to. Out: `Ground` once for some roads, `Usual` once
for a kind on them, `Trees` once for those nodes. Nothing here depends on closures, so a new closure finds it
all made. Refuses to know time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from vado.model.roads import I32, I64, NO_ENTRY_MS, Bool, Roads
from vado.network import _way_kernels as ways
from vado.network._csr import group
from vado.network.allowed import Kind, usual_ms

T = TypeVar("T")
KEPT_MAX = 64


class Kept:
    """Keep the values asked for last by what they were made of: arrays are told apart by their bytes."""

    def __init__(self, size: int = KEPT_MAX) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Get what was made for that key, or make it."""
        found = self._values.get(key)
        if found is not None:
            with suppress(KeyError):  # somebody on another thread has just put it out
                self._values.move_to_end(key)  # what is asked for again and again outlasts what changes
        else:
            found = self._values[key] = make()
            if len(self._values) > self._size:
                with suppress(KeyError):
                    self._values.popitem(last=False)
        return found  # type: ignore[return-value]  # a key has one kind of value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Edges sorted by their tails (`out_`) and by their heads (`in_`), as plain arrays of this process."""

    n_nodes: int
    tail: I32  # [M]
    head: I32
    out_first: I64  # [N + 1]
    out_order: I32  # [M]
    in_first: I64
    in_order: I32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usual:
    """What a kind of travel may drive when nothing binds."""

    drivable: Bool  # [M]
    base_ms: I64  # [M] at least 1
    cost: I64  # [M] milliseconds and decimetres, see _way_kernels.DM_BITS
    key: bytes  # equal for kinds that may drive the same edges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """The usual ways to every node from its nearest source and to its nearest target: cost [N], edge [N]."""

    in_cost: I64
    in_by: I32
    out_cost: I64
    out_by: I32


@lru_cache(maxsize=8)
def ground(roads: Roads) -> Ground:
    """Get the arrays of some roads, which are known by identity; kept for the newest few."""
    tail, head = np.array(roads.edge_from, np.int32), np.array(roads.edge_to, np.int32)
    out_first, out_order = group(roads.n_nodes, tail)
    in_first, in_order = group(roads.n_nodes, head)
    return Ground(n_nodes=roads.n_nodes, tail=tail, head=head, out_first=out_first, out_order=out_order,
                  in_first=in_first, in_order=in_order)  # fmt: skip


@lru_cache(maxsize=24)
def usual(roads: Roads, kind: Kind) -> Usual:
    """Get what a kind of travel may drive; kept for the newest few roads."""
    ms = np.array(usual_ms(roads, kind), np.int64)
    drivable = ms < NO_ENTRY_MS
    decimetres = (np.array(roads.edge_length_mm, np.int64) + 50) // 100
    return Usual(drivable=drivable, base_ms=ms, cost=(ms << ways.DM_BITS) + decimetres,
                 key=np.packbits(drivable).tobytes())  # fmt: skip


_TREES = Kept(48)


def trees(roads: Roads, kind: Kind, sources: I64, targets: I64) -> Trees:
    """Get the usual ways from the nearest of the sources' nodes, and to the nearest of the targets'."""
    into = _tree(roads, kind, sources, inward=True)
    out = _tree(roads, kind, targets, inward=False)
    return Trees(in_cost=into[0], in_by=into[1], out_cost=out[0], out_by=out[1])


def _tree(roads: Roads, kind: Kind, roots: I64, *, inward: bool) -> tuple[I64, I32]:
    def make() -> tuple[I64, I32]:
        g, u = ground(roads), usual(roads, kind)
        way = (g.out_first, g.out_order, g.head) if inward else (g.in_first, g.in_order, g.tail)
        cost, by = ways.tree(*way, u.cost, u.drivable, roots)
        return cost, by

    return _TREES.get((roads, kind, roots.tobytes(), inward), make)
