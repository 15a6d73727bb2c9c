"""What a moment looks like on files: alerts on the roads of a region, without any solver.

In: roads, alerts, the places that matter. Out: a `Situation`. The same calls in the same order as the first
half of `engine.step`; the verbs that only look (reach, check) stop here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vado import hazards, network
from vado.app import load_meaning, refuse_unknown_profiles
from vado.exchange.standing import Judged, judge
from vado.hazards import Meaning
from vado.model.alert import Alert, MsgType
from vado.model.hazard import HazardState
from vado.model.ids import HazardId, LonLat
from vado.model.roads import I32, Roads
from vado.model.snapshot import Snapshot, Travel
from vado.model.world import FeedRead
from vado.network import Anchored
from vado.network.allowed import ALSO_SATISFIED_BY


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    anchored: Anchored
    snapshot: Snapshot
    notes: tuple[str, ...]  # what absorb had to say
    state: HazardState
    touched: Mapping[HazardId, I32]
    events: tuple[tuple[HazardId, ...], ...]  # hazards that are one thing, two or more each

    @property
    def unmatched(self) -> tuple[HazardId, ...]:
        """List the hazards that should bind here and met no road."""
        return hazards.unmatched(self.anchored.roads, self.state.hazards, self.touched)

    def judge(self, now_s: int, mirrors: Mapping[str, str]) -> Judged:
        """Judge how sure the hazards are."""
        roads = self.anchored.roads
        return judge(roads, self.state, self.touched, now_s=now_s, mirrors=mirrors)


def look(
    roads: Roads,
    alerts: Sequence[Alert],
    lonlats: Sequence[LonLat],
    travels: tuple[Travel, ...],
    *,
    at_s: int,
    known_s: int | None = None,
    reads: Sequence[FeedRead] = (),
) -> Situation:
    """Put alerts onto the roads as they are known at an instant, or were at `known_s`, sent up to then.

    Without `known_s` what was sent after the instant may warn as well, but not end anything.
    """
    meaning = load_meaning()
    refuse_unknown_profiles(roads.profiles, meaning)
    if known_s is None:
        heard, told = known_at(alerts, at_s), late(alerts, at_s)
    else:
        heard, told = tuple(alert for alert in alerts if alert.sent_s <= known_s), ()
    now_s = at_s if known_s is None else min(at_s, known_s)
    published = [each for each in reads if each.at_s <= (at_s if known_s is None else known_s)]
    state, notes = hazards.absorb(HazardState(), heard, meaning, now_s=now_s, reads=published)
    anchored = network.anchor(roads, tuple(lonlats), travels=travels)
    touched = hazards.footprint(anchored.roads, state.hazards)
    events = hazards.events(anchored.roads, state.hazards, touched)
    snapshot = network.snapshot(anchored.roads, state.hazards, touched, travels=travels, events=events)
    notes = (*told, *notes, *strange(travels, meaning, snapshot))
    return Situation(anchored=anchored, snapshot=snapshot, notes=notes, state=state, touched=touched,
                     events=events)  # fmt: skip


def strange(travels: Sequence[Travel], meaning: Meaning, snapshot: Snapshot) -> tuple[str, ...]:
    """Say what is aboard that lifts no restriction, by the table or by any message: a slip of the pen?"""
    rows = (*meaning.table.values(), *(hazard.effects for hazard in snapshot.hazards))
    asked = {effect.requires for effects in rows for effect in effects} - {""}
    known = sorted(asked.union(*(ALSO_SATISFIED_BY.get(one, frozenset()) for one in asked)))
    aboard = sorted({one for travel in travels for one in travel.equipment} - set(known))
    words = ", ".join(known) or "none"
    return tuple(f"no restriction asks for {one}; what restrictions ask for: {words}" for one in aboard)


def late(alerts: Sequence[Alert], at_s: int) -> tuple[str, ...]:
    """Say which messages will end one of the others, but were sent after the instant asked for."""
    ends = (MsgType.UPDATE, MsgType.CANCEL)
    warns = {alert.id: alert for alert in known_at(alerts, at_s)}
    found = (
        alert.id
        for alert in alerts
        if alert.sent_s > at_s and alert.msg_type in ends and alert.status == "Actual"
        and any(other in warns for other in alert.references if other != alert.id)
    )  # fmt: skip
    return tuple(f"{name}: sent after the instant asked for, so it ends nothing yet" for name in found)


def known_at(alerts: Sequence[Alert], at_s: int) -> tuple[Alert, ...]:
    """Keep what is cautious of messages sent after the instant asked for: they may warn, but not yet end.

    Who asks at noon about files that hold a Cancel of two o'clock is told that the road is shut at noon.
    """
    known: list[Alert] = []
    for alert in alerts:
        if alert.sent_s <= at_s:
            known.append(alert)
        elif alert.msg_type is not MsgType.CANCEL:
            # Not an Update that ends nothing, which would be odd, but a warning of its own.
            known.append(replace(alert, msg_type=MsgType.ALERT, references=()))
    return tuple(known)
