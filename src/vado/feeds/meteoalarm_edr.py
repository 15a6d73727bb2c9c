"""The EDR index of MeteoAlarm: pointers to warnings, not warnings.

In: GeoJSON features with alertId, hubTime and links; a page, or one feature. Out: for each warning named an
alert that binds nothing and asks for its message, and a Cancel for each that the index calls superseded.
Refuses to take a page for all there is (a window of publication times, cut into pages), or a pointer for
the warning: its box is not where the warning is. Source: api.meteoalarm.org/edr/v1, collection warnings;
the links rotate, so alertId is the name.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.index_link import Link, to_fetch
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert, MsgType

SENDER = "meteoalarm.org index"
FEATURES_MAX = 20_000
MARKS = ("alertId", "hubTime")
# Which of the links of a feature is fetched: CAP itself first.
_RELS = ("xml", "canonical", "json")


def looks(document: Document) -> bool:
    features = _features(document)
    return bool(features) and all(_marked(each) for each in features[:1])


def _features(document: Document) -> list[Any]:
    if document.member("type") == "Feature" or _marked(document.value):
        return [document.value]
    listed = document.member("features")
    return listed if isinstance(listed, list) else []


def _marked(feature: Any) -> bool:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return isinstance(properties, dict) and all(mark in properties for mark in MARKS)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read one page: several features are one warning (an index for each area), told once."""
    features = _features(document)
    if len(features) > FEATURES_MAX:
        reading.findings.fault("E1002", f"more than {FEATURES_MAX} features", "ask for fewer", "features")
        return ()
    newest: dict[str, tuple[int, dict[str, Any]]] = {}
    strange: list[int] = []
    for n, feature in enumerate(features):
        name = _name(feature)
        if not name:
            strange.append(n)
            continue
        # One that is superseded in any of its features is superseded.
        if name not in newest or (_superseded(feature) and not _superseded(newest[name][1])):
            newest[name] = (n, feature)
    return salvage(
        reading,
        (
            *(_record(n, feature, name, reading) for name, (n, feature) in newest.items()),
            *(Record(read=lambda _: None, where=f"features[{n}]", sender=SENDER) for n in strange),
        ),
    )


def _name(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    value = properties.get("alertId") if isinstance(properties, dict) else None
    return value if isinstance(value, str) else ""


def _superseded(feature: dict[str, Any]) -> bool:
    properties = feature["properties"]
    return bool(properties.get("supersededByAlertId") or properties.get("supersededAt"))


def _record(n: int, feature: dict[str, Any], name: str, reading: Reading) -> Record:
    where = f"features[{n}]"

    def read_it(findings: Findings) -> Alert | None:
        properties = feature["properties"]
        said = properties.get("hubTime")
        sent_s = findings.instant(said if isinstance(said, str) else "", f"{where}.properties.hubTime")
        if sent_s is None:
            return None
        event = f"meteoalarm {name}"
        if _superseded(feature):
            at = properties.get("supersededAt")
            doubt = Findings()
            ended_s = doubt.instant(at, "") if isinstance(at, str) else None
            by = properties.get("supersededByAlertId")
            note = f"superseded by {by}" if isinstance(by, str) else "superseded"
            return reading.alert(
                sender=SENDER,
                identifier=name,
                sent_s=max(sent_s + 1, ended_s or 0),
                msg_type=MsgType.CANCEL,
                event=event,
                notes=(note,),
            )
        country = properties.get("countryCode")
        link = Link(
            href=href(feature),
            event=event,
            title=f"a warning for {country}" if isinstance(country, str) else "a warning",
        )
        return to_fetch(reading, link, sender=SENDER, identifier=name, sent_s=sent_s)

    return Record(read=read_it, where=where, sender=SENDER, identifier=name)


def href(feature: dict[str, Any]) -> str:
    """Choose the link under which the warning itself is; "" where there is none."""
    links = feature.get("links")
    found: dict[str, str] = {}
    for each in links if isinstance(links, list) else ():
        if isinstance(each, dict) and isinstance(each.get("href"), str):
            found.setdefault(str(each.get("rel")), each["href"])
    return next((found[rel] for rel in _RELS if rel in found), "")


def links(document: Document) -> tuple[Link, ...]:
    """List what a page says is to be fetched, each warning once, what is superseded left out."""
    over = {_name(each) for each in _features(document) if _name(each) and _superseded(each)}
    found: dict[str, Link] = {}
    for feature in _features(document)[:FEATURES_MAX]:
        name = _name(feature)
        if name and name not in over and href(feature):
            found.setdefault(name, Link(href=href(feature), event=f"meteoalarm {name}"))
    return tuple(found.values())


def pages(document: Document) -> tuple[int, int]:
    """Give which page this is, of how many: who reads only the first reads a hundredth of a stormy day."""
    about = document.member("metadata")
    page, total = (about.get(name) if isinstance(about, dict) else None for name in ("page", "total_pages"))
    return (page if isinstance(page, int) else 1), (total if isinstance(total, int) else 1)


FORMAT = Format(name="MeteoAlarm EDR index", lifecycle=Lifecycle.WINDOW, looks=looks, read=read)
