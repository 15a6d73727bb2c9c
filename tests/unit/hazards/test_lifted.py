"""What was taken back is remembered for a day, in whatever order it was heard; it binds nobody."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

import drawn
from tables import meaning
from vado.hazards import absorb
from vado.hazards.lifted import LIFTED_MAX, LIFTED_S, POINTS_MAX
from vado.model.alert import Action, Alert, Area, Circle, Info, MsgType, Polygon, StatedEffect
from vado.model.codec import from_json, to_json
from vado.model.hazard import HazardState
from vado.model.ids import AlertId, Hash
from vado.model.world import FeedRead

NOW = drawn.NOON
AREA = Area(circles=(Circle(lon=1.5, lat=42.5, radius_m=100),))


def alert(name: str, sent_s: int, kind: MsgType = MsgType.ALERT, **about: Any) -> Alert:
    info = Info(event="Closure", kind="closure", onset_s=NOW - 3600, areas=(AREA,),
                stated=(StatedEffect(action=Action.SHUT),), expires_s=about.pop("end", None))  # fmt: skip
    return Alert(
        id=AlertId(f"s,{name}"), source="dgt", sender="s", identifier=name, sent_s=sent_s, msg_type=kind,
        infos=(info,), raw=Hash(f"sha256:{name}{sent_s}{kind}"), **about,
    )  # fmt: skip


def state_of(*alerts: Alert, now_s: int = NOW, reads: tuple[FeedRead, ...] = ()) -> HazardState:
    state = HazardState()
    for one in alerts:
        state, _ = absorb(state, [one], meaning(), now_s=NOW)
    return absorb(state, (), meaning(), now_s=now_s, reads=reads)[0]


def lifted(state: HazardState) -> list[tuple[str, int, int]]:
    return [(mark.alert, mark.at_s, len(mark.hazards)) for mark in state.lifted]


WARNED = alert("a", NOW - 900)
BY_ITSELF = alert("a", NOW - 600, MsgType.CANCEL)
BY_ANOTHER = alert("b", NOW - 600, MsgType.CANCEL, references=(AlertId("s,a"),))


@pytest.mark.parametrize("end", [BY_ITSELF, BY_ANOTHER])
def test_what_was_taken_back_is_known_with_what_it_had_told(end: Alert) -> None:
    for order in permutations((WARNED, end)):
        state = state_of(*order)
        assert state.hazards == ()
        assert lifted(state) == [("s,a", NOW - 600, 1)]
        assert from_json(HazardState, to_json(state)) == state


def test_of_several_versions_the_newest_was_taken_back() -> None:
    first, second = alert("a", NOW - 1200), WARNED
    for order in permutations((first, second, BY_ITSELF)):
        assert state_of(*order).lifted[0].sent_s == second.sent_s


def test_what_lives_again_was_not_taken_back() -> None:
    again = alert("a", NOW - 300)
    for order in permutations((WARNED, BY_ITSELF, again)):
        state = state_of(*order)
        assert lifted(state) == []
        assert len(state.hazards) == 1


def test_what_ended_by_itself_was_not_taken_back() -> None:
    assert lifted(state_of(alert("a", NOW - 900, end=NOW - 60))) == []
    over = alert("a", NOW - 900, end=NOW + 60)
    assert lifted(state_of(over, BY_ANOTHER)) == [("s,a", NOW - 600, 1)]
    assert lifted(state_of(over, BY_ANOTHER, now_s=NOW + 61)) == [], "it would be over by now"


def test_it_is_forgotten_after_a_day() -> None:
    assert lifted(state_of(WARNED, BY_ITSELF, now_s=NOW - 600 + LIFTED_S - 1))
    assert lifted(state_of(WARNED, BY_ITSELF, now_s=NOW - 600 + LIFTED_S)) == []


def test_a_document_that_lacks_it_takes_it_back() -> None:
    def read(at_s: int, *held: Alert) -> FeedRead:
        return FeedRead(source="dgt", format="datex", full=True, at_s=at_s, present=tuple(a.id for a in held))

    other = alert("c", NOW - 900)
    reads = (read(NOW - 900, WARNED, other), read(NOW - 600, other), read(NOW - 300, other))
    for order in permutations(reads):
        state = state_of(WARNED, other, reads=order)
        assert [hazard.alert for hazard in state.hazards] == ["s,c"]
        assert lifted(state) == [("s,a", NOW - 600, 1)], "since the first document that lacks it"


def test_no_more_is_kept_than_is_bounded() -> None:
    names = [f"n{k}" for k in range(LIFTED_MAX + 20)]
    alerts = [alert(name, NOW - 900) for name in names]
    ends = [alert(name, NOW - 600, MsgType.CANCEL) for name in names]
    state, _ = absorb(HazardState(), [*alerts, *ends], meaning(), now_s=NOW)
    assert len(state.lifted) == LIFTED_MAX


def test_large_shapes_do_not_fill_the_state() -> None:
    ring = tuple((1.5 + 0.001 * (k % 7), 42.5 + 1e-6 * k) for k in range(POINTS_MAX // 3))
    large = Area(polygons=(Polygon(outer=(*ring, ring[0])),))
    alerts = []
    for k in range(4):
        told = alert(f"n{k}", NOW - 900)
        alerts.append(replace(told, infos=(replace(told.infos[0], areas=(large,)),)))
    ends = [alert(f"n{k}", NOW - 600 + k, MsgType.CANCEL) for k in range(4)]
    state, _ = absorb(HazardState(), [*alerts, *ends], meaning(), now_s=NOW)
    assert [mark.alert for mark in state.lifted] == ["s,n2", "s,n3"], "the newest"
