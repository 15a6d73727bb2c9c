"""Turn restrictions: a forbidden turn can't be driven, everything else still can."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from little_map import LittleMap, drives, walks
from vado.model.roads import Roads
from vado.model.size import Load
from vado.model.snapshot import Travel
from vado.network.anchor import anchor


def cross() -> LittleMap:
    """West, East, North and South meet in M."""
    return (
        LittleMap()
        .nodes(W=(-100, 0), M=(0, 0), E=(100, 0), N=(0, 100), S=(0, -100))
        .way(1, "WM")
        .way(2, "ME")
        .way(3, "NM")
        .way(4, "MS")
    )


FROM_W = {"WMW", "WME", "WMN", "WMS"}
ALL = {f"{a}M{b}" for a in "WENS" for b in "WENS"}


def turns(roads: Roads, profile: str = "car") -> set[str]:
    return {walk for walk in walks(roads, 2, profile) if walk[1] == "M"}


def counts(roads: Roads) -> dict[str, object]:
    return dict(json.loads(roads.meta["restrictions"]))


def test_without_restrictions_every_turn_is_free(tmp_path: Path) -> None:
    roads = cross().roads(tmp_path)
    assert turns(roads) == ALL
    assert roads.n_nodes == 5


@pytest.mark.parametrize("kind", ["no_left_turn", "no_right_turn", "no_straight_on", "no_entry", "no_exit"])
def test_no_takes_one_turn_away(kind: str, tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 3, kind).roads(tmp_path)
    assert turns(roads) == ALL - {"WMN"}
    assert roads.turn_enforced.tolist() == [True]
    assert roads.strings[roads.turn_kind[0]] == kind


def test_only_leaves_one_turn(tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 2, "only_straight_on").roads(tmp_path)
    assert turns(roads) == ALL - FROM_W | {"WME"}


def test_two_onlys_leave_both(tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 2, "only_straight_on").turn(1, "M", 3, "only_left_turn").roads(tmp_path)
    assert turns(roads) == ALL - FROM_W | {"WME", "WMN"}


def test_no_u_turn(tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 1, "no_u_turn").roads(tmp_path)
    assert turns(roads) == ALL - {"WMW"}


def test_restrictions_of_several_ways_in_add_up(tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 3, "no_left_turn").turn(3, "M", 2, "no_left_turn").roads(tmp_path)
    assert turns(roads) == ALL - {"WMN", "NME"}
    assert (roads.node_osm == ord("M")).sum() == 3


def test_the_junction_itself_keeps_every_way_out(tmp_path: Path) -> None:
    """A vehicle that starts there has not come from anywhere."""
    roads = cross().turn(1, "M", 2, "only_straight_on").roads(tmp_path)
    originals = np.flatnonzero(roads.node_osm == ord("M"))
    outs = {int(m): {chr(roads.node_osm[b]) for b in roads.edge_to[roads.edge_from == m]} for m in originals}
    assert outs[int(originals[0])] == set("WENS")  # the junction comes before its copies


@pytest.mark.parametrize(
    ("tags", "free"),
    [
        ({"except": "bicycle;psv"}, set()),
        ({"except": "hgv"}, {"truck"}),
        ({"except": "goods"}, {"van"}),
        ({"except": "motorcar"}, {"car", "van", "4x4"}),
        ({"except": "bicycle; motor_vehicle"}, {"car", "van", "truck", "4x4"}),
    ],
)
def test_except(tags: dict[str, str], free: set[str], tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 3, "no_left_turn", **tags).roads(tmp_path)
    assert {profile for profile in roads.profiles if "WMN" in turns(roads, profile)} == free
    assert all(turns(roads, profile) >= ALL - {"WMN"} for profile in roads.profiles)


def test_a_restriction_for_trucks_binds_trucks(tmp_path: Path) -> None:
    roads = cross().turn(1, "M", 3, "", restriction__hgv="no_left_turn").roads(tmp_path)
    assert turns(roads, "truck") == ALL - {"WMN"}
    assert turns(roads, "car") == ALL
    assert roads.strings[roads.turn_kind[0]] == "no_left_turn (truck)"


def test_what_cannot_be_obeyed_is_kept_and_counted(tmp_path: Path) -> None:
    roads = (
        cross()
        .nodes(X=(300, 0))
        .way(9, "EX")
        .turn(1, 9, 3, "no_u_turn")
        .turn(1, "M", 3, "", restriction__conditional="no_left_turn @ (Mo-Fr)")
        .turn(1, "M", 77, "no_left_turn")
        .turn(1, "M", 3, "give_way")
        .roads(tmp_path)
    )
    assert turns(roads) >= ALL
    assert roads.turn_enforced.tolist() == [False] * 4
    assert roads.turn_via_is_way.tolist() == [True, False, False, False]
    assert counts(roads)["not_enforced"] == {
        "a road that is not in the region": 1, "not understood": 1, "only at times": 1,
        "roads that do not meet": 1,
    }  # fmt: skip


def test_a_way_that_runs_on_through_the_junction_is_unclear(tmp_path: Path) -> None:
    roads = (
        LittleMap()
        .nodes(W=(-100, 0), M=(0, 0), E=(100, 0), N=(0, 100))
        .way(1, "WME")
        .way(3, "MN")
        .turn(1, "M", 3, "no_left_turn")
        .roads(tmp_path)
    )
    assert "WMN" in walks(roads, 2)
    assert counts(roads)["enforced"] == 0


def test_a_one_way_that_runs_on_is_clear(tmp_path: Path) -> None:
    roads = (
        LittleMap()
        .nodes(W=(-100, 0), M=(0, 0), E=(100, 0), N=(0, 100))
        .way(1, "WME", oneway="yes")
        .way(3, "MN")
        .turn(1, "M", 3, "no_left_turn")
        .roads(tmp_path)
    )
    assert "WMN" not in walks(roads, 2)
    assert "WME" in walks(roads, 2)


def test_a_turn_nobody_can_make_is_obeyed(tmp_path: Path) -> None:
    roads = cross().way(5, "NM", oneway="yes").turn(1, "M", 5, "no_left_turn").roads(tmp_path)
    assert roads.turn_enforced.tolist() == [True]


def test_an_only_into_a_one_way_against_us_is_not_obeyed(tmp_path: Path) -> None:
    roads = (
        cross().nodes(X=(80, 80)).way(5, "XM", oneway="yes").turn(1, "M", 5, "only_left_turn").roads(tmp_path)
    )
    assert turns(roads) >= FROM_W
    assert roads.turn_enforced.tolist() == [False]


def test_a_barrier_and_a_restriction_at_one_junction(tmp_path: Path) -> None:
    roads = cross().tag("M", barrier="lift_gate", hgv="no").turn(1, "M", 3, "no_left_turn").roads(tmp_path)
    assert turns(roads, "car") == ALL - {"WMN"}
    assert turns(roads, "truck") == {"WMW", "EME", "NMN", "SMS"}


def test_restrictions_change_no_edge_of_the_map(tmp_path: Path) -> None:
    free = cross().roads(tmp_path)
    bound = cross().turn(1, "M", 2, "only_straight_on").turn(3, "M", 1, "no_right_turn").roads(tmp_path)
    assert drives(free) == drives(bound)
    assert set(zip(free.edge_way.tolist(), free.edge_length_mm.tolist(), strict=True)) == set(
        zip(bound.edge_way.tolist(), bound.edge_length_mm.tolist(), strict=True)
    )


def test_two_onlys_of_which_one_comes_from_farther_leave_both(tmp_path: Path) -> None:
    """From X by W both are allowed, which is all there is at M; who starts with WM has one way only."""
    little = (
        LittleMap()
        .nodes(X=(-400, 0), W=(-300, 0), Y=(-300, 300), M=(0, 0), N=(0, 300))
        .way(1, "XW").way(2, "WM").way(3, "MN").way(4, "YW")
        .turn(2, "M", 2, "only_u_turn").turn(1, 2, 3, "only_left_turn")
    )  # fmt: skip
    roads = little.roads(tmp_path)
    assert {walk for walk in walks(roads, 3) if "WM" in walk} >= {"XWMN", "XWMW", "YWMW"}
    assert "YWMN" not in walks(roads, 3)
    assert counts(roads)["enforced"] == 2


def crossing(east_m: float = 150) -> LittleMap:
    """Who comes from W to M may not turn left to N; east of M, at E, streets lead on to F, K and L."""
    return (
        LittleMap()
        .nodes(W=(-300, 0), M=(0, 0), N=(0, 300), E=(east_m, 0), F=(600, 0))
        .nodes(K=(east_m, 300), L=(east_m, -300))
        .way(1, "WM").way(2, "ME").way(3, "MN").way(4, "EF").way(5, "EK").way(6, "EL")
        .turn(1, "M", 3, "no_left_turn")
    )  # fmt: skip


def test_behind_a_forbidden_turn_nobody_turns_round_and_comes_back(tmp_path: Path) -> None:
    roads = crossing().roads(tmp_path)
    assert "WMEM" not in walks(roads, 3)
    assert {"WMEF", "WMEK", "WMEL", "NMEM", "KEME", "WMW"} <= walks(roads, 3) | walks(roads, 2)
    assert counts(roads)["u_turns_barred"] == 1
    assert counts(roads)["u_turns_left"] == 3  # beyond E to F, K and L


def test_far_from_the_forbidden_turn_it_is_another_place(tmp_path: Path) -> None:
    roads = crossing(east_m=250).roads(tmp_path)
    assert "WMEMN" in walks(roads, 4)
    assert counts(roads)["u_turns_barred"] == 0
    assert counts(roads)["u_turns_left"] == 1


def test_in_a_dead_end_one_turns_round(tmp_path: Path) -> None:
    little = crossing()
    little._ways = [way for way in little._ways if way[0] < 4]
    assert "WMEMN" in walks(little.roads(tmp_path), 4)


@pytest.mark.parametrize("height_m", ["2.0", "4.5"])
def test_an_end_that_not_every_load_gets_out_of_is_a_dead_end(height_m: str, tmp_path: Path) -> None:
    """Whoever is too high for the streets beyond E has to be able to turn there."""
    little = crossing()
    little._ways = [
        (way, letters, tags | ({"maxheight": height_m} if way > 3 else {}))
        for way, letters, tags in little._ways
    ]
    assert "WMEMN" in walks(little.roads(tmp_path), 4, "van")
    assert "WMEM" not in walks(crossing().roads(tmp_path), 3, "van")


def test_a_bar_is_for_whom_the_turn_is_forbidden(tmp_path: Path) -> None:
    little = crossing()
    little._relations[-1][2].update({"except": "motorcar"})
    roads = little.roads(tmp_path)
    assert "WMEM" in walks(roads, 3, "car")
    assert "WMEM" not in walks(roads, 3, "truck")


def test_a_mapped_no_u_turn_holds_where_the_way_runs_on(tmp_path: Path) -> None:
    little = LittleMap().nodes(W=(-300, 0), M=(0, 0), N=(0, 300), E=(300, 0)).way(1, "WME").way(2, "MN")
    roads = little.turn(1, "M", 1, "no_u_turn").roads(tmp_path)
    assert {"WMW", "EME"}.isdisjoint(walks(roads, 2))
    assert {"NMN", "WME", "EMW", "WMN"} <= walks(roads, 2)


def test_no_stop_and_no_town_where_one_may_not_turn_round(tmp_path: Path) -> None:
    """Whoever passed them could forget the forbidden turn; and nobody starts there bound by another's."""
    little = crossing().nodes(X=(60, 0), Y=(300, 0), V=(60, 5), U=(160, 5))
    little._ways = [(way, {2: "MXE", 4: "EYF"}.get(way, text), tags) for way, text, tags in little._ways]
    little.tag("V", place="village", name="Vila").tag("U", place="hamlet", name="Ull")
    roads = little.roads(tmp_path)
    placed = [chr(roads.node_osm[node]) for node in roads.places.node.tolist()]
    assert set(placed).isdisjoint("XYEM")
    assert not any("WMEM" in walk for walk in walks(roads, 4))
    travel = Travel(profile="car")
    bound = anchor(roads, (little.lonlat("X"), little.lonlat("Y")), travels=[travel], snap_max_m=2000)
    assert [chr(bound.roads.node_osm[node]) for node in bound.nodes][1] == "Y"
    assert chr(bound.roads.node_osm[bound.nodes[0]]) not in "XEM"
    assert not any("WMEM" in walk.replace("Y", "") for walk in walks(bound.roads, 5))


def ladder() -> LittleMap:
    """Two streets, ABC above DEF, with a street between them at B-E and a node X inside it."""
    return (
        LittleMap()
        .nodes(A=(-100, 50), B=(0, 50), C=(100, 50), D=(-100, -50), E=(0, -50), F=(100, -50), X=(0, 0))
        .way(1, "AB").way(2, "BC").way(3, "DE").way(4, "EF").way(5, "BX").way(6, "XE")
    )  # fmt: skip


def via(*ways: int, kind: str, to: int = 3) -> LittleMap:
    little = ladder()
    little.turn(1, ways[0], to, kind)
    members = little._relations[-1][1]
    members[1:2] = [("w", way, "via") for way in ways]
    return little


def test_via_roads_no(tmp_path: Path) -> None:
    """Two roads lie between; only who came from A may not go on to D, nor by turning round at X and B."""
    free = walks(ladder().roads(tmp_path), 4)
    roads = via(5, 6, kind="no_u_turn").roads(tmp_path)
    assert free - walks(roads, 4) == {"ABXED", "ABXBX"}
    assert walks(roads, 4) <= free
    assert counts(roads)["enforced"] == 1


def test_via_roads_only(tmp_path: Path) -> None:
    free = walks(ladder().roads(tmp_path), 4)
    roads = via(5, 6, kind="only_left_turn", to=4).roads(tmp_path)
    assert free - walks(roads, 4) == {"ABXED", "ABXEX", "ABXBX"}


def test_two_restrictions_share_a_road_between(tmp_path: Path) -> None:
    free = walks(ladder().roads(tmp_path), 4)
    little = via(5, 6, kind="no_u_turn").turn(2, 5, 4, "no_u_turn").turn(6, "E", 4, "no_left_turn")
    little._relations[-2][1][1:2] = [("w", 5, "via"), ("w", 6, "via")]
    roads = little.roads(tmp_path)
    gone = {walk for walk in free if "XEF" in walk or walk in ("ABXED", "ABXBX", "CBXBX")}
    assert free - walks(roads, 4) == gone
    assert counts(roads)["enforced"] == 3


def test_a_restriction_via_a_road_for_trucks(tmp_path: Path) -> None:
    little = via(5, 6, kind="no_u_turn")
    little._relations[-1][2].update({"except": "motorcar"})
    roads = little.roads(tmp_path)
    assert "ABXED" in walks(roads, 4, "car")
    assert "ABXED" not in walks(roads, 4, "truck")


def test_a_gate_on_the_road_between(tmp_path: Path) -> None:
    """Who is low enough for the gate at X still remembers behind it that they came from A."""
    free = walks(ladder().roads(tmp_path), 4)
    little = via(5, 6, kind="no_u_turn").tag("X", barrier="height_restrictor", maxheight="2.2")
    roads = little.roads(tmp_path)
    low, high = (Travel("van", load=Load(height_cm=cm)) for cm in (210, 230))
    assert free - walks(roads, 4, low) == {"ABXED", "ABXBX"}
    assert free - walks(roads, 4, high) == {walk for walk in free if "BXE" in walk or "EXB" in walk} | {
        "ABXBX"
    }
    assert walks(roads, 4, high) <= free
    assert (roads.limits[int(roads.edge_limit.max())].height_cm) == 220


def test_no_stop_on_the_road_between(tmp_path: Path) -> None:
    """Whoever passed a stop at X could forget to have come from A."""
    little = (
        LittleMap()
        .nodes(A=(-100, 50), B=(0, 50), C=(100, 50), D=(-100, -50), E=(0, -50), F=(100, -50), X=(0, 0))
        .way(1, "AB").way(2, "BC").way(3, "DE").way(4, "EF").way(5, "BXE").way(6, "CF")
    )  # fmt: skip
    at = little.lonlat("X")
    travel = Travel(profile="car")
    free = anchor(little.roads(tmp_path), (at,), travels=[travel])
    assert free.roads.node_osm[free.nodes[0]] == ord("X")
    bound = anchor(little.turn(1, 5, 3, "no_u_turn").roads(tmp_path), (at,), travels=[travel])
    assert bound.nodes[0] >= 0
    assert bound.roads.node_osm[bound.nodes[0]] != ord("X")
    assert "ABED" not in walks(bound.roads, 3)
