"""Stories on drawn towns: alerts, jobs and vehicles in, the plan out as a person would write it.

    s = Story(TOWN, jobs="a@B b@E", vehicles="v1@A")
    s.tell(closing(TOWN, "AB", at(10)), now=at(9))
    assert s.plan == "v1: b 09:02"
    assert s.reason("a") == "CUT_OFF"

Everything runs through the one `engine.step`, and every published plan is judged once more by the referee.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import drawn
from vado import engine
from vado.app import load_meaning
from vado.ledger.canonical import digest
from vado.model.alert import Action, Alert, Area, Info, MsgType, Polygon, StatedEffect
from vado.model.ids import AlertId, Hash, JobId, VehicleId, WorldId, identifier
from vado.model.jobs import Job, Location, Shipment, Vehicle, Window
from vado.model.plan import Plan
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.size import Bound
from vado.model.when import clock
from vado.model.world import AlertReceived, Body, JobsPut, Message, Report, ReportKind, VehiclesPut, World
from vado.planning import check

MIDNIGHT = drawn.NOON - 12 * drawn.HOUR
MEANING = load_meaning()
BUDGET = Budget(solutions_max=40, seconds_max=30.0, seed=1)


def at(hour: int, minute: int = 0) -> int:
    """Give an instant of the day all stories play on."""
    return MIDNIGHT + hour * drawn.HOUR + minute * drawn.MINUTE


def closing(
    town: Roads,
    pairs: str,
    start: int,
    end: int | None = None,
    *,
    name: str = "A1",
    sent: int | None = None,
    msg_type: MsgType = MsgType.ALERT,
    references: Iterable[str] = (),
    status: str = "Actual",
    profiles: tuple[str, ...] = (),
    action: Action = Action.SHUT,
    requires: str = "",
    factor: float = 1.0,
    only: Bound | None = None,
    geocode: str = "",
) -> Alert:
    """Make an alert that states its effect on the middle of the roads `pairs` ("AB", or "AB CD")."""
    areas = tuple(
        Area(description=pair, polygons=(Polygon(outer=drawn._square(drawn.between(town, pair))),))
        for pair in pairs.split()
    )
    if geocode:
        areas = (Area(description=geocode, geocodes=(("EMMA_ID", geocode),)),)
    info = Info(
        event="Road closure",
        kind="closure",
        severity="Severe",
        certainty="Observed",
        urgency="Expected",
        onset_s=start,
        expires_s=end,
        headline=f"{pairs} closed",
        stated=(
            StatedEffect(action=action, profiles=profiles, requires=requires, speed_factor=factor, only=only),
        ),
        areas=areas,
    )
    return Alert(
        id=AlertId(f"story,{name}"),
        source="story",
        sender="story",
        identifier=name,
        sent_s=at(0) if sent is None else sent,
        status=status,
        msg_type=msg_type,
        references=tuple(AlertId(f"story,{r}") for r in references),
        infos=() if msg_type is MsgType.CANCEL else (info,),
        raw=digest([name, pairs, start, end, str(msg_type)]),
    )


def job(town: Roads, name: str, where: str, **more: Any) -> Job:
    """Make a job at a letter ("C") or inside a road ("CD")."""
    lonlat = drawn.lonlat(town, where) if len(where) == 1 else drawn.between(town, where)
    return Job(id=JobId(name), location=Location(lonlat=lonlat), **{"service_s": 60, **more})


def vehicle(town: Roads, name: str, where: str, **more: Any) -> Vehicle:
    home = Location(lonlat=drawn.lonlat(town, where))
    return Vehicle(
        id=VehicleId(name),
        **{"profile": "van", "start": home, "end": home, "shift": Window(at(8), at(18)), **more},
    )


class Story:
    """One world on one town, told message by message."""

    def __init__(self, town: Roads, *, jobs: str | Iterable[Job] = "", vehicles: str | Iterable[Vehicle] = "",
                 shipments: Iterable[Shipment] = (), now: int | None = None) -> None:  # fmt: skip
        self.town = town
        self.world = World(id=WorldId("story"), region=town.name, region_hash=town.content_hash)
        self._seq = 0
        fleet = (
            [vehicle(town, *v.split("@")) for v in vehicles.split()]
            if isinstance(vehicles, str)
            else vehicles
        )
        work = [job(town, *j.split("@")) for j in jobs.split()] if isinstance(jobs, str) else jobs
        self.steps: list[engine.Step] = []
        self.tell(
            VehiclesPut(vehicles=tuple(fleet)),
            JobsPut(jobs=tuple(work), shipments=tuple(shipments)),
            now=at(8) if now is None else now,
        )

    def tell(self, *bodies: Body | Alert, now: int) -> engine.Step:
        """Let messages arrive together and take one step."""
        batch = []
        for body in bodies:
            self._seq += 1
            batch.append(
                Message(
                    seq=self._seq,
                    received_s=now,
                    body_hash=Hash(f"sha256:{self._seq:064x}"),
                    body=AlertReceived(alert=body) if isinstance(body, Alert) else body,
                )
            )
        step = engine.step(self.world, batch, roads=self.town, meaning=MEANING, now_s=now, budget=BUDGET)
        assert step.world.plan is not None
        assert check(step.world.plan, step.problem, step.snapshot).violations == ()
        drafts = json.loads(step.decision.record)["verdict"].get("refused", [])
        assert [refused for refused in drafts if refused["rule"] == "SHUT_IN"] == []  # the planner knows it
        self.world = step.world
        self.steps.append(step)
        return step

    def report(
        self, vehicle_id: str, kind: str, job_id: str | None, now: int, where: str | None = None
    ) -> engine.Step:
        return self.tell(
            Report(
                vehicle=VehicleId(vehicle_id),
                kind=ReportKind(kind),
                at_s=now,
                job=JobId(job_id) if job_id else None,
                lonlat=drawn.lonlat(self.town, where) if where else None,
            ),
            now=now,
        )

    @property
    def published(self) -> Plan:
        assert self.world.plan is not None
        return self.world.plan

    @property
    def plan(self) -> str:
        """Write the routes as "v1: a 08:03, b 08:07 | v2: c 08:02"; times are when service starts."""
        return " | ".join(
            f"{route.vehicle}: " + ", ".join(f"{s.job} {clock(s.start_s)}" for s in route.stops if s.job)
            for route in self.published.routes
            if route.jobs
        )

    @property
    def held(self) -> str:
        """List what is unassigned as "a CUT_OFF, b SKILL"."""
        return ", ".join(f"{u.job} {u.reasons[0].code}" for u in self.published.unassigned)

    def why(self, job_id: str) -> str:
        found = next(u for u in self.published.unassigned if u.job == job_id)
        return " ".join(reason.text for reason in found.reasons)

    def cut(self, place: str) -> tuple[str, ...]:
        """Name the alerts that cut a place off, now or next."""
        found = next(r for r in self.world.reach if r.name == place)
        return tuple(sorted({identifier(road.alert) for road in found.cut}))
