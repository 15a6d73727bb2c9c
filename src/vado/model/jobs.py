"""Jobs, shipments, vehicles: what is to be done and by whom. VROOM's words, seconds, metres, [lon, lat].

All instants are epoch seconds UTC, whole; windows are inclusive at both ends, as VROOM's are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vado.model.ids import JobId, LonLat, VehicleId
from vado.model.size import AS_PROFILE, Load
from vado.model.snapshot import Travel
from vado.model.when import FOREVER_S, NEVER_S

Amount = tuple[int, ...]  # one number for each dimension: grams, parcels, litres; the caller decides


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Inclusive at both ends: service may start at any instant from start_s to end_s."""

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"window ends before it starts: {self.start_s} > {self.end_s}")


ALWAYS = Window(NEVER_S, FOREVER_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where: coordinates, or the row of a matrix that the caller brought, or both."""

    lonlat: LonLat | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One service at one place. Goods of `delivery` are aboard from the start, those of `pickup` stay so."""

    id: JobId
    location: Location
    setup_s: int = 0
    service_s: int = 0
    service_per_type: tuple[tuple[str, int], ...] = ()  # vehicle type -> seconds
    setup_per_type: tuple[tuple[str, int], ...] = ()
    delivery: Amount = ()
    pickup: Amount = ()
    skills: frozenset[int] = frozenset()
    priority: int = 0  # 0..100
    allowed_vehicles: frozenset[VehicleId] | None = None  # None: all
    forbidden_vehicles: frozenset[VehicleId] = frozenset()
    prize: int | None = None  # of serving it, in the caller's money; None: it is served if anybody can
    together: str = ""  # who share this word are done by one vehicle, as far as they are done
    apart: frozenset[str] = frozenset()  # who share one of these words are never on one vehicle
    windows: tuple[Window, ...] = (ALWAYS,)  # sorted, disjoint
    description: str = ""
    shipment: str = ""  # set on the two halves of a shipment
    half: str = ""  # "pickup" or "delivery" for those
    max_ride_s: int | None = None  # for those: from leaving the pickup to starting the delivery
    place: str = ""  # the town it belongs to, filled when it is anchored
    given_id: str = ""  # how the caller names it where that is not `id`: the halves of a shipment
    id_is_number: bool = False  # the caller wrote the id as a number and gets it back as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A pickup and a delivery by the same vehicle, in this order."""

    id: str
    pickup: Job
    delivery: Job
    amount: Amount = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    id: str
    windows: tuple[Window, ...]
    service_s: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """In the caller's money, minor units. VROOM's defaults: an hour costs 3600."""

    fixed: int = 0
    per_hour: int = 3600
    per_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    id: VehicleId
    profile: str = "car"
    equipment: frozenset[str] = frozenset()
    load: Load = AS_PROFILE  # what it weighs, measures and carries where that is not as its profile says
    start: Location | None = None
    end: Location | None = None
    capacity: Amount = ()
    skills: frozenset[int] = frozenset()
    shift: Window = ALWAYS
    breaks: tuple[Break, ...] = ()
    speed_factor: float = 1.0  # of VROOM: 1.2 drives 20 % faster
    type: str = ""
    costs: Costs = field(default_factory=Costs)
    max_tasks: int | None = None
    max_travel_s: int | None = None
    max_distance_m: int | None = None
    max_duration_s: int | None = None  # from leaving its start to being done, waiting and breaks included
    driver_hours: str = ""  # a name in model.driver_hours; "": nobody counts them
    description: str = ""
    id_is_number: bool = False  # as with jobs

    @property
    def travel(self) -> Travel:
        return Travel(self.profile, self.equipment, self.load)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A visit that happened: nothing may move it."""

    job: JobId
    arrival_s: int
    start_s: int
    departure_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a vehicle is in its route. Absent: it has not started."""

    vehicle: VehicleId
    at: LonLat | None  # last position; None: at its start
    at_s: int  # when that was
    done: tuple[Done, ...] = ()  # in this shift, in the order they happened
    committed: tuple[JobId, ...] = ()  # next stops that stay in this order on this vehicle
    arrived: tuple[tuple[JobId, int], ...] = ()  # arrivals reported for jobs not yet done
    earlier: tuple[Done, ...] = ()  # in shifts before: no part of the route any more, but done for good

    @property
    def visits(self) -> tuple[Done, ...]:
        return (*self.earlier, *self.done)
