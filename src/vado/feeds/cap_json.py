"""CAP written as JSON: one message, or the archive of MeteoAlarm with all its languages.

In: {"alert": {...}}, {"warnings": [{"alert": {...}}, ...]}, {"alerts": [...]}, a list of them, or the members
of an alert themselves. Out: alerts, read by the CAP reader. Refuses to take the archive for a state: it
holds twelve days of what is long over, and a message that is missing from it has not ended.
`feeds.meteoalarm.org/api/v1/warnings/feeds-<country>` is the website's own backend; it has no standard but
CAP 1.2, whose elements are the members here.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds import cap
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert, MsgType

WARNINGS_MAX = 10_000
DEPTH_MAX = 6  # alert, info, area, geocode, value
ELEMENTS_MAX = 400_000  # of one document
NO_TEXT = "list"
# The website keeps what became of a message in `incidents`, which CAP has for other things.
_TYPES = tuple(each.value for each in MsgType)


def looks(document: Document) -> bool:
    value = document.value
    return _is_alert(value) or _is_entry(value) or _listed(value) is not None


def _is_alert(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"identifier", "sender", "sent", "status"} <= value.keys()
        and "type" not in value
    )


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("alert"), dict) and "type" not in value


def _listed(value: Any) -> list[Any] | None:
    """Give the alerts of a list of them; None for anything else. Only an archive says that it has none."""
    archive = value.get("warnings") if isinstance(value, dict) else None
    listed = archive
    if isinstance(value, dict) and archive is None:
        listed = value.get("alerts")
    elif isinstance(value, list):
        listed = value
    if not isinstance(listed, list):
        return None
    if not listed:
        return listed if listed is archive else None
    return listed if any(_is_entry(each) or _is_alert(each) for each in listed) else None


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    listed = _listed(document.value)
    if listed is None:
        alert = _read_one(document.value, reading)
        return () if alert is None else (alert,)
    if len(listed) > WARNINGS_MAX:
        reading.findings.fault("E1002", f"more than {WARNINGS_MAX} warnings", "ask for fewer", "warnings")
        return ()
    budget = _Budget(ELEMENTS_MAX)
    return salvage(reading, (_record(each, reading, n, budget) for n, each in enumerate(listed)))


def _read_one(value: dict[str, Any], reading: Reading) -> Alert | None:
    members = value if _is_alert(value) else value["alert"]
    element = _alert_element(members, _Budget(ELEMENTS_MAX))
    if element is None:
        reading.findings.fault("E1002", "the message is nested too deeply or too large", "send CAP", "alert")
        return None
    return cap.read_element(element, reading, reading.findings, at="")


class _Budget:
    """How many elements may still be made: one for a whole document."""

    def __init__(self, left: int) -> None:
        self.left = left


def _record(each: Any, reading: Reading, n: int, budget: _Budget) -> Record:
    where = f"warnings[{n}]"
    members = each.get("alert", each) if isinstance(each, dict) else None

    def read_it(findings: Findings) -> Alert | None:
        element = _alert_element(members, budget) if isinstance(members, dict) else None
        if element is None:
            findings.fault("E1004", "is no alert, or too large a one", "send CAP as JSON", where)
            return None
        return cap.read_element(element, reading, findings, at=f"{where}.")

    return Record(
        read=read_it, where=where, sender=_text(members, "sender"), identifier=_text(members, "identifier")
    )


def _text(members: Any, name: str) -> str:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else ""


def _alert_element(members: dict[str, Any], budget: _Budget) -> Element | None:
    """Write an alert as CAP elements; None when it is deeper or larger than any alert."""
    named = dict(members)
    if not named.get("msgType") and named.get("incidents") in _TYPES:
        named["msgType"] = named["incidents"]
    element = _element("alert", named, budget, 0)
    return element if budget.left >= 0 else None


def _element(name: str, value: Any, budget: _Budget, depth: int) -> Element:
    """Write a JSON value as an element; lists become several of the same name."""
    element = Element(name)
    budget.left -= 1
    if isinstance(value, dict):
        if depth >= DEPTH_MAX:
            budget.left = -1
            return element
        for key, inside in value.items():
            listed = inside if isinstance(inside, list) else [inside]
            if any(isinstance(each, list) for each in listed):
                listed = [listed]  # one of them says it all: it is refused
            for each in listed:
                if key == "info" and not isinstance(each, dict):
                    continue  # nothing that clears the message
                if budget.left < 0:
                    return element
                element.append(_element(str(key), each, budget, depth + 1))
    elif isinstance(value, list):
        # Points as lists: nobody says which number is the latitude. Refused, as no pair.
        element.text = NO_TEXT if value else ""
    elif value is not None:
        # Numbers are heights and codes; as JSON wrote them.
        element.text = value if isinstance(value, str) else str(value)
    return element


FORMAT = Format(name="CAP as JSON", lifecycle=Lifecycle.ARCHIVE, looks=looks, read=read)
