"""Memory: what a hazard leaves on the roads when its warning has ended.

In: the rows `[[after]]` of data/effects.toml; a hazard that a warning told of. Out: the hazards that follow
it, stage by stage, until the road is as usual again. Closures outlive warnings: four days after the snow of
Filomena stopped, 88 roads of 452 were still shut. Refuses to know of other alerts and of now; `absorb` moves
what follows when a warning is ended before its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from vado.errors import Fault
from vado.model.alert import EQUIPMENT, Action
from vado.model.hazard import Effect, Hazard
from vado.model.ids import HazardId
from vado.model.when import FOREVER_S, LAST_S, Interval

AS_BEFORE = "as-before"
# What only may come leaves nothing behind: nobody knows whether it came.
CAME = frozenset({"Observed", "Likely", "Unknown"})
_KEYS = frozenset({"kind", "severity", "hours", "action", "speed_factor", "requires", "source", "why"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of recovery, for all profiles that the warning bound."""

    lasts_s: int
    action: str  # of Action, or AS_BEFORE
    speed_factor: float = 1.0
    requires: str = ""
    source: str


Stages = Mapping[tuple[str, str], tuple[Stage, ...]]  # kind, severity -> stages, one after the other


def follow(hazard: Hazard, stages: Stages) -> Iterator[Hazard]:
    """Give what follows a hazard that came, if it bound anybody."""
    start_s = hazard.interval.end_s
    if not hazard.binds or hazard.certainty not in CAME or start_s >= min(FOREVER_S, LAST_S):
        return
    for number, stage in enumerate(stages.get((hazard.kind, hazard.severity), ()), 1):
        effects = tuple(_left(effect, stage) for effect in hazard.effects)
        yield replace(
            hazard,
            id=HazardId(f"{hazard.id}/after{number}"),
            interval=Interval(start_s, start_s + stage.lasts_s),
            during=(),
            effects=effects,
            follows=hazard.interval,
            follows_s=start_s - hazard.interval.end_s,
            notes=("the warning is over; roads recover more slowly",),
        )
        start_s += stage.lasts_s


def moved(hazard: Hazard, ended_s: int) -> Hazard | None:
    """Move what follows to where its warning was ended before its time; None where that never began."""
    main = hazard.follows
    if main is None or ended_s <= main.start_s:
        return None
    start_s = min(ended_s, main.end_s) + hazard.follows_s
    lasts_s = hazard.interval.end_s - hazard.interval.start_s
    return replace(hazard, interval=Interval(start_s, start_s + lasts_s))


def _left(effect: Effect, stage: Stage) -> Effect:
    """Say what is left of an effect; who was not bound is not bound afterwards."""
    if effect.action in (Action.NONE, Action.INSPECT) or stage.action == AS_BEFORE:
        return effect if stage.action != AS_BEFORE else replace(effect, source=stage.source)
    return Effect(
        profile=effect.profile,
        action=Action(stage.action),
        speed_factor=stage.speed_factor,
        requires=stage.requires,
        only=effect.only,
        source=stage.source,
    )


def parse_stages(
    rows: Iterable[Mapping[str, Any]],
    kinds: Sequence[str],
    severities: Sequence[str],
    sources: Mapping[str, str],
) -> tuple[Stages, list[Fault]]:
    """Read the rows; those of one kind and severity follow each other in the order of the table."""
    faults: list[Fault] = []
    stages: dict[tuple[str, str], tuple[Stage, ...]] = {}
    for n, row in enumerate(rows):
        where = f"after[{n}]"
        found = list(_faults(row, where, kinds, severities, sources))
        faults += found
        if found:
            continue
        stage = Stage(
            lasts_s=round(row["hours"] * 3600),
            action=row["action"],
            speed_factor=float(row.get("speed_factor", 1.0)),
            requires=row.get("requires", ""),
            source=f"{row['why']} [{sources[row['source']]}]",
        )
        for key in product(_words(row["kind"]), _words(row["severity"])):
            stages[key] = (*stages.get(key, ()), stage)
    return stages, faults


def _faults(
    row: Mapping[str, Any],
    where: str,
    kinds: Sequence[str],
    severities: Sequence[str],
    sources: Mapping[str, str],
) -> Iterator[Fault]:
    for key in row.keys() - _KEYS:
        yield _fault(f"{where}.{key}", f"{key!r} is no field of a row")
    for axis, known in (("kind", kinds), ("severity", severities)):
        words = _words(row.get(axis, ()))
        strange = [word for word in words if word not in known]
        if strange or not words:
            yield _fault(f"{where}.{axis}", f"{strange} is no {axis}" if strange else f"no {axis} is named")
    hours, factor, action = row.get("hours", 0), row.get("speed_factor", 1.0), row.get("action")
    if not isinstance(hours, int | float) or not 0 < hours <= 24 * 30:
        yield _fault(f"{where}.hours", f"{hours!r} hours: more than 0, up to 30 days")
    if action not in (AS_BEFORE, Action.SHUT, Action.SLOW, Action.RESTRICTED, Action.INSPECT):
        yield _fault(f"{where}.action", f"{action!r} is no action")
    if not 0 < factor <= 1 or (action == Action.SLOW and factor == 1):
        yield _fault(f"{where}.speed_factor", f"a factor of {factor} slows nothing or shuts")
    if (action == Action.RESTRICTED) != bool(row.get("requires")):
        yield _fault(f"{where}.requires", "a restriction, and only that, names the equipment that lifts it")
    if row.get("requires", EQUIPMENT[0]) not in EQUIPMENT:
        yield _fault(f"{where}.requires", f"{row['requires']!r} is none of {', '.join(EQUIPMENT)}")
    if row.get("source") not in sources or not row.get("why"):
        yield _fault(where, "the row has no source of this table, or does not say why")


def _words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _fault(field: str, cause: str) -> Fault:
    return Fault("E1004", cause, "mend data/effects.toml", field)
