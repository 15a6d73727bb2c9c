"""Copernicus EMS: what a rapid mapping product saw of a flood, a fire or another event, as polygons.

Source: mapping.emergency.copernicus.eu, vector files "EMSR773_AOI01_DEL_PRODUCT_observedEventA_v1". In:
GeoJSON. Out: one alert a product: there was water (fire, debris) at these places when the picture was
taken. Refuses to say that anything else can be passed: cloud, shadow and trees hide water, and the area
that was looked at is no flood.
"""

from __future__ import annotations

import re
from typing import Any

from vado.errors import PayloadError
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import UNREADABLE, Record, heads, made_id, members, records_of, text
from vado.feeds.shapes import plain_area, read_geometry
from vado.feeds.stated import SHUT
from vado.hazards.kinds import fold
from vado.model.alert import Alert, Area, Info

SENDER = "Copernicus EMS"
# Members of the features of its event layers, and of its areas of interest. Source: EMSR773 and its like.
_EVENT = frozenset({"event_type", "obj_desc", "det_method", "notation", "dmg_src_id"})
_VERSION = re.compile(r"_[vV]\d{1,3}$", re.ASCII)
# What was not looked at, or not seen.
_UNSEEN = re.compile(r"not analy[sz]ed\b.*|clouds?|cloud cover(age)?|cloud shadow|no data")
FEATURES_MAX = 20_000
VERTICES_MAX = 100_000  # of one product, as of any alert


def looks(document: Document) -> bool:
    first = heads(document.member("features"))
    return _has_events(first) or any("emsr_id" in head for head in first)


def _has_events(first: list[dict[str, Any]]) -> bool:
    return any(len(_EVENT & head.keys()) >= 3 for head in first)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    features = records_of(document.value, "features", "a Copernicus EMS product")
    if not _has_events(heads(features)):
        raise PayloadError(
            "this is an area that Copernicus EMS looks at, and not what it saw there",
            code="E1107",
            action="send the observed event layer of the product (observedEventA)",
        )
    if len(features) > FEATURES_MAX:
        raise PayloadError(f"more than {FEATURES_MAX} features", code="E1002", action="send fewer at once")
    name = text(document.member("name")) or made_id(features[:100])
    areas: dict[str, list[Area]] = {}
    broken: list[Alert] = []
    vertices = 0
    notes = ["taken as seen when it was received: the product does not say when the picture was taken"]
    for n, feature in enumerate(features):
        record = Record(feature, f"features[{n}]")
        properties = members(members(feature).get("properties"))
        what = _what(properties)
        if any(_UNSEEN.fullmatch(fold(text(properties.get(key)))) for key in ("notation", "obj_desc")):
            notes.append(f"{record.where}: {what}: nothing is known of it")
            continue
        shapes = read_geometry(members(feature).get("geometry"), record.findings, f"{record.where}.geometry")
        vertices += record.findings.vertices
        if vertices > VERTICES_MAX:
            raise PayloadError(
                f"more than {VERTICES_MAX} vertices",
                code="E1002",
                action="send the product simplified, or in parts",
            )
        if record.findings.faults or not shapes:
            broken.append(
                reading.unreadable(
                    sender=SENDER,
                    identifier=f"{name}/{made_id(feature)}{UNREADABLE}",
                    cause=record.findings.faults[0].cause if record.findings.faults else "it has no shape",
                    where=record.where,
                )
            )
            continue
        notes += record.findings.notes[: max(0, 100 - len(notes))]
        kind = reading.kinds.find((what,))
        areas.setdefault(kind, []).append(plain_area(shapes, description=text(properties.get("notation"))))
    seen = reading.alert(
        sender=SENDER,
        identifier=_VERSION.sub("", name),
        sent_s=reading.received_s,
        event=_VERSION.sub("", name),
        infos=tuple(_info(kind, found, name, reading) for kind, found in areas.items()),
        notes=tuple(notes[:100]),
    )
    return (seen, *broken)


def _what(properties: dict[str, Any]) -> str:
    """Join what the layer says of a feature: "5-Flood", "Flooded area"."""
    return " ".join(text(properties.get(key)) for key in ("event_type", "obj_desc", "notation")).strip()


def _info(kind: str, areas: list[Area], name: str, reading: Reading) -> Info:
    """Say what was seen. The tables say what it does; what the layer does not name shuts until looked at."""
    return Info(
        event=kind or "observed event",
        kind=kind,
        category="Geo",
        urgency="Immediate",
        certainty="Observed",
        onset_s=reading.received_s,
        expires_s=None,
        headline=f"{name}: {kind or 'an event that is not named'} seen from above",
        stated=() if kind else (SHUT,),
        areas=tuple(areas),
    )


FORMAT = Format(name="Copernicus EMS", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
