"""Wiring: the world's clock, the kept worker, the address, and the image that is shipped."""

from __future__ import annotations

import re
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import drawn
from vado import app
from vado.errors import OutsideError, StateError
from vado.keeper import BACKOFF_S
from vado.settings import NOT_SETTINGS, Settings
from vado.store.regions import Regions

ROOT = Path(__file__).resolve().parents[2]


class Real:
    """A real clock that is moved by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_the_clock_is_the_real_one() -> None:
    real = Real(1000.9)
    assert app.WorldClock(Settings(), real=real).now_s() == 1000


def test_a_clock_runs_from_its_origin_at_its_speed() -> None:
    origin, start = datetime(2026, 1, 10, 8, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
    settings = Settings(clock_origin=origin, clock_start=start, clock_speed=60)
    real = Real(start.timestamp())
    clock = app.WorldClock(settings, real=real)
    assert clock.now_s() == origin.timestamp()
    real.now += 10
    assert clock.now_s() == origin.timestamp() + 600
    # One that starts later, in another process, tells the same.
    assert app.WorldClock(settings, real=real).now_s() == clock.now_s()


def test_a_region_is_found_by_name(tmp_path: Path) -> None:
    Regions(tmp_path / "regions").save(drawn.roads("A---B", name="little"))
    assert app.load_roads(Settings(home=tmp_path, region="little")).name == "little"
    for region in ("", "atlantis"):
        with pytest.raises(StateError) as caught:
            app.load_roads(Settings(home=tmp_path, region=region))
        assert caught.value.code == "E3002"


def test_an_address_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    Regions(tmp_path / "regions").save(drawn.roads("A---B", name="little"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=tmp_path, region="little", port=taken.getsockname()[1])
        with pytest.raises(OutsideError) as caught:
            app.serve(settings)
    assert caught.value.code == "E2003"
    assert "in use" in str(caught.value)


class _Process:
    """A process that ends when it is told to."""

    def __init__(self, deaths: list[int], settled: threading.Event) -> None:
        self._over, self._settled, self._deaths, self.exitcode = threading.Event(), settled, deaths, 0

    def start(self) -> None:
        if self._deaths:
            self.exitcode = self._deaths.pop(0)
            self._over.set()
        else:
            self._settled.set()

    def join(self, timeout: float | None = None) -> None:
        self._over.wait(timeout)

    def is_alive(self) -> bool:
        return not self._over.is_set()

    def terminate(self) -> None:
        self._over.set()


def _kept(monkeypatch: pytest.MonkeyPatch, deaths: list[int]) -> tuple[list[_Process], list[float], Any]:
    """Make a keeper over processes that die as told, noting how long it waits before each restart."""
    made: list[_Process] = []
    waits: list[float] = []
    settled = threading.Event()

    class Context:
        def Process(self, **_: object) -> _Process:  # noqa: N802
            made.append(_Process(deaths, settled))
            return made[-1]

    keeper = app.Keeper(Settings(), target=app._worker_main, name="worker")
    monkeypatch.setattr(keeper, "_context", Context())
    monkeypatch.setattr(keeper, "_stop", _Waits(waits))
    with keeper:
        assert settled.wait(5)
        alive = keeper.alive()
    return made, waits, (alive, made[-1].is_alive())


class _Waits(threading.Event):
    def __init__(self, waits: list[float]) -> None:
        super().__init__()
        self._waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self._waits.append(timeout or 0)
        return self.is_set()


def test_a_worker_that_dies_is_started_again_ever_later(monkeypatch: pytest.MonkeyPatch) -> None:
    made, waits, (alive, left) = _kept(monkeypatch, [-9, 1, 1])
    assert len(made) == 4
    assert waits == [0.5, 1, 2]
    assert (alive, left) == (True, False), "it is ended with the service"


def test_a_worker_that_lost_its_world_does_not_snatch_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    _, waits, _ = _kept(monkeypatch, [app.LOST])
    assert waits == [BACKOFF_S[-1]]


# --- what is shipped ---


def test_each_variable_of_the_image_and_the_compose_file_is_a_setting() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "Dockerfile").read_text()
    given = set(re.findall(r"\b(VADO_[A-Z_]+)[:=]", re.sub(r"\$\{[^}]*\}", "", text)))
    known = {f"VADO_{name.upper()}" for name in Settings.model_fields}
    assert given
    assert given <= known | NOT_SETTINGS


def test_the_image_installs_what_is_pinned_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    for line in text.splitlines():
        if "-r requirements/" in line:
            assert "--require-hashes" in line
    assert "USER vado" in text


def test_the_image_has_compiled_kernels_where_its_user_may_write() -> None:
    """In a read-only container Numba finds no other place, and then no kernel can even be imported."""
    text = (ROOT / "Dockerfile").read_text()
    cache = re.search(r"NUMBA_CACHE_DIR=(\S+)", text)
    volume = re.search(r"^VOLUME (\S+)", text, re.M)
    assert cache is not None
    assert volume is not None
    assert cache[1].startswith(f"{volume[1]}/")
    user, compiles = text.index("USER vado"), text.index("vado-compile", text.index("USER vado"))
    assert user < compiles < text.index("VOLUME")  # what is written to a volume later is lost
    assert f"{volume[1]}\n" in (ROOT / "docker-compose.yml").read_text()


def test_the_build_backend_is_pinned_as_in_development() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.M))

    assert pins("build.txt")
    assert pins("build.txt") <= pins("dev.txt")
