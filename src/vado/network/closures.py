"""Closures: what hazards do to edges, for one way of travelling, as arrays.

In: roads, hazards in one order, the edges each hazard touches. Out: `Closures`, one row for each hazard and
edge that binds this travel, with its equipment, size and load; overlapping ones are all kept, so that lifting
one leaves the others. Refuses to know geometry and what alerts mean: `hazards` has said which edges and which
effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vado.model.alert import Action
from vado.model.hazard import Effect, Hazard
from vado.model.ids import HazardId
from vado.model.roads import I32, NO_ENTRY_MS, Roads
from vado.model.size import Size
from vado.model.snapshot import Closures, Travel
from vado.network.allowed import is_bound, kind_of, satisfies, size_of, usual_ms


def closures(
    roads: Roads, hazards: Sequence[Hazard], touched: Mapping[HazardId, I32], *, travel: Travel
) -> Closures:
    """Make the closures that bind `travel`, sorted by (edge, start, hazard); `hazard` indexes `hazards`."""
    drivable = usual_ms(roads, kind_of(roads, travel)) < NO_ENTRY_MS
    size = size_of(roads, travel)
    edge: list[I32] = []
    rows: list[tuple[int, int, float, int]] = []  # start, end, factor, hazard: one for each array in `edge`
    for number, hazard in enumerate(hazards):
        factor = _factor(hazard, travel, size)
        if factor >= 1.0 or hazard.interval.start_s >= hazard.interval.end_s:
            continue
        on = np.unique(np.asarray(touched.get(hazard.id, ()), np.int32))
        on = on[drivable[on]]
        edge.append(on)
        rows.append((hazard.interval.start_s, hazard.interval.end_s, factor, number))
    counts = [len(on) for on in edge]
    every = np.concatenate(edge) if edge else np.zeros(0, np.int32)
    start = np.repeat(np.array([row[0] for row in rows], np.int64), counts)
    end = np.repeat(np.array([row[1] for row in rows], np.int64), counts)
    factors = np.repeat(np.array([row[2] for row in rows], np.float64), counts)
    number_of = np.repeat(np.array([row[3] for row in rows], np.int32), counts)
    order = np.lexsort((number_of, start, every))
    return Closures(
        edge=every[order],
        start_s=start[order],
        end_s=end[order],
        factor=factors[order],
        hazard=number_of[order],
    )


def _factor(hazard: Hazard, travel: Travel, size: Size | None) -> float:
    """Say how fast `travel` drives under a hazard: 0 is shut, 1 as usual; the worst that binds it counts."""
    if hazard.unknown:
        return 1.0
    binding = [e for e in hazard.effects if e.profile == travel.profile and is_bound(e.only, size)]
    return min((_factor_of(effect, travel) for effect in binding), default=1.0)


def _factor_of(effect: Effect, travel: Travel) -> float:
    if effect.action is Action.SHUT:
        return 0.0
    if effect.action is Action.SLOW:
        return max(0.0, effect.speed_factor)
    if effect.action is Action.RESTRICTED:
        # With the equipment the road is open, at the speed that the effect gives for those.
        return effect.speed_factor if satisfies(travel.equipment, effect.requires) else 0.0
    return 1.0
