"""Feeds: how each source is doing, by what was heard of it.

In: what was known and a batch of messages. Out: one `FeedHealth` a source, sorted. Refuses to know what
sources say; how old is too old is for who reads this to judge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vado.model.world import FeedFailed, FeedHealth, FeedRead, Message

SOURCES_MAX = 500  # as of faults: a bound for who makes up names
_CODE = re.compile(r"\b[EW]\d{4}\b")
NO_CODE = "E9001"


def feeds(known: Sequence[FeedHealth], batch: Sequence[Message]) -> tuple[FeedHealth, ...]:
    """Add what a batch tells of sources; those heard of longest ago go when there are too many."""
    health = {each.source: each for each in known}
    for message in batch:
        body = message.body
        if isinstance(body, FeedRead):
            old = health.get(body.source, FeedHealth(source=body.source))
            newest = message.received_s >= old.read_s
            health[body.source] = replace(
                old,
                format=body.format,
                full=body.full,
                read_s=max(old.read_s, message.received_s),
                published_s=max(old.published_s, body.at_s),
                reads=old.reads + 1,
                alerts=body.alerts if newest else old.alerts,
                notes=body.notes if newest else old.notes,
                # What is read again of long ago says nothing of how the source is now.
                failures=old.failures if message.received_s < old.failed_s else 0,
            )
        elif isinstance(body, FeedFailed):
            old = health.get(body.source, FeedHealth(source=body.source))
            health[body.source] = replace(
                old,
                failed_s=max(old.failed_s, message.received_s),
                failures=old.failures + 1,
                rejects=_counted(old.rejects, body.cause),
            )
    heard = sorted(health.values(), key=lambda each: max(each.read_s, each.failed_s))
    return tuple(sorted(heard[-SOURCES_MAX:], key=lambda each: each.source))


def _counted(rejects: tuple[tuple[str, int], ...], cause: str) -> tuple[tuple[str, int], ...]:
    """Count a cause by the codes it names."""
    counts = dict(rejects)
    for code in sorted(set(_CODE.findall(cause)) or {NO_CODE}):
        counts[code] = counts.get(code, 0) + 1
    return tuple(sorted(counts.items()))
