"""What the kernels read and write: two long arrays, and where in them everything is.

Kernels are handed `m` (32 bits), `w` (64 bits) and `o`, the offsets: `m[o.line + k]`. Arrays each by
themselves would be counted in and out of every call, which took more than what the calls do (3,400 steps a
second instead of a hundred thousand). A *line* is a vehicle's route: a row of records, one a position: the
start, the jobs in order, the end. Nodes are the jobs (halves of shipments are jobs), then the places where
vehicles start and end. Knows no search.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# Compiled once a machine, kept on disk, without the interpreter's lock, unchecked; no fastmath, for the same
# numbers everywhere.
# Without counting references to arrays (nothing here makes an array): counting them, of two arrays in every
# call, took a fifth to two fifths of a search.
_JIT: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False, "_nrt": False}
OUTER: dict[str, Any] = {**_JIT, "no_cfunc_wrapper": True}
# Called by kernels only; a wrapper for Python would be a third of the time to compile them.
JIT: dict[str, Any] = {**OUTER, "no_cpython_wrapper": True}
# A number written in a call is a type of its own and compiles the callee once more: hand it as np.int64.
# Inlined where they are called.
SMALL: dict[str, Any] = {**_JIT, "inline": "always"}

NEVER = 1 << 30  # seconds: no way, no time
NONE = (1 << 31) - 1  # cost: cannot be inserted

LINE_NUMBERS = 16  # 32-bit numbers in a line of the cache

# A record of a line: 32 bytes, so that looking at a position and at the next one is looking at one place.
FIELDS = 8
NODE = 0
EARLY = 1  # seconds: earliest start of service here
LATE = 2  # seconds: latest arrival here from which all that follows can still be done
ARC = 3  # cost from here to the next position
LEG = 4  # from the start of service here to arrival at the next position: a time as in a link

# A record of two nodes (a, b), kept in the row of a: all that inserting a beside b asks for is in one row.
LINKS = 4
COST_IN = 0  # from b to a
TIME_IN = 1  # from the start of service at b to arrival at a: seconds, or -1 - the number of its pieces
COST_OUT = 2  # from a to b
TIME_OUT = 3

# Numbers of a piece (`_pieces`): leave from, leave until, seconds.
PIECE = 3

# What is known of inserting a node into a line, valid while the line has that version: a record that is read
# of every line, and one of the few that come into question.
KNOWN = 2
VERSION = 0
COST_1 = 1
SPOTS = 3
AT_1 = 0
COST_2 = 1  # the second best, taken where the best is overlooked
AT_2 = 2

# Counters of a search.
COST = 0
BEST = 1
IDLE = 2  # how many are on no line
USED = 3  # how many lines hold jobs
NEXT = 4  # next version
STEPS = 5
TAKEN = 6  # steps accepted
LINES = 7  # how many lines may hold jobs
COUNTERS = 8


# Where everything begins. N nodes, n of them jobs; V vehicles of H kinds; D dimensions of load. A record, so
# that a call hands over one address: a tuple of so many numbers took longer to hand over than to work with.
NAMES = (
    "jobs",  # n
    "nodes",  # N
    "vehicles",  # V
    "alikes",  # A: numbers of vehicles that are the same
    "width",  # positions a line has room for
    "dimensions",  # D
    "near_count",  # Z
    "several",  # some job has several windows
    "mixed",  # the sum of a line's amounts does not say whether it fits
    "paired",  # there are shipments
    # What is asked, 32 bits.
    "links",  # [H, N, N, LINKS]
    "pieces",  # records of travel that is another in another slot
    "hours",  # [V] which of the C rows of windows are a vehicle's
    "first",  # [C, N] start of the first window of a node
    "last",  # [C, N] end of its last
    "window_at",  # [C * N + 1] where a node's windows lie; a node with one window has none here
    "windows",  # [2 * W] start and end in turn, sorted
    "mate",  # [n] the other half of a shipment, -1
    "lead",  # [n] 1: a plain job or a pickup, what is taken out and put back
    "drop",  # [n, D] on board from the start, off here
    "load",  # [n, D] on here: carried to the end, or to the mate
    "change",  # [n, D] what is on board after, less what was before
    "start",  # [V] node
    "end",  # [V] node
    "open_s",  # [V]
    "shut_s",  # [V]
    "limit_s",  # [V] longest duration, NEVER
    "most",  # [V] jobs at most
    "kind",  # [V]
    "fixed",  # [V]
    "room",  # [V, D]
    "first_room",  # [V, D] of it, for what is on board from the start
    "tax",  # [V, n] cost of this job on this vehicle; NONE: it may not
    "alike",  # [V] vehicles of one number are the same in all that is here
    "alike_at",  # [A + 1] where those of a number lie in `alike_order`
    "alike_order",  # [V]
    "near",  # [n, Z] jobs by nearness, itself first
    "ranks",  # [orders, n] orders in which jobs are put back
    # Where the search stands, 32 bits.
    "line",  # [V, width, FIELDS]
    "length",  # [V] jobs on it
    "version",  # [V] a number no other content of any line has
    "where",  # [n] vehicle, -1
    "home",  # [n] the vehicle it was last put on, -1
    "used",  # [V] vehicles with jobs, in no order
    "slot",  # [V] where in `used`, -1
    "idle",  # [n] leads on no line
    "known",  # [n, V, KNOWN]
    "spots",  # [n, V, SPOTS]
    "opening",  # [A, n] cost of a line with only this
    "opened",  # [A] vehicles of this number with jobs
    "kept_line",  # as before the step, where touched
    "kept_length",
    "kept_version",
    "kept_idle",
    "touched",  # [V] in the order of touching
    "is_touched",  # [V]
    "todo",  # [n] leads to put back
    "trial",  # [width + 2] a sequence looked at
    "best_node",  # [V, width]
    "best_length",  # [V]
    # 64 bits.
    "price",  # [n] cost of leaving it out (of a pickup: of both halves)
    "cost",  # [V] arcs, taxes, fixed cost
    "amount",  # [V, D] sum of drop + load
    "aboard",  # [V, width, D, 3] after a position; highest until here; highest from here. Mixed only
    "kept_cost",
    "kept_amount",
    "kept_aboard",
    "sort_key",  # [n]
    "counters",  # [COUNTERS]
    "random",  # [1]
)
OFFSETS = np.dtype([(name, np.int64) for name in NAMES])


class Memory(NamedTuple):
    """All numbers of one search."""

    m: npt.NDArray[np.int32]
    w: npt.NDArray[np.int64]
    o: Any  # a record of OFFSETS


def memory(
    narrow: Mapping[str, npt.NDArray[Any]],
    wide: Mapping[str, npt.NDArray[Any]],
    *,
    seed: int,
    **scalars: int,
) -> Memory:
    """Lay out what is asked, and room for a search on it in which all jobs are idle."""
    n, v, width, d = (scalars[name] for name in ("jobs", "vehicles", "width", "dimensions"))
    cells = v * width
    carried = cells * d * 3 if scalars["mixed"] else 0
    room_narrow = {
        "line": cells * FIELDS, "length": v, "version": v, "where": n, "home": n, "used": v, "slot": v,
        "idle": n, "known": n * v * KNOWN, "spots": n * v * SPOTS,
        "opening": scalars["alikes"] * n, "opened": scalars["alikes"],
        "kept_line": cells * FIELDS, "kept_length": v, "kept_version": v, "kept_idle": n, "touched": v,
        "is_touched": v, "todo": n, "trial": width + 2, "best_node": cells, "best_length": v,
    }  # fmt: skip
    room_wide = {
        "cost": v, "amount": v * d, "aboard": carried, "kept_cost": v, "kept_amount": v * d,
        "kept_aboard": carried, "sort_key": n, "counters": COUNTERS, "random": 1,
    }  # fmt: skip
    m, at_m = _laid_out(narrow, room_narrow, np.int32)
    w, at_w = _laid_out(wide, room_wide, np.int64)
    values = {**scalars, **at_m, **at_w}
    offsets = np.rec.array(np.zeros(1, OFFSETS))[0]
    for name in NAMES:
        offsets[name] = values[name]
    m[offsets.slot : offsets.slot + v] = -1
    m[offsets.home : offsets.home + n] = -1
    # Any number but zero will do; spread so that near seeds do not start alike.
    spread = (seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64) or 1
    w[offsets.random] = np.uint64(spread).astype(np.int64)
    return Memory(m, w, offsets)


def _laid_out(
    given: Mapping[str, npt.NDArray[Any]], room: Mapping[str, int], kind: type[Any]
) -> tuple[npt.NDArray[Any], dict[str, int]]:
    """Put arrays and empty room one after the other, each at the beginning of a line of the cache."""
    places, end = {}, 0
    for name, size in [*((name, array.size) for name, array in given.items()), *room.items()]:
        places[name] = end
        end += -(-size // LINE_NUMBERS) * LINE_NUMBERS
    # Not touched until used: most of a line's room never is.
    numbers = np.zeros(end, kind)
    for name, array in given.items():
        numbers[places[name] : places[name] + array.size] = array.ravel()
    return numbers, places
