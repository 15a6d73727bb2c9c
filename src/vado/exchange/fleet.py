"""Read vehicles, VROOM's and ours: fields to `model.jobs.Vehicle`, faults to the log."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from vado.exchange.load import LOAD_KEYS, read_load
from vado.exchange.orders import (
    read_amount,
    read_location,
    read_skills,
    read_window,
    read_windows,
    refuse_twice,
)
from vado.exchange.reading import Field
from vado.model.driver_hours import DRIVER_HOURS
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import ALWAYS, Break, Costs, Location, Vehicle

PROFILES = ("car", "van", "truck", "4x4")
# What engines beside VROOM call the same ways of driving (openrouteservice, Valhalla).
PROFILE_ALIASES = {
    "driving-car": "car",
    "driving": "car",
    "auto": "car",
    "driving-hgv": "truck",
    "hgv": "truck",
}
VEHICLE_KEYS = frozenset(
    ("id", "profile", "equipment", "description", "start", "start_index", "end", "end_index", "capacity",
     "skills", "time_window", "breaks", "speed_factor", "type", "costs", "max_tasks", "max_travel_time",
     "max_distance", "max_duration",
     "driver_hours", "steps", *LOAD_KEYS)
)  # fmt: skip
SLIP_LIKENESS = 0.8  # of two keys, by difflib's ratio: one letter too many or too few of six
SPEED_FACTOR_MAX = 5.0  # VROOM's
BREAKS_MAX = 20
LARGE = 10**9


def read_vehicle(row: Field, *, by_index: bool, own_profiles: Collection[str] = ()) -> Vehicle | None:
    """Read one vehicle; `own_profiles` are those the caller brought matrices for."""
    if not row.is_object():
        return None
    row.note_unknown(VEHICLE_KEYS, "vehicles")
    _refuse_slips(row)
    found = row.need("id", "give each an id of its own")
    name = None if found is None else found.name()
    start = _end(row, "start", by_index=by_index)
    end = _end(row, "end", by_index=by_index)
    if not any(row.find(key) for key in ("start", "start_index", "end", "end_index")):
        row.fault("E1208", "the vehicle has neither start nor end", "give start, end or both")
    profile = _profile(row, own_profiles)
    shift = row.find("time_window")
    about = {
        "capacity": read_amount(row.find("capacity")),
        "skills": read_skills(row.find("skills")),
        "equipment": _equipment(row),
        "load": read_load(row),
        "shift": ALWAYS if shift is None else read_window(shift) or ALWAYS,
        "breaks": _breaks(row),
        "costs": _costs(row),
        "speed_factor": _speed_factor(row),
        "type": _text(row, "type"),
        "description": _text(row, "description"),
        "max_tasks": _limit(row, "max_tasks"),
        "max_travel_s": _limit(row, "max_travel_time"),
        "max_distance_m": _limit(row, "max_distance"),
        "max_duration_s": _limit(row, "max_duration"),
        "driver_hours": _driver_hours(row),
    }
    if name is None:
        return None
    return Vehicle(
        id=VehicleId(name[0]),
        id_is_number=name[1],
        start=start,
        end=end,
        profile=profile,
        **about,  # type: ignore[arg-type]  # each is read by its own reader above
    )


def _refuse_slips(row: Field) -> None:
    """Refuse a key that is all but one of those that keep a vehicle off roads: "hazmatt" is not harmless."""
    written = row.value if isinstance(row.value, dict) else {}
    for key in written.keys() - VEHICLE_KEYS:
        for meant in difflib.get_close_matches(key.casefold(), LOAD_KEYS, n=1, cutoff=SLIP_LIKENESS):
            cause = f"{key!r} is no field of a vehicle; {meant!r} may be meant"
            row.fault("E1004", cause, f"write {meant}, or leave it out")


def _end(row: Field, key: str, *, by_index: bool) -> Location | None:
    if row.find(key) is None and row.find(f"{key}_index") is None:
        return None
    return read_location(row, key, f"{key}_index", by_index=by_index)


def _profile(row: Field, own_profiles: Collection[str]) -> str:
    found = row.find("profile")
    said = "car" if found is None else found.text()
    if found is None or said is None or said in own_profiles or said in PROFILES:
        return said or "car"
    if said in PROFILE_ALIASES:
        row.log.note(f"vehicles: profile {said!r} is read as {PROFILE_ALIASES[said]!r}")
        return PROFILE_ALIASES[said]
    found.fault("E1207", f"profile {said!r} is unknown", f"give one of {', '.join(PROFILES)}")
    return "car"


def _equipment(row: Field) -> frozenset[str]:
    found = row.find("equipment")
    names = () if found is None else tuple(item.text() for item in found.items())
    return frozenset(name for name in names if name)


def _breaks(row: Field) -> tuple[Break, ...]:
    found = row.find("breaks")
    rows = [] if found is None else list(found.items())
    if found is not None and len(rows) > BREAKS_MAX:
        found.fault("E1209", f"{len(rows)} breaks", f"give at most {BREAKS_MAX}")
    breaks, names = [], []
    for item in rows[:BREAKS_MAX]:
        if not item.is_object():
            continue
        item.note_unknown(("id", "time_windows", "service", "description", "max_load"), "vehicles[].breaks")
        if item.find("max_load") is not None:
            # Leaving it out would let a break be taken with goods aboard that forbid it.
            cause = "max_load of a break is not supported"
            item.fault("E1214", cause, "leave max_load out, or give the break a window that suits the load")
        given = item.need("id", "give each break an id of its own")
        name = None if given is None else given.name()
        service = item.find("service")
        windows = read_windows(item.find("time_windows"))
        seconds = 0 if service is None else service.whole() or 0
        text = _text(item, "description")
        if name is not None:
            names.append((name[0], item.path))
            breaks.append(Break(id=name[0], windows=windows, service_s=seconds, description=text))
    refuse_twice(names, row.log, "break")
    return tuple(breaks)


def _costs(row: Field) -> Costs:
    found = row.find("costs")
    if found is None or not found.is_object():
        return Costs()
    found.note_unknown(("fixed", "per_hour", "per_km"), "vehicles[].costs")
    default = Costs()
    values = {}
    for key in ("fixed", "per_hour", "per_km"):
        item = found.find(key)
        number = None if item is None else item.whole(0, LARGE)
        values[key] = getattr(default, key) if number is None else number
    return Costs(**values)


def _driver_hours(row: Field) -> str:
    """Read the name of a law; its rest goes by that name, which no break may have then."""
    found = row.find("driver_hours")
    if found is None:
        return ""
    said = found.text()
    if said is not None and said not in DRIVER_HOURS:
        found.fault("E1004", f"{said!r} is no set of driver hours", f"give one of {', '.join(DRIVER_HOURS)}")
    breaks = row.find("breaks")
    for item in () if breaks is None or not isinstance(breaks.value, list) else breaks.items():
        own = item.find("id")
        if own is not None and own.value == said:
            own.fault("E1205", f"{said!r} is the rest that driver hours ask for", "call the break otherwise")
    return said or ""


def _speed_factor(row: Field) -> float:
    found = row.find("speed_factor")
    if found is None:
        return 1.0
    return found.real(0.01, SPEED_FACTOR_MAX) or 1.0


def _text(row: Field, key: str) -> str:
    found = row.find(key)
    return "" if found is None else found.text() or ""


def _limit(row: Field, key: str) -> int | None:
    found = row.find(key)
    return None if found is None else found.whole()


def read_steps(row: Field, jobs: Collection[str], halves: dict[tuple[str, str], str]) -> tuple[JobId, ...]:
    """Read the route a vehicle had: ids of jobs, and of halves by (kind, id as given).

    Times forced on a step are a rule of their own and refused; the order is only what it had.
    """
    found = row.find("steps")
    route: list[JobId] = []
    for item in () if found is None else found.items():
        if not item.is_object():
            continue
        for key in ("service_at", "service_after", "service_before"):
            if item.find(key) is not None:
                cause = f"{key} forces a time on a step, which is not supported"
                item.fault("E1214", cause, "give the job a time window instead")
        kind = item.need("type", "give start, job, pickup, delivery, break or end")
        said = None if kind is None else kind.text()
        if kind is not None and said not in (None, "start", "end", "break", "job", "pickup", "delivery"):
            kind.fault(
                "E1004", f"{said!r} is no kind of step", "give start, job, pickup, delivery, break or end"
            )
        if said not in ("job", "pickup", "delivery"):
            continue
        given = item.need("id", "say which job it is")
        name = None if given is None else given.name()
        if name is None or given is None:
            continue
        target = name[0] if said == "job" and name[0] in jobs else halves.get((said, name[0]))
        if target is None:
            given.fault("E1210", f"there is no {said} {name[0]!r}", "give the id of one in this file")
        else:
            route.append(JobId(target))
    return tuple(route)
