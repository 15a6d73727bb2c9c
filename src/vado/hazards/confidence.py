"""Confidence: how sure we are that a hazard still is as it was told, who else tells of it, and who says no.

In: hazards in force, when each was last told, the edges they touch, what was taken back lately, now. Out: a
`Standing` for each. It changes no road: a ban that nobody has renewed for a month is still a ban, and one
that another source calls off is, too; but a dispatcher sees that it may be forgotten, and who says otherwise.

Sources that copy each other count once: alerts of the same sender (MeteoAlarm hands on AEMET's), and those a
caller names as mirrors. Refuses to know how certain a source is in words of its own: certainty is CAP's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from vado.hazards.events import shuts
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
DOUBTFUL = 0.5  # ours: below it an explanation says how sure it is, and when it was last told
EDGES_MAX = 5_000  # of a hazard that is compared with others: a province and a street are not the same event
PAIRS_MAX = 200_000  # compared at once; beyond it, who else tells is not looked for

Mirrors = Mapping[str, str]  # source -> the source that it copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a hazard stands."""

    confidence: float  # 0 to 1, with what others tell
    told_s: int  # when a source last told of it
    also: tuple[HazardId, ...] = ()  # of independent sources that tell the same of the same roads
    copies: tuple[HazardId, ...] = ()  # of sources that hand on the same word: they make nothing surer
    disputed: tuple[HazardId, ...] = ()  # that say these roads are open, or the other way round
    lifted: tuple[HazardId, ...] = ()  # told the same, and were taken back; their source tells it no more
    faded: bool = False  # less sure by itself than when it was told

    @property
    def forgotten(self) -> bool:
        """Say whether it is doubtful for having been told so long ago; what was told as possible is not."""
        return self.faded and self.confidence < DOUBTFUL


@dataclass(slots=True)
class _Others:
    """Those beside one hazard."""

    same: list[Hazard] = field(default_factory=list)
    against: list[Hazard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Says:
    """What of a hazard is compared, put down once: a storm has 200,000 pairs."""

    hazard: Hazard
    kind: str
    from_s: int
    until_s: int
    shuts: bool
    frees: bool  # its source states outright that there is nothing


def standings(
    hazards: Iterable[Hazard],
    told_s: Mapping[HazardId, int],
    touched: Mapping[HazardId, I32],
    *,
    now_s: int,
    mirrors: Mirrors | None = None,
    lifted: Iterable[Hazard] = (),
) -> dict[HazardId, Standing]:
    """Judge hazards together. `lifted`: what was taken back lately; `touched` has their edges, too."""
    every, copied = tuple(hazards), dict(mirrors or {})
    last_s = {each.id: told_s.get(each.id, each.interval.start_s) for each in every}
    own = {each.id: confidence(each, last_s[each.id], now_s=now_s) for each in every}
    gone = tuple(lifted)
    beside = _neighbours((*every, *gone), touched)
    back = {each.id for each in gone}
    made = {}
    for each in every:
        near = [other for other in beside[each.id].same if other.id not in back]
        apart = [other for other in near if not one_voice(each, other, copied)]
        voices = [each, *apart]
        doubt = 1.0
        for sure in _surest(voices, own, copied):
            doubt *= 1.0 - sure
        still = [each, *near]
        made[each.id] = Standing(
            confidence=1.0 - doubt,
            told_s=last_s[each.id],
            faded=own[each.id] < TOLD.get(each.certainty, TOLD["Unknown"]),
            also=_ids(apart),
            copies=_ids(other for other in near if other not in apart and _feed(other) != _feed(each)),
            disputed=_ids(
                other
                for other in beside[each.id].against
                if other.id not in back and not one_voice(each, other, copied)
            ),
            lifted=_ids(
                other
                for other in beside[each.id].same
                if other.id in back and not any(one_voice(other, one, copied) for one in still)
            ),
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


def one_voice(a: Hazard, b: Hazard, mirrors: Mirrors) -> bool:
    """Say whether two hazards come from one mouth: of one sender, or of a source and one that copies it."""
    one, other = a.evidence[0], b.evidence[0]
    if one.alert.partition(",")[0] == other.alert.partition(",")[0]:
        return True
    copied = one.source in mirrors or other.source in mirrors
    return copied and first_of(one.source, mirrors) == first_of(other.source, mirrors)


def first_of(source: str, mirrors: Mirrors) -> str:
    """Follow copies of copies to the source that speaks first; a ring of copies speaks as its first name."""
    passed = [source]
    while (source := mirrors.get(source, source)) not in passed:
        passed.append(source)
    return passed[-1] if mirrors.get(passed[-1], passed[-1]) == passed[-1] else min(passed)


def _surest(voices: list[Hazard], own: Mapping[HazardId, float], mirrors: Mirrors) -> list[float]:
    """Give for each voice how sure it is: what says the same with one mouth counts once, at its surest."""
    mouths: list[list[Hazard]] = []
    for each in sorted(voices, key=lambda one: one.id):
        known = next((mouth for mouth in mouths if any(one_voice(each, x, mirrors) for x in mouth)), None)
        if known is None:
            mouths.append([each])
        else:
            known.append(each)
    return [max(own[each.id] for each in mouth) for mouth in mouths]


def _feed(hazard: Hazard) -> str:
    return hazard.evidence[0].source


def _ids(hazards: Iterable[Hazard]) -> tuple[HazardId, ...]:
    return tuple(sorted(each.id for each in hazards))


def _neighbours(hazards: tuple[Hazard, ...], touched: Mapping[HazardId, I32]) -> dict[HazardId, _Others]:
    """Find for each hazard those that tell the same, and those that tell the opposite, of the same roads."""
    beside: dict[HazardId, _Others] = defaultdict(_Others)
    numbers: dict[bytes, int] = {}
    grounds: list[I32] = []
    on: list[list[_Says]] = []  # warnings for a zone come again and again on the same ground
    for each in hazards:
        edges = np.asarray(touched.get(each.id, ()), np.int32)
        if 0 < len(edges) <= EDGES_MAX and not each.unknown and each.follows is None:
            number = numbers.setdefault(edges.tobytes(), len(grounds))
            if number == len(grounds):
                grounds.append(edges)
                on.append([])
            on[number].append(_says(each))
    left = PAIRS_MAX
    for first, second in _meeting(grounds):
        those = combinations(on[first], 2) if first == second else product(on[first], on[second])
        left -= len(on[first]) * len(on[second])
        if left < 0:
            break
        for a, b in those:
            if a.until_s <= b.from_s or b.until_s <= a.from_s:
                continue
            if a.shuts != b.shuts and (a.frees or b.frees):
                beside[a.hazard.id].against.append(b.hazard)
                beside[b.hazard.id].against.append(a.hazard)
            elif a.kind == b.kind or (a.shuts and b.shuts):
                beside[a.hazard.id].same.append(b.hazard)
                beside[b.hazard.id].same.append(a.hazard)
    return beside


def _meeting(grounds: Sequence[I32]) -> Iterator[tuple[int, int]]:
    """Give pairs of grounds that share an edge, each with itself too, smaller number first."""
    for number in range(len(grounds)):
        yield number, number
    if len(grounds) < 2:
        return
    edge = np.concatenate(grounds)
    ground = np.repeat(np.arange(len(grounds), dtype=np.int32), [len(each) for each in grounds])
    order = np.argsort(edge, kind="stable")
    edge, ground = edge[order], ground[order]
    starts = np.flatnonzero(np.concatenate([[True], edge[1:] != edge[:-1]]))
    ends = np.append(starts[1:], len(edge))
    shared = ends - starts > 1
    met = [0] * len(grounds)  # of each ground, those that it met, as bits: most pairs meet on many edges
    count = 0
    looked: set[bytes] = set()  # neighbours on a road mostly lie in the same grounds
    for start, end in zip(starts[shared].tolist(), ends[shared].tolist(), strict=True):
        here = ground[start:end]
        key = here.tobytes()
        if key in looked:
            continue
        looked.add(key)
        numbers = here.tolist()
        later = 0
        for number in numbers:
            later |= 1 << number
        for number in numbers:
            later &= ~(1 << number)
            new = later & ~met[number]
            met[number] |= new
            count += new.bit_count()
            while new:
                lowest = new & -new
                new ^= lowest
                yield number, lowest.bit_length() - 1
        if count > PAIRS_MAX:
            return


def _says(hazard: Hazard) -> _Says:
    frees = all(effect.action is Action.NONE for effect in hazard.effects) and bool(hazard.effects)
    when = hazard.interval
    return _Says(hazard, hazard.kind, when.start_s, when.end_s, shuts(hazard), frees)
