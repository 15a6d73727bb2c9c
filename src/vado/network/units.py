"""Numbers as mappers write them: "3.5", "3.5 m", "12'6\\"", "7.5t", "30 mph", "default".

In goes the value of one tag, out a number in one unit, or None when it states no number. Refuses to guess:
what it cannot read is no limit, and `network.rules` counts it.
"""

from __future__ import annotations

import re

# https://wiki.openstreetmap.org/wiki/Map_features/Units: metres, tonnes and km/h when no unit is written.
CM_PER_UNIT = {"": 100.0, "m": 100.0, "cm": 1.0, "km": 100_000.0, "ft": 30.48, "in": 2.54}
KG_PER_UNIT = {
    "": 1000.0, "t": 1000.0, "to": 1000.0, "kg": 1.0, "lb": 0.45359237, "lbs": 0.45359237, "st": 907.18474,
    "cwt": 50.80234544,
}  # fmt: skip
KMH_PER_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z/]*)")
_FEET = re.compile(r"(\d+)\s*(?:'|ft)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|in)?)?")


def length_cm(text: str) -> int | None:
    """Read a length; the smallest where several are written ("3.5;3.2")."""
    return _smallest(text, CM_PER_UNIT)


def weight_kg(text: str) -> int | None:
    """Read a weight; the smallest where several are written."""
    return _smallest(text, KG_PER_UNIT)


def speed_kmh(text: str) -> float | None:
    """Read a speed in figures; zones and words are not its business."""
    found = [value for part in text.split(";") if (value := _number(part, KMH_PER_UNIT)) is not None]
    return min(found, default=None)


def _smallest(text: str, per_unit: dict[str, float]) -> int | None:
    found = [value for part in text.split(";") if (value := _number(part, per_unit)) is not None]
    return int(min(found) + 0.5) if found else None


def _number(text: str, per_unit: dict[str, float]) -> float | None:
    text = text.strip().lower()
    if per_unit is CM_PER_UNIT and (feet := _FEET.fullmatch(text)):
        return int(feet[1]) * per_unit["ft"] + float(feet[2] or 0) * per_unit["in"]
    match = _NUMBER.fullmatch(text)
    if match is None or match[2] not in per_unit:
        return None
    value = float(match[1].replace(",", ".")) * per_unit[match[2]]
    return value if value > 0 else None
