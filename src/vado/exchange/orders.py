"""Read jobs and shipments, VROOM's and ours: fields to `model.jobs`, faults to the log."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vado.exchange.reading import AMOUNT_MAX, Field, Log
from vado.exchange.rules import RULE_KEYS, read_rules
from vado.model.ids import JobId
from vado.model.jobs import ALWAYS, Amount, Job, Location, Shipment, Window

HALF_KEYS = frozenset(
    ("id", "description", "location", "location_index", "setup", "service", "setup_per_type",
     "service_per_type", "time_windows")
)  # fmt: skip
JOB_KEYS = HALF_KEYS | RULE_KEYS | {"delivery", "pickup", "amount", "skills", "priority"}
SHIPMENT_KEYS = RULE_KEYS | {
    "id", "pickup", "delivery", "amount", "skills", "priority", "max_ride", "description",
}  # fmt: skip
PRIORITY_MAX = 100  # VROOM's
WINDOWS_MAX = 100
SKILLS_MAX = 1000
DIMENSIONS_MAX = 20


@dataclass(frozen=True, slots=True)
class Sized:
    """An amount and where it stands, to compare dimensions once all are read."""

    path: str
    amount: Amount


def read_job(row: Field, *, by_index: bool) -> Job | None:
    """Read one job; None when it is too broken to stand for anything."""
    if not row.is_object():
        return None
    row.note_unknown(JOB_KEYS, "jobs")
    name = _name(row)
    delivery = row.find("delivery")
    if row.find("amount") is not None:
        if delivery is None:
            delivery = row.find("amount")  # VROOM's word for it before 1.5
        else:
            row.log.note("jobs: amount stands beside delivery and was left out")
    job = _visit(row, name, by_index=by_index)
    if job is None or name is None:
        return None
    return replace(
        job,
        id=JobId(name[0]),
        delivery=read_amount(delivery),
        pickup=read_amount(row.find("pickup")),
        skills=read_skills(row.find("skills")),
        priority=_priority(row),
        **read_rules(row),
    )


def read_shipment(row: Field, *, by_index: bool) -> Shipment | None:
    """Read one shipment. VROOM's have no id of their own: it is made of those of the halves."""
    if not row.is_object():
        return None
    row.note_unknown(SHIPMENT_KEYS, "shipments")
    own = row.find("id")
    name = None if own is None else own.name()
    halves: list[Job | None] = []
    for half in ("pickup", "delivery"):
        found = row.need(half, "give where it is picked up and where it is delivered")
        if found is None or not found.is_object():
            halves.append(None)
            continue
        found.note_unknown(HALF_KEYS, f"shipments[].{half}")
        given = found.find("id")
        half_name = _name(found) if own is None or given is not None else ("", False)
        halves.append(_visit(found, half_name, by_index=by_index))
    amount, skills, priority = (
        read_amount(row.find("amount")),
        read_skills(row.find("skills")),
        _priority(row),
    )
    rules, ride = read_rules(row), row.find("max_ride")
    rules |= {} if ride is None else {"max_ride_s": ride.whole()}
    pickup, delivery = halves
    if pickup is None or delivery is None or (own is not None and name is None):
        return None
    ids = dict.fromkeys((pickup.given_id, delivery.given_id))
    shipment = name[0] if name is not None else "-".join(ids)
    pickup = replace(pickup, skills=skills, priority=priority, shipment=shipment, **rules)
    delivery = replace(delivery, skills=skills, priority=priority, shipment=shipment, **rules)
    return Shipment(
        id=shipment,
        amount=amount,
        pickup=replace(pickup, id=JobId(f"{shipment}/pickup"), half="pickup", pickup=amount),
        delivery=replace(delivery, id=JobId(f"{shipment}/delivery"), half="delivery", delivery=amount),
    )


def _name(row: Field) -> tuple[str, bool] | None:
    found = row.need("id", "give each an id of its own")
    return None if found is None else found.name()


def _visit(row: Field, name: tuple[str, bool] | None, *, by_index: bool) -> Job | None:
    """Read what jobs and halves of shipments have in common; every fault is noted before giving up."""
    location = read_location(row, "location", "location_index", by_index=by_index)
    windows = read_windows(row.find("time_windows"))
    setup, service = _seconds(row, "setup"), _seconds(row, "service")
    setups, services = read_per_type(row.find("setup_per_type")), read_per_type(row.find("service_per_type"))
    description = row.find("description")
    text = "" if description is None else description.text() or ""
    if name is None:
        return None
    return Job(
        id=JobId(name[0]),
        # A broken place is a fault already; the job stays, so that its id and skills are judged as well.
        location=location or Location(),
        setup_s=setup,
        service_s=service,
        setup_per_type=setups,
        service_per_type=services,
        windows=windows,
        description=text,
        given_id=name[0] if row.path.endswith(("pickup", "delivery")) else "",
        id_is_number=name[1],
    )


def read_location(row: Field, key: str, index_key: str, *, by_index: bool) -> Location | None:
    """Read where; with a caller's matrix the index counts, without one only coordinates do."""
    found, number = row.find(key), row.find(index_key)
    lonlat = None if found is None else found.lonlat()
    index = None if number is None or not by_index else number.whole()
    if found is not None and lonlat is None:
        return None
    if by_index and number is None:
        cause, action = f"{index_key} is missing", "with matrices, give the row of each place"
        row.log.fault("E1213", f"{row.path}.{index_key}", cause, action)
    elif not by_index and lonlat is None:
        cause = f"{index_key} without matrices says nothing" if number is not None else f"{key} is missing"
        row.log.fault("E1213", f"{row.path}.{key}", cause, "give [longitude, latitude]")
    elif not by_index or index is not None:
        return Location(lonlat=lonlat, index=index)
    return None


def read_window(row: Field) -> Window | None:
    if not isinstance(row.value, list) or len(row.value) != 2:
        row.fault("E1004", "a time window is not a pair", "give [start, end]")
        return None
    start, end = (Field(value, f"{row.path}[{k}]", row.log).instant() for k, value in enumerate(row.value))
    if start is None or end is None:
        return None
    if end < start:
        row.fault("E1201", f"the window ends at {end}, before it starts at {start}", "swap or mend its ends")
        return None
    return Window(start, end)


def read_windows(row: Field | None) -> tuple[Window, ...]:
    """Read several windows, sorted; those that touch or overlap become one."""
    if row is None:
        return (ALWAYS,)
    rows = list(row.items())
    if isinstance(row.value, list) and not rows:
        row.fault("E1004", "there is no window in it", "give a window, or leave the key out for any time")
    if len(rows) > WINDOWS_MAX:
        row.fault("E1209", f"{len(rows)} time windows", f"give at most {WINDOWS_MAX}")
        rows = rows[:WINDOWS_MAX]
    merged: list[Window] = []
    for window in sorted(found for found in map(read_window, rows) if found is not None):
        if merged and window.start_s <= merged[-1].end_s:
            merged[-1] = Window(merged[-1].start_s, max(merged[-1].end_s, window.end_s))
            row.log.note("overlapping time windows were joined")
        else:
            merged.append(window)
    return tuple(merged) or (ALWAYS,)


def read_amount(row: Field | None) -> Amount:
    if row is None:
        return ()
    rows = list(row.items())
    if len(rows) > DIMENSIONS_MAX:
        row.fault("E1209", f"{len(rows)} dimensions", f"give at most {DIMENSIONS_MAX}")
        rows = rows[:DIMENSIONS_MAX]
    # A broken number becomes 0 here so that dimensions can still be compared; its fault is noted.
    return tuple(item.whole(0, AMOUNT_MAX) or 0 for item in rows)


def read_skills(row: Field | None) -> frozenset[int]:
    rows = [] if row is None else list(row.items())
    if row is not None and len(rows) > SKILLS_MAX:
        row.fault("E1209", f"{len(rows)} skills", f"give at most {SKILLS_MAX}")
        rows = rows[:SKILLS_MAX]
    found = (item.whole() for item in rows)
    return frozenset(skill for skill in found if skill is not None)


def read_per_type(row: Field | None) -> tuple[tuple[str, int], ...]:
    """Read seconds by vehicle type, as VROOM 1.15 has them."""
    if row is None:
        return ()
    found = ((kind, item.whole()) for kind, item in row.members())
    return tuple(sorted((kind, seconds) for kind, seconds in found if seconds is not None))


def _seconds(row: Field, key: str) -> int:
    found = row.find(key)
    return 0 if found is None else found.whole() or 0


def _priority(row: Field) -> int:
    found = row.find("priority")
    return 0 if found is None else found.whole(0, PRIORITY_MAX) or 0


def refuse_twice(names: list[tuple[str, str]], log: Log, what: str) -> None:
    """Note each id that was used before; `names` holds (id, path)."""
    first: dict[str, str] = {}
    for name, path in names:
        if name in first:
            cause = f"{what} id {name!r} is used at {first[name]} already"
            log.fault("E1205", path, cause, "give each an id of its own")
        first.setdefault(name, path)
