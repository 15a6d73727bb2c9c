"""The shapes of what the API says of feeds, and of reading again what was set aside."""

from __future__ import annotations

from pydantic import Field

from vado.api.schemas import Out


class FeedOut(Out):
    source: str
    state: str = Field(description="ok, failing, stale, silent or never heard.", examples=["ok"])
    text: str = Field(description="What is wrong, for people; empty when all is well.")
    degraded: bool = Field(description="The region is less well known for it: nothing is surely open.")
    declared: bool = Field(description="It stands in the settings.")
    polled: bool = Field(description="We ask it; else it sends.")
    covers: str | list[float] = Field(description="`region`, or west, south, east, north.")
    covers_region: bool = Field(description="That meets the region.")
    mirrors: str | None = Field(description="The source that it repeats.")
    fresh_s: int | None = Field(description="Heard longer ago than that it is missed; null: it may be quiet.")
    heard: str | None = Field(description="When it last sent or answered as it should, with news or without.")
    age_s: int | None = Field(description="Seconds since then, on the world's clock.")
    alerts: int = Field(description="Alerts of it that are in force or to come.")
    last_sent: str | None = Field(description="The newest message of it that we know of.")
    format: str = Field(description="Of its newest document; empty before one was understood.")
    full: bool = Field(description="Its documents are all that holds: what they lack has ended.")
    last_read: str | None = Field(description="When a document of it was last understood.")
    published: str | None = Field(description="When the newest of them was published.")
    last_failed: str | None = Field(description="When it last did not answer, or could not be read.")
    failures: int = Field(description="How often since it last was well.")
    last_cause: str = Field(description="Why the poller's last attempt failed; empty when it did not.")
    subscribed_until: str | None = Field(description="Until when a hub tells us of news.")
    rejects: dict[str, int] = Field(description="What could not be read, by the code of the error.")
    faults: list[str] = Field(description="What could not be read lately. Silence is not 'all clear'.")
    quarantined: int = Field(description="Messages set aside since ever.")


class WokenOut(Out):
    asked: bool


class ReplayIn(Out):
    source: str = Field("", max_length=64, description="Only messages of this source.")
    seq: int | None = Field(None, ge=1, le=2**53, description="Only this row of the inbox.")
    dry_run: bool = Field(False, description="Say what would be read, and take nothing in.")


class ReplayRow(Out):
    seq: int = Field(description="The row that was set aside.")
    source: str
    received: str
    cause: str = Field(description="Why it was set aside.")
    readable: bool
    still: str = Field(description="Why it still cannot be read.")
    alerts: int
    new_seq: int | None = Field(description="The row that it is taken in by.")


class ReplayOut(Out):
    rows: list[ReplayRow]


class FeedsOut(Out):
    version: int
    feeds: list[FeedOut]
    quarantined: int
