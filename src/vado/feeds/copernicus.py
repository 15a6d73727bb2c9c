"""Copernicus EMS: what a rapid mapping product saw of a flood, a fire or another event, as polygons.

Source: mapping.emergency.copernicus.eu, vector files "EMSR773_AOI01_DEL_PRODUCT_observedEventA_v1". In:
GeoJSON. Out: one alert a product: there was water (fire, debris) at these places when the picture was
taken. Refuses to say that anything else can be passed: cloud, shadow and trees hide water, and the area
that was looked at is no flood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from vado.errors import PayloadError
from vado.feeds.findings import NOTES_MAX
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import Record, heads, made_id, members, records_of, text
from vado.feeds.shapes import plain_area, read_geometry
from vado.feeds.stated import INSPECT, NONE, SHUT
from vado.hazards.kinds import fold
from vado.model.alert import Alert, Area, Info, StatedEffect

SENDER = "Copernicus EMS"
# Members of the features of its event layers, and of its areas of interest. Source: EMSR773 and its like.
_EVENT = frozenset({"event_type", "obj_desc", "det_method", "notation", "dmg_src_id"})
_VERSION = re.compile(r"_[vV]\d{1,3}$", re.ASCII)
# What was not looked at, or not seen.
_UNSEEN = re.compile(r"not analy[sz]ed\b.*|clouds?|cloud cover(age)?|cloud shadow|no data")
# Grading of roads, the worst first: what is damaged is shut until a person has looked; what has no visible
# damage is not called passable.
_DAMAGE: tuple[tuple[str, tuple[StatedEffect, ...]], ...] = (
    ("possibly", (INSPECT,)),
    ("no visible", (NONE,)),
    ("destroyed", (SHUT,)),
    ("damage", (SHUT,)),
)
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
    product = _Product(name=name, reading=reading)
    for n, feature in enumerate(features):
        product.add(Record(feature, f"features[{n}]"))
    seen = reading.alert(
        sender=SENDER,
        identifier=_VERSION.sub("", name),
        sent_s=reading.received_s,
        event=_VERSION.sub("", name),
        infos=tuple(_info(*key, areas, name, reading) for key, areas in product.areas.items()),
        unread=[alert.identifier for alert in product.broken],
        notes=tuple(product.notes[:NOTES_MAX]),
    )
    return (seen, *product.broken)


@dataclass(slots=True)
class _Product:
    """A product while it is read: areas by what was seen there and what that does."""

    name: str
    reading: Reading
    areas: dict[tuple[str, tuple[StatedEffect, ...]], list[Area]] = field(default_factory=dict)
    broken: list[Alert] = field(default_factory=list)
    notes: list[str] = field(
        default_factory=lambda: ["taken as seen when it was received: the product does not say when it was"]
    )
    vertices: int = 0

    def add(self, record: Record) -> None:
        """Sort in one feature; raises PayloadError E1002 when all together have too many vertices."""
        properties = members(members(record.value).get("properties"))
        what = _what(properties)
        if any(_UNSEEN.fullmatch(fold(text(properties.get(key)))) for key in ("notation", "obj_desc")):
            self.notes.append(f"{record.where}: {what}: nothing is known of it")
            return
        shapes = read_geometry(members(record.value).get("geometry"), record.findings, record.where)
        self.vertices += record.findings.vertices
        if self.vertices > VERTICES_MAX:
            cause = f"more than {VERTICES_MAX} vertices"
            raise PayloadError(cause, code="E1002", action="send the product simplified, or in parts")
        if record.findings.faults or not shapes:
            faults = record.findings.faults
            self.broken.append(
                self.reading.unreadable(
                    sender=SENDER,
                    identifier=f"{self.name}/{made_id(record.value)}",
                    cause=faults[0].cause if faults else "it has no shape",
                    where=record.where,
                )
            )
            return
        self.notes += record.findings.notes[: max(0, NOTES_MAX - len(self.notes))]
        kind = self.reading.kinds.find((what,))
        stated: tuple[StatedEffect, ...] = () if kind else (SHUT,)
        damage = fold(text(properties.get("damage_gra")))
        if damage:
            if not shapes.lines:
                return  # a building
            kind = "closure"
            stated = next((effect for words, effect in _DAMAGE if words in damage), (INSPECT,))
        area = plain_area(shapes, description=text(properties.get("notation")))
        self.areas.setdefault((kind, stated), []).append(area)


def _what(properties: dict[str, Any]) -> str:
    """Join what the layer says of a feature: "5-Flood", "Flooded area"."""
    return " ".join(text(properties.get(key)) for key in ("event_type", "obj_desc", "notation")).strip()


def _info(
    kind: str, stated: tuple[StatedEffect, ...], areas: list[Area], name: str, reading: Reading
) -> Info:
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
        stated=stated,
        areas=tuple(areas),
    )


FORMAT = Format(name="Copernicus EMS", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
