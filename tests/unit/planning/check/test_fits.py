"""The referee refuses a leg over a road whose signs the vehicle does not keep on this trip."""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from hand import Hand, job, vehicle
from vado.model.plan import Rule
from vado.model.size import Load
from vado.planning.check import check
from vado.planning.check.fits import duration_ms, refused

TOWN = drawn.roads(
    "A------B------C",
    ways={"AB": {"weight_kg": 3500, "rated_kg": 7500, "height_cm": 300}, "BC": {"bans": ("any", "trailer")}},
)


def judge(load: Load, profile: str = "van") -> tuple[Rule, ...]:
    fleet = [vehicle(TOWN, "v1", "A", "A", profile=profile, load=load)]
    case = Hand(TOWN, jobs=[job(TOWN, "c", "C")], vehicles=fleet)
    return case.judge(case.route("v1", "A", [("c", "ABC"), (None, "CBA")], profile=profile))


@pytest.mark.parametrize("load", [Load(), Load(weight_kg=3500, height_cm=300), Load(weight_kg=2100)])
def test_who_keeps_all_signs_is_let_through(load: Load) -> None:
    assert judge(load) == ()


@pytest.mark.parametrize(
    "load",
    [Load(weight_kg=3501), Load(rated_kg=7600), Load(height_cm=301), Load(hazmat=("E",)), Load(trailer=True)],
)
def test_who_breaks_a_sign_is_refused(load: Load) -> None:
    assert judge(load) == (Rule.PATH,)


def test_a_truck_is_refused_as_its_profile_and_let_through_when_it_is_smaller() -> None:
    assert judge(Load(), "truck") == (Rule.PATH,)
    assert judge(Load(weight_kg=3000, rated_kg=7500, height_cm=290), "truck") == ()
    assert judge(Load(weight_kg=3000, height_cm=290), "truck") == (Rule.PATH,)  # by its papers 18 t


def test_who_is_smaller_drives_no_faster_than_the_road_allows() -> None:
    load = Load(weight_kg=3000, rated_kg=7500, height_cm=290)
    fleet = [vehicle(TOWN, "v1", "A", "A", profile="truck", load=load)]
    case = Hand(TOWN, jobs=[job(TOWN, "c", "C")], vehicles=fleet)
    fast = case.route("v1", "A", [("c", "ABC"), (None, "CBA")], profile="truck", factor=2.0)
    assert Rule.SPEED in case.judge(fast)


def test_it_says_what_breaks_which_sign() -> None:
    truck = vehicle(TOWN, "t", "A", "A", profile="truck", load=Load(weight_kg=3000, rated_kg=7000))
    ab, bc = drawn.edge(TOWN, "AB"), drawn.edge(TOWN, "BC")
    assert refused(TOWN, truck, ab).startswith("a height of 400 cm where 300 cm are allowed, too much for")
    assert refused(TOWN, truck, bc) == ""
    assert "dangerous goods" in refused(TOWN, replace(truck, load=Load(hazmat=("water",))), bc)
    assert duration_ms(TOWN, truck, ab) == 60_000
    fleet = [replace(truck, load=Load())]
    case = Hand(TOWN, jobs=[job(TOWN, "c", "C")], vehicles=fleet)
    plan = case.draft(case.route("t", "A", [("c", "ABC"), (None, "CBA")], profile="truck"))
    texts = [violation.text for violation in check(plan, case.problem, case.snapshot).violations]
    assert any("a height of 400 cm where 300 cm are allowed" in text for text in texts)
