"""No input of 10 MB takes more than 2 s or 500 MB: each format's seeds, grown in every way, and measured.

In: the fuzz corpus and `bench.grown`. Out: rows, the worst input of each format. All ways are tried at a
small size; what was slowest or largest there is tried at the full size, each reading in a process of its own,
which is stopped when it takes far too long. Seconds are of the processor: other work on the machine does not
count.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.grown import Grown, ways
from bench.rows import Row
from fuzz.target import CORPUS, HEARD_S, slug
from vado.feeds.recognise import BODY_MAX

SIZE = 9_500_000  # bytes; the limit is 10 MB
TRIED = 120_000  # the size at which all ways are tried
SECONDS_MAX, MB_MAX = 2.0, 500.0
STOP_S = 60
WORST = 1  # of a format's ways of each kind that are tried at the full size; and the largest by memory


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading one input took."""

    format: str
    name: str
    size: int
    cpu_s: float
    peak_mb: float
    end: str  # "read", the code of the fault, or what came out that should not


def measure(*, quick: bool) -> list[Row]:
    from vado.feeds.formats import FORMATS

    rows: list[Row] = []
    for each in FORMATS:
        worst = worst_of(each.name, every=10 if quick else 1)
        slowest, largest = max(worst, key=lambda c: c.cpu_s), max(worst, key=lambda c: c.peak_mb)
        over = "" if slowest.cpu_s <= SECONDS_MAX and largest.peak_mb <= MB_MAX else "; OVER THE LIMIT"
        rows.append({
            "work": f"10 MB {each.name}", "engine": "vado", "median_s": round(slowest.cpu_s, 3),
            "worst_s": round(slowest.cpu_s, 3), "repeats": 1,
            "note": f"{slowest.name}: {slowest.end}; memory at most {largest.peak_mb:.0f} MB{over}",
        })  # fmt: skip
    return rows


def worst_of(name: str, *, every: int = 1, tell: bool = False) -> list[Cost]:
    """Measure a format's worst inputs at the full size; `every`: of how many ways one is tried."""
    found: list[tuple[Cost, Grown]] = []
    for path in sorted((CORPUS / slug(name)).iterdir()):
        for n, way in enumerate(ways(path.read_bytes())):
            if n % every == 0:
                named = Grown(f"{way.name}, {path.name}", way.make)
                found.append((cost(name, named, TRIED), named))
    # Of each kind of growth: what is slow when it is small is often refused when it is large.
    chosen: dict[str, Grown] = {}
    for how in {each.how for _, each in found}:
        alike = [one for one in found if one[1].how == how]
        by_time = sorted(alike, key=lambda each: -each[0].cpu_s)[:WORST]
        by_size = sorted(alike, key=lambda each: -each[0].peak_mb)[:1]
        chosen |= {each.name: each for _, each in (*by_time, *by_size)}
    costs = []
    for _, way in sorted(chosen.items()):
        size = SIZE
        while size > TRIED:
            costs.append(cost(name, way, size))
            if tell:
                print(_line(costs[-1]), flush=True)
            if costs[-1].end != "E1002":  # it is too much of something: less of it may take longer
                break
            size //= 2
    return costs


def cost(name: str, way: Grown, size: int) -> Cost:
    """Make an input in one process and read it in another; only the reading counts."""
    path = Path(f"/tmp/vado-bench-{os.getpid()}")  # noqa: S108  # removed below
    try:
        _apart(lambda: str(path.write_bytes(_within(way, size))))
        if not path.exists():
            raise SystemExit(f"{name}: {way.name}: could not be made in {STOP_S} s")
        body = path.read_bytes()
    finally:
        path.unlink(missing_ok=True)
    end, peak_mb = _apart(lambda: _read(body))
    what, _, seconds = end.rpartition(" ")
    return Cost(
        name, way.name, len(body), float(seconds or STOP_S), peak_mb, what or f"stopped at {STOP_S} s"
    )


def _within(way: Grown, size: int) -> bytes:
    """Make an input of a size; some ways make more of it than they are asked for."""
    made = way.make(size)
    return made if len(made) <= BODY_MAX else way.make(int(size * 0.99 * size / len(made)))


def _read(body: bytes) -> str:
    from vado import feeds
    from vado.errors import PayloadError

    started = time.process_time()
    try:
        end = f"{len(feeds.read(body, source='bench', received_s=HEARD_S).alerts):,} alerts"
    except PayloadError as error:
        end = error.faults[0].code
    except BaseException as bad:  # noqa: BLE001  # it is the finding
        end = f"FAILED {type(bad).__name__}"
    return f"{end} {time.process_time() - started:.3f}"


def _apart(work: object) -> tuple[str, float]:
    """Do work in a child of this process: what it says, and its peak memory in MB."""
    get, put = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(STOP_S)
        try:
            os.write(put, work().encode())  # type: ignore[operator]
        finally:
            os._exit(0)
    os.close(put)
    said = b""
    while piece := os.read(get, 4096):
        said += piece
    os.close(get)
    _, _, used = os.wait4(child, 0)
    return said.decode(), used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _line(one: Cost) -> str:
    mark = "OVER" if one.cpu_s > SECONDS_MAX or one.peak_mb > MB_MAX or "FAILED" in one.end else ""
    what = f"{one.format}: {one.name}: {one.end} {mark}"
    return f"{one.cpu_s:7.2f} s {one.peak_mb:6.0f} MB {one.size / 1e6:5.1f} MB {what}"


def main() -> int:
    from vado import feeds
    from vado.feeds.formats import FORMATS

    parser = argparse.ArgumentParser(description="Measure the worst inputs of 10 MB, in detail.")
    parser.add_argument("formats", nargs="*", default=[slug(each.name) for each in FORMATS])
    parser.add_argument("--every", type=int, default=1, help="try one of so many ways")
    given = parser.parse_args()
    resource.getrusage(resource.RUSAGE_SELF)
    feeds.shipped_kinds()  # read once, before any child
    for each in FORMATS:
        if slug(each.name) in given.formats:
            worst_of(each.name, every=given.every, tell=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
