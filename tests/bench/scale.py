"""The hierarchy from ten thousand to ten million edges: time of each step, memory, and how both grow.

Each size runs in a process of its own, so that its peak memory is its own, and says what it is at. An
exponent is the slope of a line through the logarithms of all sizes, by least squares.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.rows import Row, absent, row
from bench.streets import Streets
from bench.synthetic import synthetic
from vado.model.roads import NO_ENTRY_MS
from vado.network.hierarchy import build_hierarchy, nested_dissection
from vado.network.metric import Metric, select

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)  # directed edges, about
REPEATS = 7
POINTS = 500


def measure(*, quick: bool) -> list[Row]:
    """Measure all sizes, the largest not when quick."""
    sizes = SIZES[:-1] if quick else SIZES
    told = {size: _in_own_process(size) for size in sizes}
    rows, done = [], [size for size in sizes if "why" not in told[size]]
    for size in sizes:
        if size not in done:
            rows.append(absent(f"{size:,} edges", "vado", told[size]["why"]))
            continue
        about = told[size]
        for step, seconds in about["seconds"].items():
            rows.append(row(f"{size:,} edges: {step}", "vado", seconds, note=about["notes"].get(step, "")))
        rows.append({"work": f"{size:,} edges: memory", "engine": "vado", "median_s": None,
                     **about["bytes"], "note": _memory(about)})  # fmt: skip
    return [*rows, *_exponents({size: told[size] for size in done})]


def _memory(about: dict[str, Any]) -> str:
    sizes = about["bytes"]
    each = (sizes["hierarchy"] + sizes["metric"]) / about["edges"]
    return (
        f"hierarchy {sizes['hierarchy'] / 1e6:.1f} MB, each metric {sizes['metric'] / 1e6:.1f} MB "
        f"({each:.0f} bytes an edge), peak of the process {sizes['peak'] / 1e6:.0f} MB"
    )


def _exponents(told: dict[int, dict[str, Any]]) -> list[Row]:
    """Fit how each step grows with the edges; needs three sizes."""
    if len(told) < 3:
        return [absent("exponents", "fit", "fewer than three sizes could be run")]
    edges = [about["edges"] for about in told.values()]
    series = {
        step: [float(np.median(about["seconds"][step])) for about in told.values()]
        for step in next(iter(told.values()))["seconds"]
    }
    series |= {
        f"bytes of {k}": [about["bytes"][k] for about in told.values()] for k in ("hierarchy", "metric")
    }
    found = []
    for name, values in series.items():
        slope, _ = np.polyfit(np.log(edges), np.log(values), 1)
        found.append({"work": f"exponent: {name}", "engine": "fit", "median_s": None,
                      "exponent": round(float(slope), 2), "note": f"edges^{slope:.2f}"})  # fmt: skip
    return found


def _in_own_process(size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scale", str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return {"why": f"the process ended with {done.returncode}; it may have run out of memory"}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _one_size(size: int) -> dict[str, Any]:
    """Do all steps for one size, one after the other; what a step no longer needs is let go."""
    seconds: dict[str, list[float]] = {}
    notes: dict[str, str] = {}

    def timed(step: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        result = work(*given, **named)
        seconds.setdefault(step, []).append(time.perf_counter() - started)
        return result

    def say(text: str) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"bench: {time.strftime('%H:%M:%S')} {size:,} edges: {text} (peak {peak:.1f} GB)",
              file=sys.stderr, flush=True)  # fmt: skip

    _compile()
    say("draw")
    g = timed("draw", synthetic, size)
    n, edges = g.n_nodes, g.n_edges
    say("order")
    low, high = _pairs(n, g.edge_from, g.edge_to)
    order = timed("order", nested_dissection, n, low, high)
    del low, high
    say("contract")
    h = timed("contract", build_hierarchy, n, g.edge_from, g.edge_to, order=order)
    del order
    notes["contract"] = f"{h.n_arcs:,} arcs of {n:,} nodes, longest way up {int(h.depth.max()):,}"
    for k in range(3):
        say(f"customise {k + 1} of 3")
        metric = timed("customise all", Metric, h, g.ms)
    rng = np.random.default_rng(1)
    say("close and reopen")
    streets = Streets(n, g.edge_from, g.edge_to, np.ones(edges, np.bool_))
    touched = []
    for _ in range(REPEATS):
        closed = streets.around(int(rng.integers(n)))
        touched.append(timed("close 50 edges", metric.change, closed, NO_ENTRY_MS))
        timed("reopen them", metric.change, closed, g.ms[closed])
    notes["close 50 edges"] = f"{int(np.median(touched)):,} arcs worked out again (median)"
    del streets
    say("matrix")
    points = timed("select 500 points", select, h, rng.choice(n, POINTS, replace=False))
    for _ in range(REPEATS):
        timed("matrix 500", metric.matrix, points)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    say("done")
    return {
        "edges": edges,
        "seconds": seconds,
        "notes": notes,
        "bytes": {"hierarchy": h.nbytes, "metric": metric.nbytes, "peak": peak},
    }


def _compile() -> None:
    """Run every kernel once on a little network, so that no step pays for loading it."""
    g = synthetic(3_000)
    h = build_hierarchy(g.n_nodes, g.edge_from, g.edge_to)
    metric = Metric(h, g.ms)
    metric.change(np.arange(4), NO_ENTRY_MS)
    metric.matrix(select(h, np.arange(8)))


def _pairs(n: int, a: Any, b: Any) -> tuple[Any, Any]:
    """List who is joined to whom, each pair once."""
    key = np.unique(np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b))
    low, high = key // n, key % n
    return low[low != high], high[low != high]


if __name__ == "__main__":
    print(json.dumps(_one_size(int(sys.argv[1]))))
