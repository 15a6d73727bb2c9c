"""Make the problem a planner gets: what is left to do, on numbered stops, with when each can be used.

In: a world, its `Stops`, and what the roads said of them (nodes, towns, access) in the same order. Out: a
`Problem`. Shipments become two jobs here; what is done becomes history. Knows nothing of how to solve it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job, Location, Progress, Shipment
from vado.model.plan import Draft
from vado.model.problem import Problem
from vado.model.snapshot import Access, Group
from vado.model.world import World
from vado.planning.stops import Stops


def problem(
    world: World,
    stops: Stops,
    nodes: Sequence[int],
    places: Sequence[str],
    access: Mapping[tuple[int, Group], Access],
    *,
    groups: Sequence[Group] = (),
    now_s: int,
) -> Problem:
    """Join a world with what the roads said of its stops; nodes and places are aligned with `stops`.

    `groups` are those of the vehicles, in the order of the fleet; none: nothing is known of access.
    """
    town = dict(zip(stops.locations, places, strict=True))
    everything = tuple(sorted(_jobs(world, town), key=lambda job: job.id))
    done = {visit.job for progress in world.progress for visit in progress.visits}
    open_jobs = tuple(job for job in everything if job.id not in done)
    open_ids = {job.id for job in open_jobs}
    known = {job.id for job in everything}
    fleet = {vehicle.id for vehicle in world.vehicles}
    return Problem(
        now_s=now_s,
        horizon=stops.horizon,
        jobs=open_jobs,
        shipments=tuple(s for s in world.shipments if not _halves(s).isdisjoint(open_ids)),
        vehicles=world.vehicles,
        progress=tuple(_of_known(p, known) for p in world.progress if p.vehicle in fleet),
        stops=stops.locations,
        nodes=tuple(int(node) for node in nodes),
        places=tuple(places),
        access=access,
        groups={v.id: group for v, group in zip(world.vehicles, groups, strict=bool(groups))},
        kept=_kept(world, open_ids),
        history=tuple(job for job in everything if job.id in done),
    )


def release(problem: Problem, draft: Draft) -> Problem:
    """Let go of committed stops that the draft had to leave out, so that another vehicle may take them."""
    lost = set(draft.missing)
    progress = tuple(
        replace(p, committed=tuple(job for job in p.committed if job not in lost)) for p in problem.progress
    )
    return problem if progress == problem.progress else replace(problem, progress=progress)


def halves(shipment: Shipment) -> tuple[Job, Job]:
    """Turn a shipment into its two jobs: the pickup puts the amount aboard, the delivery takes it off.

    A half's `delivery` is not loaded at the start of the route as a plain job's is: its `half` says so.
    """
    pickup = replace(
        shipment.pickup,
        id=JobId(f"{shipment.id}/pickup"),
        shipment=shipment.id,
        half="pickup",
        pickup=shipment.amount,
        delivery=(),
    )
    delivery = replace(
        shipment.delivery,
        id=JobId(f"{shipment.id}/delivery"),
        shipment=shipment.id,
        half="delivery",
        pickup=(),
        delivery=shipment.amount,
    )
    return pickup, delivery


def _halves(shipment: Shipment) -> set[JobId]:
    return {job.id for job in halves(shipment)}


def _jobs(world: World, town: Mapping[Location, str]) -> Iterator[Job]:
    for job in world.jobs:
        yield replace(job, place=town.get(job.location, ""))
    for shipment in world.shipments:
        for half in halves(shipment):
            yield replace(half, place=town.get(half.location, ""))


def _of_known(progress: Progress, known: set[JobId]) -> Progress:
    """Leave out visits of jobs that the caller has taken away since: nobody knows where they were."""
    return replace(progress, done=tuple(visit for visit in progress.done if visit.job in known))


def _kept(world: World, open_ids: set[JobId]) -> dict[JobId, VehicleId]:
    if world.plan is None:
        return {}
    return {job: route.vehicle for route in world.plan.routes for job in route.jobs if job in open_ids}
