"""What a description says of a road, where the source has no better place for it or does not fill it.

In: a text in English, French or Spanish. Out: whether it says that the road is closed, or a lane, or that
traffic goes in turns. Refuses to be sure: who uses it says so, and a person is asked where it is not plain.
"""

from __future__ import annotations

import re
from enum import IntEnum

from vado.hazards.kinds import fold

CHARS_MAX = 4_000


class Said(IntEnum):
    """What a text says, the more severe the higher."""

    NOTHING = 0
    LANE = 1  # something beside the way through is closed, or one lane of several
    IN_TURNS = 2
    UNSURE = 3  # something is closed, and it does not say plainly what
    SOME = 4  # closed to trucks, or to who is over a limit: at least to trucks
    SHUT = 5


_CLOSED = re.compile(
    r"\b(closed|closure|closures|impassable|washed out|cortad[ao]s?|cerrad[ao]s?|intransitable|"
    r"fermee?s?|barree?s?|coupee?s?|impraticables?)\b"
)
_OPEN = re.compile(
    r"\b(not closed|no closures?|no longer closed|reopened|re opened|now open|remains open|open to)\b"
)
_LANES = re.compile(
    r"\b(lanes?|shoulders?|ramps?|exits?|sidewalks?|rest area|parking|bike|cycle|pull ?outs?|"
    r"carril|carriles|arcen|voies?|bretelles?|trottoirs?|aceras?)\b"
)
_WHOLE = re.compile(
    r"\b(all lanes|both lanes|todos los carriles|toutes les voies|full closure|full road closure|"
    r"both directions|ambos sentidos|deux sens|to (?:all |through )?(?:traffic|vehicles))\b"
)
_SOME = re.compile(r"\b(trucks?|over \d|wider|heavier|taller|oversize|commercial|camiones|poids lourds)\b")
_PERHAPS = re.compile(r"\b(may be|might be|could be|possible|possibly|if)\b")
_ROADS = re.compile(
    r"\b(roads?|roadway|highway|hwy|freeway|motorway|street|avenue|bridge|tunnel|pass|carriageway|"
    r"route|rue|chaussee|pont|circulation|carretera|calle|calzada|puente|puerto|via)\b"
)
_HOW = frozenset(
    {"currently", "temporarily", "nightly", "overnight", "daily", "now", "still", "total", "is", "remains"}
)
_TURNS = re.compile(r"\b(alternating|alternated?|flaggers?|paso alternativo|circulation alternee)\b")


def said(description: str) -> Said:
    """Read a description, sentence by sentence; the most severe counts."""
    sentences = re.split(r"[.;!?\n]", description[:CHARS_MAX])
    return max((_said(fold(each)) for each in sentences), default=Said.NOTHING)


def _said(words: str) -> Said:
    if _CLOSED.search(words) and not _OPEN.search(words):
        if _PERHAPS.search(words):
            return Said.UNSURE
        if _SOME.search(words):
            return Said.SOME
        if _WHOLE.search(words):
            return Said.SHUT
        if _LANES.search(words):
            return Said.LANE
        return Said.SHUT if _ROADS.search(words) or _says_no_more(words) else Said.UNSURE
    return Said.IN_TURNS if _TURNS.search(words) else Said.NOTHING


def _says_no_more(words: str) -> bool:
    """Tell whether it names nothing that is closed: "Closed nightly from 9 PM"; that is the road itself."""
    first = words.split()[:2]
    return bool(_CLOSED.fullmatch(first[0]) or (first[0] in _HOW and _CLOSED.fullmatch(first[-1])))
