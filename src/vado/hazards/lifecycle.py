"""Lifecycle of full-state feeds: what their newest documents do not hold any more has ended.

In: what documents of such sources held, and when they were published. Out: which alerts are over. The answer
is a function of the set of documents, whatever the order they are heard in. One document is never enough to
end anything: a page that was cut off, a stale copy of a cache and an empty answer look like an end as well.

    missing once        stays in force
    missing twice       over, when the two were published CONFIRM_S apart
    missing for long    over, when the newest document is older than SETTLED_S and nothing newer came
    missing, empty      of documents that hold nothing at all, two must be EMPTY_S apart

Refuses to know what the alerts say. An alert that no document of its source ever held is not governed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vado.model.hazard import Documents
from vado.model.ids import AlertId, clear
from vado.model.when import NEVER_S
from vado.model.world import FeedRead

# All of our choice. Full-state feeds come out each minute (DGT) to each ten (AEMET); caches and mirrors serve
# older copies for some minutes, weather-gov/api issue 75.
CONFIRM_S = 60
SETTLED_S = 15 * 60
EMPTY_S = 15 * 60
KEPT = 64  # documents remembered of a source; to forget older ones errs on the cautious side
SOURCES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the documents of full-state sources, while a batch is taken in."""

    documents: dict[str, Documents]
    present: dict[AlertId, tuple[str, int]]  # the source that governs it, and when it was last there


def opened(documents: Sequence[Documents], present: Sequence[tuple[AlertId, str, int]]) -> Known:
    return Known(
        documents={each.source: each for each in documents},
        present={alert: (source, at_s) for alert, source, at_s in present},
    )


def held_s(known: Known, alert: AlertId) -> int:
    """Say when the newest document so far was published that holds an alert; 0 when none does."""
    return known.present.get(alert, ("", 0))[1]


def heard(known: Known, read: FeedRead) -> str:
    """Take in a document of a full-state source; gives what a person should know of it, or "".

    One that is not complete tells what holds, and nothing of what does not.
    """
    for alert in read.present:
        source, at_s = known.present.get(alert, (read.source, NEVER_S))
        if source == read.source:
            known.present[alert] = source, max(at_s, read.at_s)
    if not read.complete:
        return (
            f"{read.source}: a part of the document could not be read; what is missing in it may still hold"
        )
    old = known.documents.get(read.source, Documents(source=read.source))
    full = set(old.full_s) | ({read.at_s} if read.present else set())
    empty = set(old.empty_s) | (set() if read.present else {read.at_s})
    known.documents[read.source] = Documents(
        source=read.source, full_s=tuple(sorted(full)[-KEPT:]), empty_s=tuple(sorted(empty)[-KEPT:])
    )
    return "" if read.present else f"{read.source}: the document holds nothing at all; it must say so again"


def over(known: Known, *, now_s: int) -> set[AlertId]:
    """List the alerts that the documents of their source have dropped.

    A doubtful version (`model.ids.clear`) of an alert shows that its source has not dropped the alert.
    """
    newest: dict[AlertId, int] = {}
    for alert, (_, at_s) in known.present.items():
        for name in {alert, clear(alert)}:
            newest[name] = max(newest.get(name, NEVER_S), at_s)
    return {
        alert
        for alert, (source, _) in known.present.items()
        if source in known.documents and _dropped(known.documents[source], newest[alert], now_s=now_s)
    }


def is_over(known: Known, dropped: set[AlertId], alert: AlertId) -> bool:
    """Tell of a version whether it is over: one that no document was known to hold goes with its alert."""
    return alert in dropped or (alert not in known.present and clear(alert) in dropped)


def missing_s(known: Known, alert: AlertId) -> int:
    """Say when the first document of its source was published that lacks an alert; 0 when none does."""
    source, at_s = known.present.get(alert, ("", NEVER_S))
    documents = known.documents.get(source, Documents(source=source))
    return min((each for each in (*documents.full_s, *documents.empty_s) if each > at_s), default=0)


def _dropped(documents: Documents, present_s: int, *, now_s: int) -> bool:
    full = [at_s for at_s in documents.full_s if at_s > present_s]
    if full and (full[-1] - full[0] >= CONFIRM_S or now_s - full[-1] >= SETTLED_S):
        return True
    empty = [at_s for at_s in documents.empty_s if at_s > max((present_s, *full))]
    if full and empty and empty[-1] - full[0] >= CONFIRM_S:
        return True  # it was missing while others were there
    return len(empty) > 1 and empty[-1] - empty[0] >= EMPTY_S


def closed(
    known: Known, keep: Iterable[AlertId], *, oldest_s: int
) -> tuple[tuple[Documents, ...], tuple[tuple[AlertId, str, int], ...]]:
    """Write down what is to be remembered: of alerts in force, and of what was there lately."""
    keep = set(keep)
    newest: Mapping[str, int] = {
        source: max((*each.full_s, *each.empty_s), default=NEVER_S)
        for source, each in known.documents.items()
    }
    sources = sorted(newest, key=lambda source: (newest[source], source))[-SOURCES_MAX:]
    present = tuple(
        sorted(
            (a, source, at_s) for a, (source, at_s) in known.present.items() if a in keep or at_s >= oldest_s
        )
    )
    return tuple(known.documents[source] for source in sorted(sources)), present
