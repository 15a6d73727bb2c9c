"""The map: thinned, bounded, and each road once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import drawn
from vado import network
from vado.api import ground, picture, sentences, still
from vado.api.scene import Scene
from vado.model.ids import EdgeId, Hash, WorldId
from vado.model.snapshot import CutRoad, LastRoad, PlaceReach, Travel
from vado.model.when import Interval, clock, rfc3339
from vado.model.world import World

TOWN = drawn.roads(
    """
    A----B----C
    """,
    ways={"AB": {"class": "primary"}, "BC": {"class": "track"}},
)


def test_each_road_is_drawn_once_and_straight_ones_with_two_points() -> None:
    drawn_map = ground.draw_map(TOWN)
    lines = [line for group in drawn_map["roads"] for line in group["lines"]]
    assert sorted(len(line) for line in lines) == [4, 4]
    assert drawn_map["complete"]
    ways = [way for group in drawn_map["roads"] for way in group["ways"]]
    assert sorted(ways) == sorted(set(TOWN.edge_way.tolist())), "each line can be asked about by its way"
    assert drawn_map["names"] == [], "roads without a name have none to be called by"
    ranks = [group["rank"] for group in drawn_map["roads"] if group["lines"]]
    assert ranks == [0, len(ground.RANKS)]


def test_a_large_region_shows_its_larger_roads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "MAP_RAW_MAX", 8)
    drawn_map = ground.draw_map(TOWN)
    assert [group["rank"] for group in drawn_map["roads"] if group["lines"]] == [0]
    assert not drawn_map["complete"]


NINE, TEN, NOON = drawn.NOON - 3 * drawn.HOUR, drawn.NOON - 2 * drawn.HOUR, drawn.NOON
ALWAYS, UNTIL_TEN, FROM_NOON = Interval(NINE), Interval(NINE, TEN), Interval(NOON)


def _reach(**about: object) -> PlaceReach:
    cut = CutRoad(hazard="h", alert="a", road="CG-4", edge=1, kind="flood", headline="")  # type: ignore[arg-type]
    usual = {"place": 0, "name": "B", "lon": 0.0, "lat": 0.0, "travel": Travel("van"), "reachable": True,
             "leavable": True, "until_s": None, "again_s": None, "cut": (cut,), "inward": (ALWAYS,),
             "outward": (ALWAYS,)}  # fmt: skip
    return PlaceReach(**{**usual, **about})  # type: ignore[arg-type]


OPEN = _reach(cut=())
SHUT = _reach(reachable=False, leavable=False, inward=(), outward=())
NO_ROAD = _reach(reachable=False, leavable=False, cut=(), inward=(), outward=())
CLOSING = _reach(until_s=TEN, again_s=NOON, inward=(UNTIL_TEN, FROM_NOON), outward=(UNTIL_TEN, FROM_NOON))
FLOOD = SHUT.cut[0]
SNOW = replace(FLOOD, hazard="s", road="CG-2", kind="snow")
LAST, FORD = LastRoad(road="CG-3", edge=EdgeId(1)), LastRoad(road="Ford", edge=EdgeId(2))
TRUCK = {"travel": Travel("truck")}


def test_of_many_slow_roads_the_larger_ones_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    hazard = drawn.slow(TOWN, "AB BC", 0.5, NINE, NOON, kind="rain")
    travels = (Travel("van"),)
    snapshot = network.snapshot(TOWN, [hazard], drawn.touched(TOWN, [hazard]), travels=travels)
    world = World(id=WorldId("w"), region="r", region_hash=Hash("h"), now_s=NINE)
    scene = Scene(None, None, {}, snapshot)  # type: ignore[arg-type]
    (all_,) = picture.closed_rows(world, scene, TOWN, 0.0)
    monkeypatch.setattr(picture, "SLOW_EDGES_MAX", 1)
    (few,) = picture.closed_rows(world, scene, TOWN, 0.0)
    assert (len(all_["lines"]), len(few["lines"]), few["edges"]) == (2, 1, 2)
    shut = drawn.shut(TOWN, "AB BC", NINE, NOON)
    snapshot = network.snapshot(TOWN, [shut], drawn.touched(TOWN, [shut]), travels=travels)
    (row,) = picture.closed_rows(world, replace(scene, snapshot=snapshot), TOWN, 0.0)
    assert len(row["lines"]) == 2, "what is shut is never left out"


@pytest.mark.parametrize(
    ("reaches", "state", "text"),
    [
        ([OPEN], "open", "open"),
        ([_reach(until_s=TEN, inward=(UNTIL_TEN,), outward=(UNTIL_TEN,))], "closing",
         "cut off from 10:00; flood on CG-4"),
        ([CLOSING], "closing", "cut off from 10:00; open again from 12:00; flood on CG-4"),
        ([replace(CLOSING, outward=(ALWAYS,), reachable=False)], "cut",
         "too late to get there; out but not in after 10:00; open again from 12:00; flood on CG-4"),
        ([SHUT], "cut", "cut off now; flood on CG-4"),
        ([_reach(reachable=False, inward=())], "cut", "out but not in now; flood on CG-4"),
        ([_reach(leavable=False, outward=())], "cut", "in but not out now; flood on CG-4"),
        ([_reach(last_in=LastRoad(road="CG-3", edge=EdgeId(1)), cut=())], "open",
         "open; last road left: CG-3"),
        ([_reach(last_in=LastRoad(road="CG-3", edge=EdgeId(1)), cut=()), replace(SHUT, **TRUCK)], "cut",
         "cut off now for trucks; flood on CG-4; last road left for vans: CG-3"),
        ([NO_ROAD], "no road", "no road leads there"),
        ([OPEN, replace(NO_ROAD, **TRUCK)], "no road", "no road leads there for trucks"),
        ([OPEN, replace(SHUT, **TRUCK)], "cut", "cut off now for trucks; flood on CG-4"),
        ([CLOSING, replace(SHUT, **TRUCK)], "cut",
         "cut off from 10:00, for trucks now; open again for vans from 12:00; flood on CG-4"),
        ([SHUT, replace(SHUT, **TRUCK, cut=(SNOW, FLOOD))], "cut",
         "cut off now; flood on CG-4 for vans; flood, snow on CG-2, CG-4 for trucks"),
        ([_reach(cut=(), last_in=LAST), replace(OPEN, **TRUCK, last_in=FORD, last_out=LAST)], "open",
         "open; last road left for vans: CG-3; last road left for trucks: Ford, CG-3"),
        ([replace(CLOSING, outward=(ALWAYS,), reachable=False), replace(OPEN, **TRUCK)], "cut",
         "too late to get there for vans; out but not in for vans after 10:00; open again from 12:00; "
         "flood on CG-4"),
    ],
)  # fmt: skip
def test_a_town_is_shown_as_the_worst_of_all_ways_of_travelling(
    reaches: list[PlaceReach], state: str, text: str
) -> None:
    world = World(id=WorldId("w"), region="r", region_hash=Hash("h"), now_s=NINE, reach=tuple(reaches))
    (row,) = picture.town_rows(world, clock, voices=())
    assert (row["state"], row["text"]) == (state, text)


def test_towns_of_which_the_same_is_said_are_told_together() -> None:
    said = {"lines": ["cut off now"], "text": "cut off now", "doubt": ""}
    rows = [
        {"name": "B", "state": "cut", "jobs": {"held": 1}, **said},
        {"name": "C", "state": "cut", "jobs": {"held": 2, "done": 1}, **said},
        {"name": "D", "state": "open", "jobs": {}, "lines": ["open"], "text": "open", "doubt": ""},
        {"name": "E", "state": "open", "jobs": {}, "lines": ["open"], "text": "open", "doubt": ""},
    ]
    told = picture.told_together(rows)
    assert [row["names"] for row in told] == [["B", "C"], ["D"], ["E"]], (
        "whose jobs are where stays to be seen"
    )
    assert told[0]["jobs"] == {"held": 3, "done": 1}


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"trigger": [], "action": "left"}, "A closure began or ended. The plan stands."),
        ({"trigger": [{"kind": "AlertReceived", "alert": "a,1"}], "action": "replanned",
          "difference": {"held": ["j1"], "moved": ["j2", "j3"]}},
         "Alert a,1 came in. Planned anew: 1 job held back: j1; 2 jobs moved to another vehicle: j2, j3."),
        ({"trigger": [{"kind": "FeedFailed", "source": "x"}, {"kind": "Report"}, {"kind": "Report"}],
          "action": "no jobs"},
         "A message of x could not be read, 2 reports of vehicles came in. There are no jobs yet."),
        ({"trigger": [{"kind": "JobsPut"}], "action": "replanned", "difference": {"added": list("abcde")}},
         "Jobs changed. Planned anew: 5 jobs planned now: a, b, c and 2 more."),
    ],
)  # fmt: skip
def test_decisions_are_said_in_sentences(record: dict[str, object], text: str) -> None:
    assert sentences.decision(record) == text


def test_the_still_map_names_towns_and_escapes_them() -> None:
    town = {"name": "<b>&", "lon": 0.5, "lat": 0.5, "state": "cut"}
    ground = {"bounds": [0.0, 0.0, 1.0, 1.0], "roads": [
        {"rank": 0, "lines": [[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]]},
        {"rank": 5, "lines": [[0.0, 0.0, 0.0, 1.0]]},
    ]}  # fmt: skip
    row = {"action": "shut", "in_force": False, "lines": [[0.0, 0.0, 0.5, 0.5]], "roads": "CG-4",
           "headline": "Flood"}  # fmt: skip
    view = {"towns": [town], "closed": [row], "held": [{"job": "b", "location": [0.5, 0.5]}], "routes": []}
    drawn = still.draw(ground, view)
    assert "&lt;b&gt;&amp;" in drawn
    assert "<b>" not in drawn
    ring = re.search(r'class="m-road k0" d="M([^"]+)"', drawn)
    assert ring is not None
    first, *_, last = ring.group(1).split("L")
    assert first == last, "a ring stays closed"
    assert "k5" not in drawn, "small roads wait for the script"
    assert 'class="m-later"' in drawn
    assert "CG-4: Flood" in drawn
    assert 'class="m-held"' in drawn


def test_no_name_lies_under_the_sign_of_a_later_town() -> None:
    towns = [{"name": name, "lon": lon, "lat": 0.5, "state": "open"}
             for name, lon in (("Longname", 0.5), ("B", 0.53))]  # fmt: skip
    ground = {"bounds": [0.0, 0.0, 1.0, 1.0], "roads": []}
    drawn = still.draw(ground, {"towns": towns, "closed": [], "held": [], "routes": []})
    assert re.search(r'text-anchor="end">Longname<', drawn), "it stands to the left of its own"


def test_towns_stand_by_urgency() -> None:
    def row(name: str, state: str, until: str | None, **jobs: int) -> dict[str, object]:
        return {"name": name, "state": state, "until": until, "jobs": jobs}

    rows = [row("open", "open", None, planned=9), row("later", "closing", "12"), row("soon", "closing", "11"),
            row("cut, all done", "cut", None, done=9), row("cut, two wait", "cut", None, held=2)]  # fmt: skip
    names = [r["name"] for r in sorted(rows, key=picture._urgency)]
    assert names == ["cut, two wait", "cut, all done", "soon", "later", "open"]


def test_of_several_that_are_cut_off_the_map_names_the_one_that_opens_last() -> None:
    from vado.model.ids import Hash, WorldId
    from vado.model.world import World

    rows = (replace(SHUT, again_s=TEN), replace(SHUT, again_s=NOON, **TRUCK))
    world = World(id=WorldId("w"), region="r", region_hash=Hash("h"), now_s=NINE, reach=rows)
    (row,) = picture.town_rows(world, clock, voices=())
    assert row["again"] == rfc3339(NOON)


def test_names_stay_on_the_still_map() -> None:
    towns = [{"name": "Far above and right", "lon": lon, "lat": lat, "state": "cut"}
             for lon, lat in ((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.5, 0.5))]  # fmt: skip
    ground = {"bounds": [0.0, 0.0, 1.0, 1.0], "roads": []}
    drawn_map = still.draw(ground, {"towns": towns, "closed": [], "held": [], "routes": []})
    found = re.findall(
        r'class="m-label[^"]*" x="(-?\d+)" y="(-?\d+)" text-anchor="(\w+)">([^<]+)<', drawn_map
    )
    assert len(found) == len(towns)
    for x, y, anchor, name in found:
        wide = len(name) * still.LABEL_WIDE * {"start": 1, "end": -1, "middle": 0.5}[anchor]
        assert 0 <= int(x) + wide <= still.WIDTH
        assert still.LABEL_HIGH / 2 <= int(y) <= still.HEIGHT - 2


def test_a_name_without_room_beside_its_sign_stands_over_it() -> None:
    towns = [{"name": "Longname", "lon": lon, "lat": 0.5, "state": "open"} for lon in (0.45, 0.5, 0.55)]
    drawn_map = still.draw({"bounds": [0.0, 0.0, 1.0, 1.0], "roads": []},
                           {"towns": towns, "closed": [], "held": [], "routes": []})  # fmt: skip
    assert drawn_map.count(">Longname<") == 3
    assert 'text-anchor="middle"' in drawn_map
