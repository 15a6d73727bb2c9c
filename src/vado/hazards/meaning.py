"""Meaning: what each kind, severity and certainty of hazard does to each profile; every row with its source.

In: the tables data/effects.toml and data/kinds.toml, already read. Out: a `Meaning`, complete and without
overlap, or an InputError naming every hole. Refuses to know where a hazard is, when, and who told of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from vado.errors import Fault, InputError
from vado.hazards.kinds import UNKNOWN, Kinds, parse_kinds
from vado.hazards.memory import Stages, parse_stages
from vado.hazards.water import SOURCE as WATER
from vado.hazards.water import wading_factor
from vado.model.alert import EQUIPMENT, Action, StatedEffect
from vado.model.hazard import Effect
from vado.model.ids import Hash
from vado.model.size import Bound

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = (
    "Observed",
    "Likely",
    "Possible",
    "Unknown",
)  # Unlikely has no effect at all: `absorb` leaves it out
STRUCTURES = ("bridge", "tunnel")  # what a row of [[structure]] may spare; a ford is never spared
STATED = "stated by the source"
_CAUTION = {
    Action.SHUT: 5,
    Action.RESTRICTED: 4,
    Action.SLOW: 3,
    Action.DELAY: 2,
    Action.INSPECT: 1,
    Action.NONE: 0,
}
_KEYS = frozenset(
    {"kind", "severity", "certainty", "profile", "action", "speed_factor", "requires", "source", "why"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The whole table, expanded: one effect a profile for every kind, severity and certainty."""

    kinds: Kinds
    profiles: tuple[str, ...]
    table: Mapping[tuple[str, str, str], tuple[Effect, ...]]
    lasts_s: Mapping[
        str, int | None
    ]  # kind -> how long it stays when its message gives no end; None: until ended
    spares: Mapping[str, tuple[str, ...]]  # kind -> structures that it does not bind
    after: Stages  # what hazards leave when their warning has ended
    content_hash: Hash  # of both tables: what a decision was made with

    def effects(self, kind: str, severity: str, certainty: str) -> tuple[Effect, ...]:
        """Give one effect a profile; words that no table knows count as unknown."""
        return self.table[
            kind if kind in self.kinds.names else UNKNOWN,
            severity if severity in SEVERITIES else "Unknown",
            certainty if certainty in CERTAINTIES else "Unknown",
        ]

    def stated(self, stated: Sequence[StatedEffect]) -> tuple[Effect, ...]:
        """Turn what the source itself states into effects, for each profile the most cautious of each sort.

        Where none of the profiles named is known ("vans"), it may be a slip of the pen: all are bound.
        """
        known = set(self.profiles)
        named = {profile for effect in stated for profile in effect.profiles}
        found: list[Effect] = []
        for profile in (*self.profiles, *sorted(named - known)):
            own = [
                each
                for effect in stated
                if not effect.profiles or profile in effect.profiles or known.isdisjoint(effect.profiles)
                for each in _of_profile(effect, profile)
            ]
            sorts = dict.fromkeys(_sort(each) for each in own)
            found += [most_cautious([each for each in own if _sort(each) == sort]) for sort in sorts]
            if not own:
                others = f"{STATED}: for others only"
                found.append(Effect(profile=profile, action=Action.NONE, source=others))
        return tuple(found)


def _of_profile(effect: StatedEffect, profile: str) -> list[Effect]:
    """Give what a stated effect does to a profile: water of a known depth also slows who can wade it."""
    own = Effect(
        profile=profile,
        action=effect.action,
        speed_factor=effect.speed_factor,
        cap_kmh=effect.cap_kmh,
        delay_s=effect.delay_s,
        requires=effect.requires,
        only=effect.only,
        source=STATED,
    )
    only = effect.only
    if effect.action is not Action.SHUT or only is None or not only.water_cm:
        return [own]
    factor, dry = wading_factor(only.water_cm), replace(only, water_cm=0)
    through = Effect(
        profile=profile,
        action=Action.SLOW,
        speed_factor=factor,
        only=None if dry == Bound() else dry,
        source=WATER,
    )
    return [own, through]


def most_cautious(effects: Iterable[Effect]) -> Effect:
    """Choose what stops most: shut, then restricted, then the slowest, then the longest delay."""
    return max(
        effects, key=lambda e: (_CAUTION[e.action], -e.speed_factor, -e.cap_kmh, e.delay_s, e.requires)
    )


def _sort(effect: Effect) -> tuple[Bound | None, bool, bool, bool]:
    """Tell apart what no effect can stand in for: whom it binds, and in what it is counted."""
    asks = effect.action is Action.INSPECT  # a person is asked whatever else binds
    return effect.only, effect.cap_kmh > 0, effect.action is Action.DELAY, asks


def parse_meaning(effects: Mapping[str, Any], kinds: Mapping[str, Any]) -> Meaning:
    """Read both tables; raises InputError naming every hole, overlap and row without a source."""
    words = parse_kinds(kinds)
    known = (*words.names, UNKNOWN)
    profiles = tuple(effects.get("profiles", ()))
    sources = effects.get("sources", {})
    faults: list[Fault] = [] if profiles else [_fault("profiles", "no profile is named")]
    cells: dict[tuple[str, ...], Effect] = {}
    for n, row in enumerate(effects.get("effect", ())):
        where = f"effect[{n}]"
        axes = {
            "kind": _listed(row, "kind", known),
            "severity": _listed(row, "severity", SEVERITIES),
            "certainty": _listed(row, "certainty", CERTAINTIES),
            "profile": _listed(row, "profile", profiles),
        }
        found = list(_row_faults(row, where, axes, known, profiles, sources))
        faults.extend(found)
        if found:
            continue
        for cell in product(*axes.values()):
            if cell in cells:
                faults.append(_fault(where, f"{' / '.join(cell)} has two rows"))
            cells[cell] = Effect(
                profile=cell[3],
                action=Action(row["action"]),
                speed_factor=float(row.get("speed_factor", 1.0)),
                requires=row.get("requires", ""),
                source=_told(row, sources),
            )
    if not faults:
        faults.extend(
            _fault("effect", f"{' / '.join(cell)} has no row")
            for cell in product(known, SEVERITIES, CERTAINTIES, profiles)
            if cell not in cells
        )
    lasts, bad = _lasts(effects.get("no_end", {}), known)
    faults.extend(bad)
    spares, bad = _spares(effects.get("structure", ()), known, sources)
    faults.extend(bad)
    after, bad = parse_stages(effects.get("after", ()), known, SEVERITIES, sources)
    faults.extend(bad)
    if faults:
        raise InputError.of(faults)
    return Meaning(
        kinds=words,
        profiles=profiles,
        table={
            key: tuple(cells[(*key, profile)] for profile in profiles)
            for key in product(known, SEVERITIES, CERTAINTIES)
        },
        lasts_s=lasts,
        spares=spares,
        after=after,
        content_hash=_hash(effects, kinds),
    )


def _listed(row: Mapping[str, Any], key: str, every: Sequence[str]) -> tuple[str, ...]:
    """Read a word or a list of words; absent means all of them."""
    value = row.get(key, every)
    return (value,) if isinstance(value, str) else tuple(value)


def _row_faults(
    row: Mapping[str, Any],
    where: str,
    axes: Mapping[str, tuple[str, ...]],
    kinds: Sequence[str],
    profiles: Sequence[str],
    sources: Mapping[str, str],
) -> Iterator[Fault]:
    every = {"kind": kinds, "severity": SEVERITIES, "certainty": CERTAINTIES, "profile": profiles}
    for key in row.keys() - _KEYS:
        yield _fault(f"{where}.{key}", f"{key!r} is no field of a row")
    for axis, words in axes.items():
        for word in words:
            if word not in every[axis]:
                yield _fault(f"{where}.{axis}", f"{word!r} is no {axis}")
    action, factor = row.get("action"), row.get("speed_factor", 1.0)
    if action not in [each.value for each in Action if each is not Action.DELAY]:  # no table knows how long
        yield _fault(f"{where}.action", f"{action!r} is no action")
    if not 0 < factor <= 1 or (action == Action.SLOW and factor == 1):
        yield _fault(f"{where}.speed_factor", f"a factor of {factor} slows nothing or shuts")
    if (action == Action.RESTRICTED) != bool(row.get("requires")):
        yield _fault(f"{where}.requires", "a restriction, and only that, names the equipment that lifts it")
    if row.get("requires", EQUIPMENT[0]) not in EQUIPMENT:
        yield _fault(f"{where}.requires", f"{row['requires']!r} is none of {', '.join(EQUIPMENT)}")
    if row.get("source") not in sources:
        yield _fault(f"{where}.source", f"{row.get('source')!r} is no source of this table")
    if not row.get("why"):
        yield _fault(f"{where}.why", "the row does not say what of its source it takes")


def _told(row: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    return f"{row['why']} [{sources[row['source']]}]"


def _lasts(no_end: Mapping[str, Any], kinds: Sequence[str]) -> tuple[dict[str, int | None], list[Fault]]:
    hours = no_end.get("hours", 0)
    until_ended = no_end.get("until_ended", [])
    faults = [
        _fault("no_end.until_ended", f"{kind!r} is no kind") for kind in until_ended if kind not in kinds
    ]
    if hours <= 0:
        faults.append(_fault("no_end.hours", "hours are missing or not positive"))
    return {kind: None if kind in until_ended else int(hours * 3600) for kind in kinds}, faults


def _spares(
    rows: Iterable[Mapping[str, Any]], kinds: Sequence[str], sources: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], list[Fault]]:
    """Read what each kind leaves open; every kind has exactly one row."""
    faults: list[Fault] = []
    spares: dict[str, tuple[str, ...]] = {}
    for n, row in enumerate(rows):
        where = f"structure[{n}]"
        named = tuple(row.get("spares", ()))
        strange = [word for word in named if word not in STRUCTURES]
        faults.extend(_fault(f"{where}.spares", f"{word!r} is no structure") for word in strange)
        if row.get("source") not in sources or not row.get("why"):
            faults.append(_fault(where, "the row has no source of this table, or does not say why"))
        for kind in _listed(row, "kind", ()):
            if kind not in kinds or kind in spares:
                faults.append(_fault(f"{where}.kind", f"{kind!r} is no kind, or has two rows"))
            spares[kind] = named
    faults.extend(_fault("structure", f"{kind!r} has no row") for kind in kinds if kind not in spares)
    return spares, faults


def _hash(*tables: Mapping[str, Any]) -> Hash:
    text = json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Hash("sha256:" + hashlib.sha256(text.encode()).hexdigest())


def _fault(field: str, cause: str) -> Fault:
    return Fault("E1004", cause, "mend data/effects.toml", field)
