"""Tutorial and README are true: each command does what it says, in its order, with the exit code it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from vado import feeds
from vado.cli.main import main
from vado.exchange.problem import read_jobs, read_vehicles

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
COMMAND = re.compile(r"^\$ vado (.+?)(?:\s+# exit (\d))?$", re.MULTILINE)


def test_every_command_of_the_tutorial_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VADO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VADO_BUDGET_SOLUTIONS", "20")
    monkeypatch.chdir(tmp_path)
    commands = COMMAND.findall(PAGE.read_text(encoding="utf-8"))
    assert len(commands) >= 10
    for line, exit_code in commands:
        assert main(shlex.split(line)) == int(exit_code or 0), (line, capsys.readouterr().err)


def test_the_commands_of_the_readme_work_on_the_files_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VADO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VADO_BUDGET_SOLUTIONS", "20")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## On files")[2].partition("## As a service")[0]
    commands = re.findall(r"^vado (.+?)(?:\s{2,}# .+)?$", section, re.MULTILINE)
    assert len(commands) >= 7
    for line in commands:
        assert main(shlex.split(line)) == 0, (line, capsys.readouterr().err)


def test_what_the_readme_posts_is_read() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    bodies = {
        path: body.encode()
        for path, body in re.findall(r"curl \S+(/v1/\S+) .*?-d '([^']+)'", text, re.DOTALL)
    }
    assert [vehicle.id for vehicle in read_vehicles(bodies["/v1/vehicles"]).vehicles] == ["van-1"]
    assert [job.id for job in read_jobs(bodies["/v1/jobs"]).jobs] == ["arinsal", "ordino"]
    (alert,) = feeds.parse(bodies["/v1/webhooks/roads"], source="roads", received_s=0)
    assert (alert.infos[0].kind, alert.infos[0].headline) == ("landslide", "Rockfall below Arinsal")
