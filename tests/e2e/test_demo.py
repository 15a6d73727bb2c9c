"""The demo: a storm in which nobody is sent where nobody can be; and its referee, which would say so."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vado.app import load_meaning
from vado.cli.demo.command import region
from vado.cli.demo.day import Outcome, Scene, play
from vado.cli.demo.fleet import DAY_START_S
from vado.cli.demo.post import WORLD, Inside
from vado.cli.demo.province import Province, province
from vado.cli.demo.served import free_port, who_waits
from vado.cli.demo.show import Lines, news_lines, screen, town_status
from vado.cli.main import main
from vado.model.ids import JobId
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.when import clock
from vado.store import open_store
from vado.tracking import TrackState, status

HOUR = 3600
BUDGET = Budget(solutions_max=10, seconds_max=60.0)


@pytest.fixture(scope="module")
def land() -> Province:
    return province(7)


@pytest.fixture(scope="module")
def roads(land: Province, tmp_path_factory: pytest.TempPathFactory) -> Roads:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VADO_HOME", str(tmp_path_factory.mktemp("home")))
        return region(land)


class Deaf(Inside):
    """A service whose webhooks lead nowhere: what the storm would be without the product."""

    def alert(self, source: str, content_type: str, body: bytes) -> None:
        pass


def played(land: Province, roads: Roads, post: Inside) -> tuple[Outcome, list[str], Scene]:
    """Play the day; gives its outcome, the lines a person would read, and the last scene."""
    told: list[str] = []
    last: list[Scene] = []

    def watch(scene: Scene) -> None:
        told.extend(f"{clock(scene.now_s)} {town} {status}"
                    for town, (status, _) in town_status(scene.world).items())  # fmt: skip
        last[:] = [scene]

    outcome = play(post, land, roads, every_s=2 * HOUR, pace=lambda *_: None, watch=watch)
    return outcome, told, last[0]


@pytest.fixture(scope="module")
def storm_day(land: Province, roads: Roads) -> tuple[Outcome, list[str], Scene]:
    return played(land, roads, Inside(roads, load_meaning(), BUDGET, now_s=DAY_START_S))


@pytest.mark.slow
class TestStorm:
    def test_nobody_is_sent_where_nobody_can_be(self, storm_day: tuple[Outcome, list[str], Scene]) -> None:
        outcome, _, scene = storm_day
        assert scene.measure.sent_faults == []
        assert scene.measure.trapped_faults == []
        assert scene.measure.driven_faults == []
        assert outcome.clean
        assert outcome.done + len(outcome.held) == outcome.jobs == 58
        assert outcome.done >= 35, "caution alone would be to stay at home"

    def test_towns_are_cut_one_by_one_and_open_again(
        self, storm_day: tuple[Outcome, list[str], Scene]
    ) -> None:
        _, told, _ = storm_day
        first: dict[str, str] = {}
        for line in told:
            at, town, status = line.split(" ", 2)
            if status.startswith("cut off"):
                first.setdefault(town, at)
        assert {"Ondrara", "Norvessa", "Serafosca"} <= first.keys()
        assert first["Ondrara"] < first["Norvessa"] < first["Serafosca"]
        assert len(set(first.values())) >= 4
        assert not {"Castrel", "Morvila", "Vinarca", "Tesmora", "Ribadel"} & first.keys()
        assert "14:10 Norvessa open" in told
        # It is told whenever somebody looks, which is as stops and closures have it.
        assert any(line.endswith("Faralta only 4x4+chains") for line in told), (
            "waves on the coast road leave the shepherds' track"
        )

    def test_what_is_held_names_message_road_and_town(
        self, storm_day: tuple[Outcome, list[str], Scene]
    ) -> None:
        outcome, _, scene = storm_day
        cut = [item.reasons[0] for item in outcome.held if item.reasons[0].code == "CUT_OFF"]
        assert cut
        for reason in cut:
            assert reason.evidence[0].alert
            assert reason.evidence[0].road in reason.text
        lines = [line for news in scene.news for line in news_lines(news)]
        assert any(line.startswith("MESSAGE from roads: Arcada Bridge") for line in lines)

    def test_the_page_named_is_always_of_somebody_whom_a_closure_holds(
        self, storm_day: tuple[Outcome, list[str], Scene]
    ) -> None:
        _, _, scene = storm_day
        name = who_waits(scene.world, None)
        assert name is not None
        assert who_waits(scene.world, name) == name, "the same one as long as they wait"
        delivered = scene.drivers.visits[0].job
        assert who_waits(scene.world, delivered) == name, "not one who has it by now"
        assert who_waits(replace(scene.world, plan=None), name) is None

    def test_who_is_home_is_not_shown_in_a_town_cut_off_since(
        self, storm_day: tuple[Outcome, list[str], Scene]
    ) -> None:
        _, _, scene = storm_day
        known = {p.vehicle: p.at for p in scene.world.progress}
        assert scene.drivers.at
        assert {v: known[v] for v in scene.drivers.at} == scene.drivers.at

    def test_the_exercise_moves_nothing(self, storm_day: tuple[Outcome, list[str], Scene]) -> None:
        _, _, scene = storm_day
        at = next(n.at_s for n in scene.news if n.sent is not None and "EXERCISE" in n.sent.headline)
        assert not [n for n in scene.news if n.at_s == at and n.difference is not None]

    def test_there_is_a_screen_and_there_are_lines(
        self, storm_day: tuple[Outcome, list[str], Scene], capsys: pytest.CaptureFixture[str]
    ) -> None:
        from rich.console import Console

        _, _, scene = storm_day
        Console(width=160, force_terminal=True).print(
            screen(scene, now_s=scene.now_s, address="http://here", foot="")
        )
        drawn = capsys.readouterr().out
        for word in ("Ondrara", "van-1", "http://here", "jobs sent to cut-off towns"):
            assert word in drawn
        Lines()(scene)
        assert "MESSAGE from weather" in capsys.readouterr().out

    def test_a_service_that_hears_nothing_is_found_out(self, land: Province, roads: Roads) -> None:
        outcome, _, scene = played(land, roads, Deaf(roads, load_meaning(), BUDGET, now_s=DAY_START_S))
        assert not outcome.clean
        assert scene.measure.driven_faults, "closed roads were driven"
        assert scene.measure.sent_faults, "and plans had said so"


def test_a_port_that_is_taken_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) <= port + 20
    assert free_port("127.0.0.1", 0) > 0


def run(home: Path, *args: str) -> subprocess.Popen[str]:
    env = {**os.environ, "VADO_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    vado = Path(sys.executable).with_name("vado")
    return subprocess.Popen([str(vado), "demo", "--port", "0", *args], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def page_says_when_and_why(path: Path, err: str) -> None:
    """Look at the page that the demo names last as its recipient would: it must tell of a closure."""
    named = re.search(r"recipient of (\S+) reads: \S+/track/(\S+)", err)
    assert named is not None, err
    store = open_store(f"sqlite:///{path}", create=False)
    try:
        world = store.find_world(WORLD)
        assert world is not None
        assert store.find_token(WORLD, JobId(named[1])) == named[2]
        track = status(world, JobId(named[1]), now_s=world.now_s)
    finally:
        store.close()
    assert track.state is TrackState.HELD
    assert re.search(r"OR-\d+ .* is closed from \d\d:\d\d", track.reason), track.reason


@pytest.mark.slow
def test_the_whole_service_weathers_the_storm_and_its_ledger_is_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with run(tmp_path, "--fast", "--no-stay", "--json") as demo:
        out, err = demo.communicate(timeout=240)
    assert demo.returncode == 0, err
    outcome: Any = json.loads(out)
    assert outcome["clean"]
    assert outcome["done"] + len(outcome["held"]) == outcome["jobs"]
    (store,) = (tmp_path / "demo").glob("*.db")
    page_says_when_and_why(store, err)
    assert main(["verify", str(store), "--world", "orvane"]) == 0
    assert f"{outcome['decisions']} decisions" in capsys.readouterr().out


def test_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with run(tmp_path) as demo:
        assert demo.stderr is not None
        assert any("look at http://127.0.0.1:" in line for line in demo.stderr), "it says where to look"
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
