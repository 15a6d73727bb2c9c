"""What the overview says of decisions, and what it does not say again and again."""

from __future__ import annotations

from vado.api.sentences import decision, quiet

REPORT = {"kind": "Report"}
ALERT = {"kind": "AlertReceived", "alert": "x,1"}


def test_reports_that_change_no_visit_are_quiet() -> None:
    assert quiet({"trigger": [REPORT, REPORT], "action": "planned", "difference": {"moved": []}}) == 2
    assert quiet({"trigger": [REPORT], "action": "left", "difference": None}) == 1


def test_whatever_else_came_or_changed_is_told() -> None:
    assert not quiet({"trigger": [REPORT, ALERT], "action": "planned", "difference": {}})
    assert not quiet({"trigger": [REPORT], "action": "planned", "difference": {"later": ["j"]}})
    assert not quiet({"trigger": [], "action": "planned", "difference": {}}), "a closure began or ended"
    assert not quiet({"trigger": [REPORT], "action": "no jobs"})


def test_a_decision_is_a_sentence() -> None:
    record = {"trigger": [ALERT, REPORT], "action": "planned", "difference": {"moved": ["a", "b"]}}
    told = decision(record, {"x,1": "Deep snow"})
    assert told == (
        "Alert “Deep snow” came in, a vehicle reported. Planned anew: 2 jobs moved to another vehicle: a, b."
    )
