"""DWD: the warnings of Germany's weather service as its own map loads them, `warnings.json`.

Source: dwd.de/DWD/warnungen/warnapp/json/warnings.json and its page on embedding (objekteinbindung): a call
of `warnWetter.loadWarnings` around an object (`feeds.recognise` takes it off); `warnings` and
`vorabInformation` hold lists by warning cell, times are milliseconds. In: JSON. Out: one alert a warning of
a cell. Refuses to read its heights, of which nobody says in which unit they are: the whole cell is meant. It
numbers the levels otherwise than CAP does, and heat once more otherwise: the headline, whose words are fixed,
says which it is.
"""

from __future__ import annotations

from typing import Any

from vado.errors import PayloadError
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import Record, Unusable, listed, members, number, read_records, text
from vado.hazards.kinds import fold
from vado.model.alert import Alert, Area, Info
from vado.model.when import FOREVER_S

SENDER = "DWD"
WARNINGS_MAX = 20_000
_LISTS = ("warnings", "vorabInformation")
_EARLY = "vorabInformation"  # what may come: told hours before a warning
# By the words that DWD's headlines begin with. Source: DWD, Warnkriterien: Wetterwarnung (level 1), markantes
# Wetter (2), Unwetter (3), extremes Unwetter (4), which its CAP profile 2.1 writes as these severities.
_HEADLINES = (("extrem", "Extreme"), ("unwetter", "Severe"), ("markant", "Moderate"))
_WARNING = "amtliche"
# Where the headline is strange: no less than the number can mean.
_LEVELS = {1: "Minor", 2: "Moderate", 3: "Severe"}


def looks(document: Document) -> bool:
    return isinstance(document.member(_LISTS[0]), dict) and isinstance(document.member(_LISTS[1]), dict)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    published = _seconds(document.member("time"))
    if published is not None:
        reading.findings.dated(published)
    found: list[Any] = []
    for name in _LISTS:
        for cell, warnings in document.member(name).items():
            found += [(name, cell, each) for each in listed(warnings) or [None]]
    if len(found) > WARNINGS_MAX:
        raise PayloadError(
            f"more than {WARNINGS_MAX} warnings", code="E1002", action="send fewer at once", field="warnings"
        )
    return read_records(
        found,
        reading,
        name="warnings",
        sender=SENDER,
        identify=lambda value: _name(*value),
        read=lambda record: _warning(record, reading, published),
        place=lambda value: (_area(value[1], members(value[2])),),
    )


def _name(list_: str, cell: str, value: Any) -> str:
    """Name a warning, which has no id: its cell, what it warns of, and since when."""
    given = members(value)
    what = [text(given.get(name)) for name in ("type", "start")]
    return " ".join([*([list_] if list_ == _EARLY else []), cell, *what]) if all(what) else ""


def _area(cell: str, given: dict[str, Any]) -> Area:
    named = [text(given.get(name)) for name in ("regionName", "stateShort")]
    return Area(description=", ".join(each for each in named if each), geocodes=(("WARNCELLID", text(cell)),))


def _warning(record: Record, reading: Reading, published: int | None) -> Alert:
    list_, cell, value = record.value
    given = members(value)
    identifier = _name(list_, cell, value)
    if not identifier:
        raise Unusable("it has no type or no start")
    start_s, end_s = _seconds(given.get("start")), _seconds(given.get("end"))
    if start_s is None:
        raise Unusable("its start is no time")
    if end_s is None and given.get("end") is not None:
        record.doubt("end", "its end is no time")
    if end_s is not None and end_s < start_s:
        record.note("it ends before it starts; the end is taken as not given")
        end_s = None
    event, headline = text(given.get("event")), text(given.get("headline"))
    if given.get("altitudeStart") is not None or given.get("altitudeEnd") is not None:
        record.note("it names heights without a unit: it counts at all heights")
    info = Info(
        event=event or "warning",
        kind=reading.kinds.find((event, headline)),
        category="Met",
        language="de",
        urgency="Future" if list_ == _EARLY else "Immediate",
        severity=_severity(record, given, headline),
        certainty="Possible" if list_ == _EARLY else "Likely",
        onset_s=start_s,
        expires_s=end_s,
        headline=headline,
        description=text(given.get("description")),
        instruction=text(given.get("instruction")),
        areas=(_area(cell, given),),
    )
    sent_s = record.sent(published, reading)
    return reading.alert(
        sender=SENDER, identifier=identifier, sent_s=sent_s, event=f"{SENDER} {identifier}", infos=(info,)
    )


def _severity(record: Record, given: dict[str, Any], headline: str) -> str:
    folded = fold(headline)
    for word, severity in _HEADLINES:
        if word in folded:
            return severity
    if folded.startswith(_WARNING):
        return "Minor"
    level = number(given.get("level"))
    record.doubt("headline", "its headline does not say how severe it is: its level counts")
    if level is None:
        record.note("nor is its level a number")
        return "Unknown"
    return _LEVELS.get(int(level), "Extreme" if level > max(_LEVELS) else "Minor")


def _seconds(value: Any) -> int | None:
    """Read milliseconds since 1970; None for anything else."""
    found = number(value) if not isinstance(value, str) else None
    return int(found // 1000) if found is not None and 0 <= found < 1000 * FOREVER_S else None


FORMAT = Format(name="DWD warnings", lifecycle=Lifecycle.FULL, looks=looks, read=read)
