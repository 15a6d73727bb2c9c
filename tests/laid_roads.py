"""Roads laid under hazards, wherever on earth they are, to see what they do to whom and when.

In: hazards. Out: `Roads` with a short road in each of their shapes; and what closures of some hazards lack to
be as strict as those of others, edge by edge, profile by profile, at each instant. Refuses to know how
hazards came about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from random import Random

import numpy as np
import shapely

from drawn import PROFILES, SIZES
from vado.hazards import footprint
from vado.model.alert import Area
from vado.model.hazard import Hazard
from vado.model.ids import Hash, LonLat
from vado.model.roads import Places, Roads
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.network import snapshot

SHORT = 0.0005  # degrees, some 50 m: half of a road laid at a point
ROADS_MAX = 150
TRAVELS = tuple(Travel(profile=profile) for profile in PROFILES)

_Road = tuple[LonLat, LonLat, str, str]  # from, to, ref, name


def roads_under(hazards: Iterable[Hazard]) -> Roads:
    """Lay a road under each shape of hazards, along lines and in the middle of areas; of many, some."""
    found = list(dict.fromkeys(road for h in hazards for area in h.footprint for road in _of(area)))
    laid = sorted(Random(len(found)).sample(found, min(ROADS_MAX, len(found))))
    return _roads(laid)


def _of(area: Area) -> list[_Road]:
    roads = [
        (place.points[0], place.points[1], place.ref, place.name)
        for place in area.roads
        if len(place.points) > 1
    ]
    roads += [_at(place.points[0], place.ref, place.name) for place in area.roads if len(place.points) == 1]
    roads += [(line[0], line[1], "", "") for line in area.lines if len(line) > 1]
    roads += [_at((circle.lon, circle.lat)) for circle in area.circles]
    for polygon in area.polygons:
        inside = shapely.make_valid(shapely.Polygon(polygon.outer, polygon.holes)).representative_point()
        roads.append(_at((inside.x, inside.y)))
    return [road for road in roads if road[0] != road[1] and all(abs(lat) < 89 for _, lat in road[:2])]


def _at(point: LonLat, ref: str = "", name: str = "") -> _Road:
    lon = min(max(point[0], -180 + SHORT), 180 - SHORT)
    return (lon - SHORT, point[1]), (lon + SHORT, point[1]), ref, name


def _roads(laid: Sequence[_Road]) -> Roads:
    """Make each road a part of its own, driven both ways."""
    n = len(laid)
    strings = ["", *dict.fromkeys(text for road in laid for text in road[2:] if text)]
    ends = np.array([road[:2] for road in laid], np.float64).reshape(2 * n, 2)
    edge_from = np.arange(2 * n, dtype=np.int32)
    edge_to = edge_from ^ 1
    points = np.stack([ends[edge_from], ends[edge_to]], axis=1).reshape(4 * n, 2)
    metres = np.hypot(*((ends[edge_to] - ends[edge_from]) * 111_195.0).T)
    none = np.zeros(0, np.int64)

    def of_edge(values: list[int]) -> np.ndarray:
        return np.repeat(np.array(values, np.int32), 2)

    return Roads(
        name="laid", content_hash=Hash("sha256:" + hashlib.sha256(points.tobytes()).hexdigest()),
        source="laid in a test", attribution="", profiles=PROFILES,
        node_osm=np.arange(1, 2 * n + 1), node_lon=ends[:, 0].copy(), node_lat=ends[:, 1].copy(),
        node_part=np.tile(np.arange(2 * n, dtype=np.int32) // 2, (len(PROFILES), 1)),
        edge_from=edge_from, edge_to=edge_to, edge_way=np.repeat(np.arange(1, n + 1), 2),
        edge_length_mm=np.maximum(1, metres * 1000).astype(np.int32),
        edge_duration_ms=np.full((len(PROFILES), 2 * n), 60_000, np.int32),
        edge_class=np.zeros(2 * n, np.uint8), edge_flags=np.zeros(2 * n, np.uint16),
        edge_surface=np.zeros(2 * n, np.int32), edge_maxspeed_kmh=np.zeros(2 * n, np.uint8),
        edge_limit=np.zeros(2 * n, np.int32),
        edge_name=of_edge([strings.index(road[3]) for road in laid]),
        edge_ref=of_edge([strings.index(road[2]) for road in laid]),
        shape_offset=np.arange(0, 4 * n + 1, 2), shape_lon=points[:, 0].copy(), shape_lat=points[:, 1].copy(),
        shape_osm=np.stack([edge_from, edge_to], axis=1).reshape(-1).astype(np.int64) + 1,
        turn_from_way=none, turn_via=none, turn_to_way=none, turn_kind=np.zeros(0, np.int32),
        turn_via_is_way=np.zeros(0, np.bool_), turn_enforced=np.zeros(0, np.bool_),
        places=Places(name=(), names=(), kind=(), lon=np.zeros(0), lat=np.zeros(0),
                      node=np.zeros(0, np.int32), snap_m=np.zeros(0), population=none),
        classes=("tertiary",), strings=tuple(strings), sizes=SIZES,
    )  # fmt: skip


def frozen(roads: Roads, hazards: Sequence[Hazard]) -> Snapshot:
    return snapshot(roads, hazards, footprint(roads, hazards), travels=TRAVELS)


def opened(before: Snapshot, after: Snapshot, *, now_s: int) -> list[str]:
    """List where somebody drives after, from now on, who could not, or not as fast, before."""
    found = []
    for travel, rows in before.closures.items():
        later = _by_edge(after.closures[travel])
        for k in range(len(rows)):
            start_s, end_s = max(now_s, int(rows.start_s[k])), int(rows.end_s[k])
            holding = later.get(int(rows.edge[k]), ())
            instants = {start_s, *(at for row in holding for at in row[:2] if start_s < at < end_s)}
            for at in sorted(instants) if start_s < end_s else ():
                factor = min((f for a, b, f in holding if a <= at < b), default=1.0)
                if factor > rows.factor[k]:
                    who = before.hazards[int(rows.hazard[k])].id
                    found.append(
                        f"{who}: {travel} on edge {rows.edge[k]} at {at}: {factor} of {rows.factor[k]}"
                    )
                    break
    return found


def _by_edge(rows: Closures) -> dict[int, list[tuple[int, int, float]]]:
    found: dict[int, list[tuple[int, int, float]]] = {}
    columns = zip(
        rows.edge.tolist(), rows.start_s.tolist(), rows.end_s.tolist(), rows.factor.tolist(), strict=True
    )
    for edge, start_s, end_s, factor in columns:
        found.setdefault(edge, []).append((start_s, end_s, factor))
    return found
