"""The keeper: keeps a process of ours alive, and ends it when we end.

In: what the process does. Out: a process that is started again when it died. Refuses to know what it does.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vado.settings import Settings

SHUTDOWN_S = 5  # for requests under way, and for the worker to finish its step
BACKOFF_S = (0.5, 1, 2, 5, 10, 30)  # before the 1st, 2nd, ... restart of a worker that died
STABLE_S = 60  # a worker that lived so long starts counting anew
LOST = 75  # exit code of a worker that may not go on (sysexits.h: EX_TEMPFAIL)


def when_gone(parent: Any, then: Callable[[], None]) -> None:
    """Wait until a process has ended, then call."""
    parent.join()
    then()


class Keeper:
    """Keeps a worker or poller process alive: starts it, again when it died, and ends it at the end."""

    def __init__(self, settings: Settings, *, target: Callable[[Settings], None], name: str) -> None:
        self._settings, self._target, self._name = settings, target, name
        self._context = multiprocessing.get_context("spawn")  # a fork would share SQLite's connections
        self._stop = threading.Event()
        self._process: Any = None
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(SHUTDOWN_S)
            if process.is_alive():  # killed at any point it restarts into the same state
                process.kill()
        self._thread.join(SHUTDOWN_S)

    def alive(self) -> bool:
        """Say whether it runs just now."""
        process = self._process
        return process is not None and bool(process.is_alive())

    def _keep(self) -> None:
        import structlog

        log = structlog.get_logger("vado.app")
        deaths = 0
        while not self._stop.is_set():
            started = time.monotonic()
            self._process = self._context.Process(target=self._target, args=(self._settings,), daemon=True)
            self._process.start()
            self._process.join()
            if self._stop.is_set():
                return
            deaths = 1 if time.monotonic() - started > STABLE_S else deaths + 1
            # Who lost the world to another writer must not snatch it back at once.
            lost = self._process.exitcode == LOST
            wait_s = BACKOFF_S[-1] if lost else BACKOFF_S[min(deaths, len(BACKOFF_S)) - 1]
            log.error(f"{self._name}.died", exit=self._process.exitcode, deaths=deaths, again_in_s=wait_s)
            self._stop.wait(wait_s)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Give what is set on Ctrl-C or SIGTERM, and when the process that started this one is gone.

    Whatever ends the parent, also kill -9, ends us: nobody would restart or stop us any more.
    """
    stop = threading.Event()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=when_gone, args=(parent, stop.set), daemon=True).start()
    with stopping(stop.set):
        yield stop


@contextmanager
def stopping(stop: Callable[[], object]) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a call, so that what must be cleaned up is."""

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
