"""The shapes of what the API says of who can be reached: places, cuts, changes, what if."""

from __future__ import annotations

from pydantic import Field

from vado.api.schemas import Out


class ToldByOut(Out):
    hazard: str
    alert: str
    sender: str
    source: str


class CutOut(Out):
    hazard: str
    alert: str  # as its sender calls it
    sender: str
    road: str
    kind: str
    headline: str
    also: list[ToldByOut] = Field(
        default=[], description="Others that tell of the same event: it counts once, and is lifted whole."
    )
    confidence: float | None = Field(
        default=None, description="How sure the event still is as told; null where nobody judged it."
    )
    doubt: str = Field(default="", description="Why it is doubtful, for people; empty when it is not.")


class OpenOut(Out):
    from_: str | None = Field(alias="from")
    until: str | None = Field(description="null: open as far as anybody knows.")


class LastRoadOut(Out):
    """The one road left now, where hazards have shut the others."""

    in_: str | None = Field(alias="in")
    out: str | None


class PlaceOut(Out):
    name: str
    lon: float
    lat: float
    snap_m: int = Field(description="Metres from the town to the road point that stands for it.")
    profile: str = Field(description="The way of travelling, with equipment: van+chains.")
    reachable: bool
    leavable: bool
    until: str | None = Field(description="When it stops being so.")
    again: str | None = Field(description="When it is so again, as far as is known.")
    in_: list[OpenOut] = Field(alias="in", description="The times in which a way in is open.")
    out: list[OpenOut] = Field(description="The times in which a way out is open.")
    last_road: LastRoadOut
    unknown: bool = Field(
        description="A hazard that nobody can place or read may be here: now or later, or at `at`."
    )
    unknown_why: list[str] = Field(default=[], description="Why it is not surely open, in words.")
    state: str = Field(description="open, closed or unknown: for who sets out now, or at `at`.")
    cut: list[CutOut]
    cut_proven: bool = Field(description="No fewer hazards would do; false where the search did not end.")
    cut_from: str = Field(description="The town near which those are that `cut` is told for.")


class ToldOut(Out):
    name: str
    text: str = Field(examples=["cut off from 16:40, for trucks from 15:10; in but not out after 16:05"])


class ReachOut(Out):
    version: int
    at: str
    attribution: str
    places: list[PlaceOut]
    unheard: list[str] = Field(
        description="Feeds that are missed, and why: no town is surely open then, and `unknown` is true."
    )
    told: list[ToldOut] = Field(description="A sentence for each town that is not open all the while.")


class ReachChangeOut(Out):
    name: str
    lon: float
    lat: float
    profile: str
    was: str = Field(examples=["open"])
    now: str = Field(examples=["cut off", "no way back", "no way in", "open"])
    from_: str | None = Field(alias="from")
    until: str | None
    cut: list[CutOut] = Field(description="The hazards it is by: that shut the town, or did and are lifted.")
    cut_proven: bool = Field(default=True, description="Whether it is proven that no fewer hazards would do.")
    cut_from: str = Field(default="", description="The town near which those are that `cut` is told for.")
    text: str
    version: int | None = Field(default=None, description="The decision it is sealed in.")


class ReachChangesOut(Out):
    since: int
    version: int = Field(description="Ask with this one the next time.")
    more: bool = Field(description="There are later decisions still: ask again at once.")
    changes: list[ReachChangeOut]


class WhatIfTownsOut(Out):
    names: list[str]
    better: bool = Field(description="Nothing gets worse for anybody.")
    text: str = Field(description="How they would stand.", examples=["cut off now; open again from 18:00"])
    was: str = Field(description="How they stand.", examples=["open"])


class ShutOut(Out):
    label: str = Field(description="As the asker called it.")
    road: str = Field(description="As signposts do.")
    lines: list[list[float]] = Field(description="Flat lon, lat, thinned for a screen.")


class WhatIfOut(Out):
    version: int
    at: str
    attribution: str
    reopened: list[str] = Field(description="Hazards that were taken as lifted.")
    closed: list[str] = Field(description="Roads that were taken as shut, as they were called.")
    shut: list[ShutOut] = Field(description="Where these are.")
    towns: list[WhatIfTownsOut] = Field(description="What changes, in short: the worst first.")
    changes: list[ReachChangeOut]
    places: list[PlaceOut]
