"""Read the rules of a job or shipment that are not VROOM's: who may do it, with what, what it is worth.

In: the row of a job or shipment. Out: fields of `model.jobs.Job` by name, faults to the log. Whether what
they refer to exists is judged by `refuse_strangers` once everything is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from vado.exchange.reading import Field, Log
from vado.model.ids import VehicleId
from vado.model.jobs import Job, Vehicle

RULE_KEYS = frozenset(("allowed_vehicles", "forbidden_vehicles", "together", "apart", "prize"))
LIST_MAX = 1000  # vehicles or groups named by one job
PRIZE_MAX = 10**9  # as the costs of vehicles


def read_rules(row: Field) -> dict[str, Any]:
    """Give the fields of a job that its row states rules for; those of a shipment hold for both halves."""
    found: dict[str, Any] = {}
    allowed, forbidden = row.find("allowed_vehicles"), row.find("forbidden_vehicles")
    if allowed is not None:
        found["allowed_vehicles"] = _vehicles(allowed)
        if isinstance(allowed.value, list) and not allowed.value:
            allowed.fault("E1004", "no vehicle is in it", "name one, or leave the key out for all")
    if forbidden is not None:
        found["forbidden_vehicles"] = _vehicles(forbidden)
    prize = row.find("prize")
    if prize is not None:
        found["prize"] = prize.whole(0, PRIZE_MAX)
    together, apart = row.find("together"), row.find("apart")
    if together is not None:
        group = together.name()
        found["together"] = "" if group is None else group[0]
    if apart is not None:
        found["apart"] = frozenset(_names(apart))
    return found


def _vehicles(row: Field) -> frozenset[VehicleId]:
    return frozenset(VehicleId(name) for name in _names(row))


def _names(row: Field) -> tuple[str, ...]:
    rows = list(row.items())
    if len(rows) > LIST_MAX:
        row.fault("E1209", f"{len(rows)} names", f"give at most {LIST_MAX}")
        rows = rows[:LIST_MAX]
    found = (item.name() for item in rows)
    return tuple(name[0] for name in found if name is not None)


def refuse_strangers(rows: Iterable[tuple[Field, Job]], fleet: Sequence[Vehicle], log: Log) -> None:
    """Refuse vehicles that are not in the fleet: a slip of the pen would shut out everybody, or nobody."""
    known = {vehicle.id for vehicle in fleet}
    for row, job in rows:
        for key in ("allowed_vehicles", "forbidden_vehicles"):
            for name in sorted((getattr(job, key) or frozenset()) - known):
                action = "give the id of one in the fleet"
                log.fault("E1210", f"{row.path}.{key}", f"there is no vehicle {name!r}", action)
