"""Killed with -9 a good hundred times, the service comes to the same end, and has lost nothing (P4).

In a process of its own: what it forks must hold no thread and no connection of this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
KILLS_MIN = 100


def play(*arguments: str, hash_seed: int = 0) -> list[Any]:
    """Run kill.py and give what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(TESTS / "e2e" / "kill.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(row) for row in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_killed_a_hundred_times_it_comes_to_the_same_end() -> None:
    reports = play("--rounds", "2", "--kills", str(KILLS_MIN), "--messages", "22")
    assert [report["together"] for report in reports][:2] == [True, False]
    assert sum(report["kills"] for report in reports) >= KILLS_MIN
    for report in reports:
        # The run must have been worth killing: a fleet with jobs, hazards, and bytes that were set aside.
        assert min(report["hazards"], report["jobs"], report["routed"], report["set_aside"]) >= 1, report
    for who, ways in (("sender", ["anywhere", "timer"]), ("worker", ["anywhere", "commit", "timer"])):
        for way in ways:
            assert sum(report[f"{who}_killed"].get(way, 0) for report in reports) >= 1, (who, way)


def test_the_same_messages_make_the_same_ledger_in_every_process() -> None:
    """Sets of strings have another order in another process; a restart may not decide otherwise."""
    one, two = (play("--undisturbed", "--messages", "20", hash_seed=seed) for seed in (1, 2))
    assert one == two
    assert min(len(hashes) for hashes in one) >= 20
