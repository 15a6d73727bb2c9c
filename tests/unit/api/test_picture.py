"""The map: thinned, bounded, and each road once."""

from __future__ import annotations

import pytest

import drawn
from vado.api import picture, sentences
from vado.model.snapshot import CutRoad, PlaceReach, Travel
from vado.model.when import clock

TOWN = drawn.roads(
    """
    A----B----C
    """,
    ways={"AB": {"class": "primary"}, "BC": {"class": "track"}},
)


def test_each_road_is_drawn_once_and_straight_ones_with_two_points() -> None:
    drawn_map = picture.draw_map(TOWN)
    lines = [line for group in drawn_map["roads"] for line in group["lines"]]
    assert sorted(len(line) for line in lines) == [4, 4]
    assert drawn_map["complete"]
    ranks = [group["rank"] for group in drawn_map["roads"] if group["lines"]]
    assert ranks == [0, len(picture.RANKS)]


def test_a_large_region_shows_its_larger_roads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MAP_RAW_MAX", 8)
    drawn_map = picture.draw_map(TOWN)
    assert [group["rank"] for group in drawn_map["roads"] if group["lines"]] == [0]
    assert not drawn_map["complete"]


def _reach(**about: object) -> PlaceReach:
    cut = CutRoad(hazard="h", alert="a", road="CG-4", edge=1, kind="flood", headline="")  # type: ignore[arg-type]
    usual = {"place": 0, "name": "B", "lon": 0.0, "lat": 0.0, "travel": Travel("van"), "reachable": True,
             "leavable": True, "until_s": None, "again_s": None, "cut": (cut,)}  # fmt: skip
    return PlaceReach(**{**usual, **about})  # type: ignore[arg-type]


TEN, NOON = drawn.NOON - 2 * drawn.HOUR, drawn.NOON


@pytest.mark.parametrize(
    ("reaches", "state", "text"),
    [
        ([_reach(cut=())], "open", "open"),
        ([_reach(until_s=TEN)], "closing", "open until 10:00, then cut off by CG-4 (flood)"),
        ([_reach(until_s=TEN, again_s=NOON)], "closing",
         "open until 10:00, then cut off by CG-4 (flood); open again at 12:00"),
        ([_reach(reachable=False, leavable=False)], "cut", "cut off by CG-4 (flood)"),
        ([_reach(reachable=False)], "cut", "cannot be reached by CG-4 (flood)"),
        ([_reach(leavable=False)], "cut", "cannot be left by CG-4 (flood)"),
        ([_reach(reachable=False, leavable=False, cut=())], "no road", "no road leads there"),
        ([_reach(cut=()), _reach(travel=Travel("truck"), reachable=False, leavable=False)], "cut",
         "cut off for truck by CG-4 (flood)"),
    ],
)  # fmt: skip
def test_a_town_is_shown_as_the_worst_of_all_ways_of_travelling(
    reaches: list[PlaceReach], state: str, text: str
) -> None:
    from vado.model.ids import Hash, WorldId
    from vado.model.world import World

    world = World(id=WorldId("w"), region="r", region_hash=Hash("h"), reach=tuple(reaches))
    (row,) = picture.town_rows(world, clock)
    assert (row["state"], row["text"]) == (state, text)


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
