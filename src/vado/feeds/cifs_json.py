"""CIFS in JSON, turned into the elements that its XML has: both write the same names.

In: {"incidents": [...]}, {"incidents": [{"incident": {...}}, ...]} as the examples of the standard have it
(developers.google.com/waze/data-feed/incident-information), or {"incidents": {"incident": [...]}}. Out: the
root element.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from vado.errors import PayloadError
from vado.feeds.records import listed, members, text
from vado.feeds.xml import ELEMENTS_MAX

DEPTH_MAX = 6
ATTRIBUTES = ("id", "timestamp")


def to_element(name: str, value: Any) -> Element:
    """Build the document; an incident that is no object is an empty element, and cannot be read as one.

    Raises PayloadError E1002 where it would have more elements than a document of XML may have.
    """
    root = Element(name)
    held = members(value).get("incidents")
    stamp = text(members(held).get("timestamp")) or text(members(value).get("timestamp"))
    if stamp:
        root.set("timestamp", stamp)
    room = [ELEMENTS_MAX]
    for each in listed(members(held).get("incident") if isinstance(held, dict) else held):
        inside = members(each).get("incident")
        _add(root, "incident", inside if isinstance(inside, dict) else each, room, depth=1)
    return root


def _add(parent: Element, name: str, value: Any, room: list[int], *, depth: int) -> None:
    room[0] -= 1
    if room[0] < 0:
        raise PayloadError(
            f"more than {ELEMENTS_MAX} members", code="E1002", action="send fewer incidents at once"
        )
    element = SubElement(parent, name)
    if depth > DEPTH_MAX:
        return
    if not isinstance(value, dict):
        element.text = text(value)
        return
    for key, each in value.items():
        if key.lstrip("@") in ATTRIBUTES:
            element.set(key.lstrip("@"), text(each))
        elif isinstance(each, list):
            for one in each:
                _add(element, key, one, room, depth=depth + 1)
        else:
            _add(element, key, each, room, depth=depth + 1)
