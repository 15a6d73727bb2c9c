"""Anchor: put stops on the roads. Where a stop falls inside an edge, the edge gets a node there.

In: roads, points, who drives. Out: `Anchored`, with a larger `Roads` of the same kind: every edge keeps its
number, parts of split edges are added behind, and no distance between old nodes changes. Refuses to know
closures: a stop on a road that is shut is still on that road.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vado.errors import BugError
from vado.model.ids import LonLat
from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool, EdgeFlag, Roads
from vado.model.snapshot import Travel
from vado.network.allowed import Kind, kind_of, usual_ms
from vado.network.ground import Kept
from vado.network.parts import parts
from vado.network.split import Splitter, split

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

# Mean radius of the Earth, metres: (2a + b) / 3. Source: Moritz, "Geodetic Reference System 1980", R1.
EARTH_M = 6_371_008.8
# How much farther a better road may be and still be chosen. Ours: a car park mapped as an island lies nearer
# than that to its street, a valley mapped as an island does not.
DETOUR_M = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What became of the points, in their order."""

    roads: Roads
    nodes: tuple[int, ...]  # -1: farther than `snap_max_m` from any road they may drive
    snap_m: tuple[float, ...]  # metres to the nearest road point; inf where no road can be driven at all
    places: tuple[str, ...]  # the nearest town, "" where the region has none
    by_point: dict[LonLat, int] = field(repr=False)

    def nodes_of(self, points: Iterable[LonLat]) -> tuple[int, ...]:
        """Get the nodes of points that were anchored; BugError for others."""
        try:
            return tuple(self.by_point[point] for point in points)
        except KeyError as error:
            raise BugError(f"{error.args[0]} was not among the points that were anchored") from None


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The road points a stop may be put on, for one set of kinds, each once."""

    osm: I64  # [C] OSM node id
    at: F64  # [C, 3] on the unit sphere times EARTH_M
    tree: cKDTree

    def nearest(self, xyz: F64) -> tuple[I64, F64]:
        """Give the nearest point's OSM id, and metres to it, for each of [n, 3]."""
        gap, index = self.tree.query(xyz)
        return self.osm[np.asarray(index)], np.asarray(gap, np.float64)


def anchor(
    roads: Roads, lonlats: tuple[LonLat, ...], *, travels: Iterable[Travel], snap_max_m: float = 1000.0
) -> Anchored:
    """Snap each point to the nearest road point that all `travels` can drive to and away from.

    That is a point of the largest part of the network. Where none is near, it is a point that at least one
    of them can drive to and away from, or at last one of an island. Road points are OSM nodes; copies of a
    junction with a forbidden turn are passed over, and so is a road between the two of a forbidden turn, or
    close behind one.
    """
    # Who may drive nowhere at all has no say in where a stop is.
    asked = {kind_of(roads, travel) for travel in travels if travel.profile in roads.profiles}
    kinds = tuple(sorted(asked)) or tuple(kind_of(roads, Travel(profile)) for profile in roads.profiles)
    points = tuple(dict.fromkeys(lonlats))
    chosen, gap = _choose(roads, kinds, points, snap_max_m)
    chosen[gap > snap_max_m] = -1
    larger, node_of = _split(roads, np.unique(chosen[chosen >= 0]))
    nodes = {p: node_of.get(int(osm), -1) for p, osm in zip(points, chosen.tolist(), strict=True)}
    snapped = dict(zip(points, gap.tolist(), strict=True))
    towns = dict(zip(points, nearest_towns(roads, points), strict=True))
    return Anchored(
        roads=larger,
        nodes=tuple(nodes[p] for p in lonlats),
        snap_m=tuple(snapped[p] for p in lonlats),
        places=tuple(towns[p] for p in lonlats),
        by_point=nodes,
    )


def _choose(
    roads: Roads, kinds: tuple[Kind, ...], points: tuple[LonLat, ...], snap_max_m: float
) -> tuple[I64, F64]:
    """Choose an OSM node for each point, and measure how far it is; -1 and inf where there is none."""
    chosen, gap = np.full(len(points), -1, np.int64), np.full(len(points), np.inf)
    if points:
        xyz = _sphere(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
        for ground in _grounds(roads, kinds):
            there, gap_there = ground.nearest(xyz)
            better = gap > np.where(gap > snap_max_m, gap_there, gap_there + DETOUR_M)
            chosen, gap = np.where(better, there, chosen), np.where(better, gap_there, gap)
    return chosen, gap


@lru_cache(maxsize=6)
def _grounds(roads: Roads, kinds: tuple[Kind, ...]) -> tuple[_Ground, ...]:
    """Gather points, best first: main network for all, main network for somebody, any road for somebody."""
    drivable = np.stack([usual_ms(roads, kind) for kind in kinds]) < NO_ENTRY_MS
    part = np.stack([_part(roads, kind) for kind in kinds])
    main = drivable & (part[:, roads.edge_from] == 0) & (part[:, roads.edge_to] == 0)
    sets = (main.all(axis=0), main.any(axis=0), drivable.any(axis=0))
    distinct = [each for k, each in enumerate(sets) if k == 0 or not np.array_equal(each, sets[k - 1])]
    return tuple(ground for each in distinct if (ground := _gather(roads, each)) is not None)


def _part(roads: Roads, kind: Kind) -> I32:
    """Say which nodes hang together for a kind: as found at build, but for who is of another size."""
    if kind == kind_of(roads, Travel(kind.profile)):
        found: I32 = roads.node_part[roads.profile_index(kind.profile)]
        return found
    ms = usual_ms(roads, kind)[np.newaxis]
    row: I32 = parts(roads.n_nodes, roads.edge_from, roads.edge_to, ms)[0]
    return row


def _gather(roads: Roads, edges: Bool) -> _Ground | None:
    count = np.diff(roads.shape_offset)
    osm, first = np.unique(roads.shape_osm[np.repeat(edges, count)], return_index=True)
    at = np.flatnonzero(np.repeat(edges, count))[first]
    ids, copies = np.unique(roads.node_osm, return_counts=True)
    single = ~np.isin(osm, np.concatenate([ids[copies > 1], _held(roads)]))
    osm, at = osm[single], at[single]
    if not len(osm):
        return None
    xyz = _sphere(roads.shape_lon[at], roads.shape_lat[at])
    return _Ground(osm, xyz, _tree(xyz))


def _held(roads: Roads) -> I64:
    """List the OSM nodes along edges whose copies lead to different copies of a junction.

    Copies would meet in a stop there: who passes it would forget what they may not do at the end of the road,
    to make a turn that is forbidden via that road, or to turn round behind a forbidden turn.
    """
    whole = np.flatnonzero((roads.edge_flags & np.uint16(EdgeFlag.LIT_SPLIT)) == 0)
    at = roads.shape_offset[:-1][whole]
    same = np.stack([roads.edge_way[whole], roads.shape_osm[at], roads.shape_osm[at + 1]])
    order = np.lexsort((roads.edge_to[whole], *same))
    twin = (same[:, order[1:]] == same[:, order[:-1]]).all(axis=0)
    apart = twin & (np.diff(roads.edge_to[whole][order]) != 0)
    edges = np.zeros(len(roads.edge_to), np.bool_)
    edges[whole[order[1:][apart]]] = True
    return np.unique(roads.shape_osm[np.repeat(edges, np.diff(roads.shape_offset))])


_SPLIT = Kept(3)


def _split(roads: Roads, osm: I64) -> tuple[Roads, dict[int, int]]:
    """Split roads at some OSM nodes; the same ones give the same `Roads`, with all that is known of them.

    Roads are known by identity, so what grew on them (trees, hierarchies' links, indexes) is found again as
    long as the stops are the same, and that is so in most steps.
    """
    return _SPLIT.get((roads, osm.tobytes()), lambda: split(_splitter(roads), osm))


@lru_cache(maxsize=3)
def _splitter(roads: Roads) -> Splitter:
    return Splitter(roads)


def _sphere(lon: F64, lat: F64) -> F64:
    """Put degrees on a sphere: straight distances there are metres, anywhere on Earth, to 1e-8 in a km."""
    x, y = np.radians(lon), np.radians(lat)
    return EARTH_M * np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


def _tree(xyz: F64) -> cKDTree:
    # Loaded here: it takes most of a second, which a process that anchors nothing need not wait for.
    from scipy.spatial import cKDTree

    return cKDTree(xyz)


def nearest_towns(roads: Roads, points: tuple[LonLat, ...]) -> list[str]:
    """Name the nearest town of each point, "" where the region has none."""
    if not points or not len(roads.places):
        return [""] * len(points)
    _, index = _tree(_sphere(roads.places.lon, roads.places.lat)).query(
        _sphere(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    )
    return [roads.places.name[int(k)] for k in np.asarray(index)]
