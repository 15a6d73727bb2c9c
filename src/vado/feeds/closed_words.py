"""What a description says of a road, where the source has no better place for it or does not fill it.

In: a text in English, French or Spanish. Out: whether it says that the road is closed, or a lane, or that
traffic goes in turns. Refuses to be sure: who uses it says so, and a person is asked where it is not plain.
In doubt between a road and something beside it, it is the road.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from vado.feeds.stated import ALTERNATING, INSPECT, LANE_CLOSED, SHUT, shut_for
from vado.hazards.kinds import fold
from vado.model.alert import StatedEffect
from vado.model.size import Bound

CHARS_MAX = 4_000


class Said(IntEnum):
    """What a text says, the more severe the higher."""

    NOTHING = 0
    LANE = 1  # something beside the way through is closed, or one lane of several
    IN_TURNS = 2
    UNSURE = 3  # something is closed, and it does not say plainly what
    SOME = 4  # closed to trucks, or to who is over a limit: at least to trucks
    SHUT = 5


# What that means for the road; for SOME and UNSURE a person is asked besides.
MEANT: dict[Said, tuple[StatedEffect, ...]] = {
    Said.SHUT: (SHUT,),
    Said.SOME: (shut_for(Bound(classes=("hgv",))), INSPECT),
    Said.UNSURE: (INSPECT,),
    Said.IN_TURNS: ALTERNATING,
    Said.LANE: (LANE_CLOSED,),
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CLOSED = _set(
    "closed closure closures impassable cortado cortada cortados cortadas cerrado cerrada cerrados cerradas "
    "intransitable ferme fermee fermes fermees barre barree coupe coupee fermeture impraticable corte cierre"
)
_ROADS = _set(
    "road roads roadway highway hwy freeway motorway street avenue bridge tunnel pass carriageway route rue "
    "chaussee pont circulation carretera calle calzada puente puerto traffic vehicles"
)
_LANES = _set(
    "lane lanes shoulder shoulders sidewalk sidewalks pavement bike cycle parking pullout area "
    "carril carriles arcen voie voies trottoir trottoirs acera aceras"
)
# Beside the road where they are all that is named; with a road in the same sentence they only say where.
_OFF = _set("ramp ramps exit exits bretelle bretelles salida salidas")
_HOW = _set("currently temporarily nightly overnight daily now still total full is remains it")
_NOT = re.compile(r"\b(not closed|no closures?|no longer closed)\b")
_PERHAPS = re.compile(r"\b((may|might|could) be closed|possible closures?|closures? (are )?possible)\b")
_SOME = re.compile(
    r"\b(closed|closure|cortada|cerrada|fermee?) (to|for|para|a|aux?) (all )?(large |heavy |commercial )?"
    r"(trucks?|(vehicles|traffic|loads) (over|wider|heavier|taller|longer)|oversize|commercial|"
    r"camiones|poids)\b"
)
_ALL_LANES = re.compile(r"\b(all|both) lanes\b|\btodos los carriles\b|\btoutes les voies\b")
_TURNS = re.compile(r"\b(alternating|alternated?|flaggers?|paso alternativo|circulation alternee)\b")


def said(description: str) -> Said:
    """Read a description, sentence by sentence; the most severe counts."""
    sentences = re.split(r"[.;!?\n]", description[:CHARS_MAX])
    return max((_said(each) for each in sentences), default=Said.NOTHING)


@lru_cache(maxsize=1024)  # a feed says the same sentence of many events
def _said(written: str) -> Said:
    sentence = fold(written)
    words = sentence.split()
    closed = [n for n, word in enumerate(words) if word in _CLOSED]
    if "washed out" in sentence:
        return Said.SHUT
    if not closed or _NOT.search(sentence):
        return Said.IN_TURNS if _TURNS.search(sentence) else Said.NOTHING
    if _PERHAPS.search(sentence):
        return Said.UNSURE
    if _SOME.search(sentence):
        return Said.SOME
    if _ALL_LANES.search(sentence):
        return Said.SHUT
    return max(_what(words, at) for at in closed)


def _what(words: list[str], at: int) -> Said:
    """Find what is closed: the nearest that is named before the word, else after it, else the road itself."""
    before = [word for word in words[:at] if word in _ROADS or word in _LANES or word in _OFF]
    after = [word for word in words[at + 1 :] if word in _ROADS or word in _LANES]
    if before and before[-1] in _LANES:
        return Said.LANE
    if any(word in _ROADS for word in before):
        return Said.SHUT
    if before:
        return Said.LANE
    if after:
        return Said.LANE if after[0] in _LANES else Said.SHUT
    return Said.SHUT if at == 0 or words[at - 1] in _HOW else Said.UNSURE
