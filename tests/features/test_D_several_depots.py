"""Several depots: a job is reached by a vehicle that can come there from its own depot and get home again."""

from __future__ import annotations

import drawn
from story import Story, at, closing, job, vehicle
from vado import network
from vado.api import sentences
from vado.exchange.reach import change_words
from vado.model.jobs import Location, Window
from vado.model.size import Load
from vado.model.snapshot import PlaceReach, Post, Travel
from vado.model.when import clock

# Two valleys, one road between them; every road takes a minute.
PASS = drawn.roads("A------B------C------D", ways={"BC": {"ref": "CG-5"}})
ROCKFALL = closing(PASS, "BC", at(8), name="rockfall-1")
LIFTS = frozenset({1})


def town(story: Story, name: str, profile: str = "truck") -> PlaceReach:
    return next(r for r in story.world.reach if r.name == name and r.travel.profile == profile)


def status(row: PlaceReach) -> str:
    return " ".join(["in"] * row.reachable + ["out"] * row.leavable)


def test_d20_a_van_behind_the_closure_brings_no_truck_there() -> None:
    fleet = [vehicle(PASS, "van-9", "C"), vehicle(PASS, "t1", "A", profile="truck", skills=LIFTS)]
    story = Story(PASS, jobs=[job(PASS, "big", "C", skills=LIFTS), job(PASS, "small", "C")], vehicles=fleet)
    assert "t1: big" in story.plan
    story.tell(ROCKFALL, now=at(8))
    assert story.plan == "van-9: small 08:00"
    assert story.held == "big CUT_OFF"
    assert story.why("big") == (
        "C cannot be reached: CG-5 is shut by alert rockfall-1 (BC closed). t1 should have left for C and is "
        "called back."
    )
    truck, van = town(story, "C"), town(story, "C", "van")
    assert (status(truck), [road.road for road in truck.cut]) == ("", ["CG-5"])
    assert (status(van), van.cut) == ("in out", ())
    assert status(town(story, "A", "van")) == ""
    assert truck.cut_from == ""  # there is one base for trucks


def test_d21_of_two_trucks_in_two_depots_each_serves_its_side() -> None:
    fleet = [
        vehicle(PASS, "far", "D", profile="truck"),
        vehicle(PASS, "near", "A", profile="truck", skills=LIFTS),
    ]
    work = [job(PASS, "big", "C", skills=LIFTS), job(PASS, "c", "C"), job(PASS, "b", "B")]
    story = Story(PASS, jobs=work, vehicles=fleet)
    story.tell(ROCKFALL, now=at(8))
    assert story.plan == "far: c 08:01 | near: b 08:01"
    assert story.held == "big CUT_OFF"
    assert "rockfall-1" in story.why("big")
    # Some truck gets to each town and home again, so none is cut off.
    assert {status(r) for r in story.world.reach} == {"in out"}
    assert all(r.cut == () for r in story.world.reach)


def test_d22_in_from_one_depot_and_out_to_another_is_no_way_in_and_out() -> None:
    ring = drawn.roads(
        """
        A---T---B
        |       |
        C-------D
        """,
        ways={"AT": {"oneway": True}, "TB": {"oneway": True}, "CD": {"ref": "CG-5"}},
    )
    fleet = [vehicle(ring, "v1", "A"), vehicle(ring, "v2", "B")]
    story = Story(ring, jobs="t@T", vehicles=fleet)
    assert story.plan != ""
    story.tell(closing(ring, "CD", at(8), name="slide"), now=at(8))
    assert story.held == "t NO_WAY_BACK"
    row = town(story, "T", "van")
    assert status(row) == "in"
    assert [road.road for road in row.cut] == ["CG-5"]
    # Who begins at A and ends at B needs no way back.
    story = Story(ring, jobs="t@T", vehicles=[vehicle(ring, "v3", "A", end=_at(ring, "B"))])
    story.tell(closing(ring, "CD", at(8), name="slide"), now=at(8))
    assert story.plan == "v3: t 08:01"
    assert status(town(story, "T", "van")) == "in out"


def test_d23_who_is_under_way_comes_from_where_it_is() -> None:
    through = vehicle(PASS, "v1", "A", end=_at(PASS, "D"))
    story = Story(PASS, jobs="b@B c@C d@D", vehicles=[through])
    assert story.plan == "v1: b 08:01, c 08:03, d 08:05"
    story.report("v1", "position", None, at(8, 10), "C")
    story.tell(ROCKFALL, now=at(8, 11))
    assert story.held == "b CUT_OFF"
    assert story.plan == "v1: c 08:11, d 08:13"
    assert status(town(story, "D", "van")) == "in out"
    assert status(town(story, "B", "van")) == ""
    assert [road.road for road in town(story, "B", "van").cut] == ["CG-5"]


def test_d24_the_cut_is_told_from_where_the_fewest_hazards_lie() -> None:
    line = drawn.roads("A---T---M---B", ways={"AT": {"ref": "R1"}, "TM": {"ref": "R2"}, "MB": {"ref": "R3"}})
    story = Story(line, jobs="t@T", vehicles="v1@A v2@B")
    alerts = [closing(line, pair, at(8), name=pair) for pair in ("AT", "TM", "MB")]
    story.tell(*alerts, now=at(8))
    row = town(story, "T", "van")
    assert ([road.road for road in row.cut], row.cut_from) == (["R1"], "A")
    assert story.steps[-1].reach_changes
    told = {(c.name, c.cut_from): [road.road for road in c.cut] for c in story.steps[-1].reach_changes}
    assert told["T", "A"] == ["R1"]
    assert told["M", "B"] == ["R3"]


def test_d30_whose_cut_it_is_is_said_and_no_town_is_cut_off_from_itself() -> None:
    line = drawn.roads("A---T---M---B", ways={"AT": {"ref": "R1"}, "TM": {"ref": "R2"}, "MB": {"ref": "R3"}})
    story = Story(line, jobs="m@M", vehicles="v1@A")
    story.report("v1", "position", None, at(8), "B")
    story.tell(closing(line, "TM", at(8), name="TM"), now=at(8, 1))
    home, there = town(story, "A", "van"), town(story, "B", "van")
    assert ([road.road for road in home.cut], home.cut_from) == (["R2"], "B")
    assert there.cut_from == "", "who stands there is cut off from elsewhere"
    said = [change_words(change, clock) for change in story.steps[-1].reach_changes]
    assert "A for vans: no way in from 08:01 (was open), by R2 (for those near B)" in said
    assert not any(text.startswith("B ") and "near B" in text for text in said)
    assert "(for those near B)" in "; ".join(sentences.town("cut", [home], at_s=at(8, 1), local=clock))


def test_d25_no_road_storm_or_not_is_said_only_where_it_holds_for_all() -> None:
    bridge = drawn.roads(
        "A------B------C", ways={"BC": {"weight_kg": 7500, "ref": "CG-5"}}, metres_per_cell=400
    )
    fleet = [
        vehicle(bridge, "full", "A", profile="truck"),
        vehicle(bridge, "empty", "A", profile="truck", load=Load(weight_kg=7000)),
    ]
    story = Story(bridge, jobs="c@C", vehicles=fleet, now=at(7))
    story.tell(closing(bridge, "BC", at(7), name="rockfall-1"), now=at(7, 10))
    reason = story.published.unassigned[0].reasons[0]
    assert reason.code == "CUT_OFF"
    assert "storm or not" not in story.why("c")
    assert {item.vehicle for item in reason.evidence} == {None, "full", "empty"}


def test_d26_several_bases_are_each_their_own_way_home() -> None:
    ring = drawn.roads("A---T---B", ways={"AT": {"oneway": True}, "TB": {"oneway": True}})
    snapshot = network.snapshot(ring, (), {}, travels=(Travel("van"),))
    found = network.reach(
        snapshot, drawn.nodes(ring, "AB"), travels=(Travel("van"),), at_s=at(8), until_s=at(9)
    )
    assert {r.name: status(r) for r in found} == {"A": "in out", "T": "in", "B": "in out"}
    through = Post(travel=Travel("van"), start=drawn.node(ring, "A"), end=drawn.node(ring, "B"))
    found = network.reach(snapshot, [through], travels=(Travel("van"),), at_s=at(8), until_s=at(9))
    assert {r.name: status(r) for r in found} == {"A": "in out", "T": "in out", "B": "in out"}


def test_d27_a_route_that_may_end_anywhere_needs_no_way_back() -> None:
    story = Story(PASS, jobs="c@C", vehicles=[vehicle(PASS, "v1", "A", end=None, shift=Window(at(8), at(9)))])
    story.tell(closing(PASS, "BC", at(8, 3), name="rockfall-1"), now=at(8))
    assert story.plan == "v1: c 08:02"


def test_d28_who_may_end_anywhere_is_stopped_by_no_missing_way_out() -> None:
    line = drawn.roads("A---T---B", ways={"AT": {"oneway": True}, "TB": {"oneway": True}, "AB": {}})
    last = job(line, "t", "T", windows=(Window(at(8, 30), at(9)),))
    story = Story(line, jobs=[last], vehicles=[vehicle(line, "v1", "A", end=None)], now=at(7))
    story.tell(
        closing(line, "AT", at(7), at(8, 59) + 30, name="slide"),
        closing(line, "TB", at(7), name="flood"),
        now=at(7),
    )
    # A minute's drive from 08:59:30 on is too late by half a minute; it is not that there is no way back.
    assert story.held == "t CUT_OFF"
    assert "slide" in story.why("t")


def test_d29_what_stops_who_could_not_do_it_takes_no_time_from_a_job() -> None:
    fleet = [
        vehicle(PASS, "busy", "D", skills=LIFTS, shift=Window(at(8), at(8, 10))),
        vehicle(PASS, "unskilled", "A"),
    ]
    work = [job(PASS, name, "C", service_s=300, skills=LIFTS) for name in ("one", "two")]
    story = Story(PASS, jobs=work, vehicles=fleet, now=at(7))
    story.tell(closing(PASS, "BC", at(7), name="rockfall-1"), now=at(7, 1))
    (held,) = story.published.unassigned
    assert held.reasons[0].code == "NO_ROOM"
    assert "rockfall-1" not in held.reasons[0].text


def _at(town: drawn.Roads, letter: str) -> Location:
    return Location(lonlat=drawn.lonlat(town, letter))
