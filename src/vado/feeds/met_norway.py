"""MET Norway's locationforecast 2.0: a GeoJSON point with a time series.

In: the JSON of api.met.no/weatherapi/locationforecast/2.0, compact or complete, bare or as `data` of a
recorded answer. Out: one alert for the place. Refuses to read units that are not the documented ones.
Source: api.met.no/doc/locationforecast/datamodel.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.findings import Findings
from vado.feeds.forecast import HOUR_S, HOURS_MAX, Hour, Place, alert_of, number, shipped_thresholds
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.model.alert import Alert

SENDER = "api.met.no"
# What the numbers are in. Source: api.met.no, datamodel; another unit is another number.
_UNITS = {
    "precipitation_amount": "mm",
    "wind_speed": "m/s",
    "wind_speed_of_gust": "m/s",
    "air_temperature": "celsius",
    "fog_area_fraction": "%",
    "probability_of_precipitation": "%",
}
_PERIODS = (("next_1_hours", 1), ("next_6_hours", 6), ("next_12_hours", 12))
# Below this what falls is snow where no symbol says what. Source: half of precipitation is snow at about
# 1 C, Jennings et al., Nature Communications 9, 2018, 1148.
_SNOW_C = 1.0


def looks(document: Document) -> bool:
    feature = _feature(document)
    properties = feature.get("properties") if feature is not None else None
    return isinstance(properties, dict) and "timeseries" in properties


def _feature(document: Document) -> dict[str, Any] | None:
    for value in (document.value, document.member("data")):
        if isinstance(value, dict) and value.get("type") == "Feature":
            return value
    return None


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    feature, findings = _feature(document) or {}, reading.findings
    properties = feature["properties"]
    geometry = feature.get("geometry")
    at = geometry.get("coordinates") if isinstance(geometry, dict) else None
    lon, lat = (number(each) for each in at[:2]) if isinstance(at, list) and len(at) >= 2 else (None, None)
    if lon is None or lat is None or findings.point(lon, lat, "geometry", order="lon, lat") is None:
        findings.fault("E1104", "the forecast has no place", "ask again", "geometry")
        return ()
    meta = properties.get("meta")
    units = meta.get("units") if isinstance(meta, dict) else None
    strange = _strange(units if isinstance(units, dict) else {}, findings)
    series = properties["timeseries"]
    if not isinstance(series, list) or not 0 < len(series) <= HOURS_MAX:
        findings.fault("E1105", "there are no hours, or too many", "ask again", "properties.timeseries")
        return ()
    hours = _hours(series, findings, strange)
    if not hours:
        findings.fault("E1003", "no hour has anything that is read", "ask again", "properties.timeseries")
        return ()
    updated = meta.get("updated_at") if isinstance(meta, dict) else None
    sent_s = Findings().instant(updated, "") if isinstance(updated, str) else None
    if sent_s is None:
        sent_s = reading.received_s or hours[0].start_s
    sent_s = findings.sent(sent_s, "properties.meta.updated_at", received_s=reading.received_s)
    unread = [*strange]
    if bad := [n for n, each in enumerate(series) if not _is_hour(each)]:
        unread.append("timeseries")
        findings.note(f"properties.timeseries[{bad[0]}]", f"{len(bad)} hours are not as they should be")
    place = Place(lon=lon, lat=lat, notes=tuple(findings.notes), unread=tuple(unread))
    return (alert_of(reading, place, hours, sender=SENDER, sent_s=sent_s),)


def _strange(units: dict[str, Any], findings: Findings) -> frozenset[str]:
    """Name what is not in the unit that it should be in."""
    found = {name for name, unit in _UNITS.items() if name in units and units[name] != unit}
    for name in sorted(found):
        findings.note(f"properties.meta.units.{name}", f"is {str(units[name])[:20]!r}; not read")
    return frozenset(found)


def _hours(series: list[Any], findings: Findings, strange: frozenset[str]) -> list[Hour]:
    starts = [_start(each) for each in series]
    if None in starts:
        findings.note("properties.timeseries", "some hours have no time; left out")
    known = [(start, each) for start, each in zip(starts, series, strict=True) if start is not None]
    known.sort(key=lambda pair: pair[0])
    found: list[Hour] = []
    for n, (start_s, each) in enumerate(known):
        data = each.get("data")
        if not isinstance(data, dict):
            continue
        gap_s = known[n + 1][0] - start_s if n + 1 < len(known) else 0
        # An instant counts until the next one: six hours in the second week.
        end_s = start_s + (gap_s if HOUR_S <= gap_s <= 12 * HOUR_S else HOUR_S)
        instant = {k: v for k, v in _details(data.get("instant")).items() if k not in strange}
        values = _weather(instant)
        falls = _falls(data, instant, start_s, strange)
        if falls is not None and falls.end_s == end_s:
            values.update(falls.values)
            found.append(Hour(start_s=start_s, end_s=end_s, values=values, percent=falls.percent))
            continue
        found += [hour for hour in (falls,) if hour is not None]
        found.append(Hour(start_s=start_s, end_s=end_s, values=values))
    return [hour for hour in found if hour.values]


def _is_hour(each: Any) -> bool:
    """Tell whether an hour has its parts, and each part what it should have."""
    data = each.get("data") if isinstance(each, dict) else None
    if not isinstance(data, dict) or "instant" not in data or _start(each) is None:
        return False
    for name in ("instant", *(period for period, _ in _PERIODS if period in data)):
        details = data[name].get("details") if isinstance(data[name], dict) else None
        if not isinstance(details, dict) or any(number(value) is None for value in details.values()):
            return False
    return True


def _start(each: Any) -> int | None:
    said = each.get("time") if isinstance(each, dict) else None
    return Findings().instant(said, "") if isinstance(said, str) else None


def _details(part: Any) -> dict[str, float]:
    details = part.get("details") if isinstance(part, dict) else None
    if not isinstance(details, dict):
        return {}
    return {name: found for name, value in details.items() if (found := number(value)) is not None}


def _weather(instant: dict[str, float]) -> dict[str, float]:
    values: dict[str, float] = {}
    if "wind_speed_of_gust" in instant:
        values["gust_m_s"] = instant["wind_speed_of_gust"]
    elif "wind_speed" in instant:
        values["gust_m_s"] = instant["wind_speed"] * shipped_thresholds().gust_factor
    if "air_temperature" in instant:
        values["temperature_c"] = instant["air_temperature"]
    if "fog_area_fraction" in instant:
        values["fog_percent"] = instant["fog_area_fraction"]
    return values


def _falls(
    data: dict[str, Any], instant: dict[str, float], start_s: int, strange: frozenset[str]
) -> Hour | None:
    """Read what falls in the shortest period that says it; of several hours it falls in a part of them."""
    table = shipped_thresholds()
    for name, hours in _PERIODS:
        part = data.get(name)
        details = {k: v for k, v in _details(part).items() if k not in strange}
        amount = details.get("precipitation_amount")
        if amount is None:
            continue
        spread = hours if hours == 1 else hours * table.burst_share
        rate = max(0.0, amount) / spread
        summary = part.get("summary") if isinstance(part, dict) else None
        symbol = summary.get("symbol_code") if isinstance(summary, dict) else None
        words = symbol if isinstance(symbol, str) else ""
        cold = instant.get("air_temperature", 99.0) <= _SNOW_C
        white = "snow" in words or "sleet" in words or (cold and "rain" not in words)
        values = {"rain_mm_h": rate}
        if white:
            # Sleet is both: as much rain, and as much snow.
            values = {"snow_cm_h": max(0.0, amount) / hours * table.snow_cm_per_mm}
            if "sleet" in words:
                values["rain_mm_h"] = rate
        elif rate > 0 and instant.get("air_temperature", 99.0) < 0:
            values["freezing"] = 2.0
        return Hour(
            start_s=start_s,
            end_s=start_s + hours * HOUR_S,
            values=values,
            percent=details.get("probability_of_precipitation"),
        )
    return None


FORMAT = Format(name="MET Norway forecast", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
