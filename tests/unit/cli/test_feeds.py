"""`vado feed list` and `vado feed replay`: the store says how feeds are, also without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from feed_server import closures
from served import TOWN, Service
from vado.app import make_pollers
from vado.cli.main import main
from vado.model.inbox import InboxKind
from vado.settings import Settings
from vado.store import MemoryStore, open_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a store with a feed that is well, and two messages set aside: one would be read today."""
    path = tmp_path / "vado.db"
    (tmp_path / "vado.toml").write_text("[feeds.quiet]\nfresh_s = 600\ncovers = [0, 0, 1, 1]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VADO_HOME", str(tmp_path))
    opened = open_store(f"sqlite:///{path}")
    with capture_logs():
        service = Service(store=opened)
        service.post("/v1/webhooks/roads", closures(TOWN, "AB"))
        service.work()
        for body in (closures(TOWN, "CD"), b"nothing of any format"):
            service.store.accept(world=service.parts_world, kind=InboxKind.ALERT, source="met", key="",
                                 body=body,
                                 received_s=service.now)  # fmt: skip
        service.set_aside(monkeypatch)
    yield path
    opened.close()


def test_feeds_are_listed_with_what_is_wrong(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "list", "--store", str(store), "--json"]) == 1
    rows = {row["source"]: row for row in json.loads(capsys.readouterr().out)["feeds"]}
    assert {name: (row["state"], row["quarantined"]) for name, row in rows.items()} == {
        "met": ("failing", 2), "quiet": ("never heard", 0), "roads": ("ok", 0)}  # fmt: skip
    assert rows["met"]["rejects"] == {"E9001": 2}
    assert main(["feed", "list", "--store", str(store)]) == 1
    said = capsys.readouterr().out
    assert "E9001×2" in said
    assert "nothing is surely open without met, quiet" in said


def test_what_was_set_aside_is_read_again(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "replay", "--store", str(store), "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "would be read" in said
    assert "E1006" in said
    assert main(["feed", "replay", "--store", str(store), "--seq", "2", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["seq"], row["alerts"], row["new_seq"]) == (2, 1, 4)
    assert main(["feed", "replay", "--store", str(store), "--source", "roads"]) == 0
    assert "nothing was set aside" in capsys.readouterr().out


def test_a_store_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "list", "--store", str(tmp_path / "none.db")]) in (2, 3)
    assert "none.db" in capsys.readouterr().err


def test_feeds_of_one_host_share_a_poller() -> None:
    urls = {"a": "https://one.example/a", "b": "https://one.example/b", "c": "https://two.example/"}
    settings = Settings(
        home="/nonexistent", feeds={name: {"url": url} for name, url in urls.items()} | {"d": {}}
    )
    pollers = make_pollers(settings, store=MemoryStore(), pause=lambda _: None)
    assert [[feed.source for feed in poller._feeds] for poller in pollers] == [["a", "b"], ["c"]]
