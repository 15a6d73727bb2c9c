"""Raw roads: what a map says of one region's roads, before anything is decided about driving.

Filled by `feeds.osm_pbf` and `feeds.osm_place`, read by `network.build` and then forgotten. Tags are kept as
mapped; ways that share their tags share one entry, so that a rule is applied once for thousands of ways.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vado.model.ids import LonLat
from vado.model.roads import F64, I32, I64

Tags = tuple[tuple[str, str], ...]  # sorted by key

# Classes that vehicles may be let onto: the motor part of https://wiki.openstreetmap.org/wiki/Key:highway.
# Ferries are route=ferry, no highway: they sail by timetable and are not roads.
DRIVABLE_CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road", "track",
)  # fmt: skip

# Kinds of settlement that count as towns, https://wiki.openstreetmap.org/wiki/Key:place. Suburbs and isolated
# dwellings are not: the first are inside a town, the second are too many to watch.
PLACE_KINDS = ("city", "town", "village", "hamlet")

# What has to be shown with anything made of it, https://www.openstreetmap.org/copyright.
OSM_ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"

# Who a turn restriction may be written for, https://wiki.openstreetmap.org/wiki/Relation:restriction.
RESTRICTION_CLASSES = ("vehicle", "motor_vehicle", "motorcar", "goods", "hgv")
RESTRICTION_KEYS = (
    "restriction",
    "restriction:conditional",
    *(f"restriction:{name}" for name in RESTRICTION_CLASSES),
)

_EXACT_KEYS = frozenset({
    "highway", "service", "junction", "tracktype", "surface", "smoothness", "bridge", "tunnel", "ford",
    "toll", "area", "impassable", "status", "seasonal", "winter_road", "ice_road", "motorroad",
    "zone:traffic", "zone:maxspeed", "source:maxspeed", "depth",
})  # fmt: skip
_STEMS = frozenset({
    "oneway", "access", "vehicle", "motor_vehicle", "motorcar", "goods", "hgv",
    "maxspeed", "maxheight", "maxwidth", "maxlength", "maxweight", "maxweightrating", "maxaxleload", "hazmat",
    "trailer",
})  # fmt: skip


_NODE_KEYS = frozenset({"barrier", "bollard", "locked", "ford"})


def tells_about_driving(key: str) -> bool:
    """Say whether a way's tag can change who drives there, or how fast. Names and refs are kept apart."""
    return key in _EXACT_KEYS or key.split(":", 1)[0] in _STEMS


def driving_tags(tags: Mapping[str, str]) -> Tags:
    """Keep of a way's tags those that tell about driving."""
    return tuple(sorted((key, value) for key, value in tags.items() if tells_about_driving(key)))


def barrier_tags(tags: Mapping[str, str]) -> Tags:
    """Keep of a node's tags those that can stop a vehicle; none when it has neither barrier nor ford."""
    if "barrier" not in tags and "ford" not in tags:
        return ()
    kept = (key for key in tags if key in _NODE_KEYS or tells_about_driving(key))
    return tuple(sorted((key, tags[key]) for key in kept))


def place_tags(tags: Mapping[str, str]) -> Tags:
    """Keep of a settlement's tags its kind, names and population; none when it is no town or has no name."""
    if tags.get("place") not in PLACE_KINDS or not any(key.split(":")[0] == "name" for key in tags):
        return ()
    kept = (key for key in tags if key in ("place", "population") or key.split(":")[0] == "name")
    return tuple(sorted((key, tags[key]) for key in kept))


def find_pass_name(tags: Mapping[str, str]) -> str | None:
    """Find the name of a mountain pass, empty where it has none; None for a node that is no pass.

    Where a road crosses one its node is mapped as mountain_pass=yes, the ground itself as natural=saddle,
    https://wiki.openstreetmap.org/wiki/Key:mountain_pass.
    """
    if tags.get("mountain_pass") == "yes" or tags.get("natural") == "saddle":
        return tags.get("name", "")
    return None


def turn_tags(tags: Mapping[str, str]) -> Tags:
    """Keep of a relation's tags what its turn restriction says; none when it is none for vehicles."""
    if tags.get("type", "restriction") != "restriction" or not any(key in tags for key in RESTRICTION_KEYS):
        return ()
    return tuple(sorted((key, tags[key]) for key in tags if key in (*RESTRICTION_KEYS, "except")))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPlace:
    """A settlement as mapped: `tags` hold its kind, its names and perhaps a population."""

    id: int
    lonlat: LonLat
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTurn:
    """A turn restriction as mapped; `via` is one node, or ways."""

    id: int
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    tags: Tags

    @classmethod
    def of_members(cls, relation: int, members: Iterable[tuple[str, str, int]], tags: Tags) -> RawTurn:
        """Sort a restriction's members, given as (role, "n" | "w" | "r", id), by their role."""
        by_role: dict[tuple[str, str], list[int]] = {}
        for role, kind, ref in members:
            by_role.setdefault((role, kind), []).append(ref)
        return cls(
            id=relation,
            from_ways=tuple(by_role.get(("from", "w"), ())),
            via_nodes=tuple(by_role.get(("via", "n"), ())),
            via_ways=tuple(by_role.get(("via", "w"), ())),
            to_ways=tuple(by_role.get(("to", "w"), ())),
            tags=tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawRoads:
    """W ways over K nodes, with R references from one to the other. Ways are sorted by id, nodes too."""

    source: str
    attribution: str
    timestamp: str  # of the data, RFC 3339; "" when the source does not tell

    node_id: I64  # [K] only nodes that ways use, as far as the source has them
    node_lon: F64  # [K] degrees
    node_lat: F64

    way_id: I64  # [W]
    way_offset: I64  # [W + 1] way w's nodes are way_nodes[way_offset[w]:way_offset[w + 1]]
    way_nodes: I64  # [R] node ids; a node the source lacks is in node_id nowhere
    way_tags: I32  # [W] index into tag_sets
    way_name: I32  # [W] index into strings
    way_ref: I32  # [W] index into strings

    tag_sets: tuple[Tags, ...]
    strings: tuple[str, ...]  # the first is ""
    node_tags: tuple[tuple[int, Tags], ...]  # barriers and fords on nodes, sorted by id
    turns: tuple[RawTurn, ...]  # sorted by id
    places: tuple[RawPlace, ...]  # sorted by id
    passes: tuple[tuple[int, str], ...] = ()  # of nodes that ways use, sorted by id; name or ""
    notes: tuple[str, ...] = ()  # what the source lacks or might lack; shown to who builds a region


def notes_on(turns: Sequence[RawTurn], places: Sequence[RawPlace]) -> tuple[str, ...]:
    """Say what a source might lack without being damaged."""
    notes = []
    if not turns:
        notes.append(
            "the source holds no turn restriction: either nobody has mapped one here, or it was made, or "
            "cut, without relations"
        )
    if not places:
        notes.append("the source holds no town: jobs will have coordinates, but no place names")
    return tuple(notes)


class RawWays:
    """Gathers ways one by one, in any order, and sorts them: state while a source is being read."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._ends = array("q")
        self._nodes = array("q")
        self._tags = array("i")
        self._names = array("i")
        self._refs = array("i")
        self._tag_sets: dict[Tags, int] = {}
        self._strings: dict[str, int] = {"": 0}

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, way: int, nodes: Iterable[int], tags: Mapping[str, str]) -> None:
        self._ids.append(way)
        self._nodes.extend(nodes)
        self._ends.append(len(self._nodes))
        self._tags.append(self._tag_sets.setdefault(driving_tags(tags), len(self._tag_sets)))
        self._names.append(self._strings.setdefault(tags.get("name", ""), len(self._strings)))
        self._refs.append(self._strings.setdefault(tags.get("ref", ""), len(self._strings)))

    def node_ids(self) -> I64:
        """List the nodes that ways use, sorted, each once."""
        return np.unique(np.frombuffer(self._nodes, np.int64)) if self._nodes else np.zeros(0, np.int64)

    def finish(self) -> dict[str, Any]:
        """Give the way fields of `RawRoads`: sorted by id, each way once."""
        ids = np.array(self._ids, np.int64)
        order = np.unique(ids, return_index=True)[1]
        ends = np.array(self._ends, np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), ends])[:-1]
        lengths = (ends - starts)[order]
        offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        within = np.arange(offset[-1], dtype=np.int64) - np.repeat(offset[:-1], lengths)
        return {
            "way_id": ids[order],
            "way_offset": offset,
            "way_nodes": np.array(self._nodes, np.int64)[np.repeat(starts[order], lengths) + within],
            "way_tags": np.array(self._tags, np.int32)[order],
            "way_name": np.array(self._names, np.int32)[order],
            "way_ref": np.array(self._refs, np.int32)[order],
            "tag_sets": tuple(self._tag_sets),
            "strings": tuple(self._strings),
        }
