"""Where other routers go wrong when a road is shut: pitfalls 39 to 42 of real feeds, told on drawn towns."""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from story import Story, at, closing, job, vehicle
from vado.model.alert import Action, Area, MsgType, Polygon
from vado.model.raw_roads import driving_tags
from vado.model.roads import EdgeFlag
from vado.model.world import JobsPut
from vado.network.rules import way_rule
from vado.store.data import load_profiles

RING = drawn.roads(
    """
    A------B
    |      |
    C------D
    """,
    ways={"CD": {"minutes": 2}},
)
VALLEY = drawn.roads(
    """
    A------B------C------D
    """
)


def around(where: str, *, to: str) -> Polygon:
    """Draw a box around two letters and all between."""
    (x0, y0), (x1, y1) = (drawn.lonlat(VALLEY, letter) for letter in (where, to))
    west, east, south, north = min(x0, x1) - 1e-4, max(x0, x1) + 1e-4, min(y0, y1) - 1e-4, max(y0, y1) + 1e-4
    return Polygon(outer=((west, south), (east, south), (east, north), (west, north), (west, south)))


@pytest.mark.parametrize("inside", ["C", "CD"])
def test_pitfall_39_who_starts_or_ends_inside_what_is_shut_gets_no_route(inside: str) -> None:
    """A start or an end within the polygon, amid a road or at a junction of two, is no way in."""
    shut = closing(VALLEY, "BC", at(8), name="flood-7")
    wide = replace(shut, infos=(replace(shut.infos[0], areas=(Area(polygons=(around("B", to="D"),)),)),))
    story = Story(VALLEY, jobs=[job(VALLEY, "j", inside)], vehicles="v1@A")
    story.tell(wide, now=at(8))
    assert story.plan == ""
    assert story.held == "j CUT_OFF"
    home = vehicle(VALLEY, "v1", "C")
    within = Story(VALLEY, jobs="j@A", vehicles=[home])
    within.tell(wide, now=at(8))
    assert within.plan == "", "nor does one that stands in it drive out"


def test_pitfall_39_two_shut_roads_one_after_the_other_are_not_passed_between() -> None:
    story = Story(VALLEY, jobs="c@C d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC CD", at(8)), now=at(8))
    assert story.plan == ""
    assert story.held == "c CUT_OFF, d CUT_OFF"


@pytest.mark.parametrize(("factor", "least"), [(1e-9, 0.0), (0.001, 0.001)])
def test_pitfall_40_what_is_shut_is_no_low_speed_and_a_speed_of_nothing_is_shut(
    factor: float, least: float
) -> None:
    """A closure is not something slow that a desperate router still takes: nobody drives it, at any price."""
    shut = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    shut.tell(closing(VALLEY, "BC", at(8)), now=at(8))
    assert shut.held == "d CUT_OFF"
    slow = closing(VALLEY, "BC", at(8), action=Action.SLOW, factor=factor)
    late = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    closures = late.tell(slow, now=at(8)).snapshot.closures
    assert {float(each) for closure in closures.values() for each in closure.factor} == {least}
    assert late.plan == "", "it takes longer than the day has"


def test_pitfall_41_a_route_made_before_the_closure_is_not_driven_after_it() -> None:
    story = Story(RING, jobs="b@B", vehicles="v1@A")
    assert story.plan == "v1: b 08:01"
    story.tell(closing(RING, "AB", at(8)), now=at(8))
    assert story.plan == "v1: b 08:04", "by C and D, before anybody has driven off"


def test_pitfall_41_a_closure_that_begins_while_it_is_driven_counts_when_the_road_is_reached() -> None:
    # Off at eight; the road behind C shuts a minute later, before it is reached.
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "CD", at(8, 1)), now=at(8))
    assert story.held.startswith("d ")


def test_pitfall_42_a_closure_of_a_feed_leaves_no_trace_in_the_map() -> None:
    before = VALLEY.content_hash
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), name="flood-7"), now=at(8))
    assert story.held == "d CUT_OFF"
    end = closing(VALLEY, "", at(8), name="end", msg_type=MsgType.CANCEL, references=("flood-7",), sent=at(9))
    story.tell(end, JobsPut(jobs=(job(VALLEY, "c", "C"),)), now=at(9))
    assert story.held == ""
    assert before == VALLEY.content_hash == story.world.region_hash


def test_pitfall_42_what_the_map_shuts_for_a_time_is_not_shut_for_good() -> None:
    """`access:conditional` with dates long past stays in the map for years: driven, and flagged."""
    profiles = load_profiles()
    tags = {"highway": "residential", "access:conditional": "no @ (2019 Jan 10-2019 Feb 20)"}
    rule = way_rule(driving_tags(tags), profiles)
    assert rule.conditional
    assert EdgeFlag.SEASONAL in EdgeFlag(rule.flags)
    assert all(kmh > 0 for both in rule.kmh for kmh in both)
