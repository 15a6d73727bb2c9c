"""Confidence: how sure we are that a hazard still is as it was told, who else tells of it, and who says no.

In: hazards in force, when each was last told, the edges they touch, now. Out: a `Standing` for each. It
changes no road: a ban that nobody has renewed for a month is still a ban, but a dispatcher sees that it may
be forgotten.

Sources that copy each other count once: alerts of the same sender (MeteoAlarm hands on AEMET's), and those a
caller names as mirrors. Refuses to know how certain a source is in words of its own: certainty is CAP's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import I32
from vado.model.when import FOREVER_S

# CAP 1.2, section 3.2.2: Likely is more than about 50 %; Observed has occurred or is. The numbers are ours.
TOLD = {"Observed": 0.95, "Likely": 0.75, "Unknown": 0.5, "Possible": 0.35, "Unlikely": 0.1}
# After how long without a word an open-ended hazard is half as sure, hours; all ours. Most of DGT's closures
# have no end, and some are years old and true: sureness does not sink below FLOOR.
HALF_LIFE_H = {
    "closure": 14 * 24, "roadworks": 14 * 24, "landslide": 14 * 24, "avalanche": 72, "volcano": 7 * 24,
    "flood": 12, "flash-flood": 6, "snow": 24, "ice": 12, "wind": 3, "fog": 3,
}  # fmt: skip
OTHERS_H = 24
FLOOR = 0.25
EDGES_MAX = 5_000  # of a hazard that is compared with others: a province and a street are not the same event


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a hazard stands."""

    confidence: float  # 0 to 1, with what others tell
    told_s: int  # when a source last told of it
    also: tuple[HazardId, ...] = ()  # of independent sources that tell the same of the same roads
    disputed: tuple[HazardId, ...] = ()  # that say these roads are open, or the other way round


def standings(
    hazards: Iterable[Hazard],
    told_s: Mapping[HazardId, int],
    touched: Mapping[HazardId, I32],
    *,
    now_s: int,
    mirrors: Mapping[str, str] | None = None,
) -> dict[HazardId, Standing]:
    """Judge hazards together. `mirrors`: source -> the source that it copies."""
    every = tuple(hazards)
    last_s = {each.id: told_s.get(each.id, each.interval.start_s) for each in every}
    own = {each.id: confidence(each, last_s[each.id], now_s=now_s) for each in every}
    same, against = _neighbours(every, touched, mirrors or {})
    made = {}
    for each in every:
        best: dict[str, float] = {origin(each, mirrors or {}): own[each.id]}
        for other in same[each.id]:
            name = origin(other, mirrors or {})
            best[name] = max(best.get(name, 0.0), own[other.id])
        doubt = 1.0
        for sure in best.values():
            doubt *= 1.0 - sure
        made[each.id] = Standing(
            confidence=1.0 - doubt,
            told_s=last_s[each.id],
            also=tuple(sorted(other.id for other in same[each.id])),
            disputed=tuple(sorted(other.id for other in against[each.id])),
        )
    return made


def confidence(hazard: Hazard, told_s: int, *, now_s: int) -> float:
    """Say how sure one hazard is by itself: what was told with an end is as sure up to it."""
    sure = TOLD.get(hazard.certainty, TOLD["Unknown"])
    if hazard.interval.end_s < FOREVER_S:
        return sure
    half_s = 3600 * HALF_LIFE_H.get(hazard.kind, OTHERS_H)
    left: float = 0.5 ** (max(0, now_s - told_s) / half_s)
    return float(max(min(sure, FLOOR), sure * left))


def origin(hazard: Hazard, mirrors: Mapping[str, str]) -> str:
    """Name who stands behind a hazard: its sender, or that of the source which its source copies."""
    evidence = hazard.evidence[0]
    sender = evidence.alert.partition(",")[0]
    return mirrors.get(evidence.source, sender)


def _neighbours(
    hazards: tuple[Hazard, ...], touched: Mapping[HazardId, I32], mirrors: Mapping[str, str]
) -> tuple[dict[HazardId, list[Hazard]], dict[HazardId, list[Hazard]]]:
    """Find for each hazard those of others that tell the same, and those that tell the opposite."""
    same: dict[HazardId, list[Hazard]] = defaultdict(list)
    against: dict[HazardId, list[Hazard]] = defaultdict(list)
    on: dict[int, list[Hazard]] = defaultdict(list)
    for each in hazards:
        edges = touched.get(each.id)
        if edges is not None and 0 < len(edges) <= EDGES_MAX and not each.unknown and each.follows is None:
            for edge in edges.tolist():
                on[edge].append(each)
    seen: set[tuple[HazardId, HazardId]] = set()
    for sharing in on.values():
        for a, b in combinations(sharing, 2):
            if (a.id, b.id) in seen or not a.interval.overlaps(b.interval):
                continue
            seen.add((a.id, b.id))
            if origin(a, mirrors) == origin(b, mirrors):
                continue
            if _shuts(a) != _shuts(b) and (_frees(a) or _frees(b)):
                against[a.id].append(b)
                against[b.id].append(a)
            elif a.kind == b.kind or (_shuts(a) and _shuts(b)):
                same[a.id].append(b)
                same[b.id].append(a)
    return same, against


def _shuts(hazard: Hazard) -> bool:
    return any(effect.action in (Action.SHUT, Action.RESTRICTED) for effect in hazard.effects)


def _frees(hazard: Hazard) -> bool:
    """Say whether a source states outright that there is nothing."""
    return all(effect.action is Action.NONE for effect in hazard.effects) and bool(hazard.effects)
