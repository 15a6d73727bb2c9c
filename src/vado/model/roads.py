"""Roads: one region's directed, drivable edges as flat arrays. Built once, frozen, named by content hash.

An edge is a part of exactly one OSM way, driven in one direction, between two graph nodes. Two graph
nodes may carry the same OSM node id: a junction with a turn restriction is split, one copy for each
restricted way in, so that a forbidden turn has no edge. Stops inside an edge are made nodes by
`network.anchor`, which gives a larger `Roads` of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from vado.model.hierarchy import Hierarchy
from vado.model.ids import Hash
from vado.model.size import NO_LIMITS, Limits, Size

I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
I16 = npt.NDArray[np.int16]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

# A height that is not known: no elevation was given, or it has a void there. SRTM's own mark.
UNKNOWN_M = -32_768

# A duration that stands for "this profile may not drive this edge". int32, far above any edge, and the
# sum of two still fits. In edge_duration_ms, NO_ENTRY_MS + t says: as large as the profile it may not, but
# who keeps the limits takes t (`network.allowed`).
NO_ENTRY_MS = 1_000_000_000


class EdgeFlag(IntFlag):
    BRIDGE = 1
    TUNNEL = 2
    FORD = 4
    TOLL = 8
    ROUNDABOUT = 16
    DESTINATION = 32  # access for those who have business there
    HGV_NO = 64
    HGV_DESTINATION = 128
    LINK = 256  # slip road
    UNPAVED = 512
    SEASONAL = 1024
    LIT_SPLIT = 2048  # a stop was anchored on it: this is a part of another edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Towns: K settlements of the region, each snapped to a graph node."""

    name: tuple[str, ...]
    names: tuple[dict[str, str], ...]  # language -> name, as far as mapped
    kind: tuple[str, ...]  # city, town, village, hamlet
    lon: F64  # [K] degrees, where the map puts the settlement
    lat: F64
    node: I32  # [K] graph node it was snapped to
    snap_m: F64  # [K] metres between the two
    population: I64  # [K], 0 when not mapped

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """N nodes, M edges, P profiles, Z shape points. All arrays are read-only."""

    name: str
    content_hash: Hash
    source: str  # e.g. "andorra.osm.pbf, data of 2025-01-20"
    attribution: str  # shown on every map and export
    profiles: tuple[str, ...]  # P names, the row order of edge_duration_ms

    node_osm: I64  # [N]
    node_lon: F64  # [N] degrees
    node_lat: F64
    node_part: I32  # [P, N] strongly connected part for that profile; 0 is the largest, -1 not drivable

    edge_from: I32  # [M] node
    edge_to: I32  # [M] node
    edge_way: I64  # [M] OSM way id
    edge_length_mm: I32  # [M]
    edge_duration_ms: I32  # [P, M] free-flow; NO_ENTRY_MS and above where the profile may not drive
    edge_class: U8  # [M] index into `classes`
    edge_flags: U16  # [M] EdgeFlag
    edge_surface: I32  # [M] index into `strings`, "" unknown
    edge_maxspeed_kmh: U8  # [M] 0 not mapped
    edge_limit: I32  # [M] index into `limits`: signs about size, weight and dangerous goods
    edge_name: I32  # [M] index into `strings`
    edge_ref: I32  # [M] index into `strings`

    shape_offset: I64  # [M + 1] edge e's points are shape_*[offset[e]:offset[e + 1]], both ends included
    shape_lon: F64  # [Z] degrees, in driving direction
    shape_lat: F64
    shape_osm: I64  # [Z] OSM node ids

    turn_from_way: I64  # [R] turn restrictions as mapped, also those via a way
    turn_via: I64  # OSM node id (or way id where turn_via_is_way)
    turn_to_way: I64
    turn_kind: I32  # index into `strings`: no_left_turn, only_straight_on, ...
    turn_via_is_way: Bool
    turn_enforced: Bool  # has a split junction; the others are counted and shown, not obeyed yet

    places: Places
    classes: tuple[str, ...]  # highway=* values
    strings: tuple[str, ...]
    limits: tuple[Limits, ...] = (NO_LIMITS,)  # the first is none; few, since most signs say the same
    sizes: tuple[Size, ...] = ()  # [P] of the profiles that the region was built for; none: nobody knows
    meta: dict[str, str] = field(default_factory=dict)  # counts and dates for `region info`

    # Heights of the ground above sea level, UNKNOWN_M where none is known. Of all shape points, too: a pass
    # may lie between two nodes in the valleys.
    node_ele_m: I16 = field(default_factory=lambda: np.zeros(0, np.int16))  # [N]
    shape_ele_m: I16 = field(default_factory=lambda: np.zeros(0, np.int16))  # [Z]

    # Passes on roads, sorted by node: OSM node ids, and indices into `strings`, "" where one has no name.
    pass_osm: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [Q]
    pass_name: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # [Q]

    # Of anchored roads: for each of the last edges the edge it is a part of; the parts of one stand together,
    # in driving order.
    split_from: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    # Of anchored roads: those they were made from, whose edges come first, as they are.
    region: Roads | None = field(default=None, repr=False)
    # Of the region, also when stops were anchored on it since: then it has fewer nodes and edges than these
    # roads. None: nobody has contracted them yet, see network.links.
    hierarchy: Hierarchy | None = None

    def __post_init__(self) -> None:
        """Write out that no heights are known, where none are given."""
        for name, count in (("node_ele_m", self.n_nodes), ("shape_ele_m", len(self.shape_osm))):
            if count and not len(getattr(self, name)):
                unknown = np.full(count, UNKNOWN_M, np.int16)
                unknown.flags.writeable = False
                object.__setattr__(self, name, unknown)

    @property
    def n_nodes(self) -> int:
        return len(self.node_osm)

    @property
    def n_edges(self) -> int:
        return len(self.edge_from)

    def profile_index(self, profile: str) -> int:
        return self.profiles.index(profile)

    def road(self, edge: int) -> str:
        """Name an edge for people: "CG-4", "CG-4 (Carretera d'Arinsal)", or its class when it has neither."""
        ref, name = self.strings[self.edge_ref[edge]], self.strings[self.edge_name[edge]]
        if ref and name:
            return f"{ref} ({name})"
        return ref or name or f"{self.classes[self.edge_class[edge]]} road (way {self.edge_way[edge]})"

    def shape(self, edge: int) -> list[tuple[float, float]]:
        """List an edge's points (lon, lat) in driving direction."""
        a, b = int(self.shape_offset[edge]), int(self.shape_offset[edge + 1])
        return list(zip(self.shape_lon[a:b].tolist(), self.shape_lat[a:b].tolist(), strict=True))
