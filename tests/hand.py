"""Plans made by hand on drawn towns, for judging the judge: nothing of the planner or the network is used.

    case = Hand(TOWN, jobs=[...], vehicles=[...], hazards=[drawn.shut(TOWN, "BC", ...)])
    route = case.route("v1", at=NOON, way="A", then=[("b", "AB"), ("d", "BCD"), (None, "DCBA")])
    assert case.judge(route) == ()

Each step is a job (or None: the end) and the letters driven to it; times are as tight as they can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

import drawn
from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.ids import EdgeId, Hash, JobId, VehicleId
from vado.model.jobs import Job, Location, Progress, Shipment, Vehicle
from vado.model.plan import Draft, Leg, Route, Rule, Solver, Stop, StopKind
from vado.model.problem import Problem
from vado.model.roads import NO_ENTRY_MS, Roads
from vado.model.snapshot import Closures, Drive, LegEdge, Snapshot, Travel
from vado.model.when import Interval
from vado.planning.check import check

SOLVER = Solver(
    name="hand", version="1", seed=0, solutions_max=1, seconds_max=1.0, solutions=1, stopped="proven"
)
VAN = Travel("van")


def snapshot_of(town: Roads, hazards: Iterable[Hazard] = (), travels: Iterable[Travel] = (VAN,)) -> Snapshot:
    """Put hazards on the edges of a drawn town, the plainest way."""
    hazards = tuple(sorted(hazards, key=lambda h: h.id))
    edges = drawn.touched(town, hazards)
    closures = {}
    for travel in travels:
        rows = []
        for number, hazard in enumerate(hazards):
            effect = next((e for e in hazard.effects if e.profile == travel.profile), None)
            if effect is None or effect.action is Action.NONE:
                continue
            if effect.action is Action.RESTRICTED and effect.requires in travel.equipment:
                continue
            factor = effect.speed_factor if effect.action is Action.SLOW else 0.0
            span = hazard.interval
            rows += [(int(e), span.start_s, span.end_s, factor, number) for e in edges[hazard.id]]
        rows.sort()
        columns = list(zip(*rows, strict=True)) or [()] * 5
        closures[travel] = Closures(
            edge=np.array(columns[0], np.int32),
            start_s=np.array(columns[1], np.int64),
            end_s=np.array(columns[2], np.int64),
            factor=np.array(columns[3], np.float64),
            hazard=np.array(columns[4], np.int32),
        )
    return Snapshot(
        roads=town, hazards=hazards, closures=closures, unknown=(), content_hash=Hash("sha256:" + "0" * 64)
    )


def job(town: Roads, name: str, where: str, **more: Any) -> Job:
    return Job(
        id=JobId(name), location=Location(lonlat=drawn.lonlat(town, where)), **{"service_s": 60, **more}
    )


def vehicle(town: Roads, name: str, start: str | None, end: str | None, **more: Any) -> Vehicle:
    places = [None if w is None else Location(lonlat=drawn.lonlat(town, w)) for w in (start, end)]
    return Vehicle(id=VehicleId(name), start=places[0], end=places[1], **{"profile": "van", **more})


class Hand:
    """A problem on a drawn town whose every letter is a stop, and plans for it."""

    def __init__(self, town: Roads, *, jobs: Sequence[Job], vehicles: Sequence[Vehicle],
                 hazards: Iterable[Hazard] = (), shipments: Sequence[Shipment] = (), now: int = drawn.NOON,
                 progress: Sequence[Progress] = (), history: Sequence[Job] = ()) -> None:  # fmt: skip
        letters = [chr(n) for n in town.node_osm.tolist()]
        self.town = town
        self.letters = letters
        self.snapshot = snapshot_of(town, hazards, {v.travel for v in vehicles} | {VAN})
        self.problem = Problem(
            now_s=now,
            horizon=Interval(now, now + 24 * drawn.HOUR),
            jobs=tuple(sorted(jobs, key=lambda j: j.id)),
            shipments=tuple(shipments),
            vehicles=tuple(vehicles),
            progress=tuple(progress),
            stops=tuple(Location(lonlat=drawn.lonlat(town, letter)) for letter in letters),
            nodes=tuple(drawn.node(town, letter) for letter in letters),
            places=tuple(letters),
            access={},
            history=tuple(history),
        )

    def drive(self, way: str, depart_s: int, *, factor: float = 1.0, profile: str = "van") -> Drive:
        """Drive from letter to letter at free flow, or at one factor all along."""
        durations = self.town.edge_duration_ms[self.town.profile_index(profile)]
        enter, metres, steps = depart_s * 1000, 0, []
        for a, b in pairwise(way):
            edge = drawn.edge(self.town, a + b)
            steps.append(LegEdge(edge=EdgeId(edge), enter_ms=enter))
            enter += -int(-(int(durations[edge]) % NO_ENTRY_MS) // factor)
            metres += int(self.town.edge_length_mm[edge])
        return Drive(
            edges=tuple(steps), depart_s=depart_s, arrive_s=-(-enter // 1000), distance_m=metres // 1000
        )

    def leg(self, way: str, depart_s: int, **how: Any) -> Leg:
        if len(way) < 2:
            return Leg(drive=None, duration_s=0, distance_m=0)
        drive = self.drive(way, depart_s, **how)
        return Leg(drive=drive, duration_s=drive.arrive_s - drive.depart_s, distance_m=drive.distance_m)

    def route(
        self,
        name: str,
        way: str,
        then: Sequence[tuple[str | None, str]],
        *,
        at: int | None = None,
        **how: Any,
    ) -> Route:
        """Make a tight route from the letter `way`, then each (job, or None for the end; letters driven)."""
        jobs = {j.id: j for j in (*self.problem.jobs, *self.problem.history)}
        now = self.problem.now_s if at is None else at
        stops, legs = [self.stop(StopKind.START, None, way, now, now)], []
        for job_name, letters in then:
            legs.append(self.leg(letters, now, **how))
            now += legs[-1].duration_s
            where = letters[-1] if letters else self.letters[self.problem.nodes.index(stops[-1].node)]  # type: ignore[arg-type]
            if job_name is None:
                stops.append(self.stop(StopKind.END, None, where, now, now))
                continue
            work = jobs[JobId(job_name)]
            opens = max(now, min((w.start_s for w in work.windows if w.end_s >= now), default=now))
            done = opens + work.service_s + (0 if len(letters) < 2 else work.setup_s)
            kind = StopKind(work.half or "job")
            stops.append(replace(self.stop(kind, job_name, where, now, done), start_s=opens))
            now = done
        return Route(vehicle=VehicleId(name), stops=tuple(stops), legs=tuple(legs))

    def stop(self, kind: StopKind, name: str | None, where: str, arrival_s: int, departure_s: int) -> Stop:
        return Stop(
            kind=kind,
            job=None if name is None else JobId(name),
            lonlat=drawn.lonlat(self.town, where),
            node=drawn.node(self.town, where),
            arrival_s=arrival_s,
            start_s=arrival_s,
            departure_s=departure_s,
            place=where,
        )

    def draft(self, *routes: Route, missing: Iterable[str] = ()) -> Draft:
        return Draft(routes=routes, missing=tuple(JobId(m) for m in sorted(missing)), cost=0, solver=SOLVER)

    def judge(self, *routes: Route, missing: Iterable[str] = ()) -> tuple[Rule, ...]:
        """Give the rules that a plan of these routes breaks, each once."""
        verdict = check(self.draft(*routes, missing=missing), self.problem, self.snapshot)
        return tuple(dict.fromkeys(violation.rule for violation in verdict.violations))
