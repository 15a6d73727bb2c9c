"""Which nodes there are: the jobs, then the places where vehicles start or end; and how long stops last.

Vehicles that start at one place share a node, unless they were last at different places (a setup is due or
not) or something was learnt of one of them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vado.planning.search.problem import SearchJob, SearchProblem

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """By node that is somewhere: its place, and the place that counts as the last one for who leaves it."""

    place: I64
    last: I64


def nodes_of(problem: SearchProblem) -> tuple[I32, I32, Sites]:
    """Number the nodes; give by vehicle where it starts and ends. The number behind all is nowhere."""
    count = len(problem.jobs)
    starts_alone = {-1 - a for a, _ in problem.slower if a < 0}
    ends_alone = {-1 - b for _, b in problem.slower if b < 0}
    known: dict[tuple[int, int, int], int] = {}
    start: list[int] = []
    end: list[int] = []
    for v, vehicle in enumerate(problem.vehicles):
        last = vehicle.start if vehicle.site is None else vehicle.site
        for place, site, alone, found in (
            (vehicle.start, last, v in starts_alone, start),
            (vehicle.end, vehicle.end, v in ends_alone, end),
        ):
            if place is None or site is None:
                found.append(-1)
            else:
                key = (place, site, v if alone else -1)
                found.append(known.setdefault(key, count + len(known)))
    nowhere = count + len(known)
    place_of = [job.place for job in problem.jobs]
    return (
        np.array([nowhere if node < 0 else node for node in start], np.int32),
        np.array([nowhere if node < 0 else node for node in end], np.int32),
        Sites(
            np.array([*place_of, *(place for place, _, _ in known)], np.int64),
            np.array([*place_of, *(site for _, site, _ in known)], np.int64),
        ),
    )


def spans_of(jobs: Sequence[SearchJob], which: Literal["service_s", "setup_s"], profile: int) -> I64:
    """Give how long service or setup takes at each job, for vehicles of a profile."""
    given = [job.service_s if which == "service_s" else job.setup_s for job in jobs]
    return np.array([g[profile] if isinstance(g, tuple) else g for g in given], np.int64)
