"""Hierarchy: a region's nodes in the order in which they are contracted, and the arcs that makes.

Knows no costs: it is made once a region, stored with it and shared by all profiles, slots and processes. What
the arrays mean to each other: `network._kernels`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hierarchy:
    """N nodes, M edges, A arcs. Nodes are known by rank, 0 is contracted first. All arrays are read-only."""

    rank: I32  # [N] of graph node
    first: I64  # [N + 1] arcs from x upwards are first[x]:first[x + 1]
    head: I32  # [A] sorted within a node
    tail: I32  # [A]
    parent: I32  # [N] least head, -1 for a root
    depth: I32  # [N] number of ancestors
    from_first: I64  # [N + 1] the same arcs, by their heads
    from_tail: I32  # [A]
    from_arc: I32  # [A]
    edge_arc: I32  # [M] 2 * arc + (1 when the edge leads upwards), -1 for a loop
    edge_first: I64  # [A + 1] edges of an arc are edge_of[edge_first[a]:edge_first[a + 1]]
    edge_of: I32  # [M - loops]

    @property
    def n_nodes(self) -> int:
        return len(self.rank)

    @property
    def n_edges(self) -> int:
        return len(self.edge_arc)

    @property
    def n_arcs(self) -> int:
        return len(self.head)

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, name).nbytes for name in self.__slots__)
