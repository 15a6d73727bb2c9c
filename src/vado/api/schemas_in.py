"""The shapes of what the API takes: jobs, vehicles, reports, what if.

They only describe it, for the OpenAPI document: `exchange` reads it, and names all faults at once.
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from vado.api.schemas import Json, LonLat, Out, Problem


class WhatIfIn(Out):
    """What to suppose. Roads to close are refs, names, numbers of OSM ways, [lon, lat] or GeoJSON shapes."""

    reopen: list[str] = Field(default=[], description="Hazards or alerts, by id, to take as lifted.")
    close: list[str | int | list[float] | Json] = Field(default=[])
    profile: str = Field(default="", description="Only this way of travelling; else all of the fleet.")


class WhoMayIn(BaseModel):
    """What says by whom, and whether at all: of a job as of a shipment."""

    skills: list[int] = []
    priority: int = Field(0, ge=0, le=100)
    prize: int | None = Field(None, description="What leaving it out costs; absent: more than anything.")
    allowed_vehicles: list[int | str] | None = Field(None, description="Ids; absent: all.")
    forbidden_vehicles: list[int | str] = []
    together: int | str | None = Field(None, description="Who share it are done by one vehicle.")
    apart: list[int | str] = Field([], description="Who share one of these are never on one vehicle.")


class JobIn(WhoMayIn):
    """VROOM's words: seconds, [lon, lat], windows inclusive. docs/reference/problem.md has every key."""

    id: int | str
    location: LonLat
    service: int = Field(0, description="Seconds.")
    setup: int = 0
    delivery: list[int] = []
    pickup: list[int] = []
    time_windows: list[list[int | str]] = Field([], description="Epoch seconds or RFC 3339.")
    description: str = ""


class ShipmentHalfIn(BaseModel):
    id: int | str | None = None
    location: LonLat
    service: int = 0
    setup: int = 0
    time_windows: list[list[int | str]] = []


class ShipmentIn(WhoMayIn):
    id: str | None = None
    pickup: ShipmentHalfIn
    delivery: ShipmentHalfIn
    amount: list[int] = []
    max_ride: int | None = Field(None, description="Seconds from leaving the pickup to the delivery.")


class JobsIn(BaseModel):
    """Put by id: an id that is there is replaced. `remove` takes jobs and shipments away."""

    jobs: list[JobIn] = []
    shipments: list[ShipmentIn] = []
    remove: list[int | str] = []


class VehicleIn(BaseModel):
    id: int | str
    profile: str = "car"
    equipment: list[str] = []
    weight_kg: int | None = Field(
        None, description="As loaded; this and the next five as its profile, if absent."
    )
    rated_kg: int | None = None
    axle_kg: int | None = None
    height_cm: int | None = None
    width_cm: int | None = None
    length_cm: int | None = None
    wading_cm: int | None = None
    hazmat: bool | list[str] = Field(False, description="Dangerous goods: any, water, explosive, B, C, D, E.")
    trailer: bool = False
    start: LonLat | None = None
    end: LonLat | None = None
    capacity: list[int] = []
    skills: list[int] = []
    time_window: list[int | str] | None = None
    max_tasks: int | None = None
    max_travel_time: int | None = Field(None, description="Seconds at the wheel.")
    max_distance: int | None = Field(None, description="Metres.")
    max_duration: int | None = Field(None, description="Seconds from leaving to the end.")
    driver_hours: str | None = Field(None, description="EU-561 or US-HOS; absent: nobody counts.")


class VehiclesIn(BaseModel):
    vehicles: list[VehicleIn] = []
    remove: list[int | str] = []


class ReportIn(BaseModel):
    vehicle: int | str
    kind: str = Field(description="position, arrived or departed", examples=["departed"])
    at: int | str = Field(description="Epoch seconds or RFC 3339.")
    job: int | str | None = None
    location: LonLat | None = None


class ReportsIn(BaseModel):
    reports: list[ReportIn]


# Named by routes in words only, so FastAPI does not find them.
INPUTS: tuple[type[BaseModel], ...] = (JobsIn, VehiclesIn, ReportsIn, WhatIfIn, Problem)
