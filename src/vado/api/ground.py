"""The ground: the roads of a region as the overview page draws them, which stand still.

In: roads. Out: JSON types of bounded size: large regions show their larger roads only. Lines are flat
[lon, lat, lon, lat, ...], thinned to what a screen can show; each can be asked about by its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from vado.model.ids import LonLat
from vado.model.roads import Roads

Json = dict[str, Any]

# Largest first; a region that is too large for the screen shows only the first few.
RANKS: tuple[tuple[str, ...], ...] = (
    ("motorway", "trunk", "primary"),
    ("secondary",),
    ("tertiary",),
    ("unclassified", "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
    ("residential", "living_street"),
)
MAP_POINTS_MAX = 40_000
MAP_RAW_MAX = 2_000_000  # points looked at; a country has more, and shows its main roads
NAMES_MAX = 2_000  # of roads, to choose from
SCREEN = 2000  # thinner than this share of the map's width is not seen
DIGITS = 5  # about a metre


def draw_map(roads: Roads) -> Json:
    """Draw what stands still: roads by rank, bounds, attribution."""
    bounds = bounds_of(roads)
    tolerance = tolerance_of(bounds)
    rank_of = {name: rank for rank, names in enumerate(RANKS) for name in names}
    last = len(RANKS)  # tracks, service roads, all the rest
    ranks = np.array([rank_of.get(name, last) for name in roads.classes] or [last])[roads.edge_class]
    points = np.diff(roads.shape_offset)
    once = _once(roads)
    drawn: list[Json] = []
    left, raw = MAP_POINTS_MAX, MAP_RAW_MAX
    for rank in range(last + 1):
        edges = once[ranks[once] == rank]
        raw -= int(points[edges].sum())
        if raw < 0:
            break
        lines = thin([roads.shape(int(edge)) for edge in edges], tolerance)
        left -= sum(len(one) // 2 for one in lines)
        if left < 0 and drawn:
            break
        # By its way a road on the screen can be asked about.
        ways = roads.edge_way[edges[points[edges] > 1]].tolist()
        drawn.append({"rank": rank, "lines": lines, "ways": ways})
    return {
        "region": roads.name,
        "region_hash": roads.content_hash,
        "attribution": roads.attribution,
        "source": roads.source,
        "bounds": bounds,
        "complete": len(drawn) == last + 1,
        "roads": drawn,
        "names": _names(roads),
    }


def _names(roads: Roads) -> list[str]:
    """List what people can ask for by name; where there are too many, the larger roads."""
    rank_of = {name: rank for rank, names in enumerate(RANKS) for name in names}
    ranks = np.array([rank_of.get(name, len(RANKS)) for name in roads.classes] or [0])[roads.edge_class]
    said = np.array([bool(text) for text in roads.strings] or [False])
    named = np.flatnonzero(said[roads.edge_ref] | said[roads.edge_name])
    keys = np.stack([roads.edge_ref[named], roads.edge_name[named]])
    _, first = np.unique(keys, axis=1, return_index=True)
    chosen = named[first][np.argsort(ranks[named[first]], kind="stable")][:NAMES_MAX]
    return sorted({roads.road(int(edge)) for edge in chosen})


def bounds_of(roads: Roads) -> list[float]:
    """Give west, south, east, north of all roads."""
    if not len(roads.shape_lon):
        return [-1.0, -1.0, 1.0, 1.0]
    lon, lat = roads.shape_lon, roads.shape_lat
    return [round(float(x), DIGITS) for x in (lon.min(), lat.min(), lon.max(), lat.max())]


def _once(roads: Roads) -> np.ndarray[Any, Any]:
    """List edges so that a road driven both ways is drawn once."""
    low = np.minimum(roads.edge_from, roads.edge_to).astype(np.int64)
    high = np.maximum(roads.edge_from, roads.edge_to).astype(np.int64)
    keys = np.stack([roads.edge_way, low, high, roads.edge_length_mm.astype(np.int64)])
    _, first = np.unique(keys, axis=1, return_index=True)
    return np.sort(first)


def tolerance_of(bounds: Sequence[float]) -> float:
    return max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / SCREEN


def thin(lines: Iterable[Sequence[LonLat]], tolerance: float) -> list[list[float]]:
    """Leave out points nobody would see, and lines that are only one."""
    kept = [np.asarray(points) for points in lines if len(points) > 1]
    if not kept:
        return []
    owner = np.repeat(np.arange(len(kept)), [len(points) for points in kept])
    drawn = shapely.simplify(shapely.linestrings(np.concatenate(kept), indices=owner), tolerance)
    coords, of = shapely.get_coordinates(drawn, return_index=True)
    flat = np.round(coords, DIGITS)
    split = np.flatnonzero(np.diff(of)) + 1
    return [part.ravel().tolist() for part in np.split(flat, split)]
