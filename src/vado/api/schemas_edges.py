"""The shapes of what the API says of single roads."""

from __future__ import annotations

from pydantic import Field

from vado.api.schemas import LonLat, Out


class EdgeByOut(Out):
    hazard: str
    alert: str = Field(description="As its sender calls it.")
    sender: str
    source: str
    kind: str
    headline: str
    from_: str | None = Field(alias="from")
    until: str | None
    told: str | None = Field(description="When its source last told of it.")
    confidence: float | None = Field(description="0 to 1; it fades without a word, and is renewed by one.")
    doubt: str = Field(description="Why it is doubtful, for people; empty when it is not.")


class EdgeCoverOut(Out):
    source: str
    heard: str | None
    age_s: int


class EdgeOut(Out):
    profile: str = Field(description="The way of travelling, with equipment: van+chains.")
    edge: int
    way: int = Field(description="Of OpenStreetMap.")
    road: str
    from_: LonLat = Field(alias="from", description="It leads from here ...")
    to: LonLat = Field(description="... to here, in driving direction.")
    length_m: int
    state: str = Field(description="open, closed or unknown.", examples=["closed"])
    speed_factor: float = Field(description="Of the usual speed; 0 when closed.")
    since: str | None = Field(
        description="Closed or slow: when the first hazard began that does it. Open: when the last one ended."
    )
    until: str | None = Field(description="When the hazards end that bind it now; null: not known, or none.")
    as_of: str | None = Field(description="When that was last told; open: when somebody was last heard.")
    age_s: int | None = Field(description="Seconds since then.")
    confidence: float | None = Field(description="Of the surest hazard that binds it; null where none does.")
    events: int = Field(description="How many events bind it; what several tell of is one.")
    by: list[EdgeByOut] = Field(description="The hazards that shut it, else those that slow it.")
    why: list[str] = Field(description="Why it is not surely open.")
    covered_by: list[EdgeCoverOut] = Field(description="Sources that are well and speak for it.")


class EdgesOut(Out):
    version: int
    at: str
    attribution: str
    count: int = Field(description="Edges found; `edges` holds at most 2000 for each way of travelling.")
    edges: list[EdgeOut]
