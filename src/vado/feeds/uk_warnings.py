"""The Environment Agency's flood warnings: items of a list, each for a flood area.

In: the JSON of environment.data.gov.uk/flood-monitoring/id/floods. Out: one alert an item, at a flood area
that a table of places draws (`EA flood area`). Refuses to end what is not there: an item stays 24 hours
after it was last listed, which is our choice; level 4 ends it. Source: environment.data.gov.uk/
flood-monitoring/doc/reference, flood warnings; times are UTC without offset.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.findings import Findings
from vado.feeds.forecast import number
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert, Area, Info, MsgType

SENDER = "environment.data.gov.uk"
SCHEME = "EA flood area"
ITEMS_MAX = 20_000
LASTS_S = 24 * 3_600
OVER = 4  # "warning no longer in force"
# What the levels mean: 1 severe flooding, danger to life; 2 flooding is expected, immediate action required;
# 3 flooding is possible, be prepared; 4 no longer in force. Source: the API's reference, flood warnings. What
# each is in CAP's words is our choice.
_LEVELS = {1: ("Extreme", "Likely"), 2: ("Severe", "Likely"), 3: ("Moderate", "Possible")}
_TIMES = ("timeMessageChanged", "timeSeverityChanged", "timeRaised")


def looks(document: Document) -> bool:
    context, items = document.member("@context"), document.member("items")
    if not isinstance(context, str) or "flood-monitoring" not in context or not isinstance(items, list):
        return False
    return bool(items) and isinstance(items[0], dict) and "severityLevel" in items[0]


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    items = document.value["items"]
    if len(items) > ITEMS_MAX:
        reading.findings.fault("E1002", f"more than {ITEMS_MAX} items", "ask for fewer", "items")
        return ()
    return salvage(reading, (_record(n, each, reading) for n, each in enumerate(items)))


def _record(n: int, each: Any, reading: Reading) -> Record:
    where = f"items[{n}]"
    if not isinstance(each, dict):
        return Record(read=lambda _: None, where=where)
    name = _text(each.get("floodAreaID")) or _text(each.get("@id")).rpartition("/")[2]
    return Record(
        read=lambda findings: _alert(each, name, reading, findings, where),
        where=where,
        sender=SENDER,
        identifier=f"flood {name}" if name else "",
        areas=(_area(each, name),),
    )


def _area(item: dict[str, Any], name: str) -> Area:
    described = _text(item.get("description"))
    return Area(description=described, geocodes=((SCHEME, name),) if name else ())


def _alert(item: dict[str, Any], name: str, reading: Reading, findings: Findings, where: str) -> Alert | None:
    level = number(item.get("severityLevel"))
    if not name or level is None or level not in (*_LEVELS, OVER):
        findings.fault("E1004", "there is no flood area, or no level of 1 to 4", "ask again", where)
        return None
    times = [said for key in _TIMES if (said := _instant(item.get(key))) is not None]
    sent_s = findings.sent(max(times, default=reading.received_s), where, received_s=reading.received_s)
    over = level == OVER
    severity, certainty = _LEVELS.get(int(level), ("", ""))
    info = Info(
        event=_text(item.get("severity")) or "Flood warning",
        kind="flood",
        category="Met",
        urgency="Immediate",
        severity=severity,
        certainty=certainty,
        onset_s=sent_s,
        # It is in the list, so it holds: a day from now on, and again with the next list.
        expires_s=max(sent_s, reading.received_s) + LASTS_S,
        headline=_text(item.get("description")),
        description=_text(item.get("message")),
        areas=(_area(item, name),),
    )
    return reading.alert(
        sender=SENDER,
        identifier=f"flood {name}",
        sent_s=sent_s,
        msg_type=MsgType.CANCEL if over else MsgType.ALERT,
        event=f"flood {name}",
        infos=() if over else (info,),
        notes=tuple(findings.notes),
    )


def _instant(said: Any) -> int | None:
    """Read a time; one without offset is UTC, as the API's reference has it."""
    if not isinstance(said, str):
        return None
    found = Findings().instant(said, "")
    return Findings().instant(said + "Z", "") if found is None else found


def _text(value: Any) -> str:
    return " ".join(value.split())[:2_000] if isinstance(value, str) else ""


FORMAT = Format(name="EA flood warnings", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
