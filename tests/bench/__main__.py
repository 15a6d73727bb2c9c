"""`scripts/bench NAME [--quick] [--json FILE] [--markdown FILE]`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows import show, write, write_markdown

NAMES = {
    "network": "closure to travel-time matrix, beside the peers",
    "scale": "the hierarchy from ten thousand to ten million edges",
    "reach": "reach of all places, cuts, what-ifs and fragility",
    "footprint": "alert polygons onto a million edges, and onto Porto",
    "start": "a new process to its first answers",
    "feeds": "messages a second, a storm onto Porto, a file of 170 MB; beside capparselib and lxml",
    "growth": "plans for 100 to 10,000 jobs in parts: seconds to within 2 % of the best, memory",
    "limits": "the worst inputs of 10 MB, of each format",
    "planner": "gap to the best known plans in 1, 5 and 20 s, beside the peers",
    "replan": "a storm over a plan in force: how soon, how near, who moves; beside VROOM and PyVRP",
    "walk": "alert to published plan, by stage",
}
# option, what its parts are, whose it is
OPTIONS: tuple[tuple[str, Callable[[str], Any], tuple[str, ...]], ...] = (
    ("engines", str, ("growth", "network", "planner")),
    ("cases", str, ("growth", "network")),
    ("instances", str, ("planner",)),
    ("budgets", float, ("planner",)),
    ("seeds", int, ("planner",)),
    ("clock", str, ("growth", "planner")),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure fixed work, beside the peers."
    )
    parser.add_argument(
        "name", nargs="?", choices=sorted(NAMES), help="; ".join(f"{n}: {t}" for n, t in NAMES.items())
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats and the smaller region only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write them as a table for the docs")
    parser.add_argument("--engines", metavar="A,B", help="growth, network, planner: just these")
    parser.add_argument(
        "--cases", metavar="A,B", help="network: andorra, porto, syn1M; growth: 100, 1000, 10000"
    )
    parser.add_argument("--instances", metavar="A,B", help="planner only: by the names of their files")
    parser.add_argument("--budgets", metavar="1,5", help="planner only: seconds")
    parser.add_argument("--clock", metavar="wall|cpu", help="growth, planner: what its seconds are of")
    parser.add_argument("--seeds", metavar="1,2", help="planner only")
    parser.add_argument("--list", action="store_true", help="list what can be measured")
    given = parser.parse_args()
    if given.list or given.name is None:
        for name, text in NAMES.items():
            print(f"{name:10} {text}")
        return 0 if given.list else 2
    chosen = {}
    for key, kind, names in OPTIONS:
        if getattr(given, key):
            if given.name not in names:
                parser.error(f"--{key} is for {' and '.join(names)} only")
            chosen[key] = tuple(map(kind, getattr(given, key).split(",")))
    try:
        rows = importlib.import_module(f"bench.{given.name}").measure(quick=given.quick, **chosen)
    except ValueError as wrong:
        parser.error(str(wrong))
    show(f"bench {given.name}", rows)
    if given.json:
        write(given.json, rows)
    if given.markdown:
        write_markdown(given.markdown, rows)
    return 0


sys.exit(main())
