"""The outer frame of an OSM PBF file: is it whole? Reads headers only, so a large file takes moments.

In goes a path, out come faults of the frame (E1301). A cut inside a blob is always seen. A cut exactly
between two blobs leaves a well-formed file; it is told by a last block that is as full as writers make them
(8,000 objects). A file that ends with nodes has no roads, cut or not (E1302). What can't be told: a cut
exactly between the last way and the first relation, and a cut after a block that its writer left less full;
`osm_pbf.read` notes missing relations. Format: https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vado.errors import RegionError

# Limits and the usual block size of the format, PBF_Format, "File format" and "Encoding OSM entities".
HEADER_MAX = 64 * 1024
BLOB_MAX = 32 * 1024 * 1024
FULL_BLOCK = 8_000
_NODES, _DENSE, _WAYS, _RELATIONS = 1, 2, 3, 4  # fields of a PrimitiveGroup


@dataclass(frozen=True, slots=True)
class Frame:
    """One blob: where its bytes lie and what it says it holds."""

    kind: str
    offset: int
    size: int


def check_whole(path: Path) -> None:
    """Raise RegionError E1301 where the file is cut short or is no OSM PBF, E1302 where it has no ways."""
    with path.open("rb") as file:
        frames = list(list_frames(file, size=path.stat().st_size))
        if not frames or frames[0].kind != "OSMHeader":
            raise _damaged("the file is no OSM PBF: it has no header block")
        data = [frame for frame in frames if frame.kind == "OSMData"]
        if not data:
            raise _damaged("the file ends after its header: it holds no data")
        last = _read_blob(file, data[-1])
    counts = count_objects(last) if last else {}
    if max(counts.values(), default=0) == FULL_BLOCK:
        # Of whole files, one in 8,000 ends so: better refused than a region that lacks roads.
        raise _damaged(f"the file ends with a full block of {FULL_BLOCK} objects: more should follow")
    if counts and not counts.get(_WAYS) and not counts.get(_RELATIONS):
        raise RegionError(
            "the file ends with nodes, so it holds no road",
            code="E1302",
            action="choose a file that covers roads: this is an extract of points, or was cut short before "
            "its ways; compare its size or checksum",
        )


def list_frames(file: BinaryIO, *, size: int) -> Iterator[Frame]:
    """List the blobs; raises RegionError E1301 at the first one that is not whole."""
    at = 0
    while at < size:
        file.seek(at)
        length = int.from_bytes(file.read(4), "big")
        if not 0 < length <= HEADER_MAX:
            raise _damaged(f"byte {at} should start a block, but does not")
        if at + 4 + length > size:
            raise _damaged(f"the file ends within the block that starts at byte {at}")
        fields = dict(_fields(file.read(length)))
        kind, blob_size = fields.get(1, b""), fields.get(3, -1)
        if not isinstance(kind, bytes) or not isinstance(blob_size, int) or not 0 <= blob_size <= BLOB_MAX:
            raise _damaged(f"byte {at} should start a block, but does not")
        start = at + 4 + length
        if start + blob_size > size:
            raise _damaged(f"the file ends within the block that starts at byte {at}")
        yield Frame(kind.decode("ascii", "replace"), start, blob_size)
        at = start + blob_size


def count_objects(block: bytes) -> dict[int, int]:
    """Count the objects of a PrimitiveBlock by the field they stand in."""
    counts: dict[int, int] = {}
    for field, value in _fields(block):
        if field != 2 or not isinstance(value, bytes):
            continue
        for kind, item in _fields(value):
            if kind == _DENSE and isinstance(item, bytes):
                ids = next((v for f, v in _fields(item) if f == 1 and isinstance(v, bytes)), b"")
                # Packed varints: the last byte of each has its top bit clear.
                counts[_NODES] = counts.get(_NODES, 0) + sum(byte < 0x80 for byte in ids)
            elif kind in (_NODES, _WAYS, _RELATIONS):
                counts[kind] = counts.get(kind, 0) + 1
    return counts


def _read_blob(file: BinaryIO, frame: Frame) -> bytes | None:
    """Unpack a blob; None when it is packed by a method that the standard library does not know."""
    file.seek(frame.offset)
    for field, value in _fields(file.read(frame.size)):
        if field == 1 and isinstance(value, bytes):
            return value
        if field == 3 and isinstance(value, bytes):
            unpack = zlib.decompressobj()
            try:
                return unpack.decompress(value, BLOB_MAX)
            except zlib.error as fault:
                raise _damaged(f"the last block cannot be unpacked ({fault})") from fault
    return None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """List a protobuf message's fields; stops with E1301 where it makes no sense."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
        elif wire == 2:
            length, at = _varint(data, at)
            if at + length > len(data):
                raise _damaged("a block is shorter than it says")
            yield key >> 3, data[at : at + length]
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise _damaged("a block is no protobuf message")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise _damaged("a block is no protobuf message")


def _damaged(cause: str) -> RegionError:
    return RegionError(cause, code="E1301", action="download the file again and compare its size or checksum")
