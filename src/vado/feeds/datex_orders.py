"""DATEX II traffic regulation orders: what a mayor or prefect decreed, each order an alert.

In: an order of a TrafficRegulationPublication. Out: an alert with an info for each regulation and time.
Conditions are read as their publishers write them: when, where and for whom, each a list of alternatives, all
to be met. What is nested otherwise, and an exemption that cannot be told of a vehicle, frees nobody. Model:
DATEX II 3, TrafficRegulation, https://docs.datex2.eu/; profile seen: DiaLog, https://dialog.beta.gouv.fr/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from vado.feeds.datex_effects import CAP_MAX_KMH, CAP_MIN_KMH
from vado.feeds.datex_vehicles import EVERYBODY, Vehicles, merged, read_group
from vado.feeds.datex_when import When, when_valid
from vado.feeds.datex_where import Where, where
from vado.feeds.datex_words import first_of, flag, number, only_child, plain, said, spoken, xsi_type
from vado.feeds.findings import Doubts
from vado.feeds.format import one_line
from vado.model.alert import Action, Area, Info, StatedEffect
from vado.model.size import Bound

REGULATIONS_MAX = 200  # of one order
LEAVES_MAX = 500  # conditions of one regulation
INFOS_MAX = 500  # of one order
BOUNDS_MAX = 16  # of one regulation; more of them are everybody, and so are more conditions
WHOM_MAX = 8
# What an order's or a regulation's status says when it does not hold (any more).
_OVER = (
    "revoked",
    "cancelled",
    "canceled",
    "annulled",
    "withdrawn",
    "expired",
    "rejected",
    "inactive",
    "suspended",
)
_FORCE = ("", "active", "made", "madeAndImplemented")
_PLACES = ("implementedLocation", "locationByOrder", "locationReference")
_OPPOSITE = {
    "lessThan": "greaterThanOrEqualTo", "lessThanOrEqualTo": "greaterThan",
    "greaterThan": "lessThanOrEqualTo", "greaterThanOrEqualTo": "lessThan",
}  # fmt: skip
_SHUT = StatedEffect(action=Action.SHUT)
_LOOK = StatedEffect(action=Action.INSPECT)
_NONE = StatedEffect(action=Action.NONE)


@dataclass(slots=True)
class _Conditions:
    """The conditions of one regulation, gathered: alternatives of each sort."""

    times: list[Element] = field(default_factory=list)
    places: list[Element] = field(default_factory=list)
    whom: list[Vehicles] = field(default_factory=list)  # each must be met
    walkers: bool = False  # it is about people on foot ...
    vehicles: bool = False  # ... and about vehicles
    leaves: int = 0
    notes: list[str] = field(default_factory=list)


def read_order(order: Element, *, sent_s: int, country: str) -> tuple[tuple[Info, ...], Doubts]:
    """Read an order, stripped of namespaces: its infos, none where it is over, and what is noted of it."""
    doubts = Doubts()
    notes = doubts.notes
    status = said(order, "status")
    if any(word in status.casefold() for word in _OVER):
        return (), Doubts(notes=[f"over: the order is {plain(status)}"])
    title = one_line(spoken(described) if (described := only_child(order, "description")) is not None else "")
    infos: list[Info] = []
    regulations = order.findall("trafficRegulation")
    for n, regulation in enumerate(regulations):
        own = said(regulation, "status")
        if any(word in own.casefold() for word in _OVER):
            notes.append(f"regulation[{n}] is over: {plain(own)}")
            continue
        if n >= REGULATIONS_MAX or len(infos) >= INFOS_MAX:
            why = f"regulation[{n}] and those after it are not read: a person must look"
            doubts.add("trafficRegulation", why)
            infos.append(_info(title, sent_s, When(onset_s=sent_s, expires_s=None), (_LOOK,), ()))
            break
        sure = status in _FORCE and own in _FORCE
        if not sure:
            doubts.add("status", f"regulation[{n}] is {plain(status)}, {plain(own)}: a person must look")
        infos += _regulation(regulation, order, title, sent_s, country, doubts, sure=sure)
    if not regulations:
        doubts.add("trafficRegulation", "the order has no regulation: a person must look")
        infos.append(_info(title, sent_s, When(onset_s=sent_s, expires_s=None), (_LOOK,), ()))
    return tuple(infos), doubts


def _regulation(
    regulation: Element,
    order: Element,
    title: str,
    sent_s: int,
    country: str,
    doubts: Doubts,
    *,
    sure: bool,
) -> Iterator[Info]:
    notes = doubts.notes
    found = _Conditions(notes=notes)
    for condition in regulation.findall("condition"):
        _gather(condition, found, sound=True, alone=True)
    place = Where()
    areas: tuple[Area, ...] = ()
    for each in found.places:
        one = where(each, both_ways=True, names=_PLACES)
        notes += one.notes
        place.lanes += one.lanes
        place.carriageways += one.carriageways
        areas += one.areas()
        if one.notes or not any(area.has_shape or area.geocodes for area in one.areas()):
            doubts.members.append("location")
    if not found.places:
        doubts.members.append("location")
    who = _whom(found)
    if any(each.notes for each in found.whom):
        doubts.members.append("vehicle")
    types = regulation.findall("typeOfRegulation")
    effects = tuple(dict.fromkeys(each for type_ in types for each in _effects(type_, found, who, doubts)))
    if place.shoulder_only:
        effects = (_NONE,)
    if not sure:
        effects = tuple(dict.fromkeys(_LOOK if e.action is not Action.NONE else e for e in effects))
    # Without times of its own it holds as its order does.
    validities: list[Element | None] = [*map(_validity, found.times)] or [_validity(order)]
    for validity in validities:
        period = when_valid(validity, sent_s=sent_s, country=country)
        notes += period.notes
        if not period.over:
            yield _info(title, sent_s, period, effects or (_LOOK,), areas)


def _validity(holder: Element) -> Element | None:
    return next((each for each in holder if each.find("validityStatus") is not None), None)


def _info(
    title: str, sent_s: int, period: When, effects: tuple[StatedEffect, ...], areas: tuple[Area, ...]
) -> Info:
    bounds = dict.fromkeys(str(effect.only) for effect in effects if effect.only is not None)
    headline = one_line(": ".join(part for part in (title, " or ".join(bounds)) if part))[:300]
    return Info(
        event="traffic regulation",
        kind="closure" if any(effect.action is Action.SHUT for effect in effects) else "other",
        category="Transport",
        urgency="Immediate",
        certainty="Observed",
        onset_s=period.onset_s or sent_s,
        expires_s=period.expires_s,
        during=period.during,
        headline=headline,
        stated=effects,
        areas=areas,
    )


def _gather(condition: Element, found: _Conditions, *, sound: bool, alone: bool) -> None:
    """Collect conditions.

    `sound`: all above are met together, so that what this one demands may free who does not meet it.
    `alone`: it is no alternative to another.
    """
    found.leaves += 1
    if found.leaves > LEAVES_MAX:
        found.notes.append(f"more than {LEAVES_MAX} conditions: the others free nobody")
        found.whom, found.times = [EVERYBODY], []
        return
    kind, negated = xsi_type(condition), flag(condition, "negate")
    if kind == "ConditionSet":
        inside = condition.findall("conditions")
        together = said(condition, "operator") == "and" or len(inside) == 1
        kinds = {xsi_type(each) for each in inside} - {"NonVehicularRoadUserCondition"}
        if not together and kinds == {"VehicleCondition"}:
            found.vehicles = True
            if sound and not negated:
                found.whom.append(_any_of([each for each in inside if xsi_type(each) in kinds]))
            return
        # Alternatives of one sort are a list; of several sorts they free nobody.
        same = together or len(kinds) == 1
        for each in inside:
            _gather(each, found, sound=sound and same and not negated, alone=alone and together)
    elif kind == "LocationCondition":
        found.places.append(condition)  # one that is negated, too: more places are more caution
    elif kind == "ValidityCondition":
        if sound and not negated:
            found.times.append(condition)
    elif kind == "VehicleCondition":
        found.vehicles = True
        if sound and alone:
            found.whom.append(_group(condition))
    elif kind == "NonVehicularRoadUserCondition":
        found.walkers |= not negated
    else:
        found.notes.append(f"a condition of the type {plain(kind) or 'nothing'!r} frees nobody")


def _any_of(conditions: list[Element]) -> Vehicles:
    """Read alternatives: who meets any of them. Exemptions stand among them (DiaLog), and free nobody."""
    stated = [each for each in conditions if not flag(each, "negate")]
    groups = [_group(each) for each in stated or conditions]
    if any(not group.bounds and not group.junk_only for group in groups):
        return EVERYBODY
    return Vehicles(
        bounds=tuple(dict.fromkeys(bound for group in groups for bound in group.bounds)),
        junk=tuple(junk for group in groups for junk in group.junk),
        junk_only=any(group.junk_only for group in groups),
    )


def _group(condition: Element) -> Vehicles:
    """Read one vehicle condition; one that is negated binds whoever is on the other side of a single size."""
    group = only_child(condition, "vehicleCharacteristics")
    if group is None:
        return EVERYBODY
    if not flag(condition, "negate"):
        # DiaLog writes the limit, and not whom it keeps out: "7.5 t or less" bans who is over it.
        return read_group(group, limit=True)
    sizes = [each for each in group if each.find("comparisonOperator") is not None]
    if len(group) != 1 or len(sizes) != 1:
        return EVERYBODY  # "not for emergency services" frees none of ours
    operator = sizes[0].find("comparisonOperator")
    if operator is None or (operator.text or "").strip() not in _OPPOSITE:
        return EVERYBODY
    was, operator.text = operator.text, _OPPOSITE[(operator.text or "").strip()]
    found = read_group(group)
    operator.text = was
    return found


def _whom(found: _Conditions) -> Vehicles:
    """Join the vehicle conditions, all of which must be met."""
    bounds: list[Bound] = [Bound()]
    if len(found.whom) > WHOM_MAX or any(len(each.bounds) > BOUNDS_MAX for each in found.whom):
        return EVERYBODY
    for each in found.whom:
        if each.bounds:
            bounds = list(dict.fromkeys(merged(one, other) for one in bounds for other in each.bounds))
        if len(bounds) > BOUNDS_MAX:
            return EVERYBODY
    return Vehicles(
        bounds=() if Bound() in bounds else tuple(bounds),
        junk=tuple(junk for each in found.whom for junk in each.junk),
        junk_only=Bound() in bounds and any(each.junk_only for each in found.whom),
    )


def _effects(type_: Element, found: _Conditions, who: Vehicles, doubts: Doubts) -> Iterator[StatedEffect]:
    kind = xsi_type(type_)
    effect = _LOOK
    if kind == "AccessRestriction":
        effect = _SHUT
    elif kind == "SpeedLimit":
        kmh = number(first_of(type_, "numericValue"))
        if (
            kmh is not None
            and CAP_MIN_KMH <= kmh <= CAP_MAX_KMH
            and "miles" not in first_of(type_, "unitOfMeasure")
        ):
            effect = StatedEffect(action=Action.SLOW, cap_kmh=kmh)
        else:
            doubts.add("numericValue", "a speed limit that cannot be meant: a person must look")
    elif kind in ("StandingOrParkingRestriction", "NoOvertaking", "PriorityRule"):
        effect = _NONE
    else:
        doubts.add("type", f"a regulation of the type {plain(kind) or 'nothing'!r}: a person must look")
    if found.walkers and not found.vehicles:
        effect = _NONE  # for people on foot alone
    if who.junk:
        doubts.add("vehicle", f"cannot be meant, a person must look: {'; '.join(who.junk)[:200]}")
        yield _LOOK
    if who.junk_only or effect.action in (Action.NONE, Action.INSPECT):
        yield _LOOK if who.junk_only else effect
    elif who.bounds:
        yield from (replace(effect, only=bound) for bound in who.bounds)
    else:
        yield effect
