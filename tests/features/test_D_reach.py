"""Which towns can be reached and left, when and why; and what if. On drawn towns."""

from __future__ import annotations

from typing import Any

import drawn
from story import Story, at, closing, vehicle
from vado import network
from vado.exchange.reach import change_words, place_words
from vado.model.alert import Action, Alert
from vado.model.hazard import Hazard
from vado.model.roads import Roads
from vado.model.snapshot import PlaceReach, Snapshot, Travel
from vado.model.when import FOREVER_S, clock

CAR, VAN, TRUCK = Travel("car"), Travel("van"), Travel("truck")
DAY_END = at(24)

VALLEY = drawn.roads(
    """
    A------B------C------D
           |
           E
    """,
    ways={"BC": {"ref": "CG-5", "name": "Carretera d'Arinsal", "bridge": True}},
)
# Two ways to the far bank: a bridge, and a ford that trucks may not drive.
FORD = drawn.roads(
    """
    A------B------C
    |             |
    D-------------E
    """,
    ways={"BC": {"ref": "N-1", "bridge": True}, "DE": {"name": "Gual", "ford": True, "not_for": ("truck",)}},
)
# A one-way ring: into E by A only, on to B only.
RING = drawn.roads(
    """
    A------B
    |      |
    E------F
    """,
    ways={"AE": {"oneway": True}, "EF": {"oneway": True}, "FB": {"oneway": True}},
)
PASS = drawn.roads(
    """
    A------B------P------C
    """,
    ways={"BP": {"ref": "CG-2", "name": "Port d'Envalira"}, "PC": {"ref": "CG-2"}},
)


def snap(town: Roads, *hazards: Hazard, travels: tuple[Travel, ...] = (CAR, VAN, TRUCK)) -> Snapshot:
    return network.snapshot(town, hazards, drawn.touched(town, hazards), travels=travels)


def reach(town: Roads, *hazards: Hazard, now: int = at(15), **more: Any) -> list[PlaceReach]:
    snapshot = snap(town, *hazards, **more)
    found = network.reach(
        snapshot, drawn.nodes(town, "A"), travels=snapshot.closures, at_s=now, until_s=DAY_END
    )
    return list(found)


def told(rows: list[PlaceReach], place: str, now: int = at(15)) -> str:
    """Say how a town stands, as the dispatcher reads it."""
    return place_words([row for row in rows if row.name == place], at_s=now, local=clock)


def why(rows: list[PlaceReach], place: str, travel: Travel = VAN) -> str:
    """Name the cut: "A1 on CG-5"."""
    row = next(row for row in rows if row.name == place and row.travel == travel)
    return ", ".join(f"{road.alert} on {road.road}" for road in row.cut)


def last(rows: list[PlaceReach], place: str, travel: Travel = VAN) -> tuple[str, str]:
    row = next(row for row in rows if row.name == place and row.travel == travel)
    return tuple(road.road if road is not None else "" for road in (row.last_in, row.last_out))  # type: ignore[return-value]


def news(story: Story) -> str:
    """Say what the last step learnt about the towns."""
    return "; ".join(change_words(change, clock) for change in story.steps[-1].reach_changes)


def test_d01_a_bridge_is_shut_for_a_while() -> None:
    rows = reach(VALLEY, drawn.shut(VALLEY, "BC", at(16), at(18)))
    assert told(rows, "D") == "cut off from 16:00; open again from 18:00"
    assert why(rows, "D") == "A1 on CG-5 (Carretera d'Arinsal)"
    assert told(rows, "E") == "open"


def test_d02_trucks_first_then_no_way_out_then_nobody() -> None:
    one_way_out = drawn.edge(FORD, "CB")
    snapshot = snap(
        FORD,
        drawn.shut(FORD, "BC", at(15, 10), profiles=("truck",), alert="ban"),
        drawn.shut(FORD, "BC", at(16, 40), alert="flood"),
        drawn.shut(FORD, "DE", at(15, 5), alert="ford"),
    )
    # From 16:05 on the bridge leads to the far bank only.
    supposed = network.suppose(
        snapshot, shut=[network.Shut(label="CB", edges=(one_way_out,), interval=drawn.Interval(at(16, 5)))]
    )
    rows = list(
        network.reach(
            supposed, drawn.nodes(FORD, "A"), travels=supposed.closures, at_s=at(15), until_s=DAY_END
        )
    )
    assert told(rows, "C") == "cut off from 16:40, for trucks from 15:10; in but not out after 16:05"


def test_d03_a_ford_left_is_the_last_road_but_not_for_trucks() -> None:
    rows = reach(FORD, drawn.shut(FORD, "BC", at(12), at(20), alert="flood"))
    assert told(rows, "C") == "cut off now for trucks; open again from 20:00"
    assert last(rows, "C") == ("Gual", "Gual")
    assert last(rows, "C", TRUCK) == ("", "")
    assert why(rows, "C", TRUCK) == "flood on N-1"
    assert last(reach(FORD), "C") == ("", "")  # nothing is shut: neither is the last


def test_d04_a_pass_with_snow_for_trucks_only() -> None:
    snow = drawn.shut(PASS, "BP PC", at(14), at(22), alert="snow", kind="snow", profiles=("truck",))
    rows = reach(PASS, snow)
    assert told(rows, "C") == "cut off now for trucks; open again from 22:00"
    assert why(rows, "C", TRUCK) == "snow on CG-2 (Port d'Envalira)"
    assert why(rows, "C", CAR) == ""


def test_d05_one_way_rings_in_but_not_out_and_out_but_not_in() -> None:
    assert told(reach(RING), "E") == "open"
    assert told(reach(RING, drawn.shut(RING, "EF", at(16))), "E") == "in but not out after 16:00"
    assert told(reach(RING, drawn.shut(RING, "EF", at(16))), "F") == "out but not in after 16:00"
    rows = reach(RING, drawn.shut(RING, "AE", at(15), at(16)))
    assert told(rows, "E") == "out but not in now; open again from 16:00"
    assert why(rows, "F") == f"A1 on {RING.road(drawn.edge(RING, 'AE'))}"


def test_d06_a_closure_that_opens_while_waiting() -> None:
    # Half an hour to the bridge, which opens in ten minutes: who sets out now finds it open.
    town = drawn.roads("A------B------C", ways={"AB": {"minutes": 30}})
    rows = reach(town, drawn.shut(town, "BC", at(14), at(15, 10)))
    c = next(row for row in rows if row.name == "C" and row.travel == VAN)
    assert (c.reachable, c.leavable) == (True, False)
    assert told(rows, "C") == "cut off now; open again from 15:10"
    assert [(clock(i.start_s), i.end_s == FOREVER_S) for i in c.inward] == [("15:10", True)]


def test_d07_two_closures_that_isolate_only_together() -> None:
    first, second = (
        drawn.shut(FORD, "BC", at(16), at(20), alert="one"),
        drawn.shut(FORD, "DE", at(17), at(19), alert="two"),
    )
    assert told(reach(FORD, first), "C") == "cut off for trucks from 16:00; open again from 20:00"
    assert told(reach(FORD, second), "C") == "open"
    rows = reach(FORD, first, second)
    assert told(rows, "C") == (
        "cut off from 17:00, for trucks from 16:00; open again from 19:00, for trucks from 20:00"
    )
    assert why(rows, "C") in ("one on N-1", "two on Gual")  # lifting either opens it


def fleet(town: Roads) -> list[Any]:
    return [vehicle(town, "v1", "A"), vehicle(town, "t1", "A", profile="truck")]


def flood(start: int, end: int | None, **more: Any) -> Alert:
    return closing(VALLEY, "BC", start, end, **more)


def test_d08_what_is_new_is_told_once_and_sealed() -> None:
    story = Story(VALLEY, jobs="e@E", vehicles=fleet(VALLEY))
    assert news(story) == ""
    story.tell(flood(at(10), at(12), name="flood", profiles=("truck",)), now=at(9))
    road = "CG-5 (Carretera d'Arinsal)"
    assert news(story) == "; ".join(
        f"{town} for trucks: cut off from 10:00 until 12:00 (was open), by {road}" for town in "CD"
    )
    assert '"reach":[{"cut":[{"alert":"story,flood"' in story.steps[-1].decision.record
    story.tell(closing(VALLEY, "BE", at(20), name="other", factor=0.5, action=Action.SLOW), now=at(9, 30))
    assert news(story) == ""
    story.tell(now=at(10))  # it begins as announced
    assert news(story) == ""
    assert '"reach"' not in story.steps[-1].decision.record
    story.tell(flood(at(10), at(14), name="more", profiles=("truck",)), now=at(11))
    assert news(story).startswith(f"C for trucks: cut off from 12:00 until 14:00 (was open), by {road}")


def test_d09_a_cancel_is_news_with_the_hazard_that_is_gone() -> None:
    from vado.model.alert import MsgType

    story = Story(VALLEY, jobs="e@E", vehicles="v1@A")
    story.tell(flood(at(10), at(12), name="flood"), now=at(9))
    cancel = closing(VALLEY, "BC", at(10), name="end", msg_type=MsgType.CANCEL, references=["flood"],
                     sent=at(10, 30))  # fmt: skip
    story.tell(cancel, now=at(10, 30))
    assert news(story) == "; ".join(
        f"{town} for vans: open from 10:30 until 12:00 (was cut off), with CG-5 (Carretera d'Arinsal) open"
        for town in "CD"
    )


def test_d10_what_if_the_bridge_were_open_and_another_road_shut() -> None:
    flood_now = drawn.shut(VALLEY, "BC", at(14), at(20), alert="flood")
    snapshot = snap(VALLEY, flood_now, travels=(VAN,))
    answer = network.whatif(
        snapshot,
        drawn.nodes(VALLEY, "A"),
        lift=[flood_now.id],
        shut=[network.Shut(label="BE", edges=drawn.edges(VALLEY, "BE"))],
        travels=(VAN,),
        at_s=at(15),
        until_s=DAY_END,
    )
    assert [change_words(change, clock) for change in answer.changes] == [
        "C for vans: open from 15:00 until 20:00 (was cut off), with CG-5 (Carretera d'Arinsal) open",
        "D for vans: open from 15:00 until 20:00 (was cut off), with CG-5 (Carretera d'Arinsal) open",
        f"E for vans: cut off from 15:00 (was open), by {VALLEY.road(drawn.edge(VALLEY, 'BE'))}",
    ]
    # The world is as it was, and supposing nothing is the same snapshot.
    assert network.suppose(snapshot).content_hash == snapshot.content_hash
    assert [row.cut for row in answer.before if row.name == "D"] != [()]
