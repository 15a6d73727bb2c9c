"""Earliest arrivals: from nodes to all nodes, between all stops, on the clock; and latest departures.

In: a snapshot, a way of travelling, nodes, an instant. Out: instants for nodes, exact in the model that each
function names; closures are the intervals they are, no slots. Refuses to know slots, matrices of them and
hierarchies: it is what faster answers are measured against, and what explanations may quote.

Who may wait at every junction is never later for having come earlier, so Dijkstra is exact for them
(`waiting=True`). Who may not wait on the road can be stopped where a later one passes, and to find the
earliest of their arrivals may take as long as trying everything: `earliest_matrix` bounds it from both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from vado.model.roads import I64, Bool
from vado.model.snapshot import Snapshot, Travel
from vado.network import _clock_kernels as kernels
from vado.network.clock import FOREVER_MS, Clock, Space, clock_of, fixed
from vado.network.drive import departures, search_in, way_to
from vado.network.metric import CORES

SECOND_MS = 1000  # departures are whole seconds: that much later than its bound an arrival is still exact
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
        space.count = kernels.search_back(
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

    @property
    def exact(self) -> Bool:
        """Mark [S, S] what no drive can beat, but for the second that departures are whole in."""
        return self.arrive_ms <= self.bound_ms + SECOND_MS


def earliest_matrix(
    snapshot: Snapshot, travel: Travel, nodes: Sequence[int], depart_s: int, *, until_s: int
) -> Arrivals:
    """Give the earliest arrivals between stops at these nodes (-1: nowhere), across all closures.

    The model: one waits at the stop one leaves, in [depart_s, until_s], and never on the road. A search with
    waits at junctions gives the bound, one a row; where its way can be driven without them that is the
    answer. Where not, the departures that `find_run` tries are tried, for all such stops of a row at once.
    """
    clock = clock_of(snapshot, travel)
    distinct, back = np.unique(np.array(nodes, np.int64), return_inverse=True)
    nowhere = int((distinct < 0).sum())  # -1 sorts first
    real = distinct[nowhere:]
    arrive = np.full((len(distinct),) * 2, FOREVER_MS, np.int64)
    bound = arrive.copy()

    def fill(row: int) -> None:
        _row(
            clock, real, int(real[row]), depart_s * 1000, until_s * 1000,
            bound[nowhere + row, nowhere:], arrive[nowhere + row, nowhere:],
        )  # fmt: skip

    if len(real) * clock.net.n_nodes < PARALLEL_MIN:
        for row in range(len(real)):
            fill(row)
    else:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(fill, range(len(real))))
    at = np.ix_(back, back)
    return Arrivals(arrive_ms=arrive[at], bound_ms=bound[at])


def _row(
    clock: Clock, nodes: I64, origin: int, depart_ms: int, until_ms: int, bound: I64, arrive: I64
) -> None:
    """Fill in bounds and arrivals from one node to all of them."""
    start = np.array([origin], np.int64)
    with clock.net.space() as space:
        at = np.array([depart_ms], np.int64)
        search_in(space, clock, start, at, goals=nodes, waiting=True, wanted=len(nodes))
        reached = space.place[nodes] == kernels.DONE
        bound[reached] = space.ms[nodes[reached]]
        kernels.prove(
            nodes, space.ms, space.by_edge, space.place, clock.net.edge_from, clock.base_ms,
            *clock.rows.arrays, depart_ms, until_ms, arrive,
        )  # fmt: skip
        open_ = np.flatnonzero(reached & (arrive > bound + SECOND_MS))
        tried = {
            instant
            for k in open_.tolist()
            for instant in departures(clock, way_to(space, clock, int(nodes[k])), depart_ms, until_ms)
        }
        for instant in sorted(tried):
            open_ = open_[arrive[open_] > np.maximum(bound[open_], instant)]
            if not len(open_):
                break
            goals = nodes[open_]
            at = np.array([instant], np.int64)
            search_in(space, clock, start, at, goals=goals, wanted=len(goals))
            came = space.place[goals] == kernels.DONE
            arrive[open_[came]] = np.minimum(arrive[open_[came]], space.ms[goals[came]])
