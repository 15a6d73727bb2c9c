"""Crew: every row is run once, whoever comes too late is not waited for, what goes wrong is told."""

from __future__ import annotations

from threading import get_ident

import numpy as np
import pytest

from vado.network import crew
from vado.network.crew import PARALLEL_MIN, Run, in_parallel


@pytest.mark.parametrize("cores", [1, 2, 5])
@pytest.mark.parametrize("rows", [0, 1, 7, 64, 1000])
def test_every_row_is_run_once(monkeypatch: pytest.MonkeyPatch, cores: int, rows: int) -> None:
    monkeypatch.setattr(crew, "CORES", cores)
    times = np.zeros(rows, np.int64)

    def run(low: int, high: int) -> None:
        times[low:high] += 1

    in_parallel(lambda: run, rows, of=7, work=PARALLEL_MIN)
    assert (times == 1).all()


def test_nobody_waits_for_a_helper_that_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "CORES", 2)
    asleep = []
    monkeypatch.setattr("_thread.start_new_thread", lambda work, _: asleep.append(work))
    ran: list[int] = []
    in_parallel(lambda: lambda low, high: ran.extend(range(low, high)), 30, of=4, work=PARALLEL_MIN)
    assert ran == list(range(30))
    asleep[0]()  # wakes up at last, and finds nothing to do
    assert len(ran) == 30


def test_what_goes_wrong_in_any_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "CORES", 3)

    def start() -> Run:
        own = get_ident()

        def run(low: int, high: int) -> None:
            if low >= 40:
                raise ValueError(f"row {low} in {own}")

        return run

    with pytest.raises(ValueError, match="row 4"):
        in_parallel(start, 100, of=4, work=PARALLEL_MIN)
