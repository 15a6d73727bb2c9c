"""Snapshot: hazards on edges, for one way of travelling, named by what they do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drawn import HOUR, NOON, edges, restricted, roads, shut, slow, touched
from vado import network
from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.size import Bound, Load
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import FOREVER_S

CAR, TRUCK = Travel("car"), Travel("truck")
CHAINS = Travel("car", frozenset({"chains"}))
TOWN = roads("A----B----C", ways={"BC": {"not_for": ("truck",)}})


def snap(*hazards: Hazard, travels: tuple[Travel, ...] = (CAR,)) -> Snapshot:
    return network.snapshot(TOWN, hazards, touched(TOWN, hazards), travels=travels)


def test_a_hazard_becomes_one_closure_for_each_edge() -> None:
    table = snap(shut(TOWN, "AB", NOON, NOON + HOUR)).closures[CAR]
    assert table.edge.tolist() == list(edges(TOWN, "AB"))
    assert set(table.start_s) == {NOON}
    assert set(table.end_s) == {NOON + HOUR}
    assert set(table.factor) == {0.0}


def test_overlapping_hazards_are_all_kept_and_sorted() -> None:
    snapshot = snap(slow(TOWN, "AB BC", 0.5, alert="A2"), shut(TOWN, "AB", NOON - 60, alert="A3"))
    table = snapshot.closures[CAR]
    assert len(table) == 6
    assert table.edge.tolist() == sorted(table.edge.tolist())
    first = [(int(s), f) for s, f in zip(table.start_s[:2], table.factor[:2], strict=True)]
    assert first == [(NOON - 60, 0.0), (NOON, 0.5)]
    assert snapshot.hazards[int(table.hazard[0])].alert == "A3"


def test_equipment_lifts_a_restriction_and_only_that() -> None:
    snapshot = snap(restricted(TOWN, "AB", "chains"), travels=(CAR, CHAINS))
    assert set(snapshot.closures[CAR].factor) == {0.0}
    assert len(snapshot.closures[CHAINS]) == 0
    assert len(snap(shut(TOWN, "AB"), travels=(CHAINS,)).closures[CHAINS]) == 2


def test_a_bound_binds_by_the_load_and_the_hash_tells_loads_apart() -> None:
    heavy = shut(TOWN, "AB", only=Bound(over_weight_kg=7500))
    full, empty = TRUCK, Travel("truck", load=Load(weight_kg=7500))
    snapshot = snap(heavy, travels=(full, empty, CAR))
    assert [len(snapshot.closures[travel]) for travel in (full, empty, CAR)] == [2, 0, 0]
    assert snap(heavy, travels=(full,)).content_hash != snap(heavy, travels=(empty,)).content_hash


def test_of_several_effects_that_bind_the_slowest_counts() -> None:
    water = shut(TOWN, "AB", only=Bound(water_cm=40))
    through = replace(water.effects[0], action=Action.SLOW, speed_factor=0.1, only=None)
    deep = replace(water, effects=(water.effects[0], through))
    wader = Travel("car", load=Load(wading_cm=70))
    snapshot = snap(deep, travels=(CAR, wader))
    assert set(snapshot.closures[CAR].factor) == {0.0}
    assert set(snapshot.closures[wader].factor) == {0.1}


def test_a_road_that_the_load_may_not_drive_has_no_closures_for_it() -> None:
    town = roads("A----B----C", ways={"BC": {"weight_kg": 7500}})
    full, empty = TRUCK, Travel("truck", load=Load(weight_kg=7000))
    hazards = (shut(town, "AB BC"),)
    snapshot = network.snapshot(town, hazards, touched(town, hazards), travels=(full, empty))
    assert snapshot.closures[full].edge.tolist() == list(edges(town, "AB"))
    assert snapshot.closures[empty].edge.tolist() == sorted((*edges(town, "AB"), *edges(town, "BC")))


def test_an_effect_binds_its_profile_on_the_edges_it_may_drive() -> None:
    only_trucks = shut(TOWN, "AB BC", profiles=("truck",))
    snapshot = snap(only_trucks, travels=(CAR, TRUCK))
    assert len(snapshot.closures[CAR]) == 0
    assert snapshot.closures[TRUCK].edge.tolist() == list(edges(TOWN, "AB"))


def test_what_is_unknown_shuts_nothing_and_is_listed() -> None:
    unknown = replace(shut(TOWN, "AB"), unknown="its code is in no table")
    nowhere = shut(TOWN, "BC", alert="A2")
    hazards = (unknown, nowhere)
    snapshot = network.snapshot(TOWN, hazards, touched(TOWN, [unknown]), travels=(CAR,))
    assert len(snapshot.closures[CAR]) == 0
    assert set(snapshot.unknown) == {unknown, nowhere}
    placed = network.snapshot(TOWN, hazards, touched(TOWN, hazards), travels=(CAR,))
    assert placed.unknown == (unknown,)


def test_the_name_does_not_depend_on_the_order() -> None:
    a, b = shut(TOWN, "AB", alert="A1"), slow(TOWN, "BC", 0.5, alert="A2")
    assert snap(a, b).content_hash == snap(b, a).content_hash


@pytest.mark.parametrize(
    "other",
    [
        (),
        (shut(TOWN, "BC"),),
        (shut(TOWN, "AB", NOON + 1),),
        (shut(TOWN, "AB", NOON, NOON + HOUR),),
        (slow(TOWN, "AB", 0.5),),
        (shut(TOWN, "AB", alert="A2"),),
        (replace(shut(TOWN, "AB"), unknown="where"),),
    ],
)
def test_the_name_tells_apart_what_differs(other: tuple[Hazard, ...]) -> None:
    assert snap(*other).content_hash != snap(shut(TOWN, "AB")).content_hash


def test_the_next_boundary_is_the_first_instant_after_now() -> None:
    snapshot = snap(shut(TOWN, "AB", NOON, NOON + HOUR), shut(TOWN, "BC", NOON + 60, FOREVER_S, alert="A2"))
    asked = [NOON - 1, NOON, NOON + 60, NOON + HOUR]
    assert [network.next_boundary(snapshot, s) for s in asked] == [NOON, NOON + 60, NOON + HOUR, None]
