"""Understand one alert: each of its infos becomes a hazard, with interval, effects and what we do not know.

In: an alert and the tables. Out: hazards and notes. Refuses to know of other alerts, of now, and of roads.
"""

from __future__ import annotations

from collections.abc import Iterator

from vado.hazards.kinds import UNKNOWN
from vado.hazards.meaning import STATED, Meaning
from vado.hazards.memory import follow
from vado.model.alert import EQUIPMENT, Action, Alert, Area, Info
from vado.model.hazard import Effect, Evidence, Hazard
from vado.model.ids import HazardId
from vado.model.when import FOREVER_S, Interval, rfc3339, union

_ORDER = ("Minor", "Moderate", "Severe", "Extreme")
# MeteoAlarm's awareness levels and AEMET's colours, as CAP severities. Source: AEMET, Plan Meteoalerta
# (yellow is Moderate, orange Severe, red Extreme); MeteoAlarm writes the same pairs into awareness_level.
_COLOURS = {
    "yellow": "Moderate",
    "amarillo": "Moderate",
    "orange": "Severe",
    "naranja": "Severe",
    "red": "Extreme",
    "rojo": "Extreme",
    "green": "",
    "verde": "",
}
_LEVELS = {"1": "green", "2": "yellow", "3": "orange", "4": "red"}
CODES_SHOWN = 6
HEADLINE_MAX = 300


def understand(alert: Alert, meaning: Meaning) -> tuple[tuple[Hazard, ...], tuple[str, ...]]:
    """Make the hazards of an alert, one an info; areas without a shape become one of their own, unknown."""
    hazards: list[Hazard] = []
    notes: list[str] = []
    for n, info in enumerate(alert.infos):
        over = why_over(info)
        if over:
            notes.append(f"info[{n}] has no effect: {over}")
            continue
        shaped = tuple(area for area in info.areas if area.has_shape)
        bare = tuple(area for area in info.areas if not area.has_shape)
        if shaped:
            main = _hazard(alert, info, f"{alert.id}#{n}", meaning, footprint=shaped, unknown="")
            hazards.extend((main, *(() if info.stated else follow(main, meaning.after))))
        if bare or not shaped:
            name = f"{alert.id}#{n}" + ("/codes" if shaped else "")
            hazards.append(_hazard(alert, info, name, meaning, footprint=bare, unknown=_nowhere(bare)))
        last = next(hazard for hazard in reversed(hazards) if hazard.follows is None)
        if last.notes:
            notes.extend(f"info[{n}]: {note}" for note in last.notes)
        if last.unknown:
            notes.append(f"info[{n}] is unknown: {last.unknown}")
    if not alert.infos:
        notes.append("has no info: nothing follows from it")
    return tuple(hazards), tuple(notes)


def why_over(info: Info) -> str:
    """Say why an info is no warning (any more); "" when it is one."""
    if "AllClear" in info.response_types:
        return "its response type is AllClear"
    if info.urgency == "Past":
        return "its urgency is Past"
    if info.certainty == "Unlikely":
        return "its certainty is Unlikely"
    if _colour(info) in ("green", "verde"):
        return "its level is green"
    return ""


def severity_of(info: Info) -> str:
    """Give the CAP severity, or the level's where that is worse: sources fill the two differently."""
    levelled = _COLOURS.get(_colour(info), "")
    if levelled and (info.severity not in _ORDER or _ORDER.index(levelled) > _ORDER.index(info.severity)):
        return levelled
    return info.severity


def _colour(info: Info) -> str:
    for name, value in info.parameters:
        folded = name.strip().casefold()
        if folded == "awareness_level":
            return _LEVELS.get(value.partition(";")[0].strip(), "")
        if folded == "aemet-meteoalerta nivel":
            return value.strip().casefold()
    return ""


def _hazard(
    alert: Alert, info: Info, name: str, meaning: Meaning, *, footprint: tuple[Area, ...], unknown: str
) -> Hazard:
    kind, severity = info.kind or UNKNOWN, severity_of(info)
    effects = meaning.stated(info.stated) if info.stated else meaning.effects(kind, severity, info.certainty)
    interval, notes = _interval(alert, info, meaning)
    notes += tuple(_strange_equipment(info))
    if not unknown and kind not in meaning.kinds.names and not _binds(effects):
        unknown = f"no table knows the event {info.event!r}"
    return Hazard(
        id=HazardId(name),
        kind=kind,
        severity=severity,
        certainty=info.certainty,
        footprint=footprint,
        interval=interval,
        effects=effects,
        evidence=(
            Evidence(
                alert=alert.id,
                source=alert.source,
                raw=alert.raw,
                headline=(info.headline or info.event)[:HEADLINE_MAX],
            ),
        ),
        spares=meaning.spares.get(kind, meaning.spares[UNKNOWN]),
        during=_within(info.during, interval),
        unknown=unknown,
        notes=notes,
    )


def _binds(effects: tuple[Effect, ...]) -> bool:
    # A source that states "no effect" is understood, whatever words it uses.
    return any(effect.action is not Action.NONE or effect.source.startswith(STATED) for effect in effects)


def is_endless(alert: Alert, meaning: Meaning) -> bool:
    """Say whether a part of an alert holds until an end that is not its own: the table's, or the message's.

    What a source states of a road stays until it says otherwise, and has no such end.
    """
    return any(
        _lasts_s(info, meaning) is not None
        and (info.renewed or info.expires_s is None or info.expires_s < info.onset_s)
        and not why_over(info)
        for info in alert.infos
    )


def _lasts_s(info: Info, meaning: Meaning) -> int | None:
    """Say how long it is taken to hold where it does not say itself; None is until something ends it."""
    if info.stated:
        return None
    kind = info.kind or UNKNOWN
    return meaning.lasts_s.get(kind, meaning.lasts_s[UNKNOWN])


def _interval(alert: Alert, info: Info, meaning: Meaning) -> tuple[Interval, tuple[str, ...]]:
    """Give when it holds. Where the message gives no end, or one before its start, the table's end counts."""
    if info.expires_s is not None and info.expires_s >= info.onset_s:
        return Interval(info.onset_s, info.expires_s), ()
    why = "gives no end" if info.expires_s is None else "ends before it starts"
    # What a source states of a road (a closure) holds until it says otherwise, whatever its kind.
    lasts_s = _lasts_s(info, meaning)
    if lasts_s is None:
        return Interval(info.onset_s, FOREVER_S), (f"the message {why}: it stays until ended",)
    end_s = max(info.onset_s, alert.sent_s) + lasts_s
    return Interval(info.onset_s, end_s), (f"the message {why}: taken to end at {rfc3339(end_s)}",)


def _strange_equipment(info: Info) -> Iterator[str]:
    """Name the equipment that is demanded and that no table knows: a slip of the pen shuts, and is said."""
    for word in dict.fromkeys(effect.requires for effect in info.stated):
        if word and word not in EQUIPMENT:
            yield (
                f"demands {word[:40]!r}, which is none of {', '.join(EQUIPMENT)}: "
                "shut for all that do not have just that aboard"
            )


def _within(during: tuple[Interval, ...], whole: Interval) -> tuple[Interval, ...]:
    """Cut the times to the whole interval; none left is not "never": the source contradicts itself."""
    cut = union(tuple(found for spell in during if (found := spell.intersection(whole))))
    return () if cut == (whole,) else cut


def _nowhere(areas: tuple[Area, ...]) -> str:
    """Say why we do not know where it is."""
    codes = [f"{name} {value}" for area in areas for name, value in area.geocodes]
    if codes:
        more = f" and {len(codes) - CODES_SHOWN} more" if len(codes) > CODES_SHOWN else ""
        return f"names only codes, and no table says where they are: {', '.join(codes[:CODES_SHOWN])}{more}"
    named = "; ".join(area.description for area in areas if area.description)[:HEADLINE_MAX]
    return f"names only a place, without a shape: {named}" if named else "says of no place that it is there"
