"""Turn a problem into the arrays the kernels read.

Places become nodes: one for each job, one for each place where vehicles start or end, one that is nowhere,
which is no way from anything. Service and setup are part of the time between two nodes. Vehicles that are the
same in every number are told of each other, so that only one empty line of them is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.errors import ProblemError
from vado.planning.search._layout import LINKS, NEVER, NONE, Memory, memory
from vado.planning.search._pieces import Pieces
from vado.planning.search._sites import Sites, nodes_of, spans_of
from vado.planning.search.problem import COST_MAX, SECONDS_MAX, SearchProblem, SearchVehicle

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

NEAR_MAX = 100  # a step begins at a job and takes strings near it: three lines or so
MUST_TIMES = 20  # leaving out what must be served costs so many of the longest arcs


def lay_out(problem: SearchProblem, *, seed: int) -> Memory:
    """Make the arrays of a problem."""
    n, dims = len(problem.jobs), problem.dimensions
    start, end, site = nodes_of(problem)
    nodes = len(site.place) + 1
    kinds = list(dict.fromkeys(_kind(vehicle) for vehicle in problem.vehicles))
    links = np.zeros((max(1, len(kinds)), nodes, nodes, LINKS), np.int32)
    pieces = Pieces()
    for row, kind in zip(links, kinds, strict=False):
        cost, seconds = _arcs(problem, kind, site, pieces)
        row[:-1, :-1, 0], row[:-1, :-1, 1] = cost.T, seconds.T
        row[:-1, :-1, 2], row[:-1, :-1, 3] = cost, seconds
        # From a job to nowhere: its service still takes place; from nowhere to a job: its setup does.
        row[-1, :n, 1] = row[:n, -1, 3] = spans_of(problem.jobs, "service_s", kind[0])
        row[-1, :n, 3] = row[:n, -1, 1] = spans_of(problem.jobs, "setup_s", kind[0])
        _slow_down(problem, row, start, end)
    mate, lead = _mates(problem)
    tax = _taxes(problem)
    drop = _amounts([job.delivery for job in problem.jobs], dims)
    load = _amounts([job.pickup for job in problem.jobs], dims)
    paired = bool(problem.shipments)
    halves = mate >= 0
    change = load - drop
    drop[halves] = 0  # what a delivery of a shipment takes off was not on board from the start
    vehicles = problem.vehicles
    windows = _windows(problem, nodes)
    alike = _alike(vehicles, start, end, windows["hours"], tax)
    order = np.argsort(alike, kind="stable").astype(np.int32)
    number = int(alike.max()) + 1 if len(alike) else 0
    mixed = paired or bool(((drop > 0).any(axis=0) & (load > 0).any(axis=0)).any())
    room, first_room = _rooms(vehicles, dims)
    if not mixed:  # each dimension is delivered or picked up, never both: one sum says whether it fits
        room = np.where((drop > 0).any(axis=0), first_room, room)
    near = _near(links[0], n)
    return memory(
        {
            "links": links, "pieces": pieces.all(), **windows, "mate": mate, "lead": lead, "drop": drop,
            "load": load, "change": change, "start": start, "end": end,
            "open_s": np.array([v.open_s for v in vehicles], np.int32),
            "shut_s": np.array([v.shut_s for v in vehicles], np.int32),
            "limit_s": np.array([_limit_s(v) for v in vehicles], np.int32),
            "most": np.array([len(problem.jobs) if v.jobs_max is None else v.jobs_max for v in vehicles],
                             np.int32),
            "kind": np.array([kinds.index(_kind(v)) for v in vehicles], np.int32),
            "fixed": np.array([v.fixed_cost for v in vehicles], np.int32),
            "room": room, "first_room": first_room, "tax": tax, "alike": alike,
            "alike_at": np.searchsorted(alike[order], np.arange(number + 1)).astype(np.int32),
            "alike_order": order, "near": near, "ranks": _ranks(problem, links[0], n),
        },
        {"price": _prices(problem, links)},
        seed=seed,
        jobs=n,
        nodes=nodes,
        vehicles=len(vehicles),
        alikes=number,
        width=(n + 2) | 1,  # odd, so that lines do not all begin in the same set of the cache
        dimensions=dims,
        near_count=near.shape[1],
        several=bool(windows["windows"].size),
        mixed=mixed,
        paired=paired,
    )  # fmt: skip


def _limit_s(vehicle: SearchVehicle) -> int:
    return NEVER if vehicle.duration_s_max is None else min(NEVER, vehicle.duration_s_max)


def _kind(vehicle: SearchVehicle) -> tuple[int, int, int, int]:
    if vehicle.costs is not None:
        return vehicle.profile, vehicle.costs, 0, 0
    return vehicle.profile, -1, vehicle.second_cost, vehicle.metre_cost


def _arcs(
    problem: SearchProblem, kind: tuple[int, int, int, int], site: Sites, pieces: Pieces
) -> tuple[I64, I64]:
    """Give cost and time between nodes that are somewhere, with service at the first and setup at the second.

    Where time is another in another slot, it is the number of pieces, below nought.
    """
    profile, table, second_cost, metre_cost = kind
    cells = np.ix_(site.place, site.place)
    seconds = problem.seconds[profile][cells]
    blocked = seconds >= NEVER
    if table >= 0:
        cost = np.where(blocked, 0, problem.costs[table][cells])
    else:
        cost = second_cost * np.where(blocked, 0, seconds)
        if metre_cost:
            cost = cost + metre_cost * np.where(blocked, 0, problem.metres[profile][cells])
    if cost.size and int(cost.max()) > COST_MAX:
        raise ProblemError(
            f"a way costs more than {COST_MAX}", code="E1209", action="use a coarser unit of cost"
        )
    count = len(problem.jobs)
    before, after = np.zeros(len(site.place), np.int64), np.zeros(len(site.place), np.int64)
    before[:count] = spans_of(problem.jobs, "service_s", profile)
    after[:count] = spans_of(problem.jobs, "setup_s", profile)
    due = np.where(site.last[:, None] != site.place[None, :], after[None, :], 0)
    if problem.slots:
        times = pieces.add(problem.seconds_in[profile], problem.slots[profile], site.place, before, due)
    else:
        times = np.where(blocked, NEVER, np.minimum(seconds + before[:, None] + due, NEVER))
    return np.where(blocked, COST_MAX, cost), times


def _slow_down(problem: SearchProblem, row: I32, start: I32, end: I32) -> None:
    """Lay in what was learnt of single arcs: they take at least so long, at any time."""
    for (a, b), seconds in problem.slower.items():
        first, second = start[-1 - a] if a < 0 else a, end[-1 - b] if b < 0 else b
        if len(row) - 1 in (first, second):
            continue  # a vehicle that is nowhere has no way to learn of
        known = np.int32(row[first, second, 3])
        slow = NEVER if seconds > SECONDS_MAX else max(int(known), seconds)
        row[first, second, 3] = row[second, first, 1] = slow
        if slow >= NEVER:
            row[first, second, 2] = row[second, first, 0] = COST_MAX


def _windows(problem: SearchProblem, nodes: int) -> dict[str, Any]:
    """Give first and last times by hours and node, and the windows of jobs that have several.

    Vehicles that may come to every job at the same times have the same hours. Windows that meet become one.
    """
    own = sorted({v for job in problem.jobs for v in job.windows_of})
    rows: dict[Any, int] = {(None,) * len(problem.jobs): 0}
    hours = np.zeros(len(problem.vehicles), np.int32)
    for v in own:
        key = tuple(job.windows_of.get(v) for job in problem.jobs)
        hours[v] = rows.setdefault(key, len(rows))
    first = np.zeros((len(rows), nodes), np.int32)
    last = np.full((len(rows), nodes), NEVER - 1, np.int32)
    begins, flat = np.zeros(len(rows) * nodes + 1, np.int32), []
    for row, key in enumerate(rows):
        for node, (job, instead) in enumerate(zip(problem.jobs, key, strict=True)):
            merged = list(_merged(sorted(job.windows if instead is None else instead)))
            if merged:
                first[row, node], last[row, node] = merged[0][0], merged[-1][1]
            if len(merged) > 1:
                flat += [second for window in merged for second in window]
            begins[row * nodes + node + 1] = len(flat)
        begins[row * nodes + len(problem.jobs) + 1 : (row + 1) * nodes + 1] = len(flat)
    return {
        "hours": hours, "first": first, "last": last, "window_at": begins,
        "windows": np.array(flat, np.int32),
    }  # fmt: skip


def _merged(windows: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    open_: tuple[int, int] | None = None
    for low, high in windows:
        if open_ is not None and low <= open_[1] + 1:
            open_ = (open_[0], max(open_[1], high))
            continue
        if open_ is not None:
            yield open_
        open_ = (low, high)
    if open_ is not None:
        yield open_


def _rooms(vehicles: Sequence[SearchVehicle], dims: int) -> tuple[I32, I32]:
    """Give what fits on board, and how much of it may be there to be delivered."""
    room = _amounts([vehicle.capacity for vehicle in vehicles], dims)
    first = room.copy()
    for row, vehicle in zip(first, vehicles, strict=True):
        for k, most in enumerate(vehicle.deliver_max or ()):
            row[k] = min(row[k], most)
    return room, first


def _mates(problem: SearchProblem) -> tuple[I32, npt.NDArray[np.bool_]]:
    mate = np.full(len(problem.jobs), -1, np.int32)
    lead = np.ones(len(problem.jobs), np.bool_)
    for pickup, delivery in problem.shipments:
        mate[pickup], mate[delivery] = delivery, pickup
        lead[delivery] = False
    return mate, lead


def _taxes(problem: SearchProblem) -> I32:
    tax = np.zeros((len(problem.vehicles), len(problem.jobs)), np.int32)
    for v, vehicle in enumerate(problem.vehicles):
        for job, cost in vehicle.taxes.items():
            tax[v, job] = cost
    for number, job_ in enumerate(problem.jobs):
        if job_.vehicles is not None:
            barred = [v for v in range(len(problem.vehicles)) if v not in job_.vehicles]
            tax[barred, number] = NONE
    return tax


def _amounts(amounts: Sequence[tuple[int, ...]], dims: int) -> I32:
    found = np.zeros((len(amounts), dims), np.int32)
    for row, amount in zip(found, amounts, strict=True):
        row[: len(amount)] = amount
    return found


def _prices(problem: SearchProblem, links: I32) -> I64:
    """Say what leaving out costs; of a shipment both halves, on its pickup."""
    fixed = max((v.fixed_cost for v in problem.vehicles), default=0)
    arcs = links[..., 2]
    longest = int(arcs[arcs < COST_MAX].max(initial=1))
    tax = max((cost for v in problem.vehicles for cost in v.taxes.values()), default=0)
    must = MUST_TIMES * longest + 2 * fixed + tax
    price = np.array([must if job.price is None else job.price for job in problem.jobs], np.int64)
    for pickup, delivery in problem.shipments:
        price[pickup] += price[delivery]
        price[delivery] = 0
    return price


def _alike(vehicles: Sequence[SearchVehicle], start: I32, end: I32, hours: I32, tax: I32) -> I32:
    """Number vehicles so that those of one number are the same."""
    known: dict[Any, int] = {}
    found = np.zeros(len(vehicles), np.int32)
    for v, vehicle in enumerate(vehicles):
        key = (
            _kind(vehicle), start[v], end[v], hours[v], vehicle.open_s, vehicle.shut_s, vehicle.capacity,
            vehicle.deliver_max, vehicle.jobs_max, vehicle.fixed_cost, vehicle.duration_s_max,
            tax[v].tobytes(),
        )  # fmt: skip
        found[v] = known.setdefault(key, len(known))
    return found


def _near(links: I32, n: int) -> I32:
    """List the nearest jobs of each, there and back, itself first."""
    if not n:
        return np.zeros((0, 0), np.int32)
    both = links[:n, :n, 0].astype(np.int64) + links[:n, :n, 2]
    np.fill_diagonal(both, -1)
    return np.ascontiguousarray(np.argsort(both, axis=1, kind="stable")[:, :NEAR_MAX].astype(np.int32))


def _ranks(problem: SearchProblem, links: I32, n: int) -> I32:
    """Give keys to sort by: most load, farthest, nearest, shortest window, earliest, latest first."""
    low = np.array([min((a for a, _ in job.windows), default=0) for job in problem.jobs], np.int64)
    high = np.array([max((b for _, b in job.windows), default=NEVER - 1) for job in problem.jobs], np.int64)
    load = np.array([sum(job.delivery) + sum(job.pickup) for job in problem.jobs], np.int64)
    # From the nearest place where a route starts or ends; nowhere is as near to all.
    away = links[n:-1, :n, 2].min(axis=0) if links.shape[0] > n + 1 else np.zeros(n, np.int32)
    keys = (-load, -away.astype(np.int64), away, high - low, low, -high)
    return np.ascontiguousarray(np.clip(np.stack(keys), -NONE, NONE).astype(np.int32))
