"""A day on the roads as one kind of vehicle drives it: how long between stops, slot by slot.

In: what was estimated for a way of travelling, a vehicle's speed. Out: a `Day`, in seconds from now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.jobs import Vehicle
from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S
from vado.planning.travel import I32, LONGEST_S, Estimate

SPAN_MAX_S = 2**32  # of a shift without end; longer than any plan

Span = tuple[int, int]  # both ends inclusive, seconds from now


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """How long it takes between stops in each slot, for one kind of vehicle."""

    slots: tuple[Span, ...]  # one after the other
    seconds: I32  # [slot, stop, stop]; `LONGEST_S`: no way
    slowest: I64  # [stop, stop] of the slots that matter; `NO_WAY_S`: no way
    metres: I64  # [stop, stop]


def day_of(travel: Estimate, vehicle: Vehicle, now_s: int, *, by_matrix: bool) -> Day:
    """Take the estimate as this kind of vehicle drives: slower by its factor."""
    factor = vehicle.speed_factor if by_matrix else min(1.0, vehicle.speed_factor)
    slowest, by_slot = travel.seconds, travel.by_slot
    if factor != 1:
        slowest = np.where(slowest < NO_WAY_S, np.ceil(slowest / factor), NO_WAY_S).astype(np.int64)
        stretched = np.minimum(np.ceil(by_slot / factor), LONGEST_S)
        by_slot = np.where(by_slot < LONGEST_S, stretched, LONGEST_S).astype(np.int32)
    slots = tuple(
        (max(0, slot.start_s - now_s), min(max(0, slot.end_s - now_s), SPAN_MAX_S)) for slot in travel.slots
    )
    return Day(slots, by_slot, slowest, travel.metres)
