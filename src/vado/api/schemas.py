"""The shapes of the API's JSON, for the OpenAPI document and for checking what goes out.

What comes in is read by `exchange` and `feeds`, which name all faults at once; the `…In` models here only
describe it. Times are RFC 3339 UTC, but for plans and problems, which keep VROOM's epoch seconds.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

LonLat = Annotated[list[float], Field(min_length=2, max_length=2, examples=[[1.5218, 42.5075]])]
Json = dict[str, Any]


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaultOut(Out):
    code: str = Field(examples=["E1202"])
    cause: str
    action: str
    field: str = Field(description="Where in the input; empty when it is about all of it.")


class Problem(Out):
    """RFC 9457 problem details, with our code, cause and action."""

    type: str = Field(examples=["/errors/E1202"])
    title: str
    status: int
    detail: str
    code: str
    cause: str
    action: str
    field: str
    count: int = Field(description="How many faults there are; `faults` holds at most 200.")
    faults: list[FaultOut]


class ReceiptOut(Out):
    """The message is on the disk; the worker takes it in with one of its next steps."""

    seq: int = Field(description="Its number in the inbox.")
    hash: str = Field(description="SHA-256 of what was kept.")
    duplicate: bool = Field(description="It was here before; nothing happens again.")


class WebhookReceipt(ReceiptOut):
    alerts: list[str] = Field(description="The ids of the alerts in the message.")
    notes: list[str] = Field(description="What had to be mended or left out in reading; never silent.")


class OrdersReceipt(ReceiptOut):
    tracking: dict[str, str] = Field(description="Address of the recipient's page by job or shipment id.")
    notes: list[str] = Field(description="What was left out in reading, such as keys not known.")


class VehiclesReceipt(ReceiptOut):
    notes: list[str] = Field(description="What was left out in reading, such as keys not known.")


class WindowOut(Out):
    start: str | None
    end: str | None


class JobOut(Out):
    id: str
    shipment: str = Field(description="The shipment it is a half of, else empty.")
    location: LonLat | None
    service_s: int
    delivery: list[int]
    pickup: list[int]
    skills: list[int]
    priority: int
    windows: list[WindowOut]
    state: str = Field(description="received, planned, on_the_way, arriving, delivered, held")
    vehicle: str | None
    arrival: str | None = Field(description="Planned, or when it was.")
    place: str
    reasons: list[Json] = Field(description="Why nobody comes, when held: code and text.")
    tracking: str | None


class JobsOut(Out):
    version: int
    jobs: list[JobOut]


class VehicleOut(Out):
    id: str
    profile: str
    equipment: list[str]
    load: str = Field(description="What differs from its profile on this trip: weight=7000kg+height=350cm.")
    start: LonLat | None
    end: LonLat | None
    capacity: list[int]
    skills: list[int]
    shift: WindowOut
    at: LonLat | None = Field(description="Last position, when it told one.")
    at_time: str | None
    done: list[str]
    committed: list[str]


class VehiclesOut(Out):
    version: int
    vehicles: list[VehicleOut]


class TrackEventOut(Out):
    at: str
    text: str


class TrackOut(Out):
    """What a recipient may know: their own job and nothing else."""

    job: str
    state: str = Field(
        description="received, planned, on_the_way, arriving, delivered, held, cancelled", examples=["held"]
    )
    headline: str
    reason: str
    expected_from: str | None
    expected_until: str | None
    next_update: str
    place: str
    history: list[TrackEventOut]
    language: str


class DecisionOut(Out):
    seq: int
    prev: str | None
    hash: str
    sentence: str = Field(description="What was decided, for people.")
    record: Json = Field(description="The sealed record; its canonical JSON (RFC 8785) hashes to `hash`.")


class DecisionLine(Out):
    seq: int
    hash: str
    at: str
    action: str
    sentence: str


class DecisionsOut(Out):
    decisions: list[DecisionLine]
    next_after: int | None = Field(description="Give it as `after` for more; null at the end.")


class HealthOut(Out):
    status: str = Field(description="ok, degraded or down", examples=["ok"])
    store: str
    worker: str = Field(description="ok, dead, stalled; unknown when it runs elsewhere and has nothing to do")
    version: int
    pending: int
    quarantined: int
    faults: list[str]
    world_time: str
    now: str


class ReadyOut(Out):
    ready: bool
    missing: list[str]


class GeoFeature(Out):
    type: str
    id: str | int | None = None
    geometry: Json | None
    properties: Json


class GeoCollection(Out):
    """GeoJSON, RFC 7946, with the attribution that every copy must carry."""

    type: str = Field(examples=["FeatureCollection"])
    attribution: str
    version: int
    features: list[GeoFeature]


class ToldByOut(Out):
    hazard: str
    alert: str
    sender: str
    source: str


class CutOut(Out):
    hazard: str
    alert: str  # as its sender calls it
    sender: str
    road: str
    kind: str
    headline: str
    also: list[ToldByOut] = Field(
        default=[], description="Others that tell of the same event: it counts once, and is lifted whole."
    )
    confidence: float | None = Field(
        default=None, description="How sure the event still is as told; null where nobody judged it."
    )
    doubt: str = Field(default="", description="Why it is doubtful, for people; empty when it is not.")


class OpenOut(Out):
    from_: str | None = Field(alias="from")
    until: str | None = Field(description="null: open as far as anybody knows.")


class LastRoadOut(Out):
    """The one road left now, where hazards have shut the others."""

    in_: str | None = Field(alias="in")
    out: str | None


class PlaceOut(Out):
    name: str
    lon: float
    lat: float
    snap_m: int = Field(description="Metres from the town to the road point that stands for it.")
    profile: str = Field(description="The way of travelling, with equipment: van+chains.")
    reachable: bool
    leavable: bool
    until: str | None = Field(description="When it stops being so.")
    again: str | None = Field(description="When it is so again, as far as is known.")
    in_: list[OpenOut] = Field(alias="in", description="The times in which a way in is open.")
    out: list[OpenOut] = Field(description="The times in which a way out is open.")
    last_road: LastRoadOut
    unknown: bool = Field(
        description="A hazard that nobody can place or read may be here: now or later, or at `at`."
    )
    unknown_why: list[str] = Field(default=[], description="Why it is not surely open, in words.")
    state: str = Field(description="open, closed or unknown: for who sets out now, or at `at`.")
    cut: list[CutOut]
    cut_proven: bool = Field(description="No fewer hazards would do; false where the search did not end.")
    cut_from: str = Field(description="The town near which those are that `cut` is told for.")


class ToldOut(Out):
    name: str
    text: str = Field(examples=["cut off from 16:40, for trucks from 15:10; in but not out after 16:05"])


class ReachOut(Out):
    version: int
    at: str
    attribution: str
    places: list[PlaceOut]
    unheard: list[str] = Field(
        description="Feeds that are missed, and why: no town is surely open then, and `unknown` is true."
    )
    told: list[ToldOut] = Field(description="A sentence for each town that is not open all the while.")


class ReachChangeOut(Out):
    name: str
    lon: float
    lat: float
    profile: str
    was: str = Field(examples=["open"])
    now: str = Field(examples=["cut off", "no way back", "no way in", "open"])
    from_: str | None = Field(alias="from")
    until: str | None
    cut: list[CutOut] = Field(description="The hazards it is by: that shut the town, or did and are lifted.")
    cut_proven: bool = Field(default=True, description="Whether it is proven that no fewer hazards would do.")
    cut_from: str = Field(default="", description="The town near which those are that `cut` is told for.")
    text: str
    version: int | None = Field(default=None, description="The decision it is sealed in.")


class ReachChangesOut(Out):
    since: int
    version: int = Field(description="Ask with this one the next time.")
    more: bool = Field(description="There are later decisions still: ask again at once.")
    changes: list[ReachChangeOut]


class WhatIfIn(Out):
    """What to suppose. Roads to close are refs, names, numbers of OSM ways, [lon, lat] or GeoJSON shapes."""

    reopen: list[str] = Field(default=[], description="Hazards or alerts, by id, to take as lifted.")
    close: list[str | int | list[float] | Json] = []
    profile: str = Field(default="", description="Only this way of travelling; else all of the fleet.")


class WhatIfTownsOut(Out):
    names: list[str]
    better: bool = Field(description="Nothing gets worse for anybody.")
    text: str = Field(description="How they would stand.", examples=["cut off now; open again from 18:00"])
    was: str = Field(description="How they stand.", examples=["open"])


class ShutOut(Out):
    label: str = Field(description="As the asker called it.")
    road: str = Field(description="As signposts do.")
    lines: list[list[float]] = Field(description="Flat lon, lat, thinned for a screen.")


class WhatIfOut(Out):
    version: int
    at: str
    attribution: str
    reopened: list[str] = Field(description="Hazards that were taken as lifted.")
    closed: list[str] = Field(description="Roads that were taken as shut, as they were called.")
    shut: list[ShutOut] = Field(description="Where these are.")
    towns: list[WhatIfTownsOut] = Field(description="What changes, in short: the worst first.")
    changes: list[ReachChangeOut]
    places: list[PlaceOut]


class PlanOut(BaseModel):
    """As `vado plan` writes it; docs/reference/plan.md has every key. Times are epoch seconds."""

    model_config = ConfigDict(extra="allow")

    version: int
    summary: Json
    routes: list[Json]
    unassigned: list[Json]


class SealedPlanOut(Out):
    version: int
    decided_by: int = Field(description="The decision that made it; the plan stood since.")
    plan_hash: str | None
    plan: Json | None = Field(description="As sealed: edges are numbers in the anchored roads of that step.")


class OverviewOut(BaseModel):
    """All that the overview page shows; what moves. The roads are at /v1/map."""

    model_config = ConfigDict(extra="allow")

    version: int
    now: str


class MapOut(BaseModel):
    model_config = ConfigDict(extra="allow")

    region: str
    attribution: str


class JobIn(BaseModel):
    """VROOM's words: seconds, [lon, lat], windows inclusive. docs/reference/problem.md has every key."""

    id: int | str
    location: LonLat
    service: int = Field(0, description="Seconds.")
    setup: int = 0
    delivery: list[int] = []
    pickup: list[int] = []
    skills: list[int] = []
    priority: int = Field(0, ge=0, le=100)
    time_windows: list[list[int | str]] = Field([], description="Epoch seconds or RFC 3339.")
    description: str = ""


class ShipmentHalfIn(BaseModel):
    id: int | str | None = None
    location: LonLat
    service: int = 0
    setup: int = 0
    time_windows: list[list[int | str]] = []


class ShipmentIn(BaseModel):
    id: str | None = None
    pickup: ShipmentHalfIn
    delivery: ShipmentHalfIn
    amount: list[int] = []
    skills: list[int] = []
    priority: int = Field(0, ge=0, le=100)


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
