"""What a search is asked: jobs, vehicles, travel, all numbered and checked.

Numbers only, so that whoever asks decides what a place, a second and a cost are. A job is at a place, a
vehicle drives by the tables of its profile: one for all day, or one for each slot, between which roads shut
and open. What may be left out has a price; what may not is left out only where the search finds no room.
Knows no world, roads or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vado.errors import ProblemError

Table = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int32]
Windows = tuple[tuple[int, int], ...]
Routes = tuple[tuple[int, ...], ...]  # by vehicle: jobs in order
# A job by its number; the start or the end of vehicle v, whichever the position in a pair says, is -1 - v.
End = int

SECONDS_MAX = (1 << 30) - 1  # a later time, and a longer way, are none
COST_MAX = 1 << 28  # of an arc, a tax, a fixed cost: sums of four fit 32 bits
PRICE_MAX = 1 << 46  # of leaving a job out: sums over all jobs fit 64 bits
JOBS_MAX = 40_000  # a position pair fits 32 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchJob:
    """A job, or one half of a shipment."""

    place: int
    service_s: int | tuple[int, ...] = 0  # one number for all, or one a profile
    setup_s: int | tuple[int, ...] = 0  # before service, where the stop before is at another place
    windows: Windows = ()  # service starts within one of them, ends included; (): any time
    windows_of: Mapping[int, Windows] = field(default_factory=dict)  # of a vehicle that has others
    delivery: tuple[int, ...] = ()  # on board from the start of the route until here
    pickup: tuple[int, ...] = ()  # on board from here to the end, or to the other half
    price: int | None = None  # cost of leaving it out; None: more than any way to it
    vehicles: frozenset[int] | None = None  # which may do it; None: all


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchVehicle:
    """A vehicle for one route; `None` for a start or an end: where its first or last job is."""

    start: int | None = None
    end: int | None = None
    open_s: int = 0
    shut_s: int = SECONDS_MAX
    capacity: tuple[int, ...] = ()
    deliver_max: tuple[int, ...] | None = (
        None  # of deliveries that are no shipment's, where less fits at first
    )
    profile: int = 0
    costs: int | None = None  # its table of costs, instead of those for a second and a metre
    jobs_max: int | None = None
    site: int | None = None  # where it last was: no setup is due there; None: where it starts
    fixed_cost: int = 0  # for being used at all
    second_cost: int = 1  # for a second of driving
    metre_cost: int = 0
    duration_s_max: int | None = None  # from leaving the start to reaching the end
    taxes: Mapping[int, int] = field(default_factory=dict)  # what a job costs more on this vehicle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SearchProblem:
    """Everything a search is told; raises ProblemError where it makes no sense."""

    jobs: tuple[SearchJob, ...]
    vehicles: tuple[SearchVehicle, ...]
    seconds: tuple[Table, ...]  # by profile [place, place]; above SECONDS_MAX: no way
    metres: tuple[Table, ...] = ()  # by profile, where a vehicle has a cost for them
    costs: tuple[Table, ...] = ()  # [place, place], named by vehicles
    shipments: tuple[tuple[int, int], ...] = ()  # (pickup, delivery): jobs of one vehicle, in this order
    # By profile, or none at all. A drive lies within a slot, ends included; or in some that follow each other
    # and take equally long. It may begin later than it could. `seconds` then says what it costs.
    slots: tuple[Windows, ...] = ()
    seconds_in: tuple[Slots, ...] = ()  # by profile [slot, place, place]
    slower: Mapping[tuple[End, End], int] = field(default_factory=dict)  # at least so many seconds there

    def __post_init__(self) -> None:
        self._check_tables()
        for number, job in enumerate(self.jobs):
            self._check_job(f"job {number}", job)
        for number, vehicle in enumerate(self.vehicles):
            self._check_vehicle(f"vehicle {number}", vehicle)
        halves = [half for shipment in self.shipments for half in shipment]
        _need("E1205", len(set(halves)) == len(halves), "a job is in two shipments")
        _need(
            "E1210", all(0 <= half < len(self.jobs) for half in halves), "a shipment names a job that is none"
        )
        for first, second in self.shipments:
            _need("E1206", self.jobs[first].pickup == self.jobs[second].delivery
                  and not any(self.jobs[first].delivery) and not any(self.jobs[second].pickup),
                  f"shipment {first}, {second}: what is put on board is not what is taken off")  # fmt: skip

    @property
    def places(self) -> int:
        return len(self.seconds[0])

    @property
    def dimensions(self) -> int:
        """Count the dimensions of load."""
        amounts = [len(job.delivery) for job in self.jobs] + [len(job.pickup) for job in self.jobs]
        return max([0, *amounts, *(len(vehicle.capacity) for vehicle in self.vehicles)])

    def _check_tables(self) -> None:
        _need("E1209", len(self.jobs) <= JOBS_MAX, f"more than {JOBS_MAX} jobs")
        _need("E1212", bool(self.seconds), "no table of seconds")
        shapes = {table.shape for table in (*self.seconds, *self.metres, *self.costs)}
        _need("E1212", len(shapes) == 1 and all(a == b for a, b in shapes), "tables are not square and alike")
        named = len(self.seconds) if self.slots else 0
        fit = len(self.seconds_in) == len(self.slots) == named and all(
            table.shape[1:] in shapes and len(table) == len(slots)
            for table, slots in zip(self.seconds_in, self.slots, strict=True)
        )
        _need("E1212", fit, "tables by slot are not one a profile, one a slot")
        lowest = [int(t.min(initial=0)) for t in (*self.seconds, *self.metres, *self.costs)]
        lowest += [int(table.min(initial=0)) for table in self.seconds_in]
        _need("E1209", min(lowest) >= 0, "a table holds a negative number")
        for slots in self.slots:
            ordered = [instant for slot in slots for instant in slot]
            _need("E1201", ordered == sorted(ordered), "slots are not one after the other")
            _need("E1209", all(0 <= instant <= SECONDS_MAX for instant in ordered), "a slot is out of range")

    def _check_job(self, name: str, job: SearchJob) -> None:
        _need("E1210", 0 <= job.place < self.places, f"{name}: there is no place {job.place}")
        for word, given in (("service", job.service_s), ("setup", job.setup_s)):
            spans = given if isinstance(given, tuple) else (given,) * len(self.seconds)
            _need("E1212", len(spans) == len(self.seconds), f"{name}: {word} is not one number a profile")
            _need("E1209", all(0 <= s <= SECONDS_MAX for s in spans), f"{name}: {word} of {given} s")
        _need("E1210", all(0 <= v < len(self.vehicles) for v in job.windows_of), f"{name}: windows of nobody")
        for low, high in (*job.windows, *(window for own in job.windows_of.values() for window in own)):
            _need("E1201", low <= high, f"{name}: a window ends before it starts")
            _need("E1209", low >= 0 and high <= SECONDS_MAX, f"{name}: a window is out of range")
        _need("E1209", job.price is None or 0 <= job.price <= PRICE_MAX, f"{name}: price {job.price}")
        amounts = (*job.delivery, *job.pickup)
        _need(
            "E1209", all(0 <= amount <= COST_MAX for amount in amounts), f"{name}: an amount is out of range"
        )

    def _check_vehicle(self, name: str, vehicle: SearchVehicle) -> None:
        for place in (vehicle.start, vehicle.end, vehicle.site):
            _need("E1210", place is None or 0 <= place < self.places, f"{name}: there is no place {place}")
        _need(
            "E1207",
            0 <= vehicle.profile < len(self.seconds),
            f"{name}: there is no profile {vehicle.profile}",
        )
        _need("E1212", not vehicle.metre_cost or vehicle.profile < len(self.metres), f"{name}: no metres")
        _need("E1212", vehicle.costs is None or 0 <= vehicle.costs < len(self.costs), f"{name}: no costs")
        _need("E1201", vehicle.open_s <= vehicle.shut_s, f"{name}: the shift ends before it starts")
        _need("E1209", vehicle.open_s >= 0 and vehicle.shut_s <= SECONDS_MAX, f"{name}: shift out of range")
        costs = (vehicle.fixed_cost, vehicle.second_cost, vehicle.metre_cost, *vehicle.taxes.values())
        _need("E1209", all(0 <= cost <= COST_MAX for cost in costs), f"{name}: a cost is out of range")
        rooms = (*vehicle.capacity, *(vehicle.deliver_max or ()))
        _need("E1209", all(0 <= room <= COST_MAX for room in rooms), f"{name}: capacity out of range")


def _need(code: str, holds: bool, cause: str) -> None:
    if not holds:
        raise ProblemError(cause, code=code, action="correct the numbers that the search is given")
