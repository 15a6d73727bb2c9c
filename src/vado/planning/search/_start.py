"""What of given routes can be a start: whoever may not be where he is, or has no room there, is left out.

Times are not looked at: the kernel takes out what is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vado.planning.search.problem import Routes, SearchProblem


def kept(problem: SearchProblem, first: Routes) -> Iterator[list[int]]:
    """Give for each vehicle what it keeps, in the order given."""
    seen: set[int] = set()
    for v, given in zip(range(len(problem.vehicles)), first, strict=False):
        route = []
        for job in given:
            may = problem.jobs[job].vehicles
            if job not in seen and (may is None or v in may):
                route.append(job)
            seen.add(job)
        most = problem.vehicles[v].jobs_max
        route = _whole(problem, route if most is None else route[:most])
        while not _fits(problem, v, route):
            route = _whole(problem, route[:-1])
        yield route


def _whole(problem: SearchProblem, route: Iterable[int]) -> list[int]:
    """Leave out shipments of which a half is missing or the second comes first."""
    place = {job: number for number, job in enumerate(route)}
    broken = set()
    for pickup, delivery in problem.shipments:
        if not (pickup in place and delivery in place and place[pickup] < place[delivery]):
            broken |= {pickup, delivery}
    return [job for job in place if job not in broken]


def _fits(problem: SearchProblem, v: int, route: Sequence[int]) -> bool:
    second = {delivery for _, delivery in problem.shipments}
    for k in range(problem.dimensions):
        amounts = [(_part(problem.jobs[j].pickup, k), _part(problem.jobs[j].delivery, k)) for j in route]
        aboard = sum(off for (_, off), job in zip(amounts, route, strict=True) if job not in second)
        most = problem.vehicles[v].deliver_max
        if most is not None and aboard > _part(most, k):
            return False
        highest = aboard
        for on, off in amounts:
            aboard += on - off
            highest = max(highest, aboard)
        if highest > _part(problem.vehicles[v].capacity, k):
            return False
    return True


def _part(amount: tuple[int, ...], k: int) -> int:
    return amount[k] if k < len(amount) else 0
