"""Whole roads: the many fragile pieces of one road put together. "CG-3, Ordino to Llorts".

In: roads, their fragile pieces (`network.fragile_roads`). Out: a road by ref or name with its pieces, from
where to where. Pieces without ref and name are one road where they are of a class and isolate the same towns.
Writes no sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vado.model.ids import LonLat
from vado.model.roads import Roads
from vado.network.anchor import nearest_towns
from vado.network.fragile_roads import FragileRoad, Warned
from vado.network.segments import Kind

KINDS: tuple[Kind, ...] = ("bridge", "tunnel", "ford", "pass", "road")  # most special first


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRoad:
    """A road with all its pieces that isolate somebody; each piece isolates its own towns, these are all."""

    road: str
    kind: Kind  # the most special of its pieces
    ends: tuple[str, str]  # the towns nearest to its two outermost pieces; "" where the region has none
    pieces: tuple[FragileRoad, ...]  # as `fragile_roads` sorts them
    segments: int  # in all pieces
    length_m: int
    places: tuple[int, ...]
    jobs: tuple[int, ...]
    warnings: tuple[Warned, ...]


def whole_roads(roads: Roads, pieces: Sequence[FragileRoad]) -> tuple[WholeRoad, ...]:
    """Put pieces together by road; roads are in the order of their first piece."""
    groups: dict[Hashable, list[FragileRoad]] = defaultdict(list)
    for piece in pieces:
        groups[_key(roads, piece)].append(piece)
    corners = [_corners(roads, those) for those in groups.values()]
    towns = nearest_towns(roads, tuple(at for pair in corners for at in pair))
    return tuple(
        WholeRoad(
            road=_name(roads, those),
            kind=min((piece.kind for piece in those), key=KINDS.index),
            ends=(towns[2 * k], towns[2 * k + 1]),
            pieces=tuple(those),
            segments=sum(len(piece.edges) for piece in those),
            length_m=sum(piece.length_m for piece in those),
            places=tuple(sorted({one for piece in those for one in piece.places})),
            jobs=tuple(sorted({one for piece in those for one in piece.jobs})),
            warnings=_warnings(those),
        )
        for k, those in enumerate(groups.values())
    )


def mapped(roads: Roads, places: Iterable[int]) -> tuple[int, int]:
    """Count the people of towns, and the towns whose people nobody has mapped."""
    people = roads.places.population[list(places)]
    return int(people.sum()), int((people <= 0).sum())


def _key(roads: Roads, piece: FragileRoad) -> Hashable:
    edge = piece.edges[0]
    named = roads.strings[roads.edge_ref[edge]] or roads.strings[roads.edge_name[edge]]
    return named or (_class(roads, edge), piece.places, piece.jobs)


def _name(roads: Roads, pieces: Sequence[FragileRoad]) -> str:
    edge = pieces[0].edges[0]
    names = {roads.road(one) for piece in pieces for one in piece.edges}
    if len(pieces) == 1:
        names = {pieces[0].road} if len(names) == 1 else names
    if len(names) == 1:
        return names.pop()
    named = roads.strings[roads.edge_ref[edge]] or roads.strings[roads.edge_name[edge]]
    return named or _class(roads, edge)


def _class(roads: Roads, edge: int) -> str:
    """Say what a road without a name is, without the number of its way."""
    return roads.road(edge).partition(" (way ")[0]


def _corners(roads: Roads, pieces: Sequence[FragileRoad]) -> tuple[LonLat, LonLat]:
    """Find two ends of pieces that are far apart."""
    edges = np.array([edge for piece in pieces for edge in piece.edges], np.int64)
    nodes = np.unique(np.concatenate([roads.edge_from[edges], roads.edge_to[edges]]))
    at = np.column_stack([roads.node_lon[nodes], roads.node_lat[nodes]])
    scaled = at * [np.cos(np.radians(at[0, 1])), 1.0]
    one = int(np.argmax(((scaled - scaled.mean(axis=0)) ** 2).sum(axis=1)))
    two = int(np.argmax(((scaled - scaled[one]) ** 2).sum(axis=1)))
    return (float(at[one, 0]), float(at[one, 1])), (float(at[two, 0]), float(at[two, 1]))


def _warnings(pieces: Sequence[FragileRoad]) -> tuple[Warned, ...]:
    lines = {line: None for piece in pieces for line in piece.warnings}
    return tuple(sorted(lines, key=lambda line: (line.start_s, line.hazard)))
