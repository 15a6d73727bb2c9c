"""Feeds as programs read them: one row a source, of what the world, the poller and the settings know.

In: values. Out: JSON rows, the same over HTTP and on the command line. Refuses to judge: see
tracking.feed_state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vado.model.feed import Box, Contact, Feed, Replayed
from vado.model.roads import Roads
from vado.model.when import rfc3339
from vado.model.world import FeedHealth, World
from vado.tracking import feed_states

Json = dict[str, Any]


def feed_rows(
    world: World,
    set_aside: Mapping[str, int],
    *,
    declared: Mapping[str, Feed],
    contacts: Sequence[Contact],
    now_s: int,
    region: Box | None,
) -> list[Json]:
    """Say of each source all that is known of it."""
    faults: dict[str, list[str]] = {}
    for fault in world.faults:
        faults.setdefault(fault.source, []).append(fault.cause)
    evidence_of = [
        (e.source, h.version if e.alert == h.alert else e.alert)
        for h in world.hazards.hazards
        for e in h.evidence
    ]
    sent = {alert: sent_s for alert, sent_s, _ in world.hazards.seen}
    health = {each.source: each for each in world.feeds}
    polled = {each.source: each for each in contacts if each.channel == "poll"}
    leases = {each.source: each.lease_s for each in contacts if each.channel == "lease"}
    names = {source for source, _ in evidence_of} | {*faults, *set_aside}
    states = feed_states(world, declared, contacts, now_s=now_s, region=region, others=names)
    status = {each.source: each for each in states}
    rows = []
    for name in sorted(status):
        alerts = {alert for source, alert in evidence_of if source == name}
        times = [sent[alert] for alert in alerts if alert in sent]
        own, feed = health.get(name, FeedHealth(source=name)), declared.get(name)
        contact = polled.get(name, Contact(source=name, channel="poll"))
        state = status[name]
        rows.append({
            "source": name,
            "state": state.state.value,
            "text": state.text,
            "degraded": state.degraded,
            "declared": feed is not None,
            "polled": feed is not None and bool(feed.url),
            "covers": "region" if feed is None or feed.covers is None else list(feed.covers),
            "covers_region": state.covers,
            "mirrors": (feed.mirrors or None) if feed is not None else None,
            "fresh_s": feed.fresh_s if feed is not None else None,
            "heard": _instant(state.heard_s),
            "age_s": max(0, now_s - state.heard_s) if state.heard_s else None,
            "alerts": len(alerts),
            "last_sent": _instant(max(times, default=0)),
            "format": own.format,
            "full": own.full,
            "last_read": _instant(own.read_s),
            "published": _instant(own.published_s),
            "last_failed": _instant(max(own.failed_s, contact.failed_s)),
            "failures": max(own.failures, contact.failures),
            "last_cause": contact.cause,
            "subscribed_until": _instant(leases.get(name, 0)),
            "rejects": dict(own.rejects),
            "faults": faults.get(name, []),
            "quarantined": set_aside.get(name, 0),
        })  # fmt: skip
    return rows


def replay_row(found: Replayed) -> Json:
    """Write what became of a message that was set aside."""
    return {
        "seq": found.seq, "source": found.source, "received": rfc3339(found.received_s),
        "cause": found.cause, "readable": not found.still, "still": found.still, "alerts": found.alerts,
        "new_seq": found.new_seq,
    }  # fmt: skip


def region_box(roads: Roads) -> Box | None:
    """Give west, south, east, north of a region; None where it has no road."""
    lon, lat = roads.shape_lon, roads.shape_lat
    return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())) if len(lon) else None


def _instant(at_s: int) -> str | None:
    return rfc3339(at_s) if at_s else None
