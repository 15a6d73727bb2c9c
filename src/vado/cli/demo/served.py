"""The demo on the real service: API here, worker beside it, a clock file, and the storm over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vado.cli import output
from vado.cli.demo.day import END_S, Outcome, play
from vado.cli.demo.fleet import DAY_START_S
from vado.cli.demo.live import Pace, Screen, Stopped, report
from vado.cli.demo.post import WORLD, Wire, write_clock
from vado.errors import OutsideError, VadoError
from vado.model.ids import JobId
from vado.model.plan import ReasonCode

if TYPE_CHECKING:
    from vado.cli.demo.day import Scene
    from vado.cli.demo.province import Province
    from vado.model.roads import Roads
    from vado.model.world import World
    from vado.settings import Settings

PORTS_TRIED = 20
SECONDS = 3.0  # to search for one plan: the day has to go on
JOIN_S = 10.0
BY_CLOSURE = (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK)


def serve_day(
    land: Province, roads: Roads, *, host: str, port: int, every_s: int, seconds: float, solutions: int,
    stay: bool, as_json: bool,
) -> Outcome | None:  # fmt: skip
    """Serve, play the day, and keep serving until Ctrl-C; None when that came before the day was over."""
    from vado.app import serve
    from vado.settings import load_settings

    output.say("vado demo: starting the service")
    home = load_settings().home / "demo"
    home.mkdir(parents=True, exist_ok=True)
    free = free_port(host, port)
    clock = home / f"{free}.clock"
    write_clock(clock, DAY_START_S)
    store = fresh_store(home / f"{free}.db")
    settings = load_settings(
        world=WORLD, region=roads.name, store_url=f"sqlite:///{store}", host=host, port=free, public_url="",
        clock_file=clock, clock_origin=None, clock_start=None, webhook_secrets={}, log_level="error",
        budget_solutions=solutions, budget_seconds=SECONDS, poll_ms=20,
    )  # fmt: skip
    player = _Player(
        land, roads, settings, clock, every_s=every_s, seconds=seconds, stay=stay, as_json=as_json
    )
    serve(settings, role="all", ready=player.begin)
    player.end()
    if player.error is not None:
        raise player.error
    return player.outcome


class _Player:
    """Plays the day in a thread against the service that runs in the main one; then keeps its clock going."""

    def __init__(self, land: Province, roads: Roads, settings: Settings, clock: Path, *, every_s: int,
                 seconds: float, stay: bool, as_json: bool) -> None:  # fmt: skip
        self._land, self._roads, self._settings, self._clock = land, roads, settings, clock
        self._every_s, self._seconds, self._stay, self._as_json = every_s, seconds, stay, as_json
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)
        self._address = ""
        self._waits: JobId | None = None  # whose page is shown
        self.outcome: Outcome | None = None
        self.error: VadoError | None = None

    def begin(self, address: str) -> None:
        """Start once the service answers at that address."""
        self._address = address
        self._view = Screen(address=address, quiet=self._as_json)
        output.say(f"vado demo: look at {address}")
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        from vado.app import open_store

        self._store = open_store(self._settings)
        try:
            self._play()
        except Stopped:
            pass
        except VadoError as error:
            # When the service was told to end, that it no longer answers is no news; and `end` is called.
            if not self._stop.wait(JOIN_S):
                self.error = error
                _end_service()
        finally:
            self._store.close()

    def _play(self) -> None:
        post = Wire(self._address, self._store, self._clock)
        with self._view as view:
            pace = Pace(post.tell_time, self._seconds, view, self._stop)
            self.outcome = play(
                post, self._land, self._roads, every_s=self._every_s, pace=pace, watch=self._watch
            )
        report(self.outcome, as_json=self._as_json)
        if view.recipient:
            output.say(f"vado demo: {view.recipient}")
        if not self._stay:
            _end_service()
            return
        output.say(f"vado demo: still serving at {self._address}; Ctrl-C ends it")
        ended = time.monotonic()
        while not self._stop.wait(1.0):
            post.tell_time(END_S + int(time.monotonic() - ended))

    def _watch(self, scene: Scene) -> None:
        """Show the scene; and while somebody's job is held by a closure, the page that tells them why."""
        self._waits = who_waits(scene.world, self._waits)
        self._view.recipient = ""
        if self._waits is not None:
            name = JobId(self._waits.removesuffix("/delivery"))
            token = self._store.find_token(WORLD, name)
            self._view.recipient = f"what the recipient of {name} reads: {self._address}/track/{token}"
        self._view.watch(scene)


def who_waits(world: World, before: JobId | None) -> JobId | None:
    """Find a job whose recipient reads of a closure now: the same one as long as they wait, else another."""
    held = [
        item.job for item in (world.plan.unassigned if world.plan is not None else ())
        # The page of a shipment speaks of its delivery.
        if not item.job.endswith("/pickup") and item.reasons[0].code in BY_CLOSURE
        and any(evidence.hazard for evidence in item.reasons[0].evidence)
    ]  # fmt: skip
    return before if before in held else held[0] if held else None


def _end_service() -> None:
    os.kill(os.getpid(), signal.SIGTERM)  # the service in the main thread ends as it does anywhere


def free_port(host: str, first: int) -> int:
    """Find the first port from `first` on that nobody uses; raises OutsideError E2003."""
    for port in range(first, first + PORTS_TRIED) if first else (0,):
        with socket.socket() as probe:
            try:
                if os.name == "posix":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OutsideError(
        f"{host}: ports {first} to {first + PORTS_TRIED - 1} are in use or may not be used",
        code="E2003", field="--port", action="give another: --port N, or 0 for any free one",
    )  # fmt: skip


def fresh_store(path: Path) -> Path:
    """Take away what an earlier demo on this port left: each demo is a day of its own."""
    for left in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        left.unlink(missing_ok=True)
    return path
