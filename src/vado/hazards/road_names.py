"""Which edges bear the name of a road, are slip roads, or are copies of each other.

In: roads, and refs and names as sources write them. Out: masks and edges. Made once a region and kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from vado.model.alert import RoadPlace
from vado.model.names import fold_name
from vado.model.roads import I32, I64, Bool, Roads


def bears_name(roads: Roads, edges: I32, place: RoadPlace) -> Bool:
    """Tell which edges bear the ref of the place or, where it has none, its name."""
    if place.ref and (wanted := refs(place.ref)):
        refs_of = _refs_of(roads)
        return _where(roads.edge_ref[edges], lambda number: not wanted.isdisjoint(refs_of[number]))
    if place.name:
        names_of, called = _names_of(roads), fold_name(place.name)
        return _where(roads.edge_name[edges], lambda number: names_of[number] == called)
    return np.zeros(len(edges), np.bool_)


def _where(strings: I32, is_it: Callable[[int], bool]) -> Bool:
    """Ask once of each string that edges have, not of all in the region."""
    used, at = np.unique(strings, return_inverse=True)
    return np.array([is_it(number) for number in used.tolist()], np.bool_)[at]


def refs(text: str) -> frozenset[str]:
    """Read refs as they are written: "A-2", "A 2; E90" and "a2" share one."""
    parts = re.split(r"[;,/|]", text.upper())
    return frozenset(filter(None, (re.sub(r"[^0-9A-Z]", "", fold_name(part).upper()) for part in parts)))


@lru_cache(maxsize=8)
def _refs_of(roads: Roads) -> tuple[frozenset[str], ...]:
    return tuple(refs(text) for text in roads.strings)


@lru_cache(maxsize=8)
def _names_of(roads: Roads) -> tuple[str, ...]:
    return tuple(fold_name(text) for text in roads.strings)


def is_slip(roads: Roads) -> Bool:
    return np.array([name.endswith("_link") for name in roads.classes], np.bool_)


def with_copies(roads: Roads, edges: I32) -> I32:
    """Add the copies of edges that turn restrictions make: the same points, driven the same way."""
    key, order, keys = _copies(roads)
    wanted = np.unique(key[edges])
    low, high = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right")
    return np.unique(np.concatenate([edges, *(order[a:b] for a, b in zip(low, high, strict=True))])).astype(
        np.int32
    )


@lru_cache(maxsize=8)
def _copies(roads: Roads) -> tuple[I64, I64, I64]:
    """Number edges so that copies share a number: the numbers, the edges sorted by them, and those sorted."""
    first, last = roads.shape_offset[:-1], roads.shape_offset[1:] - 1
    columns = (roads.shape_osm[last], roads.shape_osm[first + 1], roads.shape_osm[first], roads.edge_way)
    order = np.lexsort(columns)
    new = np.zeros(len(order), np.bool_)
    for column in columns:
        sorted_by = np.asarray(column)[order]
        new[1:] |= sorted_by[1:] != sorted_by[:-1]
    keys = np.cumsum(new, dtype=np.int64)
    number = np.empty(len(order), np.int64)
    number[order] = keys
    return number, order.astype(np.int64), keys
