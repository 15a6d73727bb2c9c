"""What a delay costs who passes it: all of it, whatever else lies on the road."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drawn import HOUR, NOON, between, hazard, lonlat, node, roads
from little_map import LittleMap
from vado import hazards, network
from vado.model.alert import Action, Area, Polygon
from vado.model.hazard import Hazard
from vado.model.ids import LonLat, NodeId
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.model.when import Interval

CAR = Travel("car")
HORIZON = Interval(NOON, NOON + 6 * HOUR)


def late(town: Roads, pairs: str, delay_s: int) -> Hazard:
    made = hazard(town, pairs, NOON - HOUR, NOON + 9 * HOUR, action=Action.DELAY)
    return replace(made, effects=tuple(replace(effect, delay_s=delay_s) for effect in made.effects))


def around(at: LonLat, delay_s: int) -> Hazard:
    """Make a delay on the roads that pass within a few metres of a point."""
    town = roads("A--B")
    made = late(town, "AB", delay_s)
    lon, lat = at
    ring = tuple(
        (lon + dx * 5e-5, lat + dy * 5e-5) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    )
    return replace(made, footprint=(Area(polygons=(Polygon(outer=ring),)),))


def took(town: Roads, start: int, goal: int, *told: Hazard) -> int:
    touched = hazards.footprint(town, told)
    snapshot = network.snapshot(town, told, touched, travels=(CAR,))
    times = network.times(snapshot, (NodeId(start), NodeId(goal)), horizon=HORIZON)
    return int(times.matrix(CAR, 0).seconds[0, 1])


@pytest.mark.parametrize("stops", [(), ("AB",), ("AB", "BC")])
def test_a_stop_on_the_road_takes_none_of_it_away(stops: tuple[str, ...]) -> None:
    town = roads("A------B------C", ways={"AB": {"minutes": 1}, "BC": {"minutes": 2}})
    points = (lonlat(town, "A"), lonlat(town, "C"), *(between(town, pair) for pair in stops))
    anchored = network.anchor(town, points, travels=[CAR])
    start, goal = anchored.nodes[:2]
    assert took(anchored.roads, start, goal) == 180
    assert took(anchored.roads, start, goal, late(anchored.roads, "AB BC", 600)) in (780, 781)


def test_who_passes_half_loses_half() -> None:
    town = roads("A------B------C", ways={"AB": {"minutes": 2}, "BC": {"minutes": 2}})
    held_up = late(town, "AB BC", 600)
    assert took(town, node(town, "A"), node(town, "B"), held_up) == 120 + 300
    assert took(town, node(town, "C"), node(town, "A"), held_up) == 240 + 600, "and so the other way"


def test_both_carriageways_have_all_of_it() -> None:
    one = {"minutes": 1, "oneway": True}
    town = roads("A---B\n|   |\nC---D", ways={"AB": one, "DC": one})
    held_up = late(town, "AB DC", 600)
    for way in ("AB", "DC"):
        assert took(town, node(town, way[0]), node(town, way[1]), held_up) == 660


def test_out_on_one_and_home_on_the_other_is_not_all_of_the_way() -> None:
    one = {"minutes": 2, "oneway": True}
    town = roads("A---B\n    |\nC---D", ways={"AB": one, "DC": one, "BD": {"minutes": 0.1}})
    held_up = late(town, "AB BD DC", 600)
    assert took(town, node(town, "A"), node(town, "B"), held_up) >= 120 + 550


def test_side_roads_in_the_same_area_do_not_thin_it_out() -> None:
    town = roads("D   E\n|   |\nA---B---C\n|   |\nF   G", ways={"AB": {"minutes": 2}, "BC": {"minutes": 1}})
    held_up = late(town, "AB BC AD AF BE BG", 600)
    through = took(town, node(town, "A"), node(town, "C"), held_up)
    assert through >= 180 + 600 * 180 / (180 + 2 * 60), "the longest way through goes out of one side road"


def test_copies_of_a_junction_lie_side_by_side(tmp_path: Path) -> None:
    """A forbidden turn makes a second copy of B, and of the roads that lead from it."""
    drawn = LittleMap().nodes(A=(0, 0), B=(500, 0), C=(1000, 0), D=(500, 500), E=(1500, 0))
    drawn.way(1, "AB").way(2, "BC").way(3, "BD").way(4, "CE").turn(1, "B", 3, "no_left_turn")
    town = drawn.roads(tmp_path)
    one = town.edge_way == 2
    assert one.sum() > 2, "there are copies"
    start, goal = node(town, "A"), node(town, "E")
    middle = town.shape(int(np.flatnonzero(one)[0]))
    at = tuple((a + b) / 2 for a, b in zip(middle[0], middle[-1], strict=True))
    held_up = around((at[0], at[1]), 600)
    assert took(town, start, goal, held_up) - took(town, start, goal) == pytest.approx(600, abs=1)


@pytest.mark.parametrize("minutes", [0.01, 0.05, 1.0])
@pytest.mark.parametrize("delay_s", [60, 3600, 86_400])
def test_however_long_it_is_it_never_shuts_a_road(minutes: float, delay_s: int) -> None:
    town = roads("A------B------C", ways={"AB": {"minutes": minutes}})
    start, goal = node(town, "A"), node(town, "B")
    usual = took(town, start, goal)
    assert usual + delay_s <= took(town, start, goal, late(town, "AB", delay_s)) <= usual + delay_s + 1
