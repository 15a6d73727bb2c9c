"""What a person looks at while the day goes on, and how fast it goes: a screen, lines, or nothing."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vado.cli import output
from vado.cli.demo.show import Lines, screen, summary
from vado.model.when import clock

if TYPE_CHECKING:
    from rich.live import Live

    from vado.cli.demo.day import Outcome, Scene

FRAMES_A_SECOND = 5
COLUMNS_MIN, LINES_MIN = 120, 40


class Stopped(Exception):  # noqa: N818  not an error: a person has seen enough
    """The person ended the demo before the day was over."""


class Screen:
    """Shows scenes: on a terminal a screen that is redrawn, elsewhere lines, and nothing when quiet."""

    def __init__(self, *, address: str, quiet: bool) -> None:
        self._address, self._quiet = address, quiet
        self.recipient = ""  # where a recipient reads why they wait, once somebody waits
        self._said = ""
        self._scene: Scene | None = None
        self._live: Live | None = None
        self._lines = Lines()

    def __enter__(self) -> Screen:
        columns, lines = shutil.get_terminal_size()
        # On a small screen half of it would be cut away: lines are better there.
        if not self._quiet and sys.stdout.isatty() and columns >= COLUMNS_MIN and lines >= LINES_MIN:
            from rich.live import Live

            self._live = Live(console=output.out(), auto_refresh=False, vertical_overflow="crop")
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def watch(self, scene: Scene) -> None:
        """Show what is new."""
        self._scene = scene
        if self._live is not None:
            self.frame(scene.now_s)
        elif not self._quiet:
            self._lines(scene)
            if self.recipient not in ("", self._said):
                self._said = self.recipient
                print(f"{clock(scene.now_s)}  PAGE  {self.recipient}", flush=True)

    def frame(self, now_s: int) -> None:
        """Draw the screen again with the time that it is now."""
        if self._live is not None and self._scene is not None:
            self._live.update(
                screen(self._scene, now_s=now_s, address=self._address, foot=self.recipient), refresh=True
            )


class Pace:
    """Lets a day pass in so many seconds in all, thinking included; with 0, as fast as it can be decided."""

    def __init__(
        self,
        tell_time: Callable[[int], None],
        seconds: float,
        view: Screen,
        stop: threading.Event | None = None,
    ) -> None:
        self._tell_time, self._view = tell_time, view
        self._stop = stop or threading.Event()
        self._deadline = time.monotonic() + seconds if seconds else None
        self._left = 1.0  # of the day, by weight

    def __call__(self, start_s: int, end_s: int, weight: float) -> None:
        """Pass from one instant to the next; raises Stopped."""
        if self._stop.is_set():
            raise Stopped
        if self._deadline is None:
            return
        began = time.monotonic()
        lasts = max(0.0, self._deadline - began) * weight / max(weight, self._left)
        self._left -= weight
        while (gone := time.monotonic() - began) < lasts:
            # Never quite to the end: roads that shut then must not do so before everybody has reported.
            now_s = min(end_s - 1, start_s + int((end_s - start_s) * gone / lasts))
            self._tell_time(max(start_s, now_s))
            self._view.frame(now_s)
            if self._stop.wait(min(1 / FRAMES_A_SECOND, lasts - gone)):
                raise Stopped


def report(outcome: Outcome, *, as_json: bool) -> None:
    """Say how the day went."""
    if not as_json:
        summary(outcome, output.out())
        return
    told: dict[str, Any] = asdict(outcome)
    told["held"] = [
        {"id": item.job, "reasons": [{"code": r.code.value, "text": r.text} for r in item.reasons]}
        for item in outcome.held
    ]
    output.write_json({**told, "clean": outcome.clean})
