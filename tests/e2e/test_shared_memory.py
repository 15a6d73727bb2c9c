"""Many processes, one copy: a region and its hierarchy are mapped from disk, and nobody writes to them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import drawn
from vado.store.regions import Regions

# Opens a region, asks it for a matrix, then tells how much of its files is memory of its own, in kB.
CHILD = """
import sys
import numpy as np
from pathlib import Path
from vado.network.links import hierarchy_of
from vado.network.metric import Metric, select
from vado.store.regions import Regions
roads = Regions(Path(sys.argv[1])).load("drawn")
metric = Metric(hierarchy_of(roads), roads.edge_duration_ms[0])
metric.change([0], 10**9)
metric.matrix(select(metric.hierarchy, np.arange(roads.n_nodes)))
print("ready", flush=True)
sys.stdin.readline()
own = mapped = 0
inside = False
for line in Path("/proc/self/smaps").read_text().splitlines():
    if "-" in line.split(" ", 1)[0] and ":" not in line.split(" ", 1)[0]:
        inside = sys.argv[1] in line
        mapped += inside
    elif inside and line.startswith("Private_Dirty"):
        own += int(line.split()[1])
print(mapped, own)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux: it reads /proc")
def test_ten_processes_hold_one_copy(tmp_path: Path) -> None:
    Regions(tmp_path).save(drawn.roads("A----B----C\n|    |    |\nD----E----F"))
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(10)
    ]
    told = []
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:  # all ten have it open now
        told.append(child.communicate("\n", timeout=60)[0].split())
        assert child.returncode == 0
    assert all(int(mapped) > 30 for mapped, _ in told)  # every array that is not empty is a mapping
    assert {own for _, own in told} == {"0"}
