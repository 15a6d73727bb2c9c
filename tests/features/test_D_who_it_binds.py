"""Signs and closures bind only whom they bind. Every drawn road takes a minute, every service too."""

from __future__ import annotations

from dataclasses import replace

import drawn
from story import Story, at, closing, vehicle
from vado.model.alert import Action
from vado.model.size import Bound, Load

RING = drawn.roads(
    """
    A------B
    |      |
    C------D
    """,
    ways={"CD": {"minutes": 2}},
)

VALLEY = drawn.roads("A------B------C", ways={"BC": {"ref": "CG-4"}})


def bridge(**sign: object) -> drawn.Roads:
    """Draw a bridge with a sign, and the long way round it."""
    return drawn.roads(
        """
        A------B
        |      |
        C------D
        """,
        ways={"AB": {"bridge": True, **sign}, "CD": {"minutes": 2}},
    )


def plan(town: drawn.Roads, profile: str, **more: object) -> str:
    fleet = [vehicle(town, "v1", "A", profile=profile, **more)]
    return Story(town, jobs="b@B", vehicles=fleet).plan


def test_d01_a_bridge_for_7_5_tonnes_bears_an_empty_truck() -> None:
    town = bridge(weight_kg=7500)
    assert plan(town, "truck") == "v1: b 08:04"
    assert plan(town, "truck", load=Load(weight_kg=7400)) == "v1: b 08:01"
    assert plan(town, "truck", load=Load(weight_kg=7600)) == "v1: b 08:04"
    assert plan(town, "van") == "v1: b 08:01"
    assert plan(town, "van", load=Load(weight_kg=7600)) == "v1: b 08:04"


def test_d02_a_sign_about_rated_weight_asks_not_what_is_aboard() -> None:
    town = bridge(rated_kg=7500)
    assert plan(town, "truck", load=Load(weight_kg=7400)) == "v1: b 08:04"
    assert plan(town, "truck", load=Load(rated_kg=7500, weight_kg=7400)) == "v1: b 08:01"


def test_d03_beyond_the_bridge_only_who_may_cross_it_serves() -> None:
    town = drawn.roads("A------B------C", ways={"BC": {"weight_kg": 7500}}, metres_per_cell=400)
    fleet = [
        vehicle(town, "full", "A", profile="truck"),
        vehicle(town, "empty", "A", profile="truck", load=Load(weight_kg=7000)),
    ]
    assert Story(town, jobs="c@C", vehicles=fleet).plan == "empty: c 08:02"
    assert Story(town, jobs="c@C", vehicles=fleet[:1]).held == "c NOT_CONNECTED"


def test_d04_a_tunnel_is_shut_to_the_goods_that_its_category_names() -> None:
    town = bridge(bans=("B", "C", "D"))
    assert plan(town, "truck") == "v1: b 08:01"
    assert plan(town, "truck", load=Load(hazmat=("D",))) == "v1: b 08:04"
    assert plan(town, "truck", load=Load(hazmat=("E",))) == "v1: b 08:01"


def test_d05_a_pass_with_snow_is_shut_to_trucks_alone() -> None:
    fleet = [vehicle(VALLEY, "t", "A", profile="truck"), vehicle(VALLEY, "v", "A")]
    story = Story(VALLEY, jobs="b@B c@C", vehicles=fleet[:1])
    assert story.plan == "t: b 08:01, c 08:03"
    story.tell(closing(VALLEY, "BC", at(8), profiles=("truck",), name="snow"), now=at(8))
    assert story.held == "c CUT_OFF"
    story = Story(VALLEY, jobs="c@C", vehicles=fleet)
    story.tell(closing(VALLEY, "BC", at(8), profiles=("truck",), name="snow"), now=at(8))
    assert story.plan == "v: c 08:02"


def test_d06_chains_lift_it_and_winter_tyres_do_not() -> None:
    def drives(equipment: set[str], requires: str) -> str:
        fleet = [vehicle(RING, "v1", "A", equipment=frozenset(equipment))]
        story = Story(RING, jobs="b@B", vehicles=fleet)
        chains = closing(RING, "AB", at(8), action=Action.RESTRICTED, requires=requires, factor=0.5)
        story.tell(chains, now=at(8))
        return story.plan

    assert drives({"chains"}, "chains") == "v1: b 08:02"
    assert drives({"winter-tyres"}, "chains") == "v1: b 08:04"
    assert drives(set(), "chains") == "v1: b 08:04"
    assert drives({"winter-tyres"}, "winter-tyres") == "v1: b 08:02"
    assert drives({"chains"}, "winter-tyres") == "v1: b 08:02"


def test_d07_water_of_0_4_m_stops_the_van_and_not_the_4x4() -> None:
    flood = closing(RING, "AB", at(8), only=Bound(water_cm=40), name="flood")

    def drives(profile: str, load: Load) -> str:
        story = Story(RING, jobs="b@B", vehicles=[vehicle(RING, "v1", "A", profile=profile, load=load)])
        story.tell(flood, now=at(8))
        return story.plan

    # Who wades it drives at a tenth of the speed: ten minutes, and the way round is quicker.
    assert drives("van", Load()) == drives("4x4", Load()) == "v1: b 08:04"
    town = drawn.roads("A------B")
    flood = closing(town, "AB", at(8), only=Bound(water_cm=40), name="flood")

    def reaches(profile: str, load: Load) -> str:
        story = Story(town, jobs="b@B", vehicles=[vehicle(town, "v1", "A", profile=profile, load=load)])
        story.tell(flood, now=at(8))
        return story.plan

    assert reaches("van", Load()) == ""
    assert reaches("4x4", Load(wading_cm=70)) == "v1: b 08:10"
    assert reaches("van", Load(wading_cm=40)) == "v1: b 08:10"
    assert reaches("4x4", Load(wading_cm=39)) == ""


def test_d08_a_ford_of_0_4_m_stops_the_van_and_not_the_4x4() -> None:
    town = bridge(ford=True, water_cm=40)
    assert plan(town, "van") == "v1: b 08:04"
    assert plan(town, "4x4", load=Load(wading_cm=70)) == "v1: b 08:01"
    assert plan(town, "4x4", load=Load(wading_cm=30)) == "v1: b 08:04"


def test_d09_wind_that_shuts_out_empty_high_vehicles_lets_laden_ones_pass() -> None:
    wind = closing(RING, "AB", at(8), only=Bound(over_height_cm=300, under_weight_kg=12_000), name="wind")

    def drives(profile: str, load: Load) -> str:
        story = Story(RING, jobs="b@B", vehicles=[vehicle(RING, "v1", "A", profile=profile, load=load)])
        story.tell(wind, now=at(8))
        return story.plan

    assert drives("truck", Load(weight_kg=8000)) == "v1: b 08:04"
    assert drives("truck", Load()) == "v1: b 08:01"
    assert drives("van", Load()) == "v1: b 08:01"


def test_d10_a_bridge_that_is_cracked_is_shut_above_a_weight() -> None:
    crack = closing(RING, "AB", at(8), only=Bound(over_weight_kg=3500), name="crack")
    fleet = [vehicle(RING, "v1", "A", profile="truck")]
    story = Story(RING, jobs="b@B", vehicles=fleet)
    story.tell(crack, now=at(8))
    assert story.plan == "v1: b 08:04"
    story = Story(RING, jobs="b@B", vehicles=[replace(fleet[0], load=Load(weight_kg=3500))])
    story.tell(crack, now=at(8))
    assert story.plan == "v1: b 08:01"
