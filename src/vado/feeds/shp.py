"""ESRI shapefiles: the rings of each record of a file of polygons, in degrees.

Format: ESRI, Shapefile Technical Description, 1998. In: bytes. Out: rings by record, holes among them: who
fills them in has the larger hazard. Refuses files in metres, and what is cut off.
"""

from __future__ import annotations

import struct
from itertools import pairwise

from vado.errors import PayloadError
from vado.feeds.findings import Findings
from vado.model.alert import Polygon

_CODE, _HEAD = 9994, 100
_POLYGONS = (5, 15, 25)  # plain, with heights, with measures
_NULL = 0
_BOX = 36  # bytes of type and box before the counts


def read_shp(body: bytes, name: str, findings: Findings) -> list[tuple[Polygon, ...]]:
    """Read the polygons of all records; raises PayloadError E1001 where the file is cut off or is none."""
    try:
        if struct.unpack_from(">i", body, 0)[0] != _CODE:
            raise ValueError("it has not the mark of one")
        if struct.unpack_from(">i", body, 24)[0] * 2 > len(body):
            raise ValueError("it is cut off")
        records = []
        at = _HEAD
        while at + 8 <= len(body):
            size = struct.unpack_from(">i", body, at + 4)[0] * 2
            if size < 4 or at + 8 + size > len(body):
                raise ValueError("a record is cut off")
            records.append(_record(body[at + 8 : at + 8 + size], name, findings))
            at += 8 + size
    except (struct.error, ValueError) as bad:
        raise PayloadError(
            f"{name} is no shapefile: {bad}", code="E1001", action="send it again whole"
        ) from bad
    return records


def _record(content: bytes, name: str, findings: Findings) -> tuple[Polygon, ...]:
    (kind,) = struct.unpack_from("<i", content, 0)
    if kind == _NULL:
        return ()
    if kind not in _POLYGONS:
        raise ValueError(f"shapes of type {kind} are no polygons")
    parts, points = struct.unpack_from("<2i", content, _BOX)
    if not 0 < parts <= points or _BOX + 8 + 4 * parts + 16 * points > len(content):
        raise ValueError("a record holds less than it says")
    starts = (*struct.unpack_from(f"<{parts}i", content, _BOX + 8), points)
    numbers = struct.unpack_from(f"<{2 * points}d", content, _BOX + 8 + 4 * parts)
    polygons = []
    for start, end in pairwise(starts):
        if not 0 <= start < end <= points:
            raise ValueError("the parts of a record are in no order")
        ring = [
            findings.point(lon, lat, name, order="degrees")
            for lon, lat in zip(
                numbers[2 * start : 2 * end : 2], numbers[2 * start + 1 : 2 * end : 2], strict=True
            )
        ]
        outer = findings.ring([point for point in ring if point is not None], name)
        polygons += [Polygon(outer=outer)] if outer is not None else []
    return tuple(polygons)
