"""Faults: which sources of alerts failed lately, and which of them have been understood again since.

In: the faults known and a batch of messages in inbox order. Out: the faults to keep, oldest first. Refuses to
know what a fault was about. A message of before a fault, read again, does not end it. A source that makes
noise drives out its own older faults, never another's; and of too many sources those go first that were heard
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vado.model.world import AlertReceived, FeedFailed, FeedRead, Message

KEPT_PER_SOURCE = 5
SOURCES_MAX = 200  # far above what one region listens to; a bound for who makes up names


def faults(known: Sequence[FeedFailed], batch: Sequence[Message]) -> tuple[FeedFailed, ...]:
    """Add the faults of a batch, and mark as over those whose source was understood after them."""
    kept = list(known)
    failing = {fault.source for fault in kept if not fault.over}
    newest = {fault.source: fault.at_s for fault in kept}
    for message in batch:
        body = message.body
        if isinstance(body, FeedFailed):
            kept.append(body)
            newest[body.source] = max(newest.get(body.source, 0), body.at_s)
            failing.add(body.source)
        elif isinstance(body, AlertReceived | FeedRead):
            source = body.alert.source if isinstance(body, AlertReceived) else body.source
            if source in failing and message.received_s >= newest.get(source, 0):
                kept = [replace(fault, over=True) if fault.source == source else fault for fault in kept]
                failing.discard(source)
    return _bounded(kept, failing)


def _bounded(kept: Sequence[FeedFailed], failing: set[str]) -> tuple[FeedFailed, ...]:
    newest = {fault.source: number for number, fault in enumerate(kept)}
    ranked = sorted(newest, key=lambda source: (source in failing, newest[source]))
    room = dict.fromkeys(ranked[-SOURCES_MAX:], KEPT_PER_SOURCE)
    found: list[FeedFailed] = []
    for fault in reversed(kept):
        if room.get(fault.source, 0):
            room[fault.source] -= 1
            found.append(fault)
    return tuple(reversed(found))
