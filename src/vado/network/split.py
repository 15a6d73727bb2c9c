"""Split edges at OSM nodes inside them, so that these become graph nodes.

In: roads and OSM node ids. Out: larger roads, and the graph node of each id. All edges through a point are
split there and share the new node: a vehicle that stops may go back where it came from, as it may at any
junction. Not so beside a junction that has copies, for a forbidden turn there or one close before: to turn
round at the stop would be a way to turn there after all, so there the stop is on one side of the road only.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np

from vado.model.ids import Hash
from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, EdgeFlag, Roads
from vado.network.links import hierarchy_of

# What a part takes over from its edge as it is.
_INHERITED = (
    "edge_way",
    "edge_class",
    "edge_surface",
    "edge_maxspeed_kmh",
    "edge_limit",
    "edge_name",
    "edge_ref",
)


class Splitter:
    """Roads with an index from OSM node ids to shape points and graph nodes; made once a region."""

    def __init__(self, roads: Roads) -> None:
        self.roads = roads
        self.by_osm: I64 = np.argsort(roads.shape_osm, kind="stable")
        self.sorted_osm: I64 = roads.shape_osm[self.by_osm]
        self.node_order: I64 = np.argsort(roads.node_osm, kind="stable")
        self.node_sorted: I64 = roads.node_osm[self.node_order]
        copies = np.zeros(roads.n_nodes, np.bool_)
        same = self.node_sorted[1:] == self.node_sorted[:-1]
        copies[self.node_order[1:][same]] = copies[self.node_order[:-1][same]] = True
        self.copied = copies  # [N] one of several nodes with the same OSM id

    def node(self, osm: int) -> int | None:
        """Find the graph node of an OSM id."""
        at = int(np.searchsorted(self.node_sorted, osm))
        if at < len(self.node_sorted) and self.node_sorted[at] == osm:
            return int(self.node_order[at])
        return None

    def cuts(self, osm: int) -> list[tuple[int, int]]:
        """List (edge, shape point) wherever an edge is to be split for a point inside it."""
        roads = self.roads
        low, high = np.searchsorted(self.sorted_osm, [osm, osm + 1])
        at = self.by_osm[low:high]
        edge = np.searchsorted(roads.shape_offset, at, side="right") - 1
        inner = (at > roads.shape_offset[edge]) & (at < roads.shape_offset[edge + 1] - 1)
        found = dict(zip(edge[inner].tolist(), at[inner].tolist(), strict=True))  # once an edge
        ends = np.array([(roads.edge_from[e], roads.edge_to[e]) for e in found], np.int64)
        if not len(ends) or not self.copied[ends].any():
            return sorted(found.items())
        # One direction: that of the edge whose both ends hang together for most profiles.
        both = [(roads.node_part[:, a] == 0) & (roads.node_part[:, b] == 0) for a, b in ends]
        score = [
            int((ok & (roads.edge_duration_ms[:, e] < NO_ENTRY_MS)).sum())
            for ok, e in zip(both, found, strict=True)
        ]
        lead = min(found, key=lambda e: (-score[list(found).index(e)], e))
        onward = roads.shape_osm[found[lead] + 1]
        return sorted((e, p) for e, p in found.items() if roads.shape_osm[p + 1] == onward)


def split(splitter: Splitter, osm: I64) -> tuple[Roads, dict[int, int]]:
    """Make graph nodes of OSM nodes: the larger roads, and the node of each id."""
    roads = splitter.roads
    node_of: dict[int, int] = {}
    cuts: dict[int, list[tuple[int, int]]] = {}  # edge -> (shape point, new node)
    first: list[int] = []  # a shape point of each new node
    parts: list[I32] = []  # [P] of each new node
    for point in osm.tolist():
        known = splitter.node(point)
        if known is not None:
            node_of[point] = known
            continue
        node_of[point] = roads.n_nodes + len(first)
        here = splitter.cuts(point)
        first.append(here[0][1])
        parts.append(_part(roads, [edge for edge, _ in here], len(first)))
        for edge, at in here:
            cuts.setdefault(edge, []).append((at, node_of[point]))
    if not first:
        return roads, node_of
    return _enlarged(roads, cuts, np.array(first, np.int64), np.stack(parts, axis=1)), node_of


def _part(roads: Roads, edges: list[int], fresh: int) -> I32:
    """Say for each profile to which part a point on these edges belongs: a new one between two parts."""
    start, end = roads.node_part[:, roads.edge_from[edges]], roads.node_part[:, roads.edge_to[edges]]
    drivable = roads.edge_duration_ms[:, edges] < NO_ENTRY_MS
    inside = np.where(drivable & (start == end), start, np.iinfo(np.int32).max).min(axis=1)
    between = roads.node_part.max(axis=1) + fresh
    part = np.where(inside < np.iinfo(np.int32).max, inside, between)
    return np.where(drivable.any(axis=1), part, -1).astype(np.int32)


def _enlarged(roads: Roads, cuts: dict[int, list[tuple[int, int]]], first: I64, parts: I32) -> Roads:
    owner: list[int] = []
    start: list[int] = []
    end: list[int] = []
    low: list[int] = []
    high: list[int] = []  # shape points low..high, both included
    length: list[int] = []
    duration: list[I64] = []
    for edge in sorted(cuts):
        inside = sorted(cuts[edge])
        points = [
            int(roads.shape_offset[edge]),
            *(p for p, _ in inside),
            int(roads.shape_offset[edge + 1]) - 1,
        ]
        nodes = [int(roads.edge_from[edge]), *(node for _, node in inside), int(roads.edge_to[edge])]
        share = _shares(roads, points)
        owner += [edge] * (len(points) - 1)
        start += nodes[:-1]
        end += nodes[1:]
        low += points[:-1]
        high += points[1:]
        length += _divide(int(roads.edge_length_mm[edge]), share).tolist()
        whole = roads.edge_duration_ms[:, edge].tolist()
        duration.append(np.stack([_parts_ms(ms, share) for ms in whole]))
    count = np.array(high, np.int64) - np.array(low, np.int64) + 1
    offset = np.cumsum(count)
    shape = (
        np.arange(offset[-1]) - np.repeat(offset - count, count) + np.repeat(np.array(low, np.int64), count)
    )
    of = np.array(owner, np.int64)
    inherited: dict[str, Any] = {
        name: np.append(getattr(roads, name), getattr(roads, name)[of]) for name in _INHERITED
    }
    osm = roads.shape_osm[first]
    return replace(
        roads,
        content_hash=_name(roads, osm),
        node_osm=np.append(roads.node_osm, osm),
        node_lon=np.append(roads.node_lon, roads.shape_lon[first]),
        node_lat=np.append(roads.node_lat, roads.shape_lat[first]),
        node_part=np.concatenate([roads.node_part, parts], axis=1),
        edge_from=np.append(roads.edge_from, np.array(start, np.int32)),
        edge_to=np.append(roads.edge_to, np.array(end, np.int32)),
        edge_length_mm=np.append(roads.edge_length_mm, np.array(length, np.int32)),
        edge_duration_ms=np.concatenate(
            [roads.edge_duration_ms, np.concatenate(duration, axis=1).astype(np.int32)], axis=1
        ),
        edge_flags=np.append(roads.edge_flags, roads.edge_flags[of] | np.uint16(EdgeFlag.LIT_SPLIT)),
        shape_offset=np.append(roads.shape_offset, roads.shape_offset[-1] + offset),
        shape_lon=np.append(roads.shape_lon, roads.shape_lon[shape]),
        shape_lat=np.append(roads.shape_lat, roads.shape_lat[shape]),
        shape_osm=np.append(roads.shape_osm, roads.shape_osm[shape]),
        node_ele_m=np.append(roads.node_ele_m, roads.shape_ele_m[first]),
        shape_ele_m=np.append(roads.shape_ele_m, roads.shape_ele_m[shape]),
        split_from=of.astype(np.int32),
        region=roads,
        # Roads that were anchored before have parts of parts: these are contracted as they are.
        hierarchy=None if len(roads.split_from) else hierarchy_of(roads),
        **inherited,
    )


def _shares(roads: Roads, points: list[int]) -> F64:
    """Measure how much of an edge each part between shape points is; equal parts where it has no length."""
    lon = np.radians(roads.shape_lon[points[0] : points[-1] + 1])
    lon = np.unwrap(lon)  # over the 180th meridian
    lat = np.radians(roads.shape_lat[points[0] : points[-1] + 1])
    step = np.hypot(np.diff(lon) * np.cos((lat[1:] + lat[:-1]) / 2), np.diff(lat))
    along = np.concatenate([np.zeros(1), np.cumsum(step)])[np.array(points) - points[0]]
    parts = np.diff(along)
    total = float(parts.sum())
    return parts / total if total > 0 else np.full(len(parts), 1 / len(parts))


def _parts_ms(whole: int, share: F64) -> I64:
    """Divide a duration; where only smaller vehicles may drive, so it is for the parts (NO_ENTRY_MS)."""
    if whole < NO_ENTRY_MS:
        return _divide(whole, share)
    if whole == NO_ENTRY_MS:
        return np.full(len(share), NO_ENTRY_MS, np.int64)
    return NO_ENTRY_MS + np.maximum(_divide(whole - NO_ENTRY_MS, share), 1)


def _divide(whole: int, share: F64) -> I64:
    """Divide a whole number so that the parts sum to it again and, where it suffices, none is zero."""
    n = len(share)
    spare = max(0, whole - n)
    at = np.rint(np.concatenate([np.zeros(1), np.cumsum(share)]) * spare).astype(np.int64)
    at[-1] = spare
    base = np.ones(n, np.int64) if whole >= n else (np.arange(n) < whole).astype(np.int64)
    parts: I64 = np.diff(at) + base
    return parts


def _name(roads: Roads, osm: I64) -> Hash:
    """Name the larger roads: the region, and where it was split."""
    digest = hashlib.sha256(roads.content_hash.encode() + np.sort(osm).astype("<i8").tobytes())
    return Hash("sha256:" + digest.hexdigest())
