"""Events: which hazards are one thing on the roads that several sources tell of.

In: hazards in force, the edges they touch, the roads. Out: groups of hazards. A group changes no closure: the
road is shut while any of them shuts it, whatever the others say. It says what counts once: in a cut, in what
is lifted together, for people. Refuses to know who copies whom: a copy and an independent witness are the
same event (`confidence` tells them apart).

One event is what different tellers say of the same kind, the same place and overlapping times. A teller is a
feed and the sender it hands on. What one teller lists twice is two things: it knows them apart. A group has
no chains: each two of it are alike, so that a long row of overlapping roadworks does not become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import F64, I32, Bool, Roads

# All of our choice. One place: they share half of the metres of the shorter; and the longer is not so much
# longer that it is a province beside a street, unless both are a few kilometres of road.
SHARED = 0.5
LONGER_MAX = 4.0
NEAR_M = 5_000.0
# Bounds on the work of one step, in grounds of different edges, and in edges looked at. What lies beyond them
# is not grouped: it is counted twice, and shut as before.
GROUNDS_MAX = 4_000
EDGES_MAX = 5_000_000
PAIRS_MAX = 500_000
SAMPLE = 64  # edges of the smaller that are looked up first: most pairs share nothing
GENERIC = "closure"  # says that a road is shut, and not what by: it may be any kind that shuts


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Edges that one or several hazards touch."""

    edges: I32  # sorted
    metres: float
    box: tuple[float, float, float, float]


def events(
    roads: Roads, hazards: Iterable[Hazard], touched: Mapping[HazardId, I32]
) -> tuple[tuple[HazardId, ...], ...]:
    """Group the hazards that are one event, two or more each; the same for the same hazards in any order."""
    known = sorted((h for h in hazards if h.binds and len(touched.get(h.id, ()))), key=lambda h: h.id)
    if len({teller(hazard) for hazard in known}) < 2:
        return ()
    number_of, grounds = _grounds(roads, known, touched)
    on: list[list[int]] = [[] for _ in grounds]
    for k, number in enumerate(number_of):
        on[number].append(k)
    alike: dict[tuple[int, int], float] = {}
    left = PAIRS_MAX
    for first, second, share in _same_places(roads, grounds):
        left -= len(on[first]) * len(on[second])
        if left < 0:
            break
        for a in on[first]:
            for b in on[second]:
                if (first != second or a < b) and _alike(known[a], known[b]):
                    alike[min(a, b), max(a, b)] = share
    return tuple(tuple(known[k].id for k in group) for group in _joined(known, alike))


def teller(hazard: Hazard) -> tuple[str, str]:
    """Name who tells: the feed, and whose alert it hands on."""
    evidence = hazard.evidence[0]
    return evidence.source, evidence.alert.partition(",")[0]


def shuts(hazard: Hazard) -> bool:
    return any(effect.action in (Action.SHUT, Action.RESTRICTED) for effect in hazard.effects)


def same_kind(a: Hazard, b: Hazard) -> bool:
    """Say whether two may be of one thing; a closure without a cause may be any that shuts."""
    return a.kind == b.kind or (GENERIC in (a.kind, b.kind) and shuts(a) and shuts(b))


def same_time(a: Hazard, b: Hazard) -> bool:
    return a.interval.overlaps(b.interval)


def same_place(a_m: float, b_m: float, shared_m: float) -> bool:
    """Judge two sets of edges by the metres of each, and those they share."""
    return 0 < shared_m >= SHARED * min(a_m, b_m) and _comparable(a_m, b_m)


def _comparable(a_m: float, b_m: float) -> bool:
    return max(a_m, b_m) <= max(NEAR_M, LONGER_MAX * min(a_m, b_m))


def _alike(a: Hazard, b: Hazard) -> bool:
    return teller(a) != teller(b) and same_kind(a, b) and same_time(a, b)


def _grounds(
    roads: Roads, hazards: list[Hazard], touched: Mapping[HazardId, I32]
) -> tuple[list[int], list[_Ground]]:
    """Number the different sets of edges: a warning for a zone comes again and again on the same ones."""
    numbers: dict[bytes, int] = {}
    of: list[int] = []
    grounds: list[_Ground] = []
    for hazard in hazards:
        edges = np.asarray(touched[hazard.id], np.int32)
        if not (edges[1:] > edges[:-1]).all():
            edges = np.unique(edges)
        key = edges.tobytes()
        if key not in numbers:
            numbers[key] = len(grounds)
            ends = np.concatenate([roads.edge_from[edges], roads.edge_to[edges]])
            lon, lat = roads.node_lon[ends], roads.node_lat[ends]
            box = float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
            metres = float(roads.edge_length_mm[edges].sum()) / 1000.0
            grounds.append(_Ground(edges, metres, box))
        of.append(numbers[key])
    return of, grounds


def _same_places(roads: Roads, grounds: list[_Ground]) -> Iterator[tuple[int, int, float]]:
    """Give pairs of grounds that are one place, and which share they have in common; first each with itself.

    The smaller ones come first: what is a street is told apart before the work is spent on provinces.
    """
    for n in range(len(grounds)):
        yield n, n, 1.0
    order = sorted(range(len(grounds)), key=lambda n: (len(grounds[n].edges), n))[:GROUNDS_MAX]
    few = [grounds[n] for n in order]
    boxes: F64 = np.array([each.box for each in few])
    metres: F64 = np.array([each.metres for each in few])
    left = EDGES_MAX
    for n, one in enumerate(few):
        rest = slice(n + 1, None)
        near: Bool = (boxes[rest, 0] <= one.box[2]) & (one.box[0] <= boxes[rest, 2])
        near &= (boxes[rest, 1] <= one.box[3]) & (one.box[1] <= boxes[rest, 3])
        longer, shorter = np.maximum(metres[rest], one.metres), np.minimum(metres[rest], one.metres)
        near &= longer <= np.maximum(NEAR_M, LONGER_MAX * shorter)
        sample = one.edges[:: -(-len(one.edges) // SAMPLE)]
        for m in (n + 1 + np.flatnonzero(near)).tolist():
            other = few[m]
            if _in(other.edges, sample).mean() < SHARED / 2:
                continue
            left -= len(one.edges)
            if left < 0:
                return
            both = one.edges[_in(other.edges, one.edges)]
            shared_m = float(roads.edge_length_mm[both].sum()) / 1000.0
            if same_place(one.metres, other.metres, shared_m):
                first, second = sorted((order[n], order[m]))
                yield first, second, shared_m / max(one.metres, other.metres)


def _in(many: I32, few: I32) -> Bool:
    """Mark which edges are among many, sorted, ones."""
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    found: Bool = many[at] == few
    return found


def _joined(hazards: list[Hazard], alike: Mapping[tuple[int, int], float]) -> list[list[int]]:
    """Join pairs to groups, the closest first; in a group each two are alike and no teller comes twice."""
    group_of: dict[int, list[int]] = {}
    for a, b in sorted(alike, key=lambda pair: (-alike[pair], pair)):
        one, other = group_of.get(a, [a]), group_of.get(b, [b])
        if one is other or not all((min(x, y), max(x, y)) in alike for x in one for y in other):
            continue
        together = sorted((*one, *other))
        if len({teller(hazards[k]) for k in together}) == len(together):
            group_of.update(dict.fromkeys(together, together))
    return sorted({tuple(group): group for group in group_of.values()}.values())
