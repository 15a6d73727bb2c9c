"""Fewest: the smallest set of hazards whose lifting opens the way in and out of a piece of the network.

In: `Pieces`, those where ways in begin and where ways out end, the hazards that block together, which of them
are one event. Out: for a piece, numbers of hazards of the snapshot, and whether no smaller set would do.
Hazards that are one event count once and are lifted together. Refuses to know roads and names.

How: first the pieces are melted further, by rules that change no answer: what can be driven between now is
one, and so is the inside of an area that nobody enters without lifting its hazards. Then two bounds close in
on each other (an implicit hitting set; Moreno-Centeno, Karp, "The Implicit Hitting Set Approach to Solve
Combinatorial Optimization Problems", Operations Research 61 (2013)). From below: lift as much as leaves the
goal cut off; of what stays, something must be lifted. The fewest hazards that meet all such sets known are a
lower bound, and where they open the goal they are the answer; else they give further sets. From above:
the ways that cross fewest. Each goal learns its own sets: those of others would hold for it too, but then an
answer would be proven or not depending on who was asked for before, and they save a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vado.model.roads import I32, I64, Bool
from vado.network import _cut_kernels as cut_kernels
from vado.network import _reach_kernels as kernels
from vado.network import _set_kernels as set_kernels
from vado.network import _way_kernels as way_kernels
from vado.network._csr import group
from vado.network.pieces import Pieces

# What may be spent on one goal: links looked at, and looks at all its sets. Each goal has its own, whatever
# else is asked for, before or at the same time, so that answers can be repeated.
LINKS_MAX, STEPS_MAX = 200_000, 1000

Lifted = frozenset[int]  # numbers of hazards in the snapshot
_NOTHING: Lifted = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Maze:
    """The pieces melted further: n nodes, `root` is all that is open both ways now; links by both ends."""

    label: I32  # [P] the node of a piece
    root: int
    first: I64
    order: I32
    back_first: I64
    back_order: I32
    source: I32
    target: I32
    need: I32  # rows of asks, -1 where nothing must be lifted
    asks: I64  # [Q + 1, words]
    size: I64  # [Q + 1] hazards of each
    room: int  # links, each once for each hazard it asks for

    def way(self, *, inward: bool) -> tuple[I64, I32, I32]:
        if inward:
            return self.first, self.order, self.target
        return self.back_first, self.back_order, self.source

    @property
    def both(self) -> tuple[I64, I32, I32, I64, I32, I32, I32, I64]:
        """What kernels want that search from both sides."""
        return *self.way(inward=True), *self.way(inward=False), self.need, self.asks


class Fewest:
    """Answers for the pieces of one moment; melting is done once for all of them."""

    def __init__(
        self, pieces: Pieces, starts: I32, goals: I32, blocking: Bool, events: Sequence[Sequence[int]] = ()
    ) -> None:
        used = np.zeros(len(blocking), np.bool_)
        used[pieces.need_hazard] = True
        hazards = np.flatnonzero(used & blocking)
        event = np.arange(len(blocking), dtype=np.int64)  # each by its first hazard
        for told in events:
            event[list(told)] = min(told)
        firsts, place = np.unique(event[hazards], return_inverse=True)
        self._count = len(firsts)
        number = np.full(len(blocking), -1, np.int32)
        number[hazards] = place
        self._number = number  # bit of a hazard; -1 where it does not count
        self._of_bit: list[list[int]] = [[] for _ in firsts]
        for hazard, bit in zip(hazards.tolist(), place.tolist(), strict=True):
            self._of_bit[bit].append(hazard)
        self._words = max(1, -(-self._count // set_kernels.BITS))
        asks = cut_kernels.asks_of(pieces.need_first, pieces.need_hazard, number, self._words)
        home = pieces.side(starts, blocking, inward=True) & pieces.side(goals, blocking, inward=False)
        self._maze = _melt(pieces, starts, goals, home, asks)
        self._possible: Bool | None = None
        self._way_in: I32 | None = None  # the link by which the ways in that cross fewest come
        self._needs: dict[int, Lifted] = {}
        self._answers: dict[int, tuple[Lifted, bool]] = {}

    @property
    def asks(self) -> I64:
        """What each need of the pieces asks to be lifted, as sets [Q + 1, words]."""
        return self._maze.asks

    def needs(self, need: int) -> Lifted:
        """Give the hazards that a need of the pieces asks to be lifted."""
        if need not in self._needs:
            self._needs[need] = self._of_set(self._maze.asks[need])
        return self._needs[need]

    def at(self, piece: int) -> int:
        """Say which pieces have one answer: those with the same number."""
        return int(self._maze.label[piece])

    def of(self, piece: int) -> tuple[Lifted, bool]:
        """Give the fewest hazards, and whether that is proven; none when it is open or nothing helps."""
        at = self.at(piece)
        if at not in self._answers:
            self._answers[at] = self._find(at)
        return self._answers[at]

    def as_set(self, lifted: Lifted) -> I64:
        """Write hazards of the snapshot as a set, as kernels have them."""
        row = np.zeros(self._words, np.int64)
        for bit in {int(self._number[hazard]) for hazard in lifted} - {-1}:
            row[bit // set_kernels.BITS] |= 1 << (bit % set_kernels.BITS)
        return row

    def _of_set(self, row: I64) -> Lifted:
        words = [(w * set_kernels.BITS, int(word)) for w, word in enumerate(row.tolist())]
        bits = [at + b for at, word in words for b in range(set_kernels.BITS) if word >> b & 1]
        return frozenset(hazard for bit in bits for hazard in self._of_bit[bit])

    def _find(self, goal: int) -> tuple[Lifted, bool]:
        """Find the answer of a goal; it does not depend on which others were asked for before."""
        if goal == self._maze.root or not self._can_open(goal):
            return _NOTHING, True
        best, proven = self._close_in(goal, self._by_cheapest_ways(goal))
        return self._of_set(best), proven

    def _close_in(self, goal: int, best: I64) -> tuple[I64, bool]:
        """Look for a smaller set than one that opens a goal, from below."""
        if set_kernels.count(best) == 1:  # to lift nothing does not do: only what is open is at the root
            return best, True
        found, proven = cut_kernels.close_in(
            *self._maze.both, self._maze.room, self._maze.root, goal, best, self._count,
            LINKS_MAX, STEPS_MAX,
        )  # fmt: skip
        return found, bool(proven)

    def _can_open(self, goal: int) -> bool:
        """Say whether roads lead there and back when all is lifted."""
        m = self._maze
        if self._possible is None:
            every = np.full(self._words, -1, np.int64)
            ends = (
                cut_kernels.spread(*m.way(inward=inward), m.need, m.asks, every, m.root)
                for inward in (True, False)
            )
            self._possible = np.logical_and(*ends)
        return bool(self._possible[goal])

    def _by_cheapest_ways(self, goal: int) -> I64:
        """Take the hazards on ways that cross few, each counted wherever it is met; out by the same ones.

        Those that it can do without are left out.
        """
        m = self._maze
        every, start = np.ones(len(m.need), np.bool_), np.array([m.root], np.int32)
        if self._way_in is None:
            _, self._way_in = way_kernels.tree(*m.way(inward=True), m.size[m.need], every, start)
        found = self._on_way(way_kernels.path(self._way_in, m.source, goal))
        n = len(m.first) - 1
        side, todo = np.zeros(n, np.int8), np.empty((2, n), np.int32)
        if not cut_kernels.leads(*m.both, found, goal, m.root, side, todo):
            home, rest = np.zeros(n, np.bool_), np.zeros(n, np.int64)
            home[m.root] = True
            left = set_kernels.counts(m.asks & ~found)[m.need]
            found |= self._on_way(way_kernels.toward(*m.way(inward=True), left, every, goal, home, rest))
        least: I64 = cut_kernels.without_needless(*m.both, found, m.root, goal)
        return least

    def _on_way(self, links: I32) -> I64:
        found: I64 = np.bitwise_or.reduce(self._maze.asks[self._maze.need[links]], axis=0)
        return found


def _melt(pieces: Pieces, starts: I32, goals: I32, home: Bool, asks: I64) -> _Maze:
    """Melt pieces that have one answer; `home` are those that starts lead to and that lead to goals.

    The root leads to each start and each goal leads to it. That joins goals to starts, but a way through the
    root has a shorter one from it: no answer changes.
    """
    idle: Bool = ~np.any(asks, axis=1)
    root = pieces.count  # a node of its own, so that there is one without starts too
    label = np.arange(pieces.count, dtype=np.int32)
    label[home] = label[np.intersect1d(starts, goals)] = root
    count = pieces.count + 1
    only_in, only_out = np.setdiff1d(starts, goals), np.setdiff1d(goals, starts)
    here = np.full(len(only_in) + len(only_out), root, np.int32)
    source = np.concatenate([label[pieces.source], here[: len(only_in)], label[only_out]])
    target = np.concatenate([label[pieces.target], label[only_in], here[len(only_in) :]])
    need = np.where(idle[pieces.need], np.int32(-1), pieces.need)
    need = np.concatenate([need, np.full(len(here), -1, np.int32)])
    for rule in range(3):
        apart = source != target
        source, target, need = source[apart], target[apart], need[apart]
        if rule == 0:  # what can be driven between now
            free = need < 0
        elif rule == 1:  # what is entered only with the hazards lifted that shut it inside
            free = cut_kernels.always_asked(count, source, target, need, asks, root)
        else:  # and what is left only so
            free = cut_kernels.always_asked(count, target, source, need, asks, root)
        if free.any():
            now, count = kernels.strong(*group(count, source), target, free)
            label, source, target, root = now[label], now[source], now[target], int(now[root])
    nodes = np.arange(count, dtype=np.int32)
    source, target, need = kernels.links_between(nodes, source, target, np.ones(len(source), np.bool_), need)
    size = set_kernels.counts(asks)
    first, order = group(count, source)
    back_first, back_order = group(count, target)
    return _Maze(
        label=label, root=root, first=first, order=order, back_first=back_first, back_order=back_order,
        source=source, target=target, need=need, asks=asks, size=size, room=int(size[need].sum()) + 1,
    )  # fmt: skip
