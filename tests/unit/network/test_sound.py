"""Sound: what would lead a search out of its arrays, or round for ever, is found; what was built never is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import drawn
from vado.model.roads import Roads
from vado.network.links import hierarchy_of
from vado.network.sound import find_fault

DRAWN = drawn.roads("A----B----C\n|    |    |\nD----E----F")
TOWN = replace(DRAWN, hierarchy=hierarchy_of(DRAWN))
ROADS = (
    "node_part", "edge_from", "edge_to", "edge_length_mm", "edge_duration_ms", "edge_class", "edge_limit",
    "edge_surface", "edge_name", "edge_ref", "shape_offset",
)  # fmt: skip
HIERARCHY = (
    "rank", "first", "head", "tail", "parent", "depth", "from_first", "from_tail", "from_arc", "edge_arc",
    "edge_first", "edge_of",
)  # fmt: skip


def changed(name: str, array: np.ndarray[Any, Any]) -> Roads:
    if name in HIERARCHY:
        return replace(TOWN, hierarchy=replace(TOWN.hierarchy, **{name: array}))  # type: ignore[type-var]
    return replace(TOWN, **{name: array})  # type: ignore[arg-type]


def array_of(name: str) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = getattr(TOWN.hierarchy if name in HIERARCHY else TOWN, name)
    return found


def test_what_was_built_is_sound() -> None:
    assert find_fault(TOWN) is None
    assert find_fault(DRAWN) is None


FAR = [
    (name, far)
    for name in (*ROADS, *HIERARCHY)
    for far in (-2, 10**6)
    # Classes have no sign, and of lengths and durations none is too long.
    if not (far < 0 and name == "edge_class")
    and not (far > 0 and name in ("edge_length_mm", "edge_duration_ms"))
]


@pytest.mark.parametrize(("name", "far"), FAR)
@pytest.mark.parametrize("at", [0, -1])
def test_what_points_outside_is_found(name: str, far: int, at: int) -> None:
    array = array_of(name).copy()
    array[..., at] = min(far, np.iinfo(array.dtype).max)
    assert name in str(find_fault(changed(name, array)))


@pytest.mark.parametrize("name", [*ROADS, *HIERARCHY])
def test_what_is_too_short_is_found(name: str) -> None:
    assert find_fault(changed(name, array_of(name)[..., :-1])) is not None


def test_a_circle_in_the_hierarchy_is_found() -> None:
    """Within bounds, and a search would never end."""
    parent = array_of("parent").copy()
    parent[parent == -1] = 0
    assert "parent" in str(find_fault(changed("parent", parent)))
    assert "head" in str(find_fault(changed("head", array_of("tail"))))


def test_passes_have_names_there_are() -> None:
    named = replace(TOWN, pass_osm=np.array([7]), pass_name=np.zeros(1, np.int32))
    assert find_fault(named) is None
    assert "pass_name" in str(find_fault(replace(named, pass_name=np.full(1, len(TOWN.strings), np.int32))))
    assert "pass_name" in str(find_fault(replace(named, pass_osm=np.array([7, 8]))))


def test_fewer_strings_limits_or_towns_are_found() -> None:
    assert find_fault(replace(TOWN, strings=())) is not None
    assert find_fault(replace(TOWN, limits=())) is not None
    assert find_fault(replace(TOWN, classes=())) is not None
    assert find_fault(replace(TOWN, profiles=TOWN.profiles[:-1])) is not None
    assert find_fault(replace(TOWN, sizes=TOWN.sizes[:-1])) is not None
    assert find_fault(replace(TOWN, places=replace(TOWN.places, name=(*TOWN.places.name, "X")))) is not None
