"""What tags mean, one rule a row: the speed each profile has forwards and backwards; 0 is no entry."""

from __future__ import annotations

import pytest

from vado.model.raw_roads import driving_tags
from vado.model.roads import EdgeFlag
from vado.model.size import Limits
from vado.network.allowed import fits
from vado.network.rules import WayRule, node_blocks, node_limits, way_rule
from vado.store.data import load_profiles

PROFILES = load_profiles()


def rule(**tags: str) -> WayRule:
    tags = {key.replace("__", ":"): value for key, value in ({"highway": "residential"} | tags).items()}
    return way_rule(driving_tags(tags), PROFILES)


def kmh(profile: str, direction: int = 0, **tags: str) -> float:
    return round(rule(**tags).kmh[PROFILES.names.index(profile)][direction], 2)


def drivers(direction: int = 0, **tags: str) -> set[str]:
    return {name for name in PROFILES.names if kmh(name, direction, **tags) > 0}


ALL = {"car", "van", "truck", "4x4"}


@pytest.mark.parametrize(
    ("tags", "car", "truck"),
    [
        ({"highway": "motorway"}, 100, 85),
        ({"highway": "trunk"}, 85, 60),
        ({"highway": "trunk", "motorroad": "yes"}, 90, 80),
        ({"highway": "residential"}, 30, 30),
        # a mapped limit is driven at 90 %, trucks not above their limiter
        ({"maxspeed": "50"}, 45, 45),
        ({"highway": "motorway", "maxspeed": "120"}, 108, 81),
        ({"highway": "primary", "maxspeed": "30 mph"}, 43.45, 43.45),
        ({"highway": "primary", "maxspeed": "80", "maxspeed__hgv": "60"}, 72, 54),
        ({"highway": "primary", "maxspeed": "RO:urban"}, 45, 45),
        ({"highway": "primary", "maxspeed": "RO:rural"}, 81, 81),
        ({"highway": "primary", "source__maxspeed": "FR:rural"}, 72, 72),
        ({"highway": "residential", "zone__maxspeed": "DE:20"}, 18, 18),
        ({"highway": "residential", "source__maxspeed": "sign"}, 30, 30),
        ({"highway": "residential", "maxspeed": "FR:zone30"}, 27, 27),
        ({"highway": "residential", "source__maxspeed": "DE:zone:20"}, 18, 18),
        ({"highway": "motorway", "maxspeed": "none"}, 100, 85),
        ({"highway": "motorway", "maxspeed": "signals"}, 100, 85),
        ({"highway": "motorway", "maxspeed": "DE:motorway"}, 100, 85),
        ({"highway": "living_street", "maxspeed": "walk"}, 6.3, 6.3),
        ({"maxspeed": "3"}, 5, 5),
        # surface and smoothness only slow down
        ({"highway": "primary", "surface": "gravel"}, 30, 30),
        ({"highway": "living_street", "surface": "gravel"}, 10, 10),
        ({"highway": "primary", "surface": "asphalt"}, 65, 60),
        ({"highway": "primary", "smoothness": "bad"}, 40, 40),
    ],
)
def test_speed(tags: dict[str, str], car: float, truck: float) -> None:
    assert (kmh("car", **tags), kmh("truck", **tags)) == (car, truck)


def test_a_limit_may_differ_by_direction() -> None:
    tags = {"highway": "primary", "maxspeed": "80", "maxspeed__forward": "50"}
    assert (kmh("car", 0, **tags), kmh("car", 1, **tags)) == (45, 72)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, ALL),
        ({"access": "private"}, set()),
        ({"access": "no"}, set()),
        ({"motor_vehicle": "agricultural"}, set()),
        ({"motor_vehicle": "agricultural;destination"}, ALL),
        ({"access": "no", "motor_vehicle": "yes"}, ALL),
        ({"access": "yes", "motor_vehicle": "no"}, set()),
        ({"vehicle": "no", "motorcar": "yes"}, {"car", "van", "4x4"}),
        ({"motorcar": "no"}, {"truck"}),
        ({"motorcar": "no", "goods": "yes"}, {"van", "truck"}),
        ({"hgv": "no"}, {"car", "van", "4x4"}),
        ({"access": "no", "hgv": "destination"}, {"truck"}),
        ({"access": "mystery"}, ALL),
        ({"motor_vehicle": "mystery", "access": "no"}, set()),
        ({"motor_vehicle__forward": "no"}, set()),
        # dimensions: the truck is 4.0 m high, 2.55 wide, 12 long, 18 t; the van 2.7 m high and 3.5 t
        ({"maxheight": "3.9"}, {"car", "van", "4x4"}),
        ({"maxheight": "4.0"}, ALL),
        ({"maxheight": "2.2"}, {"car", "4x4"}),
        ({"maxheight": "default"}, ALL),
        ({"maxheight__physical": "1.9"}, set()),
        ({"maxwidth": "2.3"}, {"car", "4x4"}),
        ({"maxlength": "10"}, {"car", "van", "4x4"}),
        ({"maxweight": "7.5"}, {"car", "van", "4x4"}),
        ({"maxweight": "3"}, {"car"}),
        ({"maxweight__hgv": "7.5"}, {"car", "van", "4x4"}),
        ({"maxweightrating": "7.5"}, {"car", "van", "4x4"}),
        ({"maxaxleload": "10"}, {"car", "van", "4x4"}),
        ({"maxaxleload": "11.5"}, ALL),
        ({"hgv__conditional": "no @ (weight>7.5)"}, {"car", "van", "4x4"}),
        ({"hgv__conditional": "no @ (Mo-Fr 07:00-09:00)"}, ALL),
        # only a 4x4 takes tracks, fords and rough roads
        ({"highway": "track"}, {"4x4"}),
        ({"highway": "track", "tracktype": "grade1"}, ALL),
        ({"highway": "track", "tracktype": "grade3"}, {"4x4"}),
        ({"highway": "track", "motor_vehicle": "yes"}, ALL),
        ({"highway": "track", "access": "private"}, set()),
        ({"ford": "yes"}, {"4x4"}),
        ({"ford": "yes", "depth": "0.1"}, ALL),
        ({"ford": "yes", "depth": "0.2 m"}, {"van", "truck", "4x4"}),
        ({"ford": "yes", "depth": "0.4"}, {"truck", "4x4"}),
        ({"ford": "yes", "depth": "0.2;0.6"}, set()),
        ({"ford": "no"}, ALL),
        ({"hazmat": "no"}, ALL),  # none of the profiles carries any
        ({"ford": "stepping_stones"}, ALL),
        ({"smoothness": "horrible"}, {"4x4"}),
        ({"smoothness": "impassable"}, set()),
        # no roads, or shut
        ({"highway": "footway"}, set()),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, set()),
        ({"service": "emergency_access", "highway": "service"}, set()),
        ({"area": "yes"}, set()),
        ({"oneway": "reversible"}, set()),
        ({"impassable": "yes"}, set()),
        ({"highway": "primary", "route": "ferry"}, ALL),  # the key route decides nothing on a road
    ],
)
def test_who_may_drive(tags: dict[str, str], expected: set[str]) -> None:
    assert drivers(**tags) == expected


def test_track_speeds_are_by_grade() -> None:
    assert kmh("4x4", highway="track") == 15
    assert kmh("4x4", highway="track", tracktype="grade2") == 30
    assert kmh("4x4", highway="track", tracktype="grade5") == 10


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"oneway": "yes"}, ALL, set()),
        ({"oneway": "1"}, ALL, set()),
        ({"oneway": "-1"}, set(), ALL),
        ({"oneway": "no"}, ALL, ALL),
        ({"oneway": "alternating"}, ALL, ALL),
        ({"junction": "roundabout"}, ALL, set()),
        ({"junction": "circular"}, ALL, set()),
        ({"highway": "motorway"}, ALL, set()),
        ({"highway": "motorway_link"}, ALL, set()),
        ({"highway": "motorway", "oneway": "no"}, ALL, ALL),
        ({"oneway": "yes", "oneway__bicycle": "no"}, ALL, set()),
        ({"oneway": "yes", "oneway__hgv": "no"}, ALL, {"truck"}),
        ({"oneway": "yes", "oneway__motor_vehicle": "no"}, ALL, ALL),
        ({"vehicle__backward": "no"}, ALL, set()),
        ({"motor_vehicle__forward": "destination", "motor_vehicle": "no"}, ALL, set()),
    ],
)
def test_directions(tags: dict[str, str], forward: set[str], backward: set[str]) -> None:
    assert (drivers(0, **tags), drivers(1, **tags)) == (forward, backward)


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"bridge": "viaduct", "tunnel": "no"}, EdgeFlag.BRIDGE),
        ({"tunnel": "yes", "toll": "yes"}, EdgeFlag.TUNNEL | EdgeFlag.TOLL),
        ({"ford": "yes"}, EdgeFlag.FORD),
        ({"junction": "roundabout"}, EdgeFlag.ROUNDABOUT),
        ({"highway": "primary_link"}, EdgeFlag.LINK),
        ({"access": "destination"}, EdgeFlag.DESTINATION),
        ({"hgv": "no"}, EdgeFlag.HGV_NO),
        ({"hgv": "delivery"}, EdgeFlag.HGV_DESTINATION),
        ({"surface": "gravel"}, EdgeFlag.UNPAVED),
        ({"highway": "track"}, EdgeFlag.UNPAVED),
        ({"highway": "track", "surface": "asphalt"}, EdgeFlag(0)),
        ({"access__conditional": "no @ winter"}, EdgeFlag.SEASONAL),
        ({"maxspeed__conditional": "50 @ wet"}, EdgeFlag(0)),
        ({"winter_road": "yes"}, EdgeFlag.SEASONAL),
    ],
)
def test_flags(tags: dict[str, str], flags: EdgeFlag) -> None:
    assert rule(**tags).flags == flags


def test_limits_are_kept_as_numbers() -> None:
    kept = rule(maxspeed="30 mph", maxheight="12'6\"", maxwidth="2.5", maxlength="10 m", maxweight="7.5t")
    assert kept.maxspeed_kmh == 48
    assert kept.limits == Limits(height_cm=381, width_cm=250, length_cm=1000, weight_kg=7500)


@pytest.mark.parametrize(
    ("tags", "limits"),
    [
        ({"maxaxleload": "10"}, Limits(axle_kg=10_000)),
        ({"maxweightrating": "7.5"}, Limits(rated_kg=7500)),
        ({"maxweightrating__hgv": "12"}, Limits(by_class=(("hgv", 12_000, True),))),
        ({"maxweight__hgv": "12"}, Limits(by_class=(("hgv", 12_000, False),))),
        ({"hgv__conditional": "no @ (weight>7.5)"}, Limits(by_class=(("hgv", 7500, True),))),
        ({"ford": "yes", "depth": "0.4"}, Limits(water_cm=40)),
        ({"depth": "0.4"}, Limits()),
        ({"hazmat": "no"}, Limits(bans=("any",))),
        ({"hazmat": "destination"}, Limits()),
        ({"hazmat__water": "no", "trailer": "no"}, Limits(bans=("trailer", "water"))),
        # a tunnel's category shuts out its own code and the more dangerous; on open roads letters mean else
        ({"tunnel": "yes", "hazmat__D": "no"}, Limits(bans=("B", "C", "D"))),
        ({"tunnel": "yes", "hazmat__adr_tunnel_cat": "C"}, Limits(bans=("B", "C"))),
        ({"hazmat__B": "no"}, Limits()),
        ({"maxweight__conditional": "3.5 @ (winter)"}, Limits()),
    ],
)
def test_signs_become_limits(tags: dict[str, str], limits: Limits) -> None:
    assert rule(**tags).limits == limits
    assert rule(**tags).conditional == any(key.endswith("__conditional") for key in tags)


def test_who_is_small_enough_has_a_speed_where_the_profile_has_none() -> None:
    low = rule(maxheight="1.9", hgv="no")
    assert low.kmh == ((0.0, 0.0),) * 4
    assert low.kmh_small[PROFILES.names.index("van")] == rule().kmh[PROFILES.names.index("van")]
    assert low.kmh_small[PROFILES.names.index("truck")] == (0.0, 0.0)  # no load changes what it is
    assert low.drivable


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"barrier": "bollard"}, ALL),
        ({"barrier": "bollard", "bollard": "rising"}, set()),
        ({"barrier": "gate"}, set()),
        ({"barrier": "gate", "access": "private"}, ALL),
        ({"barrier": "gate", "locked": "yes"}, ALL),
        ({"barrier": "gate", "locked": "yes", "motor_vehicle": "yes"}, set()),
        ({"barrier": "lift_gate", "hgv": "no"}, {"truck"}),
        ({"barrier": "chain"}, ALL),
        ({"barrier": "chain", "access": "yes"}, set()),
        ({"barrier": "height_restrictor", "maxheight": "2.1"}, {"van", "truck"}),
        ({"barrier": "toll_booth"}, set()),
        ({"barrier": "cycle_barrier"}, ALL),
        ({"ford": "yes"}, {"car", "van", "truck"}),
    ],
)
def test_nodes_that_stop_vehicles(tags: dict[str, str], stopped: set[str]) -> None:
    node = tuple(sorted(tags.items()))
    limits = node_limits(node, PROFILES)
    assert stopped == {
        profile.name
        for profile, stops in zip(PROFILES.profiles, node_blocks(node, PROFILES), strict=True)
        if stops or not fits(limits, profile.size)
    }
