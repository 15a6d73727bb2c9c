"""Nobody is sent in on the word that a road opens again: planner, referee and a plain judge agree.

The judge here has the drawing and the closures as drawn, and asks at each instant which streets are open.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import drawn
from drawn import HOUR, MINUTE, NOON
from hand import SOLVER
from hand import job as work_at
from hand import vehicle as van_at
from story import Story, at, closing, job, vehicle
from vado import network
from vado.model.ids import NodeId, VehicleId
from vado.model.jobs import Window
from vado.model.plan import Draft, Leg, Route, Rule, Stop, StopKind
from vado.model.problem import Problem
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.model.when import Interval
from vado.planning.check import check

GRID = "\n".join(["A          B          C", "", "D          E          F", "", "G          H          I"])
STREETS = ("AB", "BC", "DE", "EF", "GH", "HI", "AD", "BE", "CF", "DG", "EH", "FI")
VAN = Travel("van")
MANY = settings(max_examples=80, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip


@dataclass(frozen=True)
class Storm:
    streets: str  # letters in pairs, shut together
    start: int  # minutes after eight
    length: int  # minutes

    @property
    def interval(self) -> Interval:
        start_s = at(8) + 60 * self.start
        return Interval(start_s, start_s + 60 * self.length)


@dataclass(frozen=True)
class Case:
    streets: tuple[str, ...]
    minutes: tuple[int, ...]
    storms: tuple[Storm, ...]
    jobs: tuple[tuple[str, int], ...]  # where, minutes of service
    home: str

    @property
    def town(self) -> Roads:
        ways = {street: {"minutes": m} for street, m in zip(self.streets, self.minutes, strict=True)}
        return drawn.roads(GRID, ways=ways, metres_per_cell=1000)

    def leads(self, letter: str, instant_s: int) -> bool:
        """Tell whether open streets lead from a letter home at an instant."""
        shut = {storm.streets for storm in self.storms if instant_s in storm.interval}
        seen, todo = {letter}, [letter]
        while todo:
            here = todo.pop()
            open_ = [street for street in self.streets if here in street and street not in shut]
            new = {street.replace(here, "") for street in open_} - seen
            seen |= new
            todo += new
        return self.home in seen

    def sat_out(self, letter: str, stay: Interval) -> bool:
        """Tell whether somebody at a letter has no open way home at some instant of a stay."""
        begins = {stay.start_s, *(storm.interval.start_s for storm in self.storms)}
        return not all(self.leads(letter, t) for t in begins if t == stay.start_s or t in stay)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    streets = tuple(draw(st.lists(st.sampled_from(STREETS), min_size=4, max_size=9, unique=True)))
    used = sorted(set("".join(streets)))
    storms = st.builds(
        Storm, st.sampled_from(streets), st.integers(0, 90), st.sampled_from([1, 5, 15, 40, 90])
    )
    where = st.tuples(st.sampled_from(used), st.sampled_from([1, 10, 30, 60]))
    return Case(
        streets=streets,
        minutes=tuple(draw(st.lists(st.integers(1, 9), min_size=len(streets), max_size=len(streets)))),
        storms=tuple(draw(st.lists(storms, min_size=1, max_size=5))),
        jobs=tuple(draw(st.lists(where, min_size=1, max_size=4))),
        home=draw(st.sampled_from(used)),
    )


@MANY
@given(cases(), st.lists(st.integers(0, 120), min_size=4, max_size=4))
def test_no_plan_sits_a_closure_out(case: Case, opens: list[int]) -> None:
    town = case.town
    story = Story(
        town,
        jobs=[
            job(
                town, f"j{k}", where, service_s=60 * minutes,
                windows=(Window(at(8, 0) + 60 * opens[k], at(18)),),
            )
            for k, (where, minutes) in enumerate(case.jobs)
        ],
        vehicles=[vehicle(town, "v1", case.home)],
    )  # fmt: skip
    alerts = [
        closing(town, storm.streets, storm.interval.start_s, storm.interval.end_s, name=f"A{number}")
        for number, storm in enumerate(case.storms)
    ]
    story.tell(*alerts, now=at(8))
    for route in story.published.routes:
        for stop in route.stops[1:-1]:
            letter = chr(int(town.node_osm[stop.node or 0]))
            assert not case.sat_out(letter, Interval(stop.arrival_s, stop.departure_s)), (case, stop)


@MANY
@given(cases())
def test_the_referee_finds_every_closure_sat_out_and_no_other(case: Case) -> None:
    """Drive to each job as soon as may be, wait there for whatever opens, and judge it by both."""
    town = case.town
    hazards = [
        drawn.shut(town, storm.streets, storm.interval.start_s, storm.interval.end_s, alert=f"A{number}")
        for number, storm in enumerate(case.storms)
    ]
    snapshot = network.snapshot(town, hazards, drawn.touched(town, hazards), travels=(VAN,))
    letters = (case.home, *(where for where, _ in case.jobs), case.home)
    nodes = drawn.nodes(town, "".join(letters))
    horizon = Interval(at(8), at(8) + 12 * HOUR)
    times = network.times(snapshot, nodes, horizon=horizon)
    home = van_at(town, "v1", case.home, case.home)
    work = tuple(
        work_at(town, f"j{k}", where, service_s=60 * minutes) for k, (where, minutes) in enumerate(case.jobs)
    )
    places = [home.start, *(one.location for one in work)]
    stops = tuple(dict.fromkeys(place for place in places if place is not None))
    problem = Problem(
        now_s=at(8), horizon=horizon, jobs=work, shipments=(), vehicles=(home,), stops=stops,
        nodes=tuple(nodes[places.index(place)] for place in stops), places=("",) * len(stops), access={},
    )  # fmt: skip
    made: list[Stop] = []
    legs: list[Leg] = []
    now, sat_out = at(8), False
    for k, letter in enumerate(letters):
        kind = StopKind.START if k == 0 else StopKind.END if k == len(letters) - 1 else StopKind.JOB
        if k:
            drive = None if nodes[k] == nodes[k - 1] else times.drive(VAN, k - 1, k, now)
            assume(drive is not None or nodes[k] == nodes[k - 1])
            if drive is not None:
                left = made[-1]
                made[-1] = Stop(
                    kind=left.kind, job=left.job, lonlat=left.lonlat, node=left.node,
                    arrival_s=left.arrival_s, start_s=left.start_s, departure_s=drive.depart_s,
                )  # fmt: skip
                now = drive.arrive_s
            took_s = 0 if drive is None else drive.arrive_s - drive.depart_s
            legs.append(Leg(drive=drive, duration_s=took_s, distance_m=drive.distance_m if drive else 0))
        done = now + (60 * case.jobs[k - 1][1] if kind is StopKind.JOB else 0)
        made.append(
            Stop(
                kind=kind, job=work[k - 1].id if kind is StopKind.JOB else None,
                lonlat=drawn.lonlat(town, letter), node=NodeId(nodes[k]), arrival_s=now, start_s=now,
                departure_s=done,
            )
        )  # fmt: skip
        now = done
    for stop, letter in list(zip(made, letters, strict=True))[1:-1]:
        sat_out = sat_out or case.sat_out(letter, Interval(stop.arrival_s, stop.departure_s))
    route = Route(vehicle=VehicleId("v1"), stops=tuple(made), legs=tuple(legs))
    found = check(Draft(routes=(route,), missing=(), cost=0, solver=SOLVER), problem, snapshot).violations
    assert {violation.rule for violation in found} == ({Rule.SHUT_IN} if sat_out else set())


def test_both_kinds_of_days_are_drawn() -> None:
    """A valley of one street: the judge itself tells a closure sat out from one that is not."""
    case = Case(streets=("AB", "BC"), minutes=(1, 1), storms=(Storm("AB", 30, 60),), jobs=(), home="A")
    half_past = at(8) + 30 * MINUTE
    assert case.sat_out("C", Interval(at(8), half_past + 1))
    assert not case.sat_out("C", Interval(at(8), half_past))
    assert not case.sat_out("A", Interval(at(8), NOON))
