"""Is it sound: do a region's arrays fit each other, so that no search can leave them or run for ever?

In: roads, and their hierarchy if they have one. Out: the first fault in words, or none. Kernels check no
bounds, so this is asked before any of them sees an array from a disk. One or two passes over an array and no
more: whether it says what is true is left to the hashes on a region's card (`store.card`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.model.hierarchy import Hierarchy
from vado.model.roads import Places, Roads

Array = npt.NDArray[Any]


def find_fault(roads: Roads) -> str | None:
    """Find what does not fit; None where roads and hierarchy are sound."""
    return next(_faults(roads), None)


def _faults(roads: Roads) -> Iterator[str]:
    """Give the faults, as they are found; what comes after the first one may itself make no sense."""
    yield from _lengths(roads)
    yield from _places_lengths(roads.places)
    yield from _roads(roads)
    if roads.hierarchy is not None:
        yield from _hierarchy_lengths(roads.hierarchy, roads)
        yield from _hierarchy(roads.hierarchy)


def _lengths(roads: Roads) -> Iterator[str]:
    """Say which arrays are not as long as they have to be; nothing else is safe to ask before."""
    n, m, z, r, p = (
        len(roads.node_osm), len(roads.edge_from), len(roads.shape_osm), len(roads.turn_via),
        len(roads.profiles),
    )  # fmt: skip
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("node_lon", "node_lat", "node_ele_m"), (n,)),
        "node_part": (p, n),
        **dict.fromkeys(
            ("edge_to", "edge_way", "edge_length_mm", "edge_class", "edge_flags", "edge_surface",
             "edge_maxspeed_kmh", "edge_limit", "edge_name", "edge_ref"), (m,),
        ),
        "edge_duration_ms": (p, m),
        "pass_name": (len(roads.pass_osm),),
        "shape_offset": (m + 1,),
        **dict.fromkeys(("shape_lon", "shape_lat", "shape_ele_m"), (z,)),
        **dict.fromkeys(
            ("turn_from_way", "turn_to_way", "turn_kind", "turn_via_is_way", "turn_enforced"), (r,)
        ),
    }  # fmt: skip
    yield from _shapes(roads, shapes)
    if len(roads.sizes) not in (0, p):
        yield f"there are {len(roads.sizes)} sizes for {p} profiles"


def _places_lengths(places: Places) -> Iterator[str]:
    k = len(places.name)
    if not k == len(places.names) == len(places.kind):
        yield "there are not as many names as towns"
    yield from _shapes(places, dict.fromkeys(("lon", "lat", "node", "snap_m", "population"), (k,)))


def _hierarchy_lengths(hierarchy: Hierarchy, roads: Roads) -> Iterator[str]:
    n, m, a = roads.n_nodes, roads.n_edges, len(hierarchy.head)
    yield from _shapes(hierarchy, {
        **dict.fromkeys(("rank", "parent", "depth"), (n,)),
        **dict.fromkeys(("first", "from_first"), (n + 1,)),
        **dict.fromkeys(("tail", "from_tail", "from_arc"), (a,)),
        "edge_arc": (m,),
        "edge_first": (a + 1,),
    })  # fmt: skip


def _shapes(of: object, shapes: dict[str, tuple[int, ...]]) -> Iterator[str]:
    for name, shape in shapes.items():
        found = getattr(of, name).shape
        if found != shape:
            yield f"{name} is of shape {found}, not {shape}"


def _roads(roads: Roads) -> Iterator[str]:
    n = roads.n_nodes
    yield from _within("edge_from", roads.edge_from, 0, n)
    yield from _within("edge_to", roads.edge_to, 0, n)
    yield from _within("node_part", roads.node_part, -1, n)
    yield from _within("edge_duration_ms", roads.edge_duration_ms, 0, None)
    yield from _within("edge_length_mm", roads.edge_length_mm, 0, None)
    yield from _within("edge_class", roads.edge_class, 0, len(roads.classes))
    yield from _within("edge_limit", roads.edge_limit, 0, len(roads.limits))
    for name in ("edge_surface", "edge_name", "edge_ref", "turn_kind", "pass_name"):
        yield from _within(name, getattr(roads, name), 0, len(roads.strings))
    yield from _offsets("shape_offset", roads.shape_offset, len(roads.shape_osm))
    yield from _within("places_node", roads.places.node, 0, n)


def _hierarchy(hierarchy: Hierarchy) -> Iterator[str]:
    n, a = hierarchy.n_nodes, hierarchy.n_arcs
    yield from _offsets("hierarchy_first", hierarchy.first, a)
    yield from _offsets("hierarchy_from_first", hierarchy.from_first, a)
    yield from _offsets("hierarchy_edge_first", hierarchy.edge_first, len(hierarchy.edge_of))
    for name, low, high in (
        ("rank", 0, n), ("head", 0, n), ("tail", 0, n), ("parent", -1, n), ("depth", 0, max(n, 1)),
        ("from_tail", 0, n), ("from_arc", 0, a), ("edge_arc", -1, 2 * a), ("edge_of", 0, hierarchy.n_edges),
    ):  # fmt: skip
        yield from _within(f"hierarchy_{name}", getattr(hierarchy, name), low, high)
    # Every search climbs: it ends because arcs and parents lead upwards.
    if (hierarchy.head <= hierarchy.tail).any():
        yield "hierarchy_head does not lead upwards"
    inner = hierarchy.parent >= 0
    if (hierarchy.parent[inner] <= np.flatnonzero(inner)).any():
        yield "hierarchy_parent does not lead upwards"
    if (hierarchy.depth[inner] != hierarchy.depth[hierarchy.parent[inner]] + 1).any():
        yield "hierarchy_depth does not count the ancestors"


def _within(name: str, array: Array, low: int, high: int | None) -> Iterator[str]:
    """Check that `low <= array < high`."""
    if array.size and (array.min() < low or (high is not None and array.max() >= high)):
        yield f"{name} points outside of what there is"


def _offsets(name: str, array: Array, last: int) -> Iterator[str]:
    if array[0] != 0 or array[-1] != last or (array[1:] < array[:-1]).any():
        yield f"{name} does not rise from 0 to {last}"
