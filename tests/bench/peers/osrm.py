"""OSRM: its programs, its car profile, closures as a segment speed file, the /table service over HTTP.

MLD takes traffic by osrm-customize, and the server gets the new data by a swap of shared memory or by a new
start; CH has to contract again. All of that is what its users do, and what is timed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT, AbsentError
from bench.peers.programs import LOOPBACK, Server, free_port, run, unpacked

VERSION = "26.10.0"
PREPARE_S_MAX = 600.0
CONTRACT_S_MAX = 300.0
SHARED = Path("/dev/shm/osrm-region")  # noqa: S108 - OSRM's list of what is shared


class Osrm:
    """One way to run it: "mld-swap" (shared memory), "mld-restart" (files) or "ch"."""

    own_map, by_source, step_ms = True, False, 1
    rings: list[Ring] | None = None

    def __init__(self, way: str) -> None:
        self.name, self.way = f"osrm-{way}", way
        self.note = {
            "mld-swap": "osrm-customize, osrm-datastore, HTTP table",
            "mld-restart": "osrm-customize, server started anew, HTTP table",
            "ch": "osrm-contract, server started anew, HTTP table",
        }[way]
        self.server: Server | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="vado-osrm-"))
        self.data = self.folder / "map.osrm"
        self.dataset = f"vado{os.getpid()}"
        self.swaps = False

    def prepare(self, case: Case) -> None:
        home = unpacked("osrm-bindings", VERSION) / "osrm"
        self.bin, self.case = home / "bin", case
        self.shut: dict[int, list[tuple[int, int]]] = {}
        (self.folder / "map.osm.pbf").symlink_to(case.pbf)
        run([self.bin / "osrm-extract", "-p", home / "share/profiles/car.lua", self.folder / "map.osm.pbf"],
            seconds_max=PREPARE_S_MAX)  # fmt: skip
        if self.way == "mld-swap" and SHARED.exists():
            raise AbsentError(f"{SHARED} is there: another OSRM holds shared memory")
        if self.way != "ch":
            run([self.bin / "osrm-partition", self.data], seconds_max=PREPARE_S_MAX)
        self._take_in()

    def change(self, edges: I64, ms: I32) -> None:
        for edge, cost in zip(edges.tolist(), ms.tolist(), strict=True):
            self.shut.pop(edge, None)
            if cost >= SHUT:
                self.shut[edge] = self.case.segments(np.array([edge]))
        self._take_in()

    def _take_in(self) -> None:
        speeds = self.folder / "speeds.csv"
        pairs = sorted({pair for each in self.shut.values() for pair in each})
        speeds.write_text("".join(f"{a},{b},0\n" for a, b in pairs))
        traffic: list[str | Path] = ["--segment-speed-file", speeds] if pairs else []
        if self.way == "ch":
            run([self.bin / "osrm-contract", self.data, *traffic], seconds_max=CONTRACT_S_MAX)
        else:
            run([self.bin / "osrm-customize", self.data, *traffic], seconds_max=PREPARE_S_MAX)
        if self.way == "mld-swap":
            self.swaps = True
            run([self.bin / "osrm-datastore", "--dataset-name", self.dataset, self.data],
                seconds_max=PREPARE_S_MAX)  # fmt: skip
            if self.server is None:
                self._serve(["--shared-memory", "--dataset-name", self.dataset])
        else:
            self._serve([str(self.data)])

    def _serve(self, what: list[str]) -> None:
        if self.server:
            self.server.stop()
        port = free_port()
        algorithm = "CH" if self.way == "ch" else "MLD"
        self.server = Server(
            [self.bin / "osrm-routed", "-a", algorithm, "-i", LOOPBACK, "-p", str(port),
             "--max-table-size", "100000", *what],
            port, self.folder / "server.log",
        )  # fmt: skip

    def ready(self, nodes: I64) -> str:
        return ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in self.case.coordinates(nodes))

    def matrix(self, ready: str, count: int) -> Any:
        assert self.server is not None
        return self.server.ask(f"/table/v1/driving/{ready}?generate_hints=false")["durations"]

    def table(self, found: Any) -> F64:
        return np.array([[np.inf if v is None else v * 1000 for v in line] for line in found], np.float64)

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        if self.swaps:
            # Takes all of OSRM's shared memory; there was none before, or this way would not have run.
            subprocess.run(
                [self.bin / "osrm-datastore", "--spring-clean"],
                input=b"Y\n",
                capture_output=True,
                check=False,
            )
        shutil.rmtree(self.folder, ignore_errors=True)
