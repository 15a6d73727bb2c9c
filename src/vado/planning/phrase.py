"""Sentences for people: the place, the road, the alert. Times of day are UTC, as everywhere in the core.

In: causes. Out: text and the evidence that points at the world. Decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vado.model.ids import HazardId
from vado.model.jobs import Job
from vado.model.plan import EvidenceItem, ReasonCode
from vado.model.problem import Problem
from vado.model.snapshot import Cut, CutRoad, Snapshot
from vado.model.when import Interval, clock

if TYPE_CHECKING:
    from vado.planning.cause import Cause

ROADS_MAX = 3  # named in one sentence; the evidence names all


def say_place(problem: Problem, job: Job) -> str:
    """Name where a job is: its town, or what there is to say."""
    place = job.place or problem.places[problem.stop(job.location)]
    return place or f"the place of job {job.id}"


def say_minutes(over_s: int) -> str:
    """Say by how much, rounded up to minutes; nothing when it is not about time."""
    return f" by {-(-over_s // 60)} min" if over_s > 0 else ""


def say_cut(
    problem: Problem, snapshot: Snapshot, job: Job, cause: Cause
) -> tuple[str, tuple[EvidenceItem, ...]]:
    """Name place, road, alert and time of a cut, in one sentence, and give the evidence for it."""
    at = problem.stop(job.location)
    place = say_place(problem, job)
    if cause.place is not None and cause.place != at:
        place = problem.places[cause.place] or f"the place of {cause.outset.vehicle.id}"
    in_force = {hazard.id: hazard.interval for hazard in snapshot.hazards}
    roads = [(cut, road) for cut in cause.cuts for road in cut.roads]
    evidence = tuple(
        EvidenceItem(
            hazard=road.hazard,
            alert=road.alert,
            road=road.road,
            place=place,
            edge=road.edge,
            from_s=_interval(in_force, cut, road).start_s,
            until_s=_interval(in_force, cut, road).end_s,
            detail=road.headline,
        )
        for cut, road in roads
    )
    named = list(dict.fromkeys((road.road, road.alert, road.headline or road.kind) for _, road in roads))
    first = cause.cuts[0]
    said = "; ".join(_say_road(*line) for line in named[:ROADS_MAX])
    more = f"; and {len(named) - ROADS_MAX} more" if len(named) > ROADS_MAX else ""
    event = _say_event(cause, place, first, Interval(problem.now_s, problem.horizon.end_s))
    return f"{event}: {said}{more}.", tuple(dict.fromkeys(evidence))


def _interval(in_force: dict[HazardId, Interval], cut: Cut, road: CutRoad) -> Interval:
    return in_force.get(road.hazard, cut.interval)


def _say_road(road: str, alert: str, what: str) -> str:
    return f"{road} is shut by alert {alert}" + (f" ({what})" if what else "")


def _say_event(cause: Cause, place: str, cut: Cut, known: Interval) -> str:
    """Say from when and until when, as far as it lies in the time that was looked at."""
    start = f" from {clock(cut.interval.start_s)}" if cut.interval.start_s > known.start_s else ""
    end = f" until {clock(cut.interval.end_s)}" if cut.interval.end_s < known.end_s else ""
    if cause.code is ReasonCode.NO_WAY_BACK:
        return f"{place} could be reached, but not be left again in time{start}{end}"
    return f"{place} cannot be reached{start}{end}"
