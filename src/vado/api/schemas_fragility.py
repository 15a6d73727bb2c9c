"""Shapes of what `GET /v1/fragility` answers, for its OpenAPI description."""

from __future__ import annotations

from pydantic import Field

from vado.api.schemas import Json, LonLat, Out


class WarningOut(Out):
    hazard: str
    alert: str  # as its sender calls it
    sender: str
    kind: str
    headline: str
    from_: str | None = Field(alias="from")
    until: str | None = Field(description="null: no end is known.")


class FragilePieceOut(Out):
    """Stretches of one road, each of which isolates these towns when it alone is shut."""

    road: str
    kind: str = Field(examples=["bridge", "tunnel", "ford", "pass", "road"])
    edges: list[int] = Field(description="One for each stretch, numbers of the region.")
    ways: list[int] = Field(description="Numbers of OSM ways.")
    length_m: int
    towns: list[str]
    population: int | None = Field(description="As far as mapped; null where no town's is.")
    towns_unmapped: int = Field(description="Towns whose population nobody has mapped.")
    jobs: list[str] = Field(description="Still to be done.")
    warnings: list[WarningOut]


class FragileRoadOut(Out):
    """A road by ref or name with all stretches that isolate somebody: each its own towns, here are all."""

    road: str
    kind: str = Field(description="The most special of its pieces.")
    from_: str = Field(alias="from", description="The town nearest to one end of its pieces.")
    to: str
    segments: int = Field(description="Stretches in all pieces.")
    ways: list[int] = Field(description="Numbers of OSM ways.")
    length_m: int
    towns: list[str]
    population: int | None = Field(description="As far as mapped; null where no town's is.")
    towns_unmapped: int
    jobs: list[str] = Field(description="Still to be done.")
    warnings: list[WarningOut]
    pieces: list[FragilePieceOut]


class RoadOut(Out):
    road: str
    kind: str


class FragilePairOut(Out):
    roads: list[RoadOut]
    towns: list[str]
    population: int | None
    towns_unmapped: int
    heart: bool = Field(description="It cuts off more than half of all towns: rather the heart itself.")


class LastWayOut(Out):
    town: str
    road: str
    kind: str
    always: bool = Field(description="Also while nothing is shut.")
    ways: list[int]
    warnings: list[WarningOut]
    text: str = Field(examples=["one bridge left to Arinsal: CG-4; flood warning from 15:00"])


class FragilityOut(Out):
    version: int
    at: str
    profile: str
    region: str
    region_hash: str
    attribution: str
    from_: list[LonLat] = Field(alias="from", description="The heart of the network: isolated from there.")
    roads: list[FragileRoadOut] = Field(description="With a warning first, then with most people.")
    roads_beyond: int = Field(description="How many more there are than `limit`; of pairs and last ways too.")
    pairs: list[FragilePairOut]
    pairs_beyond: int
    pairs_known: bool = Field(description="Pairs are found by `vado region fragility`, not here.")
    pairs_left_out: int
    segments_untried: int
    last: list[LastWayOut] = Field(
        description="Towns whose last way has a warning, or is the last by hazards."
    )
    last_beyond: int
    isolated_now: list[str]
    isolated_always: list[str]
    unknown: list[Json] = Field(description="Hazards that nobody can place or read.")
    notes: list[str]
