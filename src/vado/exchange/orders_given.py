"""Read plans that name no times: who does what in which order. VROOM's plan mode, PyVRP's routes, lists.

In: parsed JSON, the problem it answers. Out: jobs in order by vehicle. Faults as `plan_file` has them: E1210
for what refers to nothing, E1211 for what is no plan. When anything happens is worked out by who asks.

Three forms are known: a problem whose vehicles have `steps`; `{"routes": [{"vehicle", "jobs": [id]}]}`; and
lists of ids, bare or as `routes`, one for each vehicle in the order of the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vado.exchange.plan_file import names_of
from vado.exchange.reading import Field, Log
from vado.model.ids import JobId, VehicleId
from vado.model.problem import Problem

Orders = Mapping[VehicleId, tuple[JobId, ...]]
WORDS = ("jobs", "visits")  # ours, PyVRP's


def is_problem(written: Any) -> bool:
    """Tell a problem with routes in it (VROOM's plan mode) from a plan."""
    return isinstance(written, dict) and "vehicles" in written and "routes" not in written


def has_orders(written: Any) -> bool:
    """Tell whether a plan names orders alone: lists, or routes without stops."""
    routes = written.get("routes") if isinstance(written, dict) else written
    if not isinstance(routes, list) or not routes:
        return False
    return all(isinstance(row, list) or (isinstance(row, dict) and _word(row) != "") for row in routes)


def read_orders(written: Any, problem: Problem) -> Orders:
    """Read the routes of a plan that has no times; raises ProblemError with all faults."""
    log = Log()
    top = Field(written, "", log)
    rows = list((top.find("routes") or top if isinstance(written, dict) else top).items())
    names, fleet = names_of(problem), problem.vehicles
    found: dict[VehicleId, tuple[JobId, ...]] = {}
    used: set[JobId] = set()
    for number, row in enumerate(rows):
        listed, vehicle = row, None if number >= len(fleet) else fleet[number].id
        if isinstance(row.value, dict):
            listed = row.find(_word(row.value)) or row
            whose = row.need("vehicle", "say whose route it is")
            name = None if whose is None else whose.name()
            known = None if name is None else names.vehicles.get(name[0])
            vehicle = None if known is None else known.id
            if whose is not None and name is not None and known is None:
                action = "check it with its own problem"
                whose.fault("E1210", f"there is no vehicle {name[0]!r} in the problem", action)
        elif vehicle is None:
            action = "give one list for each vehicle, empty ones too"
            row.fault("E1211", f"route {number + 1} of {len(fleet)} vehicles", action)
        if vehicle is not None and vehicle in found:
            row.fault("E1205", f"vehicle {vehicle!r} has a route already", "give each vehicle one")
        jobs = []
        for item in listed.items():
            said = item.name()
            job = None if said is None else _job(names.plain, said[0], used)
            if said is not None and job is None:
                action = "check it with its own problem"
                item.fault("E1210", f"there is no job {said[0]!r} in the problem", action)
            elif job is not None:
                used.add(job)
                jobs.append(job)
        if vehicle is not None:
            found[vehicle] = tuple(jobs)
    log.raise_any()
    return found


def _word(row: Mapping[str, Any]) -> str:
    return next((word for word in WORDS if isinstance(row.get(word), list)), "")


def _job(plain: Mapping[tuple[str, str], JobId], name: str, used: set[JobId]) -> JobId | None:
    """Find a job by id. VROOM lets the halves of a shipment share one: the first time it is the pickup."""
    found = [plain[kind, name] for kind in ("job", "pickup", "delivery") if (kind, name) in plain]
    return next((job for job in found if job not in used), found[0] if found else None)
