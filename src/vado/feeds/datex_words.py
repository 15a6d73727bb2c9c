"""How DATEX II says things: elements by local name, types, numbers, words in several languages.

In: elements. Out: texts and numbers. Prefixes and namespaces differ between publishers (DGT has its own), so
only local names count: `strip` leaves nothing else, and all other functions here want that done. A value
`_extended` stands for the one in the attribute `_extendedValue`.
"""

from __future__ import annotations

import re
from math import isfinite
from xml.etree.ElementTree import Element

from vado.feeds.xml import text

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NUMBER_CHARS_MAX = 40


def strip(element: Element) -> None:
    """Take the namespaces off the names of an element and all inside it, so that they are found by name."""
    for each in element.iter():
        if each.tag[0] == "{":
            each.tag = each.tag.rpartition("}")[2]


def xsi_type(element: Element) -> str:
    """Give the local part of `xsi:type`: RoadOrCarriagewayOrLaneManagement."""
    return element.get(XSI_TYPE, "").rpartition(":")[2]


def value_of(element: Element) -> str:
    """Give an enumerated value, an extended one as it is meant."""
    said = text(element)
    return (element.get("_extendedValue") or said).strip() if said in ("_extended", "") else said


def every(element: Element, name: str) -> list[str]:
    """Give the values of all elements of that name anywhere inside, in one language."""
    return [said for each in element.iter(name) if (said := value_of(each) or spoken(each))]


def first_of(element: Element, name: str) -> str:
    """Give the value of the first element of that name anywhere inside; "" when there is none."""
    return next((said for each in element.iter(name) if (said := value_of(each) or spoken(each))), "")


def words_in(element: Element, name: str) -> list[str]:
    """Give the values of the children of that name."""
    return [said for each in element.findall(name) if (said := value_of(each))]


def said(element: Element, name: str) -> str:
    """Give the value of the first child of that name, "" when there is none."""
    found = element.find(name)
    return "" if found is None else value_of(found)


def spoken(element: Element) -> str:
    """Give a text that stands in several languages, in English where it is there."""
    values = [each for each in element.iter("value") if text(each)]
    english = [each for each in values if each.get("lang", "").casefold().startswith("en")]
    return " ".join(text((english or values)[0]).split()) if values else ""


def only_child(element: Element, name: str) -> Element | None:
    return element.find(name)


def number(words: str) -> float | None:
    """Read a decimal number; None for anything else, NaN and infinity too."""
    if not words or len(words) > NUMBER_CHARS_MAX or "_" in words:
        return None
    try:
        found = float(words)
    except ValueError:
        return None
    return found if isfinite(found) else None


def plain(word: str) -> str:
    """Turn a word of the model into one for people: heavySnowfall -> heavy snowfall."""
    return _CAMEL.sub(" ", word.replace("_", " ")).lower().strip()


def lanes_of(place: Element) -> tuple[list[str], list[str]]:
    """Give the carriageways and the lanes that a place names, of versions 2 and 3."""
    carriageways: list[str] = []
    lanes: list[str] = []
    for each in place.iter():
        name = each.tag
        if name == "carriageway" and not len(each):
            carriageways.append(value_of(each))
        elif name in ("laneUsage", "laneNumber") or (name == "lane" and not len(each)):
            lanes.append(value_of(each))
    return [each for each in carriageways if each], [each for each in lanes if each]


def flag(element: Element, name: str) -> bool:
    return said(element, name).casefold() in ("true", "1")
