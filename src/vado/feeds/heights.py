"""Heights that stand only in words: the snow line of AEMET, and metres that contradict a field.

In: prose. Out: metres, or None in any doubt: a snow line read too high would call the road below it clear.
Source: AEMET, Plan Meteoalerta, annex 3: the height from which snow settles stands in the description
alone, in Spanish in every language ("cota de nieve", "cota de acumulación").
"""

from __future__ import annotations

import re

from vado.hazards.kinds import fold

WORDS_MAX = 20_000  # characters of prose that are looked at
HEIGHT_MIN_M = 50  # a number of metres below this is no height of land: a visibility, a wave
HEIGHT_MAX_M = 4_500  # Mont Blanc is 4,806 m; a higher snow line is no warning
# "600 metros", "1.200 m", "800-1000 m". Bounded repeats: no pattern here can run away on a hostile text.
_METRES = re.compile(
    r"(?<![\d.,])(\d{1,2}[.\u00a0 ]\d{3}|\d{2,4})(?:\s{0,3}(?:-|\u2013|a|y|o|bis|to|et)\s{0,3}"
    r"(\d{1,2}[.\u00a0 ]\d{3}|\d{2,4}))?\s{0,3}(?:metros|metres|meters|metern|meter|m)\b(?!\s{0,2}/)",
    re.IGNORECASE,
)
_SNOW_LINE = re.compile(r"\bcotas?\b", re.IGNORECASE)
# What takes the meaning of a bound from the number: snow below it, anywhere, or not only there.
_FALLS = (
    "baja",
    "descend",
    "descen",
    "baixa",
    "desce",
)  # a line that falls: two heights say from where to where
_DOUBT = (
    "cualquier cota", "todas las cotas", "cualquier altitud", "por debajo", "cotas bajas", "cotas inferiores",
    "cotas mas bajas", "inferior a", "inferiores a", "nivel del mar", "sin cota", "salvo", "excepto",
    "ocasionalmente", "puntualmente", "localmente", "no se descarta", "incluso", "menos de", "hasta",
    "tambien en", "valles",
    # Catalan and Portuguese write the same word.
    "per sota", "fins a", "localment", "puntualment", "qualsevol cota", "cotes baixes", "abaixo", "ate aos",
    "pontualmente", "qualquer cota", "cotas baixas",
)  # fmt: skip


def names_metres(words: str) -> tuple[int, ...]:
    """List the heights, metres, that a text names."""
    found = [
        int(re.sub(r"\D", "", number))
        for match in _METRES.finditer(words[:WORDS_MAX])
        for number in match.groups()
        if number
    ]
    return tuple(height for height in found if HEIGHT_MIN_M <= height <= HEIGHT_MAX_M)


def lowest_metres(words: str) -> float | None:
    """Read the lowest snow line that a Spanish text names; None where it names none, or leaves a doubt."""
    if not _SNOW_LINE.search(words[:WORDS_MAX]) or len(words) > WORDS_MAX:
        return None
    folded = fold(words)
    if any(doubt in folded for doubt in _DOUBT):
        return None
    heights = names_metres(words)
    if len(heights) < 2 and any(f" {word}" in f" {folded}" for word in _FALLS):
        return None
    return float(min(heights)) if heights else None
