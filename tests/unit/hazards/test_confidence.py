"""How sure a hazard is: it fades without a word, is renewed by one, and copies of a source count once."""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from vado.hazards.confidence import FLOOR, HALF_LIFE_H, TOLD, confidence, standings
from vado.model.alert import Action
from vado.model.hazard import Evidence, Hazard
from vado.model.ids import AlertId, Hash
from vado.model.when import FOREVER_S

HOUR = 3600
TOWN = drawn.roads("A---B---C")


def told(
    sender: str, pairs: str = "AB", *, source: str = "", end: int = FOREVER_S, action: Action = Action.SHUT
) -> Hazard:
    made = drawn.hazard(TOWN, pairs, drawn.NOON, end, action=action, alert=f"{sender},1", kind="closure")
    evidence = Evidence(
        alert=AlertId(f"{sender},1"), source=source or sender, raw=Hash("sha256:0"), headline=""
    )
    return replace(made, evidence=(evidence,), certainty="Likely")


def judged(*hazards: Hazard, mirrors: dict[str, str] | None = None) -> dict[str, float]:
    made = standings(
        hazards,
        {h.id: drawn.NOON for h in hazards},
        drawn.touched(TOWN, hazards),
        now_s=drawn.NOON,
        mirrors=mirrors,
    )
    return {h.evidence[0].source: round(made[h.id].confidence, 4) for h in hazards}


def test_without_a_word_it_is_half_as_sure_after_its_half_life_and_never_gone() -> None:
    closed = told("dgt")
    half = HALF_LIFE_H["closure"] * HOUR
    assert confidence(closed, drawn.NOON, now_s=drawn.NOON) == TOLD["Likely"]
    assert confidence(closed, drawn.NOON, now_s=drawn.NOON + half) == pytest.approx(TOLD["Likely"] / 2)
    assert confidence(closed, drawn.NOON, now_s=drawn.NOON + 100 * half) == FLOOR


def test_a_word_renews_it() -> None:
    late = drawn.NOON + 2 * HALF_LIFE_H["closure"] * HOUR
    assert confidence(told("dgt"), late, now_s=late) == TOLD["Likely"]


def test_up_to_an_end_that_was_told_it_does_not_fade() -> None:
    ends = told("dgt", end=drawn.NOON + 90 * 24 * HOUR)
    assert confidence(ends, drawn.NOON, now_s=drawn.NOON + 80 * 24 * HOUR) == TOLD["Likely"]


def test_two_that_know_of_each_other_only_by_the_road_make_it_surer() -> None:
    assert judged(told("dgt"), told("police")) == {"dgt": 0.9375, "police": 0.9375}


def test_who_copies_counts_once() -> None:
    # MeteoAlarm hands on what AEMET sent, under its name; a portal copies DGT under a name of its own.
    assert judged(told("aemet", source="aemet"), told("aemet", source="meteoalarm")) == {
        "aemet": 0.75, "meteoalarm": 0.75,
    }  # fmt: skip
    copied = judged(told("dgt"), told("portal"), mirrors={"portal": "dgt"})
    assert copied == {"dgt": 0.75, "portal": 0.75}


def test_another_road_or_another_day_is_another_event() -> None:
    assert judged(told("dgt"), told("police", "BC"))["dgt"] == 0.75
    over = replace(
        told("police"), interval=replace(told("police").interval, start_s=0, end_s=drawn.NOON - HOUR)
    )
    assert judged(told("dgt"), over)["dgt"] == 0.75


def test_who_says_that_it_is_open_is_shown_and_does_not_make_it_surer() -> None:
    shut, open_ = told("dgt"), told("driver", action=Action.NONE)
    made = standings((shut, open_), {}, drawn.touched(TOWN, (shut, open_)), now_s=drawn.NOON)
    assert made[shut.id].disputed == (open_.id,)
    assert made[open_.id].disputed == (shut.id,)
    assert made[shut.id].also == ()
    assert made[shut.id].confidence == pytest.approx(TOLD["Likely"])
