"""Crew: rows of a computation, block by block, on all cores.

In: a kernel that lets go of the interpreter's lock, and how many rows there are. Out: nothing but the work
done. Refuses to know what the rows are. Whoever asks works along from the start and waits for no helper that
has not begun: on a machine whose other cores are busy or asleep it takes as long as alone, hardly longer.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable
from threading import Condition

from numba import config

CORES = int(config.NUMBA_DEFAULT_NUM_THREADS)  # type: ignore[attr-defined]  # those we may run on
# Below so many steps of a kernel a second thread has nothing left to do once it is awake.
PARALLEL_MIN = 4_000_000

Run = Callable[[int, int], None]  # rows low..high - 1


def in_parallel(start: Callable[[], Run], rows: int, *, of: int, work: int) -> None:
    """Run all rows, blocks `of` so many at a time; `start` gives each thread what it runs, its room included.

    Raises what a thread raised. Threads are not kept: they would not survive a fork.
    """
    blocks = -(-rows // of)
    helpers = min(CORES, blocks) - 1 if work >= PARALLEL_MIN else 0
    if helpers < 1:
        start()(0, rows)
        return
    crew = _Crew(start, rows, of)
    for _ in range(helpers):
        # threading.Thread would wait until the thread is awake: milliseconds where its core was asleep.
        _thread.start_new_thread(crew.help_out, ())
    crew.help_out()
    crew.finish()


class _Crew:
    """Deals out blocks of rows; knows how many are at work, and what went wrong."""

    def __init__(self, start: Callable[[], Run], rows: int, of: int) -> None:
        self._start, self._rows, self._of = start, rows, of
        self._dealt = 0  # rows
        self._busy = 0
        self._wrong: BaseException | None = None
        self._changed = Condition()

    def _deal(self) -> int | None:
        """Give the first row of the next block; None when there is none, or somebody has failed."""
        with self._changed:
            if self._dealt >= self._rows or self._wrong is not None:
                return None
            self._dealt += self._of
            return self._dealt - self._of

    def help_out(self) -> None:
        """Work until no block is left."""
        with self._changed:
            self._busy += 1
        try:
            low = self._deal()
            run = self._start() if low is not None else None
            while low is not None and run is not None:
                run(low, min(self._rows, low + self._of))
                low = self._deal()
        except BaseException as wrong:  # noqa: BLE001  # `finish` raises it
            self._wrong = wrong
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def finish(self) -> None:
        """Wait for those who have begun; raise what went wrong."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0)
        if self._wrong is not None:
            raise self._wrong
