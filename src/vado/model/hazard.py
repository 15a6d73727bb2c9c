"""A hazard: what alerts mean, source-free. Footprint, interval, effect per profile, certainty, evidence."""

from __future__ import annotations

from dataclasses import dataclass

from vado.model.alert import Action, Area
from vado.model.ids import ENDLESS, UNCLEAR, AlertId, Hash, HazardId
from vado.model.size import Bound
from vado.model.when import Interval

_FREE = (Action.NONE, Action.INSPECT)  # nobody drives differently for these


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a hazard does to an edge, for one profile."""

    profile: str
    action: Action
    speed_factor: float = 1.0  # with SLOW and RESTRICTED, in (0, 1]
    cap_kmh: float = 0.0  # with SLOW: no faster than this; 0 is no cap
    delay_s: int = 0  # with DELAY: lost by who passes all edges that the hazard touches, in one direction
    requires: str = ""  # with RESTRICTED: the equipment that lifts it; who has it drives at speed_factor
    only: Bound | None = None  # of that profile; the others drive as usual. None: all of it
    source: str  # where the number or rule is from: the row of the effect table, or "stated by the source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    alert: AlertId
    source: str
    raw: Hash
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    id: HazardId
    kind: str
    severity: str
    certainty: str
    footprint: tuple[Area, ...]  # union; a hazard without any shape is `unknown`
    interval: Interval
    effects: tuple[Effect, ...]  # of several that bind a vehicle the slowest counts, edge by edge
    evidence: tuple[Evidence, ...]
    spares: tuple[str, ...] = ()  # structures that it does not bind where it covers an area: bridge, tunnel
    during: tuple[Interval, ...] = ()  # within the interval, the only times it holds; (): all of it
    follows: Interval | None = None  # what a warning leaves: when that warning was to hold
    follows_s: int = 0  # and how long after its end this begins
    unknown: str = ""  # why we cannot say where or what it binds; such a hazard shuts nothing, but is shown
    notes: tuple[str, ...] = ()  # what was assumed, for people: e.g. an end that the message does not give

    @property
    def alert(self) -> AlertId:
        return self.evidence[0].alert

    @property
    def version(self) -> AlertId:
        """Give the id under which the version of the alert is remembered that it is from."""
        doubted = self.id.startswith((self.alert + UNCLEAR, self.alert + ENDLESS))
        return AlertId(self.id.rpartition("#")[0]) if doubted else self.alert

    @property
    def binds(self) -> bool:
        return not self.unknown and any(e.action not in _FREE for e in self.effects)

    @property
    def asks(self) -> bool:
        """Say whether a person should look: it may bind more than we made of it."""
        return bool(self.unknown) or any(e.action is Action.INSPECT for e in self.effects)

    @property
    def spells(self) -> tuple[Interval, ...]:
        """Give the times in which it holds, sorted."""
        return self.during or (self.interval,)

    def spell(self, instant_s: int) -> Interval:
        """Give the time in which it holds that an instant is in, else the next one, else the last."""
        return next((each for each in self.spells if instant_s < each.end_s), self.spells[-1])

    def holds(self, instant_s: int) -> bool:
        return any(instant_s in spell for spell in self.spells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """When the documents of a source were published that each hold all that is in force; sorted."""

    source: str
    full_s: tuple[int, ...] = ()
    empty_s: tuple[int, ...] = ()  # of those that held nothing at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """An alert that was taken back before its time, and what it had told; it binds nobody."""

    alert: AlertId
    at_s: int  # when the message was sent that took it back, or its documents lacked it first
    own_s: int = 0  # of a newer version that did so itself; that may be heard before what it takes back
    sent_s: int = 0  # of the version that was taken back
    raw: str = ""
    hazards: tuple[Hazard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardState:
    """All that messages have told so far, as far as it still matters; a value that `absorb` renews."""

    hazards: tuple[Hazard, ...] = ()  # in force or to come, sorted by id
    # alert, sent_s, raw: to see repeats and reorderings
    seen: tuple[tuple[AlertId, int, Hash], ...] = ()
    # Ended by Update or Cancel, also ahead of the alert itself (tombstones), and when the newest message that
    # ends it was sent: a later version of the alert lives again.
    superseded: tuple[tuple[AlertId, int], ...] = ()
    # Older alert, the Update that refers to it without saying where, or until when (then its name ends in
    # ENDLESS), when that was sent: it ends only what said no more, but whatever ends the Update ends the
    # older alert too.
    updated: tuple[tuple[AlertId, AlertId, int], ...] = ()
    # Of sources whose documents are all that holds: the documents, and for each alert its source and when the
    # newest document that held it was published.
    documents: tuple[Documents, ...] = ()
    present: tuple[tuple[AlertId, str, int], ...] = ()
    lifted: tuple[Lifted, ...] = ()  # taken back lately: another source may still tell of it
