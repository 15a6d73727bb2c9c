"""Simulated drivers: they do what the newest plan says, and tell where they are, what they reached and did.

In: plans and the time. Out: reports as vehicles send them, and a log of every piece of road driven and every
visit made, for `measure` to judge. They know nothing of the weather: they only follow the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vado.model.ids import JobId, LonLat, VehicleId
from vado.model.plan import Plan, Route, StopKind
from vado.model.roads import Roads
from vado.model.when import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """A piece of road that a vehicle was on during [enter_s, leave_s)."""

    vehicle: VehicleId
    line: tuple[LonLat, ...]
    enter_s: float
    leave_s: float
    metres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    vehicle: VehicleId
    job: JobId
    lonlat: LonLat
    arrival_s: int
    departure_s: int


class Drivers:
    """All drivers of the day; time only goes on in `drive`."""

    def __init__(self, now_s: int) -> None:
        self.now_s = now_s
        self.driven: list[Driven] = []
        self.visits: list[Visit] = []
        self.at: dict[VehicleId, LonLat] = {}
        self._plan: Plan | None = None
        self._roads: Roads | None = None
        self._arrived: dict[JobId, int] = {}
        self._gone: set[JobId] = set()

    def follow(self, plan: Plan, roads: Roads) -> None:
        """Take over a plan; `roads` are those its edges are numbered on."""
        self._plan, self._roads = plan, roads

    def drive(self, until_s: int, *, positions: bool) -> list[dict[str, Any]]:
        """Drive on until then; gives the reports in the order things happened."""
        reports: list[tuple[int, dict[str, Any]]] = []
        for route in self._plan.routes if self._plan is not None else ():
            reports += self._drive(route, until_s)
            where = self.at.get(route.vehicle)
            if positions and where is not None and self._on_the_road(route, until_s):
                reports.append((until_s, _report(route.vehicle, "position", until_s, location=where)))
        self.now_s = until_s
        return [report for _, report in sorted(reports, key=lambda row: row[0])]

    def ahead(self, until_s: int) -> list[Driven]:
        """List what the plan would have everybody drive from now on."""
        routes = self._plan.routes if self._plan is not None else ()
        return [piece for route in routes for piece in self._pieces(route, until_s)]

    def _drive(self, route: Route, until_s: int) -> Iterator[tuple[int, dict[str, Any]]]:
        pieces = list(self._pieces(route, until_s))
        self.driven += pieces
        for stop in route.stops:
            if stop.job is None or stop.lonlat is None:
                if stop.kind is StopKind.END and self.now_s < stop.arrival_s <= until_s and stop.lonlat:
                    self.at[route.vehicle] = stop.lonlat
                    # Else it would be thought to stand where it did its last job, in a town cut off since.
                    home = _report(route.vehicle, "position", stop.arrival_s, location=stop.lonlat)
                    yield stop.arrival_s, home
                continue
            if stop.job not in self._arrived and stop.arrival_s <= until_s:
                self._arrived[stop.job] = stop.arrival_s
                self.at[route.vehicle] = stop.lonlat
                yield stop.arrival_s, _report(route.vehicle, "arrived", stop.arrival_s, job=stop.job)
            if stop.job not in self._gone and stop.departure_s <= until_s:
                self._gone.add(stop.job)
                self.visits.append(
                    Visit(vehicle=route.vehicle, job=stop.job, lonlat=stop.lonlat,
                          arrival_s=self._arrived[stop.job], departure_s=stop.departure_s)
                )  # fmt: skip
                yield stop.departure_s, _report(route.vehicle, "departed", stop.departure_s, job=stop.job)
        if pieces and self._on_the_road(route, until_s):
            self.at[route.vehicle] = pieces[-1].line[-1]

    def _on_the_road(self, route: Route, at_s: int) -> bool:
        return any(
            leg.drive is not None and leg.drive.depart_s < at_s < leg.drive.arrive_s for leg in route.legs
        )

    def _pieces(self, route: Route, until_s: int) -> Iterator[Driven]:
        """Cut what is driven between now and then out of the route, edge by edge, in order."""
        for leg in route.legs:
            if leg.drive is None or self._roads is None:
                continue
            steps = leg.drive.edges
            leaves = [step.enter_ms / 1000 for step in steps[1:]] + [float(leg.drive.arrive_s)]
            for step, leave_s in zip(steps, leaves, strict=True):
                enter_s = step.enter_ms / 1000
                start, end = max(enter_s, float(self.now_s)), min(leave_s, float(until_s))
                if start >= end:
                    continue
                whole = leave_s - enter_s
                shares = ((start - enter_s) / whole, (end - enter_s) / whole)
                metres = int(self._roads.edge_length_mm[step.edge]) / 1000 * (shares[1] - shares[0])
                yield Driven(
                    vehicle=route.vehicle, line=part(self._roads.shape(step.edge), *shares),
                    enter_s=start, leave_s=end, metres=metres,
                )  # fmt: skip


def part(line: list[LonLat], start: float, end: float) -> tuple[LonLat, ...]:
    """Cut a part out of a line, by shares of its length; equal steps between its points are near enough."""
    last = len(line) - 1
    first, final = start * last, end * last
    inside = [line[i] for i in range(int(first) + 1, int(final) + 1) if first < i < final]
    return (_on(line, first), *inside, _on(line, final))


def _on(line: list[LonLat], index: float) -> LonLat:
    i = min(int(index), len(line) - 2)
    share = index - i
    (lon0, lat0), (lon1, lat1) = line[i], line[i + 1]
    return round(lon0 + (lon1 - lon0) * share, 6), round(lat0 + (lat1 - lat0) * share, 6)


def _report(
    vehicle: VehicleId, kind: str, at_s: int, *, job: JobId | None = None, location: LonLat | None = None
) -> dict[str, Any]:
    report: dict[str, Any] = {"vehicle": vehicle, "kind": kind, "at": rfc3339(at_s)}
    if job is not None:
        report["job"] = job
    if location is not None:
        report["location"] = list(location)
    return report
