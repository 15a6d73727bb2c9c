"""What is new in a plan beside the one before it, as a dispatcher would say it."""

from __future__ import annotations

from vado.model.ids import JobId, VehicleId
from vado.model.plan import Plan
from vado.model.world import Difference

NOTICED_S = 60  # a shift in time that somebody would notice


def difference(before: Plan | None, after: Plan) -> Difference:
    """Compare two plans job by job; a job that is gone from the world is in neither list."""
    old, new = _planned(before), _planned(after)
    held = {item.job for item in after.unassigned}
    both = sorted(old.keys() & new.keys())
    stayed = [job for job in both if old[job][0] == new[job][0]]
    return Difference(
        added=tuple(sorted(new.keys() - old.keys())),
        held=tuple(sorted(old.keys() & held)),
        moved=tuple(job for job in both if old[job][0] != new[job][0]),
        earlier=tuple(job for job in stayed if new[job][1] < old[job][1] - NOTICED_S),
        later=tuple(job for job in stayed if new[job][1] > old[job][1] + NOTICED_S),
    )


def _planned(plan: Plan | None) -> dict[JobId, tuple[VehicleId, int]]:
    if plan is None:
        return {}
    return {
        stop.job: (route.vehicle, stop.start_s)
        for route in plan.routes
        for stop in route.stops
        if stop.job is not None
    }
