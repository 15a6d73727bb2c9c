"""The referee: judges any plan against its problem and the roads, and shares no code with who made it.

In: a draft or a plan, its problem, the snapshot of the roads (or the caller's matrix). Out: a `Verdict`,
sorted and complete: every rule is judged, each in its own file. It never asks the solver, the network's
searches or the plan itself what is true: times, loads, paths and closures are worked out again.
"""

from __future__ import annotations

from vado.model.plan import Draft, Plan, Verdict
from vado.model.problem import Problem
from vado.model.snapshot import Snapshot
from vado.planning.check.case import Given, make_case
from vado.planning.check.company import judge_apart, judge_together
from vado.planning.check.complete import judge_complete, judge_kept, judge_pairs
from vado.planning.check.hours import judge_hours
from vado.planning.check.late import judge_late
from vado.planning.check.load import judge_allowed, judge_capacity, judge_limits, judge_load, judge_skills
from vado.planning.check.roads import judge_roads
from vado.planning.check.shut_in import judge_shut_in
from vado.planning.check.times import judge_breaks, judge_rides, judge_shifts, judge_times, judge_windows

RULES = (
    judge_complete,
    judge_pairs,
    judge_together,
    judge_apart,
    judge_kept,
    judge_times,
    judge_windows,
    judge_shifts,
    judge_rides,
    judge_breaks,
    judge_capacity,
    judge_load,
    judge_skills,
    judge_allowed,
    judge_limits,
    judge_hours,
    judge_roads,
    judge_shut_in,
    judge_late,
)


def check(
    plan: Draft | Plan, problem: Problem, snapshot: Snapshot | None, *, matrix: Given | None = None
) -> Verdict:
    """Judge a plan by every rule of `model.plan.Rule`.

    Without a snapshot the caller's `matrix` (profile -> seconds, metres) stands for the roads; without both
    only what the plan itself says of its legs can be judged.
    """
    case = make_case(plan, problem, snapshot, matrix)
    found = {violation for judge in RULES for violation in judge(case)}
    order = sorted(found, key=lambda v: (v.rule, v.vehicle or "", v.job or "", v.text))
    return Verdict(violations=tuple(order))


__all__ = ["Given", "check"]
