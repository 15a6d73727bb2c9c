"""What the solver cannot see and the clock teaches it: roads that shut while somebody is on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from given_problems import BUDGET, STOPS, at, drawn, job, line, problem, vehicle, window
from vado.model.snapshot import NO_WAY_S, Drive, LegEdge, Matrix, Travel
from vado.model.when import Interval
from vado.planning.clocked import Clocked, scaled_s, stretch
from vado.planning.replan import replan
from vado.planning.travel import estimate

NEVER = Interval(0, 0)


@dataclass
class Closing:
    """The line of stops; the road between stops 4 and 5 is shut in a period, and slow in another."""

    shut: Interval
    slow: Interval = NEVER

    @property
    def slots(self) -> tuple[Interval, ...]:
        cuts = sorted(
            {at(8), at(24), *(t for i in (self.shut, self.slow) for t in (i.start_s, i.end_s) if t > at(8))}
        )
        return tuple(Interval(a, b) for a, b in pairwise(cuts) if a < b <= at(24))

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        seconds, metres = (table.copy() for table in line()["car"])
        period = self.slots[slot]
        if self.shut.overlaps(period):
            seconds[:5, 5:] = seconds[5:, :5] = NO_WAY_S
        elif self.slow.overlaps(period):
            seconds[:5, 5:] += 1200
            seconds[5:, :5] += 1200
        return Matrix(slot=period, travel=travel, seconds=seconds, metres=metres)

    def matrices(self, travel: Travel, slots: Sequence[int]) -> list[Matrix]:
        return [self.matrix(travel, slot) for slot in slots]

    def drive(self, travel: Travel, origin: int, target: int, depart_s: int) -> Drive | None:
        seconds = 60 * abs(origin - target)
        if (origin < 5) != (target < 5):
            if self.slow.start_s <= depart_s < self.slow.end_s:
                seconds += 1200
            # Who would be on the way when it shuts has to wait until it is open again.
            if depart_s < self.shut.end_s and depart_s + seconds > self.shut.start_s:
                depart_s = self.shut.end_s
                if depart_s >= at(24):
                    return None
        return Drive(edges=(), depart_s=depart_s, arrive_s=depart_s + seconds, distance_m=seconds)


def made(times: Closing, jobs: list, **of_vehicle: object) -> str:  # type: ignore[type-arg]
    p = problem(jobs, [vehicle("v1", **of_vehicle)])
    return drawn(replan(p, times, previous=None, budget=BUDGET))


def test_who_would_be_caught_on_the_way_goes_there_first() -> None:
    times = Closing(Interval(at(8, 30), at(24)))
    work = [job("near", 2, service_s=1200), job("far", 8, service_s=300)]
    assert made(times, work) == "v1: far 08:08, near 08:19"


def test_what_cannot_be_left_in_time_is_left_out_and_the_rest_is_done() -> None:
    times = Closing(Interval(at(8, 12), at(24)))
    work = [job("near", 2), job("far", 8, service_s=300)]
    assert made(times, work) == "v1: near 08:02 - far"


def test_a_road_that_opens_again_is_waited_for_where_one_stands() -> None:
    times = Closing(Interval(at(8), at(9)))
    assert made(times, [job("far", 8)]) == "v1: far 09:08"


def test_slower_than_thought_is_learned_not_given_up() -> None:
    times = Closing(NEVER, slow=Interval(at(8), at(9)))
    tight = job("far", 8, windows=(window((8, 0), (8, 40)),))
    assert made(times, [tight, job("near", 2, windows=(window((8, 0), (8, 40)),))]).count("-") == 0


@pytest.mark.parametrize("shut_minute", [9, 14, 17, 20, 23, 26, 29, 35, 50])
def test_whatever_the_minute_the_draft_is_driven_and_complete(shut_minute: int) -> None:
    times = Closing(Interval(at(8, shut_minute), at(24)))
    work = [job(f"j{k}", k, service_s=120) for k in (1, 3, 6, 7, 9)]
    p = problem(work, [vehicle("v1"), vehicle("v2")])
    draft = replan(p, times, previous=None, budget=BUDGET)
    assert sorted([*(j for r in draft.routes for j in r.jobs), *draft.missing]) == [j.id for j in work]
    for route in draft.routes:
        sides = [int(stop.job[1:]) >= 5 if stop.job else False for stop in route.stops]
        for k, (a, b) in enumerate(pairwise(sides)):
            if a != b:
                assert route.stops[k + 1].arrival_s <= at(8, shut_minute)
    assert {"j1", "j3"}.isdisjoint(draft.missing)
    assert draft.solver.rounds == 1  # the search knows when the road shuts; nothing is left to learn


def test_an_estimate_is_the_slowest_slot_that_matters_and_knows_the_fastest() -> None:
    times = Closing(Interval(at(12), at(24)), slow=Interval(at(8), at(9)))
    early, late = np.full(STOPS, at(8)), np.full(STOPS, at(18))
    found = estimate(times, Travel("car"), early, late)
    assert found.seconds[0, 6] == 360 + 1200
    assert found.fastest[0, 6] == 360
    late[6] = at(11)
    early[0] = at(9, 1)
    assert estimate(times, Travel("car"), early, late).seconds[0, 6] == 360
    early[0] = at(12, 1)
    late[6] = at(13)
    assert estimate(times, Travel("car"), early, late).seconds[0, 6] == NO_WAY_S


DRIVE = Drive(
    edges=(LegEdge(edge=3, enter_ms=1_000_000), LegEdge(edge=4, enter_ms=1_060_000)),  # type: ignore[arg-type]
    depart_s=1000,
    arrive_s=1120,
    distance_m=2000,
)


def test_a_slow_vehicle_takes_each_edge_more_slowly() -> None:
    slow = stretch(DRIVE, 0.5)
    assert [edge.enter_ms for edge in slow.edges] == [1_000_000, 1_120_000]
    assert (slow.depart_s, slow.arrive_s) == (1000, 1240)


class OneRoad:
    """One road, driven in two minutes at any time; slots change at 1100 and 2000."""

    slots = (Interval(0, 1100), Interval(1100, 2000), Interval(2000, 9000))

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        raise AssertionError("not asked")

    def matrices(self, travel: Travel, slots: Sequence[int]) -> list[Matrix]:
        raise AssertionError("not asked")

    def drive(self, travel: Travel, origin: int, target: int, depart_s: int) -> Drive | None:
        shift = depart_s - DRIVE.depart_s
        edges = tuple(replace(e, enter_ms=e.enter_ms + 1000 * shift) for e in DRIVE.edges)
        return replace(DRIVE, edges=edges, depart_s=depart_s, arrive_s=DRIVE.arrive_s + shift)


@pytest.mark.parametrize(
    ("factor", "depart", "departs", "arrives"),
    [
        (1.0, 1000, 1000, 1120),
        (2.0, 1000, 1000, 1120),  # nobody is faster than the profile and the limits
        (0.5, 1000, 1100, 1340),  # would still drive when the slot ends: waits for the next one
        (0.5, 1200, 1200, 1440),
        (0.1, 1200, 2000, 3200),
    ],
)
def test_a_slow_vehicle_on_roads_stays_within_one_slot(
    factor: float, depart: int, departs: int, arrives: int
) -> None:
    p = replace(problem([], []), nodes=tuple(range(STOPS)))
    way = Clocked(p, OneRoad()).way(vehicle("v1", speed_factor=factor), 0, 1, depart)
    assert way is not None
    assert (way.depart_s, way.arrive_s) == (departs, arrives)


def test_seconds_are_rounded_up_when_scaled() -> None:
    assert scaled_s(100, 3.0) == 34
    assert scaled_s(100, 1.0) == 100
