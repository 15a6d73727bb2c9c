"""The command line as people and programs use it: tables, JSON, exit codes, every fault with what to do."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from little_map import LittleMap
from served import TOWN, at, cap
from vado.cli.demo.fleet import problem as demo_problem
from vado.cli.demo.province import Province, province
from vado.cli.main import main
from vado.store.data import data_path

# The storm's updates and its cancel, each of which refers to an earlier message.
LATE = ["roads-10-bridge", "wx-06-rain", "wx-08-flood", "wx-12-clear"]
CASTREL = "-23.790700,43.118600"
NOON = "2026-02-03T12:00Z"


@pytest.fixture(scope="module")
def land() -> Province:
    return province(7)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a VADO_HOME with the province's region, and the storm's messages beside it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VADO_HOME", str(folder))
        assert main(["demo", "--files", str(folder)]) == 0
    (folder / "alerts").rename(folder / "storm")
    return folder


@pytest.fixture(autouse=True)
def _use_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VADO_HOME", str(home))
    monkeypatch.chdir(home)


def asked(capsys: pytest.CaptureFixture[str], *argv: str, exit_code: int = 0) -> Any:
    """Run a verb with --json; what is on stdout must be JSON and nothing else."""
    code = main([*argv, "--json"])
    out, err = capsys.readouterr()
    assert code == exit_code, err or out
    return json.loads(out)


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer["error"]["faults"]]


class TestVado:
    def test_help_names_every_verb_and_is_quick(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", "import sys, vado.cli.main as m; m.main(['--help']); "
             "print([n for n in ('numpy', 'ortools', 'fastapi', 'shapely', 'scipy') if n in sys.modules])"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        *text, loaded = done.stdout.strip().splitlines()
        assert loaded == "[]", "what is heavy waits until a verb needs it"
        for verb in (
            "serve",
            "demo",
            "region",
            "feed",
            "plan",
            "check",
            "reach",
            "whatif",
            "explain",
            "verify",
        ):
            assert any(line.strip().startswith(verb) for line in text), verb

    def test_a_wrong_word_is_bad_input_with_a_hint(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["raech"]) == 2
        err = capsys.readouterr().err
        assert "E1007" in err
        assert "'reach'" in err
        assert codes(asked(capsys, "reach", exit_code=2)) == ["E1007"]

    def test_what_nobody_foresaw_is_a_bug_and_says_so(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vado.cli.region.regions", lambda: 1 / 0)
        assert main(["region", "list"]) == 70
        err = capsys.readouterr().err
        assert "E9001" in err
        assert "ZeroDivisionError" in err

    def test_a_bad_setting_is_named(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VADO_PORT", "eighty")
        assert codes(asked(capsys, "region", "list", exit_code=2)) == ["E1004"]


class TestRegion:
    def test_a_file_becomes_a_region(
        self, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        little = LittleMap().nodes(A=(0, 0), B=(300, 0), C=(300, 400)).tag("C", place="village", name="Dorf")
        pbf = little.way(1, "ABC", highway="primary", ref="X-1").write(tmp_path / "little.osm.pbf")
        built = asked(capsys, "region", "build", "little", "--pbf", str(pbf))
        assert built["places"] == 1
        assert built["class_km"] == {"primary": 0.7}
        assert asked(capsys, "region", "info", "little") == built
        assert "little" in [row["name"] for row in asked(capsys, "region", "list")["regions"]]
        (broken := home / "regions" / "broken").mkdir()
        (broken / "region.json").write_text("{", encoding="utf-8")
        listed = asked(capsys, "region", "list", exit_code=2)
        assert "little" in [row["name"] for row in listed["regions"]]
        assert [(row["name"], row["faults"][0]["code"]) for row in listed["refused"]] == [("broken", "E1304")]
        assert main(["region", "list"]) == 2
        shown = capsys.readouterr()
        assert "little" in shown.out
        assert "E1304" in shown.err
        (broken / "region.json").unlink()
        assert main(["region", "info", "little"]) == 0
        table = capsys.readouterr().out
        for word in ("little.osm.pbf", "0.7 km", "1 village", built["hash"], "OpenStreetMap"):
            assert word in table

    def test_a_cut_off_file_is_refused_and_no_region_is_left(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        little = LittleMap().nodes(A=(0, 0), B=(300, 0)).way(1, "AB")
        pbf = little.write(tmp_path / "whole.osm.pbf")
        cut = tmp_path / "cut.osm.pbf"
        cut.write_bytes(pbf.read_bytes()[:-20])
        assert codes(asked(capsys, "region", "build", "cut", "--pbf", str(cut), exit_code=2)) == ["E1301"]
        assert codes(asked(capsys, "region", "info", "cut", exit_code=2)) == ["E3002"]

    def test_a_region_of_another_version_is_built_again_by_the_command_it_names(
        self, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        little = LittleMap().nodes(A=(0, 0), B=(300, 0), C=(300, 400)).tag("C", place="village", name="Dorf")
        little.way(1, "ABC", highway="primary").write(tmp_path / "little.osm.pbf")
        table = tmp_path / "own.toml"
        table.write_bytes(data_path("profiles.toml").read_bytes())
        monkeypatch.chdir(tmp_path)
        built = asked(
            capsys, "region", "build", "our town", "--pbf", "little.osm.pbf", "--profiles", "own.toml"
        )
        card = Path(built["path"]) / "region.json"
        card.write_text(json.dumps({**json.loads(card.read_text()), "format": 1}))
        monkeypatch.chdir(home)  # what was given as relative paths is found from everywhere
        refused = asked(capsys, "region", "info", "our town", exit_code=2)["error"]["faults"][0]
        assert refused["code"] == "E1303"
        command = refused["action"].partition(": vado ")[2]
        assert command == "region build 'our town'"
        assert asked(capsys, *shlex.split(command)) == built
        (tmp_path / "little.osm.pbf").rename(tmp_path / "moved.osm.pbf")
        lost = asked(capsys, *shlex.split(command), exit_code=2)["error"]["faults"][0]
        assert (lost["code"], lost["field"]) == ("E1005", "--pbf")
        assert str(tmp_path / "little.osm.pbf") in lost["cause"]
        assert asked(capsys, "region", "info", "our town") == built, "what was there still is"
        table.write_text(table.read_text() + "\n")
        assert main(["region", "build", "our town", "--pbf", str(tmp_path / "moved.osm.pbf")]) == 0
        capsys.readouterr()
        assert main(["region", "build", "our town"]) == 0
        assert "moved.osm.pbf" in capsys.readouterr().err

    def test_who_rebuilds_is_told_that_the_table_of_profiles_has_changed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pbf = LittleMap().nodes(A=(0, 0), B=(300, 0)).way(1, "AB").write(tmp_path / "little.osm.pbf")
        table = tmp_path / "own.toml"
        table.write_bytes(data_path("profiles.toml").read_bytes())
        asked(capsys, "region", "build", "tabled", "--pbf", str(pbf), "--profiles", str(table))
        assert main(["region", "build", "tabled"]) == 0
        assert "another one" not in capsys.readouterr().err
        table.write_text(table.read_text() + "# mine\n")
        assert main(["region", "build", "tabled"]) == 0
        assert "the table of profiles is another one than then" in capsys.readouterr().err

    def test_a_profile_that_no_hazard_is_known_for_is_refused_before_the_work(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pbf = LittleMap().nodes(A=(0, 0), B=(300, 0)).way(1, "AB").write(tmp_path / "little.osm.pbf")
        ours = data_path("profiles.toml").read_text()
        table = tmp_path / "own.toml"
        table.write_text(ours.replace('name = "van"', 'name = "bus"'))
        build = ("region", "build", "bussed", "--pbf", str(pbf), "--profiles", str(table))
        (fault,) = asked(capsys, *build, exit_code=2)["error"]["faults"]
        assert (fault["code"], fault["field"]) == ("E1207", "--profiles")
        assert f"{data_path('effects.toml')} says nothing of bus" in fault["cause"]
        assert codes(asked(capsys, "region", "info", "bussed", exit_code=2)) == ["E3002"]

    def test_neither_file_nor_place_is_bad_input(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert codes(asked(capsys, "region", "build", "x", exit_code=2)) == ["E1007"]


class TestFeed:
    def test_messages_are_told_line_by_line(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["feed", "parse", "storm", "--json"]) == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        told = {row["alert"]: row for row in rows}
        assert len(told) == 12
        flood = told["wx-03-flood"]["hazards"][0]
        assert (flood["kind"], flood["from"], flood["until"]) == (
            "flood", "2026-02-03T11:00:00Z", "2026-02-03T15:30:00Z",
        )  # fmt: skip
        assert {effect["action"] for effect in flood["effects"]} == {"shut"}
        assert all(effect["source"] for effect in flood["effects"])
        assert not told["wx-02-exercise"]["binds"]
        assert told["roads-10-bridge"]["type"] == "Cancel"
        assert not told["roads-10-bridge"]["hazards"]

    def test_a_bad_file_is_named_and_the_others_are_told(
        self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bomb = tmp_path / "bomb.xml"
        bomb.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><alert>&b;</alert>')
        assert main(["feed", "parse", str(bomb), str(home / "storm" / "wx-03-flood.xml"), "--json"]) == 2
        first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert first["faults"][0]["code"] == "E1101"
        assert second["hazards"]
        assert main(["feed", "parse", str(bomb)]) == 2
        assert "E1101" in capsys.readouterr().err


class TestReach:
    ARGS = ("reach", "--region", "orvane", "--from", CASTREL)

    def test_the_answer_has_what_an_outside_referee_reads(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = asked(capsys, *self.ARGS, "--alerts", "storm", "--at", NOON, "--profile", "van")
        towns = {row["name"]: row for row in said["places"]}
        assert len(towns) == 19
        aldimar = towns["Aldimar"]
        assert (aldimar["reachable"], aldimar["leavable"], aldimar["until"]) == (False, False, None)
        assert [(cut["alert"], cut["road"]) for cut in aldimar["cut"]] == [
            ("roads-05-bridge", "OR-3 (Arcada Bridge)")
        ]
        assert aldimar["cut"][0]["hazard"]
        assert towns["Serafosca"]["until"] == "2026-02-03T13:00:00Z"
        assert towns["Castrel"] == {
            "name": "Castrel", "lon": pytest.approx(-23.79, abs=0.01), "lat": pytest.approx(43.118, abs=0.01),
            "reachable": True, "leavable": True, "until": None, "cut": [], "cut_proven": True,
            "cut_from": "", "again": None, "unknown": False, "unknown_why": [], "state": "open",
            "snap_m": towns["Castrel"]["snap_m"],
            "profile": "van", "last_road": {"in": None, "out": None},
            "in": [{"from": "2026-02-03T12:00:00Z", "until": None}],
            "out": [{"from": "2026-02-03T12:00:00Z", "until": None}],
        }  # fmt: skip
        assert said["attribution"]

    def test_what_is_aboard_and_no_restriction_asks_for_is_noted(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        aboard = ("--equipment", "wings", "--equipment", "chains")
        notes = asked(capsys, *self.ARGS, "--at", NOON, *aboard)["notes"]
        asked_for = [note for note in notes if note.startswith("no restriction asks for ")]
        assert len(asked_for) == 1
        assert asked_for[0].startswith("no restriction asks for wings; what restrictions ask for: chains")

    def test_a_point_where_no_road_is_names_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        lon, lat = map(float, CASTREL.split(","))
        far = f"{lon},{lat + 0.5}"
        said = asked(capsys, "edges", "OR-3", far, "--region", "orvane", "--at", NOON, exit_code=2)
        (fault,) = said["error"]["faults"]
        assert (fault["code"], fault["field"]) == ("E1210", "ROAD")
        assert re.fullmatch(rf"there is no road at {far}: the nearest, .+, is \d+ km away", fault["cause"])
        what = ("whatif", *self.ARGS[1:], "--at", NOON, "--close", far)
        assert asked(capsys, *what, exit_code=2)["error"]["faults"][0]["field"] == "--close"

    def test_a_what_if_says_what_opens_and_what_is_cut(self, capsys: pytest.CaptureFixture[str]) -> None:
        args = ("whatif", *self.ARGS[1:], "--alerts", "storm", "--at", NOON)
        said = asked(capsys, *args, "--reopen", "roads-05-bridge")
        opened = {c["name"] for c in said["changes"] if c["was"] == "cut off" and c["now"] == "open"}
        assert "Aldimar" in opened
        shut = asked(capsys, *args, "--close", "OR-3", "--place", "Aldimar", exit_code=1)
        assert {change["name"] for change in shut["changes"]} <= {"Aldimar"}
        assert asked(capsys, *args, "--reopen", "roads-05-bridge", "--place", "Aldimar")["changes"]
        assert codes(asked(capsys, *args, "--close", "OR-99", exit_code=2)) == ["E1210"]
        assert codes(asked(capsys, *args, exit_code=2)) == ["E1007"]

    def test_without_alerts_nothing_is_cut_off_and_nothing_is_surely_open(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = asked(capsys, *self.ARGS, "--at", NOON)
        assert all(row["reachable"] and row["leavable"] and row["until"] is None for row in said["places"])
        assert {(row["state"], row["unknown"], *row["unknown_why"]) for row in said["places"]} == {
            ("unknown", True, "no source that is heard speaks for this place")
        }
        one = (*self.ARGS, "--at", NOON, "--place", "Castrel")
        edge = ("edges", "OR-3", "--region", "orvane", "--at", NOON)
        assert {row["state"] for row in asked(capsys, *edge, exit_code=1)["edges"]} == {"unknown"}
        assert asked(capsys, *one, exit_code=1)["places"][0]["state"] == "unknown"
        assert main([*one]) == 1
        out = capsys.readouterr().out
        assert "1 town, 0 cut off, 1 unknown" in out
        assert " open " not in out.replace("open until", "").replace("open again", "")

    def test_a_hazard_that_nobody_can_place_leaves_no_town_open(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        alert = cap(TOWN, "AB", start=at(10), end=at(18))
        codes_ = b"<geocode><valueName>EMMA_ID</valueName><value>ZZ012</value></geocode>"
        bare = re.sub(rb"<polygon>.*</polygon>", codes_, alert, flags=re.DOTALL)
        assert bare != alert
        (tmp_path / "flood.xml").write_bytes(bare)
        one = (*self.ARGS, "--alerts", str(tmp_path), "--place", "Castrel")
        assert asked(capsys, *one, "--at", str(at(19)))["places"][0]["state"] == "open"
        assert asked(capsys, *one, "--at", str(at(12)), exit_code=1)["places"][0]["state"] == "unknown"
        assert main([*one, "--at", str(at(12))]) == 1
        assert "1 town, 0 cut off, 1 unknown" in capsys.readouterr().out

    @pytest.mark.parametrize(("place", "exit_code"), [("ALDÍMAR", 1), ("castrel", 0), ("serafosca", 0)])
    def test_one_town_decides_the_exit_code(
        self, place: str, exit_code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        args = (*self.ARGS, "--alerts", "storm", "--at", NOON, "--place", place)
        assert len(asked(capsys, *args, exit_code=exit_code)["places"]) == 1
        assert main([*args]) == exit_code
        assert "\n1 town, " in capsys.readouterr().out

    def test_a_cancel_of_later_does_not_reopen_the_road_now(self, capsys: pytest.CaptureFixture[str]) -> None:
        args = (*self.ARGS, "--alerts", "storm", "--place", "Norvessa")
        assert asked(capsys, *args, "--at", "2026-02-03T14:09:00Z", exit_code=1)["places"][0]["cut"]
        assert asked(capsys, *args, "--at", "2026-02-03T14:10:00Z")["places"][0]["reachable"]

    def test_only_what_will_end_another_message_is_noted_as_late(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        args = (*self.ARGS, "--alerts", "storm", "--at", "2026-02-03T07:30Z")
        notes = [n for n in asked(capsys, *args)["notes"] if "ends nothing yet" in n]
        assert sorted(note.split(":")[0].split(",")[1] for note in notes) == LATE
        # Heard alone, it ends nothing at any time.
        alone = (*self.ARGS, "--alerts", "storm/wx-08-flood.xml", "--at", "2026-02-03T07:30Z")
        assert not [n for n in asked(capsys, *alone)["notes"] if "ends nothing yet" in n]

    def test_while_a_hazard_nobody_can_place_is_in_force_no_town_is_known_to_be_clear(
        self, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = (home / "storm" / "wx-03-flood.xml").read_text()
        bare = re.sub(r"<polygon>.*?</polygon>", "", text, flags=re.S)
        assert bare != text
        (tmp_path / "bare.xml").write_text(bare)
        args = (*self.ARGS, "--alerts", str(tmp_path))
        assert all(row["unknown"] for row in asked(capsys, *args, "--at", NOON)["places"])
        for before in ("2026-02-03T10:59Z", "2026-02-03T15:30Z"):
            assert not any(row["unknown"] for row in asked(capsys, *args, "--at", before)["places"])

    def test_chains_open_the_pass_and_a_truck_stays_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        # Flood below Ondrara, snow on the pass; the bridge is still open.
        args = (*self.ARGS, "--alerts", "storm", "--at", "2026-02-03T11:05Z", "--place", "Brumal")
        late = ("--alerts", "storm/wx-03-flood.xml", "--alerts", "storm/wx-04-snow.xml")
        alone = (*self.ARGS, *late, "--at", "2026-02-03T11:05Z", "--place", "Brumal")
        assert asked(capsys, *args, exit_code=1)["places"][0]["cut"]
        assert asked(capsys, *alone, exit_code=1)["places"][0]["cut"]
        assert asked(capsys, *alone, "--equipment", "chains")["places"][0]["reachable"]
        assert asked(capsys, *alone, "--equipment", "chains", "--load", "height_cm=250")["profile"] == (
            "van+chains+height=250cm"
        )
        chained = (*alone, "--profile", "truck", "--equipment", "chains")
        assert not asked(capsys, *chained, exit_code=1)["places"][0]["reachable"]

    def test_people_see_a_table_with_what_is_cut_first(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([*self.ARGS, "--alerts", "storm", "--at", NOON]) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(" ")]
        rows = [line for line in lines if len(line) > 2 and line[1] in ("cut", "open")]
        assert rows[0][1:3] == ["cut", "off"]
        assert rows[-1][1] == "open"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (("--at", "noon"), "E1105"),
            (("--at", "2026-02-03T12:00"), "E1105"),
            (("--from", "43.1,north"), "E1004"),
            (("--from", "200,43"), "E1104"),
            (("--from", "-23.0,42.0"), "E1202"),
            (("--profile", "tank"), "E1207"),
            (("--load", "weight=7000"), "E1004"),
            (("--load", "weight_kg=heavy"), "E1004"),
            (("--load", "height_cm=3"), "E1209"),
            (("--load", "hazmat=petrol"), "E1004"),
            (("--place", "Aldimor"), "E3001"),
            (("--region", "atlantis"), "E3002"),
            (("--alerts", "nowhere"), "E1005"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, change: tuple[str, str], code: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = {"--region": "orvane", "--from": CASTREL, "--at": NOON} | dict([change])
        args = [part for pair in given.items() for part in pair]
        answer = asked(capsys, "reach", *args, exit_code=2)
        assert codes(answer) == [code]
        assert answer["error"]["faults"][0]["action"]

    def test_an_unknown_town_is_answered_with_near_ones(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer = asked(capsys, *self.ARGS, "--at", NOON, "--place", "Aldimor", exit_code=2)
        assert "Aldimar" in answer["error"]["faults"][0]["cause"]

    def test_a_file_that_cannot_be_read_is_never_silently_less(
        self, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "broken.xml").write_text("<alert><identifier>")
        (tmp_path / "odd.txt").write_text("flood!")
        args = (*self.ARGS, "--alerts", "storm", "--alerts", str(tmp_path), "--at", NOON)
        assert sorted(codes(asked(capsys, *args, exit_code=2))) == ["E1001", "E1006"]
        said = asked(capsys, *args, "--skip-bad")
        assert sorted(fault["code"] for fault in said["faults"]) == ["E1001", "E1006"]
        assert any(not row["reachable"] for row in said["places"])


ON_ROADS = ("--region", "orvane", "--alerts", "storm", "--at", "2026-02-03T10:30Z")


@pytest.fixture(scope="module")
def planned(home: Path) -> Path:
    """Plan the day at half past ten, by what is known of the storm then; once for all tests."""
    out = home / "plan.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VADO_HOME", str(home))
        patch.chdir(home)
        code = main(["plan", "problem.json", *ON_ROADS, "--solutions", "20", "-o", str(out)])
    assert code == 0
    return out


def _name(stop: dict[str, Any]) -> str:
    return f"{stop['shipment']}/{stop['type']}" if stop.get("shipment") else str(stop["job"])


class TestPlan:
    def test_a_plan_holds_before_the_referee_and_carries_its_problem(
        self, planned: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = json.loads(planned.read_text())
        for route in made["routes"]:
            assert {"vehicle", "stops", "legs"} <= route.keys()
            assert len(route["legs"]) == len(route["stops"]) - 1
        assert made["problem"]["vehicles"]
        said = asked(capsys, "check", "plan.json", "--region", "orvane", "--alerts", "storm")
        assert said["ok"]
        assert said["roads_judged"]

    def test_its_orders_alone_are_driven_to_a_plan_that_holds_too(
        self, planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = json.loads(planned.read_text())
        orders = [
            {"vehicle": route["vehicle"], "jobs": [_name(s) for s in route["stops"] if s["job"] is not None]}
            for route in made["routes"]
        ]
        (tmp_path / "orders.json").write_text(json.dumps({"routes": orders, "problem": made["problem"]}))
        said = asked(capsys, "check", str(tmp_path / "orders.json"), *ON_ROADS)
        assert said["ok"]
        assert said["roads_judged"]
        assert said["stops"] == sum(len(row["jobs"]) for row in orders)

    def test_every_job_is_somewhere_once(self, planned: Path) -> None:
        made = json.loads(planned.read_text())
        routed = [
            (s["type"], s["job"], s.get("shipment"))
            for r in made["routes"] for s in r["stops"] if s["type"] in ("job", "pickup", "delivery")
        ]  # fmt: skip
        held = [(u["type"], u["id"], u.get("shipment")) for u in made["unassigned"]]
        assert len(set(routed) | set(held)) == len(routed) + len(held) == 58
        assert all(row["reasons"] for row in made["unassigned"])

    def test_the_referee_never_loads_the_solver(self, planned: Path) -> None:
        code = (
            "import sys, vado.cli.main as m;"
            "e = m.main(['check', 'plan.json', '--region', 'orvane', '--alerts', 'storm']);"
            "sys.exit(e or sum(n.startswith('ortools') for n in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_a_plan_that_drives_into_what_came_later_does_not_hold(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["plan", "problem.json", "--region", "orvane", "--solutions", "20", "-o", "fair.json"])
        capsys.readouterr()
        assert asked(capsys, "check", "fair.json")["ok"], "the region is named in the plan"
        said = asked(capsys, "check", "fair.json", "--alerts", "storm", exit_code=1)
        assert {"CLOSED"} <= {row["rule"] for row in said["violations"]}
        assert main(["check", "fair.json", "--alerts", "storm"]) == 1
        assert "CLOSED" in capsys.readouterr().out

    def test_explain_says_where_a_job_is_and_why_another_is_nowhere(
        self, planned: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = json.loads(planned.read_text())
        stop = next(s for s in made["routes"][0]["stops"] if s["type"] == "job")
        said = asked(capsys, "explain", "plan.json", stop["job"])
        assert (said["assigned"], said["arrival"]) == (True, stop["arrival"])
        assert said["time_windows"][0][0] <= said["start"] <= said["time_windows"][0][1]
        held = next(u for u in made["unassigned"] if u["reasons"][0]["code"] == "CUT_OFF")
        said = asked(capsys, "explain", "plan.json", str(held["id"]))
        assert said["reasons"][0]["evidence"][0]["alert"]
        assert main(["explain", "plan.json", str(held["id"])]) == 0
        assert said["reasons"][0]["text"] in capsys.readouterr().out
        assert codes(asked(capsys, "explain", "plan.json", "nobody", exit_code=2)) == ["E1210"]

    def test_the_table_names_every_route_and_every_reason(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["plan", "problem.json", *ON_ROADS, "--solutions", "5"]) == 0
        out = capsys.readouterr().out
        assert "unassigned" in out
        assert "CUT_OFF" in out
        assert "Orvane is invented" in out

    def test_all_faults_of_a_problem_are_told_at_once(
        self, tmp_path: Path, land: Province, capsys: pytest.CaptureFixture[str]
    ) -> None:
        day = demo_problem(land)
        day["jobs"][0]["time_windows"] = [[100, 50]]
        day["jobs"][1]["skills"] = [99]
        del day["vehicles"][0]["capacity"]
        bad = tmp_path / "bad.json"
        bad.write_text(json.dumps(day))
        told = codes(asked(capsys, "plan", str(bad), "--region", "orvane", exit_code=2))
        assert {"E1201", "E1204", "E1203"} <= set(told)

    def test_jobs_at_sea_are_all_named(
        self, tmp_path: Path, land: Province, capsys: pytest.CaptureFixture[str]
    ) -> None:
        day = demo_problem(land)
        day["jobs"][3]["location"] = day["jobs"][5]["location"] = [-25.0, 43.0]
        bad = tmp_path / "sea.json"
        bad.write_text(json.dumps(day))
        faults = asked(capsys, "plan", str(bad), "--region", "orvane", exit_code=2)["error"]["faults"]
        assert [(f["code"], f["field"]) for f in faults] == [
            ("E1202", "jobs[3].location"), ("E1202", "jobs[5].location"),
        ]  # fmt: skip

    def test_times_without_a_date_are_not_planned_under_alerts(
        self, tmp_path: Path, land: Province, capsys: pytest.CaptureFixture[str]
    ) -> None:
        day = demo_problem(land)
        for job in day["jobs"]:
            job["time_windows"] = [[0, 3600]]
        path = tmp_path / "from-zero.json"
        path.write_text(json.dumps(day))
        args = ("plan", str(path), "--region", "orvane", "--solutions", "1")
        assert codes(asked(capsys, *args, "--alerts", "storm", exit_code=2)) == ["E1105"]

    def test_nothing_is_written_when_it_cannot_be(self, capsys: pytest.CaptureFixture[str]) -> None:
        args = ("plan", "problem.json", "--region", "orvane", "--solutions", "1", "-o", "no/such/folder.json")
        assert codes(asked(capsys, *args, exit_code=2)) == ["E1005"]


class TestMatrix:
    VROOM: ClassVar[dict[str, Any]] = {
        "vehicles": [
            {"id": 1, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [1]},
            {"id": 2, "start_index": 0, "capacity": [4], "skills": [1, 14]},
        ],
        "jobs": [
            {"id": 1, "location_index": 1, "service": 300, "delivery": [1], "skills": [14]},
            {"id": 2, "location_index": 2, "service": 300, "delivery": [1], "time_windows": [[0, 3600]]},
            {"id": 3, "location_index": 3, "delivery": [9]},
        ],
        "matrices": {"car": {"durations": [[0, 600, 700, 800], [600, 0, 300, 500], [700, 300, 0, 400],
                                           [800, 500, 400, 0]]}},
    }  # fmt: skip

    @pytest.fixture
    def given(self, tmp_path: Path) -> Path:
        path = tmp_path / "vroom.json"
        path.write_text(json.dumps(self.VROOM))
        return path

    def test_a_vroom_file_needs_neither_region_nor_change(
        self, given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = asked(capsys, "plan", str(given), "-o", str(tmp_path / "plan.json"))
        where = {stop["job"]: route["vehicle"] for route in made["routes"] for stop in route["stops"]}
        assert where[1] == 2, "ids stay numbers, skills are kept"
        assert [(u["id"], u["reasons"][0]["code"]) for u in made["unassigned"]] == [(3, "CAPACITY")]
        assert asked(capsys, "check", str(tmp_path / "plan.json"))["ok"]

    def test_a_plan_that_cheats_is_found_out(
        self, given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = asked(capsys, "plan", str(given))
        stop = next(s for route in made["routes"] for s in route["stops"] if s["job"] == 1)
        for key in ("arrival", "start", "departure"):
            stop[key] -= 100
        (tmp_path / "cheat.json").write_text(json.dumps(made))
        said = asked(capsys, "check", str(tmp_path / "cheat.json"), exit_code=1)
        assert said["violations"][0]["rule"] == "TIMES"
        del made["problem"]
        (tmp_path / "bare.json").write_text(json.dumps(made))
        assert codes(asked(capsys, "check", str(tmp_path / "bare.json"), exit_code=2)) == ["E1003"]
        args = ("check", str(tmp_path / "bare.json"), "--problem", str(given))
        assert asked(capsys, *args, exit_code=1)["violations"]

    def test_a_plan_without_times_is_driven_and_judged(
        self, given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = asked(capsys, "plan", str(given))
        order = {
            route["vehicle"]: [s["job"] for s in route["stops"] if s["job"] is not None]
            for route in made["routes"]
        }
        problem = json.loads(given.read_text())
        for row in problem["vehicles"]:
            row["steps"] = [{"type": "job", "id": name} for name in order.get(row["id"], [])]
        (tmp_path / "mode.json").write_text(json.dumps(problem))
        said = asked(capsys, "check", str(tmp_path / "mode.json"))
        assert said["ok"]
        assert said["stops"] == sum(map(len, order.values()))
        assert "names no times" in said["notes"][0]
        lists = [order.get(row["id"], []) for row in problem["vehicles"]]
        (tmp_path / "lists.json").write_text(json.dumps(lists))
        assert asked(capsys, "check", str(tmp_path / "lists.json"), "--problem", str(given))["ok"]
        (tmp_path / "wrong.json").write_text(json.dumps({"routes": lists[::-1]}))
        said = asked(capsys, "check", str(tmp_path / "wrong.json"), "--problem", str(given), exit_code=1)
        assert "SKILL" in {v["rule"] for v in said["violations"]}
        assert codes(asked(capsys, "check", str(given), exit_code=2)) == ["E1211"], "no steps in it"

    def test_roads_and_a_matrix_at_once_are_refused(
        self, given: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert codes(asked(capsys, "plan", str(given), "--region", "orvane", exit_code=2)) == ["E1007"]

    def test_roads_are_asked_for_where_there_is_no_matrix(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert codes(asked(capsys, "plan", "problem.json", exit_code=2)) == ["E1007"]
