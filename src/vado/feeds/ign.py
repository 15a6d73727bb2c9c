"""IGN: earthquakes in and around Spain, GeoRSS of the last ten days.

Source: www.ign.es/ign/RssTools/sismologia.xml. Its items are sentences: "… magnitud 3.5 en GOLFO DE CÁDIZ
en la fecha 02/07/2026 7:06:37 …". Its times carry no offset; its catalogue is in UTC, and so they are
taken. In: RSS. Out: one alert a quake, which asks a person to look. Refuses to shut anything by a magnitude.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.quakes import quake
from vado.feeds.records import Record, Unusable, number, read_records, text
from vado.model.alert import Alert
from vado.model.when import epoch_s

SENDER = "IGN"
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d\d):(\d\d)", re.ASCII)
_MAGNITUDE = re.compile(r"magnitud (-?\d{1,2}(?:[.,]\d{1,2})?)", re.ASCII)
_PLACE = re.compile(r" en ([^<>]{1,200}?) en la fecha")
_ID = re.compile(r"evid=([A-Za-z0-9]{1,40})", re.ASCII)


def looks(document: Document) -> bool:
    if document.root_name != "rss" or document.root is None:
        return False
    channel = next(xml.children(document.root, "channel"), None)
    return channel is not None and "ign.es" in xml.first(channel, "link")


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    root = document.root
    items = [] if root is None else [
        item for channel in xml.children(root, "channel") for item in xml.children(channel, "item")
    ]  # fmt: skip
    return read_records(
        items,
        reading,
        name="item",
        sender=SENDER,
        identify=_identifier,
        read=lambda record: _quake(record, reading),
    )


def _identifier(item: Element) -> str:
    match = _ID.search(xml.first(item, "link")[:500]) or _ID.search(xml.first(item, "guid")[:500])
    return match[1] if match else text(xml.first(item, "guid"))


def _quake(record: Record, reading: Reading) -> Alert:
    item: Element = record.value
    said, title = text(xml.first(item, "description")), text(xml.first(item, "title"))
    identifier, time_s = _identifier(item), _time(said) or _time(title)
    if not identifier or time_s is None:
        raise Unusable("it has no id or no date")
    magnitude, place = _MAGNITUDE.search(said), _PLACE.search(said)
    if magnitude is None:
        record.doubt("description", "its magnitude is not known: a person is asked")
    lat, lon = number(xml.first(item, "lat")), number(xml.first(item, "long"))
    point = None
    if lat is not None and lon is not None:
        point = record.findings.point(lon, lat, record.where, order="lat and long")
    info = quake(
        magnitude=number(magnitude[1].replace(",", ".")) if magnitude else None,
        place=place[1] if place else "",
        time_s=time_s,
        point=point,
    )
    # It says of no item when it was changed, and changes them: each is as of when it was received.
    return reading.alert(
        sender=SENDER,
        identifier=identifier,
        sent_s=reading.received_s or time_s,
        event=f"{SENDER}:{identifier}",
        infos=(info,),
    )


def _time(written: str) -> int | None:
    match = _DATE.search(written)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(digits) for digits in match.groups())
    try:
        return epoch_s(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


FORMAT = Format(name="IGN earthquakes", lifecycle=Lifecycle.WINDOW, looks=looks, read=read)
