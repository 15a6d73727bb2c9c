"""Problem files: VROOM's accepted as they are, ours besides, every fault at once with its path."""
# ruff: noqa: E501  # a table of cases reads best with one case a line

from __future__ import annotations

import json
import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.errors import ProblemError
from vado.exchange.problem import (
    list_locations,
    read_jobs,
    read_problem,
    read_reports,
    read_vehicles,
    refuse_far,
)
from vado.exchange.reading import BYTES_MAX, Log
from vado.model.jobs import ALWAYS, Costs, Window
from vado.model.size import AS_PROFILE, Load
from vado.model.snapshot import NO_WAY_S
from vado.model.world import ReportKind

# In the shape of VROOM's own first example: two vehicles, breaks, skills, one shipment whose halves have ids.
VROOM_ROADS: dict[str, Any] = {
    "vehicles": [
        {
            "id": k, "start": [1.52, 42.5], "end": [1.52, 42.5], "capacity": [4], "skills": [k, 14],
            "time_window": [28800, 43200],
            "breaks": [{"id": k, "service": 300, "time_windows": [[32400, 34200]]}],
        }
        for k in (1, 2)
    ],
    "jobs": [
        {"id": 1, "service": 300, "delivery": [1], "location": [1.48, 42.57], "skills": [1], "time_windows": [[32400, 36000]]},
        {"id": 2, "service": 300, "pickup": [1], "location": [1.53, 42.55], "skills": [14]},
    ],
    "shipments": [
        {
            "amount": [1], "skills": [2],
            "pickup": {"id": 4, "service": 300, "location": [1.5, 42.46]},
            "delivery": {"id": 3, "service": 300, "location": [1.6, 42.56]},
        }
    ],
}  # fmt: skip
# In the shape of its second: one old `matrix`, places by index, ids from 0.
VROOM_MATRIX: dict[str, Any] = {
    "vehicles": [{"id": 0, "start_index": 0, "end_index": 2}],
    "jobs": [{"id": 1414, "location_index": 1}],
    "matrix": [[0, 210, 20], [211, 0, 225], [20, 226, 0]],
}


def read(value: Any) -> Any:
    return read_problem(json.dumps(value).encode())


def small(**more: Any) -> dict[str, Any]:
    return {
        "jobs": [{"id": 1, "location": [1.5, 42.5]}],
        "vehicles": [{"id": 1, "start": [1.5, 42.5]}],
        **more,
    }


def job(**more: Any) -> dict[str, Any]:
    return small(jobs=[{"id": 1, "location": [1.5, 42.5], **more}])


def vehicle(**more: Any) -> dict[str, Any]:
    return small(vehicles=[{"id": 1, "start": [1.5, 42.5], **more}])


def faults(value: Any) -> list[tuple[str, str]]:
    with pytest.raises(ProblemError) as caught:
        read(value)
    return [(fault.code, fault.field) for fault in caught.value.faults]


class TestVroom:
    def test_its_roads_example(self) -> None:
        file = read(VROOM_ROADS)
        assert [j.id for j in file.jobs] == ["1", "2"]
        assert file.jobs[0].windows == (Window(32400, 36000),)
        assert file.jobs[1].windows == (ALWAYS,)
        shipment = file.shipments[0]
        assert (shipment.pickup.id, shipment.pickup.given_id, shipment.pickup.pickup) == (
            "4-3/pickup",
            "4",
            (1,),
        )
        assert (shipment.delivery.half, shipment.delivery.skills) == ("delivery", frozenset((2,)))
        assert file.vehicles[0].breaks[0].windows == (Window(32400, 34200),)
        assert file.vehicles[0].profile == "car"
        assert file.notes == ()
        assert all(j.id_is_number for j in file.jobs)
        assert file.vehicles[0].id_is_number

    def test_its_matrix_example(self) -> None:
        file = read(VROOM_MATRIX)
        seconds, metres = file.matrices["car"]
        assert seconds[0, 1] == 210
        assert metres.sum() == 0
        assert file.jobs[0].location.index == 1
        assert file.vehicles[0].end.index == 2

    def test_matrices_by_profile_with_holes(self) -> None:
        table = {"durations": [[0, None], [7, 0]], "distances": [[0, 5], [5, 0]], "costs": [[0, 1], [1, 0]]}
        file = read({
            "vehicles": [{"id": 1, "profile": "bike", "start_index": 0, "max_distance": 10}],
            "jobs": [{"id": 1, "location_index": 1, "location": [1.5, 42.5]}], "matrices": {"bike": table},
        })  # fmt: skip
        assert file.matrices["bike"][0][0, 1] == NO_WAY_S
        assert file.jobs[0].location.lonlat == (1.5, 42.5)
        assert any("costs" in note for note in file.notes)

    def test_the_old_word_for_amounts(self) -> None:
        file = read(
            small(
                jobs=[{"id": 1, "location": [1.5, 42.5], "amount": [3]}],
                vehicles=[{"id": 1, "start": [1.5, 42.5], "capacity": [3]}],
            )
        )
        assert file.jobs[0].delivery == (3,)

    def test_everything_a_vehicle_may_have(self) -> None:
        file = read(vehicle(
            speed_factor=1.2, type="heavy", max_tasks=3, max_travel_time=3600, max_distance=9000, description="x",
            max_duration=7200,
            costs={"fixed": 10, "per_hour": 20, "per_km": 30}, end=[1.6, 42.5], profile="driving-hgv",
        ))  # fmt: skip
        found = file.vehicles[0]
        assert (found.speed_factor, found.type, found.profile) == (1.2, "heavy", "truck")
        assert (found.max_tasks, found.max_travel_s, found.max_distance_m) == (3, 3600, 9000)
        assert found.max_duration_s == 7200
        assert found.costs == Costs(fixed=10, per_hour=20, per_km=30)

    def test_which_vehicles_may_do_it(self) -> None:
        value = small(
            jobs=[{"id": 1, "location": [1.5, 42.5], "allowed_vehicles": [1], "forbidden_vehicles": ["b"]}],
            vehicles=[{"id": name, "start": [1.5, 42.5]} for name in (1, "b")],
        )
        value["shipments"] = [{"id": "S", "allowed_vehicles": ["b"],
                               "pickup": {"location": [1.5, 42.5]}, "delivery": {"location": [1.5, 42.5]}}]  # fmt: skip
        file = read(value)
        assert (file.jobs[0].allowed_vehicles, file.jobs[0].forbidden_vehicles) == ({"1"}, {"b"})
        own = file.shipments[0]
        assert [half.allowed_vehicles for half in (own.pickup, own.delivery)] == [{"b"}, {"b"}]
        value["jobs"][0] |= {"allowed_vehicles": [], "forbidden_vehicles": ["c", None]}
        value["shipments"][0]["allowed_vehicles"] = ["d"]
        assert faults(value) == [
            ("E1004", "jobs[0].allowed_vehicles"),
            ("E1004", "jobs[0].forbidden_vehicles[1]"),
            ("E1210", "jobs[0].forbidden_vehicles"),
            ("E1210", "shipments[0].allowed_vehicles"),
        ]

    def test_what_goes_together_and_what_never_does(self) -> None:
        file = read(job(together=7, apart=["acid", 3]))
        assert (file.jobs[0].together, file.jobs[0].apart) == ("7", {"acid", "3"})
        assert faults(job(together=["a"], apart="acid")) == [
            ("E1004", "jobs[0].together"),
            ("E1004", "jobs[0].apart"),
        ]

    def test_what_a_job_is_worth(self) -> None:
        assert read(job(prize=1200)).jobs[0].prize == 1200
        assert read(job()).jobs[0].prize is None
        assert faults(job(prize=-1)) == [("E1209", "jobs[0].prize")]

    def test_how_long_a_shipment_may_be_aboard(self) -> None:
        value = small(jobs=[])
        ends = {half: {"location": [1.5, 42.5]} for half in ("pickup", "delivery")}
        value["shipments"] = [{"id": "S", "max_ride": 900, **ends}]
        own = read(value).shipments[0]
        assert (own.pickup.max_ride_s, own.delivery.max_ride_s) == (900, 900)
        value["shipments"][0]["max_ride"] = -1
        assert faults(value) == [("E1209", "shipments[0].max_ride")]

    def test_the_law_that_a_driver_is_under(self) -> None:
        assert read(vehicle(driver_hours="US-HOS")).vehicles[0].driver_hours == "US-HOS"
        assert read(vehicle()).vehicles[0].driver_hours == ""
        assert faults(vehicle(driver_hours="EU")) == [("E1004", "vehicles[0].driver_hours")]
        twice = vehicle(driver_hours="EU-561", breaks=[{"id": "EU-561", "time_windows": [[0, 9]]}])
        assert faults(twice) == [("E1205", "vehicles[0].breaks[0].id")]

    def test_times_by_type(self) -> None:
        file = read(job(service=5, setup=3, service_per_type={"b": 2, "a": 1}, setup_per_type={"a": 9}))
        assert file.jobs[0].service_per_type == (("a", 1), ("b", 2))
        assert file.jobs[0].setup_per_type == (("a", 9),)

    def test_the_route_it_had(self) -> None:
        value = json.loads(json.dumps(VROOM_ROADS))
        value["vehicles"][1]["steps"] = [
            {"type": "start"}, {"type": "pickup", "id": 4}, {"type": "break", "id": 2}, {"type": "job", "id": 2},
            {"type": "delivery", "id": 3}, {"type": "end"},
        ]  # fmt: skip
        assert read(value).initial == {"2": ("4-3/pickup", "2", "4-3/delivery")}
        value["vehicles"][1]["steps"][1]["service_at"] = 5
        value["vehicles"][1]["steps"][3]["id"] = 99
        assert faults(value) == [
            ("E1214", "vehicles[1].steps[1]"),
            ("E1210", "vehicles[1].steps[3].id"),
        ]

    def test_a_job_a_pickup_and_a_delivery_may_share_an_id(self) -> None:
        place = {"location": [1.5, 42.5]}
        file = read(small(shipments=[{"pickup": {"id": 1, **place}, "delivery": {"id": 1, **place}}]))
        assert file.shipments[0].id == "1"

    def test_keys_nobody_knows_are_harmless_and_noted_once(self) -> None:
        value = small(colour="red")
        value["jobs"] += [
            {"id": 2, "location": [1.5, 42.5], "x": 1},
            {"id": 3, "location": [1.5, 42.5], "x": 2},
        ]
        assert read(value).notes == (
            "problem: key 'colour' is not known and was left out",
            "jobs: key 'x' is not known and was left out",
        )

    def test_times_may_be_text_and_ids_words(self) -> None:
        file = read(job(id="parcel 7", time_windows=[["2026-01-10T09:00:00+01:00", 1768035600]]))
        assert file.jobs[0].windows == (Window(1768032000, 1768035600),)
        assert (file.jobs[0].id, file.jobs[0].id_is_number) == ("parcel 7", False)

    def test_windows_are_sorted_and_joined(self) -> None:
        file = read(job(time_windows=[[50, 60], [0, 10], [10, 20]]))
        assert file.jobs[0].windows == (Window(0, 20), Window(50, 60))
        assert file.notes


BAD: list[tuple[Any, list[tuple[str, str]]]] = [
    (job(time_windows=[[0, 5], [9, 3]]), [("E1201", "jobs[0].time_windows[1]")]),
    (vehicle(time_window=[9, 3]), [("E1201", "vehicles[0].time_window")]),
    (small(jobs=[{"id": 1, "location": [1, 1], "delivery": [1]}]), [("E1203", "vehicles[0].capacity")]),
    (job(skills=[3]), [("E1204", "jobs[0].skills")]),
    (small(jobs=[{"id": 1, "location": [1, 1]}, {"id": "1", "location": [1, 1]}]), [("E1205", "jobs[1]")]),
    (small(vehicles=[{"id": 1, "start": [1, 1]}] * 2), [("E1205", "vehicles[1]")]),
    (vehicle(profile="boat"), [("E1207", "vehicles[0].profile")]),
    (small(vehicles=[{"id": 1}]), [("E1208", "vehicles[0]")]),
    (job(service=-1), [("E1209", "jobs[0].service")]),
    (job(service=10**12), [("E1209", "jobs[0].service")]),
    (job(service=math.nan), [("E1209", "jobs[0].service")]),
    (job(service=math.inf), [("E1209", "jobs[0].service")]),
    (job(priority=101), [("E1209", "jobs[0].priority")]),
    (job(location=[200, 0]), [("E1209", "jobs[0].location")]),
    (job(location=[math.nan, 0]), [("E1209", "jobs[0].location")]),
    (job(time_windows=[[1768032000000, 1768035600000]]), [("E1209", "jobs[0].time_windows[0][0]"), ("E1209", "jobs[0].time_windows[0][1]")]),
    (job(time_windows=[["2026-01-10T09:00:00", 5]]), [("E1105", "jobs[0].time_windows[0][0]")]),
    (job(time_windows=[[5]]), [("E1004", "jobs[0].time_windows[0]")]),
    (job(time_windows=[]), [("E1004", "jobs[0].time_windows")]),
    (job(service="long"), [("E1004", "jobs[0].service")]),
    (job(service=1.5), [("E1004", "jobs[0].service")]),
    (job(service=True), [("E1004", "jobs[0].service")]),
    (job(location="Arinsal"), [("E1004", "jobs[0].location")]),
    (job(id=""), [("E1209", "jobs[0].id")]),
    (job(id=[1]), [("E1004", "jobs[0].id")]),
    (small(jobs=[{"id": 1}]), [("E1213", "jobs[0].location")]),
    (small(jobs=[{"id": 1, "location_index": 0}]), [("E1213", "jobs[0].location")]),
    (small(jobs=[{"location": [1, 1]}]), [("E1003", "jobs[0].id")]),
    (small(jobs=[7]), [("E1004", "jobs[0]")]),
    (small(jobs={"id": 1}), [("E1004", "jobs")]),
    ({"vehicles": []}, [("E1003", "jobs")]),
    ({"jobs": []}, [("E1003", "vehicles")]),
    ([], [("E1004", "")]),
    (small(shipments=[{"pickup": {"id": 1, "location": [1, 1]}}]), [("E1003", "shipments[0].delivery")]),
    (vehicle(breaks=[{"id": 1, "max_load": [1]}]), [("E1214", "vehicles[0].breaks[0]")]),
    (vehicle(speed_factor=0), [("E1209", "vehicles[0].speed_factor")]),
    (vehicle(speed_factor=math.nan), [("E1209", "vehicles[0].speed_factor")]),
    ({**VROOM_MATRIX, "matrix": [[0, 1], [1]]}, [("E1212", "matrix")]),
    ({**VROOM_MATRIX, "matrix": [[0, 1], [1, 0]]}, [("E1212", "vehicles[0].end_index")]),
    ({**VROOM_MATRIX, "matrix": [[0, -1, 0]] * 3}, [("E1209", f"matrix[{k}][1]") for k in range(3)]),
    ({**VROOM_MATRIX, "jobs": [{"id": 1, "location": [1, 1]}]}, [("E1213", "jobs[0].location_index")]),
    ({**VROOM_MATRIX, "vehicles": [{"id": 1, "profile": "van", "start_index": 0}]}, [("E1212", "vehicles[0].profile")]),
    ({**VROOM_MATRIX, "vehicles": [{"id": 1, "start_index": 0, "max_distance": 1}]}, [("E1212", "vehicles[0].max_distance")]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), BAD)
def test_bad_input_names_code_and_field(value: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(value) == expected


def test_dimensions_must_agree() -> None:
    value = small(
        jobs=[
            {"id": 1, "location": [1, 1], "delivery": [1, 2]},
            {"id": 2, "location": [1, 1], "pickup": [1]},
        ],
        vehicles=[
            {"id": 1, "start": [1, 1], "capacity": [9]},
            {"id": 2, "start": [1, 1], "capacity": [9, 9]},
        ],
    )
    assert {code for code, _ in faults(value)} == {"E1206"}
    assert ("E1206", "jobs[0].delivery") in faults(value)


def test_all_faults_of_a_file_come_at_once() -> None:
    value = {
        "jobs": [
            {"id": 1, "location": [1, 100], "time_windows": [[5, 2]], "skills": [9]},
            {"id": 1, "location": [1, 1], "service": "x", "delivery": [1]},
        ],
        "vehicles": [
            {"id": 1, "start": [1, 1]},
            {"id": 2, "profile": "boat", "end": [1, 1], "capacity": [1, 1]},
        ],
    }
    assert {code for code, _ in faults(value)} == {
        "E1201", "E1203", "E1204", "E1205", "E1206", "E1207", "E1209", "E1004",
    }  # fmt: skip


def test_every_fault_says_what_to_do() -> None:
    for value, _ in BAD:
        with pytest.raises(ProblemError) as caught:
            read(value)
        assert all(fault.cause and fault.action for fault in caught.value.faults)


@pytest.mark.parametrize("data", [
    b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"jobs": ' + b"9" * 5000 + b"}", b"nonsense",
])  # fmt: skip
def test_what_is_no_json_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        read_problem(data)
    assert caught.value.code == "E1001"


def test_what_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(ProblemError) as caught:
        read_problem(b" " * (BYTES_MAX + 1))
    assert caught.value.code == "E1002"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "id", "location", "time_windows", "skills", "delivery", "pickup", "amount", "start", "end", "steps",
            "capacity", "breaks", "matrices", "durations", "location_index", "start_index", "costs", "type", "car",
        ]), inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(JSON, JSON, JSON, JSON)
def test_no_json_at_all_brings_it_down(jobs: Any, shipments: Any, vehicles: Any, matrices: Any) -> None:
    rows = {
        "jobs": [jobs, {"id": 1, "location": [1, 1], **(jobs if isinstance(jobs, dict) else {})}],
        "shipments": [shipments],
        "vehicles": [{"id": 1, "start": [1, 1], **(vehicles if isinstance(vehicles, dict) else {})}],
        "matrices": matrices,
    }
    for value in (jobs, rows, {**rows, "vehicles": vehicles}):
        for reader in (read_problem, read_jobs, read_vehicles, read_reports):
            # Anything but a reading or a refusal is a bug, and raised here.
            with suppress(ProblemError):
                reader(json.dumps(value).encode())


class TestBatches:
    def test_jobs_shipments_and_removals(self) -> None:
        put = read_jobs(json.dumps({
            "jobs": [{"id": 7, "location": [1.5, 42.5]}], "remove": [3, "x"],
            "shipments": [{"id": "S", "pickup": {"location": [1, 1]}, "delivery": {"location": [1, 2]}}],
        }).encode())  # fmt: skip
        assert [j.id for j in put.jobs] == ["7"]
        assert put.remove == ("3", "x")
        assert (put.shipments[0].delivery.id, put.shipments[0].delivery.given_id) == ("S/delivery", "")

    def test_an_array_of_jobs_is_a_batch(self) -> None:
        assert read_jobs(b'[{"id": 1, "location": [1, 1]}]').jobs[0].id == "1"

    def test_a_known_fleet_judges_skills_and_dimensions(self) -> None:
        fleet = read_vehicles(b'[{"id": 1, "start": [1, 1], "skills": [1], "capacity": [5]}]').vehicles
        body = b'[{"id": 1, "location": [1, 1], "skills": [2], "delivery": [1, 1]}]'
        assert read_jobs(body).jobs
        with pytest.raises(ProblemError) as caught:
            read_jobs(body, fleet=fleet)
        assert {fault.code for fault in caught.value.faults} == {"E1204", "E1206"}

    def test_a_fleet_without_capacity_carries_nothing(self) -> None:
        fleet = read_vehicles(b'[{"id": 1, "start": [1, 1]}]').vehicles
        with pytest.raises(ProblemError) as caught:
            read_jobs(b'[{"id": 1, "location": [1, 1], "delivery": [1]}]', fleet=fleet)
        assert caught.value.code == "E1203"

    def test_vehicles(self) -> None:
        put = read_vehicles(
            b'{"vehicles": [{"id": "v", "start": [1, 1], "equipment": ["chains"]}], "remove": ["w"]}'
        )
        assert put.vehicles[0].equipment == frozenset({"chains"})
        assert put.remove == ("w",)

    def test_what_a_vehicle_is_on_this_trip(self) -> None:
        row = (
            b'{"id": "v", "start": [1, 1], "profile": "truck", "weight_kg": 7400, "rated_kg": 7500, '
            b'"height_cm": 350, "wading_cm": 70, "hazmat": ["water", "D"], "trailer": true}'
        )
        put = read_vehicles(b"[" + row + b', {"id": "w", "start": [1, 1], "hazmat": true, "trailer": false}]')
        assert put.vehicles[0].load == Load(
            weight_kg=7400, rated_kg=7500, height_cm=350, wading_cm=70, hazmat=("D", "water"), trailer=True
        )
        assert str(put.vehicles[0].travel).startswith("truck+weight=7400kg+rated=7500kg+height=350cm")
        assert put.vehicles[1].load == Load(hazmat=("any",))
        assert read_vehicles(b'[{"id": 1, "start": [1, 1]}]').vehicles[0].load == AS_PROFILE

    @pytest.mark.parametrize(
        ("keys", "code", "path"),
        [
            ('"weight_kg": 7.5', "E1004", "vehicles[0].weight_kg"),
            ('"weight_kg": 3', "E1209", "vehicles[0].weight_kg"),
            ('"height_cm": 3', "E1209", "vehicles[0].height_cm"),
            ('"hazmat": ["petrol"]', "E1004", "vehicles[0].hazmat"),
            ('"hazmat": "D"', "E1004", "vehicles[0].hazmat"),
            ('"trailer": 1', "E1004", "vehicles[0].trailer"),
            ('"weight_kg": 8000, "rated_kg": 7500', "E1209", "vehicles[0]"),
            ('"weight_kg": 8000, "axle_kg": 9000', "E1209", "vehicles[0]"),
        ],
    )
    def test_a_load_that_cannot_be_meant_is_refused(self, keys: str, code: str, path: str) -> None:
        with pytest.raises(ProblemError) as caught:
            read_vehicles(f'{{"vehicles": [{{"id": "v", "start": [1, 1], {keys}}}]}}'.encode())
        assert [(fault.code, fault.field) for fault in caught.value.faults] == [(code, path)]

    def test_an_empty_object_is_no_batch(self) -> None:
        for reader in (read_jobs, read_vehicles, read_reports):
            with pytest.raises(ProblemError) as caught:
                reader(b"{}")
            assert caught.value.code == "E1003"

    def test_reports(self) -> None:
        one = read_reports(b'{"vehicle": 1, "kind": "departed", "job": 7, "at": "2026-01-10T12:00:00Z"}')
        assert (one[0].kind, one[0].job, one[0].at_s) == (ReportKind.DEPARTED, "7", 1768046400)
        many = read_reports(
            b'{"reports": [{"vehicle": "v", "kind": "position", "at": 5, "location": [1, 2]}]}'
        )
        assert many[0].lonlat == (1.0, 2.0)

    def test_reports_that_say_too_little(self) -> None:
        body = b'[{"vehicle": "v", "kind": "position", "at": 5}, {"vehicle": "v", "kind": "arrived", "at": 5}, {"kind": "lost", "at": "noon"}]'
        with pytest.raises(ProblemError) as caught:
            read_reports(body)
        assert [(f.code, f.field) for f in caught.value.faults] == [
            ("E1003", "reports[0].location"), ("E1003", "reports[1].job"), ("E1003", "reports[2].vehicle"), ("E1105", "reports[2].at"),
            ("E1004", "reports[2].kind"),
        ]  # fmt: skip


def test_a_job_in_the_sea_is_named_with_its_distance() -> None:
    file = read(VROOM_ROADS)
    named = list_locations(file.jobs, file.shipments, file.vehicles)
    assert [path for path, _ in named] == [
        "jobs[0].location", "jobs[1].location", "shipments[0].pickup.location", "shipments[0].delivery.location",
        "vehicles[0].start", "vehicles[0].end", "vehicles[1].start", "vehicles[1].end",
    ]  # fmt: skip
    paths = [path for path, _ in named]
    refuse_far(paths, [10.0] * 8, 500)
    with pytest.raises(ProblemError) as caught:
        refuse_far(paths, [10.0, 12345.6, 500.0, math.nan, 10, 10, 10, math.inf], 500)
    found = [(fault.code, fault.field) for fault in caught.value.faults]
    assert found == [("E1202", paths[1]), ("E1202", paths[3]), ("E1202", paths[7])]
    assert "12,346 m" in caught.value.faults[0].cause


def test_the_example_of_the_reference_is_read() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "problem.md"
    example = page.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    file = read_problem(example.encode())
    assert (len(file.jobs), len(file.shipments), len(file.vehicles), file.notes) == (1, 1, 1, ())


@pytest.mark.parametrize("slip", ["hazmatt", "Hazmat", "hight_cm", "weigth_kg"])
def test_a_slip_in_what_keeps_a_vehicle_off_roads_is_refused(slip: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_vehicles(b'[{"id": "v", "start": [1, 1], "%s": "D"}]' % slip.encode())
    assert [slip in fault.cause for fault in caught.value.faults] == [True]


def test_keys_that_nobody_reads_are_noted() -> None:
    log = Log()
    read_vehicles(b'[{"id": "v", "start": [1, 1], "colour": "red"}]', log=log)
    assert list(log.notes) == ["vehicles: key 'colour' is not known and was left out"]
