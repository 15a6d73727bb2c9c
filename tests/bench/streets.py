"""Streets that shut together: from one junction on, street by street, both directions."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

CLOSED = 50  # edges of one closure

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


class Streets:
    """Who leads where, to be walked from many junctions."""

    def __init__(self, n_nodes: int, edge_from: I32, edge_to: I32, usable: npt.NDArray[np.bool_]) -> None:
        self._order = np.argsort(edge_from, kind="stable")
        self._first = np.searchsorted(edge_from[self._order], np.arange(n_nodes + 1))
        self._to, self._usable = edge_to, usable

    def around(self, junction: int, count: int = CLOSED) -> I64:
        """List the `count` usable edges next to a junction, sorted; fewer where there are no more."""
        chosen: dict[int, None] = {}
        queue, seen = deque([junction]), {junction}
        while queue and len(chosen) < count:
            at = queue.popleft()
            for edge in self._out(at).tolist():
                other = int(self._to[edge])
                back = self._out(other)
                chosen.update(dict.fromkeys([edge, *back[self._to[back] == at].tolist()]))
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        return np.array(sorted(list(chosen)[:count]), np.int64)

    def _out(self, node: int) -> I64:
        out: I64 = self._order[self._first[node] : self._first[node + 1]]
        return out[self._usable[out]]
