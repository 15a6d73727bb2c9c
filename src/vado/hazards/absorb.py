"""Absorb: messages into what is in force. New, update, cancel, expire; in any order, any number of times.

In: the state so far, alerts, the tables, now. Out: the next state and notes for people. Refuses to know where
roads are. The state is a function of the *set* of messages heard: repeats and reorderings cannot change it:

* of one alert id the version with the latest `sent` counts;
* an alert is ended by any Update or Cancel that refers to it and was not sent before it, heard first or last;
* references count also of messages that were themselves superseded: chains need not be complete.
"""

from __future__ import annotations

from collections.abc import Sequence

from vado.hazards.meaning import Meaning
from vado.hazards.understand import understand
from vado.model.alert import Alert, MsgType
from vado.model.hazard import Hazard, HazardState
from vado.model.ids import AlertId, Hash
from vado.model.when import NEVER_S

# How long an id is remembered after it was sent, unless it is in force. Sources repeat and refer within days
# (AEMET looks 72 h ahead, MeteoAlarm's archive holds 12 days); forgetting errs on the cautious side: an alert
# that comes again after that is taken as new.
REMEMBER_S = 30 * 86_400
REMEMBER_MAX = 100_000  # ids; bounds the state whatever a source sends
NOTES_MAX = 200  # of one batch


def absorb(
    state: HazardState, alerts: Sequence[Alert], meaning: Meaning, *, now_s: int
) -> tuple[HazardState, tuple[str, ...]]:
    """Take in messages and time: give the hazards in force or to come, and what a person should know."""
    seen: dict[AlertId, tuple[int, Hash]] = {alert: (sent_s, raw) for alert, sent_s, raw in state.seen}
    ended: dict[AlertId, int] = dict(state.superseded)
    found: dict[AlertId, tuple[Hazard, ...]] = {}
    for hazard in state.hazards:
        found[hazard.alert] = (*found.get(hazard.alert, ()), hazard)
    notes: list[str] = []

    for alert in alerts:
        if alert.status != "Actual":
            notes.append(f"{alert.id}: status {alert.status}, binds nothing")
            continue
        if alert.msg_type in (MsgType.ACK, MsgType.ERROR):
            notes.append(f"{alert.id}: {alert.msg_type} is no warning, nothing follows from it")
            continue
        notes.extend(_end(alert, ended))
        stamp, known = (alert.sent_s, alert.raw), seen.get(alert.id)
        if known == stamp:
            continue  # a repeat
        if known is not None and known[0] == alert.sent_s:
            notes.append(f"{alert.id}: came again with the same time and another body")
        if known is not None and stamp < known:
            notes.append(f"{alert.id}: is older than the version already heard")
            continue
        seen[alert.id] = stamp
        found.pop(alert.id, None)
        if alert.msg_type is not MsgType.CANCEL:
            found[alert.id], said = understand(alert, meaning)
            notes.extend(f"{alert.id}: {note}" for note in (*alert.notes, *said))

    in_force = {
        alert: kept
        for alert, each in found.items()
        if ended.get(alert, NEVER_S) < seen[alert][0]
        and (kept := tuple(hazard for hazard in each if hazard.interval.end_s > now_s))
    }
    if len(notes) > NOTES_MAX:
        notes[NOTES_MAX:] = [f"and {len(notes) - NOTES_MAX} notes more"]
    return _state(in_force, seen, ended, now_s=now_s), tuple(notes)


def _end(alert: Alert, ended: dict[AlertId, int]) -> list[str]:
    """Mark what an Update or Cancel ends. Another sender's alert is not its to end."""
    if alert.msg_type not in (MsgType.UPDATE, MsgType.CANCEL):
        return []
    notes: list[str] = []
    if not alert.references:
        notes.append(f"{alert.id}: {alert.msg_type} without references ends nothing but its own id")
    for other in alert.references:
        if other == alert.id:
            continue  # its own earlier version: the later `sent` replaces that anyway
        if other.partition(",")[0] != alert.id.partition(",")[0]:
            notes.append(f"{alert.id}: may not end {other}, which another sender sent")
            continue
        ended[other] = max(ended.get(other, NEVER_S), alert.sent_s)
    return notes


def _state(
    in_force: dict[AlertId, tuple[Hazard, ...]],
    seen: dict[AlertId, tuple[int, Hash]],
    ended: dict[AlertId, int],
    *,
    now_s: int,
) -> HazardState:
    """Sort, and forget what is too old to matter."""
    oldest_s = now_s - REMEMBER_S
    recent = [
        (sent, alert) for alert, (sent, _) in seen.items() if sent >= oldest_s and alert not in in_force
    ]
    tombs = [(sent, alert) for alert, sent in ended.items() if sent >= oldest_s]
    keep = {alert for _, alert in sorted(recent)[-REMEMBER_MAX:]} | in_force.keys()
    keep_ended = {alert for _, alert in sorted(tombs)[-REMEMBER_MAX:]}
    return HazardState(
        hazards=tuple(sorted((h for each in in_force.values() for h in each), key=lambda h: h.id)),
        seen=tuple(sorted((alert, *seen[alert]) for alert in keep)),
        superseded=tuple(sorted((alert, ended[alert]) for alert in keep_ended)),
    )
