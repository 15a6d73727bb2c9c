"""Expand: give each way into a junction that is bound by what was driven before its own copy of the junction.

In go the chunk edges and rules on sequences of them, out comes the graph's topology. A state is an edge just
driven and what has to be remembered: how far along a rule's sequence one is, and how much farther one may not
turn round, because that would be the forbidden turn after all (docs/decisions/0012). At a gate, where limits
bind who goes on into another road, each way in has a copy too. States that bind nothing are the junction
itself, which keeps all its edges for who starts there. Knows no relation, no tag and no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vado.errors import RegionError
from vado.model.roads import I32, I64, NO_ENTRY_MS, Bool
from vado.network.chunks import Chunks

Mask = int  # bit p set: binds profile p

# How far behind a forbidden turn one may not turn round and come back for it. Ours: there and back over more
# takes as long as the usual way round, 44 s as measured in docs/decisions/0012.
U_TURN_M = 200
STATES_MAX = 2_000_000  # ours: to bound memory


class Rule(NamedTuple):
    """Who drove the edges of `path`, one after the other, may not (or may only) go on into `out`."""

    path: tuple[int, ...]
    out: int
    only: bool
    mask: Mask


class State(NamedTuple):
    """What binds a vehicle at the end of an edge."""

    edge: int
    progress: tuple[tuple[int, int], ...]  # (rule, index in its path of the edge just driven)
    bar: tuple[int, ...]  # [P] for how many millimetres more one may not turn round; 0: one may


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expanded:
    """M edges between graph nodes; edge e drives chunk edge `edge_of[e]`."""

    node_raw: I64  # [N] raw node; copies of a junction follow each other, the junction first
    edge_of: I64  # [M] index into the chunk edges
    edge_from: I32  # [M] graph node
    edge_to: I32  # [M]
    edge_ms: I32  # [P, M]
    edge_gate: I64  # [M] raw node whose limits also bind who drives it: it leads out of that node; -1 none
    split: I64  # raw nodes with copies
    held: Bool  # [C] chunks where who passes a town or a stop would forget what binds them
    u_turns_barred: int  # copies at which somebody may not turn round
    u_turns_left: int  # edges behind a forbidden turn at whose end, far enough from it, one may


class _Exit(NamedTuple):
    out: int
    mask: Mask
    then: State


class Streets:
    """The chunk edges by where they start and end, and the reverse of each; `signed` [D] ones have limits."""

    def __init__(self, chunks: Chunks, signed: Bool) -> None:
        edges = len(chunks.edge_chunk)
        self.edge_from: list[int] = chunks.edge_from.tolist()
        self.edge_to: list[int] = chunks.edge_to.tolist()
        self._by_from = np.argsort(chunks.edge_from, kind="stable")
        self._by_to = np.argsort(chunks.edge_to, kind="stable")
        self._from, self._to = chunks.edge_from[self._by_from], chunks.edge_to[self._by_to]
        same = np.flatnonzero(chunks.edge_chunk[1:] == chunks.edge_chunk[:-1])
        reverse = np.full(edges, -1, np.int64)
        reverse[same], reverse[same + 1] = same + 1, same
        self.reverse: list[int] = reverse.tolist()
        self.open_to = _open_masks(chunks.edge_ms)
        self.way_out = [0 if sign else m for m, sign in zip(self.open_to, signed.tolist(), strict=True)]
        self.length_mm: list[int] = chunks.length_mm[chunks.edge_chunk].tolist()
        self.chunk: list[int] = chunks.edge_chunk.tolist()

    def out_of(self, node: int) -> list[int]:
        low, high = np.searchsorted(self._from, [node, node + 1])
        return list(self._by_from[low:high].tolist())

    def into(self, node: int) -> list[int]:
        low, high = np.searchsorted(self._to, [node, node + 1])
        return list(self._by_to[low:high].tolist())


class _Machine:
    """Which exits each state has, and which state each leads to."""

    def __init__(
        self,
        streets: Streets,
        rules: Sequence[Rule],
        profiles: int,
        gates: Mapping[int, Mask],
    ) -> None:
        self.streets, self.rules, self.profiles, self.gates = streets, rules, profiles, gates
        self.starts: dict[int, list[int]] = defaultdict(list)
        self.simple: dict[int, list[int]] = defaultdict(list)
        for index, rule in enumerate(rules):
            self.starts[rule.path[0]].append(index)
            if len(rule.path) == 1:
                self.simple[rule.path[0]].append(index)
        for node in sorted(gates):
            for edge in streets.into(node):
                if any(self.gate(edge, out) >= 0 for out in streets.out_of(node)):
                    self.starts.setdefault(edge, [])  # no rule, but a copy
        self.free = (0,) * profiles
        self._outs: dict[int, list[int]] = {}
        self.barred: set[State] = set()
        self.left: set[int] = set()
        self.near: set[int] = set()  # chunks behind a forbidden turn, so near that one may not turn round

    def outs(self, edge: int) -> list[int]:
        node = self.streets.edge_to[edge]
        if node not in self._outs:
            self._outs[node] = self.streets.out_of(node)
        return self._outs[node]

    def gate(self, edge: int, out: int) -> int:
        """Give the gate that one passes from an edge into the next, -1 where there is none."""
        node = self.streets.edge_to[edge]
        return node if node in self.gates and out not in (edge, self.streets.reverse[edge]) else -1

    def gated(self, edge: int) -> bool:
        """Say whether one may drive on from this edge through a gate."""
        return any(self.gate(edge, out) >= 0 for out in self.outs(edge))

    def fresh(self, edge: int) -> State:
        """Give the state of who starts with this edge."""
        return State(edge, tuple((rule, 0) for rule in self.starts.get(edge, ())), self.free)

    def forbidden(self, matched: Iterable[int], outs: Iterable[int]) -> dict[int, Mask]:
        """Say whom each exit is forbidden. Two "only" rules allow what either allows."""
        bans: dict[int, Mask] = defaultdict(int)
        onlys: dict[int, Mask] = defaultdict(int)
        bound = 0
        for index in matched:
            rule = self.rules[index]
            (onlys if rule.only else bans)[rule.out] |= rule.mask
            bound |= rule.mask if rule.only else 0
        return {out: bans.get(out, 0) | (bound & ~onlys.get(out, 0)) for out in outs}

    def exits(self, state: State) -> list[_Exit]:
        """List what may be driven next, for whom, and what is remembered then."""
        open_to, reverse = self.streets.open_to, self.streets.reverse
        outs = self.outs(state.edge)
        matched = [r for r, at in state.progress if at == len(self.rules[r].path) - 1]
        forbidden = self.forbidden(matched, outs)
        masks = {out: open_to[out] & ~forbidden[out] for out in outs}
        back = reverse[state.edge]
        held = sum(1 << p for p in range(self.profiles) if state.bar[p])
        if held and back in masks:
            elsewhere = 0  # who has no other way out, whatever they carry, is in a dead end, and turns
            for out, mask in masks.items():
                if out != back and self.gate(state.edge, out) < 0:
                    elsewhere |= mask & self.streets.way_out[out]
            if held & elsewhere & masks[back]:
                self.barred.add(state)
            masks[back] &= ~(held & elsewhere)
        # What one may not drive from here, but may who turned round behind the junction and came back.
        wanted = [(out, forbidden[out] & open_to[out]) for out in outs if forbidden[out] & open_to[out]]
        ahead = [
            (self.rules[r].path[at + 1], self.rules[r].mask)
            for r, at in state.progress
            if at + 1 < len(self.rules[r].path)
        ]
        return [
            _Exit(out, mask, self._then(state, out, mask, [*wanted, *(a for a in ahead if a[0] != out)]))
            for out, mask in masks.items()
            if mask
        ]

    def _then(self, state: State, out: int, mask: Mask, wanted: list[tuple[int, Mask]]) -> State:
        progress = {
            (r, at + 1)
            for r, at in state.progress
            if at + 1 < len(self.rules[r].path) and self.rules[r].path[at + 1] == out
        } | {(r, 0) for r in self.starts.get(out, ())}
        return State(out, tuple(sorted(progress)), self._bar(state, out, mask, wanted))

    def _bar(self, state: State, out: int, mask: Mask, wanted: list[tuple[int, Mask]]) -> tuple[int, ...]:
        """Say for how many millimetres behind the exit `out` nobody turns round: while coming back helps."""
        returning = self.streets.reverse[out]
        if returning < 0 or (not wanted and state.bar == self.free):
            return self.free
        may = self.streets.open_to[returning] & mask
        again = self._simply_open(returning)
        fresh = 0
        for target, whom in wanted:
            fresh |= whom & again.get(target, 0)
        back = self.streets.reverse[state.edge]
        kept = again.get(back, 0) if out != back else 0
        bar = []
        for p in range(self.profiles):
            before = U_TURN_M * 1000 if fresh >> p & 1 else state.bar[p] if kept >> p & 1 else 0
            if not before or not may >> p & 1:
                bar.append(0)
                continue
            bar.append(max(0, before - self.streets.length_mm[out]))
            self.near.add(self.streets.chunk[out])
            if not bar[p]:
                self.left.add(out)
        return tuple(bar)

    def _simply_open(self, edge: int) -> dict[int, Mask]:
        outs = self.outs(edge)
        forbidden = self.forbidden(self.simple.get(edge, ()), outs)
        return {out: self.streets.open_to[out] & ~forbidden[out] for out in outs}


def expand(
    chunks: Chunks,
    streets: Streets,
    rules: Sequence[Rule],
    blocked: set[int],
    gates: Mapping[int, Mask],
) -> Expanded:
    """Make copies where they are needed.

    `gates`: raw node with limits -> profiles that do not keep them at their own size, perhaps none.
    Raises RegionError E1302 where restrictions are so many that copies would outgrow the map.
    """
    machine = _Machine(streets, rules, len(chunks.edge_ms), gates)
    exits: dict[State, list[_Exit]] = {}
    todo = [machine.fresh(edge) for edge in sorted(machine.starts)]
    while todo:
        state = todo.pop()
        if state in exits:
            continue
        exits[state] = machine.exits(state)
        todo += [e.then for e in exits[state] if e.then not in exits and e.then != machine.fresh(e.out)]
        if len(exits) > STATES_MAX:
            raise RegionError(
                f"the turn restrictions need more than {STATES_MAX:,} copies of junctions",
                code="E1302",
                action="cut the region into smaller ones; so many restrictions are no map of roads",
            )
    needed = _needed(machine, exits)
    copies = sorted(needed, key=lambda s: (streets.edge_to[s.edge], s))
    number = {state: index + 1 for index, state in enumerate(copies)}
    return _assemble(chunks, streets, machine, copies, number, exits, blocked | set(gates))


def _needed(machine: _Machine, exits: Mapping[State, list[_Exit]]) -> set[State]:
    """Find the states that are not the same as the junction itself; what only leads to such is one too."""
    open_to = machine.streets.open_to
    came: dict[State, list[State]] = defaultdict(list)
    todo = []
    for state, choices in exits.items():
        usual = {o: open_to[o] for o in machine.outs(state.edge) if open_to[o]}
        masks = {choice.out: choice.mask for choice in choices}
        if masks != usual:
            todo.append(state)
        elif machine.gated(state.edge):
            # What else is remembered at a gate may change nothing there: the copy of who starts with that
            # edge does.
            fresh = machine.fresh(state.edge)
            if state == fresh or masks != {choice.out: choice.mask for choice in exits[fresh]}:
                todo.append(state)
        for choice in choices:
            usually = machine.fresh(choice.out)
            if choice.then != usually:
                came[choice.then].append(state)
                # Two "only" free who is bound by one of them alone, as the junction's own edge would be.
                came[usually].append(state)
    needed: set[State] = set()
    while todo:
        state = todo.pop()
        if state not in needed:
            needed.add(state)
            todo += came[state]
    return needed


def _assemble(
    chunks: Chunks,
    streets: Streets,
    machine: _Machine,
    copies: list[State],
    number: Mapping[State, int],
    exits: Mapping[State, list[_Exit]],
    blocked: set[int],
) -> Expanded:
    base = len(copies) + 1  # keys sort as (raw node, copy): 0 is the junction itself

    def key(state: State) -> int:
        # What binds nothing is the junction itself, at a gate the copy of who starts with that edge.
        usual = number.get(machine.fresh(state.edge), 0) if machine.gated(state.edge) else 0
        return streets.edge_to[state.edge] * base + number.get(state, usual)

    into = chunks.edge_to * base
    for edge in machine.starts:
        into[edge] = key(machine.fresh(edge))
    kept = _kept(machine, copies, exits, blocked, {s.edge for s in copies if s == machine.fresh(s.edge)})
    extra = [(key(state), choice) for state in copies for choice in exits[state]]
    of = np.concatenate([kept, np.array([c.out for _, c in extra], np.int64)])
    keys_from = np.concatenate([chunks.edge_from[kept] * base, np.array([k for k, _ in extra], np.int64)])
    keys_to = np.concatenate([into[kept], np.array([key(c.then) for _, c in extra], np.int64)])
    ms = chunks.edge_ms[:, of].copy()
    masks = np.array([c.mask for _, c in extra], np.int64)
    passed = [machine.gate(state.edge, choice.out) for state in copies for choice in exits[state]]
    gate = np.concatenate([np.full(len(kept), -1, np.int64), np.array(passed, np.int64)])
    large = np.array([machine.gates[node] if node >= 0 else 0 for node in passed], np.int64)
    for profile in range(len(ms)):
        row = ms[profile, len(kept) :]
        row[(large >> profile & 1 == 1) & (row < NO_ENTRY_MS)] += NO_ENTRY_MS
        row[(masks >> profile & 1) == 0] = NO_ENTRY_MS
    keys = np.unique(np.concatenate([keys_from, keys_to]))
    order = np.lexsort((keys_from, of))
    held = np.zeros(len(chunks.first), np.bool_)
    held[list(machine.near)] = True
    for state in copies:
        if state != machine.fresh(state.edge):
            held[chunks.edge_chunk[state.edge]] = True
    return Expanded(
        node_raw=keys // base,
        edge_of=of[order],
        edge_from=np.searchsorted(keys, keys_from)[order].astype(np.int32),
        edge_to=np.searchsorted(keys, keys_to)[order].astype(np.int32),
        edge_ms=np.ascontiguousarray(ms[:, order]),
        edge_gate=gate[order],
        split=np.unique(np.array([streets.edge_to[s.edge] for s in copies], np.int64)),
        held=held,
        u_turns_barred=len(machine.barred),
        u_turns_left=len(machine.left),
    )


def _kept(
    machine: _Machine,
    copies: list[State],
    exits: Mapping[State, list[_Exit]],
    blocked: set[int],
    redirected: set[int],
) -> I64:
    """List the edges that also leave the junction itself.

    A barrier or a gate needs none for who starts in it: whoever is there came from one of its sides, and can
    turn round; a one-way road behind it is not lost to who can't pass.
    """
    streets = machine.streets
    covered = {
        choice.out
        for state in copies
        if streets.edge_to[state.edge] in blocked
        for choice in exits[state]
        if machine.gate(state.edge, choice.out) < 0
    }
    keeps = np.ones(len(streets.edge_from), np.bool_)
    for node in blocked:
        if all(edge in redirected for edge in streets.into(node)):
            for out in streets.out_of(node):
                keeps[out] = out not in covered
    return np.flatnonzero(keeps)


def _open_masks(edge_ms: I32) -> Sequence[Mask]:
    """Say to which profiles each edge is open, if not at their own size then to who keeps its limits."""
    masks = np.zeros(edge_ms.shape[1], np.int64)
    for profile in range(len(edge_ms)):
        masks |= (edge_ms[profile] != NO_ENTRY_MS).astype(np.int64) << profile
    return list(masks.tolist())
