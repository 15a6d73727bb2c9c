"""Access constraints on OSM ways, as the WFP Logistics Cluster and others keep them: rows, each of a way or
a place.

Source: data.humdata.org, "access constraints" and SDI-T obstacles: osm_id, status, type, obsdate, maxloadmt,
locprecision, notes; rows of an ArcGIS FeatureServer, or GeoJSON. In: rows. Out: one alert a row. Refuses to
take a page of rows for all of them, and to close what somebody saw "about there" as if it were known where.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    is_true,
    made_id,
    members,
    number,
    read_records,
    records_of,
    text,
)  # fmt: skip
from vado.feeds.shapes import Shapes, esri_geometry, plain_area, read_geometry, split_ref
from vado.feeds.stated import INSPECT, LANE_CLOSED, NONE, SHUT, limit, once, shut_for
from vado.hazards.kinds import fold
from vado.model.alert import Action, Alert, Area, Info, RoadPlace, StatedEffect, Way

_MARKS = frozenset({"status", "maxloadmt", "obsdate", "locprecision", "restriction"})
# Words of a status, folded; the first list that has one of them inside counts, the most severe first.
_STATUS: tuple[tuple[tuple[str, ...], StatedEffect], ...] = (
    (("no restriction", "unrestricted", "not closed"), NONE),
    (("closed", "impassable", "not passable", "inaccessible", "no access", "not accessible", "blocked",
      "destroyed", "cut", "no go", "ferme", "cerrado"), SHUT),
    (("restrict", "difficult", "limited", "partial", "constrain", "caution", "damaged"), LANE_CLOSED),
    (("open", "passable", "accessible", "clear", "repaired", "operational"), NONE),
)  # fmt: skip
# Beside a word for open it may mean its contrary.
_NEGATED = {"not", "no", "non", "never", "pas", "un"}
# Obstacles that nobody passes, whatever the status of the row says or leaves out. Source: SDI-T, obstacle
# types.
_DEADLY = ("mine", "uxo", "unexploded")
# How far off a place may be that is "approximate" or "bad": own judgement. A bad one asks a person only.
APPROXIMATE_M, BAD_M = 1_000.0, 5_000.0


def _is_rows(document: Document) -> bool:
    keys = [{key.casefold() for key in head} for head in heads(document.member("features"))]
    return any(
        ("osm_id" in head and _MARKS & head) or ("sourceid" in head and len(_MARKS & head) >= 2)
        for head in keys
    )


def _is_page(document: Document) -> bool:
    return is_true(document.member("exceededTransferLimit")) or is_true(
        members(document.member("properties")).get("exceededTransferLimit")
    )


def looks(document: Document) -> bool:
    return _is_rows(document) and not _is_page(document)


def looks_page(document: Document) -> bool:
    return _is_rows(document) and _is_page(document)


def _row(feature: Any) -> dict[str, Any]:
    given = members(feature)
    return members(given.get("attributes")) or members(given.get("properties"))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_records(
        records_of(document.value, "features", "access constraints"),
        reading,
        name="features",
        sender=reading.source,
        identify=_identifier,
        read=lambda record: _constraint(record, reading),
    )


def _folded(feature: Any) -> dict[str, Any]:
    return {key.casefold(): value for key, value in _row(feature).items()}


def _identifier(feature: Any) -> str:
    row = _folded(feature)
    for key in ("globalid", "sourceid", "osm_id", "objectid"):
        if text(row.get(key)):
            return f"{key}:{text(row.get(key))}"
    return made_id(feature)


def _constraint(record: Record, reading: Reading) -> Alert:
    row, identifier = _folded(record.value), _identifier(record.value)
    if not row:
        raise Unusable("it has no attributes")
    given = esri_geometry(members(record.value).get("geometry"))
    shapes = read_geometry(given, record.findings, f"{record.where}.geometry") if given else Shapes()
    seen_s = _time(record, row.get("obsdate"))
    changed_s = _time(record, row.get("editdate") or row.get("last_edited_date") or row.get("lastupdate"))
    # Rows are the state of the table: as of their last change, else of when they were received.
    sent_s = record.sent(changed_s if changed_s is not None else reading.received_s or seen_s, reading)
    stated, area = _effect(record, row), _area(record, row, shapes)
    if fold(text(row.get("locprecision"))) == "bad" and not _way_ids(row):
        record.note("its place is bad: it shuts nothing, a person is asked")
        stated = (INSPECT,)
    what = text(row.get("type") or row.get("obstacle")) or "access constraint"
    shut = any(each.action is Action.SHUT for each in stated)
    info = Info(
        event=what,
        kind="closure" if shut else reading.kinds.find((what,)),
        category="Transport",
        urgency="Immediate",
        certainty="Observed",
        onset_s=min(seen_s, sent_s) if seen_s is not None else sent_s,
        expires_s=None,
        headline=" ".join(each for each in (text(row.get("name")), what, text(row.get("status"))) if each),
        description=text(row.get("notes") or row.get("comments")),
        parameters=tuple((key, text(row.get(key))) for key in sorted(_MARKS) if text(row.get(key))),
        stated=stated,
        areas=(area,),
    )
    return reading.alert(
        sender=reading.source, identifier=identifier, sent_s=sent_s, event=identifier, infos=(info,)
    )


def _effect(record: Record, row: dict[str, Any]) -> tuple[StatedEffect, ...]:
    """Read status, type and the load that a bridge still bears."""
    status, type_ = fold(text(row.get("status") or row.get("restriction"))), fold(text(row.get("type")))
    found: list[StatedEffect] = []
    if any(word in type_ for word in _DEADLY):
        return (SHUT,)
    for words, effect in _STATUS:
        if any(word in status for word in words):
            doubted = effect is NONE and words[0] != "no restriction" and _NEGATED & set(status.split())
            found.append(INSPECT if doubted else effect)
            break
    else:
        record.doubt("status", f"the status {status or '(none)'} is not known: a person is asked")
        found.append(INSPECT)
    load = number(row.get("maxloadmt"))
    if load is None and row.get("maxloadmt") not in (None, ""):
        record.doubt("maxloadmt", "its load is no number")
    if load is not None:
        bound = limit("over_weight_kg", load, "tonnes")
        if bound is None:
            record.doubt("maxloadmt", f"a load of {load:g} tonnes cannot be meant: a person is asked")
        found.append(shut_for(bound) if bound else INSPECT)
    return once(found)


def _way_ids(row: dict[str, Any]) -> tuple[int, ...]:
    found = number(text(row.get("osm_id")).rpartition("/")[2])
    return (int(found),) if found is not None and 0 < found < 2**53 and found == int(found) else ()


def _area(record: Record, row: dict[str, Any], shapes: Shapes) -> Area:
    """Place it on its way; a point that is not accurate is a circle as wide as it may be off."""
    ways, name = _way_ids(row), text(row.get("name") or row.get("road"))
    ref, named = split_ref([name] if name else [])
    if ways:
        points = shapes.lines[0] if shapes.lines else shapes.points
        place = RoadPlace(
            ref=ref, name=named, way=Way.BOTH, points=points, ends_only=not shapes.lines, ways=ways
        )
        return Area(description=name, roads=(place,), lines=shapes.lines[1:])
    precision = fold(text(row.get("locprecision")))
    radius_m = {"approximate": APPROXIMATE_M, "bad": BAD_M}.get(precision, 0.0)
    if not shapes:
        record.note("it gives neither a way nor a place: a person has to say where it is")
    return plain_area(shapes, description=name, radius_m=radius_m)


def _time(record: Record, value: Any) -> int | None:
    """Read milliseconds, as Esri writes them, or a time; without an offset it is taken as UTC."""
    milliseconds = number(value)
    if milliseconds is not None:
        return int(milliseconds // 1000) if 0 < milliseconds < 2**48 else None
    written = text(value)
    if written and len(written) < 16:
        written = f"{written[:10]}T00:00:00Z"
    elif written and not any(c in written[11:] for c in "Zz+-"):
        written += "Z"
    found = record.findings
    before = len(found.faults)
    seconds = record.instant(written, "obsdate")
    if len(found.faults) > before:  # a date that a person typed is no reason to lose the closure
        del found.faults[before:]
        record.note(f"the date {written[:40]!r} cannot be read")
    return seconds


PAGE = Format(name="access constraints, a page", lifecycle=Lifecycle.STREAM, looks=looks_page, read=read)
FORMAT = Format(name="access constraints", lifecycle=Lifecycle.FULL, looks=looks, read=read)
