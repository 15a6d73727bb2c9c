"""Times: matrices slot by slot, and drives on the clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from drawn import HOUR, MINUTE, NOON, between, edge, lonlat, nodes, roads, shut, slow, touched
from vado import network
from vado.model.hazard import Hazard
from vado.model.roads import Roads
from vado.model.snapshot import NO_WAY_S, Drive, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network.times import NetworkTimes

CAR, TRUCK = Travel("car"), Travel("truck")
DAY = Interval(NOON, NOON + 8 * HOUR)
# Over the bridge AB it takes 10 minutes; round by C and D 40.
RING = roads(
    """
    A----------B
    |          |
    C----------D
    """,
    ways={
        "AB": {"minutes": 10, "bridge": True, "not_for": ("truck",)},
        "AC": {"minutes": 10},
        "CD": {"minutes": 20},
        "BD": {"minutes": 10},
    },
)


def timed(
    town: Roads, letters: str, *hazards: Hazard, horizon: Interval = DAY, slots_max: int = 200
) -> NetworkTimes:
    snapshot = network.snapshot(town, hazards, touched(town, hazards), travels=(CAR, TRUCK))
    return network.times(snapshot, nodes(town, letters), horizon=horizon, slots_max=slots_max)


def way(town: Roads, drive: Drive | None) -> str:
    """Write a drive as a person would: "12:00 A-C-D 12:30"."""
    if drive is None:
        return "no way"
    ends = [town.edge_from[drive.edges[0].edge], *(town.edge_to[step.edge] for step in drive.edges)]
    letters = "-".join(chr(int(town.node_osm[node])) for node in ends)
    start, end = (f"{s // 3600 % 24:02}:{s // 60 % 60:02}" for s in (drive.depart_s, drive.arrive_s))
    return f"{start} {letters} {end}"


@pytest.mark.parametrize("km", [1_600, 2_100])  # the longest an edge can be is 2,147 km
def test_seconds_and_metres_are_true_round_half_the_earth(km: int) -> None:
    letters = "ABCDEFGHIJK"
    pairs = [a + b for a, b in pairwise(letters)]
    far = roads("----".join(letters), ways={pair: {"metres": km * 1000, "minutes": 60} for pair in pairs})
    matrix = timed(far, letters).matrix(CAR, 0)
    for a in range(len(letters)):
        for b in range(len(letters)):
            assert matrix.seconds[a, b] == abs(a - b) * HOUR
            assert matrix.metres[a, b] == abs(a - b) * km * 1000


def test_the_matrix_has_seconds_and_metres_of_the_fastest_way() -> None:
    matrix = timed(RING, "ABC").matrix(CAR, 0)
    assert matrix.seconds.tolist() == [[0, 600, 600], [600, 0, 1200], [600, 1200, 0]]
    assert matrix.metres.tolist() == [[0, 1100, 200], [1100, 0, 1300], [200, 1300, 0]]
    assert timed(RING, "ABC").matrix(TRUCK, 0).seconds[0, 1] == 40 * MINUTE


def test_slots_are_cut_only_where_something_changes() -> None:
    long, inside = shut(RING, "AB", NOON - 60, NOON + HOUR), shut(RING, "AB", NOON, NOON + 60, alert="A2")
    other = slow(RING, "CD", 0.5, NOON + HOUR, alert="A3")
    times = timed(RING, "AB", long, inside, other)
    assert times.slots == (Interval(NOON, NOON + HOUR), Interval(NOON + HOUR, DAY.end_s))
    assert [int(times.matrix(CAR, k).seconds[0, 1]) for k in (0, 1)] == [40 * MINUTE, 10 * MINUTE]
    assert [int(times.matrix(TRUCK, k).seconds[0, 1]) for k in (0, 1)] == [40 * MINUTE, HOUR]


def test_too_many_slots_are_merged_to_the_cautious_side() -> None:
    hazards = [shut(RING, "AB", NOON + k * HOUR, NOON + k * HOUR + 60, alert=f"A{k}") for k in range(1, 7)]
    times = timed(RING, "AB", *hazards, slots_max=5)
    assert len(times.slots) == 5
    assert (times.slots[0].start_s, times.slots[-1].end_s) == (DAY.start_s, DAY.end_s)
    for k, slot in enumerate(times.slots):
        is_shut = any(h.interval.overlaps(slot) for h in hazards)
        assert times.matrix(CAR, k).seconds[0, 1] == (40 if is_shut else 10) * MINUTE
    exact = timed(RING, "AB", *hazards)
    for depart in range(NOON, DAY.end_s, 1700):  # drives do not suffer from merged slots
        assert times.drive(CAR, 0, 1, depart) == exact.drive(CAR, 0, 1, depart)


def test_nowhere_has_no_way() -> None:
    snapshot = network.snapshot(RING, (), {}, travels=(CAR,))
    times = network.times(snapshot, (-1, nodes(RING, "A")[0]), horizon=DAY)
    matrix = times.matrix(CAR, 0)
    assert matrix.seconds.tolist() == [[NO_WAY_S, NO_WAY_S], [NO_WAY_S, 0]]
    assert matrix.metres.tolist() == [[NO_WAY_S, NO_WAY_S], [NO_WAY_S, 0]]
    assert times.drive(CAR, 0, 1, NOON) is None


def test_a_drive_says_when_it_enters_each_edge() -> None:
    drive = timed(RING, "AD").drive(CAR, 0, 1, NOON)
    assert way(RING, drive) == "12:00 A-B-D 12:20"
    assert drive is not None
    assert [(s.edge, s.enter_ms) for s in drive.edges] == [
        (edge(RING, "AB"), NOON * 1000),
        (edge(RING, "BD"), (NOON + 600) * 1000),
    ]
    assert drive.distance_m == 1300


def test_staying_is_an_empty_drive() -> None:
    drive = timed(RING, "AA").drive(CAR, 0, 1, NOON)
    assert drive == Drive(edges=(), depart_s=NOON, arrive_s=NOON, distance_m=0)


@pytest.mark.parametrize(
    ("depart_min", "expected"),
    [
        (-20, "11:40 A-B 11:50"),
        (-10, "11:50 A-B 12:00"),  # off the bridge as it shuts
        (-9, "11:51 A-C-D-B 12:31"),  # it would be caught on the bridge
        (20, "12:20 A-C-D-B 13:00"),
        (51, "13:00 A-B 13:10"),  # waiting at the stop beats the detour
        (60, "13:00 A-B 13:10"),
    ],
)
def test_a_closure_is_met_on_the_clock(depart_min: int, expected: str) -> None:
    times = timed(RING, "AB", shut(RING, "AB", NOON, NOON + HOUR), horizon=Interval(NOON - HOUR, DAY.end_s))
    assert way(RING, times.drive(CAR, 0, 1, NOON + depart_min * MINUTE)) == expected


def test_who_waits_leaves_so_that_the_road_opens_as_it_comes() -> None:
    town = roads("A----B----C", ways={"AB": {"minutes": 30}})
    times = timed(town, "AC", shut(town, "BC", NOON, NOON + HOUR))
    assert way(town, times.drive(CAR, 0, 1, NOON)) == "12:30 A-B-C 13:01"


def test_nobody_waits_on_the_road() -> None:
    # AB shuts at 12:10 until 15:00, BC opens at 12:40: who waits for C in B would not wait at a stop.
    town = roads("A----B----C", ways={"AB": {"minutes": 5}, "BC": {"minutes": 5}})
    first, second = (
        shut(town, "AB", NOON + 600, NOON + 3 * HOUR),
        shut(town, "BC", NOON - HOUR, NOON + 2400, alert="A2"),
    )
    times = timed(town, "AC", first, second)
    assert way(town, times.drive(CAR, 0, 1, NOON)) == "15:00 A-B-C 15:10"


def test_a_road_that_never_opens_is_no_way() -> None:
    times = timed(RING, "AB", shut(RING, "AB AC", NOON, FOREVER_S))
    assert times.drive(CAR, 0, 1, NOON) is None
    assert way(RING, times.drive(CAR, 0, 1, NOON - HOUR)) == "11:00 A-B 11:10"


def test_a_road_that_opens_after_the_horizon_is_no_way() -> None:
    times = timed(RING, "AB", shut(RING, "AB AC", NOON, DAY.end_s + 1))
    assert times.drive(CAR, 0, 1, NOON) is None


def test_slow_roads_take_their_factor_and_meet_more() -> None:
    half = slow(RING, "AB", 0.5, NOON, NOON + HOUR)
    assert way(RING, timed(RING, "AB", half).drive(CAR, 0, 1, NOON)) == "12:00 A-B 12:20"
    # Slowed on the last bit, it is still on the bridge when that shuts.
    caught = shut(RING, "AB", NOON + 15 * MINUTE, NOON + HOUR, alert="A2")
    times = timed(RING, "AB", half, caught)
    assert way(RING, times.drive(CAR, 0, 1, NOON)) == "12:00 A-C-D-B 12:40"


def test_a_slower_vehicle_needs_longer() -> None:
    times = timed(RING, "AB", shut(RING, "AB", NOON + 15 * MINUTE, NOON + 2 * HOUR))
    assert way(RING, times.drive(CAR, 0, 1, NOON, speed_factor=0.8)) == "12:00 A-B 12:12"
    assert way(RING, times.drive(CAR, 0, 1, NOON, speed_factor=0.5)) == "12:00 A-C-D-B 13:20"


def test_half_a_road_is_open_when_the_other_half_is_not() -> None:
    anchored = network.anchor(RING, (lonlat(RING, "A"), between(RING, "AB", 0.2)), travels=(CAR,))
    hazard = shut(anchored.roads, "AB", NOON, NOON + HOUR)
    beyond = [e for e in touched(anchored.roads, [hazard])[hazard.id].tolist() if e >= RING.n_edges]
    far = [
        e for e in beyond if nodes(RING, "B")[0] in (anchored.roads.edge_from[e], anchored.roads.edge_to[e])
    ]
    whole = [edge(anchored.roads, "AB"), edge(anchored.roads, "BA")]
    snapshot = network.snapshot(anchored.roads, [hazard], {hazard.id: [*far, *whole]}, travels=(CAR,))
    times = network.times(snapshot, anchored.nodes, horizon=DAY)
    drive = times.drive(CAR, 0, 1, NOON)
    assert drive is not None
    assert drive.arrive_s - drive.depart_s == pytest.approx(120, abs=20)


def test_a_way_within_the_horizon_is_found_beside_an_equal_one_after_it() -> None:
    # At 20:00 the horizon ends; the bridge opens at 20:10, when the detour is just as fast.
    times = timed(RING, "AB", shut(RING, "AB", NOON, DAY.end_s + 10 * MINUTE))
    assert way(RING, times.drive(CAR, 0, 1, DAY.end_s - 20 * MINUTE)) == "19:40 A-C-D-B 20:20"
