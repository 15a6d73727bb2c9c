"""Encoded polylines: a line as one text, as map services write it.

Source: developers.google.com/maps/documentation/utilities/polylinealgorithm. In: a text. Out: its positions
as lon, lat; None where it is none. Refuses to give a part of a line of which the rest cannot be read.
"""

from __future__ import annotations

from vado.model.ids import LonLat

SCALE = 1e-5  # degrees of one step
CHARS_MAX = 200_000
_FIRST, _LAST = 63, 126  # of the characters in use; six bits each, the highest of which says that more follow


def decode(words: str) -> list[LonLat] | None:
    """Read a line; None where it is cut off, has other characters, or leads outside the world."""
    if len(words) > CHARS_MAX:
        return None
    steps: list[int] = []
    value = shift = 0
    for sign in words:
        code = ord(sign)
        if not _FIRST <= code <= _LAST or shift > 30:
            return None
        value |= (code - _FIRST & 31) << shift
        shift += 5
        if code - _FIRST < 32:
            steps.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(steps) % 2:
        return None
    points: list[LonLat] = []
    lat = lon = 0
    for north, east in zip(steps[::2], steps[1::2], strict=True):
        lat, lon = lat + north, lon + east
        if abs(lat) * SCALE > 90 or abs(lon) * SCALE > 180:
            return None
        points.append((lon * SCALE, lat * SCALE))
    return points
