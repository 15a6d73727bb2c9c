"""Loads and travels: one text for the same thing, no nonsense inside."""

from __future__ import annotations

import pytest

from vado.model.codec import from_json, to_json
from vado.model.size import AS_PROFILE, Bound, Load
from vado.model.snapshot import Travel

EMPTY = Load(weight_kg=7000, height_cm=350, hazmat=("D", "water"), trailer=True)


def test_a_travel_says_what_differs_from_its_profile() -> None:
    assert str(Travel("truck")) == "truck"
    assert str(Travel("truck", frozenset({"chains"}), EMPTY)) == (
        "truck+chains+weight=7000kg+height=350cm+hazmat=D,water+trailer"
    )


def test_travels_can_be_sorted_hashed_and_stored() -> None:
    travels = [Travel("truck", load=EMPTY), Travel("truck"), Travel("car", load=EMPTY)]
    assert sorted(travels) == [travels[2], travels[1], travels[0]]
    assert len({*travels, Travel("truck", load=AS_PROFILE)}) == 3
    assert all(from_json(Travel, to_json(travel)) == travel for travel in travels)


@pytest.mark.parametrize("wrong", [{"weight_kg": -1}, {"hazmat": ("petrol",)}, {"hazmat": ("D", "B")}])
def test_a_load_checks_itself(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"negative|dangerous"):
        Load(**wrong)  # type: ignore[arg-type]


def test_a_bound_can_be_read() -> None:
    assert str(Bound(over_weight_kg=7500, over_height_cm=250)) == "over 7500 kg, over 2.5 m high"
    assert str(Bound(water_cm=40, hazmat=("any",))) == "wading less than 0.4 m, with dangerous goods"
    assert str(Bound(hazmat=("B", "C"), trailer=True)) == "with dangerous goods (B, C), with a trailer"
