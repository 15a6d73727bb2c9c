"""Valhalla: its programs and HTTP service; closures as `exclude_polygons`, or as speed 0 in traffic.tar.

Its matrix is asked of `timedistancematrix`, the quicker of its algorithms for 500 points. Live traffic needs
the graph ids of the closed edges: those are looked up beforehand and not timed.
"""

from __future__ import annotations

import json
import math
import mmap
import shutil
import sys
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT, AbsentError
from bench.peers.programs import LOOPBACK, Server, free_port, run, unpacked

VERSION = "3.9.1"
PREPARE_S_MAX = 600.0
SPOT_M = 1.5  # half the side of the square that excludes an edge: on its middle, so that it meets no other
# baldr/traffictile.h: header of 32 bytes, then 8 bytes an edge: four speeds of 7 bits (0: closed), from bit
# 28 on how much of the edge the first of them holds for (255: all).
HEADER_BYTES, CLOSED = 32, (255 << 28).to_bytes(8, "little")
TILE_BITS = 25  # baldr/graphid.h: level 3 bits, tile 22 bits, then the edge's number


class Valhalla:
    """One way to close roads: "polygons" or "traffic"."""

    own_map, by_source, step_ms = True, True, 1

    def __init__(self, way: str) -> None:
        self.name, self.way = f"valhalla-{way}", way
        self.note = {
            "polygons": "exclude_polygons, timedistancematrix",
            "traffic": "traffic.tar (graph ids known before), timedistancematrix",
        }[way]
        self.server: Server | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="vado-valhalla-"))
        self.shut: set[int] = set()
        self.rings: list[Ring] | None = [] if way == "polygons" else None
        self.memory: mmap.mmap | None = None

    def prepare(self, case: Case) -> None:
        home, self.case = unpacked("pyvalhalla", VERSION), case
        programs, config = home / "valhalla", self.folder / "valhalla.json"
        made = self.folder / "config.out"
        run([sys.executable, "-c", _CONFIG, programs / "valhalla_build_config.py", made], seconds_max=60)
        port = free_port()
        config.write_text(json.dumps(_settings(json.loads(made.read_text()), self.folder, port)))
        run([programs / "bin/valhalla_build_tiles", "-c", config, case.pbf], seconds_max=PREPARE_S_MAX)
        run([sys.executable, programs / "valhalla_build_extract.py", "-c", config, "--with-traffic", "-O"],
            seconds_max=PREPARE_S_MAX)  # fmt: skip
        self.server = Server(
            [programs / "bin/valhalla_service", config, "1"], port, self.folder / "server.log"
        )
        if self.way == "traffic":
            self._find_edges(np.unique(np.concatenate(case.closures)))

    def _find_edges(self, edges: I64) -> None:
        """Find where in traffic.tar each of these edges has its speed."""
        assert self.server is not None
        path = self.folder / "traffic.tar"
        tiles: dict[int, int] = {}
        with tarfile.open(path) as tar, path.open("rb") as raw:
            for member in tar.getmembers():
                if member.name.endswith(".gph"):
                    raw.seek(member.offset_data)
                    tiles[int.from_bytes(raw.read(8), "little")] = member.offset_data
        with path.open("r+b") as raw:
            self.memory = mmap.mmap(raw.fileno(), 0)
        places = [{"lon": lon, "lat": lat} for lon, lat in map(self._middle, edges.tolist())]
        asked = {"locations": places, "verbose": True, "costing": "auto"}
        found = self.server.ask("/locate", asked)
        self.speed_at: dict[int, list[int]] = {}
        for edge, answer in zip(edges.tolist(), found, strict=True):
            ids = [
                each["edge_id"]["value"]
                for each in answer.get("edges") or []
                if each["edge_info"]["way_id"] == int(self.case.roads.edge_way[edge])
            ]
            self.speed_at[edge] = [
                tiles[i & (1 << TILE_BITS) - 1] + HEADER_BYTES + 8 * (i >> TILE_BITS) for i in ids
            ]
        missing = sum(not each for each in self.speed_at.values())
        if missing > len(edges) // 10:
            raise AbsentError(f"{missing} of {len(edges)} edges could not be found in its graph")
        self.note += f"; {missing} of {len(edges)} edges not in its graph" if missing else ""

    def change(self, edges: I64, ms: I32) -> None:
        for edge, cost in zip(edges.tolist(), ms.tolist(), strict=True):
            (self.shut.add if cost >= SHUT else self.shut.discard)(edge)
            if self.memory is not None:
                for at in self.speed_at[edge]:
                    self.memory[at : at + 8] = CLOSED if cost >= SHUT else bytes(8)

    def _middle(self, edge: int) -> tuple[float, float]:
        """Get a point on an edge, away from both ends."""
        shape = self.case.roads.shape(edge)
        (x0, y0), (x1, y1) = max(
            pairwise(shape), key=lambda s: math.dist(s[0], s[1])
        )  # the longest straight piece
        return (x0 + x1) / 2, (y0 + y1) / 2

    def _spot(self, edge: int) -> Ring:
        lon, lat = self._middle(edge)
        dy = SPOT_M / 111_195
        dx = dy / math.cos(math.radians(lat))
        return [(lon - dx, lat - dy), (lon + dx, lat - dy), (lon + dx, lat + dy), (lon - dx, lat + dy),
                (lon - dx, lat - dy)]  # fmt: skip

    def ready(self, nodes: I64) -> list[dict[str, float]]:
        return [{"lon": lon, "lat": lat} for lon, lat in self.case.coordinates(nodes)]

    def matrix(self, ready: list[dict[str, float]], count: int) -> Any:
        assert self.server is not None
        asked: dict[str, Any] = {
            "sources": ready[:count], "targets": ready, "costing": "auto", "verbose": False
        }  # fmt: skip
        if self.way == "traffic":
            asked["date_time"] = {"type": 0}
        elif self.shut or self.rings:
            spots = [self._spot(edge) for edge in sorted(self.shut)]
            asked["exclude_polygons"] = [*spots, *(self.rings or ())]
        return self.server.ask("/sources_to_targets", asked)["sources_to_targets"]["durations"]

    def table(self, found: Any) -> F64:
        return np.array([[np.inf if v is None else v * 1000 for v in line] for line in found], np.float64)

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        if self.memory is not None:
            self.memory.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# Its own defaults, read from its own file: a dictionary with some values that stand for "not set".
_CONFIG = """
import json, runpy, sys
made = runpy.run_path(sys.argv[1])
def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if not isinstance(v, made["Optional"])}
    return value
open(sys.argv[2], "w").write(json.dumps(plain(made["config"])))
"""


def _settings(config: dict[str, Any], folder: Path, port: int) -> dict[str, Any]:
    """Set paths, sockets in our folder, and limits that do not stand in the way."""
    config["mjolnir"].update(
        tile_dir=str(folder / "tiles"),
        tile_extract=str(folder / "tiles.tar"),
        traffic_extract=str(folder / "traffic.tar"),
    )
    for part in ("loki", "thor", "odin"):
        config[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    config["httpd"]["service"].update(
        listen=f"tcp://{LOOPBACK}:{port}",
        loopback=f"ipc://{folder}/loop",
        interrupt=f"ipc://{folder}/interrupt",
        drain_seconds=1,
    )
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    limits = config["service_limits"]
    limits["auto"].update(
        max_locations=10_000, max_matrix_location_pairs=10_000_000, max_matrix_distance=5_000_000.0
    )
    limits.update(
        max_timedep_distance_matrix=5_000_000,
        max_exclude_polygons_length=10_000_000,
        max_exclude_polygons_vertices=1_000_000,
    )
    return config
