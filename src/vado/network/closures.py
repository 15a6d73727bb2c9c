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
from vado.model.roads import F64, I32, NO_ENTRY_MS, Roads
from vado.model.size import Size
from vado.model.snapshot import Closures, Travel
from vado.network._row_kernels import settle
from vado.network.allowed import is_bound, kind_of, satisfies, size_of, usual_ms
from vado.network.delays import delay_factors

FACTOR_LEAST = 0.001  # ours: who would take a thousand times as long does not get through


def closures(
    roads: Roads, hazards: Sequence[Hazard], touched: Mapping[HazardId, I32], *, travel: Travel
) -> Closures:
    """Make the closures that bind `travel`, sorted by (edge, start, hazard); `hazard` indexes `hazards`."""
    ms = usual_ms(roads, kind_of(roads, travel))
    size = size_of(roads, travel)
    found: list[tuple[int, int, int, I32, F64]] = []  # start, hazard, end, edges, factors: a spell each
    for number, hazard in enumerate(hazards):
        binding = _binding(hazard, travel, size)
        if not binding:
            continue
        on = _sorted_once(np.asarray(touched.get(hazard.id, ()), np.int32))
        usual = ms[on]
        if (usual >= NO_ENTRY_MS).any():
            on, usual = on[usual < NO_ENTRY_MS], usual[usual < NO_ENTRY_MS]
        factors = _factors(roads, binding, travel, on, usual)
        if (factors >= 1.0).any():
            on, factors = on[factors < 1.0], factors[factors < 1.0]
        if len(on):
            spells = (spell for spell in hazard.spells if spell.start_s < spell.end_s)
            found += [(spell.start_s, number, spell.end_s, on, factors) for spell in spells]
    if not found:
        return _no_rows()
    found.sort(key=lambda row: row[:2])
    edge, start, end, factor, of_hazard = settle(
        roads.n_edges,
        np.concatenate([row[3] for row in found]),
        np.concatenate([row[4] for row in found]),
        np.cumsum([0, *(len(row[3]) for row in found)]),
        np.array([row[0] for row in found], np.int64),
        np.array([row[2] for row in found], np.int64),
        np.array([row[1] for row in found], np.int32),
    )
    return Closures(edge=edge, start_s=start, end_s=end, factor=factor, hazard=of_hazard)


def _no_rows() -> Closures:
    none = np.zeros(0, np.int64)
    return Closures(
        edge=none.astype(np.int32), start_s=none, end_s=none, factor=none.astype(np.float64),
        hazard=none.astype(np.int32),
    )  # fmt: skip


def _sorted_once(edges: I32) -> I32:
    """Give edges in their order, each once; footprints are already."""
    return edges if (edges[1:] > edges[:-1]).all() else np.unique(edges)


def _binding(hazard: Hazard, travel: Travel, size: Size | None) -> list[Effect]:
    """List the effects of a hazard that bind `travel`; of one that nobody understands, none."""
    if hazard.unknown:
        return []
    return [e for e in hazard.effects if e.profile == travel.profile and is_bound(e.only, size)]


def _factors(roads: Roads, effects: Sequence[Effect], travel: Travel, on: I32, usual: I32) -> F64:
    """Say how fast `travel` drives each edge: 0 is shut, 1 as usual; the worst effect counts.

    `usual`: milliseconds of each of the edges `on`.
    """
    factors = np.ones(len(on), np.float64)
    delays = [effect.delay_s for effect in effects if effect.action is Action.DELAY]
    for effect in effects:
        if effect.action is Action.DELAY:
            continue
        np.minimum(factors, _factor_of(effect, travel), out=factors)
        if effect.action is Action.SLOW and effect.cap_kmh > 0:
            # millimetres / milliseconds = m/s
            kmh = 3.6 * roads.edge_length_mm[on] / np.maximum(usual, 1)
            np.minimum(factors, effect.cap_kmh / np.maximum(kmh, effect.cap_kmh), out=factors)
    factors[factors < FACTOR_LEAST] = 0.0
    if delays and len(on):  # after that: half an hour at the lights of a short bridge does not shut it
        np.minimum(factors, delay_factors(roads, on, usual, max(delays)), out=factors)
    return factors


def _factor_of(effect: Effect, travel: Travel) -> float:
    if effect.action is Action.SHUT:
        return 0.0
    if effect.action is Action.SLOW:
        return max(0.0, effect.speed_factor)
    if effect.action is Action.RESTRICTED:
        # With the equipment the road is open, at the speed that the effect gives for those.
        return effect.speed_factor if satisfies(travel.equipment, effect.requires) else 0.0
    return 1.0
