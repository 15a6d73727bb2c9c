"""Who may drive where at their own size, and whom a bound binds."""

from __future__ import annotations

import numpy as np
import pytest

from drawn import SIZES, edge, roads
from vado.model.roads import NO_ENTRY_MS
from vado.model.size import Bound, Limits, Load
from vado.model.snapshot import Travel
from vado.network.allowed import fits, is_bound, kind_of, loaded, satisfies, together, usual_ms

CAR, VAN, TRUCK, FOUR = SIZES
TOWN = roads(
    """
    A---B---C---D---E
    """,
    ways={
        "AB": {"weight_kg": 7500},
        "BC": {"rated_kg": 7500},
        "CD": {"height_cm": 380},
        "DE": {"not_for": ("truck",), "bans": ("D",)},
    },
)


def drives(profile: str, **load: object) -> str:
    ms = usual_ms(TOWN, kind_of(TOWN, Travel(profile, load=Load(**load))))  # type: ignore[arg-type]
    return " ".join(pair for pair in ("AB", "BC", "CD", "DE") if ms[edge(TOWN, pair)] < NO_ENTRY_MS)


@pytest.mark.parametrize(
    ("profile", "load", "expected"),
    [
        ("van", {}, "AB BC CD DE"),
        ("truck", {}, ""),
        ("truck", {"weight_kg": 7500}, "AB"),  # empty: light enough, but by its papers it is not
        ("truck", {"weight_kg": 7501}, ""),
        ("truck", {"rated_kg": 7500, "weight_kg": 6000}, "AB BC"),
        ("truck", {"height_cm": 380}, "CD"),
        ("van", {"weight_kg": 8000}, "CD DE"),  # heavier than its papers allow: it counts as rated for it
        ("van", {"height_cm": 390}, "AB BC DE"),
        ("van", {"hazmat": ("D",)}, "AB BC CD"),
        ("van", {"hazmat": ("E",)}, "AB BC CD DE"),
        ("truck", {"weight_kg": 1000, "rated_kg": 1000, "height_cm": 100}, "AB BC CD"),  # but no truck on DE
        ("tram", {}, ""),
    ],
)
def test_a_road_is_judged_for_the_load(profile: str, load: dict[str, object], expected: str) -> None:
    assert drives(profile, **load) == expected


def test_a_smaller_load_takes_as_long_as_the_road_takes() -> None:
    ms = usual_ms(TOWN, kind_of(TOWN, Travel("truck", load=Load(weight_kg=7000))))
    assert ms[edge(TOWN, "AB")] == 60_000
    assert set(ms[ms >= NO_ENTRY_MS].tolist()) == {NO_ENTRY_MS}


def test_a_profile_as_it_is_may_drive_what_was_baked() -> None:
    for index, profile in enumerate(TOWN.profiles):
        ms = usual_ms(TOWN, kind_of(TOWN, Travel(profile)))
        assert np.array_equal(ms, np.minimum(TOWN.edge_duration_ms[index], NO_ENTRY_MS))


def test_travels_that_keep_the_same_signs_are_of_one_kind() -> None:
    kinds = {
        kind_of(TOWN, Travel("truck", frozenset(equipment), Load(weight_kg=weight)))
        for equipment, weight in (((), 6000), (("chains",), 6000), ((), 7100))
    }
    assert len(kinds) == 1
    assert kind_of(TOWN, Travel("truck", load=Load(weight_kg=9000))) not in kinds


def test_a_region_that_knows_no_sizes_gives_the_profile_and_binds_everybody() -> None:
    from dataclasses import replace

    blind = replace(TOWN, sizes=())
    ms = usual_ms(blind, kind_of(blind, Travel("truck", load=Load(weight_kg=5000))))
    assert (ms == NO_ENTRY_MS).all()
    assert is_bound(Bound(over_weight_kg=40_000), None)


@pytest.mark.parametrize(
    ("load", "axle_kg"),
    [({}, 11_500), ({"weight_kg": 9000}, 9000), ({"weight_kg": 36_000}, 23_000), ({"axle_kg": 4000}, 4000)],
)
def test_an_axle_carries_at_most_the_weight_and_grows_with_it(load: dict[str, int], axle_kg: int) -> None:
    assert loaded(TRUCK, Load(**load)).axle_kg == axle_kg  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limits", "kept_by"),
    [
        (Limits(), "car van truck 4x4"),
        (Limits(axle_kg=10_000), "car van 4x4"),
        (Limits(length_cm=500), "car 4x4"),
        (Limits(water_cm=40), "truck 4x4"),
        (Limits(by_class=(("hgv", 7500, True),)), "car van 4x4"),
        (Limits(by_class=(("goods", 3000, False),)), "car truck 4x4"),
        (Limits(bans=("any", "trailer")), "car van truck 4x4"),
    ],
)
def test_who_keeps_a_limit(limits: Limits, kept_by: str) -> None:
    names = zip(TOWN.profiles, SIZES, strict=True)
    assert " ".join(name for name, size in names if fits(limits, size)) == kept_by


def test_who_keeps_two_limits_keeps_them_together() -> None:
    both = together(Limits(height_cm=300, weight_kg=9000, bans=("B",)), Limits(weight_kg=8000, water_cm=20))
    assert both == Limits(height_cm=300, weight_kg=8000, water_cm=20, bans=("B",))


@pytest.mark.parametrize(
    ("bound", "bound_ones"),
    [
        (Bound(over_weight_kg=3500), "truck"),
        (Bound(over_height_cm=200), "van truck"),
        (Bound(over_height_cm=200, under_weight_kg=10_000), "van"),  # all of it must be so
        (Bound(water_cm=40), "car van"),
        (Bound(hazmat=("any",)), ""),
        (Bound(trailer=True), ""),
    ],
)
def test_whom_a_bound_binds(bound: Bound, bound_ones: str) -> None:
    names = zip(TOWN.profiles, SIZES, strict=True)
    assert " ".join(name for name, size in names if is_bound(bound, size)) == bound_ones


def test_an_empty_high_vehicle_is_bound_where_a_laden_one_is_not() -> None:
    wind = Bound(over_height_cm=300, under_weight_kg=12_000)
    assert is_bound(wind, loaded(TRUCK, Load(weight_kg=8000)))
    assert not is_bound(wind, loaded(TRUCK, Load(weight_kg=16_000)))


def test_goods_are_bound_by_their_own_word_and_by_any() -> None:
    tanker = loaded(TRUCK, Load(hazmat=("D", "water"), trailer=True))
    assert is_bound(Bound(hazmat=("any",)), tanker)
    assert is_bound(Bound(hazmat=("water",)), tanker)
    assert not is_bound(Bound(hazmat=("explosive",)), tanker)
    assert is_bound(Bound(trailer=True), tanker)


def test_chains_do_for_winter_tyres_and_not_the_other_way_round() -> None:
    chains, tyres = frozenset({"chains"}), frozenset({"winter-tyres"})
    assert satisfies(chains, "chains")
    assert satisfies(chains, "winter-tyres")
    assert satisfies(tyres, "winter-tyres")
    assert not satisfies(tyres, "chains")
    assert not satisfies(frozenset(), "winter-tyres")
