"""The tutorial is true: each of its commands does what it says, in its order, with the exit code it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from vado.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
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
