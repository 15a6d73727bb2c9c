"""Open, closed or unknown: an edge is open only where somebody who is well says that nothing is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import drawn
from drawn import HOUR, NOON
from vado import network
from vado.model.feed import Box
from vado.model.hazard import Hazard
from vado.model.snapshot import Travel
from vado.network import EdgeState, Voice
from vado.network.edge_state import NO_SOURCE, State, around

TOWN = drawn.roads("A---B---C---D", ways={"CD": {"not_for": ("truck",)}})
VAN, TRUCK = Travel("van"), Travel("truck")
WELL = Voice(source="dgt", covers=None, heard_s=NOON - 60)


def state(
    pair: str, *hazards: Hazard, at_s: int = NOON + HOUR, voices: tuple[Voice, ...] = (WELL,),
    travel: Travel = VAN, **more: Any,
) -> EdgeState:  # fmt: skip
    placed = tuple(hazard for hazard in hazards if not hazard.unknown)
    touched = drawn.touched(TOWN, placed)
    snapshot = network.snapshot(TOWN, hazards, touched, travels=(travel,))
    edge = drawn.edge(TOWN, pair)
    (found,) = network.edge_states(snapshot, travel, [edge], at_s=at_s, voices=voices, **more)
    return found


def box_at(letter: str, size: float = 0.001) -> Box:
    lon, lat = drawn.lonlat(TOWN, letter)
    return lon - size, lat - size, lon + size, lat + size


def test_open_where_somebody_who_is_well_speaks_for_it() -> None:
    found = state("AB")
    assert (found.state, found.factor, found.since_s, found.by, found.why) == (State.OPEN, 1.0, None, (), ())
    assert found.covered == (WELL,)


@pytest.mark.parametrize("voices", [(), (replace(WELL, heard_s=0),), (replace(WELL, covers=(9, 9, 10, 10)),)])
def test_unknown_where_nobody_does(voices: tuple[Voice, ...]) -> None:
    found = state("AB", voices=voices)
    assert (found.state, found.why) == (State.UNKNOWN, (NO_SOURCE,))


def test_unknown_where_a_source_is_missed_though_another_one_is_well() -> None:
    missed = Voice(source="aemet", covers=box_at("A"), heard_s=1, missed="no good answer for 3 h")
    found = state("AB", voices=(WELL, missed))
    assert found.state is State.UNKNOWN
    assert found.why == ("aemet is missed: no good answer for 3 h",)
    assert state("CD", voices=(WELL, missed)).state is State.OPEN, "it does not speak for that place"


def test_unknown_while_a_hazard_is_in_force_that_nobody_can_place() -> None:
    nowhere = replace(drawn.shut(TOWN, "CD", NOON, NOON + 2 * HOUR, headline="Snow"), unknown="only codes")
    assert state("AB", nowhere).state is State.UNKNOWN
    assert state("AB", nowhere).why == ("Snow may be here: only codes",)
    assert state("AB", nowhere, at_s=NOON + 3 * HOUR).state is State.OPEN


def test_unknown_near_a_closure_whose_road_was_not_found_and_open_away_from_it() -> None:
    lost = drawn.shut(TOWN, "AB", headline="Works")
    snapshot = network.snapshot(TOWN, (lost,), {lost.id: np.zeros(0, np.int32)}, travels=(VAN,))
    where = {lost.id: box_at("A")}
    edges = [drawn.edge(TOWN, pair) for pair in ("AB", "CD")]
    near, far = network.edge_states(snapshot, VAN, edges, at_s=NOON, voices=(WELL,), unmatched=where)
    assert (near.state, near.why) == (State.UNKNOWN, ("Works may be here: no road was found for it",))
    assert far.state is State.OPEN
    anywhere = network.edge_states(snapshot, VAN, edges, at_s=NOON, voices=(WELL,), unmatched={lost.id: None})
    assert {each.state for each in anywhere} == {State.UNKNOWN}


def test_closed_says_since_when_until_when_and_by_what() -> None:
    early = drawn.shut(TOWN, "AB", NOON, NOON + 2 * HOUR, alert="A1")
    late = drawn.shut(TOWN, "AB", NOON + HOUR // 2, NOON + 4 * HOUR, alert="A2")
    to_come = drawn.shut(TOWN, "AB", NOON + 6 * HOUR, NOON + 8 * HOUR, alert="A3")
    found = state("AB", early, late, to_come, drawn.slow(TOWN, "AB", 0.5, alert="A4"))
    assert (found.state, found.factor) == (State.CLOSED, 0.0)
    assert (found.since_s, found.until_s) == (NOON, NOON + 4 * HOUR)
    assert [hazard.alert for hazard in found.by] == ["A1", "A2"]


def test_closed_is_closed_whoever_is_missed() -> None:
    found = state("AB", drawn.shut(TOWN, "AB"), voices=())
    assert (found.state, found.why) == (State.CLOSED, (NO_SOURCE,))


def test_open_again_says_since_when_and_slow_is_open() -> None:
    found = state("AB", drawn.shut(TOWN, "AB", NOON, NOON + HOUR), drawn.slow(TOWN, "AB", 0.4, alert="A2"),
                  at_s=NOON + 2 * HOUR)  # fmt: skip
    assert (found.state, found.factor) == (State.OPEN, 0.4)
    assert found.since_s == NOON, "since the hazard that slows it began"
    assert state("AB", drawn.shut(TOWN, "AB", NOON, NOON + HOUR), at_s=NOON + 2 * HOUR).since_s == NOON + HOUR


def test_no_road_for_a_truck_is_closed_to_it() -> None:
    found = state("CD", travel=TRUCK)
    assert (found.state, found.by) == (State.CLOSED, ())
    assert found.why == ("no road for this way of travelling",)


def test_around_is_wider_and_anywhere_stays_anywhere() -> None:
    box = box_at("A")
    wider = around(box)
    assert wider is not None
    assert wider[0] < box[0] < box[2] < wider[2]
    assert around(None) is None
