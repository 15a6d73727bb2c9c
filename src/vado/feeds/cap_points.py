"""The coordinates of a CAP message as services really write them: "lat,lon lat,lon ...", and what is meant.

In: the text of a polygon or circle. Out: its points as lon, lat; a fault where it leaves a doubt which
number is which, a note where it was written otherwise than the standard has it (CAP 1.2, section 3.2.4:
pairs of latitude and longitude with a comma inside and white space between). Refuses to guess an order:
latitude stands first in all of CAP, and a pair that can only be the other way round is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot

from vado.feeds.findings import VERTICES_MAX, Findings
from vado.model.alert import Ring
from vado.model.ids import LonLat

LON_MAX = 540.0  # once more around: GDACS counts beyond 180 in Fiji
# Half the width of what stands for an area without extent, degrees: 55 m to the north, the precision of three
# decimals, to which such areas were rounded. Our choice.
STRIP = 0.0005
CHARS_MAX = 40 * VERTICES_MAX  # of one shape; a pair with 14 decimals has 36
CLOSED_MIN = 4  # points of a ring that is drawn to its end. Source: CAP 1.2, section 3.2.4, polygon
# Brackets and semicolons are signs between pairs; the minus of typographers is one.
_SIGNS = str.maketrans({"\u2212": "-", "(": " ", ")": " ", "[": " ", "]": " ", ";": " "})


def read_points(words: str, findings: Findings, where: str) -> list[LonLat] | None:
    """Read "lat,lon lat,lon ..."; None when there was a fault."""
    if len(words) > CHARS_MAX or findings.vertices > VERTICES_MAX:
        findings.fault("E1002", f"more than {VERTICES_MAX} vertices", "send simpler shapes", where)
        return None
    plain = _plain_points(words)
    if plain is not None:
        findings.vertices += len(plain)
        return plain
    points: list[LonLat] = []
    for token in _tokens(words, findings, where):
        try:
            lat, lon = (read_number(number) for number in token.split(","))
        except ValueError:
            cause = f"{token[:40]!r} is no lat,lon"
            findings.fault("E1004", cause, "write lat,lon pairs with a space between", where)
            return None
        if 180 < abs(lon) <= LON_MAX and -90 <= lat <= 90:
            findings.vertices += 1
            points.append((lon, lat))  # `on_the_map` brings it back
            continue
        point = findings.point(lon, lat, where, order="lat,lon in degrees")
        if point is None:
            return None
        points.append(point)
    return points


def _plain_points(words: str) -> list[LonLat] | None:
    """Read what needs no mending, as nearly all do; None for anything else. NaN is in no range."""
    # Whole numbers may be parts of decimals with a comma.
    commas = words.count(",")
    if "_" in words or words.count(".") != 2 * commas:
        return None
    # All at once, not pair by pair: rings have thousands.
    pieces = words.replace(",", " , ").split()
    if len(pieces) != 3 * commas or pieces[1::3].count(",") != commas:
        return None
    try:
        lats, lons = list(map(float, pieces[::3])), list(map(float, pieces[2::3]))
    except ValueError:
        return None
    # Each has a point, so none is "nan", and the range is one.
    if not commas or (min(lons) >= -180 and max(lons) <= 180 and min(lats) >= -90 and max(lats) <= 90):
        return list(zip(lons, lats, strict=True))
    return None


def circle_numbers(words: str, findings: Findings, where: str) -> tuple[str, float] | None:
    """Read "lat,lon radius": the centre as it is written, and the radius in km; None where it is not that."""
    plain = words.translate(_SIGNS).strip()
    if plain[-2:].casefold() == "km":
        plain = plain[:-2]
    numbers = plain.replace(",", " ").split()
    try:
        lat, lon, radius = numbers
        radius_km = read_number(radius)
    except ValueError:
        return None
    if " ".join(words.split()).replace(" ,", ",").replace(", ", ",").split() != [f"{lat},{lon}", radius]:
        findings.note(where, "is not written as lat,lon radius; read as that")
    return f"{lat},{lon}", radius_km


def read_number(digits: str) -> float:
    if "_" in digits:  # a digit separator in Python, a typing error in a message
        raise ValueError(digits)
    return float(digits)


def collapsed(points: list[LonLat]) -> Ring | None:
    """Draw a strip for a ring that is closed and has no extent; None where it may not be all of it.

    Outlines that are simplified shrink to a line or a point: there is something, and it is that narrow.
    """
    if len(points) < CLOSED_MIN or points[0] != points[-1]:
        return None
    # The ends, as the points lie on a line: its far end, seen from anywhere, and that one's far end.
    west, south = max(points, key=lambda p: hypot(p[0] - points[0][0], p[1] - points[0][1]))
    east, north = max(points, key=lambda p: hypot(p[0] - west, p[1] - south))
    length = hypot(east - west, north - south)
    along = ((east - west) / length, (north - south) / length) if length else (1.0, 0.0)
    x, y = along[0] * STRIP, along[1] * STRIP
    corners = (
        (west - x - y, south - y + x), (west - x + y, south - y - x),
        (east + x + y, north + y - x), (east + x - y, north + y + x),
    )  # fmt: skip
    ring = [(lon, max(-90.0, min(90.0, lat))) for lon, lat in corners]
    return (*ring, ring[0])


def _tokens(words: str, findings: Findings, where: str) -> list[str]:
    """Split into "lat,lon"; what is written otherwise and can only be meant so is mended, and said."""
    plain = words.translate(_SIGNS)
    if plain != words:
        findings.note(where, "there were signs between the pairs; left them out")
    tokens = plain.split()
    trimmed = [token.rstrip(",") for token in tokens]
    if all(token.count(",") == 1 for token in trimmed) and not _decimal_commas(trimmed):
        if trimmed != tokens:
            findings.note(where, "there were commas between pairs; left them out")
        return trimmed
    # Plain replacements: a pattern with white space on both sides takes quadratic time on a hostile message.
    joined = " ".join(tokens).replace(" ,", ",").replace(", ", ",").split()
    if _decimal_commas(trimmed) and len(trimmed) % 2:
        return [",".join(trimmed)]  # no pairs
    for mended in (_with_heights, _with_commas_alone, _with_decimal_commas, _with_spaces_alone):
        found = mended(joined)
        if found:
            findings.note(where, _SAID[mended])
            return found
    return joined


def _decimal_commas(tokens: list[str]) -> bool:
    """Tell "41,05 1,25" from pairs of whole degrees: no degree is written 05, or with four digits."""
    after = [token.partition(",")[2] for token in tokens]
    return (
        not any("." in token for token in tokens)
        and all(each.isdecimal() for each in after)
        and any(len(each) > 3 or (len(each) > 1 and each[0] == "0") for each in after)
    )


def _with_heights(tokens: list[str]) -> list[str]:
    """Read lat,lon,height: all pairs have a third number."""
    pairs = [token.rpartition(",")[0] for token in tokens]
    return pairs if all(pair.count(",") == 1 and pair.count(".") == 2 for pair in pairs) else []


def _with_commas_alone(tokens: list[str]) -> list[str]:
    """Read lat,lon,lat,lon: one piece, all of whose numbers have decimals."""
    numbers = tokens[0].split(",") if len(tokens) == 1 else []
    if len(numbers) < 6 or len(numbers) % 2 or not all("." in each for each in numbers):
        return []
    return _paired(numbers)


def _with_decimal_commas(tokens: list[str]) -> list[str]:
    """Read decimals with commas: "41,05,1,25" for each pair, or "41,05 1,25"."""
    if any("." in token for token in tokens):
        return []
    if all(token.count(",") == 3 for token in tokens):
        pieces = [token.split(",") for token in tokens]
        return [f"{a}.{b},{c}.{d}" for a, b, c, d in pieces if b.isdecimal() and d.isdecimal()]
    if all(token.count(",") == 1 for token in tokens) and _decimal_commas(tokens):
        return _paired([token.replace(",", ".") for token in tokens])
    return []


def _with_spaces_alone(tokens: list[str]) -> list[str]:
    """Read lat lon lat lon, as GeoRSS has it: all numbers have decimals, and no comma stands anywhere."""
    if len(tokens) < 6 or len(tokens) % 2 or not all("." in each and "," not in each for each in tokens):
        return []
    return _paired(tokens)


def _paired(numbers: list[str]) -> list[str]:
    return [f"{lat},{lon}" for lat, lon in zip(numbers[::2], numbers[1::2], strict=True)]


_SAID: dict[Callable[[list[str]], list[str]], str] = {
    _with_heights: "the pairs have heights; left them out",
    _with_commas_alone: "commas stand between the pairs too; read as lat,lon,lat,lon",
    _with_decimal_commas: "decimals are written with commas; read as lat,lon with points",
    _with_spaces_alone: "spaces stand within the pairs too; read as lat lon lat lon",
}
