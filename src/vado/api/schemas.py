"""The shapes of the API's JSON, for the OpenAPI document and for checking what goes out.

Times are RFC 3339 UTC, but for plans and problems, which keep VROOM's epoch seconds.
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
