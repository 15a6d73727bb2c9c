"""Many processes, one copy: a region and its hierarchy are mapped from disk, and nobody writes to them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.synthetic import as_roads, synthetic
from vado.store.regions import Regions

EDGES = 60_000
PROCESSES = 10

# Each process opens the region by itself and asks it for a matrix under a closure. While all have it open,
# each tells in kB what it has of the region's files: all of it (Rss), what it wrote to (Private_Dirty), and
# its share where those who map the same divide it (Pss); `opened` is what opening took beside the mapping.
# They are forks, so that Python and the kernels are loaded once; nothing of the region is open before.
SCRIPT = """
import json, multiprocessing, sys
import numpy as np
from pathlib import Path
from vado.network.links import hierarchy_of
from vado.network.metric import NO_WAY, Metric, select
from vado.store.regions import Regions

def anonymous():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

def told(opened):
    found = {"Rss": 0, "Private_Dirty": 0, "Pss": 0, "opened": opened}
    inside = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        key = line.split(" ", 1)[0]
        if "-" in key and ":" not in key:
            inside = sys.argv[1] in line
        elif inside and key[:-1] in found:
            found[key[:-1]] += int(line.split()[1])
    return found

def run(together, results):
    before = anonymous()
    roads = Regions(Path(sys.argv[1])).load("syn")
    opened = anonymous() - before
    metric = Metric(hierarchy_of(roads), roads.edge_duration_ms[0])
    metric.change([0], NO_WAY)
    metric.matrix(select(metric.hierarchy, np.arange(0, roads.n_nodes, roads.n_nodes // 50)))
    together.wait()
    results.put(told(opened))
    together.wait()

fork = multiprocessing.get_context("fork")
together, results = fork.Barrier(int(sys.argv[2])), fork.Queue()
children = [fork.Process(target=run, args=(together, results)) for _ in range(together.parties)]
for child in children:
    child.start()
print(json.dumps([results.get(timeout=100) for _ in children]))
for child in children:
    child.join()
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux: it reads /proc")
def test_ten_processes_hold_one_copy(tmp_path: Path) -> None:
    regions = Regions(tmp_path)
    regions.save(as_roads(synthetic(EDGES), "syn"))
    size_kb = regions.info("syn").size_bytes / 1024
    asked = [sys.executable, "-c", SCRIPT, str(tmp_path), str(PROCESSES)]
    told = json.loads(subprocess.run(asked, stdout=subprocess.PIPE, check=True, timeout=120).stdout)
    assert len(told) == PROCESSES
    assert all(each["Rss"] > 0.9 * size_kb for each in told)  # every byte was looked at, and is mapped
    assert {each["Private_Dirty"] for each in told} == {0}
    assert sum(each["Pss"] for each in told) < 1.2 * size_kb  # of ten together
    # What opening makes beside the mapping: names, towns and the like, no copy of an array.
    assert max(each["opened"] for each in told) < 0.2 * size_kb
