"""The day: time goes on, messages arrive, drivers drive and report, and somebody watches and measures.

In: a way to post, a province, its roads. Out: an `Outcome`, measured. While something is being decided the
world's clock stands still: in a day of a minute, each second of thought would otherwise cost ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vado import network, planning
from vado.cli.demo.drivers import Drivers
from vado.cli.demo.fleet import DAY_START_S, MINUTE, SHIFT, problem
from vado.cli.demo.measure import Measure
from vado.cli.demo.post import Post
from vado.cli.demo.province import Province
from vado.cli.demo.storm import Sent, storm
from vado.errors import BugError
from vado.model.ids import JobId
from vado.model.inbox import InboxKind
from vado.model.plan import Plan, Unassigned
from vado.model.roads import Roads
from vado.model.when import FOREVER_S
from vado.model.world import Difference, World

END_S = SHIFT[1]
MESSAGE_WEIGHT_S = 25 * MINUTE  # a message is worth looking at as long as so much of an uneventful day


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing worth telling: a message, or what a decision changed."""

    at_s: int
    sent: Sent | None = None
    difference: Difference | None = None
    held: tuple[Unassigned, ...] = ()  # those the difference holds, with their reasons


@dataclass(slots=True, kw_only=True)
class Scene:
    """What there is to see now."""

    now_s: int
    world: World
    drivers: Drivers
    measure: Measure
    news: list[News] = field(default_factory=list)
    plans: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    jobs: int
    done: int
    held: tuple[Unassigned, ...]
    decisions: int
    plans: int
    messages: int
    metres: float
    sent_to_cut_off: int  # planned where, by what was told, nobody could get in, or home again in time
    visits_trapped: int
    roads_closed_driven: int

    @property
    def clean(self) -> bool:
        return not (self.sent_to_cut_off or self.visits_trapped or self.roads_closed_driven)


Pace = Callable[[int, int, float], None]  # from one instant to the next; the share of the day it stands for
Watch = Callable[[Scene], None]


def play(post: Post, province: Province, roads: Roads, *, every_s: int, pace: Pace, watch: Watch) -> Outcome:
    """Play the whole day."""
    told = list(storm(province))
    day = _Day(post, province, roads, told)
    watch(day.scene)
    grid = list(range(DAY_START_S + every_s, END_S + every_s, every_s))
    total = END_S - DAY_START_S + MESSAGE_WEIGHT_S * len(told)
    while day.scene.now_s < END_S:
        until_s = day.next_moment(grid, told)
        due = [sent for sent in told if day.scene.now_s < sent.at_s <= until_s]
        weight = (until_s - day.scene.now_s + MESSAGE_WEIGHT_S * len(due)) / total
        pace(day.scene.now_s, until_s, weight)
        day.go_on(until_s, due)
        watch(day.scene)
    return day.outcome()


class _Day:
    def __init__(self, post: Post, province: Province, roads: Roads, told: list[Sent]) -> None:
        self._post, self._roads, self._told = post, roads, told
        self._work = problem(province)
        self._why: dict[JobId, Unassigned] = {}
        self._plan: Plan | None = None
        post.tell_time(DAY_START_S)
        post.orders(InboxKind.VEHICLES, {"vehicles": self._work["vehicles"]})
        post.orders(InboxKind.JOBS, {key: self._work[key] for key in ("jobs", "shipments")})
        world = post.settle()
        self.scene = Scene(
            now_s=DAY_START_S, world=world, drivers=Drivers(DAY_START_S),
            measure=Measure(roads, told, world.vehicles),
        )  # fmt: skip
        self._take(world)

    def next_moment(self, grid: list[int], told: list[Sent]) -> int:
        """Find when something is due: a report, a message, a road that opens or shuts (and just before)."""
        now_s, world = self.scene.now_s, self.scene.world
        moments = [t for t in grid if t > now_s][:1] + [s.at_s for s in told if s.at_s > now_s][:1]
        if world.boundary_s is not None:
            # The worker moves by itself when a road shuts: it should know where everybody is.
            moments += [t for t in (world.boundary_s - 1, world.boundary_s) if t > now_s]
        return min([*moments, END_S])

    def go_on(self, until_s: int, due: list[Sent]) -> None:
        """Drive until then, tell it and what has arrived, and wait for the decision."""
        # Who is on the road says where when it matters: before a message, before a road opens or shuts.
        shifts = self.scene.world.boundary_s in (until_s, until_s + 1)
        reports = self.scene.drivers.drive(until_s, positions=bool(due) or shifts)
        self._post.tell_time(until_s)
        if reports:
            self._post.progress(reports)
        for sent in due:
            self._post.alert(sent.source, sent.content_type, sent.body)
            self.scene.news.append(News(at_s=until_s, sent=sent))
        world = self._post.settle()
        self.scene.now_s = until_s
        self.scene.measure.judge(self.scene.drivers.driven, self.scene.drivers.visits)
        self._take(world)

    def _take(self, world: World) -> None:
        """Take in the newest world; drivers follow its plan where that is new."""
        self.scene.world = world
        if world.plan is None:
            raise BugError("the service has no plan")
        if world.plan == self._plan:
            return
        difference = planning.difference(self._plan, world.plan)
        now_held = {item.job: item for item in world.plan.unassigned}
        # What counts for a person is why it was held, not that its window has passed since.
        self._why = {job: self._why.get(job, item) for job, item in now_held.items()}
        if difference and self._plan is not None:
            held = tuple(item for item in world.plan.unassigned if item.job in difference.held)
            self.scene.news.append(News(at_s=world.now_s, difference=difference, held=held))
        self.scene.plans += 1
        self._plan = world.plan
        # A stored plan numbers edges as its step did: the same stops on the same roads give them again.
        places = planning.stops(world, now_s=world.now_s)
        anchored = network.anchor(self._roads, places.lonlats, travels=places.travels)
        self.scene.drivers.follow(world.plan, anchored.roads)
        ahead = self.scene.drivers.ahead(FOREVER_S)
        self.scene.measure.judge_plan(world.plan, ahead, world.now_s)

    def outcome(self) -> Outcome:
        scene = self.scene
        jobs = len(self._work["jobs"]) + 2 * len(self._work["shipments"])
        done = {visit.job for visit in scene.drivers.visits}
        return Outcome(
            jobs=jobs, done=len(done),
            held=tuple(item for job, item in sorted(self._why.items()) if job not in done),
            decisions=scene.world.version, plans=scene.plans, messages=len(self._told),
            metres=sum(piece.metres for piece in scene.drivers.driven),
            sent_to_cut_off=len(scene.measure.sent_faults), visits_trapped=len(scene.measure.trapped_faults),
            roads_closed_driven=len(scene.measure.driven_faults),
        )  # fmt: skip
