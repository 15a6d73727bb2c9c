"""Places: towns put on the road network, at a point where vehicles can stop and leave again.

In go towns and the edges with their parts, out comes a node for each town. Of all parts that are about as
near as the nearest one, a town goes to the largest. Points that are no use are left out: junctions with
copies (a vehicle may arrive at any copy), motorways and tunnels (nobody stops there).
"""

from __future__ import annotations

import numpy as np

from vado.model.raw_roads import RawPlace, RawRoads
from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool
from vado.network.chunks import Chunks, distance_m
from vado.network.turns import Topology

# A smaller part must be nearer than a larger one by this much to have the town: less is within what mappers
# and the extent of a village leave open. Ours; most towns in the samples are less than 150 m from their road.
ISLAND_MARGIN_M = 200.0


def snap(raw: RawRoads, chunks: Chunks, graph: Topology, *, part: I32, edge_ms: I32, quiet: Bool) -> I64:
    """Find for each town the raw node it goes to, -1 where there is no road at all.

    `part` of graph nodes and `edge_ms` are one profile's. `quiet`: chunks where a vehicle can stop.
    """
    a, b = part[graph.edge_from], part[graph.edge_to]
    # Within one part, so that a vehicle can come and leave; a one-way feeder between two parts is no use.
    inside = (a == b) & (edge_ms < NO_ENTRY_MS)
    # Nor on a road between the two of a forbidden turn or close behind one: whoever passes the town would
    # forget the way there.
    quiet = quiet & ~graph.held
    chunk_part = np.full(len(chunks.first), -1, np.int64)
    chunk_part[chunks.edge_chunk[graph.edge_of[inside]]] = a[inside]
    towns = _spots(np.array([p.lonlat[0] for p in raw.places]), np.array([p.lonlat[1] for p in raw.places]))
    found, metres = _nearest(raw, _points(chunks, graph, quiet & (chunk_part == 0)), towns)

    points, of_part = _points_by_part(chunks, graph, quiet & (chunk_part > 0), chunk_part)
    _, island_m = _nearest(raw, points, towns)
    spots = _spots(raw.node_lon[points], raw.node_lat[points])
    for town in np.flatnonzero(metres > island_m + ISLAND_MARGIN_M).tolist():
        away = np.linalg.norm(spots - towns[town], axis=1)
        near = away <= away.min() + ISLAND_MARGIN_M
        largest = near & (of_part == of_part[near].min())
        found[town] = points[np.where(largest, away, np.inf).argmin()]
    return found


def _points(chunks: Chunks, graph: Topology, on: Bool) -> I64:
    """List the raw nodes along the chunks that are `on`, but for junctions with copies."""
    nodes = np.unique(chunks.ref_node[_refs(chunks, on)])
    return nodes[~np.isin(nodes, graph.split)]


def _points_by_part(chunks: Chunks, graph: Topology, on: Bool, chunk_part: I64) -> tuple[I64, I64]:
    """List the same with the part of each; a node that two parts share (by a one-way) has the larger."""
    count = chunks.last[on] - chunks.first[on] + 1
    nodes, part = chunks.ref_node[_refs(chunks, on)], np.repeat(chunk_part[on], count)
    order = np.lexsort((part, nodes))
    found, first = np.unique(nodes[order], return_index=True)
    keep = ~np.isin(found, graph.split)
    return found[keep], part[order][first][keep]


def _refs(chunks: Chunks, on: Bool) -> I64:
    count = chunks.last[on] - chunks.first[on] + 1
    offset = np.cumsum(count) - count
    return np.repeat(chunks.first[on] - offset, count) + np.arange(count.sum(), dtype=np.int64)


def _nearest(raw: RawRoads, nodes: I64, towns: F64) -> tuple[I64, F64]:
    """Find the nearest of the nodes for each town, and how far it is."""
    from scipy.spatial import cKDTree  # it takes most of a second to load, and only a build asks

    if not len(nodes) or not len(towns):
        return np.full(len(towns), -1, np.int64), np.full(len(towns), np.inf)
    metres, at = cKDTree(_spots(raw.node_lon[nodes], raw.node_lat[nodes])).query(towns)
    return nodes[np.asarray(at, np.int64)], np.asarray(metres, np.float64)


def _spots(lon: F64, lat: F64) -> F64:
    """Put degrees on a sphere in metres: straight lines there order distances as on the ground."""
    lam, phi = np.radians(lon), np.radians(lat)
    radius_m = 6_371_008.8  # mean Earth radius, Moritz, Geodetic Reference System 1980 (2000)
    xyz = (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    return radius_m * np.stack(xyz, axis=-1)


def snap_m(raw: RawRoads, nodes: I64) -> F64:
    """Measure from each town to the node it went to."""
    lon = np.array([place.lonlat[0] for place in raw.places])
    lat = np.array([place.lonlat[1] for place in raw.places])
    return distance_m(lon, lat, raw.node_lon[nodes], raw.node_lat[nodes])


def names_by_language(place: RawPlace) -> dict[str, str]:
    """List name:xx as language -> name; name:etymology and its like are no languages."""
    found = {}
    for key, value in place.tags:
        stem, _, language = key.partition(":")
        if stem == "name" and 2 <= len(language.split("-")[0]) <= 3 and language.replace("-", "").isalnum():
            found[language] = value
    return found


def name_of(place: RawPlace) -> str:
    """Give the local name, or the first of the others."""
    tags = dict(place.tags)
    return tags.get("name") or next(iter(names_by_language(place).values()), "")


def population(place: RawPlace) -> int:
    """Read the population; 0 when it is not mapped or no number ("ca. 3.000" is none)."""
    text = dict(place.tags).get("population", "").replace(",", "").replace(" ", "")
    return int(text) if text.isdecimal() and len(text) < 12 else 0
