"""Which hazards are one event: the same kind, place and time, told by others; the same in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

import drawn
from vado.hazards import events
from vado.model.alert import Action
from vado.model.hazard import Evidence, Hazard
from vado.model.ids import AlertId, Hash, HazardId
from vado.model.when import FOREVER_S

HOUR = 3600
TOWN = drawn.roads("A---B---C---D---E---F\n|\nG")


def told(
    source: str, pairs: str = "AB", *, name: str = "1", start: int = drawn.NOON, end: int = FOREVER_S,
    kind: str = "closure", action: Action = Action.SHUT,
) -> Hazard:  # fmt: skip
    made = drawn.hazard(TOWN, pairs, start, end, action=action, speed_factor=0.5, kind=kind)
    evidence = Evidence(
        alert=AlertId(f"{source}.example,{name}"), source=source, raw=Hash("sha256:0"), headline=""
    )
    return replace(made, id=HazardId(f"{source}-{name}/{pairs}"), evidence=(evidence,))


def grouped(*hazards: Hazard) -> list[set[str]]:
    touched = drawn.touched(TOWN, hazards)
    found = events(TOWN, hazards, touched)
    for other in permutations(hazards):
        assert events(TOWN, other, touched) == found
    return [{name.partition("-")[0] for name in event} for event in found]


def test_one_closure_told_by_two_is_one_event() -> None:
    assert grouped(told("dgt"), told("police")) == [{"dgt", "police"}]


def test_so_is_one_whose_stretch_one_of_them_draws_longer() -> None:
    assert grouped(told("dgt", "AB BC"), told("police", "AB")) == [{"dgt", "police"}]


@pytest.mark.parametrize(
    "other",
    [
        told("police", "CD"),  # another road
        told("police", kind="snow"),  # another reason
        told("police", start=drawn.NOON + 5 * HOUR),  # afterwards
        told("police", action=Action.NONE),  # says that there is nothing
        told("dgt", name="2"),  # the same source: it knows its own apart
    ],
)
def test_another_place_kind_time_or_the_same_teller_is_another_event(other: Hazard) -> None:
    mine = told("dgt", end=drawn.NOON + HOUR, kind="flood")
    assert grouped(mine, other) == []


def test_a_closure_without_a_cause_is_the_flood_that_shuts_the_road_and_not_the_one_that_slows_it() -> None:
    assert grouped(told("dgt"), told("aemet", kind="flood")) == [{"dgt", "aemet"}]
    assert grouped(told("dgt"), told("aemet", kind="flood", action=Action.SLOW)) == []


def test_a_street_and_the_province_around_it_are_two() -> None:
    # Cells of 5 km: the roads of the province are long, the street lies within.
    far = drawn.roads("A---B---C---D---E---F", metres_per_cell=5000)
    street, province = told("police", "AB"), told("aemet", "AB BC CD DE EF")
    touched = drawn.touched(far, (street, province))
    assert events(far, (street, province), touched) == ()
    assert events(far, (street, told("aemet", "AB BC")), drawn.touched(far, (street, told("aemet", "AB BC"))))


def test_a_row_of_overlapping_closures_does_not_become_one() -> None:
    # a tells AB BC, b BC CD, c CD DE: a and b share half, b and c do, a and c share nothing.
    made = grouped(told("a", "AB BC"), told("b", "BC CD"), told("c", "CD DE"))
    assert made == [{"a", "b"}]


def test_of_two_of_one_teller_the_closer_one_is_meant() -> None:
    wide, exact = told("dgt", "AB BC", name="1"), told("dgt", "AB", name="2")
    other = told("police", "AB")
    touched = drawn.touched(TOWN, (wide, exact, other))
    assert events(TOWN, (wide, exact, other), touched) == ((exact.id, other.id),)


def test_three_can_tell_of_one_event() -> None:
    assert grouped(told("dgt"), told("police"), told("aemet")) == [{"dgt", "police", "aemet"}]
