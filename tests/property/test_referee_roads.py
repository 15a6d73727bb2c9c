"""Two that know nothing of each other agree: whatever way the network finds, the referee can drive."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import drawn
from drawn import HOUR, MINUTE, NOON
from hand import SOLVER, job, vehicle
from vado import network
from vado.model.hazard import Hazard
from vado.model.ids import VehicleId
from vado.model.jobs import Location
from vado.model.plan import Draft, Leg, Route, Rule, Stop, StopKind
from vado.model.problem import Problem
from vado.model.snapshot import Travel
from vado.model.when import FOREVER_S, Interval
from vado.planning.check import check

GRID = """
    A----------B----------C
    |          |          |
    D----------E----------F
    |          |          |
    G----------H----------I
"""
STREETS = ["AB", "BC", "AD", "BE", "CF", "DE", "EF", "DG", "EH", "FI", "GH", "HI"]
VAN = Travel("van")


@st.composite
def storms(draw: st.DrawFn) -> tuple[drawn.Roads, list[Hazard]]:
    ways = {
        street: {
            "minutes": draw(st.sampled_from([1, 1.7, 3, 5.003])),
            "oneway": draw(st.integers(0, 5)) == 0,
        }
        for street in STREETS
    }
    town = drawn.roads(GRID, ways=ways)
    hazards = []
    for number in range(draw(st.integers(0, 8))):
        street = draw(st.sampled_from(STREETS))
        start = NOON + draw(st.integers(-10, 30)) * MINUTE + draw(st.integers(0, 59))
        length = draw(st.sampled_from([30, 5 * MINUTE, 20 * MINUTE, None]))
        end = FOREVER_S if length is None else start + length
        alert = f"A{number}"
        if draw(st.booleans()):
            hazards.append(drawn.shut(town, street, start, end, alert=alert))
        else:
            factor = draw(st.sampled_from([0.9, 0.5, 0.3]))
            hazards.append(drawn.slow(town, street, factor, start, end, alert=alert))
    return town, hazards


@settings(max_examples=200, deadline=None, derandomize=True)
@given(storms(), st.permutations("ABCDEFGHI"), st.integers(0, 1800))
def test_every_way_found_can_be_driven(
    storm: tuple[drawn.Roads, list[Hazard]], letters: list[str], later: int
) -> None:
    town, hazards = storm
    home = vehicle(town, "v1", letters[0], letters[2])
    # The second place lies inside a street: anchoring splits it.
    inside = drawn.between(town, "EF")
    work = replace(job(town, "j", "E"), location=Location(lonlat=inside))
    places = (home.start, work.location, home.end)
    assert all(place is not None for place in places)
    stops = tuple(dict.fromkeys(place for place in places if place is not None))
    anchored = network.anchor(town, tuple(s.lonlat for s in stops if s.lonlat), travels=(VAN,))
    touched = drawn.touched(anchored.roads, hazards)
    snapshot = network.snapshot(anchored.roads, tuple(hazards), touched, travels=(VAN,))
    horizon = Interval(NOON, NOON + 8 * HOUR)
    times = network.times(snapshot, anchored.nodes, horizon=horizon)
    problem = Problem(
        now_s=NOON, horizon=horizon, jobs=(work,), shipments=(), vehicles=(home,), stops=stops,
        nodes=anchored.nodes, places=anchored.places, access={},
    )  # fmt: skip
    now, made, legs = NOON + later, [], []
    for number, place in enumerate(places):
        assert place is not None
        at = problem.stop(place)
        if number:
            before = places[number - 1]
            assert before is not None
            drive = times.drive(VAN, problem.stop(before), at, now)
            assume(drive is not None)
            assert drive is not None
            legs.append(
                Leg(drive=drive, duration_s=drive.arrive_s - drive.depart_s, distance_m=drive.distance_m)
            )
            now = drive.arrive_s
        kind = (StopKind.START, StopKind.JOB, StopKind.END)[number]
        gone = now + (60 if kind is StopKind.JOB else 0)
        made.append(
            Stop(
                kind=kind, job=work.id if kind is StopKind.JOB else None, lonlat=place.lonlat,
                node=anchored.nodes[at], arrival_s=now, start_s=now, departure_s=gone,
            )
        )  # fmt: skip
        now = gone
    route = Route(vehicle=VehicleId("v1"), stops=tuple(made), legs=tuple(legs))
    draft = Draft(routes=(route,), missing=(), cost=0, solver=SOLVER)
    # Who only asks for ways may come where he is shut in a while: that is the planner's to avoid.
    assert [v for v in check(draft, problem, snapshot).violations if v.rule is not Rule.SHUT_IN] == []
