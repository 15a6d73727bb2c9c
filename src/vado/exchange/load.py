"""Read what a vehicle weighs, measures and carries on its trip: keys of a vehicle to `model.size.Load`."""

from __future__ import annotations

from typing import Any

from vado.exchange.reading import Field
from vado.model.size import AS_PROFILE, HAZMAT, Load

# The least and most that can be meant: metres or tonnes by mistake are refused, since a van of 3 cm would fit
# under anything. Own judgement; exceptional transports go up to about these.
_NUMBERS = {
    "weight_kg": (300, 500_000),
    "rated_kg": (300, 500_000),
    "axle_kg": (100, 50_000),
    "height_cm": (80, 1_000),
    "width_cm": (60, 1_000),
    "length_cm": (100, 10_000),
    "wading_cm": (1, 300),
}
LOAD_KEYS = (*_NUMBERS, "hazmat", "trailer")


def read_load(row: Field) -> Load:
    """Read the load of a vehicle; as its profile where the keys are absent."""
    found: dict[str, Any] = {}
    for key, (low, high) in _NUMBERS.items():
        item = row.find(key)
        number = None if item is None else item.whole(low, high)
        if number is not None:
            found[key] = number
    hazmat, trailer = row.find("hazmat"), row.find("trailer")
    if hazmat is not None:
        found["hazmat"] = _hazmat(hazmat)
    if trailer is not None and not isinstance(trailer.value, bool):
        trailer.fault("E1004", f"{trailer.value!r} is not true or false", "give true or false")
    elif trailer is not None:
        found["trailer"] = trailer.value
    weight, rated = found.get("weight_kg", 0), found.get("rated_kg", 0)
    if rated and weight > rated:
        row.fault("E1209", f"it weighs {weight} kg and may weigh {rated} kg", "mend weight_kg or rated_kg")
    if weight and found.get("axle_kg", 0) > weight:
        row.fault("E1209", "an axle carries more than the vehicle weighs", "mend weight_kg or axle_kg")
    return Load(**found) if found else AS_PROFILE


def _hazmat(item: Field) -> tuple[str, ...]:
    if isinstance(item.value, bool):
        return ("any",) if item.value else ()
    words = [one.text() for one in item.items()]
    for word in words:
        if word is not None and word not in HAZMAT:
            item.fault(
                "E1004", f"{word!r} names no dangerous goods", f"give true or some of {', '.join(HAZMAT)}"
            )
    return tuple(sorted({word for word in words if word in HAZMAT and word is not None}))
