"""The content hash of roads: the same roads have the same hash on every machine, and no others have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, fields

import numpy as np

from vado.model.ids import Hash
from vado.model.roads import Places, Roads

# What a region is called changes no road; the hierarchy is made of the roads, and stops are named in split.
_NOT_CONTENT = ("content_hash", "name", "meta", "places", "hierarchy", "split_from", "region")

_ROWS = ("limits", "sizes")  # tables of few rows


def content_hash(roads: Roads) -> Hash:
    """Hash every array (name, type, shape, bytes), every string and every place."""
    digest = hashlib.sha256(b"vado.roads.v3\n")
    for label, value in _parts(roads):
        if isinstance(value, np.ndarray):
            # Little-endian, C order: what a big-endian machine would write, too.
            array = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
            digest.update(f"{label} {array.dtype.str} {array.shape}\n".encode())
            digest.update(array.data.cast("B") if array.size else b"")
        else:
            text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest.update(f"{label} {len(text.encode())}\n{text}\n".encode())
    return Hash("sha256:" + digest.hexdigest())


def _parts(roads: Roads) -> Iterator[tuple[str, object]]:
    for field in fields(Roads):
        value = getattr(roads, field.name)
        if field.name in _ROWS:
            yield field.name, [asdict(row) for row in value]
        elif field.name not in _NOT_CONTENT:
            yield field.name, value
    for field in fields(Places):
        yield f"places.{field.name}", getattr(roads.places, field.name)
