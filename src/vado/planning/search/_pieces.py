"""Travel that is another in another slot: when one arrives who leaves at an instant.

Between two nodes that is a few *pieces*: leave from `low` to `high`, it takes so many seconds; who comes
sooner waits until `low`. Nobody who leaves later arrives earlier, so that the looks from both ends of a line
are right as they are. A pair with one time all day has no pieces; its link holds the seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vado.planning.search._layout import NEVER, PIECE

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


class Pieces:
    """All pieces of a problem, in one array; where a record begins is its number.

    A record: how many pieces, seconds before it leaves (service), seconds after it arrives (setup), then
    low, high, seconds of each.
    """

    def __init__(self) -> None:
        self._parts: list[I32] = []
        self._size = 0

    def all(self) -> I32:
        """Give the records one after the other."""
        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.int32)

    def add(self, seconds: I32, slots: Sequence[tuple[int, int]], place: I64, before: I64, after: I64) -> I64:
        """Give times [node, node]: seconds, NEVER, or -1 - the number of pieces that are added here.

        `seconds` by slot and place; `before` by node that is left, `after` by both.
        """
        if not slots:
            return np.full((len(place), len(place)), NEVER, np.int64)
        ways = np.where(seconds >= NEVER, NEVER, seconds).astype(np.int64)  # [slot, place, place]
        varied = (ways != ways[0]).any(axis=0)
        cells = np.ix_(place, place)
        same = ways[0][cells]
        times = np.where(same >= NEVER, NEVER, np.minimum(same + before[:, None] + after, NEVER))
        # What is the same in all slots is not bounded by the first and the last: no shift goes beyond them.
        first, second = np.nonzero(varied[cells])
        if not len(first):
            return times
        low, high, took = _joined(ways[:, place[first], place[second]], slots)
        count = len(slots)
        records = np.empty((len(first), HEAD + PIECE * count), np.int32)
        records[:, 0], records[:, 1], records[:, 2] = count, before[first], after[first, second]
        for k, column in enumerate((low, high, took)):
            records[:, HEAD + k :: PIECE] = column.T
        times[first, second] = -1 - (self._size + np.arange(len(first), dtype=np.int64) * records.shape[1])
        self._parts.append(records.ravel())
        self._size += records.size
        return times


HEAD = 3


def _joined(ways: I64, slots: Sequence[tuple[int, int]]) -> tuple[I64, I64, I64]:
    """Join slots of the same seconds that touch; give low, high, seconds [slot, pair], high < low: none."""
    low = np.empty_like(ways)
    high = np.empty_like(ways)
    for k, (begins_s, ends_s) in enumerate(slots):
        low[k] = begins_s
        if k and begins_s <= slots[k - 1][1] + 1:
            joins = ways[k] == ways[k - 1]
            low[k] = np.where(joins, low[k - 1], begins_s)
            high[k - 1] = np.where(joins, -1, high[k - 1])
        high[k] = ends_s - ways[k]
    high = np.where((ways >= NEVER) | (high < low), -1, high)
    return low, high, ways
