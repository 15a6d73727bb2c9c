"""Which places a world needs on the roads, for whom, and how far ahead.

In: a world. Out: `Stops`, the numbered locations that everything after refers to by index. Knows nothing
of roads: they are asked for these places, and answer in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vado.model.ids import JobId, LonLat
from vado.model.jobs import Location
from vado.model.snapshot import Post, Travel
from vado.model.when import FOREVER_S, Interval
from vado.model.world import World

HORIZON_DEFAULT_S = 24 * 3600  # when nobody says how long: a day
HORIZON_MAX_S = 7 * 24 * 3600  # feeds see no further ahead with any sense


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """S distinct locations; `lonlats[k]` belongs to `locations[k]` (none with a caller's matrix)."""

    locations: tuple[Location, ...]
    lonlats: tuple[LonLat, ...]
    travels: tuple[Travel, ...]  # distinct, sorted; the fleet's ways of travelling
    whereabouts: tuple[tuple[Travel, int | None, int | None, int | None], ...]  # of each vehicle: see `posts`
    horizon: Interval

    def posts(self, nodes: Sequence[int]) -> tuple[Post, ...]:
        """Say where each vehicle is, begins and ends, as nodes aligned with `locations`; fleet order."""

        def node(stop: int | None) -> int | None:
            return None if stop is None else int(nodes[stop])

        return tuple(
            Post(travel=travel, at=node(at), start=node(start), end=node(end))
            for travel, at, start, end in self.whereabouts
        )


def stops(world: World, *, now_s: int) -> Stops:
    """List the distinct places of jobs, shipments and vehicles, in one order for the same world."""
    locations = tuple(dict.fromkeys(_locations(world)))
    return Stops(
        locations=locations,
        lonlats=tuple(location.lonlat for location in locations if location.lonlat is not None),
        travels=travels(world),
        whereabouts=tuple(_whereabouts(world, locations)),
        horizon=horizon(world, now_s=now_s),
    )


def _locations(world: World) -> Iterator[Location]:
    """Walk vehicles, then jobs, then shipments, then last positions: depots get the lowest numbers."""
    for vehicle in world.vehicles:
        if vehicle.start is not None:
            yield vehicle.start
        if vehicle.end is not None:
            yield vehicle.end
    for job in world.jobs:
        yield job.location
    for shipment in world.shipments:
        yield shipment.pickup.location
        yield shipment.delivery.location
    for progress in world.progress:
        if progress.at is not None:
            yield Location(lonlat=progress.at)


def _whereabouts(
    world: World, locations: Sequence[Location]
) -> Iterator[tuple[Travel, int | None, int | None, int | None]]:
    """Find the stops at which each vehicle is (None: not under way), begins and ends (None: anywhere)."""
    number = {location: k for k, location in enumerate(locations)}
    progress = {p.vehicle: p for p in world.progress}
    site = {job.id: job.location for job in world.jobs}
    for shipment in world.shipments:
        site[JobId(f"{shipment.id}/pickup")] = shipment.pickup.location
        site[JobId(f"{shipment.id}/delivery")] = shipment.delivery.location
    for vehicle in world.vehicles:
        start = None if vehicle.start is None else number[vehicle.start]
        end = None if vehicle.end is None else number[vehicle.end]
        at = None
        if vehicle.id in progress:
            seen = progress[vehicle.id]
            visited = [site[visit.job] for visit in seen.done if visit.job in site]
            here = Location(lonlat=seen.at) if seen.at is not None else visited[-1] if visited else None
            at = None if here is None else number.get(here)
        yield vehicle.travel, at, start, end


def travels(world: World) -> tuple[Travel, ...]:
    """List the fleet's ways of travelling; a world without vehicles is still looked at from a car."""
    found = {vehicle.travel for vehicle in world.vehicles} or {Travel("car")}
    return tuple(sorted(found, key=str))  # a frozenset has no total order, its text has


def horizon(world: World, *, now_s: int) -> Interval:
    """Look from now until the last shift or window ends: at least an hour, at most a week.

    Where a shift is open-ended the last window may be served late in it and still needs a way home, so a
    day is added.
    """
    shifts = [vehicle.shift.end_s for vehicle in world.vehicles]
    both = [*world.jobs, *(half for s in world.shipments for half in (s.pickup, s.delivery))]
    windows = [window.end_s for job in both for window in job.windows if window.end_s < FOREVER_S]
    if shifts and max(shifts) < FOREVER_S:
        end_s = max(shifts + windows)
    else:
        end_s = max([now_s, *windows]) + HORIZON_DEFAULT_S
    return Interval(now_s, min(max(end_s, now_s + 3600), now_s + HORIZON_MAX_S))
