"""An alert: a message as its source sent it. Nothing is decided here about what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vado.model.ids import AlertId, Hash, LonLat
from vado.model.size import Bound
from vado.model.when import Interval

# What lifts a restriction, in our words. Another word shuts the road for all that do not have just that
# aboard, and `hazards` says so.
EQUIPMENT = ("chains", "winter-tyres", "local-access")
Ring = tuple[LonLat, ...]  # closed: first point again last


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Action(StrEnum):
    """What an effect does to an edge."""

    SHUT = "shut"  # nobody of that profile drives it
    SLOW = "slow"  # driven at speed_factor times the usual speed
    RESTRICTED = "restricted"  # shut for who lacks the equipment in `requires`
    DELAY = "delay"  # who passes all of it loses delay_s
    INSPECT = "inspect"  # driven as usual, but a person is asked to look: it may be worse than it says
    NONE = "none"


class Way(StrEnum):
    """Which direction of travel a place on a road is about, seen along its points or rising kilometres."""

    ALONG = "along"
    AGAINST = "against"
    BOTH = "both"
    UNKNOWN = "unknown"  # the source does not say: whatever fits best, and both where nothing does better


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    lon: float
    lat: float
    radius_m: float  # 0 is a point


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    outer: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPlace:
    """A stretch of one road as traffic centres describe it; `hazards` finds the edges that it means.

    At least one of `points`, `ways` and `from_km` with `ref` says where. "Along" is the order of `points`, or
    of rising kilometres where there are kilometres.
    """

    ref: str = ""  # "A-2", as the source writes it
    name: str = ""
    way: Way = Way.UNKNOWN
    points: tuple[LonLat, ...] = ()
    ends_only: bool = False  # points are the two ends (or one place) and not the path between them
    from_km: float | None = None  # kilometre points of the road, in the order of the source
    to_km: float | None = None
    heading_deg: float | None = None  # of travel at the first point, clockwise from north
    slip: bool | None = None  # a slip road; False: the main carriageway; None: not said
    ways: tuple[int, ...] = ()  # OSM ways, where the source names them
    within: str = ""  # municipality or province, for people and for what cannot be matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A union of shapes, places on roads, and codes whose shapes stand in tables, between two heights."""

    description: str = ""
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    lines: tuple[tuple[LonLat, ...], ...] = ()
    roads: tuple[RoadPlace, ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()  # (name, value)
    above_m: float | None = None  # metres above sea level: it holds from there up; None: from the ground
    below_m: float | None = None  # it holds up to there; None: at any height

    @property
    def has_shape(self) -> bool:
        return bool(self.polygons or self.circles or self.lines or self.roads)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedEffect:
    """An effect that the source itself states (a closure), as against one that we read from a table."""

    action: Action
    profiles: tuple[str, ...] = ()  # empty: every profile
    speed_factor: float = 1.0
    cap_kmh: float = 0.0  # with SLOW: no faster than this; 0 is no cap
    delay_s: int = 0  # with DELAY
    requires: str = ""  # equipment, with RESTRICTED: a word of EQUIPMENT, or one that a fleet has for itself
    only: Bound | None = None  # of those profiles; None: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """One hazard of the message. Language twins are already folded into one."""

    event: str
    kind: str  # our word for the hazard: flood, snow, ice, wind, rain, closure, ...; "" when unknown
    category: str = ""
    language: str = "en-US"
    urgency: str = "Unknown"
    severity: str = "Unknown"  # Extreme Severe Moderate Minor Unknown
    certainty: str = "Unknown"
    onset_s: int
    expires_s: int | None  # None: the source gives no end
    renewed: bool = False  # its end is only that of the message, for lack of a better one
    during: tuple[Interval, ...] = ()  # within onset and end, the only times it holds, sorted; (): all of it
    headline: str = ""
    description: str = ""
    instruction: str = ""
    response_types: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    stated: tuple[StatedEffect, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    id: AlertId
    source: str  # the feed or webhook it came by
    sender: str
    identifier: str
    sent_s: int
    status: str = "Actual"  # only Actual may bind
    msg_type: MsgType = MsgType.ALERT
    scope: str = "Public"
    event: str = ""  # names the thing in the world across messages and sources: a VTEC, a situation
    references: tuple[AlertId, ...] = ()
    infos: tuple[Info, ...] = ()
    document_s: int = 0  # when the document was published that it stands in, where that is all that holds
    raw: Hash  # of the bytes it was read from
    notes: tuple[str, ...] = ()  # what the reader had to mend or leave out; never silent
