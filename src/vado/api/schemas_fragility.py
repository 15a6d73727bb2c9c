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


class FragileRoadOut(Out):
    """Stretches of one road, each of which isolates these towns when it alone is shut."""

    road: str
    kind: str = Field(examples=["bridge", "tunnel", "ford", "pass", "road"])
    ways: list[int] = Field(description="Numbers of OSM ways.")
    length_m: int
    towns: list[str]
    population: int
    jobs: list[str] = Field(description="Still to be done.")
    warnings: list[WarningOut]


class RoadOut(Out):
    road: str
    kind: str


class FragilePairOut(Out):
    roads: list[RoadOut]
    towns: list[str]
    population: int
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
