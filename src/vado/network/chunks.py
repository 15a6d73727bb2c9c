"""Chunks: ways cut at their junctions, before anything is said about turns. All numpy, no loop over nodes.

In go raw roads and what their tags mean, out come the parts of ways between two junctions and the edges that
drive them in one direction or both. Knows nothing of turn restrictions, towns or connected parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vado.model.raw_roads import DRIVABLE_CLASSES, RawRoads
from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool
from vado.network.rules import WayRule

# WGS 84, NIMA TR8350.2: equatorial radius in metres and first eccentricity squared.
_A = 6_378_137.0
_E2 = 0.006_694_379_990_14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunks:
    """C parts of ways over the references of `RawRoads`, and D edges along them, both ways where allowed."""

    ref_node: I64  # [R] index into RawRoads.node_id, -1 where the source lacks the node
    first: I64  # [C] reference where it starts
    last: I64  # [C] reference where it ends
    way: I64  # [C] index of its way
    length_mm: I64  # [C]

    edge_chunk: I64  # [D]
    edge_back: Bool  # [D] against the way's direction
    edge_from: I64  # [D] index into RawRoads.node_id
    edge_to: I64  # [D]
    edge_ms: npt.NDArray[np.int32]  # [P, D] as Roads.edge_duration_ms


def cut(raw: RawRoads, rules: Sequence[WayRule], breaks: I64) -> Chunks:
    """Cut ways where two meet, where one meets itself, at its ends, and at the nodes `breaks`.

    Where the source lacks a node of a way, the way ends before it and starts anew behind it.
    """
    lengths = np.diff(raw.way_offset)
    ref_way = np.repeat(np.arange(len(raw.way_id), dtype=np.int64), lengths)
    ref_node = _find(raw.node_id, raw.way_nodes)
    way_open = np.array([rule.drivable for rule in rules], np.bool_)[raw.way_tags]

    here, there = ref_node[:-1], ref_node[1:]
    # [R - 1] whether one can drive from reference i to reference i + 1 at all.
    joined = (ref_way[:-1] == ref_way[1:]) & way_open[ref_way[:-1]] & (here >= 0) & (there >= 0)
    joined &= here != there
    before = np.concatenate([[False], joined])
    after = np.concatenate([joined, [False]])
    used = before | after
    crowd = np.bincount(ref_node[used], minlength=len(raw.node_id))
    is_break = np.zeros(len(raw.node_id), np.bool_)
    is_break[crowd >= 2] = True
    is_break[breaks] = True
    ends = used & (is_break[ref_node] | ~before | ~after)
    first = np.flatnonzero(joined & ends[:-1])
    last = np.flatnonzero(joined & ends[1:]) + 1

    steps = np.flatnonzero(joined)
    metres = distance_m(
        raw.node_lon[here[steps]],
        raw.node_lat[here[steps]],
        raw.node_lon[there[steps]],
        raw.node_lat[there[steps]],
    )
    starts = np.searchsorted(steps, first)
    total = np.add.reduceat(metres, starts) if len(starts) else np.zeros(0)
    length_mm = np.rint(total * 1000).astype(np.int64)
    return _direct(raw, rules, ref_node, first, last, ref_way[first], length_mm)


def _direct(
    raw: RawRoads,
    rules: Sequence[WayRule],
    ref_node: I64,
    first: I64,
    last: I64,
    way: I64,
    length_mm: I64,
) -> Chunks:
    """Make edges of chunks: with the way, against it, or both, as at least one profile may drive."""
    kmh = np.array([rule.kmh_small for rule in rules], np.float64)[raw.way_tags[way]]  # [C, P, 2]
    own = np.array([rule.kmh for rule in rules], np.float64)[raw.way_tags[way]]
    chunk, back = np.nonzero((kmh > 0).any(axis=1))
    with np.errstate(divide="ignore"):
        # mm / (km/h) * 3.6 = ms; rounded up, so that a sum of edges is never too short.
        ms = np.ceil(length_mm[chunk, None] * 3.6 / kmh[chunk, :, back])
    too_large = np.where(own[chunk, :, back] > 0, 0, NO_ENTRY_MS)
    ms = np.where(np.isfinite(ms), np.maximum(ms, 1) + too_large, NO_ENTRY_MS).T.astype(np.int32)
    is_back = back.astype(np.bool_)
    return Chunks(
        ref_node=ref_node,
        first=first,
        last=last,
        way=way,
        length_mm=length_mm,
        edge_chunk=chunk,
        edge_back=is_back,
        edge_from=ref_node[np.where(is_back, last[chunk], first[chunk])],
        edge_to=ref_node[np.where(is_back, first[chunk], last[chunk])],
        edge_ms=ms,
    )


def _find(ids: I64, wanted: I64) -> I64:
    """Find where each id stands in the sorted ids; -1 for one that does not."""
    if not len(ids):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1)


def find_nodes(raw: RawRoads, wanted: I64) -> I64:
    """Find the indices of OSM nodes that ways use; ids that none uses are left out."""
    found = _find(raw.node_id, np.asarray(wanted, np.int64))
    return np.unique(found[found >= 0])


def class_index(rules: Sequence[WayRule]) -> I32:
    """Give each rule's class as an index into `DRIVABLE_CLASSES`; 0 where nobody drives."""
    known = {name: index for index, name in enumerate(DRIVABLE_CLASSES)}
    return np.array([known.get(rule.highway, 0) for rule in rules], np.int32)


def distance_m(lon_a: F64, lat_a: F64, lon_b: F64, lat_b: F64) -> F64:
    """Measure short lines on the ellipsoid: the local metric at the middle latitude, exact to mm at 1 km.

    Over the 180th meridian they go the short way round.
    M and N are the radii of curvature; Snyder, Map Projections: A Working Manual (1987), eq. 4-18 to 4-21.
    """
    phi = np.radians((lat_a + lat_b) / 2)
    w2 = 1 - _E2 * np.sin(phi) ** 2
    n = _A / np.sqrt(w2)
    m = n * (1 - _E2) / w2
    lon = lon_b - lon_a
    east = np.radians(lon - 360.0 * np.rint(lon / 360.0)) * n * np.cos(phi)
    north = np.radians(lat_b - lat_a) * m
    return np.hypot(east, north)
