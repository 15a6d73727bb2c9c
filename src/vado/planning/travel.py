"""Travel times for who proposes routes: one number for a pair, and what it is in each slot.

In: `Times`, and from when to when each stop matters. Out: `Estimate`s. The one number, for a solver without
a clock, is conservative: the slowest of the slots in which that trip could be made; a pair without a way in
any of them has none. The clock judges afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S, Travel
from vado.model.when import Interval
from vado.ports import Times

SLOTS_MAX = 24  # a bound on work: beyond it every n-th slot is asked; the clock still sees all of them
CELLS_MAX = 1 << 27  # and on memory: of tables by slot, half a gigabyte

LONGEST_S = NO_WAY_S - 1  # no way, in 32 bits

I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Between all S stops, for one way of travelling; `NO_WAY_S` where there is none."""

    seconds: I64  # [S, S] slowest that matters
    metres: I64
    fastest: I64  # [S, S] of all slots: nobody is ever faster
    slots: tuple[Interval, ...]  # one after the other; those alike are one
    by_slot: I32  # [slot, S, S] seconds of who leaves and arrives in it


def estimate(times: Times, travel: Travel, early_s: I64, late_s: I64) -> Estimate:
    """Join the slots: a trip from i may begin from early_s[i] on and must have arrived at j by late_s[j]."""
    size = len(early_s)
    seconds = np.full((size, size), -1, np.int64)
    metres = np.zeros((size, size), np.int64)
    fastest = np.full((size, size), NO_WAY_S, np.int64)
    first_s, last_s = int(early_s.min()), int(late_s.max())
    slots = [k for k, s in enumerate(times.slots) if s.end_s > first_s and s.start_s <= last_s]
    most = max(1, min(SLOTS_MAX, CELLS_MAX // max(1, size * size)))
    asked = slots[:: -(-len(slots) // most) or 1]
    spans: list[Interval] = []
    by_slot: list[I32] = []
    for k, matrix in zip(asked, times.matrices(travel, asked), strict=True):
        slot = times.slots[k]
        narrow = np.minimum(matrix.seconds, LONGEST_S).astype(np.int32)
        if by_slot and np.array_equal(by_slot[-1], narrow):
            spans[-1] = Interval(spans[-1].start_s, slot.end_s)
        else:
            spans.append(slot)
            by_slot.append(narrow)
        matters = (early_s[:, None] < slot.end_s) & (late_s[None, :] >= slot.start_s)
        slower = matters & (matrix.seconds < NO_WAY_S) & (matrix.seconds > seconds)
        seconds[slower] = matrix.seconds[slower]
        farther = matters & (matrix.seconds < NO_WAY_S) & (matrix.metres > metres)
        metres[farther] = matrix.metres[farther]
        np.minimum(fastest, matrix.seconds, out=fastest)
    seconds[seconds < 0] = NO_WAY_S
    # A slot that was not asked is taken for what the one before it is.
    spans = [Interval(span.start_s, after.start_s) for span, after in pairwise(spans)] + spans[-1:]
    tables = np.stack(by_slot) if by_slot else np.zeros((0, size, size), np.int32)
    return Estimate(seconds, metres, fastest, tuple(spans), tables)
