"""Match: which edges a place on a road means, on the right carriageway and in the right direction.

In: roads and a `RoadPlace` (ref, kilometres, points, direction). Out: `Match`: the edges, from where to where
the first and the last of them are meant, how good the match is, and what a person should know.

Two points or a drawn line are matched by the cheapest way through the network beside them: far from the line,
off the named road, or over a slip road is dearer. So a parallel service road, the opposite carriageway and a
road that crosses over it stay out: no way along the line uses them. A point takes the nearest road that fits
its name and heading. What cannot be matched well shuts all that bears the name near the points, both ways,
and says so; where there is no such road, all that runs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, exp, radians

import numpy as np
import shapely

from vado.hazards.chain import Nearby, Spot, chain
from vado.hazards.near import (
    ENDS_NEAR_M,
    LINE_NEAR_M,
    POINT_NEAR_M,
    TIE_M,
    WORK_MAX,
    Near,
    heading_at,
    turn_deg,
)  # fmt: skip
from vado.hazards.road_names import with_copies
from vado.model.alert import RoadPlace, Way
from vado.model.roads import F64, I32, Bool, Roads

# Distances in metres, all of our choice, as those of `near`.
BESIDE_M = 20.0  # at this distance from the line a metre of road costs twice
TWIN_M = 40.0  # the other carriageway is no farther away than this
LEAST_M = 3.0  # less of an edge at the end of a stretch is a junction that the source set a little aside
HEADING_DEG = 60.0  # an edge leads along a line when it turns away by less
# What a metre costs that is not on the road named, or on a slip road where the main one is meant.
OFF_ROAD, ON_SLIP = 6.0, 8.0
DETOUR_MAX = 3.0  # a way this many times longer than it should be is not what was meant
GOOD = 0.5  # of quality; below it the match is not trusted
# A way must be beside a line at its ends and each this many metres; of a short line at five places, if they
# are not closer than the second.
PIECE_M, PIECE_LEAST_M = 200.0, 20.0
PLACES_KEPT = 8192  # of matches, not to be made again each step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """The edges of one place, each once. Edge indices are those of the region."""

    edges: I32  # sorted
    from_m: F64  # for each edge, from where on it is meant, metres from its start
    to_m: F64
    quality: float  # 0 to 1; below GOOD it was not matched but shut around
    note: str = ""  # for people, where anything was assumed


def match(roads: Roads, place: RoadPlace) -> Match:
    """Find the edges of a place; the same for roads with stops on them as for their region."""
    return _match(roads.region or roads, place)


def edges_of(roads: Roads, found: Match) -> I32:
    """List the edges of these roads that a match means: also the parts that stops have cut an edge into."""
    if not len(roads.split_from) or not len(found.edges):
        return found.edges
    first = roads.n_edges - len(roads.split_from)
    at = np.searchsorted(found.edges, roads.split_from)
    at[at == len(found.edges)] = 0
    hit = found.edges[at] == roads.split_from
    length_m = roads.edge_length_mm[first:] / 1000.0
    total = np.cumsum(length_m)
    begins = np.concatenate([np.ones(1, np.bool_), roads.split_from[1:] != roads.split_from[:-1]])
    start = total - length_m
    start -= np.maximum.accumulate(np.where(begins, start, 0.0))  # metres from the start of the whole edge
    inside = hit & (start < found.to_m[at]) & (start + length_m > found.from_m[at])
    parts = (first + np.flatnonzero(inside)).astype(np.int32)
    return np.concatenate([found.edges, parts])


@lru_cache(maxsize=PLACES_KEPT)
def _match(roads: Roads, place: RoadPlace) -> Match:
    if place.ways:
        return _by_ways(roads, place)
    if not place.points:
        where = " ".join(filter(None, (place.ref or place.name, place.within)))
        return _nothing(f"{where or 'a road'} without any coordinates: no road is shut for it")
    near = Near(roads, place)
    if not len(near.edges):
        return _nothing("no road of this region is near")
    matcher = _Matcher(near)
    return matcher.along() if len(set(place.points)) > 1 else matcher.at_point()


def _nothing(note: str) -> Match:
    none = np.zeros(0, np.float64)
    return Match(edges=np.zeros(0, np.int32), from_m=none, to_m=none, quality=0.0, note=note)


def _by_ways(roads: Roads, place: RoadPlace) -> Match:
    """Take all edges of the OSM ways, both ways: "along" is said of a drawing that we have not got."""
    edges = np.flatnonzero(np.isin(roads.edge_way, np.array(place.ways, np.int64))).astype(np.int32)
    missing = len(set(place.ways) - set(roads.edge_way[edges].tolist()))
    note = f"{missing} of {len(place.ways)} OSM ways are not in this region" if missing else ""
    return _whole(roads, edges, quality=1.0 if len(edges) else 0.0, note=note)


def _whole(roads: Roads, edges: I32, *, quality: float, note: str) -> Match:
    edges = np.unique(edges).astype(np.int32)
    return Match(
        edges=edges,
        from_m=np.zeros(len(edges), np.float64),
        to_m=roads.edge_length_mm[edges] / 1000.0,
        quality=quality,
        note=note,
    )


class _Matcher:
    """Looks for the way that a place means among the edges near it."""

    def __init__(self, near: Near) -> None:
        self.near = near

    # ---------------------------------------------------------------------------------- two points or a line

    def along(self) -> Match:
        points = self.near.at
        if (self.near.place.to_km or 0.0) < (self.near.place.from_km or 0.0) and self.near.told_m():
            points = points[::-1]  # "along" is where kilometres rise
        way = self.near.place.way
        # Which way is not said: both are shut, as far as the other way leads there at all.
        forward = self._way(points) if way is not Way.AGAINST else None
        backward = self._way(points[::-1]) if way is not Way.ALONG else None
        found = [each for each in (forward, backward) if each is not None]
        best = max((each.quality for each in found), default=0.0)
        if best < GOOD:
            return self._around(points)
        found = [each for each in found if each.quality >= GOOD]
        note = ""
        if way is Way.BOTH and len(found) < 2:
            note = "only one of its two directions was found"
        elif way is Way.UNKNOWN:
            note = "which direction is not said: shut both ways" if len(found) == 2 else ""
        return self._joined(found, note=note)

    def _way(self, points: F64) -> _Path | None:
        """Find the cheapest way along points, in driving direction."""
        line = shapely.LineString(points)
        told_m = self.near.told_m()
        drawn = not self.near.place.ends_only
        away = self.near.away(line) if drawn else np.zeros(len(self.near.edges), np.float64)
        if drawn:
            inside = away <= LINE_NEAR_M
            if not inside.any() or int(inside.sum()) * len(self._looks(line)) > WORK_MAX:
                return None
        else:
            inside = np.ones(len(self.near.edges), np.bool_)
        cost = 1.0 + (away / BESIDE_M) ** 2
        if (self.near.place.ref or self.near.place.name) and self.near.named[inside].any():
            cost = np.where(self.near.named, cost, cost * OFF_ROAD)
        if not self.near.place.slip:
            cost = np.where(self.near.slip, cost * (ON_SLIP if self.near.place.slip is False else 2.0), cost)
        places = [
            self._spots(line.interpolate(at), inside, heading_at(line, at) if drawn else None)
            for at in (self._looks(line) if drawn else (0.0, line.length))
        ]
        nearby = Nearby(
            roads=self.near.roads, edges=self.near.edges, length=self.near.length, cost=cost, inside=inside
        )
        dearest = 2 * OFF_ROAD * (DETOUR_MAX * max(told_m, line.length) + 2 * ENDS_NEAR_M)
        apart_m = line.length / (len(places) - 1)
        path = chain(nearby, places, apart_m=apart_m, dearest=dearest)
        if path is None:
            return None
        steps, from_m, to_m = path
        driven = sum(self._driven(steps, from_m, to_m))
        quality = self._quality(steps, driven, line, away, told_m)
        beside = self._beside(steps, line, away) if drawn else []
        return _Path(steps=steps, from_m=from_m, to_m=to_m, quality=quality, beside=beside)

    def _beside(self, steps: list[int], line: shapely.LineString, away: F64) -> list[int]:
        """List other edges of the same road that lead along the line as near: it may mean either."""
        limit = max(float(away[steps].max()), 2 * TIE_M) + TIE_M
        mine = set(steps)
        refs, names = self.near.roads.edge_ref[self.near.edges], self.near.roads.edge_name[self.near.edges]
        called = {(refs[step], names[step]) for step in steps} - {_nameless(self.near.roads)}
        found = []
        for step in np.flatnonzero(away <= limit).tolist():
            if step in mine or (refs[step], names[step]) not in called:
                continue
            mine_at = self.near.lines[step]
            at = line.project(mine_at.interpolate(0.5, normalized=True))
            ahead = turn_deg(heading_at(mine_at, self.near.length[step] / 2), heading_at(line, at))
            if 0 < at < line.length and ahead <= HEADING_DEG:
                found.append(step)
        return found

    def _driven(self, steps: list[int], from_m: float, to_m: float) -> list[float]:
        each = [float(self.near.length[step]) for step in steps]
        if len(each) == 1:
            return [to_m - from_m]
        return [each[0] - from_m, *each[1:-1], to_m]

    def _quality(
        self, steps: list[int], driven_m: float, line: shapely.LineString, away: F64, told_m: float
    ) -> float:
        """Judge a way by its length, its distance from the line, and how much of it bears the name."""
        wanted = told_m or line.length
        longer = max(driven_m, 1.0) / max(wanted, 1.0)
        if told_m or not self.near.place.ends_only:
            fit = min(longer, 1 / longer)
        else:
            fit = min(1.0, DETOUR_MAX / max(longer, 1.0) / 1.5)  # two ends do not say how the road winds
        # Very short stretches differ by much in share and by nothing in metres.
        if abs(driven_m - wanted) < TWIN_M:
            fit = max(fit, 0.9)
        weight = self.near.length[steps]
        mean_m = float(np.average(away[steps], weights=weight)) if weight.sum() > 0 else 0.0
        quality = fit * exp(-((mean_m / LINE_NEAR_M) ** 2))
        if self.near.place.ref or self.near.place.name:
            share = float(np.average(self.near.named[steps], weights=weight)) if weight.sum() > 0 else 0.0
            quality *= 0.4 + 0.6 * share
        return quality

    def _looks(self, line: shapely.LineString) -> list[float]:
        """Choose the metres along a line at which the way must be beside it: so no bend is cut short."""
        pieces = max(ceil(line.length / PIECE_M), min(4, int(line.length / PIECE_LEAST_M)), 1)
        return [line.length * n / pieces for n in range(pieces + 1)]

    def _spots(self, where: shapely.Point, inside: Bool, heading: F64 | None) -> list[Spot]:
        """List where on the edges a place may be: near enough, and driven in its direction."""
        some = np.flatnonzero(inside)
        distance = np.full(len(self.near.lines), np.inf)
        distance[some] = shapely.distance(self.near.lines[some], where)
        named = (self.near.place.ref or self.near.place.name) and self.near.named[inside].any()
        reach = LINE_NEAR_M if not self.near.place.ends_only else ENDS_NEAR_M if named else POINT_NEAR_M
        near = some[distance[some] <= reach]
        along = shapely.line_locate_point(self.near.lines[near], where)
        found = []
        for step, at in zip(near.tolist(), along.tolist(), strict=True):
            if heading is not None and turn_deg(heading_at(self.near.lines[step], at), heading) > HEADING_DEG:
                continue
            if named and self.near.place.ends_only and not self.near.named[step]:
                continue
            found.append(Spot(step, at, 4.0 * float(distance[step])))
        return found

    # ------------------------------------------------------------------------------------------------ a point

    def at_point(self) -> Match:
        where = shapely.Point(self.near.at[0])
        distance = shapely.distance(self.near.lines, where)
        named = self.near.named.any() and bool(self.near.place.ref or self.near.place.name)
        possible = (distance <= ENDS_NEAR_M) & self.near.named if named else distance <= POINT_NEAR_M
        if self.near.place.slip is not True and (possible & ~self.near.slip).any():
            possible &= ~self.near.slip
        if not possible.any():
            return _nothing("no road is near the point")
        heading = self._heading()
        turned = np.zeros(len(self.near.edges), np.float64)
        at = shapely.line_locate_point(self.near.lines, where)
        if heading is not None:
            for step in np.flatnonzero(possible).tolist():
                turned[step] = turn_deg(heading_at(self.near.lines[step], float(at[step])), heading)
            with_it = possible & (turned <= HEADING_DEG)
            if not with_it.any():
                return self._around(self.near.at)
        else:
            with_it = possible
        nearest = float(distance[with_it].min())
        chosen = with_it & (distance <= nearest + TIE_M)
        note = ""
        if heading is None or self.near.place.way in (Way.BOTH, Way.UNKNOWN):
            # Its other direction too: the line driven back, or a carriageway beside it with the same name.
            best = int(np.flatnonzero(chosen)[0])
            straight = heading_at(self.near.lines[best], float(at[best]))
            for step in np.flatnonzero(possible & (distance <= nearest + TWIN_M)).tolist():
                if turn_deg(heading_at(self.near.lines[step], float(at[step])), -straight) <= HEADING_DEG:
                    chosen[step] |= named or distance[step] <= nearest + TIE_M
            note = "" if self.near.place.way is Way.BOTH else "which direction is not said: shut both ways"
        edges = with_copies(self.near.roads, self.near.edges[chosen])
        reach_m = ENDS_NEAR_M if named else POINT_NEAR_M
        return _whole(self.near.roads, edges, quality=exp(-((nearest / reach_m) ** 2)), note=note)

    def _heading(self) -> F64 | None:
        degrees = self.near.place.heading_deg
        if degrees is None:
            return None
        if self.near.place.way is Way.AGAINST:
            degrees += 180.0
        angle = radians(90.0 - degrees)
        return np.array([cos(angle), np.sin(angle)])

    # ------------------------------------------------------------------------------------------- neither well

    def _around(self, points: F64) -> Match:
        """Shut what bears the name near the points, both ways; without one, all that runs there."""
        shape = shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
        named = self.near.named & self.near.within(shape, ENDS_NEAR_M)
        if named.any():
            chosen, what = (
                named,
                f"all of {self.near.place.ref or self.near.place.name} nearby is shut, both ways",
            )
        else:
            chosen = self.near.within(shape, LINE_NEAR_M / 2 if len(points) > 1 else POINT_NEAR_M / 2)
            what = "all roads there are shut, both ways"
        if not chosen.any():
            return _nothing("it matches no road near its points: somebody must look where it is")
        edges = with_copies(self.near.roads, self.near.edges[chosen])
        return _whole(self.near.roads, edges, quality=0.25, note=f"it matches no one road well: {what}")

    def _joined(self, paths: list[_Path], *, note: str) -> Match:
        span: dict[int, tuple[float, float]] = {}
        for path in paths:
            last = len(path.steps) - 1
            spans = [
                (
                    step,
                    path.from_m if n == 0 else 0.0,
                    path.to_m if n == last else float(self.near.length[step]),
                )
                for n, step in enumerate(path.steps)
            ]
            for step, a, b in (*spans, *((s, 0.0, float(self.near.length[s])) for s in path.beside)):
                if b - a < LEAST_M and len(spans) > 1:
                    continue  # it ends at a junction, or begins there
                # Lengths of edges are measured on an ellipsoid, these here in a plane.
                scale = (
                    float(self.near.roads.edge_length_mm[self.near.edges[step]])
                    / 1000.0
                    / float(self.near.length[step])
                )
                for edge in with_copies(self.near.roads, self.near.edges[step : step + 1]).tolist():
                    old = span.get(edge, (a * scale, b * scale))
                    span[edge] = (min(a * scale, old[0]), max(b * scale, old[1]))
        edges = np.array(sorted(span), np.int32)
        return Match(
            edges=edges,
            from_m=np.array([span[e][0] for e in edges.tolist()], np.float64),
            to_m=np.array([span[e][1] for e in edges.tolist()], np.float64),
            quality=min(path.quality for path in paths),
            note=note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Path:
    steps: list[int]  # indices into the edges nearby
    from_m: float  # on the first
    to_m: float  # on the last
    quality: float
    beside: list[int]  # edges that may be meant as well, from end to end


def _nameless(roads: Roads) -> tuple[int, int]:
    none = roads.strings.index("") if "" in roads.strings else -1
    return none, none
