"""What the kernels read and write: flat arrays under names, handed over as two tuples.

`Ground` is what is asked and never changes. `Lines` is where a search stands. A *line* is a vehicle's route:
a row of records, one a position: the start, the jobs in order, the end. Nodes are the jobs (halves of
shipments are jobs), then the places where vehicles start and end. Knows no search.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vado.network._jit import JIT as _JIT

OUTER: dict[str, Any] = {**_JIT, "no_cfunc_wrapper": True}
# Called by kernels only; a wrapper for Python would be a third of the time to compile them.
JIT: dict[str, Any] = {**OUTER, "no_cpython_wrapper": True}
# Inlined where they are called.
SMALL: dict[str, Any] = {**_JIT, "inline": "always"}

NEVER = 1 << 30  # seconds: no way, no time
NONE = (1 << 31) - 1  # cost: cannot be inserted

# A record of a line: 32 bytes, so that looking at a position and at the next one is looking at one place.
FIELDS = 8
NODE = 0
EARLY = 1  # seconds: earliest start of service here
LATE = 2  # seconds: latest arrival here from which all that follows can still be done
ARC = 3  # cost from here to the next position
LEG = 4  # seconds from the start of service here to arrival at the next position

# A record of two nodes (a, b), kept in the row of a: all that inserting a beside b asks for is in one row.
LINKS = 4
COST_IN = 0  # from b to a
TIME_IN = 1  # from the start of service at b to arrival at a
COST_OUT = 2  # from a to b
TIME_OUT = 3

# A record of what is known of inserting a node into a line: valid while the line has that version.
KNOWN = 5
VERSION = 0
COST_1 = 1
AT_1 = 2
COST_2 = 3  # the second best, taken where the best is overlooked
AT_2 = 4

# Counters of a search.
COST = 0
BEST = 1
IDLE = 2  # how many are on no line
USED = 3  # how many lines hold jobs
NEXT = 4  # next version
STEPS = 5
TAKEN = 6  # steps accepted
COUNTERS = 8


class Ground(NamedTuple):
    """What is asked. N nodes, n of them jobs; V vehicles of H kinds (with costs and times of their own)."""

    jobs: int  # n
    nodes: int  # N
    width: int  # positions a line has room for
    dimensions: int  # of load
    links: Any  # int32 [H, N, N, LINKS], flat
    first: Any  # int32 [N] start of the first window of a node
    last: Any  # int32 [N] end of its last
    window_at: Any  # int32 [N + 1] where a node's windows lie; a node with one window has none here
    windows: Any  # int32 [2 * W] start and end in turn, sorted
    mate: Any  # int32 [n] the other half of a shipment, -1
    lead: Any  # bool [n] a plain job or a pickup: what is taken out and put back
    drop: Any  # int32 [n, D] on board from the start, off here
    load: Any  # int32 [n, D] on here: carried to the end, or to the mate
    change: Any  # int32 [n, D] what is on board after, less what was before
    mixed: bool  # the sum of a line's amounts does not say whether it fits
    paired: bool  # there are shipments
    price: Any  # int64 [n] cost of leaving it out (of a pickup: of both halves)
    start: Any  # int32 [V] node
    end: Any  # int32 [V] node
    open_s: Any  # int32 [V]
    shut_s: Any  # int32 [V]
    limit_s: Any  # int32 [V] longest duration, NEVER
    kind: Any  # int32 [V]
    fixed: Any  # int32 [V]
    room: Any  # int32 [V, D]
    tax: Any  # int32 [V, n] cost of this job on this vehicle; NONE: it may not
    alike: Any  # int32 [V] vehicles of one number are the same in all that is here
    alike_at: Any  # int32 [A + 1] where those of a number lie in `alike_order`
    alike_order: Any  # int32 [V]
    near: Any  # int32 [n, Z] jobs by nearness, itself first
    ranks: Any  # int32 [orders, n] orders in which jobs are put back


class Lines(NamedTuple):
    """Where a search stands. `kept_*` hold the lines a step has touched as they were before."""

    line: Any  # int32 [V, width, FIELDS], flat
    length: Any  # int32 [V] jobs on it
    cost: Any  # int64 [V] arcs, taxes, fixed cost
    version: Any  # int32 [V] a number no other content of any line has
    amount: Any  # int64 [V, D] sum of drop + load
    aboard: Any  # int64 [V, width, D, 3] after a position; highest until here; highest from here. Mixed only
    where: Any  # int32 [n] vehicle, -1
    used: Any  # int32 [V] vehicles with jobs, in no order
    slot: Any  # int32 [V] where in `used`, -1
    idle: Any  # int32 [n] leads on no line
    known: Any  # int32 [n, V, KNOWN], flat
    opening: Any  # int32 [A, n] cost of a line with only this
    opened: Any  # int32 [A] vehicles of this number with jobs
    kept_line: Any
    kept_length: Any
    kept_cost: Any
    kept_version: Any
    kept_amount: Any
    kept_aboard: Any
    kept_idle: Any
    touched: Any  # int32 [V] in the order of touching
    is_touched: Any  # bool [V]
    todo: Any  # int32 [n] leads to put back
    sort_key: Any  # int64 [n]
    trial: Any  # int32 [width + 2] a sequence looked at
    best_node: Any  # int32 [V, width]
    best_length: Any  # int32 [V]
    counters: Any  # int64 [COUNTERS]
    random: Any  # uint64 [1]


def lines_for(ground: Ground, *, vehicles: int, alike: int, seed: int) -> Lines:
    """Make room for a search on this ground, all jobs idle; the kernels fill it in."""
    n, width, d = ground.jobs, ground.width, ground.dimensions
    cells = vehicles * width
    carried = cells * d * 3 if ground.mixed else 0
    zeros = np.zeros
    return Lines(
        line=zeros(cells * FIELDS, np.int32), length=zeros(vehicles, np.int32), cost=zeros(vehicles, np.int64),
        version=zeros(vehicles, np.int32), amount=zeros((vehicles, d), np.int64),
        aboard=zeros(carried, np.int64), where=np.full(n, -1, np.int32), used=zeros(vehicles, np.int32),
        slot=np.full(vehicles, -1, np.int32), idle=zeros(n, np.int32),
        known=zeros(n * vehicles * KNOWN, np.int32), opening=zeros((alike, n), np.int32),
        opened=zeros(alike, np.int32), kept_line=zeros(cells * FIELDS, np.int32),
        kept_length=zeros(vehicles, np.int32), kept_cost=zeros(vehicles, np.int64),
        kept_version=zeros(vehicles, np.int32), kept_amount=zeros((vehicles, d), np.int64),
        kept_aboard=zeros(carried, np.int64), kept_idle=zeros(n, np.int32), touched=zeros(vehicles, np.int32),
        is_touched=zeros(vehicles, np.bool_), todo=zeros(n, np.int32), sort_key=zeros(n, np.int64),
        trial=zeros(width + 2, np.int32), best_node=zeros(cells, np.int32),
        best_length=zeros(vehicles, np.int32), counters=zeros(COUNTERS, np.int64),
        # Any number but zero will do; spread so that near seeds do not start alike.
        random=np.array([(seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64) or 1], np.uint64),
    )  # fmt: skip
