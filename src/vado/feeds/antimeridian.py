"""Rings at the edge of the map: longitudes beyond 180, and rings that jump from 179 to -179.

In: a closed ring, longitudes -540 to 540. Out: rings within -180 to 180. Refuses to make it smaller: a ring
that may be as wide as the world stays as wide.
"""

from __future__ import annotations

from itertools import pairwise

import shapely

from vado.model.alert import Ring
from vado.model.ids import LonLat

HALF = 180.0


def on_the_map(ring: Ring) -> tuple[list[Ring], bool]:
    """Give the rings of the map that a ring covers, and whether it had to be cut."""
    lons = [lon for lon, _ in ring]
    if min(lons) >= -HALF and max(lons) <= min(HALF, min(lons) + HALF):
        return [ring], False  # nowhere beyond, and no step is wide enough to cross
    beyond = any(abs(lon) > HALF for lon, _ in ring)
    unrolled = _unrolled(ring)
    if unrolled is None:
        if not beyond:
            return [ring], False
        unrolled = list(ring)
    shape = shapely.make_valid(shapely.Polygon(unrolled), method="structure", keep_collapsed=True)
    found: list[Ring] = []
    for turn in (-1, 0, 1):
        window = shapely.box(360 * turn - HALF, -90, 360 * turn + HALF, 90)
        found += [
            tuple((_lon(x - 360 * turn), float(y)) for x, y in part.exterior.coords)
            for part in shapely.get_parts(shapely.intersection(shape, window))
            if part.geom_type == "Polygon" and not part.is_empty
        ]
    return (found, len(found) > 1) if found else ([tuple((_wrapped(x), y) for x, y in ring)], True)


def _unrolled(ring: Ring) -> list[LonLat] | None:
    """Follow a ring across the antimeridian; None where it does not cross, or may go around the world."""
    turns, points = 0, [ring[0]]
    for (before, _), (lon, lat) in pairwise(ring):
        if abs(lon - before) > HALF:
            turns += 1 if lon < before else -1
        points.append((lon + 360 * turns, lat))
    lons = [lon for lon, _ in points]
    # Back where it began, and narrower than half the world: else it was drawn flat, as wide as it looks.
    if points[0] != points[-1] or lons == [lon for lon, _ in ring] or not 0 < max(lons) - min(lons) < HALF:
        return None
    return points


def _lon(lon: float) -> float:
    return min(HALF, max(-HALF, float(lon)))


def _wrapped(lon: float) -> float:
    return (lon + HALF) % 360 - HALF if abs(lon) > HALF else lon
