"""Rules beyond VROOM's in OR-Tools' terms: each a function that adds one to a routing model.

In: a `Model`, the routing model made of it with its dimension "time", the index of each job. What the clock
judges more exactly may be let through here, never the other way round where a plan would be lost for it.
"""

from __future__ import annotations

from typing import Any

from vado.planning.model import Model


def add_rules(model: Model, routing: Any) -> None:
    """Add every rule that the problem has; to be called before the model is closed."""
    _add_durations(model, routing)


def _add_durations(model: Model, routing: Any) -> None:
    """Bound the time from leaving to being done."""
    time = routing.GetDimensionOrDie("time")
    for v, car in enumerate(model.cars):
        if car.duration_s is not None:
            time.SetSpanUpperBoundForVehicle(car.duration_s, v)
