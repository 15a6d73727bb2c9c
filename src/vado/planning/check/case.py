"""What the rules judge: a plan beside its problem, indexed once; and who has driven how far already.

History is what vehicles reported, never what a plan says of itself: a stop that calls itself done without a
report is judged like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Done, Job, Location, Progress, Vehicle
from vado.model.plan import Draft, Plan, Route, Rule, Stop, StopKind, StopState, Violation
from vado.model.problem import Problem
from vado.model.roads import F64, I64
from vado.model.snapshot import Snapshot

# profile -> seconds and metres [S, S] by Location.index, as the caller gave them
Given = Mapping[str, tuple[I64 | F64, I64 | F64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One plan before the referee."""

    problem: Problem
    snapshot: Snapshot | None
    matrix: Given | None
    routes: tuple[Route, ...]
    absent: tuple[JobId, ...]  # what the plan says is nowhere
    fresh: bool  # a draft for now, as against a plan in force that has partly been driven
    draft: bool  # not in force yet: made of the roads as they are known now
    jobs: Mapping[JobId, Job]  # to be planned
    known: Mapping[JobId, Job]  # and those done
    vehicles: Mapping[VehicleId, Vehicle]
    progress: Mapping[VehicleId, Progress]
    done: Mapping[JobId, tuple[VehicleId, Done]]

    def site(self, location: Location) -> int | None:
        """Find the number of a location's stop."""
        try:
            return self.problem.stop(location)
        except ValueError:
            return None

    def ran(self, route: Route) -> int:
        """Count the stops at the front of a route that are history: up to the last one reported done."""
        visits = {visit.job for visit in self.progress_of(route).done} if self.has_progress(route) else set()
        count = 0
        for number, stop in enumerate(route.stops):
            reported = stop.job is not None and stop.job in visits
            if reported or (count == number and stop.job is None and self._is_past(route, stop)):
                count = number + 1
        return count

    def _is_past(self, route: Route, stop: Stop) -> bool:
        marked = stop.state is StopState.DONE and stop.kind in (StopKind.START, StopKind.BREAK)
        return marked and self.has_progress(route)

    def has_progress(self, route: Route) -> bool:
        return route.vehicle in self.progress

    def progress_of(self, route: Route) -> Progress:
        return self.progress[route.vehicle]

    def live(self, route: Route) -> tuple[Stop, ...]:
        return route.stops[self.ran(route) :]


def make_case(plan: Draft | Plan, problem: Problem, snapshot: Snapshot | None, matrix: Given | None) -> Case:
    jobs = {job.id: job for job in problem.jobs}
    absent = plan.missing if isinstance(plan, Draft) else tuple(item.job for item in plan.unassigned)
    return Case(
        problem=problem,
        snapshot=snapshot,
        matrix=matrix,
        routes=plan.routes,
        absent=absent,
        fresh=isinstance(plan, Draft) or plan.made_s >= problem.now_s,
        draft=isinstance(plan, Draft),
        jobs=jobs,
        known={**{job.id: job for job in problem.history}, **jobs},
        vehicles={vehicle.id: vehicle for vehicle in problem.vehicles},
        progress={progress.vehicle: progress for progress in problem.progress},
        done={visit.job: (p.vehicle, visit) for p in problem.progress for visit in p.done},
    )


def violation(rule: Rule, text: str, *, route: Route | None = None, job: JobId | None = None) -> Violation:
    vehicle = None if route is None else route.vehicle
    return Violation(rule=rule, vehicle=vehicle, job=job, text=text)
