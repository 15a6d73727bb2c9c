"""Allowed: which edges a way of travelling may drive, and whom an effect binds. The one place to decide it.

    baked at build, by profile    access, direction, tracks, smoothness, barriers, fords of unknown depth:
                                  what no load changes; and whether its own size keeps the limits
    judged here, by travel        height, width, length, weight (actual, rated, by class), axle, dangerous
                                  goods, trailer, a ford's known depth: `Roads.limits`, one row for each sign

Rows are few and edges many: each row is judged once, edges look theirs up. So an empty truck gets onto a
bridge that its profile may not use, and a high load is refused a tunnel that its profile may. Who is larger
in anything is never let onto more: every test compares one number with one limit.

Refuses to know time and where hazards are. The referee asks the same in its own words
(`planning.check.fits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vado.model.roads import I32, NO_ENTRY_MS, Roads
from vado.model.size import Bound, Limits, Load, Size
from vado.model.snapshot import Travel

# What else is as good as what a restriction asks for: chains where winter tyres do, not the other way round.
# Spain, Real Decreto 2822/1998, annex VII, 5.2: chains or special tyres (DGT's red level, sign R-412).
# France, decree 2020-1264 (Code de la route D314-8): winter tyres or chains between signs B58 and B59, but
# sign B26 is chains alone unless a plate lets winter tyres in.
ALSO_SATISFIED_BY = {"winter-tyres": frozenset({"chains"})}


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """All travels that may drive the same edges and take as long: what is customised once for all of them.

    A fleet of fifty loads is of few kinds, equipment makes none, and stops anchored on roads neither.
    """

    profile: str
    keeps: bytes  # a byte for each of Roads.limits, 1 where it is kept; empty where sizes are not known


@lru_cache(maxsize=16)
def kind_of(roads: Roads, travel: Travel) -> Kind:
    """Find the kind of a travel on these roads, which are known by identity."""
    size = size_of(roads, travel)
    return Kind(travel.profile, b"" if size is None else bytes(fits(each, size) for each in roads.limits))


@lru_cache(maxsize=8)
def usual_ms(roads: Roads, kind: Kind) -> I32:
    """Get how long each edge takes [M], at least a millisecond; NO_ENTRY_MS where this kind may not drive.

    Nowhere with a profile that the region was not built for. Kept for the newest few roads.
    """
    if kind.profile not in roads.profiles:
        found: I32 = np.full(roads.n_edges, NO_ENTRY_MS, np.int32)
    else:
        ms = roads.edge_duration_ms[roads.profile_index(kind.profile)]
        # NO_ENTRY_MS itself says never; above it stands what the edge takes for who keeps the limits.
        able = np.where(ms > NO_ENTRY_MS, ms - NO_ENTRY_MS, ms) if kind.keeps else np.minimum(ms, NO_ENTRY_MS)
        keeps = np.frombuffer(kind.keeps, np.bool_)[roads.edge_limit] if kind.keeps else np.True_
        found = np.where(keeps, np.maximum(able, 1), NO_ENTRY_MS).astype(np.int32)
    found.flags.writeable = False
    return found


def size_of(roads: Roads, travel: Travel) -> Size | None:
    """Find what a travel measures and weighs; None when the region does not say for its profile."""
    if travel.profile not in roads.profiles or not roads.sizes:
        return None
    return loaded(roads.sizes[roads.profile_index(travel.profile)], travel.load)


def loaded(size: Size, load: Load) -> Size:
    """Give the size of a vehicle with a load; who weighs more has no lighter axle and no lower rating.

    Nobody says how an axle's share changes: of a lighter vehicle it stays, up to the whole weight; of a
    heavier one it grows with it.
    """
    weight_kg = load.weight_kg or size.weight_kg
    axle_kg = min(size.axle_kg, weight_kg)
    if weight_kg > size.weight_kg:
        axle_kg = -(-size.axle_kg * weight_kg // size.weight_kg)
    return Size(
        height_cm=load.height_cm or size.height_cm,
        width_cm=load.width_cm or size.width_cm,
        length_cm=load.length_cm or size.length_cm,
        weight_kg=weight_kg,
        rated_kg=max(load.rated_kg or size.rated_kg, weight_kg),
        axle_kg=load.axle_kg or axle_kg,
        wading_cm=load.wading_cm or size.wading_cm,
        classes=size.classes,
        hazmat=tuple(sorted({*size.hazmat, *load.hazmat})),
        trailer=size.trailer or load.trailer,
    )


def fits(limits: Limits, size: Size) -> bool:
    """Say whether a vehicle keeps all limits of a road."""
    by_class = (
        _exceeds(size.rated_kg if rated else size.weight_kg, kg)
        for key, kg, rated in limits.by_class
        if key in size.classes
    )
    return not (
        _exceeds(size.height_cm, limits.height_cm)
        or _exceeds(size.width_cm, limits.width_cm)
        or _exceeds(size.length_cm, limits.length_cm)
        or _exceeds(size.weight_kg, limits.weight_kg)
        or _exceeds(size.rated_kg, limits.rated_kg)
        or _exceeds(size.axle_kg, limits.axle_kg)
        or size.wading_cm < limits.water_cm
        or any(by_class)
        or carries(size.hazmat, limits.bans)
        or (size.trailer and "trailer" in limits.bans)
    )


def together(one: Limits, other: Limits) -> Limits:
    """Join two limits: who keeps both keeps these."""

    def least(a: int, b: int) -> int:
        return min(a, b) if a and b else a or b

    return Limits(
        height_cm=least(one.height_cm, other.height_cm),
        width_cm=least(one.width_cm, other.width_cm),
        length_cm=least(one.length_cm, other.length_cm),
        weight_kg=least(one.weight_kg, other.weight_kg),
        rated_kg=least(one.rated_kg, other.rated_kg),
        axle_kg=least(one.axle_kg, other.axle_kg),
        water_cm=max(one.water_cm, other.water_cm),
        by_class=tuple(sorted({*one.by_class, *other.by_class})),
        bans=tuple(sorted({*one.bans, *other.bans})),
    )


def is_bound(only: Bound | None, size: Size | None) -> bool:
    """Say whether an effect binds a vehicle; one whose size nobody knows is bound."""
    if only is None or size is None:
        return True
    return (
        _over(size.weight_kg, only.over_weight_kg)
        and _over(size.rated_kg, only.over_rated_kg)
        and _over(size.axle_kg, only.over_axle_kg)
        and _over(size.height_cm, only.over_height_cm)
        and _over(size.width_cm, only.over_width_cm)
        and _over(size.length_cm, only.over_length_cm)
        and (not only.under_weight_kg or size.weight_kg < only.under_weight_kg)
        and (not only.water_cm or size.wading_cm < only.water_cm)
        and (not only.hazmat or carries(size.hazmat, only.hazmat))
        and (size.trailer or not only.trailer)
        and (not only.classes or not set(only.classes).isdisjoint(size.classes))
    )


def carries(aboard: tuple[str, ...], named: tuple[str, ...]) -> bool:
    """Say whether any of the named goods is aboard; "any" names all of them."""
    return bool(set(aboard) & set(named)) or bool(aboard and "any" in named)


def satisfies(equipment: frozenset[str], requires: str) -> bool:
    """Say whether what is aboard is what a restriction asks for, or as good."""
    return bool(equipment & ({requires} | ALSO_SATISFIED_BY.get(requires, frozenset())))


def _exceeds(own: int, limit: int) -> bool:
    return 0 < limit < own


def _over(own: int, least: int) -> bool:
    return own > least  # 0 is not stated: everybody is over it
