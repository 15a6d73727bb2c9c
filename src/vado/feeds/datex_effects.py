"""What a DATEX II record does to its road: its type and values, made into a kind and stated effects.

In: a record's element, where it is and whom it binds. Out: a kind, effects, notes. A closure shuts for whom
it is written; a limit of size is a bound; lanes slow; what lies on the road delays and never shuts; a word
that we do not know asks a person. No effects at all means that the tables know better (floods, snow, fog).
Model: DATEX II 2.3 and 3.7, Situation, https://docs.datex2.eu/
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from vado.feeds.datex_vehicles import Vehicles
from vado.feeds.datex_where import Where
from vado.feeds.datex_words import first_of, number, only_child, plain, said, xsi_type
from vado.hazards import Kinds
from vado.model.alert import Action, StatedEffect
from vado.model.size import Bound

# What a road may be capped at, km/h: DGT publishes 1 and 2, which nobody can mean. Own judgement.
CAP_MIN_KMH, CAP_MAX_KMH = 5, 150
DELAY_MAX_S = 86_400
# All factors and delays here are our own judgement, on the cautious side: the records say none. A lane less
# is as roadworks in data/effects.toml (50 to 60 of 90 km/h).
_SHUT = StatedEffect(action=Action.SHUT)
_LOOK = StatedEffect(action=Action.INSPECT)
_NONE = StatedEffect(action=Action.NONE)


def _slow(factor: float) -> StatedEffect:
    return StatedEffect(action=Action.SLOW, speed_factor=factor)


def _delay(seconds: int) -> StatedEffect:
    return StatedEffect(action=Action.DELAY, delay_s=seconds)


SHUTS = frozenset({"roadClosed", "carriagewayClosures", "closedPermanentlyForTheWinter", "overnightClosures"})
# Closed for both directions where none is said; the others close a carriageway, which has one.
BOTH_WAYS = frozenset({"roadClosed", "closedPermanentlyForTheWinter"})
LIMITS = frozenset({"heightRestrictionInOperation", "weightRestrictionInOperation"})
_MANAGED: dict[str, StatedEffect] = {
    **dict.fromkeys(SHUTS, _SHUT),
    "doNotUseSpecifiedLanesOrCarriageways": _SHUT,  # of single lanes: see _managed
    "intermittentShortTermClosures": _delay(1800),
    "rollingRoadBlock": _delay(900),
    "laneClosures": _slow(0.6),
    "contraflow": _slow(0.6),
    "singleAlternateLineTraffic": _delay(300),
    "lanesDeviated": _slow(0.8),
    "narrowLanes": _slow(0.8),
    "newRoadworksLayout": _slow(0.8),
    "turnAroundInOperation": _LOOK,
    "vehicleStorageInOperation": _LOOK,
    **dict.fromkeys(
        ("carPoolLaneInOperation", "clearALaneForEmergencyVehicles",
         "clearALaneForSnowploughsAndGrittingVehicles", "hardShoulderRunningInOperation",
         "hardShoulderRunningNotInOperation", "keepToTheLeft", "keepToTheRight",
         "rushHourLaneInOperation", "tidalFlowLaneInOperation", "useOfSpecifiedLanesOrCarriagewaysAllowed",
         "useSpecifiedLanesOrCarriageways"), _NONE),
}  # fmt: skip
_NETWORK: dict[str, StatedEffect] = {
    "bridgeSwingInOperation": _delay(900), "convoyService": _delay(1800), "trafficHeld": _delay(1800),
    "temporaryTrafficLights": _delay(120), "trafficBeingManuallyDirected": _delay(120),
    "obstacleSignalling": _NONE, "rampMeteringInOperation": _NONE, "tollGatesOpen": _NONE,
}  # fmt: skip
_TRAFFIC = {
    "stationaryTraffic": _delay(1800), "queuingTraffic": _delay(600), "slowTraffic": _slow(0.5),
    "heavyTraffic": _slow(0.7), "unspecifiedAbnormalTraffic": _slow(0.7), "stopAndGo": _delay(600),
}  # fmt: skip
_WINTER = {
    "useSnowChains": "chains",
    "useSnowChainsOrTyres": "winter-tyres",
    "useSnowTyres": "winter-tyres",
    "winterEquipmentOnBoardRequired": "winter-tyres",
}
# Words of national extensions that say closed, and such as make them say less. Compared without spaces and
# case.
_CLOSED = ("closed", "closure", "cortad", "cortead", "gesperrt", "ferme", "afgesloten", "suljettu", "chius")
_PARTLY = ("lane", "carril", "shoulder", "arcen", "partial", "voie", "rijstrook", "kaista")
# A kind of ours for what lies on the road, by the words of the model; the others are looked up word by word.
_ON_ROAD = {
    "avalanches": "avalanche", "flooding": "flood", "flashFloods": "flash-flood", "landslips": "landslide",
    "mudSlide": "landslide", "rockfalls": "landslide", "forestFire": "wildfire", "grassFire": "wildfire",
    "seriousFire": "wildfire", "surfaceWater": "rain",
}  # fmt: skip
_WEATHER_WORDS = (
    "blackIce", "deepSnow", "freezingOfWetRoads", "freezingPavements", "freezingRain", "freshSnow", "ice",
    "iceBuildUp", "iceWithWheelBarTracks", "icyPatches", "looseSnow", "packedSnow", "slushOnRoad",
    "slushStrings", "snowDrifts", "snowOnPavement", "snowOnTheRoad", "wetAndIcyRoad", "wetIcyPavement",
)  # fmt: skip
_NOT_ROADS = (
    "EquipmentOrSystemFault", "CarParks", "RoadsideServiceDisruption", "RoadOperatorServiceDisruption",
    "RoadsideAssistance", "SignSetting",
)  # fmt: skip
_DAMAGE = ("InfrastructureDamageObstruction",)
_LEAVE = ("avoidTheArea", "onlyTravelIfAbsolutelyNecessary", "leaveYourVehicleProceedToNextSafePlace")
_DRIVING = {"impossible": _SHUT, "veryHazardous": _slow(0.5), "hazardous": _slow(0.7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What one record does."""

    kind: str
    event: str  # its own words
    effects: tuple[StatedEffect, ...]  # (): the tables say it
    ends: bool = False  # says that the road is open again
    notes: tuple[str, ...] = ()
    unsure: bool = False  # a word that it needs is missing or not known, or a figure cannot be meant


def doing(record: Element, place: Where, who: Vehicles, kinds: Kinds) -> Doing:
    """Understand one record."""
    type_ = xsi_type(record)
    found = _of_type(record, type_, place, who, kinds)
    notes = [*found.notes, *who.notes]
    effects = found.effects
    if _blocked(record, place) and not any(effect.action is Action.SHUT for effect in effects):
        effects = (*(each for each in effects if each.action is not Action.NONE), _SHUT)
        notes.append("the source says that nothing gets through")
    effects = _for_whom(effects, who, notes)
    unsure = found.unsure or bool(who.junk)
    return replace(found, effects=_sure(record, effects, notes), notes=tuple(notes), unsure=unsure)


def _of_type(record: Element, type_: str, place: Where, who: Vehicles, kinds: Kinds) -> Doing:
    event = plain(type_)
    if type_ in ("RoadOrCarriagewayOrLaneManagement",):
        return _managed(record, place, who)
    if type_ == "SpeedManagement":
        return _speed(record)
    if type_ == "WinterDrivingManagement":
        word = said(record, "winterEquipmentManagementType")
        if word in _WINTER:
            effect = StatedEffect(action=Action.RESTRICTED, requires=_WINTER[word])
            return Doing(kind="snow", event=plain(word), effects=(effect,))
        studs = word in ("doNoUseStudTyres", "doNotUseStudTyres")
        effect = _NONE if studs else _LOOK
        return Doing(kind="snow", event=plain(word) or event, effects=(effect,), unsure=not studs)
    if type_ in ("MaintenanceWorks", "ConstructionWorks", "Roadworks"):
        word = said(record, "roadMaintenanceType") or said(record, "constructionWorkType") or "roadworks"
        return Doing(
            kind="roadworks", event=f"{event}: {plain(word)}", effects=(_NONE,) if place.shoulder_only else ()
        )
    if type_ == "GeneralNetworkManagement":
        word = said(record, "generalNetworkManagementType")
        effect, unsure = _NETWORK.get(word, _LOOK), word not in _NETWORK
        return Doing(kind="other", event=plain(word) or event, effects=(effect,), unsure=unsure)
    if type_ == "ReroutingManagement":
        word = said(record, "reroutingManagementType")
        shut = word in ("doNotUseEntry", "doNotUseExit")
        return Doing(
            kind="closure" if shut else "other",
            event=plain(word) or event,
            effects=(_SHUT if shut else _NONE,),
            unsure=not word,
        )
    if type_ == "AbnormalTraffic":
        word = said(record, "abnormalTrafficType")
        told = _told_delay(record)
        return Doing(kind="other", event=plain(word) or event, effects=(told or _TRAFFIC.get(word, _NONE),))
    return _on_road(record, type_, place, kinds)


def _managed(record: Element, place: Where, who: Vehicles) -> Doing:
    word = said(record, "roadOrCarriagewayOrLaneManagementType")
    kind, notes = "closure", []
    if word == "roadCleared":
        return Doing(kind=kind, event="road cleared", effects=(_NONE,), ends=True)
    if word in LIMITS:
        # Without a figure nobody can tell who fits.
        return Doing(kind=kind, event=plain(word), effects=(_SHUT if who.limits or who.bounds else _LOOK,),
                     unsure=not (who.limits or who.bounds))  # fmt: skip
    effect, unsure = _MANAGED.get(word), False
    if effect is None:
        meant = _extension(record)
        notes.append(f"the management type {plain(word) or 'nothing'!r} is not in the standard" + (
            f"; its extension says {meant[:80]!r}" if meant else ""))  # fmt: skip
        effect = _SHUT if _says_closed(meant or word) else _LOOK
        unsure = effect is _LOOK
    elif word == "doNotUseSpecifiedLanesOrCarriageways" and not place.all_lanes:
        effect = _MANAGED["laneClosures"]
    no_lane_left = number(first_of(record, "numberOfOperationalLanes")) == 0
    if word == "laneClosures" and no_lane_left:
        effect = _SHUT
        notes.append("no lane is left")
    elif place.beside_only or (
        # What closes a road closes it, whichever lanes it names.
        place.shoulder_only and _restricted_lanes(record) <= len(place.lanes) and word not in SHUTS
    ):
        effect = _NONE
        notes.append("only the hard shoulder or a path beside the road is named: no effect")
    elif word == "laneClosures" and "allLanesCompleteCarriageway" in place.lanes:
        notes.append("lanes are closed, and all of them are named: a person must look")
        return Doing(kind=kind, event=plain(word), effects=(effect, _LOOK), notes=tuple(notes))
    if effect.action in (Action.SLOW, Action.DELAY) and _cause(record) == "roadMaintenance":
        kind = "roadworks"
    return Doing(kind=kind, event=plain(word) or "road management", effects=(effect,), notes=tuple(notes),
                 unsure=unsure)  # fmt: skip


def _restricted_lanes(record: Element) -> float:
    return number(first_of(record, "numberOfLanesRestricted")) or 0


def _cause(record: Element) -> str:
    return first_of(record, "causeType")


def _extension(record: Element) -> str:
    """Give the words of the extensions: some publishers write `other` and say there what they mean."""
    found = [each.get("_extendedValue", "") for each in record.iter() if each.get("_extendedValue")]
    for each in record.iter():
        if "xtension" in each.tag:
            found += [(one.text or "").strip() for one in each.iter() if (one.text or "").strip()]
    return " ".join(dict.fromkeys(found))[:500]


def _says_closed(words: str) -> bool:
    flat = words.replace(" ", "").casefold()
    return any(word in flat for word in _CLOSED) and not any(word in flat for word in _PARTLY)


def _speed(record: Element) -> Doing:
    stated = said(record, "temporarySpeedLimit")
    word = plain(said(record, "speedManagementType")) or "speed management"
    kmh = number(stated)
    if not stated:
        return Doing(kind="other", event=word, effects=(_NONE,), unsure=True)
    if kmh is None or not CAP_MIN_KMH <= kmh <= CAP_MAX_KMH:
        note = f"a speed limit of {stated[:20]!r} km/h cannot be meant: a person must look"
        return Doing(kind="other", event=word, effects=(_LOOK,), notes=(note,), unsure=True)
    return Doing(
        kind="other", event=f"{kmh:g} km/h", effects=(StatedEffect(action=Action.SLOW, cap_kmh=kmh),)
    )


def _told_delay(record: Element) -> StatedEffect | None:
    seconds = number(first_of(record, "delayTimeValue"))
    return _delay(round(min(seconds, DELAY_MAX_S))) if seconds is not None and seconds >= 1 else None


def _on_road(record: Element, type_: str, place: Where, kinds: Kinds) -> Doing:
    """Read what happens or lies on the road. It never shuts by itself, but water, snow and slides may."""
    words = [text for each in record if (text := (each.text or "").strip()) and each.tag.endswith("Type")]
    event = ": ".join(dict.fromkeys((plain(type_) or "a record without type", *map(plain, words[:3]))))
    told = _told_delay(record)
    if place.shoulder_only:
        return Doing(kind="other", event=event, effects=(_NONE,))
    if type_ in ("Accident", "VehicleObstruction", "GeneralObstruction", "AnimalPresenceObstruction"):
        seconds = {"Accident": 600, "VehicleObstruction": 120}.get(type_, 300)
        return Doing(kind="other", event=event, effects=(told or _delay(seconds),))
    driving = said(record, "drivingConditionType")
    if driving in _DRIVING:
        return Doing(kind=_kind(words, kinds) or "other", event=event, effects=(_DRIVING[driving],))
    if type_ in ("EnvironmentalObstruction", "PoorEnvironmentConditions", "WeatherRelatedRoadConditions"):
        kind = _kind(words, kinds)
        return Doing(kind=kind or "other", event=event, effects=() if kind else (_slow(0.7), _LOOK))
    if type_ == "NonWeatherRelatedRoadConditions":
        return Doing(kind="other", event=event, effects=(_slow(0.7),))
    if type_ in ("PublicEvent", "DisturbanceActivity", "AuthorityOperation"):
        return Doing(kind="other", event=event, effects=(told or _delay(300),))
    if type_ in _NOT_ROADS:
        return Doing(kind="other", event=event, effects=(_NONE,))
    if type_ == "TransitInformation":
        ferry = said(record, "transitServiceType") == "ferry"  # a ferry may be a piece of the road
        return Doing(kind="other", event=event, effects=(_LOOK if ferry else _NONE,))
    if type_ == "GeneralInstructionOrMessageToRoadUsers":
        word = said(record, "generalInstructionToRoadUsersType")
        return Doing(kind="other", event=plain(word) or event, effects=(_LOOK if word in _LEAVE else _NONE,))
    # Damage to bridges, tunnels and pavement, and types that are new to us.
    return Doing(kind="other", event=event, effects=(_LOOK,), unsure=type_ not in _DAMAGE)


def _kind(words: list[str], kinds: Kinds) -> str:
    for word in words:
        if word in _ON_ROAD:
            return _ON_ROAD[word]
        if word in _WEATHER_WORDS:
            return "snow" if "now" in word or "slush" in word else "ice"
    return kinds.find([plain(word) for word in words])


def _blocked(record: Element, place: Where) -> bool:
    """Tell whether the impact says that nothing gets through: blocked, no lane or no capacity left."""
    impact = only_child(record, "impact")
    if impact is None:
        return False
    if said(impact, "trafficConstrictionType") in ("roadBlocked", "carriagewayBlocked"):
        return True
    if place.shoulder_only:  # its lanes and its capacity are the shoulder's
        return False
    if number(said(impact, "numberOfOperationalLanes")) == 0:
        return True
    return said(impact, "capacityRemaining") != "" and number(said(impact, "capacityRemaining")) == 0


def _for_whom(effects: tuple[StatedEffect, ...], who: Vehicles, notes: list[str]) -> tuple[StatedEffect, ...]:
    """Bind those whom the record is for."""
    if who.junk:
        notes.append(f"cannot be meant, a person must look: {'; '.join(who.junk)[:200]}")
    found: list[StatedEffect] = []
    for effect in effects:
        if effect.action in (Action.NONE, Action.INSPECT):
            found.append(effect)
            continue
        if who.junk_only:
            found.append(_LOOK)
        if who.requires and effect.action is Action.SHUT:
            effect = StatedEffect(action=Action.RESTRICTED, requires=who.requires)
        if not who.junk_only and not who.bounds:
            found.append(effect)
        found += [replace(effect, only=bound) for bound in who.bounds]
    if who.junk and _LOOK not in found:
        found.append(_LOOK)
    return tuple(dict.fromkeys(found))


def _sure(record: Element, effects: tuple[StatedEffect, ...], notes: list[str]) -> tuple[StatedEffect, ...]:
    """Take less than a closure for a closure that is no more than a risk, or advice to some."""
    risk = said(record, "probabilityOfOccurrence") == "riskOf"
    advice = said(record, "complianceOption") == "advisory" and (
        said(record, "roadOrCarriagewayOrLaneManagementType") not in SHUTS
    )
    if not (risk or advice) or not any(e.action in (Action.SHUT, Action.RESTRICTED) for e in effects):
        return effects
    notes.append(
        "the source calls it a risk: a person must look"
        if risk
        else "the source advises it: a person must look"
    )
    kept = tuple(e for e in effects if e.action not in (Action.SHUT, Action.RESTRICTED))
    return (*kept, *([] if _LOOK in kept else [_LOOK]))


def bound_words(bounds: tuple[Bound, ...]) -> str:
    """Say whom bounds bind, for a headline."""
    return " or ".join(str(bound) for bound in bounds)
