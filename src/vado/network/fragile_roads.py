"""Fragile roads: what hangs on what, as people say it. "CG-5 (bridge): Arinsal and 3 more, 1,400 people".

In: roads, what hangs (`network.fragility`), a snapshot with what is in force and to come. Out: roads with
their towns, people, jobs and warnings, pairs of roads, the last road of each town. Writes no sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from vado.model.ids import AlertId, EdgeId, HazardId
from vado.model.roads import I32, Roads
from vado.model.snapshot import Snapshot, Travel
from vado.network.fragility import Hangs, Pairs
from vado.network.segments import Kind, kind, road_name, segments

_KIND_ORDER: dict[Kind, int] = {"bridge": 0, "tunnel": 1, "ford": 2, "pass": 3, "road": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A hazard that shuts a segment, in force or to come."""

    hazard: HazardId
    alert: AlertId
    kind: str
    headline: str
    start_s: int
    end_s: int  # FOREVER_S when open-ended


@dataclass(frozen=True, slots=True, kw_only=True)
class FragileRoad:
    """Segments of one road and kind that isolate the same towns and jobs, each of them alone."""

    road: str
    kind: Kind
    edges: tuple[EdgeId, ...]  # one for each segment
    length_m: int
    places: tuple[int, ...]  # indices into Roads.places; jobs are in `jobs`
    jobs: tuple[int, ...]  # indices into the jobs given
    population: int  # of the places, as far as mapped
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FragilePair:
    """Two roads of which some two segments isolate these towns together, and neither alone."""

    one: tuple[str, Kind]
    two: tuple[str, Kind]
    places: tuple[int, ...]
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWay:
    """The segment of greatest concern among those a town hangs on now."""

    place: int
    road: str
    kind: Kind
    edge: EdgeId
    always: bool  # it hangs on it also when nothing is shut
    warnings: tuple[Warned, ...]


def fragile_roads(
    roads: Roads, found: Hangs, jobs: Hangs | None, warned: Mapping[int, tuple[Warned, ...]]
) -> tuple[FragileRoad, ...]:
    """Put segments together into roads: those with most people come first, then most towns, most jobs."""
    towns, work = _by_segment(found), {} if jobs is None else _by_segment(jobs)
    groups: dict[tuple[str, Kind, frozenset[int], frozenset[int]], list[int]] = defaultdict(list)
    for segment in sorted(towns.keys() | work.keys()):
        key = (road_name(roads, segment), kind(roads, segment), towns.get(segment, frozenset()),
               work.get(segment, frozenset()))  # fmt: skip
        groups[key].append(segment)
    made = [
        FragileRoad(
            road=road,
            kind=sort,
            edges=tuple(EdgeId(segment) for segment in on),
            length_m=round(float(roads.edge_length_mm[on].sum()) / 1000),
            places=tuple(sorted(places)),
            jobs=tuple(sorted(hanging)),
            population=_population(roads, places),
            warnings=_all_warnings(warned, on),
        )
        for (road, sort, places, hanging), on in groups.items()
    ]
    return tuple(sorted(made, key=lambda r: (-r.population, -len(r.places), -len(r.jobs), r.road, r.edges)))


def fragile_pairs(roads: Roads, found: Pairs) -> tuple[FragilePair, ...]:
    """Put pairs of segments together into pairs of roads, those with most people first."""
    groups: dict[tuple[tuple[str, Kind], tuple[str, Kind]], set[int]] = defaultdict(set)
    named = {s: (road_name(roads, s), kind(roads, s)) for s in np.union1d(found.one, found.two).tolist()}
    for place, one, two in zip(found.target.tolist(), found.one.tolist(), found.two.tolist(), strict=True):
        a, b = sorted((named[one], named[two]))
        groups[a, b].add(place)
    made = [
        FragilePair(one=a, two=b, places=tuple(sorted(places)), population=_population(roads, places))
        for (a, b), places in groups.items()
    ]
    return tuple(sorted(made, key=lambda p: (-p.population, -len(p.places), p.one, p.two)))


def last_ways(
    roads: Roads, now: Hangs, usually: Hangs, warned: Mapping[int, tuple[Warned, ...]]
) -> tuple[LastWay, ...]:
    """Choose one segment for each town that hangs on some: warned of, then new, then by kind and length."""
    before = set(zip(usually.target.tolist(), usually.segment.tolist(), strict=True))
    on: dict[int, list[int]] = defaultdict(list)
    for place, segment in zip(now.target.tolist(), now.segment.tolist(), strict=True):
        on[place].append(segment)

    def concern(place: int, segment: int) -> tuple[bool, bool, int, int]:
        return (not warned.get(segment), (place, segment) in before, _KIND_ORDER[kind(roads, segment)],
                -int(roads.edge_length_mm[segment]))  # fmt: skip

    found = []
    for place, hanging in sorted(on.items()):
        worst = min(hanging, key=lambda segment: concern(place, segment))
        found.append(
            LastWay(
                place=place,
                road=road_name(roads, worst),
                kind=kind(roads, worst),
                edge=EdgeId(worst),
                always=(place, worst) in before,
                warnings=warned.get(worst, ()),
            )
        )
    return tuple(found)


def warnings(snapshot: Snapshot, travel: Travel, *, at_s: int) -> dict[int, tuple[Warned, ...]]:
    """List the hazards that shut each segment for a way of travelling, now or later, the first one first."""
    table, segment = snapshot.closures[travel], segments(snapshot.roads)
    found: dict[int, dict[Warned, None]] = defaultdict(dict)
    for row in np.flatnonzero((table.factor <= 0) & (table.end_s > at_s)).tolist():
        hazard = snapshot.hazards[int(table.hazard[row])]
        line = Warned(
            hazard=hazard.id,
            alert=hazard.alert,
            kind=hazard.kind,
            headline=hazard.evidence[0].headline,
            start_s=int(table.start_s[row]),
            end_s=int(table.end_s[row]),
        )
        found[int(segment[table.edge[row]])][line] = None
    return {on: tuple(sorted(lines, key=_when)) for on, lines in found.items()}


def shut_edges(snapshot: Snapshot, travel: Travel, *, at_s: int) -> I32:
    """List the edges that are shut at an instant."""
    table = snapshot.closures[travel]
    rows = (table.factor <= 0) & (table.start_s <= at_s) & (table.end_s > at_s)
    found: I32 = np.unique(table.edge[rows]).astype(np.int32)
    return found


def _when(line: Warned) -> tuple[int, str]:
    return line.start_s, line.hazard


def _by_segment(found: Hangs) -> dict[int, frozenset[int]]:
    of: dict[int, set[int]] = defaultdict(set)
    for target, segment in zip(found.target.tolist(), found.segment.tolist(), strict=True):
        of[segment].add(target)
    return {segment: frozenset(targets) for segment, targets in of.items()}


def _population(roads: Roads, places: Iterable[int]) -> int:
    return int(roads.places.population[list(places)].sum())


def _all_warnings(warned: Mapping[int, tuple[Warned, ...]], on: Iterable[int]) -> tuple[Warned, ...]:
    return tuple(sorted({line: None for segment in on for line in warned.get(segment, ())}, key=_when))
