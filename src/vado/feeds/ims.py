"""Fintraffic's IMS message: a DATEX II document as text, and beside it the same as GeoJSON with its shape.

In: an imsMessage. Out: the alerts of its DATEX II, whose places are codes of the Finnish table, at the places
that the GeoJSON draws. A GeoJSON that is broken or missing is noted: the DATEX II is what binds. Schema:
https://github.com/tmfg/metadata, ImsXmlMessage 1.2
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds import datex, fintraffic, xml
from vado.feeds.drawn import Shape, shape_of
from vado.feeds.format import Document, Format, Lifecycle, Reading, in_part
from vado.model.alert import Alert, Area, Info
from vado.model.ids import clear, identifier

CONTENTS_MAX = 1000


def looks(document: Document) -> bool:
    return document.root_name == "imsMessage"


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read all contents; raises PayloadError where one has no DATEX II."""
    root = document.root
    contents = [] if root is None else xml.find_all(root, "messageContent")
    if not contents or len(contents) > CONTENTS_MAX:
        raise PayloadError(f"the IMS message has {len(contents)} contents", code="E1102",
                           action=f"send 1 to {CONTENTS_MAX}")  # fmt: skip
    seen: dict[str, int] = {}
    return tuple(alert for content in contents for alert in _read(content, reading, seen))


def _read(content: Element, reading: Reading, seen: dict[str, int]) -> tuple[Alert, ...]:
    body = xml.first(content, "d2Message")
    if not body:
        raise PayloadError("the IMS message has no d2Message", code="E1102", action="ask the source")
    root = xml.read(body.encode())
    if not datex.looks(Document(body=b"", root=root)):
        raise PayloadError("the d2Message is no DATEX II", code="E1006", action="ask the source")
    alerts = datex.read_root(root, reading, seen=seen)
    drawn, note = _drawn(xml.first(content, "jMessage"))
    return tuple(_placed(alert, drawn, note) for alert in alerts)


def _drawn(text: str) -> tuple[dict[str, Any], str]:
    """Give the features by their situation, and what is wrong with them."""
    if not text:
        return {}, "there is no GeoJSON beside the DATEX II"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "the GeoJSON beside the DATEX II is broken; not used"
    features = fintraffic.features_of(value)
    return {name: each for each in features if (name := fintraffic.situation_of(each))}, ""


def _placed(alert: Alert, drawn: dict[str, Any], note: str) -> Alert:
    feature = drawn.get(identifier(clear(alert.id)))  # its situation, all of it understood or not
    if feature is None:
        return replace(alert, notes=(*alert.notes, note or "the GeoJSON does not draw this situation"))
    shape = shape_of(feature)
    infos = tuple(_at(info, shape) for info in alert.infos)
    placed = replace(alert, infos=infos, notes=(*alert.notes, *shape.notes))
    return in_part(placed, ["geometry"]) if shape.partly and clear(alert.id) == alert.id else placed


def _at(info: Info, shape: Shape) -> Info:
    """Put a record that names codes only at the shape of its situation; a point stands for what it is beside.

    A point tells one place of a stretch whose ends are codes: the stretch stays unknown, and the point binds.
    """
    if any(area.has_shape for area in info.areas):
        return info
    described = info.areas[0].description if info.areas else ""
    found = shape.areas("", described)
    if not found or not found[0].has_shape:
        return info
    point_only = not shape.polygons and all(len(line) < 2 for line in shape.lines)
    kept: tuple[Area, ...] = info.areas if point_only else ()
    codes = tuple(code for area in info.areas for code in area.geocodes)
    return replace(info, areas=(replace(found[0], geocodes=codes), *kept))


FORMAT = Format(name="Fintraffic IMS", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
