"""Feeds: messages per second, a storm onto Porto's edges, and a file of 170 MB; beside capparselib and lxml.

The work is fixed: the messages of ../shared/samples (ours, drawn from a seed, where they are absent), a storm
of 5,000 messages and a DATEX II file from seeds. Readers are compared before they are timed: the same alerts,
polygons and circles where several read a file. One thread, and seconds of the processor: other work on the
machine counts less.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely

import real
from bench import storm
from bench.case import CACHE
from bench.feeds_data import SIZE, write_datex
from bench.peers import cap_readers
from bench.rows import Row, absent, row
from samples import SAMPLES
from vado import feeds
from vado.app import load_meaning
from vado.errors import PayloadError
from vado.feeds.recognise import recognise
from vado.hazards import absorb, edge_index, footprint
from vado.model.alert import Alert
from vado.model.hazard import HazardState
from vado.model.ids import clear, identifier
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network import snapshot

PORTO = (-8.61, 41.155)
CAP_FOLDERS = ("cap", "meteoalarm", "aemet")
CAP_FORMATS = ("CAP", "Atom or RSS index of CAP")
OTHERS = (("DATEX II", ("datex2", "datex2_ims")), ("WZDx", ("wzdx",)), ("NWS alerts", ("nws",)))
Shapes = frozenset[tuple[tuple[float, float], ...]]


@contextmanager
def stopwatch(into: list[float]) -> Iterator[None]:
    started = time.process_time()
    yield
    into.append(time.process_time() - started)


def measure(*, quick: bool) -> list[Row]:
    return [
        *_cap(repeats=3 if quick else 7),
        *_others(repeats=3 if quick else 7),
        *_storm(repeats=1 if quick else 3, count=500 if quick else storm.COUNT),
        *_large(SIZE // 10 if quick else SIZE),
    ]


# ------------------------------------------------------------------------------------ messages per second


def _cap(*, repeats: int) -> list[Row]:
    bodies, what = _cap_bodies()
    ours, hand, lib = (
        [_tried(reader, body) for body in bodies] for reader in (_ours, cap_readers.by_hand, _lib)
    )
    n = len(bodies)
    rows = [_rate(f"CAP: {n} {what}, all that is read", "vado", _ours, bodies, ours, repeats)]
    for engine, reader, found in (("lxml by hand", cap_readers.by_hand, hand), ("capparselib", _lib, lib)):
        both = [k for k in range(n) if ours[k] is not None and found[k] is not None]
        if not both:
            rows.append(absent(f"CAP: {n} {what}", engine, "not installed: requirements/peers.txt"))
            continue
        work = f"CAP: the {len(both)} of them that {engine} reads too"
        shared = [bodies[k] for k in both]
        same = sum(_known(ours[k]) == _known(found[k]) for k in both)
        alerts = sum(len(_known(ours[k])[0]) for k in both)
        rows.append(_rate(work, "vado", _ours, shared, [ours[k] for k in both], repeats))
        rows.append(_rate(work, engine, reader, shared, [found[k] for k in both], repeats))
        alike = f"{same} of {len(both)} files with the same alerts, polygons and circles"
        rows[-1]["note"] = f"{rows[-1]['per_s']:,} messages/s; {alike}, {alerts} alerts"
    return rows


def _cap_bodies() -> tuple[list[bytes], str]:
    """Give the samples that are CAP; where there are none, messages of our own."""
    found = []
    for folder in CAP_FOLDERS:
        for path in sorted((SAMPLES / folder).glob("*")):
            body = path.read_bytes()
            try:
                named = recognise(body)[0].name in CAP_FORMATS
            except PayloadError:
                named = False
            if named:
                found.append(body)
    if found:
        return found, "sample files"
    return storm.messages(PORTO, count=200), "drawn messages (no samples here)"


def _ours(body: bytes) -> tuple[Alert, ...]:
    return feeds.read(body, source="bench").alerts


def _lib(body: bytes) -> list[dict[str, Any]]:
    return cap_readers.capparselib(body)


def _tried(reader: Callable[[bytes], Any], body: bytes) -> Any:
    """Read, or None where the reader gives up, in whatever way."""
    try:
        found = reader(body)
        return None if isinstance(found, list | tuple) and not found else found
    except Exception:  # noqa: BLE001   # peers raise anything
        return None


def _known(found: Sequence[Any]) -> tuple[frozenset[str], Shapes, frozenset[tuple[float, float, float]]]:
    """Give what readers are compared by: identifiers, polygons as sets of corners, circles."""
    ids, polygons, circles = set(), set(), set()
    for each in found:
        if isinstance(each, dict):
            ids.add(str(each["cap_id"]))
            areas = [area for info in each.get("cap_info", ()) for area in info.get("cap_area", ())]
            polygons |= {
                _corners(cap_readers.positions(str(p))) for a in areas for p in a.get("polygons", ())
            }
            circles |= {cap_readers.circle(str(c)) for a in areas for c in a.get("circles", ())}
            continue
        # A version of which a part is in doubt has a name of its own; peers do not doubt.
        ids.add(identifier(clear(each.id)) if isinstance(each, Alert) else each.identifier)
        for area in (area for info in each.infos for area in info.areas):
            if isinstance(each, Alert):
                polygons |= {_corners(polygon.outer) for polygon in area.polygons}
                circles |= {(c.lon, c.lat, c.radius_m / 1000) for c in area.circles}
            else:
                polygons |= {_corners(polygon) for polygon in area.polygons}
                circles |= set(area.circles)
    round_circles = frozenset((lon, lat, round(km, 6)) for lon, lat, km in circles)
    return frozenset(ids), frozenset(polygons - {()}), round_circles


def _corners(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return tuple(sorted(set(points)))


def _rate(
    work: str, engine: str, reader: Callable[[bytes], Any], bodies: Sequence[bytes], found: Sequence[Any],
    repeats: int,
) -> Row:  # fmt: skip
    """Time one pass over files; the note has messages a second of those that are read."""
    seconds: list[float] = []
    for _ in range(repeats):
        gc.collect()
        with stopwatch(seconds):
            for body in bodies:
                _tried(reader, body)
    read = sum(each is not None for each in found)
    count = sum(len(each) for each in found if each is not None and not isinstance(each, float))
    made = row(work, engine, seconds)
    size = sum(map(len, bodies)) / 1e6
    made["per_s"] = round(count / made["median_s"])
    rate = f"{made['per_s']:,} messages/s, {size / made['median_s']:.1f} MB/s"
    made["note"] = f"{rate}; {read} of {len(bodies)} files, {count} alerts"
    return made


def _others(*, repeats: int) -> list[Row]:
    rows = []
    for name, folders in OTHERS:
        bodies = []
        for path in (path for folder in folders for path in sorted((SAMPLES / folder).glob("*"))):
            found = _tried(_ours, path.read_bytes())
            if found is not None and recognise(path.read_bytes())[0].name in (name, "Fintraffic IMS"):
                bodies.append(path.read_bytes())
        work = f"{name}: {len(bodies)} sample files"
        if not bodies:
            rows.append(absent(work, "vado", "../shared/samples is not here"))
            continue
        rows.append(_rate(work, "vado", _ours, bodies, [_ours(body) for body in bodies], repeats))
        xml = [body for body in bodies if body.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<"]
        floor, reader = ("lxml, syntax only", _lxml) if xml else ("json.loads, syntax only", json.loads)
        seconds: list[float] = []
        for _ in range(repeats):
            with stopwatch(seconds):
                for body in bodies:
                    _tried(reader, body)
        rows.append(row(work, floor, seconds, note="understands nothing: no reader can take less"))
    return rows


def _lxml(body: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(body)


# ------------------------------------------------------------------------------------------------- storm


def _storm(*, repeats: int, count: int) -> list[Row]:
    work = f"storm of {count:,} messages onto Porto"
    if not (SAMPLES / "osm" / real.EXTRACTS["porto"]).exists():
        return [absent(work, "vado", "../shared/samples is not here")]
    roads, meaning = real.region("porto"), load_meaning()
    edge_index.index(roads)
    bodies = storm.messages(PORTO, count=count)
    now_s = storm.START_S + count * storm.EVERY_S
    travels = (Travel(profile="van"),)
    stages: dict[str, list[float]] = {name: [] for name in ("read", "absorb", "footprint", "snapshot")}
    whole: list[float] = []
    for _ in range(repeats + 1):  # the first makes kernels and caches
        gc.collect()
        with stopwatch(whole):
            with stopwatch(stages["read"]):
                alerts = [
                    each for body in bodies
                    for each in feeds.read(body, source="bench", received_s=now_s).alerts
                ]  # fmt: skip
            with stopwatch(stages["absorb"]):
                state, _ = absorb(HazardState(), alerts, meaning, now_s=now_s)
            with stopwatch(stages["footprint"]):
                touched = footprint(roads, state.hazards)
            with stopwatch(stages["snapshot"]):
                made = snapshot(roads, state.hazards, touched, travels=travels)
    by_alert: dict[str, set[int]] = {}
    for hazard in state.hazards:
        by_alert.setdefault(hazard.alert.partition(",")[2], set()).update(touched.get(hazard.id, ()))
    pairs = sum(map(len, by_alert.values()))
    closures = sum(len(each.edge) for each in made.closures.values())
    note = (
        f"{len(state.hazards):,} in force, {pairs:,} pairs of area and edge, {closures:,} closures of a "
        f"van; {roads.n_edges:,} edges"
    )
    rows = [row(work, "vado", whole[1:], note=note, per_s=round(count / float(np.median(whole[1:]))))]
    rows += [row(f"· {name}", "vado", seconds[1:]) for name, seconds in stages.items()]
    return [*rows, *_storm_by_hand(work, roads, bodies, by_alert, repeats)]


def _storm_by_hand(
    work: str, roads: Roads, bodies: list[bytes], ours: dict[str, set[int]], repeats: int
) -> list[Row]:
    """Do what a user would write: lxml, a dict, shapely's tree, a list of times an edge."""
    engine = "lxml, shapely STRtree"
    if _tried(cap_readers.by_hand, bodies[0]) is None:
        return [absent(work, engine, "lxml is not installed: requirements/peers.txt")]
    points = np.column_stack([roads.shape_lon, roads.shape_lat])
    tree = shapely.STRtree(
        shapely.from_ragged_array(shapely.GeometryType.LINESTRING, points, (roads.shape_offset,))
    )
    tree.query(shapely.Point(0, 0))
    stages: dict[str, list[float]] = {
        name: [] for name in ("read", "in force", "intersect", "times of edges")
    }
    whole: list[float] = []
    for _ in range(repeats):
        gc.collect()
        with stopwatch(whole):
            with stopwatch(stages["read"]):
                messages = [each for body in bodies for each in cap_readers.by_hand(body)]
            with stopwatch(stages["in force"]):
                live: dict[str, cap_readers.Message] = {}
                for message in messages:
                    for older in message.references:
                        live.pop(older, None)
                    if message.kind != "Cancel":
                        live[message.identifier] = message
            with stopwatch(stages["intersect"]):
                shapes = [_shape(message.infos[0].areas[0]) for message in live.values()]
                area, edge = tree.query(shapes, predicate="intersects")
            with stopwatch(stages["times of edges"]):
                names = list(live)
                infos = [message.infos[0] for message in live.values()]
                shut: dict[int, list[tuple[float, float, str, str]]] = {}
                for a, e in zip(area.tolist(), edge.tolist(), strict=True):
                    one = infos[a]
                    shut.setdefault(e, []).append(
                        (one.onset_s or 0, one.expires_s or 0, one.severity, names[a])
                    )
    found: dict[str, set[int]] = {}
    for a, e in zip(area.tolist(), edge.tolist(), strict=True):
        found.setdefault(names[a], set()).add(e)
    missing = sum(len(found.get(name, set()) - ours.get(name, set())) for name in live)
    more = sum(len(ours.get(name, set()) - found.get(name, set())) for name in live)
    note = (
        f"{len(live):,} in force, {len(area):,} pairs, of which {missing:,} are not ours; {more:,} of ours "
        f"are not among them; no effects by kind, no profiles, no hash"
    )
    rows = [row(work, engine, whole, note=note)]
    return [*rows, *(row(f"· {name}", engine, seconds) for name, seconds in stages.items())]


def _shape(area: cap_readers.Area) -> shapely.Geometry:
    """Draw an area: a circle is an ellipse in degrees."""
    if area.polygons:
        return shapely.Polygon(area.polygons[0])
    lon, lat, km = area.circles[0]
    angle = np.linspace(0, 2 * np.pi, 65)
    north = km / 111.195
    return shapely.Polygon(
        np.column_stack([lon + north / np.cos(np.radians(lat)) * np.cos(angle), lat + north * np.sin(angle)])
    )


# ----------------------------------------------------------------------------------------------- 170 MB


def _large(size: int) -> list[Row]:
    """Read a file of a size, and one of a tenth: what memory does not grow with is the file."""
    rows = []
    for each in (size // 10, size):
        path = CACHE / f"datex-{each}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            situations = write_datex(path, size=each)
            for engine, command in (
                ("vado", [sys.executable, "-m", "bench.feeds_data", str(path), "--read"]),
                (
                    "lxml iterparse, syntax only",
                    [sys.executable, "-m", "bench.feeds_data", str(path), "--lxml"],
                ),
            ):
                rows.append(
                    _apart(
                        f"DATEX II file of {each / 1e6:.0f} MB, {situations:,} situations", engine, command
                    )
                )
        finally:
            path.unlink(missing_ok=True)
    return rows


def _apart(work: str, engine: str, command: list[str]) -> Row:
    """Read in a process of its own, so that its peak is its own."""
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode:
        return absent(work, engine, ended.stderr.strip().rpartition("\n")[2][:120])
    said = json.loads(ended.stdout)
    rate = said["MB"] / said["cpu_seconds"]
    note = f"peak memory {said['peak_MB']:.0f} MB; {said['alerts']:,} situations, {rate:.1f} MB/s"
    return row(work, engine, [said["cpu_seconds"]], note=note, peak_mb=said["peak_MB"])


def main(path: Path) -> int:
    """Say of each sample in which readers differ; for people."""
    for each in sorted(path.glob("*")):
        found = {
            name: _tried(reader, each.read_bytes())
            for name, reader in (("ours", _ours), ("hand", cap_readers.by_hand), ("lib", _lib))
        }
        known = {name: _known(value) for name, value in found.items() if value is not None}
        if len(set(known.values())) > 1:
            counts = {name: tuple(map(len, value)) for name, value in known.items()}
            print(each.name, counts)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
