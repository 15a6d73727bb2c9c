"""Where a DATEX II record is: its location references, made into areas.

In: a record's element. Out: areas, the lanes and carriageways that it names, notes of what could not be
placed. Refuses to guess: an Alert-C code, for which a national table is needed, stays a code, and its
hazard is unknown. Model: DATEX II 2.3 and 3.7, LocationReferencing, https://docs.datex2.eu/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from vado.feeds.datex_shapes import POINTS_MAX, WAYS, About, Shapes, km_points, read_shape
from vado.feeds.datex_words import every, first_of, lanes_of, only_child, said, words_in
from vado.feeds.format import one_line
from vado.model.alert import Area

PLACES_MAX = 500  # of one record
SLIPS = frozenset({"exitSlipRoad", "entrySlipRoad", "slipRoads", "connectingCarriageway"})
# Where no motor vehicle of ours drives.
BESIDE = frozenset({"cycleTrack", "footpath"})
# Lanes whose closure takes nothing from who drives through.
SHOULDERS = frozenset(
    {
        "hardShoulder", "rightHardShoulder", "leftHardShoulder", "emergencyLane", "verge", "layBy",
        "escapeLane", "cycleLane", "busStop", "setDownArea", "centralReservation",
    }
)  # fmt: skip
_REF = re.compile(r"[A-Za-z]{0,4}[- .]?\d{1,6}[A-Za-z]?(?:[-./]\w{1,6})?")
_INNER = ("locationContainedInItinerary", "locationContainedInGroup", "location", "locationReference")


@dataclass(slots=True)
class Where:
    """What a record says of its place, gathered."""

    shapes: Shapes = field(default_factory=Shapes)
    codes: list[tuple[str, str]] = field(default_factory=list)
    coded_only: int = 0  # places of which no more than a code is given
    names: list[str] = field(default_factory=list)
    carriageways: list[str] = field(default_factory=list)
    lanes: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        return self.shapes.notes

    @property
    def shoulder_only(self) -> bool:
        """Tell whether it is about the hard shoulder or a path beside the road, and no lane of traffic."""
        return self.beside_only or (bool(self.lanes) and set(self.lanes) <= SHOULDERS)

    @property
    def beside_only(self) -> bool:
        """Tell whether it is about a path for people on foot or bicycles only."""
        return bool(self.carriageways) and set(self.carriageways) <= BESIDE

    @property
    def all_lanes(self) -> bool:
        """Tell whether no single lane is named: the carriageway is meant."""
        return not self.lanes or "allLanesCompleteCarriageway" in self.lanes

    def areas(self) -> tuple[Area, ...]:
        name = "; ".join(dict.fromkeys(each for each in self.names if each))[:300]
        codes = tuple(dict.fromkeys(self.codes))
        found: list[Area] = []
        if self.shapes.count:
            roads, polygons = (
                tuple(dict.fromkeys(self.shapes.roads)),
                tuple(dict.fromkeys(self.shapes.polygons)),
            )
            found.append(Area(description=name, roads=roads, polygons=polygons, geocodes=codes))
        # One code beside one drawn line is the same place told twice (NDW); more of them are other places.
        if self.coded_only > self.shapes.count or not self.shapes.count:
            found += [Area(description=name, geocodes=codes)] if codes or name else []
        return tuple(found)


REFERENCES = ("locationReference", "groupOfLocations")


def where(record: Element, *, both_ways: bool, names: tuple[str, ...] = REFERENCES) -> Where:
    """Read all location references of a record; `both_ways`: what it closes it closes in both directions."""
    found = Where()
    way = WAYS.get(said(record, "applicableForTrafficDirection"))
    places = (place for name in names for reference in record.findall(name) for place in _places(reference))
    for n, place in enumerate(places):
        if n >= PLACES_MAX:
            found.notes.append(f"has more than {PLACES_MAX} places; the others are not read")
            found.coded_only += PLACES_MAX
            break
        carriageways, lanes = lanes_of(place)
        found.carriageways += carriageways
        found.lanes += lanes
        ref, name = _road(place)
        within = one_line(", ".join(dict.fromkeys(every(place, "municipality") + every(place, "province"))))
        about = About(
            ref=ref, name=name, slip=_slip(carriageways), within=within[:200], way=way, both_ways=both_ways
        )
        found.names.append(_words(place, about))
        codes, before = _alert_c(place), found.shapes.count
        found.codes += codes
        read_shape(place, about, found.shapes)
        found.coded_only += bool(codes or len(place)) and found.shapes.count == before
    if found.codes and (found.coded_only > found.shapes.count or not found.shapes.count):
        table, code = found.codes[0]
        found.notes.append(f"{table} {code} needs a national table of locations; it is not placed")
    if found.shapes.points > POINTS_MAX:
        found.notes.append(f"has more than {POINTS_MAX} points; its shape is not used")
        found.shapes.roads.clear()
        found.shapes.polygons.clear()
    return found


def _places(reference: Element) -> Iterator[Element]:
    """Give the single places of a reference: an itinerary or group holds several, each in a `location`."""
    inner = [child for child in reference if child.tag in _INNER]
    if not inner:
        yield reference
    for child in inner:
        yield from _places(child)


def _slip(carriageways: list[str]) -> bool | None:
    """Tell a slip road from the main line; DGT names it first, and then all lanes of "unspecified"."""
    slip, main = any(each in SLIPS for each in carriageways), "mainCarriageway" in carriageways
    return slip if slip != main else None


def _road(place: Element) -> tuple[str, str]:
    """Give the number and the name of the road: sources write either into either."""
    named = [*every(place, "roadNumber"), *every(place, "roadName")]
    for each in place.iter("name"):
        if words_in(each, "tpegOtherPointDescriptorType") == ["linkName"]:
            named += every(each, "descriptor")
    named = [line for each in named if (line := one_line(each))]
    ref = next((each for each in named if _REF.fullmatch(each)), "")
    return ref, next((each for each in named if each != ref), "")[:200]


def _words(place: Element, about: About) -> str:
    towards = first_of(place, "roadDestination")
    described = [
        one_line(each)[:120] for tag in ("areaName", "locationDescription") for each in every(place, tag)
    ]
    km = " to ".join(f"{each:g}" for each in km_points(place))
    parts = (
        about.ref, about.name, f"km {km}" if km else "", about.within, "slip road" if about.slip else "",
        f"towards {towards}" if towards else "", *described,
    )  # fmt: skip
    return " ".join(part for part in parts if part)


def _alert_c(place: Element) -> list[tuple[str, str]]:
    """Give Alert-C references as ("Alert-C 8/6.13", "8802+500 8803+400 negative"), for a table to place."""
    found: list[tuple[str, str]] = []
    for each in place.iter():
        if each.tag not in ("alertCLinear", "alertCPoint", "alertCArea"):
            continue
        country, number_ = said(each, "alertCLocationCountryCode"), said(each, "alertCLocationTableNumber")
        ends: list[str] = []
        for child in each:
            code = first_of(child, "specificLocation")
            offset = only_child(child, "offsetDistance")
            metres = first_of(offset, "offsetDistance") if offset is not None else ""
            ends += [f"{code}+{metres}" if metres else code] if code else []
        way = first_of(each, "alertCDirectionCoded")
        if ends:
            found.append((f"Alert-C {country}/{number_}"[:60], one_line(" ".join([*ends, way]))[:100]))
    return found
