"""USGS: earthquakes, GeoJSON summary feeds.

Source: earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php. Times are milliseconds since 1970. In: a
collection. Out: one alert a quake, which asks a person to look. Refuses to shut anything by a magnitude.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.quakes import quake
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    listed,
    members,
    number,
    read_records,
    records_of,
    text,
)
from vado.feeds.shapes import read_geometry
from vado.model.alert import Alert, MsgType

SENDER = "USGS"


def looks(document: Document) -> bool:
    about = members(document.member("metadata"))
    return any("mag" in head for head in heads(_features(document))) or (
        document.member("type") == "FeatureCollection" and "usgs.gov" in text(about.get("url"))
    )


def _features(document: Document) -> list[Any]:
    """Give the quakes: of a collection, or the one that the detail of a quake is."""
    if document.member("type") == "Feature":
        return [document.value]
    return listed(document.member("features"))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_records(
        _features(document) or records_of(document.value, "features", "USGS"),
        reading,
        name="features",
        sender=SENDER,
        identify=lambda feature: text(members(feature).get("id")),
        read=lambda record: _quake(record, reading),
    )


def _quake(record: Record, reading: Reading) -> Alert:
    feature = members(record.value)
    properties, identifier = members(feature.get("properties")), text(feature.get("id"))
    time_s = _seconds(properties.get("time"))
    if not identifier or time_s is None:
        raise Unusable("it has no id or no time")
    # GeoJSON's third number is depth here; null is a quake that is not located yet.
    shapes = read_geometry(feature.get("geometry"), record.findings, f"{record.where}.geometry")
    magnitude = number(properties.get("mag"))
    if magnitude is None:
        record.doubt("mag", "its magnitude is not known: a person is asked")
    status = text(properties.get("status")).casefold()
    info = quake(
        magnitude=magnitude,
        place=text(properties.get("place")),
        time_s=time_s,
        point=shapes.points[0] if shapes.points else None,
        reviewed=status == "reviewed",
    )
    return reading.alert(
        sender=SENDER,
        identifier=identifier,
        sent_s=record.sent(_seconds(properties.get("updated")) or time_s, reading),
        event=f"{SENDER}:{identifier}",
        msg_type=MsgType.CANCEL if status == "deleted" else MsgType.ALERT,
        infos=(info,),
    )


def _seconds(value: Any) -> int | None:
    milliseconds = number(value)
    return int(milliseconds // 1000) if milliseconds is not None and 0 < milliseconds < 2**48 else None


FORMAT = Format(name="USGS earthquakes", lifecycle=Lifecycle.WINDOW, looks=looks, read=read)
