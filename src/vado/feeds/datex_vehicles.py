"""Whom a DATEX II record binds: vehicle characteristics, made into bounds.

In: a record's element. Out: bounds, any of which binds; junk values are named and bind nobody by
themselves. What cannot be told of a vehicle (its fuel, its number plate, what it is used for) does not free
it. Model: DATEX II 3.7, Common: VehicleCharacteristics, https://docs.datex2.eu/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds.datex_words import number, only_child, plain, said, words_in
from vado.feeds.vehicles import classes
from vado.model.size import Bound

_WITH_TRAILER = frozenset({"carWithTrailer", "carWithCaravan", "lightCommercialVehicleWithTrailer"})
_ANY_WITH_TRAILER = frozenset({"vehicleWithTrailer", "vehicleWithCaravan", "caravan", "trailer"})
_HAZMAT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("explosiveMaterials", "ammunition"), ("explosive",)),
    "materialsDangerousForWater": ("water",),
    **dict.fromkeys(
        ("hazardousMaterials", "chemicals", "combustibleMaterials", "corrosiveMaterials", "fuel", "oil",
         "petrol", "materialsDangerousForPeople", "materialsDangerousForTheEnvironment",
         "radioactiveMaterials", "toxicMaterials"),
        ("any",)),
}  # fmt: skip
# The largest that drives without a permit. Source: Council Directive 96/53/EC, Annex I, 1.1 (road train 18.75
# m), 1.2 (2.55 m), 1.3 (4.00 m).
_OVERSIZE: dict[str, tuple[Bound, ...]] = {
    "extraHighLoad": (Bound(over_height_cm=400),),
    "extraLongLoad": (Bound(over_length_cm=1875),),
    "extraWideLoad": (Bound(over_width_cm=255),),
    "abnormalLoad": (Bound(over_height_cm=400), Bound(over_length_cm=1875), Bound(over_width_cm=255)),
}
_EQUIPMENT = {
    "notUsingSnowChains": "chains",
    "notUsingSnowChainsOrTyres": "winter-tyres",
    "withoutSnowTyresOrChainsOnBoard": "winter-tyres",
}
# characteristic -> (element of its value, field of Bound, to its unit, smallest and largest that can be
# meant). Metres and tonnes. Own judgement: no road is signed for less than a small car, 1.4 m wide and high;
# what is beyond the largest was written in another unit. DGT publishes widths of 0.0 and 1.0.
_MEASURES = {
    "heightCharacteristic": ("vehicleHeight", "over_height_cm", 100, 1.4, 20.0),
    "widthCharacteristic": ("vehicleWidth", "over_width_cm", 100, 1.4, 20.0),
    "lengthCharacteristic": ("vehicleLength", "over_length_cm", 100, 2.5, 100.0),
    "grossWeightCharacteristic": ("grossVehicleWeight", "over_weight_kg", 1000, 0.5, 300.0),
    "heaviestAxleWeightCharacteristic": ("heaviestAxleWeight", "over_axle_kg", 1000, 0.3, 50.0),
}
GROUPS_MAX = 12  # of one record; more of them are taken as everybody
PARTS_MAX = 60  # of one group


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicles:
    """Whom a record binds: everybody where `bounds` is empty, unless junk is all that it says."""

    bounds: tuple[Bound, ...] = ()
    requires: str = ""  # binds who lacks this equipment
    junk: tuple[str, ...] = ()  # values that cannot be meant
    junk_only: bool = False  # of somebody at least no more than junk is said
    limits: bool = False  # names a size or a weight
    notes: tuple[str, ...] = ()


EVERYBODY = Vehicles()


def vehicles(record: Element, *, limit: bool = False) -> Vehicles:
    """Read whom a record is for; `limit`: it is a limit of height or weight, "less than" is who may pass."""
    listed = record.findall("forVehiclesWithCharacteristicsOf")
    if not listed:
        return EVERYBODY
    each = [read_group(one, limit=limit) for one in listed[:GROUPS_MAX]]
    # Several are a union; one that is for everybody is for everybody.
    everybody = len(listed) > GROUPS_MAX or any(not one.bounds and not one.junk_only for one in each)
    bounds = tuple(dict.fromkeys(bound for one in each for bound in one.bounds))
    return Vehicles(
        bounds=() if everybody or _all_classes(bounds) else bounds,
        requires=next((one.requires for one in each if one.requires), "") if len(each) == 1 else "",
        junk=tuple(junk for one in each for junk in one.junk),
        junk_only=not everybody and any(one.junk_only for one in each),
        limits=any(one.limits for one in each),
        notes=tuple(dict.fromkeys(note for one in each for note in one.notes)),
    )


def _all_classes(bounds: tuple[Bound, ...]) -> bool:
    """Tell whether cars and lorries are named with no more said: then nobody of ours is left out."""
    plainly = {name for bound in bounds if bound == Bound(classes=bound.classes) for name in bound.classes}
    return {"motorcar", "hgv"} <= plainly


def read_group(element: Element, *, limit: bool = False) -> Vehicles:
    """Read one group of characteristics, all of which must be met."""
    notes: list[str] = []
    junk: list[str] = []
    if len(element) > PARTS_MAX:
        return Vehicles(notes=(f"names more than {PARTS_MAX} characteristics: all vehicles are meant",))
    types = dict.fromkeys(words_in(element, "vehicleType"))
    loads = dict.fromkeys(words_in(element, "loadType"))
    bounds = [merged(bound, more) for bound in _of_types(types, notes) for more in _of_loads(loads, notes)]
    measured = Bound()
    limits = False
    for each in element:
        name = each.tag
        if name in _MEASURES:
            limits = True
            measured = _measure(each, name, measured, junk, notes, limit=limit)
        elif name not in ("vehicleType", "loadType", "vehicleEquipment") and "xtension" not in name:
            notes.append(f"{plain(name)} cannot be told of a vehicle: it frees nobody")
    if measured.over_rated_kg and not measured.over_weight_kg and _weight_type(element) == "":
        # Which weight is meant is not said: who is over by either is bound.
        both = [measured, replace(measured, over_rated_kg=0, over_weight_kg=measured.over_rated_kg)]
    else:
        both = [measured]
    bounds = [merged(bound, one) for bound in bounds for one in both]
    found = tuple(dict.fromkeys(bound for bound in bounds if bound != Bound()))
    equipment = [_EQUIPMENT[word] for word in words_in(element, "vehicleEquipment") if word in _EQUIPMENT]
    return Vehicles(
        bounds=found if len(found) == len(set(bounds)) else (),
        requires=equipment[0] if equipment else "",
        junk=tuple(junk),
        # A junk width of lorries still is about lorries; of everybody it is about nobody we can name.
        junk_only=bool(junk) and not found,
        limits=limits,
        notes=tuple(notes),
    )


def _of_types(types: Iterable[str], notes: list[str]) -> list[Bound]:
    plainly: list[str] = []
    found: list[Bound] = []
    for name in types:
        known = classes(name)
        if name in _WITH_TRAILER and known:
            found.append(Bound(classes=known, trailer=True))
        elif name in _ANY_WITH_TRAILER:
            found.append(Bound(trailer=True))
        elif known:
            plainly += known
        else:
            if known is None and name != "unknown":
                notes.append(f"vehicles of the type {plain(name)!r} cannot be told apart: all are meant")
            return [Bound()]
    if plainly:
        found.append(Bound(classes=tuple(sorted(set(plainly)))))
    return found or [Bound()]


def _of_loads(loads: Iterable[str], notes: list[str]) -> list[Bound]:
    found: list[Bound] = []
    for name in loads:
        if name in _HAZMAT:
            found.append(Bound(hazmat=_HAZMAT[name]))
        elif name in _OVERSIZE:
            found += _OVERSIZE[name]
        else:
            notes.append(f"a load of {plain(name)!r} cannot be told of a vehicle: it frees nobody")
            return [Bound()]
    return found or [Bound()]


def _weight_type(element: Element) -> str:
    weight = only_child(element, "grossWeightCharacteristic")
    return said(weight, "typeOfWeight") if weight is not None else ""


def _measure(
    each: Element, name: str, have: Bound, junk: list[str], notes: list[str], *, limit: bool
) -> Bound:
    """Add one measure to a bound: who is larger than it says, or as light as it says."""
    tag, over, scale, least, most = _MEASURES[name]
    value, operator = number(said(each, tag)), said(each, "comparisonOperator") or "greaterThan"
    words = f"{plain(tag)} {plain(operator)} {said(each, tag)[:20] or 'nothing'}"
    if value is None or not least <= value <= most:
        junk.append(words)
        return have
    whole = round(value * scale)
    if name == "grossWeightCharacteristic" and said(each, "typeOfWeight") != "actual":
        over = "over_rated_kg"
    if operator in ("lessThan", "lessThanOrEqualTo") and not limit:
        if over in ("over_weight_kg", "over_rated_kg"):
            return replace(have, under_weight_kg=whole + (operator == "lessThanOrEqualTo"))
        notes.append(f"{words} cannot be told of a vehicle: it frees nobody")
        return have
    if operator in ("greaterThanOrEqualTo", "equalTo") or (limit and operator == "lessThan"):
        whole -= 1
    stated: int = getattr(have, over)
    size: dict[str, Any] = {over: min(whole, stated) if stated else whole}
    return replace(have, **size)


def merged(one: Bound, other: Bound) -> Bound:
    """Join what both demand; of two sizes the larger counts."""
    return Bound(
        over_weight_kg=max(one.over_weight_kg, other.over_weight_kg),
        over_rated_kg=max(one.over_rated_kg, other.over_rated_kg),
        over_axle_kg=max(one.over_axle_kg, other.over_axle_kg),
        over_height_cm=max(one.over_height_cm, other.over_height_cm),
        over_width_cm=max(one.over_width_cm, other.over_width_cm),
        over_length_cm=max(one.over_length_cm, other.over_length_cm),
        under_weight_kg=max(one.under_weight_kg, other.under_weight_kg),
        hazmat=one.hazmat or other.hazmat,
        trailer=one.trailer or other.trailer,
        classes=one.classes or other.classes,
    )
