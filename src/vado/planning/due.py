"""When the plan in force must be looked at again though nothing is heard: time alone makes it wrong.

In: the problem now, the plan, the snapshot. Out: the first such instant after now. Two kinds: a sign of a
vehicle is overdue; or a vehicle of which no sign comes could go on no longer, because a road ahead shuts
before it gets there. When closures themselves begin and end, the network says.

Each instant is looked at once. A vehicle that stays silent is asked after at intervals that double, so that
a day of silence makes a handful of decisions and not hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator

from vado.model.plan import Plan
from vado.model.problem import Problem
from vado.model.snapshot import Snapshot
from vado.planning.check.case import make_case
from vado.planning.check.late import GRACE_S, Ahead, ahead


def due(problem: Problem, plan: Plan | None, snapshot: Snapshot) -> int | None:
    """Find the first instant after now at which the plan must be judged again; None when there is none."""
    if plan is None:
        return None
    found = [
        instant
        for way in ahead(make_case(plan, problem, snapshot, None))
        for instant in (*_overdue(way, plan), *_last_chances(way, problem.now_s))
    ]
    return min((instant for instant in found if instant > problem.now_s), default=None)


def _overdue(way: Ahead, plan: Plan) -> Iterator[int]:
    at = way.standing
    if at is None or not way.jobs:
        return
    known_s = max(at.last_s or 0, way.vehicle.shift.start_s)
    # A plan that wanted it to go at once was made because, or although, nothing was heard for so long.
    silent_s = plan.made_s - known_s if at.from_s <= plan.made_s and at.last_s is not None else 0
    yield at.due_s + max(GRACE_S, silent_s) + 1


def _last_chances(way: Ahead, now_s: int) -> Iterator[int]:
    """Find for each closure ahead the second from which on the vehicle would come to it too late."""
    threatened: dict[int, set[int]] = {}  # when it shuts -> which edges of what is ahead are passed before
    for number, step in enumerate(way.drive(now_s)):
        for row in way.rows.get(step.edge, ()):
            if row.factor <= 0 and row.start_ms >= max(step.leave_ms, now_s * 1000 + 1):
                threatened.setdefault(row.start_ms, set()).add(number)
    for start_ms, numbers in sorted(threatened.items()):
        good_s, bad_s = now_s, start_ms // 1000 + 1
        while bad_s - good_s > 1:
            middle_s = (good_s + bad_s) // 2
            if _is_too_late(way, numbers, start_ms, middle_s):
                bad_s = middle_s
            else:
                good_s = middle_s
        yield bad_s


def _is_too_late(way: Ahead, numbers: set[int], start_ms: int, from_s: int) -> bool:
    steps = enumerate(way.drive(from_s))
    return any(number in numbers and step.leave_ms > start_ms for number, step in steps)
