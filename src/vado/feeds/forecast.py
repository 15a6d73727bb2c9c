"""Forecasts: hourly values at a place to hazards, by the thresholds of data/forecast.toml.

In: a series of hours in units of ours. Out: an alert for the place, whose infos are the spells in which a
threshold is reached. Refuses to be a warning: the severity is ours, its certainty Likely or Possible, never
Observed, and the alert says both. A newer forecast for the same place replaces the older one, whatever it
says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Any

from vado.errors import BugError
from vado.feeds.format import Reading
from vado.feeds.tables import shipped
from vado.model.alert import Alert, Area, Circle, Info
from vado.model.when import rfc3339

HOUR_S = 3_600
HOURS_MAX = 24 * 40  # of one forecast
DAY_H = 24
_ORDER = ("Minor", "Moderate", "Severe", "Extreme")
VARIABLES = (
    "rain_mm_h", "snow_cm_h", "snow_24h_cm", "gust_m_s", "temperature_c", "visibility_m", "freezing",
    "fog_percent",
)  # fmt: skip
# Beyond this a value is a slip, and nobody should drive by it: the records of the Earth, rounded up.
# Source: WMO, Weather and Climate Extremes Archive (305 mm of rain in an hour, 113.3 m/s, -89.2 C).
_SANE = {
    "rain_mm_h": (0.0, 310.0),
    "snow_cm_h": (0.0, 50.0),
    "gust_m_s": (0.0, 120.0),
    "temperature_c": (-90.0, 60.0),
    "visibility_m": (0.0, 500_000.0),
    "freezing": (0.0, 2.0),
    "fog_percent": (0.0, 100.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    variable: str
    kind: str
    severity: str
    at: float
    falling: bool  # reached from above: visibility, cold
    why: str
    source: str

    def reached(self, value: float) -> bool:
        return value <= self.at if self.falling else value >= self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    rows: tuple[Threshold, ...]
    radius_m: float
    likely_hours: int
    likely_percent: float
    gust_factor: float
    burst_share: float
    snow_cm_per_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What is forecast for a span of time; a variable that is missing is not known."""

    start_s: int
    end_s: int
    values: Mapping[str, float]
    percent: float | None = None  # probability of rain or snow


@dataclass(slots=True)
class _Spell:
    start_s: int
    end_s: int
    worst: float
    threshold: Threshold
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    lon: float
    lat: float
    name: str = ""
    notes: tuple[str, ...] = field(default=())
    unread: tuple[
        str, ...
    ] = ()  # what of the forecast could not be read; hours without a value are none of it


@cache
def shipped_thresholds() -> Thresholds:
    return parse_thresholds(shipped("forecast.toml"))


def parse_thresholds(data: Mapping[str, Any]) -> Thresholds:
    """Read the table; raises BugError on a row without a source, or for a variable that nobody reads."""
    rows = []
    for n, row in enumerate(data["threshold"]):
        falling = "to" in row
        if row["variable"] not in VARIABLES or row["severity"] not in _ORDER or falling == ("from" in row):
            raise BugError(f"forecast.toml, threshold {n}: no such variable or severity, or no from or to")
        if row["source"] not in data["sources"] or not row["why"]:
            raise BugError(f"forecast.toml, threshold {n}: it has no source, or does not say why")
        rows.append(
            Threshold(
                variable=row["variable"],
                kind=row["kind"],
                severity=row["severity"],
                at=float(row["to"] if falling else row["from"]),
                falling=falling,
                why=row["why"],
                source=data["sources"][row["source"]],
            )
        )
    return Thresholds(
        rows=tuple(rows),
        radius_m=float(data["cell"]["radius_m"]),
        likely_hours=int(data["likely"]["hours"]),
        likely_percent=float(data["likely"]["probability"]),
        gust_factor=float(data["gust"]["factor"]),
        burst_share=float(data["burst"]["share"]),
        snow_cm_per_mm=float(data["snow"]["cm_per_mm"]),
    )


def number(value: Any) -> float | None:
    """Give a finite number of JSON; None for anything else, also for whole numbers that no float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return float(value) if isfinite(value) else None


def alert_of(reading: Reading, place: Place, hours: Sequence[Hour], *, sender: str, sent_s: int) -> Alert:
    """Make the alert of one forecast for one place; none of its hours reaching a threshold is an answer."""
    table = shipped_thresholds()
    notes, unread = [*place.notes], [*place.unread]
    sane, strange = _plausible(sorted(hours, key=lambda hour: hour.start_s)[:HOURS_MAX])
    if strange:
        notes.append(f"values that the Earth has not seen were left out: {', '.join(strange)}")
        unread.append("values")
    spells = _spells(_with_day(sane), table, sent_s=sent_s)
    area = Area(
        description=place.name or f"{place.lat:.4f}, {place.lon:.4f}",
        circles=(Circle(lon=place.lon, lat=place.lat, radius_m=table.radius_m),),
    )
    if spells:
        notes.append("a forecast, no warning: its severity is ours")
    return reading.alert(
        sender=sender,
        identifier=f"forecast {place.lat:.4f} {place.lon:.4f}",
        sent_s=sent_s,
        event=f"forecast {place.lat:.4f} {place.lon:.4f}",
        infos=tuple(_info(spell, area) for spell in spells),
        unread=unread,
        notes=tuple(notes),
    )


def _plausible(hours: Sequence[Hour]) -> tuple[list[Hour], list[str]]:
    """Leave out values that cannot be; say which."""
    found: list[Hour] = []
    strange: list[str] = []
    for hour in hours:
        kept = {}
        for name, value in hour.values.items():
            low, high = _SANE[name]
            if low <= value <= high:
                kept[name] = value
            elif len(strange) < 5:
                strange.append(f"{name} {value:g} at {rfc3339(hour.start_s)}")
        found.append(Hour(start_s=hour.start_s, end_s=hour.end_s, values=kept, percent=hour.percent))
    return found, strange


def _with_day(hours: Sequence[Hour]) -> list[Hour]:
    """Add what has fallen in the 24 hours up to the end of each: it lies on the road."""
    found: list[Hour] = []
    first, fallen = 0, 0.0
    for hour in hours:
        fallen += _snow(hour)
        while hours[first].start_s < hour.end_s - DAY_H * HOUR_S:
            fallen -= _snow(hours[first])
            first += 1
        values = dict(hour.values)
        if "snow_cm_h" in values:
            values["snow_24h_cm"] = round(max(0.0, fallen), 3)
        found.append(Hour(start_s=hour.start_s, end_s=hour.end_s, values=values, percent=hour.percent))
    return found


def _snow(hour: Hour) -> float:
    return hour.values.get("snow_cm_h", 0.0) * (hour.end_s - hour.start_s) / HOUR_S


def _spells(hours: Sequence[Hour], table: Thresholds, *, sent_s: int) -> list[_Spell]:
    """Find for each kind the spells of one severity and certainty, hours that touch put together."""
    spells: list[_Spell] = []
    running: dict[str, _Spell] = {}
    for hour in hours:
        worst: dict[str, tuple[Threshold, float]] = {}
        for row in table.rows:
            value = hour.values.get(row.variable)
            if value is None or not row.reached(value):
                continue
            if row.kind not in worst or _rank(row) > _rank(worst[row.kind][0]):
                worst[row.kind] = row, value
        for kind, (row, value) in worst.items():
            certainty = _certainty(hour, kind, table, sent_s=sent_s)
            last = running.get(kind)
            if (
                last is not None
                and hour.start_s <= last.end_s
                and (last.threshold.severity, last.certainty) == (row.severity, certainty)
            ):
                last.end_s = max(last.end_s, hour.end_s)
                last.worst = min(last.worst, value) if row.falling else max(last.worst, value)
                continue
            running[kind] = _Spell(hour.start_s, hour.end_s, value, row, certainty)
            spells.append(running[kind])
    return spells


def _rank(row: Threshold) -> int:
    return _ORDER.index(row.severity)


def _certainty(hour: Hour, kind: str, table: Thresholds, *, sent_s: int) -> str:
    if kind in ("rain", "snow") and hour.percent is not None:
        return "Likely" if hour.percent >= table.likely_percent else "Possible"
    return "Likely" if hour.start_s <= sent_s + table.likely_hours * HOUR_S else "Possible"


def _info(spell: _Spell, area: Area) -> Info:
    row = spell.threshold
    return Info(
        event=f"{row.kind} forecast",
        kind=row.kind,
        category="Met",
        urgency="Future",
        severity=row.severity,
        certainty=spell.certainty,
        onset_s=spell.start_s,
        expires_s=spell.end_s,
        headline=f"{row.kind} forecast: {row.variable} {spell.worst:g}",
        description=f"{row.why} ({row.source})",
        parameters=(("severity", "inferred by Vado, data/forecast.toml"), (row.variable, f"{spell.worst:g}")),
        areas=(area,),
    )
