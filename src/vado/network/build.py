"""Build a region: raw roads and profiles in, `Roads` out. Pure, and the same for the same input everywhere.

    rules     what the tags of a way mean for each profile, once for each set of tags
    chunks    ways cut at junctions
    turns     junctions split where a turn is forbidden
    parts     what hangs together, for each profile
    places    towns put on the network; then all of it again, with ways cut at the towns
    describe  what was found, what is an island, what is not obeyed
    hierarchy the order in which nodes are contracted, for all that is asked of the roads later

Ferries are no roads here: they sail by timetable. Knows no file and no clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vado.errors import RegionError
from vado.model.ids import Hash
from vado.model.raw_roads import DRIVABLE_CLASSES, RawRoads
from vado.model.roads import F64, I16, I32, I64, UNKNOWN_M, EdgeFlag, Places, Roads
from vado.model.size import NO_LIMITS, Limits
from vado.network.about import describe
from vado.network.allowed import fits, together
from vado.network.chunks import Chunks, class_index, cut, find_nodes
from vado.network.digest import content_hash
from vado.network.expand import Mask
from vado.network.hierarchy import build_hierarchy
from vado.network.parts import parts
from vado.network.places import name_of, names_by_language, population, snap, snap_m
from vado.network.rules import WayRule, is_ford, node_blocks, node_limits, way_rule
from vado.network.speeds import Profiles
from vado.network.turns import Topology, connect

Progress = Callable[[str, int, int | None], None]
# Degrees of points -> metres above sea level at each, UNKNOWN_M where none is known.
Heights = Callable[[F64, F64], I16]
_STEPS = 7


def build(
    raw: RawRoads,
    profiles: Profiles,
    *,
    name: str,
    heights: Heights | None = None,
    progress: Progress | None = None,
) -> Roads:
    """Build `Roads`. Raises RegionError E1302 where no profile can drive anything."""
    tell = progress or (lambda _stage, _done, _total: None)
    tell("reading tags", 0, _STEPS)
    rules = [way_rule(tags, profiles) for tags in raw.tag_sets]
    blocked, gates = _blocked(raw, profiles), _gates(raw, profiles)
    too_large = _too_large(gates, profiles)
    fords = find_nodes(raw, np.array([node for node, tags in raw.node_tags if is_ford(tags)], np.int64))
    breaks = np.union1d(np.array(sorted({*blocked, *gates}), np.int64), fords)
    signed = np.array([rule.limits != NO_LIMITS for rule in rules], np.bool_)[raw.way_tags]

    tell("cutting ways", 1, _STEPS)
    chunks = cut(raw, rules, breaks)
    if not len(chunks.edge_chunk):
        raise RegionError(
            f"{raw.source} holds no road that a vehicle may drive",
            code="E1302",
            action="choose data that covers roads; these are all shut, private, or without their nodes",
        )
    graph = connect(raw, chunks, profiles, blocked, too_large, signed)
    tell("placing towns", 2, _STEPS)
    towns = _place(raw, rules, chunks, graph, profiles)
    if len(towns):
        tell("cutting ways at towns", 3, _STEPS)
        chunks = cut(raw, rules, np.union1d(breaks, towns))
        graph = connect(raw, chunks, profiles, blocked, too_large, signed)
    tell("finding islands", 4, _STEPS)
    part = parts(len(graph.node_raw), graph.edge_from, graph.edge_to, graph.edge_ms)
    places = _places(raw, graph, towns)
    tell("writing edges", 5, _STEPS)
    strings, arrays = _edge_arrays(raw, rules, chunks, graph, fords)
    limits, edge_limit = _edge_limits(raw, rules, chunks, graph, gates)
    known: dict[str, str] = {"passes": json.dumps([name for _, name in raw.passes], ensure_ascii=False)}
    if heights is not None:
        arrays["node_ele_m"] = heights(raw.node_lon[graph.node_raw], raw.node_lat[graph.node_raw])
        known["nodes_with_height"] = str(int((arrays["node_ele_m"] != UNKNOWN_M).sum()))
        arrays["shape_ele_m"] = heights(arrays["shape_lon"], arrays["shape_lat"])
    roads = Roads(
        name=name,
        content_hash=Hash(""),
        source=raw.source,
        attribution=raw.attribution,
        profiles=profiles.names,
        node_osm=raw.node_id[graph.node_raw],
        node_lon=raw.node_lon[graph.node_raw],
        node_lat=raw.node_lat[graph.node_raw],
        node_part=part,
        edge_from=graph.edge_from,
        edge_to=graph.edge_to,
        edge_duration_ms=graph.edge_ms,
        edge_limit=edge_limit,
        limits=limits,
        sizes=tuple(profile.size for profile in profiles.profiles),
        places=places,
        classes=DRIVABLE_CLASSES,
        strings=strings,
        meta=describe(raw, rules, chunks, graph, part, places, profiles.names) | known,
        **arrays,
    )
    tell("contracting", 6, _STEPS)
    hierarchy = build_hierarchy(roads.n_nodes, roads.edge_from, roads.edge_to)
    tell("done", _STEPS, _STEPS)
    return replace(_frozen(roads), content_hash=content_hash(roads), hierarchy=hierarchy)


def _blocked(raw: RawRoads, profiles: Profiles) -> dict[int, Mask]:
    """Find the nodes that stop somebody, as raw node -> mask of profiles."""
    blocked = {}
    for node, tags in raw.node_tags:
        mask = sum(1 << index for index, stops in enumerate(node_blocks(tags, profiles)) if stops)
        found = find_nodes(raw, np.array([node], np.int64)) if mask else ()
        for index in found:
            blocked[int(index)] = mask
    return blocked


def _gates(raw: RawRoads, profiles: Profiles) -> dict[int, Limits]:
    """Find the nodes that not everybody fits through: raw node -> what may pass."""
    gates: dict[int, Limits] = {}
    for node, tags in raw.node_tags:
        limits = node_limits(tags, profiles)
        if limits != NO_LIMITS:
            for index in find_nodes(raw, np.array([node], np.int64)):
                gates[int(index)] = limits
    return gates


def _too_large(gates: dict[int, Limits], profiles: Profiles) -> dict[int, Mask]:
    return {
        node: sum(1 << index for index, p in enumerate(profiles.profiles) if not fits(limits, p.size))
        for node, limits in gates.items()
    }


def _edge_limits(
    raw: RawRoads, rules: Sequence[WayRule], chunks: Chunks, graph: Topology, gates: dict[int, Limits]
) -> tuple[tuple[Limits, ...], I32]:
    """Number the different limits, none first; say for each edge which are its: the way's and a gate's."""
    tags = raw.way_tags[chunks.way[chunks.edge_chunk[graph.edge_of]]]
    gated = {
        edge: together(rules[int(tags[edge])].limits, gates[int(graph.edge_gate[edge])])
        for edge in np.flatnonzero(graph.edge_gate >= 0).tolist()
    }
    limits = (NO_LIMITS, *sorted({*(rule.limits for rule in rules), *gated.values()} - {NO_LIMITS}))
    number = {each: index for index, each in enumerate(limits)}
    of_edge = np.array([number[rule.limits] for rule in rules], np.int32)[tags]
    for edge, each in gated.items():
        of_edge[edge] = number[each]
    return limits, of_edge


def _place(
    raw: RawRoads, rules: Sequence[WayRule], chunks: Chunks, graph: Topology, profiles: Profiles
) -> I64:
    """Choose a raw node for each town: none, or one for every town."""
    if not raw.places:
        return np.zeros(0, np.int64)
    part = parts(len(graph.node_raw), graph.edge_from, graph.edge_to, graph.edge_ms)
    flags = np.array([int(rule.flags) for rule in rules], np.int64)[raw.way_tags[chunks.way]]
    fast = np.array([rule.highway.startswith("motorway") for rule in rules], np.bool_)
    quiet = ~fast[raw.way_tags[chunks.way]] & ((flags & EdgeFlag.TUNNEL) == 0)
    # The car's view, or that of the first profile that can drive anything where no car can.
    rows = [profiles.names.index("car")] if "car" in profiles.names else []
    for row in (*rows, *range(len(part))):
        towns = snap(raw, chunks, graph, part=part[row], edge_ms=graph.edge_ms[row], quiet=quiet)
        if (towns >= 0).all():
            return towns
    return np.zeros(0, np.int64)


def _places(raw: RawRoads, graph: Topology, towns: I64) -> Places:
    kept = raw.places if len(towns) else ()
    return Places(
        name=tuple(name_of(place) for place in kept),
        names=tuple(names_by_language(place) for place in kept),
        kind=tuple(dict(place.tags)["place"] for place in kept),
        lon=np.array([place.lonlat[0] for place in kept], np.float64),
        lat=np.array([place.lonlat[1] for place in kept], np.float64),
        node=np.searchsorted(graph.node_raw, towns).astype(np.int32),
        snap_m=snap_m(raw, towns) if len(towns) else np.zeros(0),
        population=np.array([population(place) for place in kept], np.int64),
    )


def _edge_arrays(
    raw: RawRoads, rules: Sequence[WayRule], chunks: Chunks, graph: Topology, fords: I64
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Spread what is known of ways over their edges, and lay out the shapes."""
    chunk = chunks.edge_chunk[graph.edge_of]
    back = chunks.edge_back[graph.edge_of]
    way = chunks.way[chunk]
    tags = raw.way_tags[way]
    texts = {"", *(rule.surface for rule in rules), *raw.strings, *(row.kind for row in graph.turns),
             *(name for _, name in raw.passes)}  # fmt: skip
    strings = tuple(sorted(texts))  # "" sorts first
    at = {text: index for index, text in enumerate(strings)}
    text_of = np.array([at[text] for text in raw.strings], np.int32)

    def of_rule(values: list[int], kind: type[np.generic]) -> np.ndarray[Any, Any]:
        return np.array(values, kind)[tags]

    flags = of_rule([int(rule.flags) for rule in rules], np.uint16)
    ends = chunks.ref_node[np.stack([chunks.first[chunk], chunks.last[chunk]])]
    flags[np.isin(ends, fords).any(axis=0)] |= np.uint16(EdgeFlag.FORD)
    refs, offset = _shapes(chunks, chunk, back)
    nodes = chunks.ref_node[refs]
    return strings, {
        "edge_way": raw.way_id[way],
        "edge_length_mm": chunks.length_mm[chunk].astype(np.int32),
        "edge_class": class_index(rules)[tags].astype(np.uint8),
        "edge_flags": flags,
        "edge_surface": of_rule([at[rule.surface] for rule in rules], np.int32),
        "edge_maxspeed_kmh": of_rule([rule.maxspeed_kmh for rule in rules], np.uint8),
        "edge_name": text_of[raw.way_name[way]],
        "edge_ref": text_of[raw.way_ref[way]],
        "shape_offset": offset,
        "shape_lon": raw.node_lon[nodes],
        "shape_lat": raw.node_lat[nodes],
        "shape_osm": raw.node_id[nodes],
        "pass_osm": np.array([node for node, _ in raw.passes], np.int64),
        "pass_name": np.array([at[name] for _, name in raw.passes], np.int32),
        "turn_from_way": np.array([row.from_way for row in graph.turns], np.int64),
        "turn_via": np.array([row.via for row in graph.turns], np.int64),
        "turn_to_way": np.array([row.to_way for row in graph.turns], np.int64),
        "turn_kind": np.array([at[row.kind] for row in graph.turns], np.int32),
        "turn_via_is_way": np.array([row.via_is_way for row in graph.turns], np.bool_),
        "turn_enforced": np.array([row.enforced for row in graph.turns], np.bool_),
    }


def _shapes(chunks: Chunks, chunk: I64, back: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[I64, I64]:
    """List the references of each edge in driving direction, and where each edge's begin."""
    count = chunks.last[chunk] - chunks.first[chunk] + 1
    offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
    within = np.arange(offset[-1], dtype=np.int64) - np.repeat(offset[:-1], count)
    start = np.where(back, chunks.last[chunk], chunks.first[chunk])
    step = np.where(back, -1, 1)
    return np.repeat(start, count) + np.repeat(step, count) * within, offset


def _frozen(roads: Roads) -> Roads:
    """Make every array read-only."""
    for holder in (roads, roads.places):
        for name in holder.__slots__:
            value = getattr(holder, name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
    return roads
