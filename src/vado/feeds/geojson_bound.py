"""Whom a GeoJSON closure binds: the properties that say it, read into a `Bound`.

In: the properties of one feature. Out: the bound; faults by property. Values that cannot be meant are faults:
feeds write limits of 0 or 1 metre, and one that is obeyed would shut a motorway to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any

from vado.model.size import HAZMAT, Bound

Tell = Callable[[str, str, str, str], None]  # code, property, cause, action


@dataclass(frozen=True, slots=True)
class _Number:
    """A property that is a number: the field it fills, how many of its units one is, what can be meant."""

    field: str
    per_one: int
    low: float
    high: float
    unit: str


# What can be meant: from the smallest vehicle that anybody would shut out to the largest that there is. Own
# judgement; Council Directive 96/53/EC, Annex I has 4 m, 2.6 m, 18.75 m, 44 t and 11.5 t as the usual most.
_KG, _CM = 1, 100
_NUMBERS = {
    "over_weight_kg": _Number("over_weight_kg", _KG, 500, 100_000, "kilograms"),
    "over_rated_kg": _Number("over_rated_kg", _KG, 500, 100_000, "kilograms"),
    "over_axle_kg": _Number("over_axle_kg", _KG, 300, 30_000, "kilograms"),
    "under_weight_kg": _Number("under_weight_kg", _KG, 500, 100_000, "kilograms"),
    "over_height_m": _Number("over_height_cm", _CM, 1.3, 6, "metres"),
    "over_width_m": _Number("over_width_cm", _CM, 1.3, 6, "metres"),
    "over_length_m": _Number("over_length_cm", _CM, 2, 60, "metres"),
    "depth_m": _Number("water_cm", _CM, 0.01, 20, "metres of water"),
}
BOUNDS = (*_NUMBERS, "hazmat", "trailer")
# Field of `Bound` -> the least and the most that can be meant, kilograms or metres.
BOUND_RANGES = {about.field: (about.low, about.high) for about in _NUMBERS.values()}


def read_bound(properties: Mapping[str, Any], fault: Tell) -> Bound | None:
    """Read whom the closure binds; None, everybody, when it does not say."""
    found: dict[str, Any] = {}
    for name, about in _NUMBERS.items():
        value = properties.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            fault("E1004", name, f"{value!r} is no number", "write a number")
        elif not about.low <= value <= about.high:
            cause = f"{value} {about.unit} cannot be meant"
            fault("E1209", name, cause, f"write {about.low:g} to {about.high:g} {about.unit}")
        elif name == "depth_m":
            found[about.field] = ceil(round(value * about.per_one, 6))  # up: water is not made shallower
        else:
            found[about.field] = int(value * about.per_one + 0.5)
    hazmat = _hazmat(properties.get("hazmat"), fault)
    trailer = properties.get("trailer")
    if trailer is not None and trailer is not True:
        fault("E1004", "trailer", f"{trailer!r} binds nobody", "write true, or leave it out")
    elif trailer:
        found["trailer"] = True
    return Bound(**found, hazmat=hazmat) if found or hazmat else None


def _hazmat(value: Any, fault: Tell) -> tuple[str, ...]:
    if value is None:
        return ()
    if value is True:
        return ("any",)
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(word in HAZMAT for word in words):
        fault("E1004", "hazmat", f"{value!r} names no dangerous goods",
              f"write true, or a list of {', '.join(HAZMAT)}")  # fmt: skip
        return ()
    return tuple(sorted(set(words)))
