"""Plans that name no times: three forms, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from given_problems import job, parcel, problem, vehicle
from vado.errors import ProblemError
from vado.exchange.orders_given import has_orders, is_problem, read_orders

PROBLEM = problem([job("a", 3), job("7", 4)], [vehicle("v1"), vehicle("2")], shipments=[parcel("S", 1, 2)])


@pytest.mark.parametrize("written", [
    [["a"], [7, "S/pickup", "S/delivery"]],
    {"routes": [["a"], ["7", "S/pickup", "S/delivery"]]},
    {"routes": [{"vehicle": 2, "visits": [7, "S/pickup", "S/delivery"]}, {"vehicle": "v1", "jobs": ["a"]}]},
])  # fmt: skip
def test_each_form_says_the_same(written: Any) -> None:
    assert has_orders(written)
    assert not is_problem(written)
    assert read_orders(written, PROBLEM) == {"v1": ("a",), "2": ("7", "S/pickup", "S/delivery")}


@pytest.mark.parametrize("written", [
    {"routes": [{"vehicle": 1, "steps": [{"type": "start"}]}]}, {"routes": []}, [], 7, {"routes": [[1], {}]},
    {"vehicles": [], "jobs": []},
])  # fmt: skip
def test_what_has_times_or_nothing_is_none_of_them(written: Any) -> None:
    assert not has_orders(written)


def test_halves_that_share_an_id_come_in_order() -> None:
    from dataclasses import replace

    halves = tuple(replace(j, given_id="9") if j.half else j for j in PROBLEM.jobs)
    assert read_orders([[9, "a", 9]], replace(PROBLEM, jobs=halves)) == {
        "v1": ("S/pickup", "a", "S/delivery")
    }


def test_all_faults_come_at_once() -> None:
    written = {"routes": [["a", "x", None], [], ["a"], {"vehicle": "v9", "jobs": ["a"]}, {"jobs": [1.5]},
                          {"vehicle": "v1", "jobs": []}]}  # fmt: skip
    with pytest.raises(ProblemError) as caught:
        read_orders(written, PROBLEM)
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [
        ("E1210", "routes[0][1]"),
        ("E1004", "routes[0][2]"),
        ("E1211", "routes[2]"),
        ("E1210", "routes[3].vehicle"),
        ("E1003", "routes[4].vehicle"),
        ("E1004", "routes[4].jobs[0]"),
        ("E1205", "routes[5]"),
    ]
