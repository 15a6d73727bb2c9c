"""An alert: a message as its source sent it. Nothing is decided here about what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vado.model.ids import AlertId, Hash, LonLat
from vado.model.size import Bound

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
    NONE = "none"


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
class Area:
    """A union of shapes, and of codes whose shapes stand in tables, between two heights."""

    description: str = ""
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    lines: tuple[tuple[LonLat, ...], ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()  # (name, value)
    above_m: float | None = None  # metres above sea level: it holds from there up; None: from the ground
    below_m: float | None = None  # it holds up to there; None: at any height

    @property
    def has_shape(self) -> bool:
        return bool(self.polygons or self.circles or self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedEffect:
    """An effect that the source itself states (a closure), as against one that we read from a table."""

    action: Action
    profiles: tuple[str, ...] = ()  # empty: every profile
    speed_factor: float = 1.0
    requires: str = ""  # equipment, with RESTRICTED
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
    references: tuple[AlertId, ...] = ()
    infos: tuple[Info, ...] = ()
    raw: Hash  # of the bytes it was read from
    notes: tuple[str, ...] = ()  # what the reader had to mend or leave out; never silent
