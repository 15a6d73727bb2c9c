"""What a vehicle may drive, in the referee's own words: nothing of it is shared with who plans.

In: roads, a vehicle, an edge. Out: how long it takes at least, or why it may not drive there. Every sign that
stands at the edge is held against the vehicle as it is on this trip.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vado.model.jobs import Vehicle
from vado.model.roads import NO_ENTRY_MS, Bool, Roads

_MEASURES = (
    *((what, "cm") for what in ("height", "width", "length")),
    *((what, "kg") for what in ("weight", "rated", "axle")),
)


def duration_ms(roads: Roads, vehicle: Vehicle, edge: int) -> int:
    """Get the free-flow time of an edge for a vehicle, whether it may drive there or not."""
    ms = int(roads.edge_duration_ms[roads.profile_index(vehicle.profile), edge])
    return ms - NO_ENTRY_MS if ms > NO_ENTRY_MS else ms


def refused(roads: Roads, vehicle: Vehicle, edge: int) -> str:
    """Say why a vehicle may not drive an edge; an empty text when it may."""
    ms = int(roads.edge_duration_ms[roads.profile_index(vehicle.profile), edge])
    if ms == NO_ENTRY_MS:
        return f"a {vehicle.profile} may not drive {roads.road(edge)}"
    if not roads.sizes:
        return f"a {vehicle.profile} may not drive {roads.road(edge)}" if ms > NO_ENTRY_MS else ""
    broken = next(_broken(roads, vehicle, edge), "")
    return f"{broken}, too much for {roads.road(edge)}" if broken else ""


def may_drive(roads: Roads, vehicle: Vehicle) -> Bool:
    """Mark the edges [M] that a vehicle may drive, as `refused` says of each."""
    ms = roads.edge_duration_ms[roads.profile_index(vehicle.profile)]
    found: Bool = ms < NO_ENTRY_MS
    if not roads.sizes:
        return found
    kept = np.zeros(len(roads.limits), np.bool_)
    sign, at = np.unique(roads.edge_limit, return_index=True)
    for number, edge in zip(sign.tolist(), at.tolist(), strict=True):
        kept[number] = not any(_broken(roads, vehicle, edge))
    found = kept[roads.edge_limit]
    found &= ms != NO_ENTRY_MS
    return found


def _broken(roads: Roads, vehicle: Vehicle, edge: int) -> Iterator[str]:
    """Name the signs at an edge that a vehicle does not keep."""
    sign, own, load = roads.limits[roads.edge_limit[edge]], _own(roads, vehicle), vehicle.load
    for what, unit in _MEASURES:
        allowed = getattr(sign, f"{what}_{unit}")
        if allowed and own[what] > allowed:
            yield f"a {what} of {own[what]} {unit} where {allowed} {unit} are allowed"
    if sign.water_cm > own["wading"]:
        yield f"water of {sign.water_cm} cm for who wades {own['wading']} cm"
    size = roads.sizes[roads.profile_index(vehicle.profile)]
    for name, allowed, rated in sign.by_class:
        found = own["rated" if rated else "weight"]
        if name in size.classes and found > allowed:
            yield f"a weight of {found} kg where {allowed} kg are allowed to {name}"
    aboard = {*size.hazmat, *load.hazmat}
    for word in sign.bans:
        if word in aboard or (word == "any" and aboard):
            yield "dangerous goods aboard"
        if word == "trailer" and (size.trailer or load.trailer):
            yield "a trailer"


def _own(roads: Roads, vehicle: Vehicle) -> dict[str, int]:
    """Measure a vehicle: what it states of this trip, else what its profile is; never less than follows."""
    size, load = roads.sizes[roads.profile_index(vehicle.profile)], vehicle.load
    own = {
        "height": load.height_cm or size.height_cm,
        "width": load.width_cm or size.width_cm,
        "length": load.length_cm or size.length_cm,
        "weight": load.weight_kg or size.weight_kg,
        "wading": load.wading_cm or size.wading_cm,
    }
    own["rated"] = load.rated_kg or size.rated_kg
    if own["weight"] > own["rated"]:
        own["rated"] = own["weight"]  # it was not built for this
    own["axle"] = load.axle_kg
    if not own["axle"]:
        heavier = own["weight"] / size.weight_kg
        axle = size.axle_kg * heavier if heavier > 1 else min(size.axle_kg, own["weight"])
        own["axle"] = round(axle)
    return own
