"""`scripts/fuzz [--seconds N] [FORMAT...]`: each format in turn, from where the last run stopped.

What was done is kept in .fuzz/runs.json: a format that has had its seconds is passed over, so that a run that
was interrupted goes on when it is started again. What libFuzzer found new is in .fuzz/corpus, what failed in
.fuzz/faults.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from math import ceil
from pathlib import Path
from typing import Any

from fuzz.others import OTHERS
from fuzz.target import CORPUS, slug

HERE = Path(__file__).resolve().parents[2] / ".fuzz"
RUNS = HERE / "runs.json"
OPTIONS = ("-rss_limit_mb=2000", "-timeout=10", "-max_len=20000", "-print_final_stats=1", "-verbosity=1")
FAULTS_MAX = 5  # of one format; then it is for a person
_COVERAGE = re.compile(r"\bcov: (\d+)")
_EXECUTIONS = re.compile(r"stat::number_of_executed_units: (\d+)")
_LAST = re.compile(r"^#(\d+)\s", re.MULTILINE)

Run = dict[str, Any]  # seconds, executions, coverage, faults


def main() -> int:
    from vado.feeds.formats import FORMATS

    known = {slug(each.name): each.name for each in FORMATS} | {name: name for name in OTHERS}
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description="Fuzz the readers of all formats.")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help="; ".join(known))
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each format, in all")
    parser.add_argument("--fresh", action="store_true", help="count the seconds anew; the corpus is kept")
    parser.add_argument("--table", action="store_true", help="only say what was done")
    given = parser.parse_args()
    for name in given.formats:
        if name not in known:
            parser.error(f"no format is called {name}; there are {', '.join(known)}")
    runs: dict[str, Run] = {} if given.fresh or not RUNS.exists() else json.loads(RUNS.read_text())
    chosen = given.formats or list(known)
    if not given.table:
        for name in chosen:
            _fuzz(name, given.seconds, runs)
    _show({known[name]: runs[name] for name in chosen if name in runs})
    return int(any(runs[name]["faults"] for name in chosen if name in runs))


def _fuzz(name: str, seconds: int, runs: dict[str, Run]) -> None:
    """Fuzz one format until it has had its seconds; each run of the fuzzer ends with a fault, or in time."""
    run = runs.setdefault(name, {"seconds": 0, "executions": 0, "coverage": 0, "faults": []})
    found, faults = HERE / "corpus" / name, HERE / "faults" / name
    for folder in (found, faults):
        folder.mkdir(parents=True, exist_ok=True)
    while seconds > run["seconds"] and len(run["faults"]) < FAULTS_MAX:
        rest = seconds - run["seconds"]
        command = [
            sys.executable, "-m", *(["fuzz.others", name] if name in OTHERS else ["fuzz.target"]),
            str(found), str(CORPUS / name), *OPTIONS,
            f"-dict={CORPUS.parent / 'words.dict'}", f"-artifact_prefix={faults}/", f"-max_total_time={rest}",
        ]  # fmt: skip
        before = {path.name for path in faults.iterdir()}
        started = time.monotonic()
        ended = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        said = ended.stdout + ended.stderr
        counts = _EXECUTIONS.findall(said) or _LAST.findall(said) or ["0"]
        taken = re.findall(r"\bin (\d+) second\(s\)", said)
        run["executions"] += int(counts[-1])
        run["coverage"] = max(run["coverage"], *map(int, _COVERAGE.findall(said)), 0)
        # A run that a fault ended does not say how long it took: then the start of the program counts too.
        run["seconds"] += int(taken[-1]) if taken else ceil(time.monotonic() - started)
        run["faults"] += sorted({path.name for path in faults.iterdir()} - before)
        RUNS.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: {run['executions']:,} executions, {run['seconds']} s, {len(run['faults'])} faults",
              flush=True)  # fmt: skip
        if ended.returncode and not run["faults"]:
            raise SystemExit(f"the fuzzer of {name} did not start:\n{said[-2000:]}")


def _show(runs: dict[str, Run]) -> None:
    print("\n| format | executions | seconds | coverage | faults |\n| --- | ---: | ---: | ---: | ---: |")
    rows = [
        (name, f"{run['executions']:,}", run["seconds"], run["coverage"], len(run["faults"]))
        for name, run in runs.items()
    ]
    total = [sum(run[key] for run in runs.values()) for key in ("executions", "seconds")]
    rows.append(("all", f"{total[0]:,}", total[1], "", sum(len(run["faults"]) for run in runs.values())))
    print("\n".join(f"| {' | '.join(map(str, row))} |" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
