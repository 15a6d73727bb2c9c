"""A referee from outside: it has the OSM file, the closed polygons and the plan's JSON, and nothing of ours.

It drives each leg of a plan file over the map's own ways and says what is wrong. It knows nothing of profiles
beyond what a map says: one-ways, and that nothing legal drives faster than 130 km/h.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium
from shapely import LineString, Polygon

KMH_MAX = 130.0
ONEWAY_YES = {"yes", "true", "1"}


@dataclass
class OutsideMap:
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, tuple[int, ...]] = field(default_factory=dict)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pbf: Path) -> OutsideMap:
        found = cls()
        for way in osmium.FileProcessor(str(pbf)).with_locations():
            if not way.is_way() or "highway" not in way.tags:
                continue
            found.ways[way.id] = tuple(n.ref for n in way.nodes)
            found.tags[way.id] = dict(way.tags)
            for n in way.nodes:
                if n.location.valid():
                    found.nodes[n.ref] = (n.lon, n.lat)
        return found

    def between(self, way: int, start: int, end: int) -> list[int] | None:
        """List the nodes driven on a way from start to end, in a direction it may be driven; None if not."""
        nodes, tags = self.ways.get(way, ()), self.tags.get(way, {})
        forward = tags.get("oneway") in ONEWAY_YES or tags.get("junction") in ("roundabout", "circular")
        backward = tags.get("oneway") == "-1"
        best: list[int] | None = None
        for i, a in enumerate(nodes):
            for j, b in enumerate(nodes):
                if (a, b) != (start, end) or i == j:
                    continue
                run = list(nodes[i : j + 1]) if i < j else list(nodes[j : i + 1])[::-1]
                if (i < j and not backward) or (i > j and not forward):
                    best = run if best is None or len(run) < len(best) else best
        closed = nodes and nodes[0] == nodes[-1]
        if best is None and closed and start in nodes and end in nodes and not backward:
            ring = list(nodes[:-1])
            i, j = ring.index(start), ring.index(end)
            best = [ring[(i + k) % len(ring)] for k in range((j - i) % len(ring) + 1)]
        return best

    def metres(self, run: Iterable[int]) -> float:
        points = [self.nodes[n] for n in run]
        return sum(metres(a, b) for a, b in pairwise(points))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    mean = math.radians((a[1] + b[1]) / 2)
    return 6_371_008.8 * math.hypot(math.radians(b[0] - a[0]) * math.cos(mean), math.radians(b[1] - a[1]))


Shut = tuple[Polygon, float, float]  # polygon (lon, lat), from, until: epoch seconds


def faults(world: OutsideMap, problem: Mapping[str, Any], plan: Mapping[str, Any], shut: Iterable[Shut],
           *, snap_m: float = 300.0) -> list[str]:  # fmt: skip
    """Drive a whole plan file; list everything that is wrong with it."""
    shut = list(shut)
    jobs = {str(job["id"]): job for job in problem.get("jobs", ())}
    vehicles = {str(v["id"]): v for v in problem["vehicles"]}
    wrong: list[str] = []
    seen: list[str] = []
    for route in plan["routes"]:
        vehicle = vehicles[str(route["vehicle"])]
        stops, legs = route["stops"], route["legs"]
        if len(legs) != len(stops) - 1:
            wrong.append(f"{vehicle['id']}: {len(stops)} stops but {len(legs)} legs")
        at_node: int | None = None
        for index, stop in enumerate(stops):
            if stop["job"] is not None:
                seen.append(str(stop["job"]))
                wrong += _served(vehicle, jobs[str(stop["job"])], stop)
            if index == 0:
                continue
            before, leg = stops[index - 1], legs[index - 1]
            text = f"{vehicle['id']} {before['job']}->{stop['job']}"
            wrong += [f"{text}: {w}" for w in _driven(world, leg, before["departure"], stop["arrival"], shut)]
            if leg["edges"]:
                first, last = leg["edges"][0][1], leg["edges"][-1][2]
                if at_node is not None and first != at_node:
                    wrong.append(f"{text}: starts at node {first}, but was at {at_node}")
                at_node = last
                where = stop.get("location") or _location(vehicle, jobs, stop, index == len(stops) - 1)
                if where is not None and metres(tuple(where), world.nodes[last]) > snap_m:
                    wrong.append(
                        f"{text}: ends {metres(tuple(where), world.nodes[last]):.0f} m from the stop"
                    )
        window = vehicle.get("time_window")
        if window and (stops[0]["departure"] < window[0] or stops[-1]["arrival"] > window[1]):
            wrong.append(f"{vehicle['id']}: outside its shift")
    unassigned = [str(u["id"]) for u in plan["unassigned"]]
    if sorted(seen + unassigned) != sorted(jobs):
        wrong.append(f"jobs lost or doubled: {sorted(set(jobs) ^ set(seen + unassigned))}")
    wrong += [f"{u['id']}: no reason" for u in plan["unassigned"] if not u["reasons"]]
    return wrong


def _location(
    vehicle: Mapping[str, Any], jobs: Mapping[str, Any], stop: Mapping[str, Any], last: bool
) -> Any:
    if stop["job"] is not None:
        return jobs[str(stop["job"])]["location"]
    return vehicle.get("end") if last else vehicle.get("start")


def _served(vehicle: Mapping[str, Any], job: Mapping[str, Any], stop: Mapping[str, Any]) -> list[str]:
    wrong = []
    if not stop["arrival"] <= stop["start"] <= stop["departure"]:
        wrong.append(f"{job['id']}: times in disorder")
    if stop["departure"] - stop["start"] < job.get("service", 0):
        wrong.append(f"{job['id']}: service too short")
    windows = job.get("time_windows")
    if windows and not any(a <= stop["start"] <= b for a, b in windows):
        wrong.append(f"{job['id']}: starts outside its windows")
    if not set(job.get("skills", ())) <= set(vehicle.get("skills", ())):
        wrong.append(f"{job['id']}: skills")
    return wrong


def _driven(world: OutsideMap, leg: Mapping[str, Any], departure: float, arrival: float,
            shut: Iterable[Shut]) -> list[str]:  # fmt: skip
    wrong = []
    edges = leg["edges"]
    total = 0.0
    for k, (way, start, end, enter) in enumerate(edges):
        leave = edges[k + 1][3] if k + 1 < len(edges) else arrival
        run = world.between(way, start, end)
        if run is None:
            wrong.append(f"way {way} does not lead from {start} to {end}")
            continue
        if k + 1 < len(edges) and edges[k + 1][1] != end:
            wrong.append(f"way {way} ends at {end}, the next starts at {edges[k + 1][1]}")
        length = world.metres(run)
        total += length
        if leave <= enter and length > 1:
            wrong.append(f"way {way} left at {leave} before it was entered at {enter}")
        elif length > 50 and length / (leave - enter) * 3.6 > KMH_MAX:
            wrong.append(f"way {way} at {length / (leave - enter) * 3.6:.0f} km/h")
        line = LineString([world.nodes[n] for n in run])
        for polygon, begin, until in shut:
            if enter < until and begin < leave and line.intersects(polygon):
                wrong.append(f"way {way} is shut while driven ({enter:.0f} to {leave:.0f})")
    if edges and edges[0][3] < departure - 1:
        wrong.append("leaves before the stop's departure")
    if edges and abs(total - leg["distance_m"]) > max(5.0, 0.01 * total):
        wrong.append(f"says {leg['distance_m']} m, the map says {total:.0f} m")
    return wrong
