"""What sources state about roads, as effects: closed lanes, caps, limits of size and weight, waits.

In: numbers with their units. Out: `StatedEffect`s. A value that cannot be meant asks a person: feeds write
limits of 0 or 1 metre and caps of 1 km/h, and obeyed they would shut a motorway to everybody; dropped, a real
limit with a slip of the pen would be lost. Refuses to know any format.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vado.feeds.geojson_bound import BOUND_RANGES
from vado.model.alert import Action, StatedEffect
from vado.model.size import Bound

# What a road may be slowed to: own judgement. Real feeds send caps of 1 and 2 km/h.
CAP_MIN_KMH, CAP_MAX_KMH = 5.0, 150.0
# A road with a lane closed, or one lane for both directions. Source: own judgement, the row of roadworks in
# data/effects.toml: one lane and a limit of 50 to 60 of 90 km/h.
LANE_FACTOR = 0.6
# Lost at a signal or flagger for one lane in turns: own judgement, half of a cycle of six minutes.
ALTERNATING_S = 180

SHUT = StatedEffect(action=Action.SHUT)
NONE = StatedEffect(action=Action.NONE)
INSPECT = StatedEffect(action=Action.INSPECT)
LANE_CLOSED = StatedEffect(action=Action.SLOW, speed_factor=LANE_FACTOR)
ALTERNATING = (LANE_CLOSED, StatedEffect(action=Action.DELAY, delay_s=ALTERNATING_S))
# Closed but to those who have business there: shut for who is not known to (a vehicle says so as equipment).
LOCAL_ONLY = StatedEffect(action=Action.RESTRICTED, requires="local-access")

# Units. Foot, inch, mile and pound are the international ones (NIST Handbook 44, appendix C); a ton is the
# 2,000 lb of the USA: the lighter of the two, so that a limit binds rather more.
POUND_KG, MILE_KM = 0.45359237, 1.609344
_METRES = {
    "feet": 0.3048, "foot": 0.3048, "ft": 0.3048, "inches": 0.0254, "inch": 0.0254, "in": 0.0254,
    "centimeters": 0.01, "centimetres": 0.01, "cm": 0.01, "meters": 1.0,
    "metres": 1.0, "m": 1.0,
}  # fmt: skip
_KILOGRAMS = {
    "pounds": POUND_KG, "lbs": POUND_KG, "lb": POUND_KG, "tons": 2000 * POUND_KG, "ton": 2000 * POUND_KG,
    "kilograms": 1.0, "kg": 1.0, "tonnes": 1000.0, "tonne": 1000.0, "t": 1000.0, "mt": 1000.0,
}  # fmt: skip


def limit(field: str, value: float | None, unit: str) -> Bound | None:
    """Bind who is over a limit; `field` is one of `Bound`. None where the value cannot be meant.

    A height of 10.5 feet is 320 cm: rounded down, so that it is never read as more than it is.
    """
    if value is None:
        return None
    units = _METRES if field.endswith("_cm") else _KILOGRAMS
    factor, low, high = units.get(unit.casefold()), *BOUND_RANGES[field]
    if factor is None or not low <= value * factor <= high:
        return None
    bound: dict[str, Any] = {field: int(value * factor * (100 if field.endswith("_cm") else 1) + 1e-6)}
    return Bound(**bound)


def shut_for(bound: Bound) -> StatedEffect:
    return StatedEffect(action=Action.SHUT, only=bound)


def cap(kmh: float) -> StatedEffect | None:
    """Cap the speed; None where the value cannot be meant."""
    if not CAP_MIN_KMH <= kmh <= CAP_MAX_KMH:
        return None
    return StatedEffect(action=Action.SLOW, cap_kmh=kmh)


def once(effects: Iterable[StatedEffect]) -> tuple[StatedEffect, ...]:
    """Keep each effect once, in order; "none" only where it is all there is."""
    kept = tuple(dict.fromkeys(effects))
    return tuple(each for each in kept if each != NONE) or kept[:1]
