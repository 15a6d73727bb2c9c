"""About a region: counts, islands and limits for `region info`, as JSON texts in `Roads.meta`.

Nothing is dropped in silence: what is not connected, not obeyed or not drivable is counted here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vado.model.raw_roads import RawRoads
from vado.model.roads import F64, I32, NO_ENTRY_MS, Places
from vado.network.chunks import Chunks, distance_m
from vado.network.places import name_of
from vado.network.rules import WayRule
from vado.network.turns import Topology

ISLAND_KM_MIN = 1.0  # shorter islands without a town are counted, not listed (ours: a farm or a car park)
LISTED_MAX = 200
DROPPED_LISTED = 10  # towns without a road, named in a note


def describe(
    raw: RawRoads,
    rules: Sequence[WayRule],
    chunks: Chunks,
    graph: Topology,
    part: I32,
    places: Places,
    profiles: tuple[str, ...],
) -> dict[str, str]:
    """Write the summary of a build."""
    km = chunks.length_mm / 1e6
    drivable = np.zeros(len(km), np.bool_)
    drivable[chunks.edge_chunk] = True
    classes: Counter[str] = Counter()
    for way_class, length in zip(
        [rules[tags].highway for tags in raw.way_tags[chunks.way].tolist()], km.tolist(), strict=True
    ):
        classes[way_class] += length
    not_obeyed = Counter(row.why for row in graph.turns if not row.enforced)
    counts = {
        "nodes": len(graph.node_raw),
        "edges": len(graph.edge_of),
        "junctions_split": len(graph.split),
        "km": round(float(km.sum()), 1),
        "places": len(places),
        "ways_read": len(raw.way_id),
        "ways_shut": int((~np.array([rule.drivable for rule in rules], np.bool_)[raw.way_tags]).sum()),
        "ways_conditional": int(np.array([rule.conditional for rule in rules])[raw.way_tags].sum()),
        "ways_reversible": int(np.array([rule.reversible for rule in rules])[raw.way_tags].sum()),
    }
    box = (raw.node_lon.min(), raw.node_lat.min(), raw.node_lon.max(), raw.node_lat.max())
    by_kind = Counter(places.kind)
    meta = {
        "counts": counts,
        "class_km": {name: round(length, 1) for name, length in sorted(classes.items()) if length},
        "restrictions": {
            "mapped": len(graph.turns),
            "enforced": sum(row.enforced for row in graph.turns),
            "not_enforced": dict(sorted(not_obeyed.items())),
            "u_turns_barred": graph.u_turns_barred,
            "u_turns_left": graph.u_turns_left,
        },
        "profiles": _by_profile(raw, chunks, graph, part, places, profiles),
        "place_kinds": dict(sorted(by_kind.items())),
        "bbox": [round(float(value), 7) for value in box],
        "data_timestamp": raw.timestamp,
        "notes": [*raw.notes, *_dropped(raw, places)],
    }
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in meta.items()
    }


def _dropped(raw: RawRoads, places: Places) -> list[str]:
    """Say which towns of the map are not in the region."""
    if len(places) == len(raw.places):
        return []
    names = [name_of(place) or "one without a name" for place in raw.places]
    listed = ", ".join(names[:DROPPED_LISTED]) + (", ..." if len(names) > DROPPED_LISTED else "")
    count = f"{len(names):,} towns are" if len(names) > 1 else "1 town is"
    return [f"{count} not in the region, no road has a point where a vehicle may stop: {listed}"]


def _by_profile(
    raw: RawRoads, chunks: Chunks, graph: Topology, part: I32, places: Places, profiles: tuple[str, ...]
) -> dict[str, object]:
    result: dict[str, object] = {}
    edge_km = chunks.length_mm[chunks.edge_chunk[graph.edge_of]] / 1e6
    # A node where edges start and none end is the way in at a split junction or the region's border.
    for row, name in enumerate(profiles):
        open_ = graph.edge_ms[row] < NO_ENTRY_MS
        a, b = part[row][graph.edge_from], part[row][graph.edge_to]
        inside = open_ & (a == b)
        sizes = np.bincount(part[row][part[row] >= 0]) if (part[row] >= 0).any() else np.zeros(0, np.int64)
        km = np.bincount(a[inside], edge_km[inside], minlength=len(sizes)).astype(np.float64)
        town_part = part[row][places.node]
        listed = _islands(raw, graph, part[row], sizes, km, places)
        result[name] = {
            "nodes": int((part[row] >= 0).sum()),
            "main_nodes": int(sizes[0]) if len(sizes) else 0,
            "edge_km": round(float(edge_km[open_].sum()), 1),
            "main_edge_km": round(float(km[0]), 1) if len(km) else 0.0,
            "islands": int((sizes[1:] > 1).sum()),
            "one_way_ends": int((sizes[1:] == 1).sum()),
            "islands_listed": listed,
            "towns_on_islands": [places.name[k] for k in np.flatnonzero(town_part > 0).tolist()],
            "towns_not_drivable": [places.name[k] for k in np.flatnonzero(town_part < 0).tolist()],
        }
    return result


def _islands(
    raw: RawRoads, graph: Topology, part: I32, sizes: npt.NDArray[np.signedinteger], km: F64, places: Places
) -> list[dict[str, object]]:
    """List islands that hold a town or are long, each named by the town nearest to it."""
    towns = set(part[places.node].tolist()) - {-1, 0}
    long_ = set((np.flatnonzero((km >= ISLAND_KM_MIN) & (sizes > 1))).tolist()) - {0}
    listed = []
    for island in sorted(towns | long_)[:LISTED_MAX]:
        nodes = graph.node_raw[np.flatnonzero(part == island)]
        lon, lat = float(raw.node_lon[nodes].mean()), float(raw.node_lat[nodes].mean())
        entry: dict[str, object] = {
            "part": island,
            "nodes": int(sizes[island]),
            "edge_km": round(float(km[island]), 1),
            "lon": round(lon, 5),
            "lat": round(lat, 5),
            "towns": [places.name[k] for k in np.flatnonzero(part[places.node] == island).tolist()],
            "near": "",
        }
        if len(places):
            away = distance_m(places.lon, places.lat, np.full(len(places), lon), np.full(len(places), lat))
            entry["near"] = places.name[int(away.argmin())]
            entry["near_km"] = round(float(away.min()) / 1000, 1)
        listed.append(entry)
    return listed
