"""Feeds as an operator declares them, and what was last heard of them without any news.

A document that says the same as before is no news, and no decision is sealed for it; yet it is what tells a
quiet feed from a dead one. That is what `Contact` keeps, beside the world.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source as it is declared."""

    source: str
    url: str = ""  # "": it sends, nobody asks it
    every_s: int = 300
    lifecycle: str = ""  # as in feeds.Lifecycle; "": as is usual with the format
    fresh_s: int | None = None  # heard longer ago than that, it is silent or stale; None: it may be quiet
    covers: Box | None = None  # None: the whole region
    mirrors: str = ""  # the source it repeats: what both say is said once
    follow: bool = False  # its documents name others, which are fetched
    follow_hosts: tuple[str, ...] = ()  # other hosts that they may be on
    bytes_max: int = 10_000_000
    hub: str = ""  # a WebSub hub that tells when `topic` has changed
    topic: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    hub_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What one who speaks with a source keeps between two attempts; `channel` is who: "poll" or "push"."""

    source: str
    channel: str
    # On the world's clock.
    heard_s: int = 0  # when the source last answered as it should, with news or without
    failed_s: int = 0  # when it last did not
    failures: int = 0  # since then
    cause: str = ""  # of the last of these
    told_s: int = 0  # when the world was told so; 0: it knows nothing of a failure
    # On the real clock.
    tried_s: int = 0
    next_s: int = 0  # not before that
    woken_s: int = 0  # when somebody said that there is news
    # What the next request says, so that what is known is not sent again.
    url: str = ""
    etag: str = ""
    modified: str = ""
    body_hash: str = ""  # of the newest document that went into the inbox
    sent_s: int = 0  # when it did, on the world's clock
    again: bool = False  # it went in a second time, to confirm it
    seen: tuple[str, ...] = ()  # documents named by the newest one that went in
    # WebSub and SNS.
    asked_s: int = 0  # when a subscription was last asked for, real clock
    lease_s: int = 0  # until when it runs, real clock
    confirm_url: str = ""  # where a subscription is to be confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of a row that was set aside."""

    seq: int
    source: str
    received_s: int
    cause: str  # why it was set aside
    still: str = ""  # why it still cannot be read; "": it can
    alerts: int = 0
    new_seq: int | None = None  # of the row that it is taken in by; None: not yet
