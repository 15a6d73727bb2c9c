"""Andorra with elevation: its towns are as high as people say, and snow shuts the pass and not the valley."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import drawn
from samples import sample
from vado.feeds import osm_pbf
from vado.feeds.srtm import open_elevation
from vado.hazards import footprint
from vado.model.alert import Area, Polygon
from vado.model.ids import HazardId
from vado.model.roads import UNKNOWN_M, Roads
from vado.network.build import build
from vado.store.data import load_profiles


@cache
def andorra() -> Roads:
    raw = osm_pbf.read(sample("osm", "andorra_geodude.osm.pbf"))
    heights = open_elevation([sample("osm", "srtm_N42E001.hgt.zip")]).heights
    return build(raw, load_profiles(), name="andorra", heights=heights)


# Metres, as commonly given: Andorra la Vella 1,023, Pas de la Casa 2,080. 40 m are within both steep towns.
@pytest.mark.parametrize(("town", "metres"), [("Andorra la Vella", 1023), ("Pas de la Casa", 2080)])
def test_towns_are_as_high_as_people_say(town: str, metres: int) -> None:
    roads = andorra()
    at = [name.casefold() for name in roads.places.name].index(town.casefold())
    assert abs(int(roads.node_ele_m[roads.places.node[at]]) - metres) <= 40


def test_snow_above_its_level_binds_the_pass_and_not_the_valley() -> None:
    roads = andorra()
    known = roads.shape_ele_m[roads.shape_ele_m != UNKNOWN_M]
    assert len(known) > 0.95 * len(roads.shape_ele_m)
    ring = ((1.3, 42.3), (1.9, 42.3), (1.9, 42.7), (1.3, 42.7), (1.3, 42.3))
    whole = Area(polygons=(Polygon(outer=ring),))
    any_hazard = drawn.shut(drawn.roads("A--B"), "AB")
    snow, all_over = (
        replace(any_hazard, id=HazardId(name), footprint=(area,))
        for name, area in (("snow", replace(whole, above_m=1500.0)), ("all", whole))
    )
    touched = footprint(roads, (snow, all_over))
    high, everything = touched[HazardId("snow")], touched[HazardId("all")]
    assert 0 < len(high) < len(everything) / 2
    bound = np.zeros(roads.n_edges, np.bool_)
    bound[high] = True
    places = {name.casefold(): node for name, node in zip(roads.places.name, roads.places.node, strict=True)}
    for town, expected in (("andorra la vella", False), ("pas de la casa", True)):
        beside = (roads.edge_from == places[town]) | (roads.edge_to == places[town])
        assert bound[beside].all() == bound[beside].any() == expected
