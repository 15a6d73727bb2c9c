"""Named roads: which edges people mean by "CG-4", "Carretera d'Arinsal" or the number of an OSM way.

In: roads and a text. Out: edges, both directions and parts of split ones too. Refuses to know shapes.
"""

from __future__ import annotations

import difflib
import math
import re
from functools import lru_cache

import numpy as np

from vado.model.ids import LonLat
from vado.model.names import fold_name
from vado.model.roads import I32, Roads
from vado.network.anchor import EARTH_M

DEGREE_M = math.radians(EARTH_M)  # of latitude
_WAY = re.compile(r"(?:way[ /]?)?(\d{1,19})")


def find_edges(roads: Roads, text: str) -> I32:
    """Find all edges of a road by its ref, its name, both as `Roads.road` writes them, or its OSM way.

    Case and accents do not count. Empty when there is none.
    """
    way = _WAY.fullmatch(text.strip().lower())
    if way and int(way[1]) < 2**63:
        return np.flatnonzero(roads.edge_way == int(way[1])).astype(np.int32)
    known, wanted = _strings(roads), fold_name(text)
    ref, bracket, name = wanted.partition(" (")
    exact = known.get(wanted)
    if exact is not None:
        on = np.isin(roads.edge_ref, exact) | np.isin(roads.edge_name, exact)
    elif bracket and name.endswith(")"):
        on = np.isin(roads.edge_ref, known.get(ref, [])) & np.isin(roads.edge_name, known.get(name[:-1], []))
    else:
        return np.zeros(0, np.int32)
    return np.flatnonzero(on).astype(np.int32)


def near_names(roads: Roads, text: str) -> tuple[str, ...]:
    """Suggest a few names of roads for one that is none of them."""
    known = _strings(roads)
    near = difflib.get_close_matches(fold_name(text), known, n=3, cutoff=0.6)
    return tuple(roads.strings[known[name][0]] for name in near)


def nearest_edge(roads: Roads, at: LonLat) -> tuple[int, float] | None:
    """Find the edge that passes nearest to a point, and how far off it is, metres; None without any road."""
    if not roads.n_edges:
        return None
    lon = (np.asarray(roads.shape_lon) - at[0] + 180.0) % 360.0 - 180.0
    x = lon * (DEGREE_M * np.cos(np.radians(at[1])))
    y = (np.asarray(roads.shape_lat) - at[1]) * DEGREE_M
    dx, dy = np.diff(x), np.diff(y)
    along = -(x[:-1] * dx + y[:-1] * dy) / np.maximum(dx * dx + dy * dy, 1e-9)
    along = np.clip(along, 0.0, 1.0)
    gap = np.hypot(x[:-1] + along * dx, y[:-1] + along * dy)
    gap[np.asarray(roads.shape_offset[1:-1]) - 1] = np.inf  # from an edge to the next
    nearest = int(np.argmin(gap))
    edge = int(np.searchsorted(roads.shape_offset, nearest, side="right")) - 1
    return edge, float(gap[nearest])


@lru_cache(maxsize=4)
def _strings(roads: Roads) -> dict[str, list[int]]:
    """Number the refs and names that edges have, made comparable."""
    used = np.unique(np.concatenate([roads.edge_ref, roads.edge_name]))
    found: dict[str, list[int]] = {}
    for number in used.tolist():
        if roads.strings[number]:
            found.setdefault(fold_name(roads.strings[number]), []).append(number)
    return found
