"""One world: one fleet and region with its jobs. The unit of state, of single-writer order and of scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from vado.model.alert import Alert
from vado.model.hazard import HazardState
from vado.model.ids import AlertId, Hash, HazardId, JobId, LonLat, VehicleId, WorldId
from vado.model.jobs import Job, Progress, Shipment, Vehicle
from vado.model.plan import Plan
from vado.model.snapshot import PlaceReach


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReceived:
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRead:
    """A document of a source was understood: what it is, and whether it is all that holds."""

    source: str
    format: str  # as people know it: "DATEX II v3"
    full: bool  # what is missing in it has ended; else it is news, a window or an archive
    complete: bool = True  # False: a part of it could not be read
    at_s: int  # when it was published, or else received
    present: tuple[AlertId, ...] = ()  # of a full document: what holds
    alerts: int = 0
    notes: int = 0  # what had to be mended or left to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a source is doing; silence is not "all clear"."""

    source: str
    format: str = ""
    full: bool = False
    read_s: int = 0  # when a document of it was last understood
    published_s: int = 0  # when the newest of these was published
    reads: int = 0
    alerts: int = 0  # in the newest document
    notes: int = 0
    failed_s: int = 0  # when it last could not be read; 0 never
    failures: int = 0  # since it was last understood
    rejects: tuple[tuple[str, int], ...] = ()  # (code of the fault, how often), sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailed:
    """A message or a read that could not be understood. Never "all clear"; shown, counted, sealed."""

    source: str
    raw: Hash
    cause: str
    over: bool = False  # a message of that source was understood since
    at_s: int = 0  # when it came; 0: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPut:
    """New or changed jobs and shipments (by id), and ids to take away."""

    jobs: tuple[Job, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VehiclesPut:
    vehicles: tuple[Vehicle, ...] = ()
    remove: tuple[VehicleId, ...] = ()


class ReportKind(StrEnum):
    POSITION = "position"
    ARRIVED = "arrived"
    DEPARTED = "departed"  # the job is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a vehicle tells: where it is, that it arrived, that a job is done."""

    vehicle: VehicleId
    kind: ReportKind
    at_s: int
    job: JobId | None = None
    lonlat: LonLat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed and nothing else: hazards begin and end by the clock."""


Body = AlertReceived | FeedRead | FeedFailed | JobsPut | VehiclesPut | Report | Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One row of the inbox, understood."""

    seq: int  # of the inbox: the order in which it was acknowledged
    received_s: int
    body_hash: Hash  # of the bytes as they came
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One thing that a change touches: a job in the plan in force, and what touches it."""

    job: JobId
    vehicle: VehicleId | None
    # "cut off", "no way back", "leg closed", "slower", "reopened", "not started", "late", "new", "gone"
    what: str
    hazard: HazardId | None = None
    alert: AlertId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is new in a plan beside the one before it."""

    added: tuple[JobId, ...] = ()  # planned now, was nowhere
    held: tuple[JobId, ...] = ()  # was planned, is nowhere now
    moved: tuple[JobId, ...] = ()  # another vehicle
    earlier: tuple[JobId, ...] = ()  # by more than a minute
    later: tuple[JobId, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.held or self.moved or self.earlier or self.later)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    id: WorldId
    version: int = 0  # counts decisions
    now_s: int = 0  # of the last step
    region: str  # name, for people
    region_hash: Hash
    hazards: HazardState = field(default_factory=HazardState)
    jobs: tuple[Job, ...] = ()  # sorted by id, without the halves of shipments
    shipments: tuple[Shipment, ...] = ()  # sorted by id
    vehicles: tuple[Vehicle, ...] = ()  # in the order they came
    progress: tuple[Progress, ...] = ()
    plan: Plan | None = None
    snapshot: Hash | None = None
    reach: tuple[PlaceReach, ...] = ()  # of every town, for each way of travelling of the fleet
    boundary_s: int | None = None  # when to look again: a closure begins or ends, a vehicle is overdue
    head: Hash | None = None  # of the newest decision
    unmatched: tuple[HazardId, ...] = ()  # meant to bind here, but met no road: a person must look
    faults: tuple[FeedFailed, ...] = ()  # of each source the newest few, oldest first
    feeds: tuple[FeedHealth, ...] = ()  # sorted by source


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One sealed record, also for "leave it". `record` is plain JSON; `hash` covers it and `prev`."""

    seq: int
    prev: Hash | None
    hash: Hash
    record: str  # RFC 8785 canonical JSON
