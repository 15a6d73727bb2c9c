"""Road-like graphs from a seed: towns of streets, country roads between them, a motorway net above.

In: how many directed edges are wanted, and a seed. Out: `Network`, flat arrays, the same each time. Refuses
to know routing. Everything is done on whole arrays: ten million edges take some seconds.

How it is laid out, all measures our own choice:
  coarse grid   one town a cell, CELL_M wide, shifted a little, of 5 x 5 to 34 x 34 street corners
  streets       a spanning tree of the corners' grid driven both ways, and EXTRA of the other streets, most
                one-way; every fourth line is a main street
  country roads between neighbouring towns: a tree and more, with a junction every 600 m or so, some of which
                carry a lane that ends
  motorways     every fifth row and column of towns, a carriageway each way, a junction beside each town
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import numpy.typing as npt

from vado.model.ids import Hash
from vado.model.roads import Places, Roads
from vado.network.parts import parts

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

CLASSES = ("residential", "tertiary", "secondary", "primary", "motorway", "motorway_link")
KMH = np.array([30.0, 50.0, 70.0, 90.0, 120.0, 60.0])
RESIDENTIAL, TERTIARY, SECONDARY, PRIMARY, MOTORWAY, LINK = range(6)

LON0, LAT0 = 2.0, 45.0  # of the south-western corner
M_PER_DEGREE = 111_195.0  # of a sphere of 6,371 km, the earth's mean radius (IUGG)
CELL_M = 8_000.0
BLOCK_M = 110.0
JUNCTION_M = 600.0
EXTRA = 0.26
ONE_WAY = 0.8
MOTORWAY_EVERY = 5
# Directed edges of one town with its share of country roads, on average: measured on a million edges.
EDGES_A_TOWN = 742.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """N nodes and M directed edges; the two directions of a road are two edges of one `way`."""

    n_nodes: int
    edge_from: I32  # [M]
    edge_to: I32  # [M]
    ms: I32  # [M] milliseconds
    metres: F64  # [M] along the road, a little longer than straight
    way: I64  # [M] number of the road
    kind: npt.NDArray[np.uint8]  # [M] index into CLASSES
    lon: F64  # [N] degrees
    lat: F64
    town: I32  # [K] the node in the middle of each town

    @property
    def n_edges(self) -> int:
        return len(self.edge_from)


class _Drawing:
    """Roads as they are drawn, before they become edges."""

    def __init__(self) -> None:
        self.parts: list[tuple[I64, I64, I64, npt.NDArray[np.bool_]]] = []
        self.points: list[tuple[F64, F64]] = []
        self.count = 0

    def nodes(self, x: F64, y: F64) -> I64:
        """Add nodes, metres east and north; gives their numbers."""
        self.points.append((x, y))
        self.count += len(x)
        return np.arange(self.count - len(x), self.count)

    def roads(self, a: I64, b: I64, kind: I64 | int, both: npt.NDArray[np.bool_] | bool = True) -> None:
        kinds = np.broadcast_to(np.asarray(kind, np.int64), a.shape)
        self.parts.append((a, b, kinds, np.broadcast_to(np.asarray(both, np.bool_), a.shape)))


def synthetic(n_edges: int, *, seed: int = 1) -> Network:
    """Draw a network of about `n_edges` directed edges, strongly connected."""
    rng = np.random.default_rng(seed)
    towns = max(4, round(n_edges / EDGES_A_TOWN))
    columns = max(2, round(towns**0.5))
    rows = max(2, -(-towns // columns))
    towns = rows * columns
    row, column = np.divmod(np.arange(towns), columns)
    # Few large towns, many small ones, the same mix in every network: quantiles dealt out in a drawn order.
    share = (rng.permutation(towns) + 0.5) / towns
    size = (5 + 29 * share**2.2).astype(np.int64)
    x = (column + 0.5 + rng.uniform(-0.15, 0.15, towns)) * CELL_M
    y = (row + 0.5 + rng.uniform(-0.15, 0.15, towns)) * CELL_M
    drawing = _Drawing()
    first = _streets(drawing, rng, size, x, y)
    middle = first + (size // 2) * size + size // 2
    east, west = first + (size // 2) * size + size - 1, first + (size // 2) * size
    north, south = first + (size - 1) * size + size // 2, first + size // 2
    at = np.arange(towns).reshape(rows, columns)
    right = (at[:, :-1].ravel(), at[:, 1:].ravel())
    up = (at[:-1].ravel(), at[1:].ravel())
    # A comb (all rows, one column) holds it together; of the other country roads some are missing.
    keep = (rng.random(len(up[0])) < 0.75) | (column[up[0]] == columns // 2)
    a = np.concatenate([east[right[0]], north[up[0][keep]]])
    b = np.concatenate([west[right[1]], south[up[1][keep]]])
    kind = np.where(
        rng.random(len(a)) < 0.3, PRIMARY, np.where(rng.random(len(a)) < 0.5, SECONDARY, TERTIARY)
    )
    _country(drawing, rng, a, b, kind)
    _motorways(drawing, rng, size, x, y, first, (row, column), (right, up))
    return _network(drawing, rng, middle)


def _streets(drawing: _Drawing, rng: np.random.Generator, size: I64, x: F64, y: F64) -> I64:
    """Draw all towns at once; gives the first node of each, its south-western corner."""
    corners = size * size
    first = np.cumsum(corners) - corners
    town = np.repeat(np.arange(len(size)), corners)
    inside = np.arange(len(town)) - first[town]
    side = size[town]
    line, place = inside // side, inside % side
    shift = rng.uniform(-0.25, 0.25, (2, len(town)))
    drawing.nodes(
        x[town] + (place - side / 2 + shift[0]) * BLOCK_M, y[town] + (line - side / 2 + shift[1]) * BLOCK_M
    )
    me = np.arange(len(town))
    has_left, has_below = place > 0, line > 0
    # A tree: every corner but the first is joined to its left or to the one below.
    left_first = rng.random(len(me)) < 0.5
    tree_left = has_left & (left_first | ~has_below)
    tree_below = has_below & (~left_first | ~has_left)
    for has, tree, other, main in (
        (has_left, tree_left, me - 1, line % 4 == 2),
        (has_below, tree_below, me - side, place % 4 == 2),
    ):
        drawn = tree | (has & (main | (rng.random(len(me)) < EXTRA)))
        both = tree | main | (rng.random(len(me)) >= ONE_WAY)
        at = me[drawn]
        kind = np.where(main[drawn], TERTIARY, RESIDENTIAL)
        turned = ~both[drawn] & (rng.random(len(at)) < 0.5)
        ends = np.where(turned, other[drawn], at), np.where(turned, at, other[drawn])
        drawing.roads(*ends, kind, both[drawn])
    corner: I64 = first
    return corner


def _country(drawing: _Drawing, rng: np.random.Generator, a: I64, b: I64, kind: I64) -> None:
    """Draw country roads with junctions on the way; of those a third carry a lane that ends."""
    inner = _chain(drawing, rng, a, b, kind, spacing=JUNCTION_M, both=True)
    at = inner[rng.random(len(inner)) < 0.35]
    x, y = (np.concatenate(part) for part in zip(*drawing.points, strict=True))
    end = drawing.nodes(x[at] + rng.uniform(-300, 300, len(at)), y[at] + rng.uniform(-300, 300, len(at)))
    drawing.roads(at, end, RESIDENTIAL)


def _chain(drawing: _Drawing, rng: np.random.Generator, a: I64, b: I64, kind: I64, *, spacing: float,
           both: bool) -> I64:  # fmt: skip
    """Draw roads of several parts from a to b; gives the nodes in between."""
    x, y = (np.concatenate(part) for part in zip(*drawing.points, strict=True))
    gap = np.hypot(x[b] - x[a], y[b] - y[a])
    count = np.maximum(1, (gap / spacing).astype(np.int64))
    road = np.repeat(np.arange(len(a)), count)
    step = np.arange(len(road)) - (np.cumsum(count) - count)[road] + 1
    share = step / (count[road] + 1)
    off = rng.uniform(-0.2, 0.2, (2, len(road))) * spacing
    inner = drawing.nodes(
        x[a[road]] + share * (x[b[road]] - x[a[road]]) + off[0],
        y[a[road]] + share * (y[b[road]] - y[a[road]]) + off[1],
    )
    is_first, is_last = step == 1, step == count[road]
    drawing.roads(np.where(is_first, a[road], inner - 1), inner, kind[road], both)
    drawing.roads(inner[is_last], b, kind, both)
    return inner


def _motorways(
    drawing: _Drawing,
    rng: np.random.Generator,
    size: I64,
    x: F64,
    y: F64,
    first: I64,
    cell: tuple[I64, I64],
    pairs: tuple[tuple[I64, I64], tuple[I64, I64]],
) -> None:
    """Draw two carriageways between the junctions of every fifth row and column of towns."""
    row, column = cell
    on_row, on_column = row % MOTORWAY_EVERY == 2, column % MOTORWAY_EVERY == 2
    beside = np.flatnonzero(on_row | on_column)
    if not len(beside):
        return
    junction = np.full(len(size), -1, np.int64)
    half = size[beside] / 2 * BLOCK_M + 400
    junction[beside] = drawing.nodes(x[beside] + half, y[beside] + half)
    corner = first[beside] + size[beside] ** 2 - 1
    drawing.roads(junction[beside], corner, LINK)
    for (a, b), chosen in zip(pairs, (on_row, on_column), strict=True):
        along = chosen[a] & chosen[b]
        for start, end in ((a[along], b[along]), (b[along], a[along])):
            kind = np.full(len(start), MOTORWAY, np.int64)
            _chain(drawing, rng, junction[start], junction[end], kind, spacing=2500, both=False)


def _network(drawing: _Drawing, rng: np.random.Generator, middle: I64) -> Network:
    x, y = (np.concatenate(part) for part in zip(*drawing.points, strict=True))
    a, b, kind, both = (np.concatenate(part) for part in zip(*drawing.parts, strict=True))
    metres = np.maximum(np.hypot(x[b] - x[a], y[b] - y[a]), 5.0) * rng.uniform(1.0, 1.3, len(a))
    back = np.flatnonzero(both)
    way = np.concatenate([np.arange(len(a)), back])
    lat = LAT0 + y / M_PER_DEGREE
    return Network(
        n_nodes=drawing.count,
        edge_from=np.concatenate([a, b[back]]).astype(np.int32),
        edge_to=np.concatenate([b, a[back]]).astype(np.int32),
        ms=np.ceil(metres[way] * 3600 / KMH[kind[way]]).astype(np.int32),
        metres=metres[way],
        way=way,
        kind=kind[way].astype(np.uint8),
        lon=LON0 + x / (M_PER_DEGREE * cos(radians(LAT0))),
        lat=lat,
        town=middle.astype(np.int32),
    )


def as_roads(network: Network, name: str) -> Roads:
    """Make roads of a network, with one profile ("car") and its towns as places; every edge is straight."""
    n, m = network.n_nodes, network.n_edges
    ends = np.column_stack([network.edge_from, network.edge_to])
    duration = network.ms[None, :].copy()
    none = np.zeros(0, np.int64)
    zeros = np.zeros(m, np.int32)
    content = hashlib.sha256(ends.tobytes() + network.ms.tobytes())
    return Roads(
        name=name,
        content_hash=Hash("sha256:" + content.hexdigest()),
        source="drawn from a seed",
        attribution="",
        profiles=("car",),
        node_osm=np.arange(1, n + 1),
        node_lon=network.lon,
        node_lat=network.lat,
        node_part=parts(n, network.edge_from, network.edge_to, duration),
        edge_from=network.edge_from,
        edge_to=network.edge_to,
        edge_way=network.way + 1,
        edge_length_mm=(network.metres * 1000).astype(np.int32),
        edge_duration_ms=duration,
        edge_class=network.kind,
        edge_flags=np.zeros(m, np.uint16),
        edge_surface=zeros,
        edge_maxspeed_kmh=KMH[network.kind].astype(np.uint8),
        edge_limit=zeros,
        edge_name=zeros,
        edge_ref=zeros,
        shape_offset=np.arange(m + 1, dtype=np.int64) * 2,
        shape_lon=network.lon[ends].ravel(),
        shape_lat=network.lat[ends].ravel(),
        shape_osm=ends.ravel().astype(np.int64) + 1,
        turn_from_way=none,
        turn_via=none,
        turn_to_way=none,
        turn_kind=none.astype(np.int32),
        turn_via_is_way=none.astype(np.bool_),
        turn_enforced=none.astype(np.bool_),
        places=Places(
            name=tuple(f"Town {k}" for k in range(len(network.town))),
            names=tuple({} for _ in network.town),
            kind=("town",) * len(network.town),
            lon=network.lon[network.town],
            lat=network.lat[network.town],
            node=network.town,
            snap_m=np.zeros(len(network.town)),
            population=np.zeros(len(network.town), np.int64),
        ),
        classes=CLASSES,
        strings=("",),
    )
