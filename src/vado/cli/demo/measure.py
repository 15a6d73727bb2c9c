"""Measures the day from outside: was anybody sent, or did anybody drive, where nobody can get in or out?

In: what drivers drove and plans said, and the storm as its author meant it (`Closing`). Works on geometry
and a search of its own; of the product it uses the road arrays, nothing that absorbs, closes or checks.
It is kind where it can't be exact: roads are driven at their full speed and waiting is allowed anywhere, so
what it calls impossible is impossible.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from shapely import LineString, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from vado.cli.demo.drivers import Driven, Visit
from vado.cli.demo.storm import Closing, Sent
from vado.model.ids import LonLat, VehicleId
from vado.model.jobs import Vehicle
from vado.model.plan import Plan, StopState
from vado.model.roads import NO_ENTRY_MS, Roads
from vado.model.when import NEVER_S

BESIDE_DEG = 2e-4  # some 20 m: a line of a closing is the road it was drawn along, not its mathematical self
NEAR_S = 120  # what is driven between a door and the nearest junction, at the most


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that must never happen, with enough to find it."""

    vehicle: VehicleId
    what: str
    at_s: int


class Measure:
    """The day's independent referee."""

    def __init__(self, roads: Roads, storm: Sequence[Sent], fleet: Iterable[Vehicle]) -> None:
        self._roads = roads
        self._storm = [(sent.at_s, sent.closes) for sent in storm if sent.closes is not None]
        self._fleet = {vehicle.id: vehicle for vehicle in fleet}
        self._tree = STRtree([LineString(roads.shape(edge)) for edge in range(roads.n_edges)])
        self.driven_faults: list[Fault] = []  # closed roads that were driven
        self.trapped_faults: list[Fault] = []  # visits that left no way home within the shift
        self.sent_faults: list[Fault] = []  # the same two, of plans, as far as was known when they were made
        self._judged = (0, 0)
        self._latest = lru_cache(maxsize=256)(self._latest_departures)

    def judge(self, driven: Sequence[Driven], visits: Sequence[Visit]) -> None:
        """Judge what was added to the logs since the last call."""
        a, b = self._judged
        for piece in driven[a:]:
            self.driven_faults += self._through(piece, self.known(piece.leave_s), "drove")
        for visit in visits[b:]:
            if not self._can_leave(visit.vehicle, visit.lonlat, visit.departure_s, visit.departure_s):
                what = f"was at {visit.job} and could not get home"
                self.trapped_faults.append(Fault(vehicle=visit.vehicle, what=what, at_s=visit.arrival_s))
        self._judged = (len(driven), len(visits))

    def judge_plan(self, plan: Plan, ahead: Sequence[Driven], now_s: int) -> int:
        """Count where a plan sends somebody through a closed road, or where no way home is left in time."""
        known = self.known(now_s)
        found = [fault for piece in ahead for fault in self._through(piece, known, "is sent")]
        for route in plan.routes:
            for stop in route.stops:
                if stop.job is None or stop.lonlat is None or stop.state is StopState.DONE:
                    continue
                coming = stop.arrival_s > now_s
                if coming and not self._can_leave(route.vehicle, stop.lonlat, stop.departure_s, now_s):
                    what = f"is sent to {stop.job} and could not get home"
                    found.append(Fault(vehicle=route.vehicle, what=what, at_s=stop.arrival_s))
        self.sent_faults += found
        return len(found)

    def known(self, at_s: float) -> tuple[Closing, ...]:
        """List the closings as they are told up to an instant; a later telling replaces an earlier one."""
        told: dict[str, Closing] = {}
        for sent_s, closing in self._storm:
            if sent_s <= at_s:
                told[closing.name] = closing
        return tuple(told.values())

    def _binds(self, closing: Closing, vehicle: VehicleId) -> bool:
        travel = self._fleet[vehicle].travel
        return not (closing.chains_pass and travel.profile != "truck" and "chains" in travel.equipment)

    def _through(self, piece: Driven, closings: Iterable[Closing], verb: str) -> list[Fault]:
        return [
            Fault(vehicle=piece.vehicle, what=f"{verb} through {closing.name}", at_s=int(piece.enter_s))
            for closing in closings
            if closing.start_s < piece.leave_s and piece.enter_s < closing.end_s
            and self._binds(closing, piece.vehicle) and _shape(closing).intersects(LineString(piece.line))
        ]  # fmt: skip

    def _can_leave(self, vehicle: VehicleId, at: LonLat, departure_s: int, known_s: float) -> bool:
        """Say whether a vehicle that leaves a place then is home before its shift ends."""
        closings = tuple(c for c in self.known(known_s) if self._binds(c, vehicle))
        latest_s = self._latest(vehicle, closings)[self._nearest(at)]
        return departure_s - NEAR_S <= latest_s

    def _latest_departures(self, vehicle: VehicleId, closings: tuple[Closing, ...]) -> list[float]:
        """Find for each node when one must leave it to be home in time: a search backwards from home."""
        roads, about = self._roads, self._fleet[vehicle]
        home = about.end or about.start
        shut = [(c.start_s, c.end_s, self._edges(c)) for c in closings]
        seconds = roads.edge_duration_ms[roads.profile_index(about.profile)] / 1000
        into: dict[int, list[int]] = {}
        for edge in np.flatnonzero(seconds * 1000 < NO_ENTRY_MS).tolist():
            into.setdefault(int(roads.edge_to[edge]), []).append(edge)
        latest = [float(NEVER_S)] * roads.n_nodes
        if home is None or home.lonlat is None:
            return [math.inf] * roads.n_nodes
        queue = [(-float(about.shift.end_s), self._nearest(home.lonlat))]
        while queue:
            negative, node = heapq.heappop(queue)
            if -negative <= latest[node]:
                continue
            latest[node] = -negative
            for edge in into.get(node, ()):
                enter_s = _before(-negative, float(seconds[edge]), edge, shut)
                if enter_s > latest[int(roads.edge_from[edge])]:
                    heapq.heappush(queue, (-enter_s, int(roads.edge_from[edge])))
        return latest

    def _edges(self, closing: Closing) -> frozenset[int]:
        return frozenset(self._tree.query(_shape(closing), predicate="intersects").tolist())

    def _nearest(self, at: LonLat) -> int:
        """Find the graph node nearest to a place: junctions are dense in towns, where jobs are."""
        shrink = math.cos(math.radians(at[1]))
        away = np.hypot((self._roads.node_lon - at[0]) * shrink, self._roads.node_lat - at[1])
        return int(away.argmin())


def _before(until_s: float, lasts_s: float, edge: int, shut: list[tuple[int, int, frozenset[int]]]) -> float:
    """Find the last instant to enter an edge, off it by `until_s`, open all the time."""
    enter_s = until_s - lasts_s
    for _ in shut:  # each closing may push it before another one
        for start_s, end_s, edges in shut:
            if edge in edges and enter_s < end_s and enter_s + lasts_s > start_s:
                enter_s = start_s - lasts_s
    return enter_s


@lru_cache(maxsize=64)
def _shape(closing: Closing) -> BaseGeometry:
    if closing.shape[0] == closing.shape[-1]:
        return Polygon(closing.shape)
    return LineString(closing.shape).buffer(BESIDE_DEG)
