"""Feeds: in which state each is, and whether anybody is less informed for it.

In: how sources are declared, what the world and the poller know of them, the time. Out: a state for each with
a sentence where it is bad. Refuses to call out a feed that is merely quiet: one attempt that failed while the
last answer is still fresh is counted and is no state. A notice that is always there is read by nobody.

    ok           heard lately, or it may be quiet
    failing      its newest message could not be understood
    stale        asked, and not answering as it should for longer than it is fresh
    silent       sends by itself, and has not for longer than it is fresh
    never heard  declared, and nothing came of it yet
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vado.model.feed import Box, Contact, Feed
from vado.model.world import FeedHealth, World

NO_ANSWER = "E2006"  # what the poller tells the world when nobody answers: nothing is known to be wrong


class FeedState(StrEnum):
    OK = "ok"
    FAILING = "failing"
    STALE = "stale"
    SILENT = "silent"
    NEVER = "never heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    source: str
    state: FeedState
    heard_s: int  # when it last answered or sent as it should; 0: never
    covers: bool  # it speaks for a part of the region
    degraded: bool  # the region is less well known for it
    text: str = ""  # for people; "" when all is well


def feed_states(
    world: World,
    declared: Mapping[str, Feed],
    contacts: Sequence[Contact],
    *,
    now_s: int,
    region: Box | None,
    others: Iterable[str] = (),
) -> tuple[FeedStatus, ...]:
    """Judge all sources that are declared or were heard of, and `others`; sorted. `region` None: covered."""
    health = {each.source: each for each in world.feeds}
    faults: dict[str, list[str]] = {}
    for fault in world.faults:
        if not fault.over:
            faults.setdefault(fault.source, []).append(fault.cause)
    polled = {each.source: each for each in contacts if each.channel == "poll"}
    found: dict[str, FeedStatus] = {}
    for name in sorted({*declared, *health, *faults, *others}):
        feed = declared.get(name, Feed(source=name))
        own = health.get(name, FeedHealth(source=name))
        contact = polled.get(name) if feed.url else None
        found[name] = _judged(feed, own, contact, faults.get(name, []), now_s=now_s, region=region,
                              known=name in declared)  # fmt: skip
    return tuple(_unless_repeated(each, declared, found) for each in found.values())


def _judged(
    feed: Feed,
    own: FeedHealth,
    contact: Contact | None,
    faults: Sequence[str],
    *,
    now_s: int,
    region: Box | None,
    known: bool,
) -> FeedStatus:
    heard_s = max(own.read_s, 0 if contact is None else contact.heard_s)
    state, text = FeedState.OK, ""
    old = feed.fresh_s is not None and now_s - heard_s > feed.fresh_s
    why = f" ({contact.cause})" if contact is not None and contact.cause else ""
    wrong = [cause for cause in faults if not cause.startswith(NO_ANSWER)]
    unread = not faults and own.failures and own.failed_s >= own.read_s
    if wrong or unread:
        state, text = FeedState.FAILING, wrong[-1] if wrong else "its newest message could not be read"
    elif not heard_s and known and feed.fresh_s is not None:
        state, text = FeedState.NEVER, f"nothing came of it yet{why}"
    elif (old and feed.url) or faults:
        state, text = FeedState.STALE, f"no good answer for {_span(now_s - heard_s)}{why}"
    elif old:
        state, text = FeedState.SILENT, f"it has sent nothing for {_span(now_s - heard_s)}"
    covers = _meet(feed.covers, region)
    return FeedStatus(
        source=feed.source,
        state=state,
        heard_s=heard_s,
        covers=covers,
        degraded=covers and state is not FeedState.OK,
        text=text,
    )


def _unless_repeated(
    status: FeedStatus, declared: Mapping[str, Feed], found: Mapping[str, FeedStatus]
) -> FeedStatus:
    """Lift the notice of a feed that repeats one which is well: nothing is missed."""
    feed = declared.get(status.source)
    first = found.get(feed.mirrors) if feed is not None and feed.mirrors else None
    if not status.degraded or first is None or first.state is not FeedState.OK or not first.covers:
        return status
    return FeedStatus(
        source=status.source, state=status.state, heard_s=status.heard_s, covers=status.covers,
        degraded=False, text=f"{status.text}; {first.source}, which it repeats, is heard",
    )  # fmt: skip


def _meet(covers: Box | None, region: Box | None) -> bool:
    if covers is None or region is None:
        return True
    west, south, east, north = covers
    return west <= region[2] and region[0] <= east and south <= region[3] and region[1] <= north


def _span(seconds: int) -> str:
    """Say for how long: "12 min", "3 h", "2 days"."""
    if seconds < 2 * 3600:
        return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86_400} days"
