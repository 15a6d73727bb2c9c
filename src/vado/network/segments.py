"""Segments: what is shut together. A stretch of one way between two junctions, in both directions.

In: roads. Out: the segment of each edge, and what kind of road it is. Copies of a junction with a forbidden
turn repeat a stretch, and stops cut it into parts: these belong to the one segment. Refuses to know profiles.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from vado.model.roads import I32, Bool, EdgeFlag, Roads
from vado.model.snapshot import Travel
from vado.network.allowed import kind_of
from vado.network.ground import usual

Kind = Literal["bridge", "tunnel", "ford", "pass", "road"]


def drivable(roads: Roads, profile: str) -> Bool:
    """Mark the edges [M] that a profile may drive as it is, without any load of its own."""
    return usual(roads, kind_of(roads, Travel(profile))).drivable


@lru_cache(maxsize=8)
def segments(roads: Roads) -> I32:
    """Name the segment of each edge [M] by the lowest number of an edge on it."""
    whole = roads.n_edges - len(roads.split_from)
    first, last = roads.shape_offset[:whole], roads.shape_offset[1 : whole + 1] - 1
    at = roads.shape_osm
    # Both ends with the points beside them tell two stretches of a way apart, also two arms of a loop.
    ahead = np.stack([at[first], at[first + 1], at[last - 1], at[last]])
    back = ahead[::-1]
    turned = (back[0] < ahead[0]) | ((back[0] == ahead[0]) & (back[1] < ahead[1]))
    key = np.vstack([roads.edge_way[None, :whole], np.where(turned, back, ahead)])
    order = np.lexsort(key)  # stable: of equal ones the lowest edge comes first
    new = np.ones(whole, np.bool_)
    new[1:] = (key[:, order[1:]] != key[:, order[:-1]]).any(axis=0)
    found = np.empty(whole, np.int32)
    found[order] = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    return np.concatenate([found, found[roads.split_from]]).astype(np.int32)


@lru_cache(maxsize=32)
def tangled(roads: Roads, profile: str, *, inward: bool) -> I32:
    """List the segments whose loss may cut a node that comes by none of their ends alone.

    A segment ends at two nodes, and who reached one of them can leave it again: then a node that it cuts is
    entered by one end only. Copies of junctions break that. What is shut besides adds none.
    """
    segment, region = segments(roads), _region_nodes(roads)
    tail, head = (roads.edge_from, roads.edge_to) if inward else (roads.edge_to, roads.edge_from)
    on = np.flatnonzero(drivable(roads, profile))
    wide = np.int64(roads.n_nodes)
    heads, tails = (
        np.unique(segment[on][end[on] < region] * wide + end[on][end[on] < region]) for end in (head, tail)
    )
    count = np.bincount(heads // wide, minlength=roads.n_edges)
    loose = np.zeros(roads.n_edges, np.bool_)
    loose[np.setdiff1d(tails, heads, assume_unique=True) // wide] = True
    return np.flatnonzero((count > 2) | ((count == 2) & loose)).astype(np.int32)


def kind(roads: Roads, edge: int) -> Kind:
    """Say what a segment is to people; bridges first, as a ford below one is not driven."""
    flags = EdgeFlag(int(roads.edge_flags[edge]))
    if EdgeFlag.BRIDGE in flags:
        return "bridge"
    if EdgeFlag.TUNNEL in flags:
        return "tunnel"
    if EdgeFlag.FORD in flags:
        return "ford"
    return "pass" if int(segments(roads)[edge]) in passes(roads) else "road"


def road_name(roads: Roads, edge: int) -> str:
    """Name a segment as `Roads.road` does; of a pass say its own name first: "Port d'Envalira (CG-2)"."""
    name = passes(roads).get(int(segments(roads)[edge]), "") if kind(roads, edge) == "pass" else ""
    if not name:
        return roads.road(edge)
    road = roads.strings[roads.edge_ref[edge]] or roads.strings[roads.edge_name[edge]]
    return f"{name} ({road})" if road not in ("", name) else name


@lru_cache(maxsize=8)
def passes(roads: Roads) -> dict[int, str]:
    """Map the segments that cross a pass to its name, which may be empty.

    A pass where a segment ends is crossed by those of the largest road there, and not by a track to a hut.
    """
    found: dict[int, str] = {}
    whole = roads.n_edges - len(roads.split_from)
    points = np.flatnonzero(np.isin(roads.shape_osm[: roads.shape_offset[whole]], roads.pass_osm))
    edges = np.searchsorted(roads.shape_offset, points, side="right") - 1
    at = np.searchsorted(roads.pass_osm, roads.shape_osm[points])
    largest = {n: int(roads.edge_class[edges[at == n]].min()) for n in np.unique(at).tolist()}
    for point, edge, number in zip(points.tolist(), edges.tolist(), at.tolist(), strict=True):
        is_end = point in (roads.shape_offset[edge], roads.shape_offset[edge + 1] - 1)
        if not is_end or roads.edge_class[edge] == largest[number]:
            found.setdefault(int(segments(roads)[edge]), roads.strings[roads.pass_name[number]])
    return found


def _region_nodes(roads: Roads) -> int:
    """Count the nodes before stops were anchored: a stop inside a segment has no road but it."""
    if not len(roads.split_from):
        return roads.n_nodes
    whole = roads.n_edges - len(roads.split_from)
    return int(max(roads.edge_from[:whole].max(), roads.edge_to[:whole].max())) + 1
