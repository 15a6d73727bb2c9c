"""Plans without times, driven on the line of stops a minute apart: what works is timed, the rest is told."""

from __future__ import annotations

from typing import Any

from given_problems import drawn, job, line, parcel, problem, vehicle, window
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job, Vehicle
from vado.planning.check import check
from vado.planning.given import MatrixTimes
from vado.planning.orders import drive_orders

WORK = [job("a", 3), job("b", 10, windows=(window((8, 0), (8, 15)),)), job("c", 15)]


def judged(
    orders: dict[str, str], work: list[Job] | None = None, fleet: list[Vehicle] | None = None, **more: Any
) -> tuple[str, list[str]]:
    p = problem(WORK if work is None else work, fleet or [vehicle("v1"), vehicle("v2")], **more)
    times = MatrixTimes(p.stops, line())
    given = {VehicleId(name): tuple(map(JobId, said.split())) for name, said in orders.items()}
    draft, faults = drive_orders(p, times, given)
    found = (*faults, *check(draft, p, None, matrix=line()).violations)
    return drawn(draft), [f"{v.rule} {v.vehicle} {v.job}: {v.text}" for v in found]


def test_what_works_is_timed_and_holds() -> None:
    assert judged({"v1": "a b", "v2": "c"}) == ("v1: a 08:03, b 08:11 | v2: c 08:15", [])


def test_what_stands_nowhere_is_unassigned() -> None:
    assert judged({"v2": "b"}) == ("v2: b 08:10 - a c", [])


def test_a_job_that_does_not_fit_in_its_place_is_told_and_the_rest_is_driven() -> None:
    assert judged({"v1": "c b a"}) == (
        "v1: c 08:15, a 08:28 - b",
        ["WINDOW v1 b: vehicle v1, job b: would be there too late by 6 min"],
    )


def test_each_rule_is_named() -> None:
    fleet = [vehicle("v1", capacity=(1,), max_tasks=2)]
    work = [job("a", 3, skills=frozenset({7})), job("b", 4, delivery=(2,)), *(job(n, 5) for n in "cde")]
    drawing, found = judged({"v1": "a b c d e"}, work, fleet)
    assert drawing == "v1: c 08:05, d 08:06 - a b e"
    assert [text.split(":")[0] for text in found] == ["SKILL v1 a", "CAPACITY v1 b", "LIMIT v1 e"]


def test_halves_in_the_wrong_order_are_told_once() -> None:
    drawing, found = judged({"v1": "S/delivery S/pickup a"}, shipments=[parcel("S", 3, 5)])
    assert drawing == "v1: a 08:03 - S/delivery S/pickup b c"
    assert found == ["PAIR v1 S/delivery: vehicle v1, job S/delivery: has not picked it up"]


def test_what_no_single_vehicle_shows_is_judged_by_the_referee() -> None:
    work = [job("a", 3, together="t"), job("b", 4, together="t")]
    assert [text.split(":")[0] for text in judged({"v1": "a", "v2": "b"}, work)[1]] == ["TOGETHER v2 b"]
    assert [text.split(":")[0] for text in judged({"v1": "a b", "v2": "b"}, work)[1]] == [
        "COMPLETE None b",
        "TOGETHER v2 b",
    ]
