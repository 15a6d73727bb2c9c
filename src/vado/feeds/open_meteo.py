"""Open-Meteo's hourly forecast: parallel arrays at one place, or at several.

In: the JSON of api.open-meteo.com/v1/forecast with `hourly`. Out: one alert a place. Its times have no
offset: they are local by `utc_offset_seconds`, one offset for all of them, so that no hour of a change of
clocks stands twice. Refuses arrays of different length: which value is of which hour would be a guess.
Source: open-meteo.com/en/docs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from vado.feeds.findings import Findings
from vado.feeds.forecast import HOUR_S, HOURS_MAX, Hour, Place, alert_of, number, shipped_thresholds
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert
from vado.model.when import epoch_s

SENDER = "open-meteo.com"
PLACES_MAX = 2_000
HOURS_ALL_MAX = 30_000  # of all places together: a week at 178 of them
OFFSET_MAX_S = 26 * HOUR_S
# Units that a request may ask for, as factors to ours.
_LENGTH = {"mm": 1.0, "cm": 10.0, "inch": 25.4, "in": 25.4}  # to mm
_SPEED = {"m/s": 1.0, "km/h": 1 / 3.6, "mp/h": 0.44704, "mph": 0.44704, "kn": 0.514444}  # to m/s
_RANGE = {"m": 1.0, "km": 1000.0, "ft": 0.3048}  # to m
# Freezing drizzle and freezing rain. Source: Open-Meteo, WMO weather interpretation codes.
_FREEZING = {56: 1.0, 57: 1.0, 66: 2.0, 67: 2.0}
# Sums and maxima are of the hour before their time; all else is of their instant. Source: Open-Meteo, hourly
# parameters, column "valid time".
_BEFORE = ("precipitation", "rain", "showers", "snowfall", "wind_gusts_10m", "windgusts_10m")


def looks(document: Document) -> bool:
    return bool(_places(document.value))


def _places(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    return listed if listed and all(_is_place(each) for each in listed[:PLACES_MAX]) else []


def _is_place(each: Any) -> bool:
    return isinstance(each, dict) and {"latitude", "longitude", "utc_offset_seconds", "hourly"} <= each.keys()


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    places = _places(document.value)
    if len(places) > PLACES_MAX:
        reading.findings.fault("E1002", f"more than {PLACES_MAX} places", "ask for fewer", "")
        return ()
    if sum(_count(each) for each in places) > HOURS_ALL_MAX:
        reading.findings.fault(
            "E1002", f"more than {HOURS_ALL_MAX} hours", "ask for fewer places or days", ""
        )
        return ()
    return salvage(reading, (_record(n, each, reading) for n, each in enumerate(places)))


def _count(place: dict[str, Any]) -> int:
    hourly = place["hourly"]
    times = hourly.get("time") if isinstance(hourly, dict) else None
    return len(times) if isinstance(times, list) else 0


def _record(n: int, each: dict[str, Any], reading: Reading) -> Record:
    where = f"place[{n}]"
    name = f"{each.get('latitude')!s:.12} {each.get('longitude')!s:.12}"
    return Record(
        read=lambda findings: _alert(each, reading, findings, where),
        where=where,
        sender=SENDER,
        identifier=f"forecast {name}",
    )


def _alert(each: dict[str, Any], reading: Reading, findings: Findings, where: str) -> Alert | None:
    lat, lon = number(each["latitude"]), number(each["longitude"])
    offset_s = number(each["utc_offset_seconds"])
    hourly = each["hourly"]
    if lat is None or lon is None or findings.point(lon, lat, where, order="degrees") is None:
        findings.fault("E1104", "the place has no position", "ask again", f"{where}.latitude")
        return None
    if offset_s is None or abs(offset_s) > OFFSET_MAX_S or not isinstance(hourly, dict):
        findings.fault("E1105", "the times have no offset, or there are none", "ask again", f"{where}.hourly")
        return None
    times = _times(hourly.get("time"), int(offset_s), findings, f"{where}.hourly.time")
    if times is None:
        return None
    units = each["hourly_units"] if isinstance(each.get("hourly_units"), dict) else {}
    columns = _columns(hourly, units, len(times), findings, where)
    if columns is None:
        return None
    sent_s = reading.received_s or times[0]
    unread = tuple(sorted(_KNOWN.keys() & hourly.keys() - columns.keys()))
    place = Place(lon=lon, lat=lat, notes=tuple(findings.notes), unread=unread)
    return alert_of(reading, place, _hours(times, columns), sender=SENDER, sent_s=sent_s)


def _times(value: Any, offset_s: int, findings: Findings, where: str) -> list[int] | None:
    """Read times, rising: local ones by the offset, or epoch seconds."""
    if not isinstance(value, list) or not 0 < len(value) <= HOURS_MAX:
        findings.fault("E1105", "there are no times, or too many", f"ask for 1 to {HOURS_MAX} hours", where)
        return None
    found: list[int] = []
    for each in value:
        instant = _instant(each, offset_s)
        if instant is None or (found and instant <= found[-1]):
            findings.fault("E1105", f"{str(each)[:40]!r} is no time after the one before", "ask again", where)
            return None
        found.append(instant)
    return found


def _instant(value: Any, offset_s: int) -> int | None:
    seconds = number(value)
    if seconds is not None:
        return int(seconds) if abs(seconds) < 2**38 else None  # unixtime is UTC whatever the offset
    try:
        naive = datetime.fromisoformat(value) if isinstance(value, str) else None
        if naive is None or naive.tzinfo is not None:
            return None if naive is None else epoch_s(naive)
        return epoch_s(naive.replace(tzinfo=UTC) - timedelta(seconds=offset_s))
    except (ValueError, OverflowError):
        return None


def _columns(
    hourly: dict[str, Any], units: dict[str, Any], count: int, findings: Findings, where: str
) -> dict[str, list[float | None]] | None:
    """Read the columns that matter, in our units; a unit that is not known leaves out its column."""
    found: dict[str, list[float | None]] = {}
    for name, values in hourly.items():
        factor = _factor(name, units.get(name))
        if factor is None:
            if name in _KNOWN:
                findings.note(f"{where}.hourly_units.{name}", f"{str(units.get(name))[:20]!r} is not known")
            continue
        if not isinstance(values, list) or len(values) != count:
            cause = f"{name} has not one value an hour"
            findings.fault("E1004", cause, "ask again", f"{where}.hourly.{name}")
            return None
        scale, shift = factor
        found[name] = [None if (v := number(each)) is None else v * scale + shift for each in values]
        gaps = found[name].count(None)
        if gaps:
            findings.note(f"{where}.hourly.{name}", f"{gaps} hours have no value: not known")
    if not found:
        names = ", ".join(sorted(_KNOWN))
        findings.fault("E1003", "there is nothing in it that is read", f"ask for some of {names}", where)
        return None
    return found


_KNOWN = {
    **dict.fromkeys(("precipitation", "rain", "showers", "snowfall"), _LENGTH),
    **dict.fromkeys(("wind_gusts_10m", "windgusts_10m", "wind_speed_10m", "windspeed_10m"), _SPEED),
    "visibility": _RANGE,
    "temperature_2m": {},
    "weather_code": {},
    "weathercode": {},
    "precipitation_probability": {},
}


def _factor(name: str, unit: Any) -> tuple[float, float] | None:
    if name not in _KNOWN:
        return None
    if name == "temperature_2m":
        fahrenheit = isinstance(unit, str) and "F" in unit
        return (5 / 9, -160 / 9) if fahrenheit else (1.0, 0.0)
    table = _KNOWN[name]
    if not table:
        return (1.0, 0.0)
    scale = table.get(unit) if isinstance(unit, str) else None
    return None if scale is None else (scale, 0.0)


def _hours(times: list[int], columns: dict[str, list[float | None]]) -> list[Hour]:
    step_s = min([b - a for a, b in pairwise(times)], default=HOUR_S)
    per_hour = HOUR_S / step_s
    found: list[Hour] = []
    for n, time_s in enumerate(times):
        row = {name: value for name, values in columns.items() if (value := values[n]) is not None}
        before = {name: value for name, value in row.items() if name in _BEFORE}
        now = {name: value for name, value in row.items() if name not in _BEFORE}
        percent = row.get("precipitation_probability")
        found.append(
            Hour(start_s=time_s - step_s, end_s=time_s, values=_fallen(before, per_hour), percent=percent)
        )
        found.append(
            Hour(start_s=time_s, end_s=time_s + step_s, values=_weather(now, gusts="gusts" in str(row)))
        )
    return [hour for hour in found if hour.values]


def _fallen(row: dict[str, float], per_hour: float) -> dict[str, float]:
    """Give rates of what falls: all rain, and snow as it lies, centimetres."""
    values: dict[str, float] = {}
    wet = [row[name] for name in ("precipitation", "rain", "showers") if name in row]
    if wet:
        rain = row.get("rain", 0.0) + row.get("showers", 0.0)
        values["rain_mm_h"] = max(row.get("precipitation", 0.0), rain) * per_hour
    if "snowfall" in row:
        values["snow_cm_h"] = row["snowfall"] / 10 * per_hour
        # Precipitation counts snow as water: what falls white is no rain. Source: Open-Meteo, 7 cm are 10 mm.
        if "rain_mm_h" in values and "rain" not in row:
            values["rain_mm_h"] = max(0.0, values["rain_mm_h"] - values["snow_cm_h"] / 0.7)
    gusts = [row[name] for name in ("wind_gusts_10m", "windgusts_10m") if name in row]
    if gusts:
        values["gust_m_s"] = max(gusts)
    return values


def _weather(row: dict[str, float], *, gusts: bool) -> dict[str, float]:
    values: dict[str, float] = {}
    wind = [row[name] for name in ("wind_speed_10m", "windspeed_10m") if name in row]
    if wind and not gusts:
        values["gust_m_s"] = max(wind) * shipped_thresholds().gust_factor
    if "temperature_2m" in row:
        values["temperature_c"] = row["temperature_2m"]
    if "visibility" in row:
        values["visibility_m"] = row["visibility"]
    code = row.get("weather_code", row.get("weathercode"))
    if code is not None and int(code) in _FREEZING:
        values["freezing"] = _FREEZING[int(code)]
    return values


FORMAT = Format(name="Open-Meteo forecast", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
