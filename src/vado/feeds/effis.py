"""EFFIS: burnt areas and hot spots of Europe, the Middle East and North Africa, as GeoJSON of its map server.

Source: forest-fire.emergency.copernicus.eu. In: a collection. Out: one alert a burnt area, a fire that was
seen there, and one a hot spot, which asks a person: steel works and sun on glass look the same. Its server
writes lat lon or lon lat by the version that is asked for: which of them it is, is told by where the fires
would be.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from vado.errors import PayloadError
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import local_s
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    made_id,
    members,
    read_records,
    records_of,
    text,
)  # fmt: skip
from vado.feeds.shapes import plain_area, read_geometry
from vado.feeds.stated import INSPECT
from vado.model.alert import Alert, Area, Info

SENDER = "EFFIS"
# What EFFIS watches, generously: west, south, east, north.
_WATCHED = (-32.0, 22.0, 61.0, 72.0)
# A pixel of VIIRS is 375 m wide. Source: NASA FIRMS, earthdata.nasa.gov/firms, "VIIRS 375 m Active Fire".
HOT_SPOT_M = 375.0
ASK_S = 86_400  # a hot spot is asked about for a day: own judgement; it is seen again where it burns on
DEPTH_MAX = 6
_NUMBERS = (float, int)  # and no subclass: true is not 1
_BURNT = ({"fire_id", "initialdate"}, {"firedate", "area_ha"})
_HOT = {"acq_at", "class"}


def looks(document: Document) -> bool:
    keys = [{str(key).casefold() for key in head} for head in heads(document.member("features"))]
    return any(each <= head for head in keys for each in (*_BURNT, _HOT))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    features = records_of(document.value, "features", "EFFIS")
    orders = _orders(features)
    return read_records(
        features,
        reading,
        name="features",
        sender=SENDER,
        identify=_identifier,
        read=lambda record: _fire(record, reading, orders),
    )


def _properties(feature: Any) -> dict[str, Any]:
    given = members(members(feature).get("properties"))
    return {key.casefold(): value for key, value in given.items()}


def _identifier(feature: Any) -> str:
    given = _properties(feature)
    own = text(given.get("fire_id")) or text(given.get("id")) or text(members(feature).get("id"))
    return own or made_id(members(feature).get("geometry"), given.get("firedate"))


def _orders(features: list[Any]) -> tuple[bool, ...]:
    """Say in which order the numbers stand: (False,) lon lat, (True,) lat lon, both where nothing tells."""
    plain = swapped = 0  # positions that only fit so
    for feature in features:
        as_is, turned = _fits(members(members(feature).get("geometry")).get("coordinates"))
        plain, swapped = plain + as_is, swapped + turned
    if plain and swapped:
        raise PayloadError(
            "some positions are lon, lat and some lat, lon",
            code="E1104",
            action="ask the server for one order (srsName=CRS:84)",
            field="features",
        )
    if plain or swapped:
        return (bool(swapped),)
    return (False, True)


def _fits(coordinates: Any) -> tuple[int, int]:
    """Count the positions that lie where fires are watched only as lon, lat, and only as lat, lon."""
    west, south, east, north = _WATCHED
    plain = swapped = 0
    waiting: list[tuple[Any, int]] = [([coordinates], 0)]
    while waiting:
        holder, depth = waiting.pop()
        for each in holder:
            if type(each) is not list or not each:
                continue
            x: Any = each[0]
            y: Any = each[1] if len(each) > 1 else None
            if type(x) in _NUMBERS and type(y) in _NUMBERS:  # NaN is in no range
                as_is = west <= x <= east and south <= y <= north
                turned = west <= y <= east and south <= x <= north
                plain += as_is and not turned
                swapped += turned and not as_is
            elif depth < DEPTH_MAX:
                waiting.append((each, depth + 1))
    return plain, swapped


def _turned(value: Any, depth: int = 0) -> Any:
    """Swap the two numbers of each position."""
    if not isinstance(value, list) or depth > DEPTH_MAX:
        return value
    if len(value) >= 2 and not isinstance(value[0], list):
        return [value[1], value[0], *value[2:]]
    return [_turned(each, depth + 1) for each in value]


def _fire(record: Record, reading: Reading, orders: tuple[bool, ...]) -> Alert:
    given, geometry = _properties(record.value), members(members(record.value).get("geometry"))
    identifier = _identifier(record.value)
    hot = given.keys() >= _HOT
    begun = given.get("acq_at") or given.get("initialdate") or given.get("firedate")
    last = given.get("finaldate") or given.get("lastupdate") or begun
    begun_s, last_s = _utc_s(begun), _utc_s(last)
    if not geometry or last_s is None:
        raise Unusable("it has no place or no time")
    areas: list[Area] = []
    for swap in orders:
        placed = {**geometry, "coordinates": _turned(geometry.get("coordinates"))} if swap else geometry
        shapes = read_geometry(placed, record.findings, f"{record.where}.geometry")
        areas.append(plain_area(shapes, radius_m=HOT_SPOT_M if hot else 0.0))
    if orders == (True,):
        record.note("its positions are lat, lon; turned")
    elif len(orders) > 1:
        record.note("whether its positions are lon, lat or lat, lon cannot be told: it counts at both")
    info = Info(
        event="hot spot" if hot else "burnt area",
        kind="wildfire",
        category="Fire",
        urgency="Immediate",
        certainty="Possible" if hot else "Observed",
        onset_s=begun_s if begun_s is not None and begun_s <= last_s else last_s,
        expires_s=last_s + ASK_S if hot else None,
        headline="a hot spot seen from above"
        if hot
        else f"fire, {text(given.get('area_ha') or given.get('area'))} ha",
        stated=(INSPECT,) if hot else (),
        areas=tuple(areas),
    )
    return reading.alert(
        sender=SENDER,
        identifier=f"hotspot-{identifier}" if hot else identifier,
        sent_s=record.sent(last_s, reading),
        event=f"{SENDER}:{identifier}",
        infos=(info,),
    )


def _utc_s(value: Any) -> int | None:
    return local_s(text(value).removesuffix("Z"), (UTC,), latest=False)


FORMAT = Format(name="EFFIS", lifecycle=Lifecycle.WINDOW, looks=looks, read=read)
