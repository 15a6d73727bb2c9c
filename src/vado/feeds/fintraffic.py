"""Fintraffic's traffic announcements as GeoJSON: each feature a situation, with its road and its words.

In: a Feature or FeatureCollection of api/traffic-message/v1/messages, or what an IMS message carries beside
its DATEX II. Out: an alert a situation, under the same name as its DATEX II has: the two are one event. What
the announcement restricts stands in phases of roadworks, by type, and in features, by Finnish words; what
neither tells asks a person. Working hours do not free a road. Source: https://tie.digitraffic.fi/swagger/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vado.feeds.datex_effects import CAP_MAX_KMH, CAP_MIN_KMH
from vado.feeds.datex_when import instant_of
from vado.feeds.drawn import PIECES_MAX, Shape, shape_of
from vado.feeds.findings import Doubts
from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line
from vado.hazards.kinds import fold
from vado.model.alert import Action, Alert, Area, Info, MsgType, StatedEffect, Way
from vado.model.size import Bound
from vado.model.when import rfc3339

SENDER = "fi/FTA"  # as their DATEX II has it
FEATURES_MAX = 10_000
RESTRICTIONS_MAX = 50_000  # of one message
_SHUT = StatedEffect(action=Action.SHUT)
_LOOK = StatedEffect(action=Action.INSPECT)
_NONE = StatedEffect(action=Action.NONE)
# Restriction types of phases, and Finnish names of features that say the same. Factors and delays as in
# datex_effects: our own judgement. A carriageway that is closed is shut: which one, the shape does not say.
_RESTRICTIONS: dict[str, StatedEffect] = {
    "road closed": _SHUT,
    "single carriageway closed": _SHUT,
    "intermittent short term closure": StatedEffect(action=Action.DELAY, delay_s=1800),
    "intermittent stops and closure effective": StatedEffect(action=Action.DELAY, delay_s=1800),
    "estimated delay": StatedEffect(action=Action.DELAY, delay_s=900),
    "intermittent short term stops": StatedEffect(action=Action.DELAY, delay_s=600),
    "multiple lanes closed": StatedEffect(action=Action.SLOW, speed_factor=0.6),
    "single lane closed": StatedEffect(action=Action.SLOW, speed_factor=0.6),
    "contra flow traffic": StatedEffect(action=Action.SLOW, speed_factor=0.6),
    "single alternate line traffic": StatedEffect(action=Action.DELAY, delay_s=300),
    "traffic lights": StatedEffect(action=Action.DELAY, delay_s=120),
    "narrow lanes": StatedEffect(action=Action.SLOW, speed_factor=0.8),
    "slow moving maintenance vehicle": StatedEffect(action=Action.SLOW, speed_factor=0.8),
    "tie on suljettu liikenteelta": _SHUT,
    "ajorata on suljettu liikenteelta": _SHUT,
    "tie on ajoittain suljettu liikenteelta": StatedEffect(action=Action.DELAY, delay_s=1800),
    "liikenne pysaytetaan ajoittain": StatedEffect(action=Action.DELAY, delay_s=600),
    "ajokaista suljettu liikenteelta": StatedEffect(action=Action.SLOW, speed_factor=0.6),
    "ajokaistoja suljettu liikenteelta": StatedEffect(action=Action.SLOW, speed_factor=0.6),
    "ajokaistoja on kavennettu": StatedEffect(action=Action.SLOW, speed_factor=0.8),
}
_QUIET = ("detour", "speed limit length", "narrow or closed pedestrian", "road surface", "open fire")
# Quantities: their name -> (field of Bound, smallest that can be meant, to centimetres or kilograms).
_LIMITS = {
    "vehicle height limit": ("over_height_cm", 1.4, 100),
    "vehicle width limit": ("over_width_cm", 1.4, 100),
    "vehicle length limit": ("over_length_cm", 2.5, 100),
    "gross weight limit": ("over_weight_kg", 0.5, 1000),
    "vehicle gross weight limit": ("over_weight_kg", 0.5, 1000),
    "ajoneuvon suurin sallittu massa": ("over_weight_kg", 0.5, 1000),
    "ajoneuvoyhdistelman suurin sallittu massa": ("over_weight_kg", 0.5, 1000),
}
_SPEED = ("speed limit", "nopeusrajoitus")
Json = dict[str, Any]


def looks(document: Document) -> bool:
    features = document.member("features")
    if document.member("type") == "FeatureCollection" and features == []:
        return document.member("dataUpdatedTime") is not None
    head = features[0] if isinstance(features, list) and features else document.value
    about = head.get("properties") if isinstance(head, dict) else None
    return isinstance(about, dict) and "situationId" in about


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read all features; each that cannot be read is kept as an unreadable record."""
    features = features_of(document.value)
    if len(features) > FEATURES_MAX:
        reading.findings.fault(
            "E1002", f"more than {FEATURES_MAX} features", "send fewer at once", "features"
        )
        return ()
    if sum(map(_restricted, features)) > RESTRICTIONS_MAX:
        why = f"more than {RESTRICTIONS_MAX} restrictions"
        reading.findings.fault("E1002", why, "send fewer at once", "features")
        return ()
    return tuple(_alert(each, n, reading) for n, each in enumerate(features))


def _restricted(feature: Any) -> int:
    """Count what a feature announces: phases, their restrictions, and named features."""
    count = 0
    for said in _list(_object(feature, "properties"), "announcements"):
        phases = _list(said, "roadWorkPhases")
        count += 1 + len(_list(said, "features")) + len(phases)
        count += sum(len(_list(phase, "restrictions")) for phase in phases)
    return count


def features_of(value: Any) -> list[Any]:
    """Give the features of what may be one, a collection or a list of them."""
    if isinstance(value, dict) and isinstance(value.get("features"), list):
        return list(value["features"])
    return value if isinstance(value, list) else [value]


def situation_of(feature: Any) -> str:
    """Give the id of the situation that a feature is about, "" where it has none."""
    return _text(_object(feature, "properties"), "situationId")


def _alert(feature: Any, n: int, reading: Reading) -> Alert:
    about = _object(feature, "properties")
    identifier = _text(about, "situationId")
    where = f"features[{n}]"
    if not identifier:
        return reading.unreadable(sender=SENDER, identifier="",
                                  cause="it has no situationId", where=where)  # fmt: skip
    stamps = [instant_of(_text(about, name)) for name in ("versionTime", "releaseTime")]
    sent_s = max((each for each in stamps if each is not None), default=reading.received_s)
    shape = shape_of(feature)
    notes = list(shape.notes)
    announcement = _spoken(about)
    if not announcement:
        return reading.unreadable(sender=SENDER, identifier=identifier, cause="it announces nothing",
                                  where=where, areas=shape.areas("", ""))  # fmt: skip
    over = fold(_text(announcement, "earlyClosing")) in ("closed", "canceled", "cancelled")
    doubts = Doubts(notes, ["geometry"] if shape.partly else [])
    infos = () if over else tuple(_infos(about, announcement, shape, sent_s, reading, doubts))
    return reading.alert(
        sender=SENDER,
        identifier=identifier,
        sent_s=sent_s,
        msg_type=MsgType.CANCEL if over else MsgType.ALERT,
        event=f"datex {identifier}",
        infos=infos,
        unread=doubts.members,
        notes=tuple(dict.fromkeys(note[:300] for note in notes))[:100],
    )


def _listed(value: Any, name: str, doubts: Doubts) -> list[Json]:
    """Give a list of objects; what is there and is none is in doubt."""
    given = value.get(name) if isinstance(value, dict) else None
    found = [each for each in _list(value, name) if isinstance(each, dict) and each]
    if given is not None and (not isinstance(given, list) or len(found) < len(given)):
        doubts.add(name, f"its {name} are no list of objects, or too many")
    return found


def _spoken(about: Json) -> Json:
    """Choose the language: the announcements say the same."""
    listed = [each for each in _list(about, "announcements") if isinstance(each, dict)]
    english = [each for each in listed if _text(each, "language").casefold() == "en"]
    return (english or listed or [{}])[0]


def _infos(
    about: Json, said: Json, shape: Shape, sent_s: int, reading: Reading, doubts: Doubts
) -> Iterator[Info]:
    """Give an info for the whole, and one for each phase of roadworks."""
    road = _road(said)
    title = one_line(_text(said, "title")) or _text(about, "situationType")
    notes, features, phases = (
        doubts.notes,
        _listed(said, "features", doubts),
        _listed(said, "roadWorkPhases", doubts),
    )
    words = [_text(each, "name") for each in features]
    effects = [each for one in features for each in _effects(one, _text(one, "name"), doubts)]
    kind = "roadworks" if phases or fold(_text(about, "situationType")) == "road work" else ""
    kind = kind or reading.kinds.find([*words, _text(said, "comment")[:1000]])
    if not effects and not kind:
        effects = [_LOOK]
    if effects or not phases:
        yield _info(said, title, kind or "other", effects, shape.areas(*road), sent_s, notes)
    for phase in phases:
        found = [
            each
            for one in _listed(phase, "restrictions", doubts)
            for each in _effects(_object(one, "restriction"), _text(one, "type"), doubts)
        ]
        if _list(phase, "workingHours"):
            notes.append("its working hours do not free the road: it may be restricted outside them too")
        yield _info(phase, title, "roadworks", found, shape.areas(*_road(phase)), sent_s, notes)


def _info(
    said: Any, title: str, kind: str, effects: list[StatedEffect], areas: tuple[Area, ...], sent_s: int,
    notes: list[str],
) -> Info:  # fmt: skip
    times = _object(said, "timeAndDuration")
    start_s, end_s = instant_of(_text(times, "startTime")), instant_of(_text(times, "endTime"))
    onset_s = sent_s if start_s is None else start_s
    if end_s is not None and end_s < onset_s:
        notes.append(f"its end {rfc3339(end_s)} is before its start; taken as not given")
        end_s = None
    return Info(
        event=title[:300], kind=kind, category="Transport", urgency="Immediate", certainty="Observed",
        onset_s=onset_s, expires_s=end_s, headline=title[:300],
        description=one_line(_text(said, "comment"))[:2000],
        stated=tuple(dict.fromkeys(effects)), areas=areas,
    )  # fmt: skip


def _effects(restriction: Any, name: str, doubts: Doubts) -> Iterator[StatedEffect]:
    """Read one restriction by its type, or one feature by its name, and its quantity."""
    word = fold(name)
    quantity = restriction.get("quantity") if isinstance(restriction, dict) else None
    if isinstance(quantity, bool) or not isinstance(quantity, int | float) or not abs(quantity) < 1e6:
        quantity = None
    if word in _SPEED:
        if quantity is None or not CAP_MIN_KMH <= quantity <= CAP_MAX_KMH:
            doubts.add("quantity", "a speed limit that cannot be meant: a person must look")
            yield _LOOK
        else:
            yield StatedEffect(action=Action.SLOW, cap_kmh=float(quantity))
    elif word in _LIMITS:
        over, least, scale = _LIMITS[word]
        if quantity is None or quantity < least:
            doubts.add("quantity", f"{word}: a limit that cannot be meant: a person must look")
            yield _LOOK
        else:
            bound: dict[str, Any] = {over: round(quantity * scale)}
            yield StatedEffect(action=Action.SHUT, only=Bound(**bound))
    elif word in _RESTRICTIONS:
        yield _RESTRICTIONS[word]
    elif word.startswith(_QUIET):
        yield _NONE
    else:
        doubts.add("type", f"{name[:80]!r} is not known: a person must look")
        yield _LOOK


# ------------------------------------------------------------------------------------------------ places


def _road(said: Any) -> tuple[str, str, Way]:
    """Give the number of the road, the place in words, and the direction."""
    details = _object(_object(said, "locationDetails"), "roadAddressLocation")
    first = _object(details, "primaryPoint")
    number = _object(first, "roadAddress").get("road")
    ref = str(number) if type(number) is int and 0 < number < 100_000 else ""
    described = one_line(_text(_object(said, "location"), "description"))[:300]
    both = fold(_text(details, "direction")) == "both"
    return ref, described or one_line(_text(first, "municipality"))[:100], Way.BOTH if both else Way.UNKNOWN


def _object(value: Any, name: str) -> Json:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found[:PIECES_MAX] if isinstance(found, list) else []


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


FORMAT = Format(name="Fintraffic announcements", lifecycle=Lifecycle.FULL, looks=looks, read=read)
