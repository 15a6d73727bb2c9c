"""A problem file as a world: what `vado plan` and `vado check` both need before anybody plans or judges.

In: bytes of a problem, roads. Out: a `World`, and the refusals that need roads (a job in the sea).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from vado.errors import InputError, ProblemError
from vado.exchange.problem import ProblemFile, read_problem
from vado.model.alert import Alert
from vado.model.ids import Hash, WorldId
from vado.model.jobs import Job
from vado.model.problem import Problem
from vado.model.roads import Places, Roads
from vado.model.snapshot import Snapshot
from vado.model.when import FOREVER_S, NEVER_S
from vado.model.world import AlertReceived, Body, FeedRead, JobsPut, Message, VehiclesPut, World

WORLD = WorldId("file")
DATES_FROM_S = 10 * 365 * 86_400  # a time before 1980 is a count from some zero, not a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A problem file, understood, and as it was written: a plan carries it along."""

    file: ProblemFile
    written: Any

    @property
    def by_matrix(self) -> bool:
        return bool(self.file.matrices)


def ask(data: bytes) -> Asked:
    """Read a problem file; raises ProblemError with all its faults."""
    return Asked(file=read_problem(data), written=json.loads(data))


def bodies(asked: Asked) -> tuple[Body, ...]:
    """Say the file as messages, as the API would."""
    file = asked.file
    return VehiclesPut(vehicles=file.vehicles), JobsPut(jobs=file.jobs, shipments=file.shipments)


def messages(
    asked: Asked, alerts: Sequence[Alert], *, now_s: int, reads: Sequence[FeedRead] = ()
) -> tuple[Message, ...]:
    """Line up what one step is to take in: the alerts and their documents, then vehicles and jobs."""
    every: list[tuple[Body, Hash | None]] = [(AlertReceived(alert=alert), alert.raw) for alert in alerts]
    every += [(each, None) for each in reads]
    every += [(body, None) for body in bodies(asked)]
    return tuple(
        Message(seq=seq, received_s=now_s, body_hash=raw or Hash(f"sha256:{seq:064x}"), body=body)
        for seq, (body, raw) in enumerate(every, 1)
    )


def empty_world(roads: Roads | None) -> World:
    return World(
        id=WORLD,
        region=roads.name if roads is not None else "",
        region_hash=roads.content_hash if roads is not None else Hash("sha256:" + "0" * 64),
    )


def world(asked: Asked, roads: Roads | None) -> World:
    """Make the world of a file without taking a step."""
    file = asked.file
    return World(
        id=WORLD,
        region=roads.name if roads is not None else "",
        region_hash=empty_world(roads).region_hash,
        jobs=tuple(sorted(file.jobs, key=lambda job: job.id)),
        shipments=tuple(sorted(file.shipments, key=lambda shipment: shipment.id)),
        vehicles=file.vehicles,
    )


def starts_s(asked: Asked) -> int | None:
    """Find when the file's day begins: its earliest shift or window; None when nothing in it has a time."""
    file = asked.file
    starts = [vehicle.shift.start_s for vehicle in file.vehicles]
    starts += [window.start_s for job in _all_jobs(asked) for window in job.windows]
    known = [start for start in starts if NEVER_S < start < FOREVER_S]
    return min(known, default=None)


def refuse_dateless(asked: Asked, alerts: Sequence[Alert]) -> None:
    """Raise ProblemError E1105 when times count from a zero of their own: no alert would ever meet them.

    VROOM allows that, and alone it is fine; with alerts it would look like a day without any storm.
    """
    begins_s = starts_s(asked)
    if alerts and begins_s is not None and begins_s < DATES_FROM_S:
        raise ProblemError(
            f"the problem's times begin at {begins_s}, which is no date, but alerts have dates",
            code="E1105", field="time_windows", action="give times as epoch seconds or RFC 3339",
        )  # fmt: skip


def _all_jobs(asked: Asked) -> Iterator[Job]:
    yield from asked.file.jobs
    for shipment in asked.file.shipments:
        yield from (shipment.pickup, shipment.delivery)


def refuse_far(asked: Asked, roads: Roads, limit_m: float) -> None:
    """Raise ProblemError E1202 for all places too far from any road, E1207 for profiles without roads."""
    from vado import network, planning
    from vado.exchange import problem as reading

    named = reading.list_locations(asked.file.jobs, asked.file.shipments, asked.file.vehicles)
    travels = planning.stops(world(asked, roads), now_s=0).travels
    strange = {travel.profile for travel in travels} - set(roads.profiles)
    if strange:
        raise InputError(
            f"region {roads.name} knows no profile {', '.join(sorted(strange))}",
            code="E1207", field="vehicles.profile", action=f"give one of {', '.join(roads.profiles)}",
        )  # fmt: skip
    anchored = network.anchor(roads, tuple(lonlat for _, lonlat in named), travels=travels)
    reading.refuse_far([path for path, _ in named], anchored.snap_m, limit_m)


def matrix_problem(asked: Asked, *, now_s: int) -> Problem:
    """Make the problem of a file that brings its own matrices: stops without roads, open at all times."""
    from vado import planning

    whole = world(asked, None)
    stops = planning.stops(whole, now_s=now_s)
    count = len(stops.locations)
    return planning.problem(whole, stops, (-1,) * count, ("",) * count, {}, now_s=now_s)


def empty_snapshot() -> Snapshot:
    """Make the snapshot of no roads at all: nothing closes a caller's matrix."""
    none = np.zeros(0)
    arrays = {f.name: none for f in fields(Roads) if f.name.startswith(("node_", "edge_", "shape_", "turn_"))}
    places = Places(name=(), names=(), kind=(), lon=none, lat=none, node=none.astype(np.int32), snap_m=none,
                    population=none.astype(np.int64))  # fmt: skip
    nothing = Hash("sha256:" + "0" * 64)
    roads = Roads(name="", content_hash=nothing, source="", attribution="", profiles=(), places=places,
                  classes=(), strings=("",), **arrays)  # type: ignore[arg-type]  # fmt: skip
    return Snapshot(roads=roads, hazards=(), closures={}, unknown=(), content_hash=nothing)
