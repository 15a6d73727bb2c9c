"""Canonical JSON: one value, one row of bytes, one hash, in any language (RFC 8785).

In: plain JSON types. Out: bytes, or "sha256:<hex>". JSON's numbers are doubles to most readers, so whole
numbers beyond 2^53 and NaN have no canonical form; `portable` writes them as strings before sealing, which
no reader can get wrong. Refuses to know what is hashed.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import rfc8785

from vado.model.codec import Json
from vado.model.ids import Hash

# RFC 8785 section 3.2.2.3 with RFC 7493 section 2.2: the whole numbers that a double holds exactly.
WHOLE_MAX = 2**53 - 1


def canonical(data: Json) -> bytes:
    """Write RFC 8785 JSON; ValueError where a number or string has no such form."""
    return rfc8785.dumps(data)


def parse(text: bytes | str) -> Any:
    """Read JSON as any RFC 8785 reader does: a whole number beyond 2^53 is a double. ValueError if broken."""
    return json.loads(text, parse_int=_number)


def digest(data: Json | bytes) -> Hash:
    """Hash bytes as they are, anything else in its canonical form: "sha256:" and 64 hex digits."""
    raw = data if isinstance(data, bytes) else canonical(data)
    return Hash("sha256:" + hashlib.sha256(raw).hexdigest())


def portable(data: Any) -> Json:
    """Give the same data with every number and string that has no canonical form replaced by a readable one.

    Whole numbers beyond 2^53 become decimal strings, NaN and infinities their names, halves of surrogate
    pairs U+FFFD. An amount of a job may be that large and a headline that broken: a decision must be sealed
    nonetheless.
    """
    if isinstance(data, str):
        return _text(data)
    if isinstance(data, float) and not math.isfinite(data):
        return str(data)
    if isinstance(data, int) and not isinstance(data, bool) and abs(data) > WHOLE_MAX:
        return str(data)
    if isinstance(data, dict):
        return {_text(key): portable(item) for key, item in data.items()}
    if isinstance(data, list | tuple):
        return [portable(item) for item in data]
    return data  # type: ignore[no-any-return]


def _number(digits: str) -> int | float:
    number = float(digits)
    return number if abs(number) > WHOLE_MAX else int(digits)


def _text(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
