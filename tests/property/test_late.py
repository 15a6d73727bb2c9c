"""Time passes and reports fail to come: what is published must work from where vehicles are known.

The judge here has the drawing, the closures as drawn and what was reported. It drives what is published from
the last place a vehicle was heard of, at the instant of publishing, edge by edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drawn
from story import Story, at, closing, job, vehicle
from vado.model.plan import Route, StopKind
from vado.model.roads import Roads
from vado.model.world import Tick

GRID = "\n".join(["A          B          C", "", "D          E          F", "", "G          H          I"])
STREETS = ("AB", "BC", "DE", "EF", "GH", "HI", "AD", "BE", "CF", "DG", "EH", "FI")
MANY = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@dataclass(frozen=True)
class Storm:
    street: str
    told: int  # minutes after eight
    start: int
    length: int  # minutes; 0: open-ended


@dataclass(frozen=True)
class Event:
    after: int  # minutes since the one before
    what: str
    how: int


@dataclass(frozen=True)
class Case:
    streets: tuple[str, ...]
    minutes: tuple[int, ...]
    storms: tuple[Storm, ...]
    jobs: tuple[str, ...]
    home: str
    start: bool
    end: bool
    events: tuple[Event, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    streets = tuple(draw(st.lists(st.sampled_from(STREETS), min_size=5, max_size=12, unique=True)))
    used = sorted(set("".join(streets)))
    storms = st.builds(
        Storm,
        st.sampled_from(streets),
        st.integers(0, 30),
        st.integers(0, 60),
        st.sampled_from([0, 5, 15, 60]),
    )
    events = st.builds(
        Event,
        st.integers(0, 12),
        st.sampled_from(["tick", "still", "still", "moves", "moves", "arrives", "departs"]),
        st.integers(0, 5),
    )
    return Case(
        streets=streets,
        minutes=tuple(draw(st.lists(st.integers(1, 9), min_size=len(streets), max_size=len(streets)))),
        storms=tuple(draw(st.lists(storms, min_size=1, max_size=4))),
        jobs=tuple(draw(st.lists(st.sampled_from(used), min_size=1, max_size=4))),
        home=draw(st.sampled_from(used)),
        start=draw(st.booleans()),
        end=draw(st.booleans()),
        events=tuple(draw(st.lists(events, min_size=1, max_size=9))),
    )


@dataclass
class Day:
    """One vehicle's day as it is told, and what is known of it."""

    case: Case
    town: Roads
    story: Story
    now: int
    where: int | None  # graph node it was last heard at
    seen_s: int | None = None
    arrived: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    shut: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    @property
    def route(self) -> Route | None:
        return next((r for r in self.story.published.routes), None)

    @property
    def next_leg(self) -> int | None:
        """Number the first leg that is not history."""
        if self.route is None:
            return None
        stops = self.route.stops
        past = [k for k, s in enumerate(stops) if s.job in self.done]
        first = past[-1] if past else 0 if stops[0].kind is StopKind.START else -1
        return first if first < len(stops) - 1 else None

    def judge(self) -> None:
        """Drive on from where it is known to be, a shut road is not entered and not left late."""
        route, leg = self.route, self.next_leg
        if route is None or leg is None:
            return
        t, node = float(self.now), self.where
        if leg < 0 or route.stops[leg + 1].job in self.arrived:
            leg += 1
            t = self._served(route, leg, t)
            node = route.stops[leg].node
        first = True
        for number in range(leg, len(route.legs)):
            drive, target = route.legs[number].drive, route.stops[number + 1]
            if node != target.node:
                assert drive is not None, (self.case, "no road is given")
                froms = [int(self.town.edge_from[step.edge]) for step in drive.edges]
                assert node in froms, (self.case, "it is not on its way", number)
                steps = drive.edges[froms.index(node) :]
                waits = not first or self.seen_s is None or self.seen_s < drive.depart_s
                t = max(t, drive.depart_s) if waits else t
                for step in steps:
                    left = (
                        t + int(self.town.edge_duration_ms[self.town.profile_index("van"), step.edge]) / 1000
                    )
                    for a, b in self.shut.get(step.edge, ()):
                        assert not (t < b - 1 and a < left - 1), (self.case, self.now, step, t)
                    t = left
            node, first = target.node, False
            t = self._served(route, number + 1, t)

    def _served(self, route: Route, number: int, t: float) -> float:
        stop = route.stops[number]
        if stop.job is None or stop.job in self.done:
            return t
        there = self.arrived.get(stop.job, t)
        return max(t, max(there, stop.start_s) + 60)

    def happen(self, event: Event) -> None:
        """Let one thing happen that could, and tell it."""
        route, leg = self.route, self.next_leg
        target = None if route is None or leg is None else route.stops[leg + 1]
        if (
            event.what == "moves"
            and route is not None
            and leg is not None
            and leg >= 0
            and target is not None
        ):
            drive = route.legs[leg].drive
            if drive is not None and drive.depart_s <= self.now and target.job not in self.arrived:
                heads = [int(self.town.edge_to[step.edge]) for step in drive.edges]
                self._seen(heads[min(event.how, len(heads) - 1)])
                return
        if event.what == "arrives" and target is not None and target.job is not None:
            self.arrived.setdefault(target.job, self.now)
            self._seen(target.node, "arrived", target.job)
        elif event.what == "departs" and target is not None and target.job in self.arrived:
            self.done.add(target.job)
            self._seen(target.node, "departed", target.job)
        elif event.what == "still" and self.where is not None:
            self._seen(self.where)
        else:
            self.story.tell(Tick(), now=self.now)

    def _seen(self, node: int | None, kind: str = "position", name: str | None = None) -> None:
        assert node is not None
        self.where, self.seen_s = node, self.now
        self.story.report("v1", kind, name, self.now, where=chr(int(self.town.node_osm[node])))


def begin(case: Case) -> Day:
    ways = {street: {"minutes": m} for street, m in zip(case.streets, case.minutes, strict=True)}
    town = drawn.roads(GRID, ways=ways, metres_per_cell=1000)
    ends = {} if case.start else {"start": None}
    ends |= {} if case.end else {"end": None}
    story = Story(
        town,
        jobs=[job(town, f"j{k}", letter) for k, letter in enumerate(case.jobs)],
        vehicles=[vehicle(town, "v1", case.home, **ends)],
    )
    where = drawn.node(town, case.home) if case.start else None
    return Day(case=case, town=town, story=story, now=at(8), where=where)


@MANY
@given(cases())
def test_what_is_published_can_be_driven_from_where_the_vehicle_is_known_to_be(case: Case) -> None:
    day = begin(case)
    day.judge()
    told: set[int] = set()
    for event in case.events:
        until = day.now + 60 * event.after
        wakes = 0
        while day.story.world.boundary_s is not None and day.story.world.boundary_s <= until:
            assert day.story.world.boundary_s > day.now
            day.now = day.story.world.boundary_s
            day.story.tell(Tick(), now=day.now)
            day.judge()
            wakes += 1
            assert wakes <= 40, case
        day.now = until
        for number, storm in enumerate(case.storms):
            if number not in told and at(8) + 60 * storm.told <= day.now:
                told.add(number)
                start_s = at(8) + 60 * storm.start
                end_s = start_s + 60 * storm.length if storm.length else None
                for edge in drawn.edges(day.town, storm.street):
                    day.shut.setdefault(edge, []).append((start_s, end_s or inf))
                alert = closing(day.town, storm.street, start_s, end_s, name=f"A{number}")
                day.story.tell(alert, now=day.now)
                day.judge()
        day.happen(event)
        day.judge()


@MANY
@given(cases())
def test_between_decisions_the_plan_goes_on_working_for_who_has_not_moved(case: Case) -> None:
    """Nothing is heard all day: minute by minute, woken only when the world says so."""
    day = begin(case)
    alerts = []
    for number, storm in enumerate(case.storms):
        start_s = at(8) + 60 * storm.start
        end_s = start_s + 60 * storm.length if storm.length else None
        for edge in drawn.edges(day.town, storm.street):
            day.shut.setdefault(edge, []).append((start_s, end_s or inf))
        alerts.append(closing(day.town, storm.street, start_s, end_s, name=f"A{number}"))
    day.story.tell(*alerts, now=day.now)
    steps = len(day.story.steps)
    for second in range(at(8), at(18), 30):
        while day.story.world.boundary_s is not None and day.story.world.boundary_s <= second:
            assert day.story.world.boundary_s > day.now
            day.now = day.story.world.boundary_s
            day.story.tell(Tick(), now=day.now)
            day.judge()
        day.now = second
        day.judge()
    # Boundaries of closures, last chances before them, and questions after one vehicle that double.
    bound = 2 * len(case.storms) * (1 + len(case.jobs)) + 10
    assert len(day.story.steps) - steps <= bound, (case, len(day.story.steps) - steps)
