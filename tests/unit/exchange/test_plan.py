"""Plan files: what is written is read back the same, and what anybody writes is judged as it stands."""
# ruff: noqa: E501  # a table of cases reads best with one case a line

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

import pytest

import drawn
from drawn import HOUR, NOON
from hand import SOLVER, Hand, job, vehicle
from vado.errors import ProblemError
from vado.exchange.plan import PlanFile, read_plan, write_plan
from vado.model.ids import AlertId, Hash, HazardId, JobId, VehicleId
from vado.model.jobs import Break, Job, Location, Shipment, Window
from vado.model.plan import (
    EvidenceItem,
    Leg,
    Plan,
    Reason,
    ReasonCode,
    Route,
    Rule,
    Stop,
    StopKind,
    Unassigned,
)
from vado.planning.check import check
from vado.planning.problem import halves

TOWN = drawn.roads(
    """
    A------B------C------D
           |
           E------F
    """,
    ways={"BCD": {"ref": "CG-4"}},
)
PARCEL = Shipment(
    id="4-3",
    pickup=job(TOWN, "x", "B", given_id="4", id_is_number=True),
    delivery=job(TOWN, "y", "D", given_id="3", id_is_number=True),
    amount=(1,),
)
CASE = Hand(
    TOWN,
    jobs=[job(TOWN, "7", "F", id_is_number=True), job(TOWN, "word", "E"), *halves(PARCEL)],
    vehicles=[vehicle(TOWN, "1", "A", "A", capacity=(1,), id_is_number=True)],
    shipments=[PARCEL],
    hazards=[drawn.shut(TOWN, "EF", NOON)],
)
ROUTE = CASE.route("1", "A", [("4-3/pickup", "AB"), ("4-3/delivery", "BCD"), ("word", "DCBE"), (None, "EBA")])
WHY = Reason(
    code=ReasonCode.CUT_OFF,
    text="F is cut off.",
    evidence=(
        EvidenceItem(
            hazard=HazardId("A1/EF"),
            alert=AlertId("A1"),
            road="EF",
            place="F",
            edge=drawn.edge(TOWN, "EF"),
            from_s=NOON,
        ),
    ),
)
PLAN = Plan(
    made_s=NOON,
    snapshot=Hash("sha256:" + "1" * 64),
    routes=(ROUTE,),
    unassigned=(Unassigned(job=JobId("7"), reasons=(WHY,)),),
    cost=7,
    solver=SOLVER,
)


def written(plan: Plan = PLAN) -> dict[str, Any]:
    return json.loads(json.dumps(write_plan(plan, CASE.problem, TOWN)))  # as it comes from a file


def read(value: dict[str, Any], case: Hand = CASE) -> PlanFile:
    return read_plan(json.dumps(value).encode(), case.problem, case.town)


def rules(file: PlanFile, case: Hand = CASE) -> set[Rule]:
    return {v.rule for v in check(file.draft, case.problem, case.snapshot).violations}


class TestWriting:
    def test_ids_come_back_as_they_were_given(self) -> None:
        plan = written()
        route = plan["routes"][0]
        assert route["vehicle"] == 1
        assert [stop["job"] for stop in route["stops"]] == [None, 4, 3, "word", None]
        assert [stop["type"] for stop in route["stops"]] == ["start", "pickup", "delivery", "job", "end"]
        assert plan["unassigned"][0]["id"] == 7

    def test_legs_name_roads_as_osm_does(self) -> None:
        leg = written()["routes"][0]["legs"][1]
        way = int(TOWN.edge_way[drawn.edge(TOWN, "BC")])
        assert leg["edges"] == [
            [way, ord("B"), ord("C"), NOON + 120],
            [way, ord("C"), ord("D"), NOON + 180],
        ]
        assert (leg["duration_s"], leg["distance_m"]) == (120, 1400)

    def test_a_reason_has_its_evidence_without_empty_keys(self) -> None:
        reason = written()["unassigned"][0]["reasons"][0]
        assert (reason["code"], reason["text"]) == ("CUT_OFF", "F is cut off.")
        assert reason["evidence"] == [
            {"hazard": "A1/EF", "alert": "A1", "road": "EF", "place": "F",
             "edge": [drawn._pair_id("E", "F"), ord("E"), ord("F")], "from": "2026-01-10T12:00:00Z"},
        ]  # fmt: skip

    def test_the_summary_adds_up(self) -> None:
        plan = written()
        assert plan["summary"] == {
            "cost": 7, "routes": 1, "unassigned": 1, "distance_m": 4600, "duration_s": 480, "waiting_s": 0,
        }  # fmt: skip
        assert (plan["made_at"], plan["region"]) == ("2026-01-10T12:00:00Z", "drawn")


class TestReadingBack:
    def test_it_is_the_same_plan(self) -> None:
        file = read(written())
        assert file.routes == PLAN.routes
        assert (file.missing, file.made_s, file.driven) == (("7",), NOON, True)
        assert rules(file) == set()

    def test_it_is_a_claim_and_judged(self) -> None:
        value = written()
        value["routes"][0]["legs"][1]["edges"][0][3] += 10
        assert rules(read(value)) == {Rule.SPEED}

    def test_what_is_said_to_be_aboard_is_judged(self) -> None:
        value = written()
        value["routes"][0]["stops"][1]["load"] = [1]
        assert rules(read(value)) == set()
        value["routes"][0]["stops"][1]["load"] = [0]
        assert rules(read(value)) == {Rule.LOAD}

    def test_a_broken_path_is_read_and_refused(self) -> None:
        value = written()
        del value["routes"][0]["legs"][1]["edges"][0]
        assert Rule.PATH in rules(read(value))

    def test_a_minimal_plan_is_enough(self) -> None:
        """Only the keys that the format asks of everybody."""
        value = written()
        value["routes"] = [
            {
                "vehicle": r["vehicle"],
                "stops": [
                    {k: s[k] for k in ("job", "arrival", "start", "departure")}
                    for s in r["stops"]
                ],
                "legs": [{k: g[k] for k in ("edges", "distance_m", "duration_s")} for g in r["legs"]],
            }
            for r in value["routes"]
        ]  # fmt: skip
        file = read({"routes": value["routes"], "unassigned": [{"id": 7, "reasons": []}]})
        assert rules(file) == set()
        assert [stop.kind for stop in file.routes[0].stops] == ["start", "pickup", "delivery", "job", "end"]

    def test_start_and_end_are_added_where_legs_lead_from_and_to_them(self) -> None:
        value = written()
        value["routes"][0]["stops"] = value["routes"][0]["stops"][1:-1]
        assert rules(read(value)) == set()

    def test_a_road_may_be_named_across_our_nodes(self) -> None:
        """A file made with other stops: one triple over B-C-D of one way."""
        value = written()
        leg = value["routes"][0]["legs"][1]
        leg["edges"] = [[leg["edges"][0][0], ord("B"), ord("D"), NOON + 120]]
        assert read(value).routes == PLAN.routes


class TestFaults:
    @pytest.mark.parametrize(("change", "code", "field"), [
        (lambda v: v.pop("routes"), "E1211", ""),
        (lambda v: v.update(routes=5), "E1211", "routes"),
        (lambda v: v["routes"][0].update(vehicle=9), "E1210", "routes[0].vehicle"),
        (lambda v: v["routes"][0].pop("stops"), "E1211", "routes[0]"),
        (lambda v: v["routes"][0]["legs"].pop(), "E1211", "routes[0]"),
        (lambda v: v["routes"][0]["stops"][1].update(job=99), "E1210", "routes[0].stops[1].job"),
        (lambda v: v["routes"][0]["stops"][1].update(arrival="soon"), "E1105", "routes[0].stops[1].arrival"),
        (lambda v: v["routes"][0]["stops"][1].pop("arrival"), "E1003", "routes[0].stops[1].arrival"),
        (lambda v: v["routes"][0]["stops"][1].update(type="picnic"), "E1211", "routes[0].stops[1]"),
        (lambda v: v["routes"][0]["legs"][0]["edges"][0].pop(), "E1211", "routes[0].legs[0].edges[0]"),
        (lambda v: v["routes"][0]["legs"][0]["edges"][0].__setitem__(0, 12345), "E1210", "routes[0].legs[0].edges[0]"),
        (lambda v: v["routes"][0]["legs"][0]["edges"][0].__setitem__(2, 1), "E1210", "routes[0].legs[0].edges[0]"),
        (lambda v: v["unassigned"][0].update(id="x"), "E1210", "unassigned[0].id"),
    ])  # fmt: skip
    def test_each_is_named_with_its_place(self, change: Any, code: str, field: str) -> None:
        value = written()
        change(value)
        with pytest.raises(ProblemError) as caught:
            read(value)
        assert (caught.value.faults[0].code, caught.value.faults[0].field) == (code, field)

    def test_all_come_at_once(self) -> None:
        value = written()
        value["routes"][0]["stops"][1]["job"] = 99
        value["unassigned"][0]["id"] = "x"
        with pytest.raises(ProblemError) as caught:
            read(value)
        assert len(caught.value.faults) == 2


class TestVroomsOutput:
    """Steps with running totals, no edges; on the caller's matrix."""

    STEPS: ClassVar[list[dict[str, Any]]] = [
        {"type": "start", "location_index": 0, "arrival": NOON, "duration": 0},
        {"type": "job", "id": 7, "arrival": NOON + 60, "duration": 60, "service": 30, "waiting_time": 10, "setup": 5},
        {"type": "break", "id": 1, "arrival": NOON + 105, "duration": 60, "service": 20, "waiting_time": 0},
        {"type": "end", "arrival": NOON + 185, "duration": 120},
    ]  # fmt: skip

    def problem(self) -> Any:
        rest = Break(id="1", windows=(Window(NOON, NOON + 110),), service_s=20)
        place = [Location(index=k) for k in range(2)]
        return replace(
            CASE.problem, shipments=(), stops=tuple(place), nodes=(-1, -1), places=("", ""),
            jobs=(Job(id=JobId("7"), location=place[1], service_s=30, setup_s=5, windows=(Window(NOON + 70, NOON + HOUR),), id_is_number=True),),
            vehicles=(replace(CASE.problem.vehicles[0], start=place[0], end=place[0], breaks=(rest,)),),
        )  # fmt: skip

    def test_it_is_read_and_judged(self) -> None:
        import numpy as np

        problem = self.problem()
        data = json.dumps({"code": 0, "routes": [{"vehicle": 1, "steps": self.STEPS}], "unassigned": []})
        file = read_plan(data.encode(), problem, None)
        assert not file.driven
        assert [(s.kind, s.arrival_s - NOON, s.departure_s - NOON) for s in file.routes[0].stops] == [
            (StopKind.START, 0, 0), (StopKind.JOB, 60, 105), (StopKind.BREAK, 105, 125), (StopKind.END, 185, 185),
        ]  # fmt: skip
        for seconds, ok in ((60, True), (61, False)):
            table = np.full((2, 2), seconds, np.int64)
            np.fill_diagonal(table, 0)
            matrix = {"van": (table, table)}
            assert check(file.draft, problem, None, matrix=matrix).ok is ok

    def test_on_roads_it_names_none_and_is_refused(self) -> None:
        value = {
            "routes": [{"vehicle": 1, "steps": [
                {"type": "start", "arrival": NOON},
                {"type": "job", "id": "word", "arrival": NOON + HOUR, "service": 60},
                {"type": "end", "arrival": NOON + 2 * HOUR},
            ]}],
            "unassigned": [{"id": 7}, {"id": 4, "type": "pickup"}, {"id": 3, "type": "delivery"}],
        }  # fmt: skip
        file = read(value)
        assert file.missing == ("4-3/delivery", "4-3/pickup", "7")
        assert rules(file) == {Rule.PATH, Rule.TRAPPED}


def test_a_route_without_edges_is_written_without() -> None:
    bare = Route(
        vehicle=VehicleId("1"),
        stops=tuple(
            Stop(kind=kind, job=None, lonlat=None, node=None, arrival_s=NOON, start_s=NOON, departure_s=NOON)
            for kind in (StopKind.START, StopKind.END)
        ),
        legs=(Leg(drive=None, duration_s=5, distance_m=6),),
    )
    value = write_plan(replace(PLAN, routes=(bare,)), CASE.problem, None)
    assert value["routes"][0]["legs"] == [{"edges": [], "distance_m": 6, "duration_s": 5}]
