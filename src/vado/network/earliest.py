"""Earliest arrivals: from nodes to all nodes, between all stops, on the clock; and latest departures.

In: a snapshot, a way of travelling, nodes, an instant. Out: instants for nodes, exact in the model that each
function names; closures are the intervals they are, no slots. Refuses to know slots, matrices of them and
hierarchies: it is what faster answers are measured against, and what explanations may quote.

Who may wait at every junction is never later for having come earlier, so Dijkstra is exact for them
(`waiting=True`). Who may not wait on the road can be stopped where a later one passes: `earliest_matrix`
searches all of their departures at once (`network.first`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I64, Bool
from vado.model.snapshot import Snapshot, Travel
from vado.network import _search_kernels as searches
from vado.network.clock import FOREVER_MS, Clock, Space, clock_of, fixed
from vado.network.crew import CORES
from vado.network.drive import search_in
from vado.network.first import LABELS_MAX, SECOND_MS, Wish, of_all

# Below so many nodes to settle in all, a second thread costs more than it saves.
PARALLEL_MIN = 1_000_000


def earliest(
    snapshot: Snapshot, travel: Travel, origins: Sequence[int], depart_s: int, *, waiting: bool
) -> I64:
    """Give the earliest arrival [N], epoch ms, of who leaves any of the origins; `FOREVER_MS`: none.

    With `waiting` one may wait at every junction, and this is exact: nobody on the road is ever earlier. Else
    nobody waits, all leave at `depart_s`, and each arrival is that of a real drive, but not surely the first
    there is: a node is passed by whoever comes there first.
    """
    clock = clock_of(snapshot, travel)
    start = np.unique(np.array([node for node in origins if node >= 0], np.int64))
    with clock.net.space() as space:
        begin = np.full(len(start), depart_s * 1000, np.int64)
        search_in(space, clock, start, begin, goals=np.zeros(0, np.int64), waiting=waiting)
        return _of_all(space, FOREVER_MS)


def latest(snapshot: Snapshot, travel: Travel, targets: Sequence[int], arrive_s: int) -> I64:
    """Give the latest instant [N], epoch ms, to leave each node and be at a target by `arrive_s`.

    One may wait at every junction; `-FOREVER_MS` where no departure is early enough.
    """
    clock = clock_of(snapshot, travel)
    net = clock.net
    goal = np.unique(np.array([node for node in targets if node >= 0], np.int64))
    open_ = fixed(np.zeros(net.n_nodes, np.bool_))
    with net.space() as space:
        space.count = searches.search_back(
            *net.into, net.edge_from, clock.base_ms, *clock.rows.arrays, open_, goal,
            np.full(len(goal), arrive_s * 1000, np.int64), np.zeros(0, np.int64), *space.arrays,
        )  # fmt: skip
        return _of_all(space, -FOREVER_MS)


def _of_all(space: Space, none: int) -> I64:
    found = np.full(len(space.ms), none, np.int64)
    nodes = space.settled()
    found[nodes] = space.ms[nodes]
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrivals:
    """Between S stops, epoch ms; `FOREVER_MS` where there is no way, or none was found."""

    arrive_ms: I64  # [S, S] of a drive that waits at its first stop only, leaving on a whole second
    bound_ms: I64  # [S, S] of who may wait at every junction: no drive is earlier
    proven: Bool  # [S, S] no departure arrives a second earlier; False: a search came to its limit


def earliest_matrix(
    snapshot: Snapshot,
    travel: Travel,
    nodes: Sequence[int],
    depart_s: int,
    *,
    until_s: int,
    labels_max: int = LABELS_MAX,
) -> Arrivals:
    """Give the earliest arrivals between stops at these nodes (-1: nowhere), across all closures.

    The model is that of `network.first`: one waits at the stop one leaves, in [depart_s, until_s], and never
    on the road. A search with waits at junctions gives the bound, one a row; where its way can be driven
    without them that is the answer. What is left is searched pair by pair, all departures at once.
    """
    clock = clock_of(snapshot, travel)
    distinct, back = np.unique(np.array(nodes, np.int64), return_inverse=True)
    nowhere = int((distinct < 0).sum())  # -1 sorts first
    real = distinct[nowhere:]
    arrive = np.full((len(distinct),) * 2, FOREVER_MS, np.int64)
    bound = arrive.copy()
    proven = np.ones_like(arrive, np.bool_)
    found = Arrivals(
        arrive_ms=arrive[nowhere:, nowhere:],
        bound_ms=bound[nowhere:, nowhere:],
        proven=proven[nowhere:, nowhere:],
    )

    def row(k: int) -> None:
        _row(clock, real, k, depart_s * SECOND_MS, until_s * SECOND_MS, found)

    def column(k: int) -> None:
        _column(clock, real, k, depart_s * SECOND_MS, until_s * SECOND_MS, found, labels_max)

    work = len(real) * clock.net.n_nodes
    for fill in (row, column):
        if work < PARALLEL_MIN:
            for k in range(len(real)):
                fill(k)
        else:
            with ThreadPoolExecutor(CORES) as pool:
                list(pool.map(fill, range(len(real))))
    at = np.ix_(back, back)
    return Arrivals(arrive_ms=arrive[at], bound_ms=bound[at], proven=proven[at])


def _row(clock: Clock, nodes: I64, k: int, depart_ms: int, until_ms: int, found: Arrivals) -> None:
    """Fill in bounds from one node to all of them, and arrivals by the ways that gave them."""
    start, at = nodes[k : k + 1], np.array([depart_ms], np.int64)
    with clock.net.space() as space:
        search_in(space, clock, start, at, goals=nodes, waiting=True, wanted=len(nodes))
        reached = space.place[nodes] == searches.DONE
        found.bound_ms[k, reached] = space.ms[nodes[reached]]
        searches.prove(
            nodes, space.ms, space.by_edge, space.place, clock.net.edge_from, clock.base_ms,
            *clock.rows.arrays, depart_ms, until_ms, found.arrive_ms[k],
        )  # fmt: skip


def _column(
    clock: Clock, nodes: I64, k: int, depart_ms: int, until_ms: int, found: Arrivals, labels_max: int
) -> None:
    """Search what is open of the arrivals at one node."""
    bound = found.bound_ms[:, k]
    open_ = np.flatnonzero((bound < FOREVER_MS) & (found.arrive_ms[:, k] >= bound + SECOND_MS))
    if not len(open_):
        return
    remaining = _usual_to(clock, int(nodes[k]))
    for i in open_.tolist():
        wish = Wish(
            clock=clock, origin=int(nodes[i]), target=int(nodes[k]), depart_ms=depart_ms,
            until_ms=until_ms, remaining_ms=remaining,
        )  # fmt: skip
        before_ms = int(found.arrive_ms[i, k])
        first = of_all(wish, bound_ms=int(bound[i]), before_ms=before_ms, labels_max=labels_max)
        found.proven[i, k] = first.proven
        if first.run is not None:
            found.arrive_ms[i, k] = first.run.arrive_ms


def _usual_to(clock: Clock, target: int) -> F64:
    """Give the time [N] to a node with nothing closed, ms at the profile's speed; inf: there is no way."""
    net = clock.net
    rows = fixed(np.zeros(len(net.edge_to) + 1, np.int64)), *(fixed(np.zeros(0, np.int64)),) * 2
    none = fixed(np.zeros(0, np.float64))
    with net.space() as space:
        space.count = searches.search(
            *net.into, net.base_ms, *rows, none, np.array([target], np.int64), np.zeros(1, np.int64),
            none, 1.0, space.goal, 0, True, *space.arrays,
        )  # fmt: skip
        found = np.full(net.n_nodes, np.inf)
        nodes = space.settled()
        found[nodes] = space.ms[nodes]
        return found
