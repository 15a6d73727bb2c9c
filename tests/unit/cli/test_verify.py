"""`vado verify`: a chain that holds, one that was tampered with, and a store that is not there."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

import drawn
from story import MEANING, at
from vado.cli.main import main
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind
from vado.model.problem import Budget
from vado.store import open_store
from vado.worker import Worker

TOWN = drawn.roads("A------B------C")


class Clock:
    now = at(8)

    def now_s(self) -> int:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store in which a world has taken three decisions."""
    path = tmp_path / "vado.db"
    opened = open_store(f"sqlite:///{path}")
    worker = Worker(opened, world_id=WorldId("main"), roads=TOWN, meaning=MEANING, clock=Clock(),
                    budget=Budget(solutions_max=5, seconds_max=10.0))  # fmt: skip
    for number in range(3):
        opened.accept(world=WorldId("main"), kind=InboxKind.TICK, source="test", key=str(number), body=b"",
                      received_s=at(8))  # fmt: skip
        worker.run_once()
    opened.close()
    return path


def test_a_chain_that_holds_is_proven(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(store), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["decisions"]) == (True, 3)
    assert main(["verify", f"sqlite:///{store}", "--world", "main"]) == 0
    assert capsys.readouterr().out.startswith("proven: 3 decisions")


def test_a_changed_record_breaks_it(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(store) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        table = next(
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name.startswith("decision")
        )  # fmt: skip
        changed = db.execute(f"UPDATE {table} SET record = replace(record, 'drawn', 'dream') WHERE seq = 2")  # noqa: S608
        assert changed.rowcount == 1
    db.close()
    assert main(["verify", str(store), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["first_bad"]) == (False, 2)
    assert main(["verify", str(store)]) == 1
    assert "broken at decision 2" in capsys.readouterr().out


def test_a_state_that_no_decision_sealed_is_not_proven(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain holds, but the world that the service shows is another one: the answer is no."""
    with sqlite3.connect(store) as db:
        forged = "UPDATE worlds SET state = replace(state, '\"version\":3', '\"version\":4')"
        assert db.execute(forged).rowcount
    db.close()
    assert main(["verify", str(store), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["decisions"], said["first_bad"]) == (False, 3, None)
    assert "not the one that its decision sealed" in said["cause"]
    assert main(["verify", str(store)]) == 1
    assert "3 decisions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "exit_code"),
    [
        (["no.db"], "E1005", 2),
        (["{store}", "--world", "other"], "E3001", 2),
        (["gopher://store"], "E1004", 2),
    ],
)
def test_what_cannot_be_verified_is_no_proof(
    args: list[str], code: str, exit_code: int, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *(arg.format(store=store) for arg in args), "--json"]) == exit_code
    assert json.loads(capsys.readouterr().out)["error"]["faults"][0]["code"] == code
