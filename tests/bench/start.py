"""From nothing to the first answers: a new process opens a region and knows its times and who is reached.

Kernels are compiled before, as `scripts/setup` leaves them. Each repeat is a process of its own, timed from
outside; its stages are what it says itself. Beside it stands what numba alone takes to come up with one
kernel that does nothing: less is not to be had with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import real
from bench.rows import Row, row, stopwatch
from vado.store.regions import Regions

REPEATS = 9
ONE_KERNEL = """
from numba import njit

@njit(cache=True)
def nothing(x):
    return x
"""
USE_ONE_KERNEL = "import numpy, one_kernel; one_kernel.nothing(numpy.zeros(1))"
STAGES = """
import json, sys, time
laps, since = {}, time.perf_counter()
def lap(name):
    global since
    laps[name], since = time.perf_counter() - since, time.perf_counter()

from pathlib import Path
import numpy as np
from vado import network
from vado.model.snapshot import Travel
from vado.model.when import Interval
from vado.store.regions import Regions
lap("import")
roads = Regions(Path(sys.argv[1])).load(sys.argv[2])
lap("open the region, compare its hashes")
van = Travel("van")
snapshot = network.snapshot(roads, (), {}, travels=(van,))
main = np.flatnonzero(roads.node_part[roads.profile_index("van")] == 0)
stops = tuple(np.random.default_rng(1).choice(main, 100, replace=False).tolist())
network.times(snapshot, stops, horizon=Interval(0, 86_400)).matrix(van, 0)
lap("load kernels, 100x100 matrix")
network.reach(snapshot, stops[:1], travels=(van,), at_s=0, until_s=86_400)
lap("reach of all towns")
print(json.dumps(laps))
"""


def measure(*, quick: bool) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "one_kernel.py").write_text(ONE_KERNEL, encoding="utf-8")
        for name in ("andorra",) if quick else ("andorra", "porto"):
            Regions(home).save(real.region(name))
            whole, stages = _runs(home, ["-c", STAGES, str(home), name])
            rows.append(row(f"second process to first answers, {name}", "vado", whole))
            rows += [row(f"· {stage}", "vado", seconds) for stage, seconds in stages.items()]
        floor, _ = _runs(home, ["-c", USE_ONE_KERNEL])
        rows.append(row("second process to one kernel that does nothing", "numba", floor))
    return rows


def _runs(home: Path, argv: list[str]) -> tuple[list[float], dict[str, list[float]]]:
    """Run it some times, after once for the caches: seconds of the whole, and of the stages it tells of."""
    whole: list[float] = []
    stages: dict[str, list[float]] = {}
    for repeat in range(REPEATS + 1):
        seconds: list[float] = []
        with stopwatch(seconds):
            done = subprocess.run(
                [sys.executable, *argv], cwd=home, capture_output=True, text=True, check=True
            )
        if repeat:
            whole += seconds
            for stage, took in json.loads(done.stdout or "{}").items():
                stages.setdefault(stage, []).append(took)
    return whole, stages
