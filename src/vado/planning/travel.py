"""Travel times for a solver that knows no clock: one number for a pair, whatever the slot.

In: `Times`, and from when to when each stop matters. Out: `Estimate`s. Conservative: the slowest of the slots
in which that trip could be made; a pair without a way in any of them has none. The clock judges afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S, Travel
from vado.ports import Times

SLOTS_MAX = 24  # a bound on work: beyond it every n-th slot is asked; the clock still sees all of them


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Between all S stops, for one way of travelling; `NO_WAY_S` where there is none."""

    seconds: I64  # [S, S] slowest that matters
    metres: I64
    fastest: I64  # [S, S] of all slots: nobody is ever faster


def estimate(times: Times, travel: Travel, early_s: I64, late_s: I64) -> Estimate:
    """Join the slots: a trip from i may begin from early_s[i] on and must have arrived at j by late_s[j]."""
    size = len(early_s)
    seconds = np.full((size, size), -1, np.int64)
    metres = np.zeros((size, size), np.int64)
    fastest = np.full((size, size), NO_WAY_S, np.int64)
    first_s, last_s = int(early_s.min()), int(late_s.max())
    slots = [k for k, s in enumerate(times.slots) if s.end_s > first_s and s.start_s <= last_s]
    asked = slots[:: -(-len(slots) // SLOTS_MAX) or 1]
    for k, matrix in zip(asked, times.matrices(travel, asked), strict=True):
        slot = times.slots[k]
        matters = (early_s[:, None] < slot.end_s) & (late_s[None, :] >= slot.start_s)
        slower = matters & (matrix.seconds < NO_WAY_S) & (matrix.seconds > seconds)
        seconds[slower] = matrix.seconds[slower]
        farther = matters & (matrix.seconds < NO_WAY_S) & (matrix.metres > metres)
        metres[farther] = matrix.metres[farther]
        np.minimum(fastest, matrix.seconds, out=fastest)
    seconds[seconds < 0] = NO_WAY_S
    return Estimate(seconds, metres, fastest)
