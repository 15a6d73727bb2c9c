"""Reach: which towns can be driven to and left, until when, and why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drawn import HOUR, MINUTE, NOON, node, nodes, restricted, roads, shut, slow, touched
from vado import network
from vado.cli.reach import why_words
from vado.errors import InputError
from vado.exchange.reach import place_json
from vado.model.hazard import Hazard
from vado.model.ids import Hash
from vado.model.roads import Roads
from vado.model.snapshot import Group, PlaceReach, Travel
from vado.model.when import FOREVER_S, Interval
from vado.model.words import far_words
from vado.network.cut import cutter
from vado.network.ground import Kept
from vado.network.passage import passage

CAR, TRUCK, CHAINS = Travel("car"), Travel("truck"), Travel("car", frozenset({"chains"}))
END = NOON + 12 * HOUR
# A valley: C and D hang on the bridge BC; E is a one-way loop off A; F stands alone.
VALLEY = roads(
    """
    A----B----C----D
    |
    E         F----g
    """,
    ways={
        "BC": {"ref": "CG-4", "name": "Pont", "bridge": True},
        "AE": {"oneway": True},
        "EB": {"oneway": True},
    },
)


def reach(
    town: Roads, *hazards: Hazard, origins: str = "A", at_s: int = NOON, travels: tuple[Travel, ...] = (CAR,)
) -> dict[str, PlaceReach]:
    snapshot = network.snapshot(town, hazards, touched(town, hazards), travels=travels)
    found = network.reach(snapshot, nodes(town, origins), travels=travels, at_s=at_s, until_s=END)
    assert len(found) == len(town.places) * len(travels)
    return {f"{r.name}" if len(travels) == 1 else f"{r.name} {r.travel}": r for r in found}


def state(r: PlaceReach) -> str:
    return "".join(word for word, yes in (("in ", r.reachable), ("out", r.leavable)) if yes).strip()


def test_without_closures_all_that_hangs_together_is_reached() -> None:
    towns = reach(VALLEY)
    assert {name: state(r) for name, r in towns.items()} == {
        **dict.fromkeys("ABCDE", "in out"),
        "F": "",
    }
    assert all(r.until_s is None and r.again_s is None and r.cut == () for r in towns.values())


def test_a_shut_bridge_cuts_the_valley_and_says_why() -> None:
    hazard = shut(VALLEY, "BC", NOON - HOUR, NOON + HOUR, headline="Flood at the bridge")
    towns = reach(VALLEY, hazard)
    assert "".join(name for name, r in towns.items() if not r.reachable) == "CDF"
    for name in "CD":
        (line,) = towns[name].cut
        assert (line.hazard, line.alert, line.road) == (hazard.id, "A1", "CG-4 (Pont)")
        assert (line.kind, line.headline) == ("flood", "Flood at the bridge")
        assert {int(VALLEY.edge_from[line.edge]), int(VALLEY.edge_to[line.edge])} == set(nodes(VALLEY, "BC"))
        assert (towns[name].until_s, towns[name].again_s) == (None, NOON + HOUR)
    assert towns["F"].cut == ()
    assert towns["F"].again_s is None


def test_a_closure_to_come_is_announced() -> None:
    towns = reach(VALLEY, shut(VALLEY, "CD", NOON + HOUR, NOON + 2 * HOUR))
    assert state(towns["D"]) == "in out"
    assert (towns["D"].until_s, towns["D"].again_s) == (NOON + HOUR, NOON + 2 * HOUR)
    assert [line.alert for line in towns["D"].cut] == ["A1"]
    assert (towns["C"].until_s, towns["C"].cut) == (None, ())


def test_in_but_not_out() -> None:
    towns = reach(VALLEY, shut(VALLEY, "EB", NOON))
    assert state(towns["E"]) == "in"
    assert [line.alert for line in towns["E"].cut] == ["A1"]
    towns = reach(VALLEY, shut(VALLEY, "AE", NOON))
    assert state(towns["E"]) == "out"


def test_who_leaves_too_late_does_not_get_in() -> None:
    town = roads("A----B----C", ways={"AB": {"minutes": 30}, "BC": {"minutes": 30}})
    closing = shut(town, "BC", NOON + HOUR)
    assert state(reach(town, closing)["C"]) == "in out"
    late = reach(town, closing, at_s=NOON + 1)["C"]
    assert state(late) == "out"
    assert late.until_s is None
    assert late.again_s is None
    assert [line.alert for line in late.cut] == ["A1"]
    assert state(reach(town, closing, at_s=NOON + 30 * MINUTE + 1)["C"]) == ""


def test_who_leaves_now_meets_the_road_open() -> None:
    town = roads("A----B----C", ways={"AB": {"minutes": 30}})
    opening = shut(town, "BC", NOON - HOUR, NOON + 20 * MINUTE)
    now = reach(town, opening)["C"]
    assert (now.reachable, now.leavable) == (True, False)
    assert now.again_s == NOON + 20 * MINUTE


def test_no_road_stays_open_while_it_is_driven() -> None:
    # Both ways into D shut in turn, each while one is on it; at any instant one of them is open.
    town = roads(
        """
        A----B
        |    |
        C----D
        """,
        ways={"BD": {"minutes": 60}, "CD": {"minutes": 60}},
    )
    first, second = (
        shut(town, "BD", NOON + 600, NOON + 1200),
        shut(town, "CD", NOON + 1200, NOON + 1800, alert="A2"),
    )
    d = reach(town, first, second)["D"]
    assert state(d) == ""
    assert {line.alert for line in d.cut} <= {"A1", "A2"}
    assert d.cut


def test_two_closures_that_isolate_only_together_are_both_named() -> None:
    town = roads(
        """
        A----B
        |    |
        C----D
        """
    )
    hazards = (
        shut(town, "AB", alert="A1"),
        shut(town, "CD", alert="A2"),
        shut(town, "AC", NOON + HOUR, NOON + 2 * HOUR, alert="A3"),
    )
    d = reach(town, *hazards)["D"]
    assert state(d) == ""
    assert len(d.cut) == 1  # either of the two reopens D
    c = reach(town, *hazards, at_s=NOON + HOUR)["D"]
    assert [line.alert for line in c.cut] == ["A1"]  # now only the one still helps
    lone = roads("A----B\n|    |\nC----D", ways={"BD": {"not_for": ("car",)}})
    both = reach(lone, shut(lone, "AC", alert="A1"), shut(lone, "CD", alert="A2"))["D"]
    assert {line.alert for line in both.cut} == {"A1", "A2"}


def test_a_hazard_that_shuts_many_edges_is_lifted_as_one() -> None:
    town = roads("A----b----c----D\n|              |\nE--------------F")
    wide = shut(town, "Ab bc cD", alert="A1")
    two = (shut(town, "AE", alert="A2"), shut(town, "EF", alert="A3"))
    d = reach(town, wide, *two)["D"]
    assert [line.alert for line in d.cut] == ["A1"]
    assert VALLEY.road(0)
    assert town.edge_from[d.cut[0].edge] == node(town, "A")  # named where the way in meets it first


def test_the_edge_of_two_hazards_needs_both_lifted() -> None:
    towns = reach(VALLEY, shut(VALLEY, "BC", alert="A1"), shut(VALLEY, "BC", NOON, NOON + HOUR, alert="A2"))
    assert {line.alert for line in towns["D"].cut} == {"A1", "A2"}
    assert towns["D"].again_s is None


def test_profiles_and_equipment_are_judged_apart() -> None:
    snow, weight = restricted(VALLEY, "CD", "chains"), shut(VALLEY, "BC", alert="A2", profiles=("truck",))
    towns = reach(VALLEY, snow, weight, travels=(CAR, TRUCK, CHAINS))
    states = {name: state(r) for name, r in towns.items() if name[0] in "CD"}
    assert states == {
        "C car": "in out", "C truck": "", "C car+chains": "in out",
        "D car": "", "D truck": "", "D car+chains": "in out",
    }  # fmt: skip
    assert {line.alert for line in towns["D truck"].cut} == {"A1", "A2"}


def test_slow_is_not_shut() -> None:
    assert state(reach(VALLEY, slow(VALLEY, "BC", 0.1))["D"]) == "in out"


def test_without_origins_the_main_network_is_meant() -> None:
    towns = reach(VALLEY, shut(VALLEY, "BC", NOON + HOUR), origins="")
    assert "".join(name for name, r in towns.items() if state(r) == "in out") == "ABCDE"
    assert "".join(name for name, r in towns.items() if r.until_s == NOON + HOUR) == "CD"


@pytest.mark.parametrize("origins", ["F", "Ag"])
def test_any_origin_will_do(origins: str) -> None:
    towns = reach(VALLEY, shut(VALLEY, "BC"), origins=origins)
    assert state(towns["F"]) == "in out"
    assert state(towns["B"]) == ("in out" if "A" in origins else "")


def test_an_origin_in_the_sea_reaches_nothing() -> None:
    snapshot = network.snapshot(VALLEY, (), {}, travels=(CAR,))
    found = network.reach(snapshot, (-1,), travels=(CAR,), at_s=NOON, until_s=FOREVER_S)
    assert not any(r.reachable or r.leavable for r in found)


def test_a_cut_that_is_not_proven_to_be_the_fewest_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    two = shut(VALLEY, "BC", NOON, alert="one"), shut(VALLEY, "CD", NOON, alert="two")
    told = reach(VALLEY, *two)["D"]
    assert ([road.alert for road in told.cut], told.cut_proven) == (["one", "two"], True)
    monkeypatch.setattr("vado.network.fewest.STEPS_MAX", 0)
    monkeypatch.setattr("vado.network.cut._FEWEST", Kept(1))  # what was found before is not asked again
    given_up = reach(VALLEY, *two)
    assert ([road.alert for road in given_up["D"].cut], given_up["D"].cut_proven) == (["one", "two"], False)
    assert why_words(given_up["D"])[0].endswith("(perhaps fewer would do)")
    assert given_up["C"].cut_proven  # one is never too many
    assert place_json(given_up["D"], unknown=False)["cut_proven"] is False


def test_works_announced_for_tomorrow_do_not_cut_today() -> None:
    slide = shut(VALLEY, "BC", NOON - HOUR, NOON + 3 * HOUR, alert="slide")
    works = shut(VALLEY, "BC", NOON + HOUR, NOON + 5 * HOUR, alert="works")
    told = reach(VALLEY, slide, works)["C"]
    assert [road.alert for road in told.cut] == ["slide"]
    assert told.again_s == NOON + 5 * HOUR  # all the same nothing opens before


def test_a_stop_is_told_who_shuts_its_road_one_after_another() -> None:
    slide = shut(VALLEY, "BC", NOON, NOON + 3 * HOUR, alert="slide")
    works = shut(VALLEY, "BC", NOON + HOUR, NOON + 5 * HOUR, alert="works")
    snapshot = network.snapshot(VALLEY, (slide, works), touched(VALLEY, (slide, works)), travels=(CAR,))
    group = Group(CAR, nodes(VALLEY, "A"), nodes(VALLEY, "A"))
    found = network.access(snapshot, nodes(VALLEY, "C"), [group], horizon=Interval(NOON, END))
    told = [
        ((cut.interval.start_s - NOON) // HOUR, sorted(road.alert for road in cut.roads))
        for cut in found[0, group].cuts
    ]
    assert told == [(0, ["slide"]), (1, ["slide", "works"]), (3, ["works"])]


@pytest.mark.parametrize("order", ["BC", "CB"])
def test_a_cut_names_the_road_that_its_own_town_knows(order: str) -> None:
    """B and C hang together under one hazard, whoever is asked for first."""
    town = roads("A----B----C----D", ways={"AB": {"ref": "R1"}, "CD": {"ref": "R2"}})
    flood = shut(town, "AB CD", NOON)
    snapshot = network.snapshot(town, (flood,), touched(town, (flood,)), travels=(CAR,))
    ways = passage(snapshot, Group(CAR, nodes(town, "AD"), nodes(town, "AD")), Interval(NOON, END))
    by = cutter(snapshot, CAR, ways, ways.blocking[0])
    named = {name: [road.road for road in by.of(node(town, name))] for name in order}
    assert named == {"B": ["R1"], "C": ["R2"]}


@pytest.mark.parametrize(("opens", "there"), [(5, True), (15, True), (17, False)])
def test_a_longer_way_comes_to_a_road_that_has_opened_meanwhile(opens: int, there: bool) -> None:
    """A-B takes a minute, A-D-E-B fifteen, one way: the one who drives on arrives when BC is open, or not."""
    minutes = {"AB": 1, "AD": 5, "DE": 5, "EB": 5}
    town = roads(
        "A------B------C\n|      |\nD------E\n",
        ways={pair: {"minutes": m, "oneway": True} for pair, m in minutes.items()},
    )
    towns = reach(town, shut(town, "BC", NOON - HOUR, NOON + opens * MINUTE))
    assert towns["C"].reachable == there
    assert towns["C"].again_s is None  # nobody gets back from B to A, ever


@pytest.mark.parametrize(("opens", "out"), [(5, True), (60, False)])
def test_who_leaves_a_town_may_drive_about_but_not_for_long(opens: int, out: bool) -> None:
    hazard = shut(VALLEY, "BC", NOON - HOUR, NOON + opens * MINUTE)
    towns = reach(VALLEY, hazard)
    assert (towns["C"].leavable, towns["D"].leavable) == (out, out)
    assert (towns["C"].reachable, towns["D"].reachable) == (out, out)


def test_a_road_that_shuts_again_and_again_is_shut_each_time() -> None:
    nightly = shut(VALLEY, "BC", NOON, NOON + 11 * HOUR)
    spells = (Interval(NOON, NOON + HOUR), Interval(NOON + 3 * HOUR, NOON + 4 * HOUR))
    nightly = replace(nightly, during=(*spells, Interval(NOON + 10 * HOUR, NOON + 11 * HOUR)))
    row = reach(VALLEY, nightly)["C"]
    assert not row.reachable
    assert [road.hazard for road in row.cut] == [nightly.id]
    opens = [(span.start_s - NOON) / HOUR for span in row.inward]
    ends = [(span.end_s - NOON) / HOUR for span in row.inward]
    assert opens == [1, 4, 11]
    assert ends[:2] == [3, 10]
    assert row.again_s == NOON + HOUR
    later = reach(VALLEY, nightly, at_s=NOON + 2 * HOUR)["C"]
    assert (later.reachable, later.leavable) == (True, True)
    assert later.until_s == NOON + 3 * HOUR


def test_a_town_far_from_its_road_says_how_far() -> None:
    away = np.zeros(len(VALLEY.places))
    away[:2] = 500.0, 1463.2
    town = replace(VALLEY, places=replace(VALLEY.places, snap_m=away), content_hash=Hash("far"))
    found = reach(town)
    assert [far_words(found[name].snap_m) for name in "ABC"] == ["", "road 1.5 km away", ""]
    assert [place_json(found[name], unknown=False)["snap_m"] for name in "ABC"] == [500, 1463, 0]


def test_what_a_snapshot_was_not_made_for_is_bad_input() -> None:
    snapshot = network.snapshot(VALLEY, (), {}, travels=(CAR, CHAINS))
    for ask in (
        lambda: network.reach(snapshot, (0,), travels=(TRUCK,), at_s=NOON, until_s=END),
        lambda: network.access(snapshot, (1,), (Group(TRUCK, (0,), (0,)),), horizon=Interval(NOON, END)),
    ):
        with pytest.raises(InputError, match="does not know truck") as refused:
            ask()
        assert refused.value.action == "ask for one it was made for: car, car+chains"


@pytest.mark.parametrize("edge", [-1, VALLEY.n_edges])
def test_an_edge_that_is_not_there_cannot_be_supposed_shut(edge: int) -> None:
    snapshot = network.snapshot(VALLEY, (), {}, travels=(CAR,))
    with pytest.raises(InputError, match=f"there is no edge {edge}"):
        network.suppose(snapshot, shut=[network.Shut(label="x", edges=(0, edge))])
