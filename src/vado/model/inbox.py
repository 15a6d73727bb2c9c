"""The inbox: what was acknowledged and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vado.model.ids import Hash, WorldId


class InboxKind(StrEnum):
    ALERT = "alert"  # bytes of a feed, any format that feeds.parse reads
    FAULT = "fault"  # bytes of a feed that could not be read: JSON {"cause": ...}; shown, never "all clear"
    PULLED = "pulled"  # the same, a whole document that we asked for
    REPLAY = "replay"  # an alert that was set aside, read again: see feeds.replay
    JOBS = "jobs"  # JSON, exchange.problem's jobs and shipments (+ "remove")
    VEHICLES = "vehicles"  # JSON, exchange.problem's vehicles (+ "remove")
    PROGRESS = "progress"  # JSON reports
    TICK = "tick"  # nothing but the time


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    seq: int
    world: WorldId
    kind: InboxKind
    source: str
    key: str
    body_hash: Hash
    body: bytes
    received_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    seq: int
    body_hash: Hash
    duplicate: bool = False
