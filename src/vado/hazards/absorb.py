"""Absorb: messages into what is in force. New, update, cancel, expire; in any order, any number of times.

In: the state so far, alerts, the tables, now. Out: the next state and notes for people. Refuses to know where
roads are. The state is a function of the *set* of messages heard: repeats and reorderings cannot change it:

* of one alert id the version with the latest `sent` counts; of two different ones sent at the same time both
  do, since nobody can say which is right;
* an alert is ended by any Update or Cancel that refers to it and was not sent before it, heard first or last;
* an Update that does not say where all of it is or until when, or warns of what nobody knows, ends only what
  did no better: the hazards it refers to stay in force until something ends them, or ends the Update;
* references count also of messages that were themselves superseded: chains need not be complete;
* a version that is in doubt never takes the place of an older one that is not: one of which a part could not
  be read (its id says so, `model.ids`), or that does not say where all of it is or until when, stands beside
  it until a newer version is understood whole, or until what ends the one ends the other;
* of a source whose documents are all that holds, what its newest ones lack is over (`lifecycle`);
* what was taken back is told for a day, in case another source still tells of it (`lifted`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from vado.hazards import lifecycle, lifted
from vado.hazards.meaning import Meaning
from vado.hazards.memory import moved
from vado.hazards.understand import is_endless, understand
from vado.model.alert import Alert, MsgType
from vado.model.hazard import Hazard, HazardState, Lifted
from vado.model.ids import ENDLESS, UNCLEAR, UNREADABLE, AlertId, Hash, HazardId, clear
from vado.model.when import NEVER_S
from vado.model.world import FeedRead

# How long an id is remembered after it was sent, unless it is in force. Sources repeat and refer within days
# (AEMET looks 72 h ahead, MeteoAlarm's archive holds 12 days); forgetting errs on the cautious side: an alert
# that comes again after that is taken as new.
REMEMBER_S = 30 * 86_400
REMEMBER_MAX = 100_000  # ids; bounds the state whatever a source sends
NOTES_MAX = 200  # of one batch
PART_DIGITS = 8
NAMED_CHARS = 12  # of its hash, in the name of a hazard whose alert came with another body at the same time

Link = tuple[AlertId, AlertId, int]  # older alert, the Update without a place, when that was sent


def absorb(
    state: HazardState,
    alerts: Sequence[Alert],
    meaning: Meaning,
    *,
    now_s: int,
    reads: Sequence[FeedRead] = (),
) -> tuple[HazardState, tuple[str, ...]]:
    """Take in messages and time: give the hazards in force or to come, and what a person should know.

    `reads`: the documents that the alerts came in, as far as they are all that holds.
    """
    seen: dict[AlertId, tuple[int, Hash]] = {alert: (sent_s, raw) for alert, sent_s, raw in state.seen}
    ended: dict[AlertId, int] = dict(state.superseded)
    links: set[Link] = set(state.updated)
    found: dict[AlertId, tuple[Hazard, ...]] = {}
    for hazard in state.hazards:
        found[hazard.version] = (*found.get(hazard.version, ()), hazard)
    gone = {each.alert: each for each in state.lifted}
    notes: list[str] = []

    documents = lifecycle.opened(state.documents, state.present)
    # Versions that are unclear, by when their document was published, and as what they are kept.
    doubted: dict[tuple[AlertId, int], AlertId] = {}
    held: dict[AlertId, int] = {}  # when the document was published that the version kept stands in
    for alert in alerts:
        if alert.status != "Actual":
            notes.append(f"{alert.id}: status {alert.status}, binds nothing")
            continue
        if alert.msg_type in (MsgType.ACK, MsgType.ERROR):
            notes.append(f"{alert.id}: {alert.msg_type} is no warning, nothing follows from it")
            continue
        hazards, said = ((), ()) if alert.msg_type is MsgType.CANCEL else understand(alert, meaning)
        key = _kept_as(alert, hazards, meaning)
        notes.extend(_end(alert, ended, links, key))
        if key != alert.id:
            hazards = tuple(replace(h, id=HazardId(key + h.id.removeprefix(alert.id))) for h in hazards)
            doubted[alert.id, alert.document_s] = key
        stamp, known = (alert.sent_s, alert.raw), seen.get(key)
        if known == stamp:
            continue  # a repeat
        # Of two documents that are each all that holds the newer counts, whatever its records say of their
        # age.
        was_s = held.get(key, lifecycle.held_s(documents, key))
        again = bool(alert.document_s and known is not None and was_s)
        if again and alert.document_s < was_s:
            continue
        if not again and known is not None and alert.sent_s < known[0]:
            notes.append(f"{alert.id}: is older than the version already heard")
            if key in gone:
                lifted.older(gone, key, stamp, hazards)
            continue
        newer = again and alert.document_s > was_s
        held[key] = max(alert.document_s, was_s)
        if again and _alike(found.get(key, ()), hazards):
            continue
        notes.extend(f"{alert.id}: {note}" for note in (*alert.notes, *said))
        if known is not None and known[0] == alert.sent_s and not newer:
            notes.append(f"{alert.id}: came again with the same time and another body; both count")
            stamp = max(known, stamp)
            before = gone.get(key)
            was = before.hazards if before is not None and before.sent_s == alert.sent_s else ()
            hazards = _both(found.get(key, was), hazards, newest=stamp[1])
            lifted.at_once(gone, key, alert.sent_s)
        elif alert.msg_type is MsgType.CANCEL and (not alert.references or alert.id in alert.references):
            lifted.took_back(gone, alert.id, alert.sent_s, known, found.get(alert.id, ()))
        seen[key], found[key] = stamp, hazards

    told = (_told(read, doubted) for read in reads if read.full)
    notes.extend(note for read in told if (note := lifecycle.heard(documents, read)))
    dropped = lifecycle.over(documents, now_s=now_s)
    in_force = {
        alert: each
        for alert, each in _in_force(found, seen, ended, links, now_s=now_s).items()
        if not lifecycle.is_over(documents, dropped, alert)
    }
    _take_back(gone, found, seen, _chained(ended, links), dropped, documents)
    if len(notes) > NOTES_MAX:
        notes[NOTES_MAX:] = [f"and {len(notes) - NOTES_MAX} notes more"]
    remembered, present = lifecycle.closed(documents, in_force, oldest_s=now_s - REMEMBER_S)
    made = _state(in_force, seen, ended, links, now_s=now_s)
    alive = {
        each_
        for name, each in in_force.items()
        if any(h.follows is None for h in each)
        for each_ in (name, AlertId(name.removesuffix(ENDLESS)))
    }
    back = lifted.kept(gone, alive, seen, now_s=now_s)
    return replace(made, documents=remembered, present=present, lifted=back), tuple(notes)


def _take_back(
    gone: dict[AlertId, Lifted],
    found: dict[AlertId, tuple[Hazard, ...]],
    seen: dict[AlertId, tuple[int, Hash]],
    by_word: dict[AlertId, int],
    dropped: set[AlertId],
    documents: lifecycle.Known,
) -> None:
    """Mark what other messages ended, or what the documents of its source lack."""
    for name in found.keys() | (gone.keys() & seen.keys()):
        whole = clear(name)
        ended_s = max(by_word.get(name, NEVER_S), by_word.get(whole, NEVER_S))
        if ended_s < seen[name][0] and lifecycle.is_over(documents, dropped, name):
            ended_s = lifecycle.missing_s(documents, name if name in dropped else whole)
        if ended_s >= seen[name][0]:
            lifted.ended(gone, name, ended_s, seen[name], found.get(name, ()))
    lifted.endless(gone, seen, found)


def _alike(have: Sequence[Hazard], new: Sequence[Hazard]) -> bool:
    """Say whether two versions mean the same, whatever bytes they were read from."""
    return [replace(h, evidence=()) for h in have] == [replace(h, evidence=()) for h in new]


def _both(have: Iterable[Hazard], new: Iterable[Hazard], *, newest: Hash) -> tuple[Hazard, ...]:
    """Join the hazards of versions sent at the same time; what they say alike stands once."""
    kept: dict[Hazard, Hazard] = {}
    for hazard in (*have, *new):
        raw = hazard.evidence[0].raw
        suffix = "~" + raw.removeprefix("sha256:")[:NAMED_CHARS]
        plain = HazardId(hazard.id.removesuffix(suffix))
        same = replace(hazard, id=plain, evidence=())
        if same not in kept or kept[same].evidence[0].raw < raw:
            kept[same] = replace(hazard, id=plain if raw == newest else HazardId(plain + suffix))
    return tuple(sorted(kept.values(), key=lambda hazard: hazard.id))


def _in_force(
    found: dict[AlertId, tuple[Hazard, ...]],
    seen: dict[AlertId, tuple[int, Hash]],
    ended: dict[AlertId, int],
    links: set[Link],
    *,
    now_s: int,
) -> dict[AlertId, tuple[Hazard, ...]]:
    """Leave out what was ended, what an Update without a place replaced, and what is over."""
    ended = _chained(ended, links)
    replaced: dict[AlertId, int] = {}  # by what does not say where, or until when
    for older, _, sent_s in links:
        replaced[older] = max(replaced.get(older, NEVER_S), sent_s)
    in_force = {}
    for alert, each in found.items():
        sent_s, whole = seen[alert][0], clear(alert)
        if whole != alert and _understood_s(seen, alert) > sent_s:
            continue
        ended_s = max(ended.get(alert, NEVER_S), ended.get(whole, NEVER_S))
        if ended_s >= sent_s:
            left = tuple(h for each_ in each if (h := moved(each_, ended_s)) and h.interval.end_s > now_s)
            if left:
                in_force[alert] = left
            continue
        stays = max(replaced.get(alert, NEVER_S), replaced.get(whole, NEVER_S)) < sent_s
        kept = tuple(h for h in each if h.interval.end_s > now_s and (stays or not h.unknown))
        if kept:
            in_force[alert] = kept
    return in_force


def _understood_s(seen: dict[AlertId, tuple[int, Hash]], alert: AlertId) -> int:
    """Say when the newest version was sent that leaves nothing in doubt that this version does."""
    whole = clear(alert)
    names = (whole,) if alert.endswith(ENDLESS) else (whole, AlertId(whole + ENDLESS))
    return max(seen[name][0] if name in seen else NEVER_S for name in names)


def _chained(ended: dict[AlertId, int], links: set[Link]) -> dict[AlertId, int]:
    """Hand what ends an Update without a place on to what it refers to; latest first, each once."""
    if not links:
        return ended
    older_of: dict[AlertId, list[tuple[AlertId, int]]] = {}
    for older, by, sent_s in links:
        older_of.setdefault(clear(by), []).append((older, sent_s))
    chained = dict(ended)
    heap = [(-ended_s, alert) for alert, ended_s in ended.items() if alert in older_of]
    heapify(heap)
    while heap:
        ended_s, alert = heappop(heap)
        for older, sent_s in older_of.pop(alert, ()):
            if sent_s <= -ended_s and chained.get(older, NEVER_S) < -ended_s:
                chained[older] = -ended_s
                heappush(heap, (ended_s, older))
    for older, by, sent_s in links:
        if by.endswith(ENDLESS):  # of two that do not say until when the newer one counts
            name = AlertId(older + ENDLESS)
            chained[name] = max(chained.get(name, NEVER_S), sent_s)
    return chained


def _kept_as(alert: Alert, hazards: Sequence[Hazard], meaning: Meaning) -> AlertId:
    """Give the id under which a version is remembered: its own, or that with what is in doubt.

    Parts are unclear that do not say where all of them is, or warn of what nobody knows.
    """
    unclear = [
        hazard.id.removeprefix(alert.id)
        for hazard in hazards
        # Sent to end with itself is a withdrawal, wherever.
        if hazard.unknown and hazard.interval.end_s > alert.sent_s
    ]
    if alert.id.endswith(UNREADABLE):
        return alert.id
    if not unclear:
        return AlertId(alert.id + ENDLESS) if hazards and is_endless(alert, meaning) else alert.id
    parts = hashlib.sha256("\n".join(unclear).encode()).hexdigest()[:PART_DIGITS]
    return AlertId(f"{alert.id}{UNCLEAR}{parts}")


def _told(read: FeedRead, doubted: dict[tuple[AlertId, int], AlertId]) -> FeedRead:
    """Name what a document holds as its versions are remembered."""
    return replace(read, present=tuple(doubted.get((each, read.at_s), each) for each in read.present))


def _end(alert: Alert, ended: dict[AlertId, int], links: set[Link], key: AlertId) -> list[str]:
    """Mark what an Update or Cancel ends, or does not for sure. Another sender's alert is not its to end."""
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
        if key != clear(key):
            endless = key == alert.id + ENDLESS
            lacks = "until when it holds" if endless else "where all of it is, or of what it warns"
            kept = "until when" if endless else "where it is"
            notes.append(f"{alert.id}: does not say {lacks}; what {other} says {kept} stays in force")
            links.add((other, AlertId(clear(alert.id) + ENDLESS * endless), alert.sent_s))
        else:
            ended[other] = max(ended.get(other, NEVER_S), alert.sent_s)
    return notes


def _state(
    in_force: dict[AlertId, tuple[Hazard, ...]],
    seen: dict[AlertId, tuple[int, Hash]],
    ended: dict[AlertId, int],
    links: set[Link],
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
    # A closure without end stays until something ends the Update: that link may be needed after years.
    bound = [(sent, older, by) for older, by, sent in links if sent >= oldest_s or older in in_force]
    return HazardState(
        hazards=tuple(sorted((h for each in in_force.values() for h in each), key=lambda h: h.id)),
        seen=tuple(sorted((alert, *seen[alert]) for alert in keep)),
        superseded=tuple(sorted((alert, ended[alert]) for alert in keep_ended)),
        updated=tuple(sorted((older, by, sent) for sent, older, by in sorted(bound)[-REMEMBER_MAX:])),
    )
