"""Draws the province: towns with streets, roads that wind, one bridge, one pass; as raw roads of a map.

In: a seed. Out: a `Province`, whose `raw` goes through the same `network.build` as real map data, and whose
lines tell the storm where things are. The same seed always draws the same province.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import numpy as np

from vado.cli.demo import geography as land
from vado.cli.demo import pencil
from vado.cli.demo.pencil import Line, Point
from vado.model.ids import LonLat
from vado.model.raw_roads import RawPlace, RawRoads, RawWays

METRES_PER_DEGREE = 111_320.0  # of latitude, on a sphere of WGS 84's mean radius; good enough to draw with
STEP_M = 140.0  # between the points of a road
BLOCK_M = 130.0  # between the rings of a town
ATTRIBUTION = "Orvane is invented; drawn by vado demo"
RADIALS = 7  # streets that leave a town's centre, roads included


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    seed: int
    raw: RawRoads
    river: tuple[LonLat, ...]
    roads: dict[tuple[str, str], tuple[LonLat, ...]]  # between two towns, centre to centre
    bridge: tuple[LonLat, ...]
    streets: dict[str, tuple[LonLat, ...]]  # corners of a town's streets: where people live
    farms: tuple[LonLat, ...] = field(default=())  # ends of farm lanes

    def town(self, name: str) -> land.Town:
        return next(town for town in land.TOWNS if town.name == name)


def lonlat(point: Point) -> LonLat:
    """Put a point of the sheet (metres) onto the globe."""
    lon0, lat0 = land.ORIGIN
    lat = lat0 + point[1] / METRES_PER_DEGREE
    lon = lon0 + point[0] / (METRES_PER_DEGREE * math.cos(math.radians(lat0)))
    return round(lon, 6), round(lat, 6)


def metres(km: land.Km) -> Point:
    return km[0] * 1000, km[1] * 1000


def province(seed: int = 7) -> Province:
    """Draw the province of that seed."""
    return _Drawing(seed).finish()


class _Drawing:
    """The sheet while it is being drawn: nodes, ways, and what was drawn where."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Random(seed)
        self.ways = RawWays()
        self.nodes: list[Point] = []
        self.way_count = 0
        self.centre = {town.name: self._node(metres(town.at)) for town in land.TOWNS}
        self.arms: dict[str, list[tuple[float, list[int]]]] = defaultdict(list)  # bearing, nodes per ring
        self.river = pencil.sway(
            pencil.smooth([metres(km) for km in land.RIVER]), self.rng, width=190, wave=1900, step=STEP_M
        )
        self.roads: dict[tuple[str, str], tuple[LonLat, ...]] = {}
        self.bridge: tuple[LonLat, ...] = ()
        self.streets: dict[str, tuple[LonLat, ...]] = {}
        self.farms: list[LonLat] = []
        self.passes: list[tuple[int, str]] = []

    def finish(self) -> Province:
        stations = [(corridor, self._corridor(corridor)) for corridor in land.CORRIDORS]
        for town in land.TOWNS:
            self._town(town)
        for corridor, nodes in stations:
            if corridor.lanes:
                self._lanes(nodes)
        return Province(
            seed=self.seed,
            raw=self._raw(),
            river=tuple(lonlat(point) for point in self.river),
            roads=self.roads,
            bridge=self.bridge,
            streets=self.streets,
            farms=tuple(self.farms),
        )

    def _node(self, point: Point) -> int:
        self.nodes.append(point)
        return len(self.nodes)

    def _way(self, nodes: list[int], **tags: str) -> None:
        self.way_count += 1
        self.ways.add(self.way_count, nodes, {key: value for key, value in tags.items() if value})

    # Roads between towns

    def _corridor(self, road: land.Corridor) -> list[int]:
        """Draw a road from centre to centre; straight within the towns, so that their rings can join it."""
        start, end = (metres(self._town_of(name).at) for name in road.ends)
        via = [metres(km) for km in road.via]
        out, home = pencil.bearing(start, (via or [end])[0]), pencil.bearing(end, (via or [start])[-1])
        first, last = self._arm(road.ends[0], out), self._arm(road.ends[1], home)
        edge_out, edge_home = self.nodes[first[-1] - 1], self.nodes[last[-1] - 1]
        spine = [pencil.ray(edge_out, out, 160), *via, pencil.ray(edge_home, home, 160)]
        curve = pencil.smooth(spine)
        if road.hairpins:
            curve = pencil.hairpins(curve, turns=road.hairpins, width=460, step=60)
        else:
            curve = pencil.sway(curve, self.rng, width=road.sway_m * 1.5, wave=road.wave_m, step=STEP_M)
        between = [self._node(point) for point in curve]
        nodes = [self.centre[road.ends[0]], *first, *between, *reversed(last), self.centre[road.ends[1]]]
        self.roads[road.ends] = tuple(lonlat(self.nodes[node - 1]) for node in nodes)
        self._lay(road, nodes)
        return between

    def _lay(self, road: land.Corridor, nodes: list[int]) -> None:
        """Cut a road into ways as a map has them: some kilometres each, the bridge one of its own."""
        tags = {"highway": road.highway, "ref": road.ref, "name": road.name, "surface": road.surface,
                "maxspeed": road.maxspeed}  # fmt: skip
        crossing = self._crossing(nodes)
        if crossing:
            a, b = crossing
            self._way(nodes[: a + 1], **tags)
            self._way(nodes[a : b + 1], **{**tags, "name": land.BRIDGE, "bridge": "yes", "maxspeed": "50"})
            self._way(nodes[b:], **tags)
            self.bridge = tuple(lonlat(self.nodes[node - 1]) for node in nodes[a : b + 1])
            return
        pieces = max(1, round(len(nodes) * STEP_M / 4000))
        cuts = [round(i * (len(nodes) - 1) / pieces) for i in range(pieces + 1)]
        if road.hairpins:
            self.passes.append((nodes[len(nodes) // 2], road.name))
        for a, b in pairwise(cuts):
            self._way(nodes[a : b + 1], **tags)

    def _crossing(self, nodes: list[int]) -> tuple[int, int] | None:
        """Find where a road goes over the river: the first and last index of the bridge."""
        for i, (a, b) in enumerate(pairwise(nodes)):
            p, q = self.nodes[a - 1], self.nodes[b - 1]
            if any(_cross(p, q, u, v) for u, v in pairwise(self.river)):
                return max(0, i - 1), min(len(nodes) - 1, i + 2)
        return None

    # Towns

    def _town_of(self, name: str) -> land.Town:
        return next(town for town in land.TOWNS if town.name == name)

    def _rings(self, name: str) -> int:
        return max(1, round(math.sqrt(self._town_of(name).population / 700)))

    def _arm(self, name: str, bearing: float) -> list[int]:
        """Draw the straight part of a road or street out of a town: one node for each ring."""
        centre = self.nodes[self.centre[name] - 1]
        rings = range(1, self._rings(name) + 1)
        arm = [self._node(pencil.ray(centre, bearing, BLOCK_M * ring)) for ring in rings]
        self.arms[name].append((bearing, arm))
        return arm

    def _town(self, town: land.Town) -> None:
        """Draw streets out of the centre where the roads leave gaps, and rings that join them."""
        while len(self.arms[town.name]) < RADIALS:
            arms = sorted(angle for angle, _ in self.arms[town.name])
            gaps = [(b - a, a) for a, b in zip(arms, [*arms[1:], arms[0] + math.tau], strict=True)]
            gap, start = max(gaps)
            bearing = (start + gap * self.rng.uniform(0.42, 0.58)) % math.tau
            street = self._arm(town.name, bearing)
            self._way([self.centre[town.name], *street], highway="residential")
        arms_by_bearing = sorted(self.arms[town.name])
        corners = [self.centre[town.name]]
        for ring in range(self._rings(town.name)):
            around = [arm[ring] for _, arm in arms_by_bearing]
            corners += around
            # Small places have no full ring; the way around is then left open at one side.
            closed = [*around, around[0]] if town.population > 600 else around[: RADIALS // 2 + 1]
            kind = "tertiary" if ring == 1 and town.population > 5000 else "residential"
            self._way(closed, highway=kind, name=f"Ring {ring + 1}" if kind == "tertiary" else "")
        self.streets[town.name] = tuple(lonlat(self.nodes[node - 1]) for node in corners)

    # Farm lanes

    def _lanes(self, road: list[int]) -> None:
        """Let lanes leave a road, on the side away from the river, each to a farm."""
        every = max(4, round(1500 / STEP_M))
        for i in range(every, len(road) - every, every):
            before, here, after = (self.nodes[road[j] - 1] for j in (i - 1, i, i + 1))
            side = self.rng.choice((1, -1))
            bearing = pencil.bearing(before, after) + side * math.radians(self.rng.uniform(65, 115))
            reach = self.rng.uniform(500, 1500)
            lane = pencil.sway(
                [here, pencil.ray(here, bearing, reach)], self.rng, width=60, wave=420, step=90
            )
            if self._meets_river(lane):
                continue
            nodes = [road[i], *(self._node(point) for point in lane[1:])]
            track = self.rng.random() < 0.25
            self._way(nodes, highway="track" if track else "unclassified", surface="gravel" if track else "",
                      tracktype="grade2" if track else "")  # fmt: skip
            if not track:
                self.farms.append(lonlat(lane[-1]))

    def _meets_river(self, lane: Line) -> bool:
        return any(math.dist(point, wet) < 260 for point in lane for wet in self.river)

    def _raw(self) -> RawRoads:
        used = self.ways.node_ids()
        points = [lonlat(self.nodes[node - 1]) for node in used.tolist()]
        places = tuple(
            RawPlace(
                id=self.centre[town.name],
                lonlat=lonlat(metres(town.at)),
                tags=(("name", town.name), ("place", town.kind), ("population", str(town.population))),
            )
            for town in land.TOWNS
        )
        return RawRoads(
            source=f"the invented province of Orvane, seed {self.seed}",
            attribution=ATTRIBUTION,
            timestamp="",
            node_id=used,
            node_lon=np.array([lon for lon, _ in points]),
            node_lat=np.array([lat for _, lat in points]),
            node_tags=(),
            turns=(),
            places=places,
            passes=tuple(sorted(self.passes)),
            **self.ways.finish(),
        )


def _cross(p: Point, q: Point, u: Point, v: Point) -> bool:
    """Say whether the segments p-q and u-v cross each other."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return side(p, q, u) * side(p, q, v) < 0 and side(u, v, p) * side(u, v, q) < 0
