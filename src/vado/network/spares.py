"""Spares: customised metrics that nobody uses any more, taken again by undoing what was changed in them.

In: the metric with nothing closed. Out: metrics of one's own, and the edges that are not as usual in each.
What a closure changes are a few arcs of a region; to copy all of them takes longer than all the rest of a
matrix (42 MB of a million edges). Refuses to know costs.

A metric comes back when nothing refers to it any more, so none is taken that somebody still reads.
"""

from __future__ import annotations

import weakref

import numpy as np

from vado.model.roads import I64
from vado.network.metric import Arrays, Metric

# Kept a kind of travel: a closure that moves a boundary or two needs so many. For more slots, copies serve.
SPARES_MAX = 3
_NONE = np.zeros(0, np.int64)


class Spares:
    """The metric of a kind with nothing closed, and what is left of others. State: that list."""

    def __init__(self, usual: Metric) -> None:
        self.usual = usual
        self._left: list[tuple[Arrays, I64]] = []

    def take(self) -> tuple[Metric, I64]:
        """Get a metric to change, and the edges [k] that may not cost in it what they usually do."""
        try:
            arrays, changed = self._left.pop()  # whichever thread comes first
        except IndexError:
            return self.usual.copy(), _NONE
        return self.usual.over(arrays), changed

    def watch(self, metric: Metric, changed: I64) -> None:
        """Take a metric back when nobody has it any more; no other edges than those may differ in it."""
        weakref.finalize(metric, self._keep, metric.arrays, changed).atexit = False

    def _keep(self, arrays: Arrays, changed: I64) -> None:
        if len(self._left) < SPARES_MAX:
            self._left.append((arrays, changed))
