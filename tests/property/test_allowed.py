"""Who is larger in anything never gets an edge that the smaller one is refused, and never escapes a bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import drawn
from vado.model.ids import VehicleId
from vado.model.jobs import Vehicle
from vado.model.roads import NO_ENTRY_MS
from vado.model.size import HAZMAT, Bound, Limits, Load
from vado.model.snapshot import Travel
from vado.network.allowed import is_bound, kind_of, size_of, usual_ms
from vado.planning.check.fits import refused

NUMBERS = ("height_cm", "width_cm", "length_cm", "weight_kg", "rated_kg", "axle_kg")
PAIRS = ("AB", "BC", "CD", "DE")


def sometimes(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    return st.one_of(st.just(0), numbers)


def signs() -> st.SearchStrategy[dict[str, Any]]:
    small, large = sometimes(st.integers(150, 1300)), sometimes(st.integers(1000, 20_000))
    return st.fixed_dictionaries(
        {
            **{key: small if key.endswith("_cm") else large for key in NUMBERS},
            "water_cm": sometimes(st.integers(5, 80)),
            "by_class": st.sets(
                st.tuples(st.sampled_from(["hgv", "goods"]), st.integers(1000, 20_000), st.booleans()),
                max_size=2,
            ).map(lambda rows: tuple(sorted(rows))),
            "bans": st.sets(st.sampled_from((*HAZMAT, "trailer")), max_size=2).map(
                lambda w: tuple(sorted(w))
            ),
        }
    )


def loads() -> st.SearchStrategy[Load]:
    small, large = sometimes(st.integers(150, 1300)), sometimes(st.integers(1000, 20_000))
    return st.builds(
        Load,
        **{key: small if key.endswith("_cm") else large for key in NUMBERS},
        wading_cm=sometimes(st.integers(5, 90)),
        hazmat=st.sets(st.sampled_from(HAZMAT), max_size=2).map(lambda words: tuple(sorted(words))),
        trailer=st.booleans(),
    )


def towns() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    return st.fixed_dictionaries({pair: signs() for pair in PAIRS})


def open_to(town: drawn.Roads, travel: Travel) -> set[str]:
    ms = usual_ms(town, kind_of(town, travel))
    return {pair for pair in PAIRS if ms[drawn.edge(town, pair)] < NO_ENTRY_MS}


@given(ways=towns(), profile=st.sampled_from(drawn.PROFILES), load=loads(), data=st.data())
def test_larger_is_never_let_onto_more(
    ways: dict[str, dict[str, Any]], profile: str, load: Load, data: st.DataObject
) -> None:
    town = drawn.roads("A---B---C---D---E", ways=ways)
    travel = Travel(profile, load=load)
    size = size_of(town, travel)
    assert size is not None
    key = data.draw(st.sampled_from((*NUMBERS, "wading_cm", "hazmat", "trailer")))
    if key == "hazmat":
        larger = replace(load, hazmat=tuple(sorted({*load.hazmat, data.draw(st.sampled_from(HAZMAT))})))
    elif key == "trailer":
        larger = replace(load, trailer=True)
    elif key == "wading_cm":
        larger = replace(load, wading_cm=data.draw(st.integers(1, max(1, size.wading_cm))))
    else:
        larger = replace(load, **{key: getattr(size, key) + data.draw(st.integers(0, 5000))})
    assert open_to(town, Travel(profile, load=larger)) <= open_to(town, travel)


@given(ways=towns(), profile=st.sampled_from(drawn.PROFILES), load=loads())
def test_the_referee_finds_the_same_in_its_own_words(
    ways: dict[str, dict[str, Any]], profile: str, load: Load
) -> None:
    town = drawn.roads("A---B---C---D---E", ways=ways)
    vehicle = Vehicle(id=VehicleId("v"), profile=profile, load=load)
    judged = {pair for pair in PAIRS if not refused(town, vehicle, drawn.edge(town, pair))}
    assert judged == open_to(town, vehicle.travel)


@given(load=loads(), kg=st.integers(500, 20_000), more=st.integers(0, 5000), cm=st.integers(5, 90))
def test_heavier_never_escapes_a_weight_nor_who_wades_less_the_water(
    load: Load, kg: int, more: int, cm: int
) -> None:
    town = drawn.roads("A---B")
    size = size_of(town, Travel("truck", load=load))
    assert size is not None
    heavier = size_of(town, Travel("truck", load=replace(load, weight_kg=size.weight_kg + more)))
    dry = size_of(town, Travel("truck", load=replace(load, wading_cm=max(1, size.wading_cm - 3))))
    for bound in (Bound(over_weight_kg=kg), Bound(over_rated_kg=kg), Bound(over_axle_kg=kg)):
        assert is_bound(bound, size) <= is_bound(bound, heavier)
    assert is_bound(Bound(water_cm=cm), size) <= is_bound(Bound(water_cm=cm), dry)


def test_signs_of_the_strategy_are_those_there_are() -> None:
    assert {*NUMBERS, "water_cm", "by_class", "bans"} == set(Limits.__dataclass_fields__)
