"""USGS water services: instantaneous values of river gauges, as WaterML JSON and as RDB text.

In: the answer of waterservices.usgs.gov/nwis/iv with format=json or rdb. Out: one alert for each series of
gage height or discharge. Refuses what is no number (Ice, Eqp, ***), and the value that stands for none.
Source: waterservices.usgs.gov/docs/instantaneous-values; help.waterdata.usgs.gov/tz for the zones of RDB.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vado.feeds import gauges
from vado.feeds.findings import Findings
from vado.feeds.forecast import number
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.model.alert import Alert

SENDER = "waterservices.usgs.gov"
SCHEME = "USGS site"
SERIES_MAX = 20_000
FOOT_M = 0.3048
# Parameter codes of USGS: gage height in feet, discharge in cubic feet a second; the metric twins.
_PARAMETERS = {
    "00065": ("level", FOOT_M),
    "00060": ("flow", FOOT_M**3),
    "30209": ("flow", 1.0),
    "30207": ("level", 1.0),
}
_NONE = -999_999.0  # noDataValue where the series does not say another
# Hours from UTC of the codes in tz_cd. Source: help.waterdata.usgs.gov/tz.
_ZONES = {
    "UTC": 0, "GMT": 0, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "HDT": -9, "SST": -11, "GST": 10,
    "ChST": 10,
}  # fmt: skip
_RDB_HEAD = ("agency_cd", "site_no", "datetime")


def looks(document: Document) -> bool:
    if document.text is not None:
        return any(_is_head(line) for line in document.text[:200_000].splitlines()[:2_000])
    return isinstance(_listed(document), list)


def _listed(document: Document) -> Any:
    value = document.member("value")
    return value.get("timeSeries") if isinstance(value, dict) else None


def _is_head(line: str) -> bool:
    names = line.split("\t")
    return all(name in names for name in _RDB_HEAD)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    found = list(_rdb(document.text) if document.text is not None else _json(_listed(document)))
    if len(found) > SERIES_MAX:
        reading.findings.fault("E1002", f"more than {SERIES_MAX} series", "ask for fewer sites", "")
        return ()
    if not found and (document.text is not None or _listed(document)):
        codes = ", ".join(_PARAMETERS)
        reading.findings.fault("E1003", "no series is a level or a flow", f"ask for parameters {codes}", "")
        return ()
    return gauges.read_series(reading, found, sender=SENDER, scheme=SCHEME)


def _json(listed: Any) -> Iterator[gauges.Series]:
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict):
            continue
        source, variable = each.get("sourceInfo"), each.get("variable")
        if not isinstance(source, dict):
            continue
        site = _first(source, "siteCode")
        known = _PARAMETERS.get(_first(variable, "variableCode"))
        if not site or known is None:
            continue
        what, factor = known
        none = number(variable.get("noDataValue")) if isinstance(variable, dict) else None
        pairs, strange = _values(each.get("values"), factor, _NONE if none is None else none)
        yield gauges.Series(
            site=site,
            what=what,
            name=source["siteName"] if isinstance(source.get("siteName"), str) else "",
            lonlat=_place(source),
            readings=pairs,
            notes=(f"{strange} readings are no number",) if strange else (),
            unread=("readings",) if strange else (),
        )


def _first(part: Any, name: str) -> str:
    """Give the value of the first of a list of {"value": ...}."""
    listed = part.get(name) if isinstance(part, dict) else None
    head = listed[0] if isinstance(listed, list) and listed else None
    value = head.get("value") if isinstance(head, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _place(source: Any) -> tuple[float, float] | None:
    location = source.get("geoLocation") if isinstance(source, dict) else None
    at = location.get("geogLocation") if isinstance(location, dict) else None
    if not isinstance(at, dict):
        return None
    lon, lat = number(at.get("longitude")), number(at.get("latitude"))
    return (lon, lat) if lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90 else None


def _values(parts: Any, factor: float, none: float) -> tuple[tuple[tuple[int, float], ...], int]:
    found: dict[int, float] = {}
    strange = 0
    for part in parts if isinstance(parts, list) else ():
        listed = part.get("value") if isinstance(part, dict) else None
        for each in (listed if isinstance(listed, list) else [])[: gauges.READINGS_MAX]:
            each = each if isinstance(each, dict) else {}
            said, value = each.get("dateTime"), _number(each.get("value"))
            time_s = Findings().instant(said, "") if isinstance(said, str) else None
            if time_s is None or value is None or value == none:
                strange += 1
                continue
            # Several sensors at one site: the higher counts.
            found[time_s] = max(found.get(time_s, value * factor), value * factor)
    return tuple(sorted(found.items())), strange


def _number(value: Any) -> float | None:
    if isinstance(value, str) and len(value) < 40 and "_" not in value:
        try:
            return number(float(value))
        except ValueError:
            return None
    return number(value)


def _rdb(text: str) -> Iterator[gauges.Series]:
    """Read RDB: comments, a line of names, a line of widths, then rows; several tables one after another."""
    # A last line without its end was cut off: "5.4" may have become "5".
    text = text[: text.rfind("\n") + 1]
    names: list[str] = []
    found: dict[tuple[str, str], dict[int, float]] = {}
    strange: dict[tuple[str, str], int] = {}
    for line in text.splitlines()[: gauges.READINGS_MAX]:
        if line.startswith("#") or not line.strip():
            continue
        if _is_head(line):
            names = line.split("\t")
            continue
        row = dict(zip(names, line.split("\t"), strict=False))
        time_s = _local(row.get("datetime", ""), row.get("tz_cd", ""))
        if not row.get("site_no") or time_s is None:
            continue  # the line of widths, "5s 15s 20d"
        for name, said in row.items():
            known = _PARAMETERS.get(name.rpartition("_")[2])
            if known is None:
                continue
            what, factor = known
            key, value = (row["site_no"], what), _number(said.strip())
            if value is None or value == _NONE:
                strange[key] = strange.get(key, 0) + bool(said.strip())
                found.setdefault(key, {})
                continue
            values = found.setdefault(key, {})
            values[time_s] = max(values.get(time_s, value * factor), value * factor)
    for (site, what), values in found.items():
        bad = strange.get((site, what), 0)
        yield gauges.Series(
            site=site,
            what=what,
            readings=tuple(sorted(values.items())),
            notes=(f"{bad} readings are no number",) if bad else (),
            unread=("readings",) if bad else (),
        )


def _local(said: str, zone: str) -> int | None:
    """Read "2018-01-24 00:15" in a zone that the row names; one that nobody knows gives no time."""
    hours = _ZONES.get(zone.strip())
    if hours is None:
        return None
    sign = "-" if hours < 0 else "+"
    return Findings().instant(f"{said.strip()}{sign}{abs(hours):02}:00", "")


FORMAT = Format(name="USGS instantaneous values", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
