"""The problem a planner gets: jobs and vehicles on numbered stops, and when each stop can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job, Location, Progress, Shipment, Vehicle
from vado.model.snapshot import Access, Group
from vado.model.when import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How hard to try. By `solutions_max` a run is repeatable; `seconds_max` is the safety limit."""

    solutions_max: int = 400
    seconds_max: float = 5.0
    seed: int = 1


_Numbered = tuple[tuple[Location, ...], dict[Location, int]]
_newest: list[_Numbered] = [((), {})]  # of one problem at a time: it is asked for thousands of times


def _numbers(stops: tuple[Location, ...]) -> dict[Location, int]:
    known = _newest[0]
    if known[0] is not stops:
        known = stops, {stop: number for number, stop in reversed(tuple(enumerate(stops)))}
        _newest[0] = known
    return known[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """S stops are the distinct locations of jobs and vehicles; everything refers to them by index."""

    now_s: int
    horizon: Interval  # from now until the last shift or window ends
    jobs: tuple[Job, ...]  # sorted by id, to be planned; halves of shipments too, unless done (`history`)
    shipments: tuple[Shipment, ...]
    vehicles: tuple[Vehicle, ...]  # in the caller's order
    progress: tuple[Progress, ...] = ()
    stops: tuple[Location, ...]  # [S]
    nodes: tuple[int, ...]  # [S] node in the anchored roads; -1 where there are no roads (caller's matrix)
    places: tuple[str, ...]  # [S] the town nearest to the stop, "" when there is none
    access: Mapping[tuple[int, Group], Access]  # (stop, group); an absent entry is always open
    groups: Mapping[VehicleId, Group] = field(default_factory=dict)  # absent: anywhere
    kept: Mapping[JobId, VehicleId] = field(default_factory=dict)  # where the plan in force has each job
    history: tuple[Job, ...] = ()  # jobs in somebody's Progress.done: not planned, but known (goods aboard)

    def stop(self, location: Location) -> int:
        """Get the number of a location's stop; ValueError when it is none."""
        number = _numbers(self.stops).get(location)
        if number is None:
            raise ValueError(f"{location} is no stop of this problem")
        return number

    def access_of(self, stop: int, vehicle: Vehicle) -> Access | None:
        """Get when a vehicle may be at a stop: by its own way in and its own way out. None: always."""
        group = self.groups.get(vehicle.id) or Group(vehicle.travel)
        return self.access.get((stop, group))

    def progress_of(self, vehicle: VehicleId) -> Progress | None:
        return next((p for p in self.progress if p.vehicle == vehicle), None)
