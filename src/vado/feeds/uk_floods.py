"""The Environment Agency's flood-monitoring API: stations with their levels, and readings.

In: the JSON of environment.data.gov.uk/flood-monitoring. Out: one alert for each measure of level or flow.
A station says what is usual and what was the highest ever; a list of readings does not, and only its rise
counts. Refuses rain and tide gauges: what they read is no river. Source:
environment.data.gov.uk/flood-monitoring/doc/reference; times are UTC.
"""

from __future__ import annotations

from typing import Any

from vado.feeds import gauges
from vado.feeds.findings import Findings
from vado.feeds.forecast import number
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.model.alert import Alert

SENDER = "environment.data.gov.uk"
SCHEME = "EA station"
MARK = "flood-monitoring"
ITEMS_MAX = 50_000
_WHAT = {"level": "level", "flow": "flow"}


def looks(document: Document) -> bool:
    context, items = document.member("@context"), document.member("items")
    return isinstance(context, str) and MARK in context and isinstance(items, dict | list)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    items = document.value["items"]
    listed = items if isinstance(items, list) else [items]
    if len(listed) > ITEMS_MAX:
        reading.findings.fault("E1002", f"more than {ITEMS_MAX} items", "ask for fewer", "items")
        return ()
    stations = [each for each in listed if isinstance(each, dict) and "measures" in each]
    series: list[gauges.Series] = [one for each in stations for one in _of_station(each)]
    series += _of_readings([each for each in listed if isinstance(each, dict) and "measures" not in each])
    if listed and not series:
        reading.findings.fault(
            "E1003", "no item is a level or a flow with a reading", "ask for stations or readings", "items"
        )
        return ()
    return gauges.read_series(reading, series, sender=SENDER, scheme=SCHEME)


def _of_station(station: dict[str, Any]) -> list[gauges.Series]:
    name = _text(station.get("label"))
    site = _text(station.get("notation") or station.get("stationReference"))
    lon, lat = number(station.get("long")), number(station.get("lat"))
    place = (lon, lat) if lon is not None and lat is not None and abs(lat) <= 90 and abs(lon) <= 180 else None
    measures = station.get("measures")
    found = []
    for each in measures if isinstance(measures, list) else [measures]:
        if not isinstance(each, dict) or _text(each.get("parameter")) not in _WHAT:
            continue
        latest = each.get("latestReading")
        pair = _pair(latest if isinstance(latest, dict) else {})
        if pair is None:
            continue
        down = "downstage" in _text(each.get("notation")) or "Downstream" in _text(each.get("qualifier"))
        given = station.get("downstageScale" if down else "stageScale")
        scale = given if isinstance(given, dict) else {}
        record, high = scale.get("maxOnRecord"), number(scale.get("typicalRangeHigh"))
        level = _text(each.get("parameter")) == "level"
        usual = level and _in_metres(each)
        # A scale may be missing, or stand elsewhere (an address), or be above the sea.
        told = given is None or _text(given).startswith("http") or high is not None
        known = usual or not level or _text(each.get("unitName")) == "mAOD"
        found.append(
            gauges.Series(
                site=_text(each.get("notation")) or site,
                what=_WHAT[_text(each.get("parameter"))],
                name=name,
                lonlat=place,
                readings=(pair,),
                high=high if usual else None,
                record=number(record.get("value")) if usual and isinstance(record, dict) else None,
                unread=("scale",) if level and not (told and known) else (),
            )
        )
    return found


def _in_metres(measure: dict[str, Any]) -> bool:
    """Say whether a level is above the station's own zero, as its scale is: mASD; mAOD is above the sea."""
    return _text(measure.get("unitName")) in ("mASD", "m", "")


def _of_readings(items: list[dict[str, Any]]) -> list[gauges.Series]:
    readings: dict[str, list[tuple[int, float]]] = {}
    for each in items:
        measure = each.get("measure")
        name = _text(measure.get("@id") if isinstance(measure, dict) else measure).rpartition("/")[2]
        pair = _pair(each)
        what = next((what for what in _WHAT if f"-{what}-" in name), "")
        if pair is not None and what:
            readings.setdefault(name, []).append(pair)
    return [
        gauges.Series(
            site=name, what="level" if "-level-" in name else "flow", readings=tuple(sorted(set(pairs)))
        )
        for name, pairs in readings.items()
    ]


def _pair(each: dict[str, Any]) -> tuple[int, float] | None:
    said = each.get("dateTime")
    time_s = Findings().instant(said, "") if isinstance(said, str) else None
    value = number(each.get("value"))
    return None if time_s is None or value is None else (time_s, value)


def _text(value: Any) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


FORMAT = Format(name="EA flood-monitoring", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
