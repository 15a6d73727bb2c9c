"""The walk: the whole product on one page. Everything else is a detail of one of its lines.

    bytes -> feeds.parse -> Alert -> inbox (raw bytes kept by hash; 202)
    worker: now, batch <- inbox ; step(world, batch, now)                     pure: no clock, no I/O
      hazards.absorb       what is in force, for whom, how sure; what is coming
      network.snapshot     hazards on edges as intervals: shut / slow / restricted, per way of travelling
      network.reach        which towns can be reached and left, when; what cuts them off; what is new
      planning.impacts     who is touched
      planning.replan      search and OR-Tools under the constraint layer; keep what is committed
      planning.check       the independent referee; a plan it refuses is never published
      planning.explain     why each job is where it is, or nowhere
      ledger.seal          one decision, also for "leave it"
    worker: one transaction -> newest world -> notify

To preview, replay, simulate or test, call the same `step`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vado import hazards, ledger, network, planning, tracking
from vado.hazards import Meaning
from vado.model.plan import Plan, Verdict, Violation
from vado.model.problem import Budget, Problem
from vado.model.roads import Roads
from vado.model.snapshot import ReachChange, Snapshot
from vado.model.world import AlertReceived, Decision, Difference, FeedRead, Impact, Message, World
from vado.ports import Times

# Towns are watched as far ahead as warnings are issued, not just for today's shifts.
REACH_AHEAD_S = 72 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step made of a world: the next world, its sealed decision, and the working for who asks."""

    world: World
    decision: Decision
    snapshot: Snapshot
    problem: Problem
    times: Times
    impacts: tuple[Impact, ...]
    reach_changes: tuple[ReachChange, ...] = ()  # what is new about the towns since the world before
    verdict: Verdict  # of the plan in the new world; never with violations
    difference: Difference


def step(
    world: World,
    batch: Sequence[Message],
    *,
    roads: Roads,
    meaning: Meaning,
    now_s: int,
    budget: Budget,
) -> Step:
    """Take in a batch and decide. Deterministic for the same arguments while the budget's count binds."""
    alerts = [message.body.alert for message in batch if isinstance(message.body, AlertReceived)]
    reads = [message.body for message in batch if isinstance(message.body, FeedRead)]
    asked = tracking.apply(world, batch, now_s=now_s)

    state, notes = hazards.absorb(asked.hazards, alerts, meaning, now_s=now_s, reads=reads)
    places = planning.stops(asked, now_s=now_s)
    anchored = network.anchor(roads, places.lonlats, travels=places.travels)
    touched = hazards.footprint(anchored.roads, state.hazards)
    events = hazards.events(anchored.roads, state.hazards, touched)
    snapshot = network.snapshot(anchored.roads, state.hazards, touched, travels=places.travels, events=events)

    posts = places.posts(anchored.nodes)
    ahead_s = max(places.horizon.end_s, now_s + REACH_AHEAD_S)
    reach = network.reach(snapshot, posts, travels=places.travels, at_s=now_s, until_s=ahead_s)
    changes = network.reach_changes(asked.reach, reach, at_s=now_s)
    groups = network.groups(snapshot, posts, places.horizon)
    access = network.access(snapshot, anchored.nodes, groups, horizon=places.horizon)
    times = network.times(snapshot, anchored.nodes, horizon=places.horizon)

    problem = planning.problem(
        asked, places, anchored.nodes, anchored.places, access, groups=groups, now_s=now_s
    )
    impacts = planning.impacts(problem, asked.plan, snapshot)
    refused: tuple[Violation, ...] = ()
    if asked.plan is not None and planning.stands(problem, asked.plan, impacts, snapshot):
        plan, verdict = asked.plan, planning.check(asked.plan, problem, snapshot)
    else:
        plan, verdict, problem, refused = decide(problem, times, snapshot, previous=asked.plan, budget=budget)
    difference = planning.difference(asked.plan, plan)

    after = replace(
        asked,
        version=world.version + 1,
        now_s=now_s,
        hazards=state,
        plan=plan,
        snapshot=snapshot.content_hash,
        reach=reach,
        boundary_s=_next_look(problem, plan, snapshot),
        unmatched=hazards.unmatched(anchored.roads, state.hazards, touched),
        faults=tracking.faults(world.faults, batch),
        feeds=tracking.feeds(world.feeds, batch),
    )
    decision = ledger.seal(
        before=world, after=after, batch=batch, problem=problem, impacts=impacts, verdict=verdict,
        difference=difference, notes=(*notes, *_strangers(asked, roads)), meaning=meaning.content_hash,
        budget=budget, refused=refused, reach=changes,
    )  # fmt: skip
    return Step(
        world=replace(after, head=decision.hash), decision=decision, snapshot=snapshot, problem=problem,
        times=times, impacts=impacts, reach_changes=changes, verdict=verdict, difference=difference,
    )  # fmt: skip


def _next_look(problem: Problem, plan: Plan, snapshot: Snapshot) -> int | None:
    """Say when to look again if nothing is heard: as roads shut or open, or as somebody is overdue."""
    instants = (network.next_boundary(snapshot, problem.now_s), planning.due(problem, plan, snapshot))
    return min((instant for instant in instants if instant is not None), default=None)


def _strangers(world: World, roads: Roads) -> tuple[str, ...]:
    """Note the vehicles that this region has no roads for: it may have been built for others since."""
    return tuple(
        f"vehicle {vehicle.id}: the region knows no profile {vehicle.profile}, it can drive nowhere"
        for vehicle in world.vehicles
        if vehicle.profile not in roads.profiles
    )


def decide(
    problem: Problem, times: Times, snapshot: Snapshot, *, previous: Plan | None, budget: Budget
) -> tuple[Plan, Verdict, Problem, tuple[Violation, ...]]:
    """Solve, let the referee judge, retreat until it agrees, give the reasons.

    Besides the plan and the verdict on it: the problem judged, and what was refused on the way.
    """
    draft = planning.replan(problem, times, previous=previous, budget=budget)
    freed = planning.release(problem, draft)
    if freed is not problem:  # who was under way cannot go on: perhaps somebody else can go instead
        draft = planning.replan(freed, times, previous=previous, budget=budget)
    verdict = planning.check(draft, freed, snapshot)
    refused: tuple[Violation, ...] = ()
    while not verdict.ok:
        refused = (*refused, *verdict.violations)
        draft = planning.retreat(draft, verdict)  # takes away what was refused; ends with nobody sent
        verdict = planning.check(draft, freed, snapshot)
    plan = planning.explain(draft, problem, times, snapshot, previous=previous)
    return plan, verdict, freed, tuple(dict.fromkeys(refused))
