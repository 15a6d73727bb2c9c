"""What warnings leave on the roads: stage by stage, moved when ended early, nothing if they never came."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import pytest

from tables import shipped, table
from vado.errors import InputError
from vado.hazards import absorb, parse_meaning
from vado.model.alert import Action, Alert, Area, Circle, Info, MsgType, StatedEffect
from vado.model.hazard import Hazard, HazardState
from vado.model.ids import AlertId, Hash
from vado.model.when import Interval

NOON = 1_768_046_400
HOUR = 3600


def warning(kind: str = "snow", severity: str = "Extreme", **about: object) -> Alert:
    info = Info(
        event=kind, kind=kind, severity=severity, certainty="Likely", onset_s=NOON, expires_s=NOON + 6 * HOUR,
        areas=(Area(circles=(Circle(lon=1.5, lat=42.5, radius_m=5000),)),),
    )  # fmt: skip
    return Alert(
        id=AlertId("met,1"), source="met", sender="met", identifier="1", sent_s=NOON - HOUR,
        infos=(replace(info, **about),), raw=Hash("sha256:" + "1" * 64),  # type: ignore[arg-type]
    )  # fmt: skip


def cancel(at_s: int) -> Alert:
    return Alert(
        id=AlertId("met,2"), source="met", sender="met", identifier="2", sent_s=at_s, msg_type=MsgType.CANCEL,
        references=(AlertId("met,1"),), raw=Hash("sha256:" + "2" * 64),
    )  # fmt: skip


def hazards(*alerts: Alert, now_s: int = NOON) -> tuple[Hazard, ...]:
    return absorb(HazardState(), alerts, shipped(), now_s=now_s)[0].hazards


def test_stages_follow_each_other_without_a_gap() -> None:
    main, *after = hazards(warning())
    spans = [hazard.interval for hazard in (main, *after)]
    assert all(a.end_s == b.start_s for a, b in pairwise(spans))
    assert [(span.end_s - span.start_s) // HOUR for span in spans] == [6, 48, 48]
    assert {e.action for e in after[0].effects if e.profile == "van"} == {Action.RESTRICTED}
    assert all(hazard.follows == main.interval for hazard in after)


def test_wind_goes_on_as_before_for_half_an_hour() -> None:
    main, after = hazards(warning("wind"))
    assert after.interval == Interval(main.interval.end_s, main.interval.end_s + HOUR // 2)
    assert [(e.profile, e.action) for e in after.effects] == [(e.profile, e.action) for e in main.effects]


def test_who_was_not_bound_is_not_bound_afterwards() -> None:
    main, *after = hazards(warning("snow", "Severe"))
    free = {e.profile for e in main.effects if e.action is Action.NONE}
    assert all(e.action is Action.NONE for hazard in after for e in hazard.effects if e.profile in free)


@pytest.mark.parametrize("certainty", ["Possible", "Unlikely"])
def test_what_only_may_come_leaves_nothing(certainty: str) -> None:
    assert all(hazard.follows is None for hazard in hazards(warning(certainty=certainty)))


def test_what_a_source_states_of_a_road_leaves_nothing() -> None:
    stated = warning("flood", stated=(StatedEffect(action=Action.SHUT),))
    assert len(hazards(stated)) == 1


@pytest.mark.parametrize("order", [0, 1])
def test_a_warning_ended_early_leaves_the_same_from_then_on(order: int) -> None:
    both = [warning(), cancel(NOON + 2 * HOUR)]
    left = hazards(*(both if order else reversed(both)), now_s=NOON + 2 * HOUR)
    assert [hazard.interval.start_s for hazard in left] == [NOON + 2 * HOUR, NOON + 50 * HOUR]


def test_ended_twice_the_later_end_counts_in_any_order() -> None:
    later = replace(cancel(NOON + 3 * HOUR), id=AlertId("met,3"), identifier="3")
    for alerts in ([warning(), cancel(NOON + 2 * HOUR), later], [warning(), later, cancel(NOON + 2 * HOUR)]):
        state = HazardState()
        for alert in alerts:
            state, _ = absorb(state, [alert], shipped(), now_s=NOON + HOUR)
        assert [hazard.interval.start_s for hazard in state.hazards] == [NOON + 3 * HOUR, NOON + 51 * HOUR]


def test_a_warning_ended_before_it_began_leaves_nothing() -> None:
    assert hazards(warning(), cancel(NOON - 60), now_s=NOON - 30) == ()


def test_a_warning_ended_after_its_end_leaves_what_it_would_have_left() -> None:
    left = hazards(warning(), cancel(NOON + 9 * HOUR), now_s=NOON + 9 * HOUR)
    assert [hazard.interval.start_s for hazard in left] == [NOON + 6 * HOUR, NOON + 54 * HOUR]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"hours": 0}, "hours"), ({"kind": "snoww"}, "kind"), ({"severity": []}, "severity"),
     ({"action": "fly"}, "action"), ({"speed_factor": 1.5}, "speed_factor"), ({"requires": ""}, "requires"),
     ({"source": "x"}, "after[0]"), ({"wors": 1}, "wors")],
)  # fmt: skip
def test_a_row_that_cannot_be_meant_is_named(change: dict[str, object], field: str) -> None:
    effects = copy.deepcopy(table("effects"))
    effects["after"][0] |= change
    with pytest.raises(InputError) as caught:
        parse_meaning(effects, table("kinds"))
    assert any(field in fault.field for fault in caught.value.faults)
