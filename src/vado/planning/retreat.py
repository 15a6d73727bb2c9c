"""Take away what the referee refused. Ends, because each call takes something away; at worst nobody is sent.

In: a draft and a verdict with violations. Out: a smaller draft. It cannot drive anew (it has no times), so a
vehicle with a fault keeps what it has done and loses all that is still ahead of it.
"""

from __future__ import annotations

from dataclasses import replace

from vado.errors import BugError
from vado.model.ids import VehicleId
from vado.model.plan import Draft, Route, StopState, Verdict

STOPPED = "referee"  # what Solver.stopped says of a draft that was cut back


def retreat(draft: Draft, verdict: Verdict) -> Draft:
    """Clear every vehicle that a violation names, by itself or by its job."""
    vehicles = {violation.vehicle for violation in verdict.violations}
    jobs = {violation.job for violation in verdict.violations}
    guilty = {
        route.vehicle
        for route in draft.routes
        if route.vehicle in vehicles or any(job in jobs for job in route.jobs)
    }
    cleared = _clear(draft, guilty)
    if cleared == draft:  # what is left to blame is history itself, or nothing that has a name
        cleared = _drop(draft, guilty or {route.vehicle for route in draft.routes})
    if cleared == draft:
        raise BugError(f"the referee refuses a plan that sends nobody: {verdict.violations[0].text}")
    return replace(cleared, solver=replace(draft.solver, stopped=STOPPED))


def _clear(draft: Draft, guilty: set[VehicleId]) -> Draft:
    routes = tuple(_history(route) if route.vehicle in guilty else route for route in draft.routes)
    return _with(draft, tuple(route for route in routes if any(stop.job for stop in route.stops)))


def _history(route: Route) -> Route:
    done = next(
        (k for k, stop in enumerate(route.stops) if stop.state is not StopState.DONE), len(route.stops)
    )
    return replace(route, stops=route.stops[:done], legs=route.legs[: max(0, done - 1)])


def _drop(draft: Draft, guilty: set[VehicleId]) -> Draft:
    return _with(draft, tuple(route for route in draft.routes if route.vehicle not in guilty))


def _with(draft: Draft, routes: tuple[Route, ...]) -> Draft:
    """Keep the books: what was ahead of somebody and is so no more is missing now."""
    ahead = {stop.job for r in draft.routes for stop in r.stops if stop.state is not StopState.DONE}
    still = {job for route in routes for job in route.jobs}
    lost = {job for job in ahead if job is not None} - still
    return replace(draft, routes=routes, missing=tuple(sorted({*draft.missing, *lost})))
