"""An index over the edges of roads: which of them shapes meet, many shapes at once.

In: roads and shapely geometries in degrees. Out: pairs of a shape and an edge. It is made at the first
question, once a region: roads on which stops were anchored keep the edges of their region, and only the parts
behind these are indexed on top. Refuses to know hazards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    """The edges from `first` on, up to the next layer. The two directions of a road are one line here."""

    first: int
    edge: I32  # [L] the edge of each line
    twin: I32  # [L] the edge that is driven the other way over the same points; -1 where there is none
    lines: Geometries  # [L]
    boxes: F64  # [L, 4] west, south, east, north
    offset: I64  # [L + 1] the points of a line in the two below
    lon: F64
    lat: F64
    tree: shapely.STRtree
    low_m: I16  # [K] the lowest height of an edge; UNKNOWN_M where that of any of its points is
    high_m: I16
    cut: bool  # an edge over the 180th meridian has a line on either side of it

    def near(self, shapes: Geometries) -> tuple[I64, I64]:
        """Pair shapes and lines whose boxes meet, by shape."""
        shape, line = self.tree.query(shapes)
        return shape, line

    def meeting(self, shapes: Geometries) -> tuple[I64, I64]:
        """Pair shapes and lines that meet, by shape; the shapes are to be prepared."""
        shape, line = self.near(shapes)
        if not len(shape):
            return shape, line
        rings = _rings(shapes)
        first = np.searchsorted(shape, np.arange(len(shapes) + 1))
        said = sift(
            *rings, shapely.bounds(shapes), first, line, self.boxes, self.offset, self.lon, self.lat
        )  # fmt: skip
        hit: Bool = said == IN
        ask = np.flatnonzero(said == ASK)
        hit[ask] = shapely.intersects(shapes[shape[ask]], self.lines[line[ask]])
        return shape[hit], line[hit]

    def edges(self, lines: I64) -> I32:
        """List the edges of lines, sorted."""
        twin = self.twin[lines]
        found = np.concatenate([self.edge[lines], twin[twin >= 0]])
        if self.cut:
            return np.unique(found)
        found.sort()
        return found


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
        found = [layer.meeting(some) for layer in layers]
        cuts = [np.searchsorted(shape, np.arange(len(some) + 1)) for shape, _ in found]
        for n in range(len(some)):
            lines = [line[cut[n] : cut[n + 1]] for (_, line), cut in zip(found, cuts, strict=True)]
            if any(map(len, lines)):
                # Layers follow each other, and no edge stands in two.
                edges = [layer.edges(each) for layer, each in zip(layers, lines, strict=True)]
                yield low + n, edges[0] if len(edges) == 1 else np.concatenate(edges)
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


def edges_that(roads: Roads, box: BaseGeometry, holds: Callable[[F64, F64, I64], Bool]) -> I32:
    """List the edges near a box of which something holds, sorted; it must not depend on the way they lead.

    It is asked of many at once: of points, in degrees, and of where the points of each begin, [K + 1].
    """
    found: list[I32] = [np.zeros(0, np.int32)]
    one = np.array([box], dtype=object)
    for layer in index(roads):
        _, line = layer.near(one)
        if len(line):
            where, first = _spread(layer.offset, line)
            found.append(layer.edges(line[holds(layer.lon[where], layer.lat[where], first)]))
    return np.concatenate(found)  # layers follow each other


def lines_near(roads: Roads, box: BaseGeometry) -> tuple[I32, Geometries]:
    """List the edges whose boxes meet a box, and their lines."""
    edges: list[I32] = []
    lines: list[Geometries] = []
    one = np.array([box], dtype=object)
    for layer in index(roads):
        _, line = layer.near(one)
        both = line[layer.twin[line] >= 0]
        edges += [layer.edge[line], layer.twin[both]]
        lines += [layer.lines[line], _objects(shapely.reverse(layer.lines[both]))]
    if not edges:
        return np.zeros(0, np.int32), np.empty(0, dtype=object)
    order = np.argsort(np.concatenate(edges))
    return np.concatenate(edges)[order], np.concatenate(lines)[order]


@lru_cache(maxsize=8)
def index(roads: Roads) -> tuple[Layer, ...]:
    """Get the layers of roads, which are known by identity; those of their region are shared."""
    below = () if roads.region is None else index(roads.region)
    first = 0 if roads.region is None else roads.region.n_edges
    return below if first == roads.n_edges else (*below, _layer(roads, first))


def _layer(roads: Roads, first: int) -> Layer:
    begin = np.asarray(roads.shape_offset[first:])
    points = slice(int(begin[0]), int(begin[-1]))
    at = np.column_stack([roads.shape_lon[points], roads.shape_lat[points]])
    begin = begin - begin[0]
    height = np.asarray(roads.shape_ele_m[points])
    low = np.minimum.reduceat(height, begin[:-1])
    high = np.where(low == UNKNOWN_M, UNKNOWN_M, np.maximum.reduceat(height, begin[:-1])).astype(np.int16)

    edge, twin = _paired(roads.edge_from[first:], roads.edge_to[first:], begin, at)
    where, offset = _spread(begin, edge)
    at = at[where]
    cut = bool((np.abs(np.diff(at[:, 0])) > 180.0).any())
    if cut:
        at, offset, of = _at_meridian(at, offset)
        edge, twin = edge[of], twin[of]
    lines = _objects(shapely.from_ragged_array(shapely.GeometryType.LINESTRING, at, (offset,)))
    lon, lat = np.ascontiguousarray(at[:, 0]), np.ascontiguousarray(at[:, 1])
    tree = shapely.STRtree(lines)
    tree.query(shapely.Point(0, 0))  # the tree sorts itself at its first question
    return Layer(
        first=first,
        edge=(edge + first).astype(np.int32),
        twin=np.where(twin < 0, -1, twin + first).astype(np.int32),
        lines=lines,
        boxes=_boxes(lon, lat, offset[:-1]),
        offset=offset,
        lon=lon,
        lat=lat,
        tree=tree,
        low_m=low,
        high_m=high,
        cut=cut,
    )


def _paired(start: I32, end: I32, begin: I64, at: F64) -> tuple[I64, I64]:
    """Pair edges that lead over the same points in both directions: one edge a line, and its twin or -1."""
    count = np.diff(begin)
    low, high = np.minimum(start, end).astype(np.int64), np.maximum(start, end).astype(np.int64)
    key = (low << 32) | high
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    alone = np.ones(len(same), np.bool_)
    alone[1:] = ~same[:-1]  # of several edges between the same nodes only the first two are looked at
    a, b = order[:-1][same & alone], order[1:][same & alone]
    a, b = a[count[a] == count[b]], b[count[a] == count[b]]
    there, offset = _spread(begin, a)
    back = np.repeat(begin[b] + count[b] - 1, count[b]) - (
        np.arange(len(there)) - np.repeat(offset[:-1], count[a])
    )
    alike = (at[there] == at[back]).all(axis=1)
    fit = np.logical_and.reduceat(alike, offset[:-1]) if len(a) else np.zeros(0, np.bool_)
    twin = np.full(len(start), -1, np.int64)
    twin[a[fit]] = b[fit]
    kept = np.ones(len(start), np.bool_)
    kept[b[fit]] = False
    edge = np.flatnonzero(kept)
    return edge, twin[edge]


def _at_meridian(at: F64, offset: I64) -> tuple[F64, I64, I64]:
    """Cut lines where they lead over the 180th meridian: points, where each begins, which line it is of.

    What is between two points there is parted by a point on the meridian, written once for each side.
    """
    step = np.diff(at[:, 0])
    step[offset[1:-1] - 1] = 0.0  # from the end of a line to the start of the next is no step
    leap = np.flatnonzero(np.abs(step) > 180.0)
    a, b = at[leap], at[leap + 1]
    side = np.where(a[:, 0] > 0, 180.0, -180.0)
    gap = b[:, 0] + 2 * side - a[:, 0]
    share = (side - a[:, 0]) / np.where(gap == 0, 1.0, gap)
    lat = a[:, 1] + (b[:, 1] - a[:, 1]) * share
    on = np.stack([np.column_stack([side, lat]), np.column_stack([-side, lat])], axis=1)
    points = np.insert(at, np.repeat(leap + 1, 2), on.reshape(-1, 2), axis=0)
    moved = offset + 2 * np.searchsorted(leap + 1, offset, side="right")
    behind = leap + 2 + 2 * np.arange(len(leap))
    begins = np.sort(np.concatenate([moved, behind]))
    return points, begins, np.searchsorted(moved, begins[:-1], side="right") - 1


def _spread(begin: I64, edges: I64) -> tuple[I64, I64]:
    """List the points of some edges one after the other, and where each begins."""
    count = np.diff(begin)[edges]
    offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
    within = np.arange(offset[-1]) - np.repeat(offset[:-1], count)
    return np.repeat(begin[edges], count) + within, offset


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
