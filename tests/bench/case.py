"""A case: one road network with what is asked on it, the same for every engine.

In: a name. Out: `Case`: roads and their car durations, 500 (and 2,000) points, places of 50 edges that shut,
and the map file of the very same roads for engines that read their own. All from seeds.
"""

from __future__ import annotations

import functools
import math
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

import real
from bench.osm_file import write_pbf
from bench.streets import CLOSED, Streets
from bench.synthetic import as_roads, synthetic
from samples import sample
from vado.model.roads import NO_ENTRY_MS, Roads

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Ring = list[tuple[float, float]]

PROFILE = "car"
CACHE = Path(__file__).parents[2] / ".bench"  # downloads and the peers' files, not kept in the repository
PLACES = 7  # where 50 edges shut, one after the other
SYNTHETIC = {"syn1M": 1_050_000, "syn100k": 100_000}


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """What every engine is asked. Closures never touch the points."""

    name: str
    roads: Roads
    ms: I32  # [M] car
    pbf: Path
    points: I64  # [2000] graph nodes; the first 500 are the matrix of the issue
    closures: tuple[I64, ...]  # of PLACES, edges
    polygons: tuple[Ring, ...]  # lon, lat; closed rings

    def segments(self, edges: I64) -> list[tuple[int, int]]:
        """List the OSM node pairs that edges drive over."""
        found = []
        for e in edges.tolist():
            nodes = self.roads.shape_osm[self.roads.shape_offset[e] : self.roads.shape_offset[e + 1]]
            found += list(pairwise(nodes.tolist()))
        return found

    def coordinates(self, nodes: I64) -> list[tuple[float, float]]:
        return list(
            zip(self.roads.node_lon[nodes].tolist(), self.roads.node_lat[nodes].tolist(), strict=True)
        )


@functools.cache
def case(name: str) -> Case:
    """Get a case by name: andorra, porto, syn100k or syn1M; skips or raises where its file is absent."""
    if name in SYNTHETIC:
        network = synthetic(SYNTHETIC[name])
        roads = as_roads(network, name)
        pbf = write_pbf(network, CACHE / "maps")
    else:
        roads = real.region(name)
        pbf = sample("osm", real.EXTRACTS[name])
    row = roads.profile_index(PROFILE)
    ms = np.ascontiguousarray(roads.edge_duration_ms[row])
    rng = random.Random(20260110)
    inside = roads.node_part[row] == 0  # where every point reaches every other
    closures = _closures(roads, ms, inside, rng)
    shut = np.unique(np.concatenate(closures))
    free = inside.copy()
    free[roads.edge_from[shut]] = False
    free[roads.edge_to[shut]] = False
    candidates = np.flatnonzero(free)
    return Case(
        name=name,
        roads=roads,
        ms=ms,
        pbf=pbf,
        points=np.array(rng.sample(candidates.tolist(), min(2000, len(candidates))), np.int64),
        closures=closures,
        polygons=tuple(_polygon(roads, int(rng.choice(candidates)), rng) for _ in range(40)),
    )


def _closures(roads: Roads, ms: I32, inside: npt.NDArray[np.bool_], rng: random.Random) -> tuple[I64, ...]:
    """Choose places: the edges around the junction a random street starts at."""
    usable = (ms < NO_ENTRY_MS) & inside[roads.edge_from] & inside[roads.edge_to]
    streets = Streets(roads.n_nodes, roads.edge_from, roads.edge_to, usable)
    choice = np.flatnonzero(usable).tolist()
    found: list[I64] = []
    while len(found) < PLACES:
        closed = streets.around(int(roads.edge_from[rng.choice(choice)]))
        if len(closed) == CLOSED:
            found.append(closed)
    return tuple(found)


def _polygon(roads: Roads, node: int, rng: random.Random) -> Ring:
    """Draw a warning's polygon: twelve corners, 100 to 500 m around a node."""
    lon, lat = float(roads.node_lon[node]), float(roads.node_lat[node])
    size = rng.uniform(100, 500)
    ring = []
    for k in range(12):
        radius = size * rng.uniform(0.7, 1.0) / 111_195
        angle = 2 * math.pi * k / 12
        ring.append(
            (
                lon + radius * math.cos(angle) / math.cos(math.radians(lat)),
                lat + radius * math.sin(angle),
            )
        )
    return [*ring, ring[0]]
