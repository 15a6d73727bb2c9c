"""Rules beyond VROOM's in OR-Tools' terms: each a function that adds one to a routing model.

In: a `Model`, the routing model made of it with its dimension "time", the index of each job. What the clock
judges more exactly may be let through here, never the other way round where a plan would be lost for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vado.planning.model import Model


def add_rules(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Add every rule that the problem has; to be called before the model is closed."""
    _add_durations(model, routing)
    _add_together(model, routing, index)
    _add_apart(model, routing, index)
    _add_rides(model, routing, index)


def _add_durations(model: Model, routing: Any) -> None:
    """Bound the time from leaving to being done."""
    time = routing.GetDimensionOrDie("time")
    for v, car in enumerate(model.cars):
        if car.duration_s is not None:
            time.SetSpanUpperBoundForVehicle(car.duration_s, v)


def _add_together(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Give each group one car; what is left out of it has none."""
    solver = routing.solver()
    for number, group in enumerate(model.together):
        car = solver.IntVar(-1, len(model.cars) - 1, f"car of group {number}")
        for job in group:
            node = index[job]
            solver.Add((routing.VehicleVar(node) - car) * routing.ActiveVar(node) == 0)
        # No path decides it: where the whole group is left out, somebody has to.
        routing.AddVariableMinimizedByFinalizer(car)


def _add_apart(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Make each job that has rivals a type of its own: the search has a filter for types, none for pairs."""
    kinds: dict[int, int] = {}
    for pair in model.rivals:
        for job in pair:
            if job not in kinds:
                kinds[job] = len(kinds)
                routing.SetVisitType(index[job], kinds[job], routing.TYPE_ADDED_TO_VEHICLE)
    for a, b in model.rivals:
        routing.AddHardTypeIncompatibility(kinds[a], kinds[b])


def _add_rides(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Bound the time aboard. Who waits after a pickup may wait there, where it does not count.

    A node's time is when service proper starts, so service at the pickup and setup at the delivery lie
    between: the longest of any kind of vehicle, for the clock knows better.
    """
    solver, time = routing.solver(), routing.GetDimensionOrDie("time")
    for pickup, delivery, ride_s in model.rides:
        service_s = max(int(work[pickup, -1]) for work in model.work)
        setup_s = max(int((work[:, delivery] - work[:, -1]).max()) for work in model.work)
        left = time.CumulVar(index[pickup]) + time.SlackVar(index[pickup])
        solver.Add(time.CumulVar(index[delivery]) - left <= ride_s + service_s + setup_s)
