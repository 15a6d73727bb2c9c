"""An index over the edges of roads: which of them shapes meet, many shapes at once.

In: roads and shapely geometries in degrees. Out: pairs of a shape and an edge. It is made at the first
question, once a region: roads on which stops were anchored keep the edges of their region, and only the parts
behind these are indexed on top. Refuses to know hazards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from vado.hazards._kernels import ASK, IN, sift
from vado.model.roads import F64, I16, I32, I64, UNKNOWN_M, Bool, Roads

Geometries = npt.NDArray[np.object_]
# Shapes that are looked up together: as many as fit, by their boxes, into this many pairs. Bounds memory.
PAIRS_AT_ONCE = 4_000_000
SHAPES_AT_ONCE = 512
_POLYGONS = (3, 6)  # shapely's type ids of Polygon and MultiPolygon


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The edges from `first` on, up to the next layer."""

    first: int
    lines: Geometries  # [K]
    boxes: F64  # [K, 4] west, south, east, north
    offset: I64  # [K + 1] the points of an edge in the two below
    lon: F64
    lat: F64
    tree: shapely.STRtree
    low_m: I16  # [K] the lowest height of an edge; UNKNOWN_M where that of any of its points is
    high_m: I16

    def near(self, shapes: Geometries) -> tuple[I64, I64]:
        """Pair shapes and edges whose boxes meet, by shape."""
        shape, edge = self.tree.query(shapes)
        return shape, edge

    def meeting(self, shapes: Geometries) -> tuple[I64, I64]:
        """Pair shapes and edges that meet, by shape; the shapes are to be prepared."""
        shape, edge = self.near(shapes)
        if not len(shape):
            return shape, edge
        rings = _rings(shapes)
        first = np.searchsorted(shape, np.arange(len(shapes) + 1))
        said = sift(*rings, shapely.bounds(shapes), first, edge, self.boxes, self.offset, self.lon, self.lat)
        hit: Bool = said == IN
        ask = np.flatnonzero(said == ASK)
        hit[ask] = shapely.intersects(shapes[shape[ask]], self.lines[edge[ask]])
        return shape[hit], edge[hit]


def edges_meeting(roads: Roads, geometry: BaseGeometry) -> I32:
    """List the edges that meet one valid geometry in degrees, sorted."""
    for _, edges in meeting(roads, [geometry]):
        return edges
    return np.zeros(0, np.int32)


def meeting(roads: Roads, geometries: Sequence[BaseGeometry]) -> Iterator[tuple[int, I32]]:
    """Give, for each geometry that meets an edge, its place in the list and those edges, sorted."""
    layers = index(roads)
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    for low, high in _portions(roads, shapes):
        some = shapes[low:high]
        shapely.prepare(some)
        found = [(layer.first, *layer.meeting(some)) for layer in layers]
        cuts = [np.searchsorted(shape, np.arange(len(some) + 1)) for _, shape, _ in found]
        for n in range(len(some)):
            edges = [
                edge[cut[n] : cut[n + 1]] + first for (first, _, edge), cut in zip(found, cuts, strict=True)
            ]
            if any(map(len, edges)):
                # Layers follow each other, and no edge stands in two.
                yield low + n, np.concatenate([np.sort(each.astype(np.int32)) for each in edges])
        shapely.destroy_prepared(some)


def heights(roads: Roads, edges: I32) -> tuple[I16, I16]:
    """Give the lowest and highest metres above sea level of edges; UNKNOWN_M where a part is not known."""
    layers = index(roads)
    starts = np.array([layer.first for layer in layers])
    cuts = [*np.searchsorted(edges, starts).tolist(), len(edges)]
    low, high = np.empty(len(edges), np.int16), np.empty(len(edges), np.int16)
    for layer, a, b in zip(layers, cuts[:-1], cuts[1:], strict=True):
        low[a:b], high[a:b] = layer.low_m[edges[a:b] - layer.first], layer.high_m[edges[a:b] - layer.first]
    return low, high


def lines_near(roads: Roads, box: BaseGeometry) -> tuple[I32, Geometries]:
    """List the edges whose boxes meet a box, and their lines."""
    edges: list[I32] = []
    lines: list[Geometries] = []
    one = np.array([box], dtype=object)
    for layer in index(roads):
        _, edge = layer.near(one)
        edge.sort()
        edges.append((edge + layer.first).astype(np.int32))
        lines.append(layer.lines[edge])
    if not edges:
        return np.zeros(0, np.int32), np.empty(0, dtype=object)
    return np.concatenate(edges), np.concatenate(lines)


@lru_cache(maxsize=8)
def index(roads: Roads) -> tuple[Layer, ...]:
    """Get the layers of roads, which are known by identity; those of their region are shared."""
    below = () if roads.region is None else index(roads.region)
    first = 0 if roads.region is None else roads.region.n_edges
    return below if first == roads.n_edges else (*below, _layer(roads, first))


def _layer(roads: Roads, first: int) -> Layer:
    offset = np.asarray(roads.shape_offset[first:])
    lon = np.asarray(roads.shape_lon[offset[0] : offset[-1]])
    lat = np.asarray(roads.shape_lat[offset[0] : offset[-1]])
    offset = offset - offset[0]
    lines = _objects(shapely.from_ragged_array(
        shapely.GeometryType.LINESTRING, np.column_stack([lon, lat]), (offset,)
    ))  # fmt: skip
    tree = shapely.STRtree(lines)
    tree.query(shapely.Point(0, 0))  # the tree sorts itself at its first question
    height = np.asarray(roads.shape_ele_m[roads.shape_offset[first] : roads.shape_offset[-1]])
    low = np.minimum.reduceat(height, offset[:-1])
    high = np.where(low == UNKNOWN_M, UNKNOWN_M, np.maximum.reduceat(height, offset[:-1])).astype(np.int16)
    return Layer(first, lines, _boxes(lon, lat, offset[:-1]), offset, lon, lat, tree, low, high)


def _boxes(lon: F64, lat: F64, starts: I64) -> F64:
    return np.column_stack(
        [
            np.minimum.reduceat(lon, starts),
            np.minimum.reduceat(lat, starts),
            np.maximum.reduceat(lon, starts),
            np.maximum.reduceat(lat, starts),
        ]
    )


def _rings(shapes: Geometries) -> tuple[I64, I64, F64, F64]:
    """Lay out the rings of polygons; other geometries have none."""
    polygonal = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    parts, part_of = shapely.get_parts(_only(shapes, polygonal), return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    at, point_of = shapely.get_coordinates(rings, return_index=True)
    shape_of = part_of[ring_of]
    return (
        np.searchsorted(shape_of, np.arange(len(shapes) + 1)),
        np.searchsorted(point_of, np.arange(len(rings) + 1)),
        np.ascontiguousarray(at[:, 0]),
        np.ascontiguousarray(at[:, 1]),
    )


def _only(shapes: Geometries, wanted: Bool) -> Geometries:
    kept = shapes.copy()
    kept[~wanted] = None
    return kept


def _portions(roads: Roads, shapes: Geometries) -> Iterator[tuple[int, int]]:
    """Divide a list of shapes so that no portion gives too many pairs, as far as their boxes tell."""
    if not len(shapes) or not roads.n_edges:
        return
    if len(shapes) == 1:
        yield 0, 1
        return
    region = (roads.shape_lon.min(), roads.shape_lat.min(), roads.shape_lon.max(), roads.shape_lat.max())
    boxes = shapely.bounds(shapes)
    wide = np.minimum(boxes[:, 2], region[2]) - np.maximum(boxes[:, 0], region[0])
    high = np.minimum(boxes[:, 3], region[3]) - np.maximum(boxes[:, 1], region[1])
    share = wide.clip(0) * high.clip(0) / max((region[2] - region[0]) * (region[3] - region[1]), 1e-12)
    pairs = np.nan_to_num(share) * roads.n_edges
    low, total = 0, 0.0
    for n, each in enumerate(pairs.tolist()):
        if n > low and (total + each > PAIRS_AT_ONCE or n - low >= SHAPES_AT_ONCE):
            yield low, n
            low, total = n, 0.0
        total += each
    yield low, len(shapes)


def _objects(values: Any) -> Geometries:
    return np.asarray(values, dtype=object)
