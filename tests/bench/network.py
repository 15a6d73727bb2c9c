"""A closure of 50 edges to a 500x500 matrix in hand: ours beside each peer, on the same roads, in one run.

Each engine is checked first (`bench.check`), then timed at several places, one after the other: 50 edges
shut, matrix; open again, matrix. Slow engines are asked for fewer sources and scaled; the note says how many.
Then 2,000 points, and GeoJSON polygons from text to matrix.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.case import PLACES, Case, case
from bench.check import Oracle, UnequalError
from bench.peers import SHUT, AbsentError, Peer
from bench.peers.networkx_osmnx import Networkx
from bench.peers.osrm import Osrm
from bench.peers.ours import Vado, VadoKernel
from bench.peers.routingkit import Routingkit
from bench.peers.scipy_csgraph import Scipy
from bench.peers.valhalla import Valhalla
from bench.rows import Row, absent, row
from vado.hazards.footprint import footprint
from vado.model.alert import Action, Area, Polygon
from vado.model.hazard import Effect, Hazard
from vado.model.ids import HazardId
from vado.model.roads import Roads
from vado.model.when import FOREVER_S, Interval

I64 = npt.NDArray[np.int64]

CASES = ("andorra", "porto", "syn1M")
POINTS = 500
SAMPLE_S = 4.0  # how long one matrix of an engine that is asked by source may take; then it is scaled
# Of an engine that is asked by request no fewer: each request also finds 500 targets on the map.
SOURCES_MIN_ASKED = 20
BUDGET_S = 12.0  # after so long no further place is begun
ROUNDS_MAX = 3 * PLACES
# What the issue asks of ours, milliseconds and times.
WANTED_MS = {"update+matrix500 porto": 15, "update+matrix500 syn1M": 25, "matrix2000 porto": 70,
             "polygon+matrix500 porto": 20}  # fmt: skip
OURS = Vado, VadoKernel
WANTED_RATIO = {"osrm": 50, "routingkit-cch": 8}


def peers() -> list[Peer]:
    """List all engines, ours first."""
    return [
        Vado(), VadoKernel(), Routingkit(), Osrm("mld-swap"), Osrm("mld-restart"), Osrm("ch"),
        Valhalla("polygons"), Valhalla("traffic"), Scipy(), Networkx(),
    ]  # fmt: skip


def measure(*, quick: bool, engines: tuple[str, ...] = (), cases: tuple[str, ...] = CASES) -> list[Row]:
    """Measure Andorra, and unless quick Porto and a million synthetic edges; `engines` (): all of them.

    Raises ValueError for an engine or a case that there is none of.
    """
    known = {peer.name for peer in peers()}
    strange = [*(set(engines) - known), *(set(cases) - set(CASES))]
    if strange:
        raise ValueError(f"no such engine or case: {', '.join(sorted(strange))}; there are "
                         f"{', '.join(sorted(known))}, and {', '.join(CASES)}")  # fmt: skip
    chosen = CASES[:1] if quick else cases
    return [line for name in chosen for line in measure_case(name, engines=engines)]


def measure_case(name: str, *, engines: tuple[str, ...] = ()) -> list[Row]:
    """Measure engines on one case; each row is said as it is known, so that a stopped run is not lost."""
    say(f"{name}: reading the map")
    given = case(name)
    oracle = Oracle(given)
    found: dict[str, list[Row]] = {}
    for peer in peers():
        if engines and peer.name not in engines and not isinstance(peer, OURS):
            continue
        for line in _Run(given, peer, oracle).rows():
            found.setdefault(line["work"], []).append(line)
            say(f"  {line['work']}: {line['median_s']} s; {line['note']}")
    return [line for work, lines in found.items() for line in [*lines, *_ratios(work, lines)]]


def say(text: str) -> None:
    print(f"bench: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@dataclass
class _Run:
    """One engine on one case."""

    case: Case
    peer: Peer
    oracle: Oracle
    count: int = POINTS
    update: list[float] = field(default_factory=list)
    reopen: list[float] = field(default_factory=list)

    def works(self) -> list[str]:
        more = ["matrix2000", "polygon+matrix500"] if self.case.name == "porto" else []
        return [f"{work} {self.case.name}" for work in ("update+matrix500", "reopen+matrix500", *more)]

    def rows(self) -> Iterator[Row]:
        """Give a row for each work, also where the engine could not do it."""
        done: dict[str, Row] = {}
        why = "not reached"
        say(f"{self.case.name}: {self.peer.name}")
        try:
            started = time.perf_counter()
            self.peer.prepare(self.case)
            self.prepared_s = time.perf_counter() - started
            for line in self._all():
                done[line["work"]] = line
        except (AbsentError, UnequalError, MemoryError) as wrong:
            if isinstance(self.peer, OURS):
                raise
            why = str(wrong) or type(wrong).__name__
        finally:
            self.peer.stop()
        for work in self.works():
            yield done.get(work) or absent(work, self.peer.name, why)

    def _all(self) -> Iterator[Row]:
        points = self.case.points[:POINTS]
        ready = self.peer.ready(points)
        self.until = time.perf_counter() + BUDGET_S
        word = self._first(ready)
        self._places(ready)
        about = [word, self.peer.note, f"ready after {self.prepared_s:.1f} s", self._scaled(POINTS)]
        note = "; ".join(part for part in about if part)
        yield row(self.works()[0], self.peer.name, self.update, note=note)
        yield row(self.works()[1], self.peer.name, self.reopen, note=self._scaled(POINTS))
        if len(self.works()) > 2:
            yield self._matrix_2000(self.works()[2])
            yield self._polygons(self.works()[3], ready)

    def _first(self, ready: Any) -> str:
        """Warm up, choose how many sources, and check the three states: open, shut, open again."""
        peer, none = self.peer, np.zeros(0, np.int64)
        closed = self.case.closures[0]
        if peer.by_source:
            peer.matrix(ready, 1)
            started = time.perf_counter()
            peer.matrix(ready, 2)
            count = SAMPLE_S / (time.perf_counter() - started) * 2
            self.count = int(np.clip(count, SOURCES_MIN_ASKED if peer.own_map else 2, POINTS))
        self.oracle.check(peer, "open", none, peer.table(peer.matrix(ready, self.count)))
        # These two count as the first round where a round takes long.
        self._round(ready, closed)
        word = self.oracle.check(peer, "shut", closed, peer.table(self.kept[0]))
        self.oracle.check(peer, "open", none, peer.table(self.kept[1]))
        if self.update[0] < BUDGET_S / 3:
            self.update.clear()
            self.reopen.clear()
        return word

    def _places(self, ready: Any) -> None:
        for k in range(ROUNDS_MAX):
            if self.update and time.perf_counter() > self.until:
                break
            self._round(ready, self.case.closures[k % PLACES])

    def _round(self, ready: Any, closed: I64) -> None:
        shut = np.full(len(closed), SHUT, np.int32)
        taken, first = self._timed(ready, closed, shut)
        self.update.append(taken)
        taken, second = self._timed(ready, closed, self.case.ms[closed])
        self.reopen.append(taken)
        self.kept = first, second

    def _timed(self, ready: Any, edges: I64, ms: npt.NDArray[np.int32]) -> tuple[float, Any]:
        started = time.perf_counter()
        self.peer.change(edges, ms)
        changed = time.perf_counter()
        found = self.peer.matrix(ready, self.count)
        ended = time.perf_counter()
        return changed - started + (ended - changed) * POINTS / self.count, found

    def _scaled(self, points: int) -> str:
        return f"{self.count} of {points} sources, scaled" if self.count < POINTS else ""

    def _matrix_2000(self, work: str) -> Row:
        points = self.case.points
        ready = self.peer.ready(points)
        count = max(2, self.count // 4) if self.peer.by_source else len(points)
        seconds: list[float] = []
        until = time.perf_counter() + BUDGET_S
        while len(seconds) < 5 and (not seconds or time.perf_counter() < until):
            started = time.perf_counter()
            self.peer.matrix(ready, count)
            seconds.append((time.perf_counter() - started) * len(points) / count)
        note = f"{count} of {len(points)} sources, scaled" if count < len(points) else ""
        return row(work, self.peer.name, seconds, note=note)

    def _polygons(self, work: str, ready: Any) -> Row:
        """Take GeoJSON polygons, one after the other, from text to the matrix."""
        peer = self.peer
        seconds: list[float] = []
        if peer.rings is None and peer.own_map and peer.name.startswith("valhalla"):
            return absent(work, peer.name, "graph ids would have to be looked up for each polygon")
        until = time.perf_counter() + BUDGET_S
        for k, ring in enumerate(self.case.polygons):
            if seconds and time.perf_counter() > until:
                break
            text = json.dumps({"type": "Polygon", "coordinates": [ring]})
            started = time.perf_counter()
            if peer.rings is not None:
                edges = np.zeros(0, np.int64)
                peer.rings.append(json.loads(text)["coordinates"][0])
            else:
                edges = edges_of(self.case.roads, text)
                peer.change(edges, np.full(len(edges), SHUT, np.int32))
            changed = time.perf_counter()
            found = peer.matrix(ready, self.count)
            ended = time.perf_counter()
            seconds.append(changed - started + (ended - changed) * POINTS / self.count)
            if k == 0 and peer.rings is None:
                self.oracle.check(peer, "polygon", edges, peer.table(found))
            if peer.rings is not None:
                peer.rings.clear()
            elif len(edges):
                peer.change(edges, self.case.ms[edges])
        p95 = float(np.quantile(seconds, 0.95))
        how = "its own polygons" if peer.rings is not None else "edges found by ours"
        note = f"{len(seconds)} polygons, p95 {p95 * 1000:.1f} ms; {how}; {self._scaled(POINTS)}".rstrip("; ")
        return row(work, peer.name, seconds, p95_s=round(p95, 6), note=note)


def edges_of(roads: Roads, geojson: str) -> I64:
    """Find the edges under a GeoJSON polygon, as a warning's would be."""
    outer, *holes = json.loads(geojson)["coordinates"]
    polygon = Polygon(
        outer=tuple((x, y) for x, y in outer), holes=tuple(tuple((x, y) for x, y in hole) for hole in holes)
    )
    hazard = Hazard(
        id=HazardId("bench"),
        kind="flood",
        severity="Severe",
        certainty="Observed",
        footprint=(Area(description="", polygons=(polygon,)),),
        interval=Interval(0, FOREVER_S),
        effects=(Effect(profile="car", action=Action.SHUT, speed_factor=1.0, requires="", source="bench"),),
        evidence=(),
    )
    return footprint(roads, (hazard,))[hazard.id].astype(np.int64)


def _ratios(work: str, lines: list[Row]) -> list[Row]:
    """Say how many times ours each judged peer takes; of OSRM the quickest of its own ways counts."""
    took = {line["engine"]: line["median_s"] for line in lines if line["median_s"] is not None}
    found = []
    asked = {
        peer: want for peer, want in WANTED_RATIO.items() if any(x["engine"].startswith(peer) for x in lines)
    }
    for peer, wanted in asked.items():
        theirs = [seconds for engine, seconds in took.items() if engine.startswith(peer)]
        title = f"{peer} / vado, {work}"
        if not theirs:
            found.append(absent(title, "ratio", f"{peer} could not be run"))
            continue
        times = min(theirs) / took["vado"]
        judged = f" (wanted {wanted})" if work.startswith("update") else ""
        found.append({"work": title, "engine": "ratio", "median_s": None, "ratio": round(times, 1),
                      "note": f"{times:.1f} times{judged}"})  # fmt: skip
    if work in WANTED_MS:
        found.append({"work": f"wanted, {work}", "engine": "vado", "median_s": WANTED_MS[work] / 1000,
                      "note": f"measured {took['vado'] * 1000:.1f} ms"})  # fmt: skip
    return found
