"""Which jobs go together on one vehicle, and which never do.

In: jobs, what vehicles have done in their shifts, what is placed where. Out: the job that another must not be
parted from, or not be put beside. A shipment is one thing: its halves are never apart. A group is held
together as far as it is served: a job of it that nobody can do holds none of the others back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from vado.model.ids import VehicleId
from vado.model.jobs import Job
from vado.model.problem import Problem

Done = Mapping[VehicleId, tuple[Job, ...]]


def done_jobs(problem: Problem) -> Done:
    """List what each vehicle has done in its shift."""
    known = {job.id: job for job in (*problem.history, *problem.jobs)}
    return {p.vehicle: tuple(known[v.job] for v in p.done if v.job in known) for p in problem.progress}


def unit(job: Job) -> str:
    """Name what a job is counted as: a shipment, or itself."""
    return f"S{job.shipment}" if job.shipment else f"J{job.id}"


def clash(done: Sequence[Job], jobs: Sequence[Job]) -> tuple[int, Job] | None:
    """Find the first of `jobs` that must not be with one before it, done or planned, and which that is."""
    if not any(job.apart for job in jobs):
        return None
    seen: dict[str, dict[str, Job]] = defaultdict(dict)
    for number, job in enumerate((*done, *jobs), -len(done)):
        for word in sorted(job.apart):
            others = seen[word]
            if number >= 0 and others and unit(job) not in others:  # what is aboard is beside it already
                return number, next(iter(others.values()))
            others.setdefault(unit(job), job)
    return None


def parted(job: Job, vehicle: VehicleId, placed: Iterable[tuple[VehicleId, Sequence[Job]]]) -> str:
    """Say what a job would be parted from if `vehicle` took it, as things are placed; "" for nothing."""
    if not job.together:
        return ""
    for other, jobs in placed:
        mate = next((j for j in jobs if j.together == job.together and unit(j) != unit(job)), None)
        if mate is not None and other != vehicle:
            return f"would part it from job {mate.id}, which {other} does"
    return ""


def left_behind(job: Job, vehicle: VehicleId, done: Done) -> str:
    """Say what others have done that a job belongs to; "" where this vehicle did some of it, or nobody."""
    if not job.together:
        return ""
    mates = {name: next((j for j in jobs if j.together == job.together), None) for name, jobs in done.items()}
    if mates.get(vehicle) is not None:
        return ""
    return next((f"would part it from job {m.id}, which {v} has done" for v, m in mates.items() if m), "")


def shut_out(job: Job, vehicle: VehicleId, fixed: Mapping[VehicleId, Sequence[Job]], done: Done) -> bool:
    """Tell whether a vehicle cannot have a job for what is done or fixed: mates elsewhere, rivals aboard."""
    if parted(job, vehicle, fixed.items()) or left_behind(job, vehicle, done):
        return True
    return clash((*done.get(vehicle, ()), *fixed.get(vehicle, ())), (job,)) is not None


def gather(
    routes: Sequence[Sequence[int]], together: Sequence[Sequence[int]], able: Sequence[Sequence[object]]
) -> tuple[tuple[int, ...], ...]:
    """Leave out of routes what its car may not do, and of a parted group all but the part that is largest.

    Jobs and cars are numbered; `able[job][car]` is empty where the car may not.
    """
    there = [[job for job in route if able[job][car]] for car, route in enumerate(routes)]
    for group in together:
        parts = [sum(job in group for job in route) for route in there]
        keeper = parts.index(max(parts))
        there = [[j for j in route if car == keeper or j not in group] for car, route in enumerate(there)]
    return tuple(map(tuple, there))


def groups(jobs: Sequence[Job]) -> tuple[tuple[int, ...], ...]:
    """Number the jobs that go together, group by group; one alone is none."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, job in enumerate(jobs):
        if job.together:
            found[job.together].append(number)
    return tuple(tuple(group) for group in found.values() if len(group) > 1)


def rivals(jobs: Sequence[Job]) -> tuple[tuple[int, int], ...]:
    """List the pairs of jobs that are never on one vehicle."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, job in enumerate(jobs):
        for word in job.apart:
            found[word].append(number)
    pairs = {pair for group in found.values() for pair in combinations(group, 2)}
    return tuple(sorted((a, b) for a, b in pairs if unit(jobs[a]) != unit(jobs[b])))
