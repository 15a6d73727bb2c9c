"""Small problems on a line: stop k lies at k minutes, so that plans can be checked by hand.

    p = problem([job("a", 3), job("b", 5)], [vehicle("v1")])
    assert drawn(plan(p)) == "v1: a 08:03, b 08:06"

Everything starts at eight; `at` gives instants of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Break, Job, Location, Progress, Shipment, Vehicle, Window
from vado.model.plan import Draft, Plan
from vado.model.problem import Budget, Problem
from vado.model.roads import I64
from vado.model.snapshot import Access, Travel
from vado.model.when import Interval, clock
from vado.planning import check
from vado.planning.given import MatrixTimes
from vado.planning.problem import halves
from vado.planning.replan import replan

MIDNIGHT = 1_768_003_200  # 2026-01-10T00:00:00Z
STOPS = 21
BUDGET = Budget(solutions_max=60, seconds_max=60.0)


def at(hour: int, minute: int = 0) -> int:
    return MIDNIGHT + hour * 3600 + minute * 60


def window(start: tuple[int, int], end: tuple[int, int]) -> Window:
    return Window(at(*start), at(*end))


def place(stop: int) -> Location:
    return Location(index=stop)


def line(minutes: Mapping[tuple[int, int], int] | None = None) -> dict[str, tuple[I64, I64]]:
    """Give a matrix in which stop k lies at k minutes, a kilometre each; `minutes` overrides pairs."""
    where = np.arange(STOPS, dtype=np.int64)
    seconds = 60 * np.abs(where[:, None] - where[None, :])
    metres = seconds * 1000 // 60
    for (a, b), value in (minutes or {}).items():
        seconds[a, b] = 60 * value
    return {"car": (seconds, metres), "van": (2 * seconds, metres)}


def job(name: str, stop: int, **more: Any) -> Job:
    return Job(id=JobId(name), location=place(stop), **{"service_s": 60, **more})


def vehicle(name: str, **more: Any) -> Vehicle:
    base = {"start": place(0), "end": place(0), "shift": window((8, 0), (18, 0)), "capacity": (100,)}
    return Vehicle(id=VehicleId(name), **{**base, **more})


def rest(name: str, *windows: Window, minutes: int = 30) -> Break:
    return Break(id=name, windows=windows, service_s=60 * minutes)


def parcel(name: str, origin: int, target: int, amount: int = 1, **more: Any) -> Shipment:
    return Shipment(
        id=name, pickup=job("p", origin, **more), delivery=job("d", target, **more), amount=(amount,)
    )


def problem(
    jobs: Iterable[Job],
    vehicles: Sequence[Vehicle],
    *,
    shipments: Sequence[Shipment] = (),
    now_s: int | None = None,
    progress: Sequence[Progress] = (),
    access: Mapping[tuple[int, Travel], Access] | None = None,
    kept: Mapping[JobId, VehicleId] | None = None,
) -> Problem:
    done = {visit.job for p in progress for visit in p.done}
    everything = sorted([*jobs, *(half for s in shipments for half in halves(s))], key=lambda j: j.id)
    now = at(8) if now_s is None else now_s
    return Problem(
        now_s=now,
        horizon=Interval(now, at(24)),
        jobs=tuple(j for j in everything if j.id not in done),
        history=tuple(j for j in everything if j.id in done),
        shipments=tuple(shipments),
        vehicles=tuple(vehicles),
        progress=tuple(progress),
        stops=tuple(place(k) for k in range(STOPS)),
        nodes=(-1,) * STOPS,
        places=tuple(f"town {k}" for k in range(STOPS)),
        access=access or {},
        kept=kept or {},
    )


def plan(
    p: Problem,
    *,
    matrix: dict[str, tuple[I64, I64]] | None = None,
    previous: Plan | None = None,
    budget: Budget = BUDGET,
) -> Draft:
    """Replan, and let the referee agree."""
    given = matrix or line()
    draft = replan(p, MatrixTimes(p.stops, given), previous=previous, budget=budget)
    assert check(draft, p, None, matrix=given).violations == ()
    return draft


def drawn(draft: Draft | Plan) -> str:
    """Write a plan as a person would: when each service starts; breaks in brackets; then what is missing."""
    routes = [
        f"{route.vehicle}: "
        + ", ".join(
            f"{stop.job or f'({stop.label})'} {clock(stop.start_s)}"
            for stop in route.stops
            if stop.job or stop.label
        )
        for route in draft.routes
        if route.jobs
    ]
    missing = draft.missing if isinstance(draft, Draft) else tuple(u.job for u in draft.unassigned)
    return " | ".join(routes) + (f" - {' '.join(missing)}" if missing else "")
