"""What stands in a decision, what does not, and what is never sealed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest

from chains import BUDGET, HASH, HOME, T0, follow, message, plan, problem, world
from vado.errors import BugError
from vado.ledger import digest, plan_hash, read, seal
from vado.ledger.seal import _problem
from vado.model.alert import Alert
from vado.model.hazard import Evidence, Hazard, HazardState
from vado.model.ids import AlertId, HazardId, JobId, VehicleId
from vado.model.plan import Leg, Plan, Route, Rule, Stop, Verdict, Violation
from vado.model.problem import Problem
from vado.model.snapshot import Access, Drive, Group, Travel
from vado.model.when import FOREVER_S, Interval
from vado.model.world import AlertReceived, Decision, Difference, FeedFailed, Impact, World

ALERT = Alert(id=AlertId("met,1"), source="met", sender="met", identifier="1", sent_s=T0, raw=HASH)


def sealed(**changes: Any) -> Decision:
    arguments: dict[str, Any] = {
        "before": world(), "after": replace(world(), version=1), "batch": (), "problem": problem(),
        "impacts": (), "notes": (),
        "verdict": Verdict(violations=()), "difference": Difference(), "meaning": HASH, "budget": BUDGET,
    }  # fmt: skip
    return seal(**(arguments | changes))


def record(**changes: Any) -> dict[str, Any]:
    return read(sealed(**changes))


def with_plan(now: World | None = None) -> World:
    return replace(now or world(), version=1, plan=plan(), snapshot=HASH)


def test_a_record_follows_the_one_before() -> None:
    first_world, first = follow(world())
    second_world, second = follow(first_world)
    assert (first.seq, first.prev) == (1, None)
    assert (second.seq, second.prev) == (2, first.hash)
    assert read(second)["prev"] == first.hash
    assert second_world.head == second.hash == digest(second.record.encode())


def test_the_trigger_names_each_message() -> None:
    broken = FeedFailed(source="met", raw=HASH, cause="no XML")
    tick, alert, failed = record(
        batch=(message(1), message(2, AlertReceived(alert=ALERT)), message(3, broken))
    )["trigger"]
    assert tick == {"seq": 1, "kind": "Tick", "received_s": T0 + 1, "body_hash": digest(b"1")}
    assert (alert["kind"], alert["alert"], alert["source"]) == ("AlertReceived", "met,1", "met")
    assert (failed["kind"], failed["cause"]) == ("FeedFailed", "no XML")


def test_the_inputs_are_named_by_hash() -> None:
    inputs = record()["inputs"]
    assert (inputs["region"], inputs["region_hash"], inputs["meaning"]) == ("drawn", HASH, HASH)
    assert inputs["problem"] != record(problem=problem(name="Grace Hopper"))["inputs"]["problem"]
    assert inputs["plan_before"] is None


def test_a_new_plan_is_in_the_record_in_full() -> None:
    after = with_plan()
    data = record(after=after)
    assert data["action"] == "replanned"
    assert data["plan_hash"] == digest(data["plan"]) == plan_hash(after.plan)
    assert data["plan"]["routes"][0]["legs"][0]["drive"]["edges"] == [[7, T0 * 1000]]
    assert data["plan"]["unassigned"][0]["reasons"][0]["text"] == "CG-4 is shut"
    assert data["unassigned"] == {"j2": ["CUT_OFF"]}


def test_a_plan_that_stands_is_named_and_not_repeated() -> None:
    before = replace(with_plan(), head=HASH)
    data = record(before=before, after=replace(before, version=2))
    assert (data["action"], data["plan"]) == ("left", None)
    assert data["plan_hash"] == data["inputs"]["plan_before"] == plan_hash(plan())
    assert data["unassigned"] == {"j2": ["CUT_OFF"]}


def test_without_jobs_it_says_so() -> None:
    assert record(problem=replace(problem(), jobs=()))["action"] == "no jobs"


def test_nothing_in_a_record_names_or_locates_a_person() -> None:
    text = sealed(after=with_plan()).record
    assert "Ada" not in text
    assert str(HOME[0]) not in text
    assert str(HOME[1]) not in text
    assert "lonlat" not in text
    assert '"node"' not in text, "the road is cut open at the very door"


def test_hazards_in_force_are_named() -> None:
    snow = Hazard(
        id=HazardId("h1"), kind="snow", severity="Severe", certainty="Likely", footprint=(),
        interval=Interval(T0), effects=(), unknown="no shape",
        evidence=(Evidence(alert=ALERT.id, source="met", raw=HASH, headline="Snow"),),
    )  # fmt: skip
    after = replace(world(), version=1, hazards=HazardState(hazards=(snow,)))
    assert record(after=after)["hazards"] == [
        {"id": "h1", "kind": "snow", "start_s": T0, "end_s": FOREVER_S, "alerts": ["met,1"], "raw": [HASH],
         "unknown": "no shape"}
    ]  # fmt: skip


def test_the_rest_is_written_down_too() -> None:
    impact = Impact(job=JobId("j1"), vehicle=VehicleId("v1"), what="cut off", hazard=HazardId("h1"))
    data = record(impacts=(impact,), difference=Difference(held=(JobId("j1"),)), notes=("late message",))
    assert data["impacts"][0]["what"] == "cut off"
    assert data["difference"]["held"] == ["j1"]
    assert data["notes"] == ["late message"]
    assert data["budget"]["solutions_max"] == BUDGET.solutions_max
    assert data["verdict"] == {"ok": True, "rules": [rule.value for rule in Rule], "violations": []}
    assert (data["now_s"], data["now"]) == (T0, "2026-01-10T12:00:00Z")
    assert data["software"].startswith("vado ")


def test_numbers_and_texts_without_canonical_form_are_sealed_nonetheless() -> None:
    now = with_plan()
    assert now.plan is not None
    data = record(after=replace(now, plan=replace(now.plan, cost=2**60)), notes=("\ud800",))
    assert data["plan"]["cost"] == str(2**60)
    assert data["notes"] == ["\ufffd" * 3]


def far_access() -> Problem:
    travels = [Travel("van", frozenset({"chains", "winch", "snorkel"})), Travel("car")]
    access = {
        (stop, Group(travel)): Access(node=3, travel=travel, stays=(Interval(T0, T0 + 60),), cuts=())  # type: ignore[arg-type]
        for travel in travels
        for stop in (1, 0)
    }
    return replace(problem(), access=access)


def test_the_hash_of_a_problem_is_the_same_in_every_process() -> None:
    """Sets of strings have another order in another process; a hash may not."""
    code = "from unit.ledger.test_seal import *; print(record(problem=far_access())['inputs']['problem'])"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "tests"},
        ).stdout
        for seed in (1, 2, 3)
    }
    assert found == {record(problem=far_access())["inputs"]["problem"] + "\n"}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"after": replace(world(), version=2)}, "version"),
        ({"after": replace(world("other"), version=1)}, "another"),
        ({"after": replace(world(), version=1, now_s=T0 - 1)}, "time went back"),
        ({"before": replace(world(), head=HASH)}, "first decision"),
        ({"after": replace(world(), version=1, plan=plan())}, "no snapshot"),
        ({"verdict": Verdict(violations=(Violation(rule=Rule.CLOSED, vehicle=None, job=None, text="shut"),))},
         "referee"),
    ],
)  # fmt: skip
def test_nonsense_is_not_sealed(changes: dict[str, Any], cause: str) -> None:
    with pytest.raises(BugError, match=cause):
        sealed(**changes)


def names(kind: type) -> set[str]:
    return {f.name for f in fields(kind)}


def test_a_new_field_of_a_plan_or_problem_is_sealed_or_left_out_on_purpose() -> None:
    sealed_plan = record(after=with_plan())["plan"]
    route = sealed_plan["routes"][0]
    assert set(sealed_plan) == names(Plan)
    assert set(route) == names(Route)
    assert set(route["stops"][0]) == names(Stop) - {"lonlat", "node"}
    assert set(route["legs"][0]) == names(Leg)
    assert set(route["legs"][0]["drive"]) == names(Drive) - {"distance_m"}  # the leg has it
    assert set(_problem(problem())) == names(Problem)
