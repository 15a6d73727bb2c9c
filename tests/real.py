"""Work and storms on real roads, from a seed: problem files in VROOM's words, alerts as CAP.

The roads come from the samples; nothing of them is kept here but a way's number and names.
"""

from __future__ import annotations

import functools
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from samples import sample
from vado.feeds import osm_pbf
from vado.model.roads import Roads
from vado.model.when import rfc3339
from vado.network.build import build
from vado.store.data import load_profiles
from vado.store.regions import Regions

DAY = 1_768_003_200  # 2026-01-10T00:00:00Z
DEPOT_ANDORRA = (1.5218, 42.5063)  # Andorra la Vella
# The only road into the valley of Arinsal: CG-5 "Carretera d'Erts", OSM way 24713704, a point in its middle.
ERTS_ROAD = (24713704, "CG-5 (Carretera d'Erts)")
EXTRACTS = {"andorra": "andorra_geodude.osm.pbf", "porto": "porto_portugal.osm.pbf"}


def at(hour: int, minute: int = 0) -> int:
    return DAY + 3600 * hour + 60 * minute


@functools.cache
def regions() -> Regions:
    """Give a folder of regions that lasts as long as this process."""
    return Regions(Path(tempfile.mkdtemp(prefix="vado-regions-")))


@functools.cache
def region(name: str) -> Roads:
    """Build a sample extract once a process, or skip."""
    raw = osm_pbf.read(sample("osm", EXTRACTS[name]))
    regions().save(build(raw, load_profiles(), name=name))
    return regions().load(name)


def sites(roads: Roads, count: int, *, seed: int, box: tuple[float, float, float, float] | None = None,
          outside: bool = False) -> list[tuple[float, float]]:  # fmt: skip
    """Draw points on minor roads all may drive, inside (or outside) a box: west, south, east, north."""
    minor = [i for i, c in enumerate(roads.classes) if c in ("residential", "unclassified", "tertiary")]
    main = (roads.node_part[:, roads.edge_from] == 0).all(0) & (roads.node_part[:, roads.edge_to] == 0).all(0)
    edges = np.flatnonzero(np.isin(roads.edge_class, minor) & main & (roads.edge_duration_ms < 10**9).all(0))
    points = []
    for edge in edges.tolist():
        shape = roads.shape(edge)
        points.append(shape[len(shape) // 2])
    if box is not None:
        west, south, east, north = box
        points = [p for p in points if (west < p[0] < east and south < p[1] < north) != outside]
    return random.Random(seed).sample(sorted(set(points)), count)


VALLEY = (1.470, 42.5667, 1.4925, 42.60)  # Arinsal and what lies above the road from Erts


def andorra_problem(*, seed: int = 1) -> dict[str, Any]:
    """Sixty jobs, eight of them in the valley of Arinsal; six vehicles, one depot, shifts 08:00 to 18:00."""
    roads = region("andorra")
    inside = sites(roads, 8, seed=seed, box=VALLEY)
    elsewhere = sites(roads, 52, seed=seed, box=VALLEY, outside=True)
    # Four of the valley's jobs only take parcels after ten: those can't be served once the road is shut.
    jobs = [
        {
            "id": i,
            "location": list(point),
            "service": 300,
            "delivery": [1],
            "time_windows": [[at(11), at(17)] if i < 4 else [at(8), at(17)]],
        }
        for i, point in enumerate([*inside, *elsewhere])
    ]
    return {"jobs": jobs, "vehicles": fleet(DEPOT_ANDORRA, 6, capacity=20)}


def fleet(depot: tuple[float, float], count: int, *, capacity: int) -> list[dict[str, Any]]:
    return [
        {
            "id": k,
            "profile": "van",
            "start": list(depot),
            "end": list(depot),
            "capacity": [capacity],
            "time_window": [at(8), at(18)],
        }
        for k in range(1, count + 1)
    ]


def cap(*, identifier: str, onset_s: int, expires_s: int, polygon: list[tuple[float, float]], sent_s: int,
        event: str = "Flood", severity: str = "Extreme", msg_type: str = "Alert") -> bytes:  # fmt: skip
    """Write a CAP 1.2 message; the polygon is given as (lon, lat)."""
    ring = " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in [*polygon, polygon[0]])
    stamp = {
        k: rfc3339(v).replace("Z", "-00:00")
        for k, v in (("sent", sent_s), ("on", onset_s), ("ex", expires_s))
    }
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier><sender>meteo@example.org</sender><sent>{stamp["sent"]}</sent>
  <status>Actual</status><msgType>{msg_type}</msgType><scope>Public</scope>
  <info>
    <language>en</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>
    <severity>{severity}</severity><certainty>Likely</certainty>
    <onset>{stamp["on"]}</onset><expires>{stamp["ex"]}</expires>
    <headline>{event} warning from {rfc3339(onset_s)[11:16]}</headline>
    <area><areaDesc>Road to Arinsal</areaDesc><polygon>{ring}</polygon></area>
  </info>
</alert>""".encode()


def square(lonlat: tuple[float, float], half_m: float) -> list[tuple[float, float]]:
    lon, lat = lonlat
    dy = half_m / 111_320
    dx = dy / float(np.cos(np.radians(lat)))
    return [(lon - dx, lat - dy), (lon + dx, lat - dy), (lon + dx, lat + dy), (lon - dx, lat + dy)]


def arinsal_polygon() -> list[tuple[float, float]]:
    """Cover the middle of the only road into the valley, and nothing else."""
    roads = region("andorra")
    edges = np.flatnonzero(roads.edge_way == ERTS_ROAD[0])
    longest = int(edges[np.argmax(roads.edge_length_mm[edges])])
    shape = roads.shape(longest)
    return square(shape[len(shape) // 2], 20.0)


def arinsal_flood(*, sent_s: int | None = None, onset_s: int | None = None) -> bytes:
    return cap(
        identifier="arinsal-flood-1",
        sent_s=at(9) if sent_s is None else sent_s,
        onset_s=at(10) if onset_s is None else onset_s,
        expires_s=at(20),
        polygon=arinsal_polygon(),
    )
