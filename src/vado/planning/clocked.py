"""Drives on the real clock, remembered; and what a vehicle's speed factor makes of them.

In: a problem and its `Times`. Out: `Way`s between numbered stops, and chances to serve a job, each worked out
once. On a caller's matrix seconds are divided by the factor, as VROOM does. On roads the speeds are those of
the profile and its limits: a factor above 1 is not believed, one below 1 stretches each edge, and such a
drive must fit into one slot, within which nothing opens or shuts.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job, Location, Vehicle
from vado.model.problem import Problem
from vado.model.snapshot import Drive, LegEdge, Travel
from vado.planning.groups import done_jobs
from vado.planning.keep import Outset
from vado.planning.windows import Visit, visits
from vado.ports import Times


@dataclass(frozen=True, slots=True)
class Way:
    """From stop to stop: leaves (not before asked for), arrives; no drive at the same place or by matrix."""

    depart_s: int
    arrive_s: int
    metres: int
    drive: Drive | None


class Clocked:
    """State worth guarding: drives found once are not searched again while one plan is being made."""

    def __init__(self, problem: Problem, times: Times) -> None:
        self.problem = problem
        self.by_matrix = all(node < 0 for node in problem.nodes)
        self._times = times
        self._sites = {location: number for number, location in enumerate(problem.stops)}
        self._visits: dict[tuple[VehicleId, int, int | None, int | None, bool, JobId], tuple[Visit, ...]] = {}
        self._starts = [slot.start_s for slot in times.slots]
        self.done = done_jobs(problem)  # by vehicle, in its shift
        self._known: dict[tuple[Travel, int, int, int], Drive | None] = {}

    def site(self, location: Location) -> int:
        """Get the number of a location's stop."""
        return self._sites[location]

    def visits(self, outset: Outset, job: Job) -> tuple[Visit, ...]:
        """List the chances of a vehicle to serve a job."""
        key = (outset.vehicle.id, outset.ready_s, outset.start, outset.end, outset.caught, job.id)
        if key not in self._visits:
            self._visits[key] = visits(self.problem, outset, job)
        return self._visits[key]

    def measure(self, vehicle: Vehicle, origin: int, target: int) -> tuple[int, int] | None:
        """Say how far it is by the caller's matrix; None on roads, where that is a question of the hour."""
        way = self.way(vehicle, origin, target, self.problem.now_s) if self.by_matrix else None
        return None if way is None else (way.arrive_s - way.depart_s, way.metres)

    def way(self, vehicle: Vehicle, origin: int, target: int, depart_s: int) -> Way | None:
        """Drive, leaving at depart_s or later where that is needed; None where there is no way in time."""
        if origin == target:
            return Way(depart_s, depart_s, 0, None)
        drive = self._drive(vehicle.travel, origin, target, depart_s)
        if drive is None:
            return None
        if drive.edges and vehicle.speed_factor < 1:
            drive = self._stretched(vehicle, origin, target, drive)
            if drive is None:
                return None
        if drive.edges:
            return Way(drive.depart_s, drive.arrive_s, drive.distance_m, drive)
        took_s = scaled_s(drive.arrive_s - drive.depart_s, vehicle.speed_factor)
        return Way(drive.depart_s, drive.depart_s + took_s, drive.distance_m, None)

    def _drive(self, travel: Travel, origin: int, target: int, depart_s: int) -> Drive | None:
        key = (travel, origin, target, depart_s)
        if key not in self._known:
            self._known[key] = self._times.drive(travel, origin, target, depart_s)
        return self._known[key]

    def _stretched(self, vehicle: Vehicle, origin: int, target: int, drive: Drive) -> Drive | None:
        """Slow a drive down; where that leads over a slot's end, wait for the next slot and try again."""
        slots = self._times.slots
        for number in range(max(0, bisect_right(self._starts, drive.depart_s) - 1), len(slots)):
            if drive.depart_s < slots[number].start_s:
                later = self._drive(vehicle.travel, origin, target, slots[number].start_s)
                if later is None:
                    return None
                drive = later
            slow = stretch(drive, vehicle.speed_factor)
            if slow.depart_s >= slots[number].start_s and slow.arrive_s <= slots[number].end_s:
                return slow
        return None


def stretch(drive: Drive, speed_factor: float) -> Drive:
    """Take each edge more slowly, leaving at the same instant."""
    begin_ms = drive.edges[0].enter_ms
    edges = tuple(
        LegEdge(edge=step.edge, enter_ms=begin_ms + _up((step.enter_ms - begin_ms) / speed_factor))
        for step in drive.edges
    )
    end_ms = begin_ms + _up((drive.arrive_s * 1000 - begin_ms) / speed_factor)
    return replace(drive, edges=edges, arrive_s=-(-end_ms // 1000))


def _up(number: float) -> int:
    return -int(-number // 1)


def scaled_s(seconds: int, speed_factor: float) -> int:
    """Divide by the speed factor, rounded up: nobody is promised a second that is not there."""
    return seconds if speed_factor == 1 else _up(seconds / speed_factor)
