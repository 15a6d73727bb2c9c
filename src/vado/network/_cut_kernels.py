"""Kernels of cuts: ways among pieces when sets of hazards are lifted, and what must be lifted of.

Arrays in, arrays out. A set of hazards is a row of words (`_set_kernels`), so that asking what a link still
needs is one operation. Links are in CSR form: node x's links are `order[first[x]:first[x + 1]]`, and a
link's need is a row of `asks`, the last one where nothing must be lifted. Refuses to know what a hazard is.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT
from vado.network._set_kernels import BITS, count, least_of, meet_all, often, within


@njit(**JIT)
def asks_of(need_first, need_hazard, number, words):
    """Write each need as a set of those hazards that have a number: [Q + 1, words], the last one empty."""
    asks = np.zeros((len(need_first), words), np.int64)
    for q in range(len(need_first) - 1):
        for i in range(need_first[q], need_first[q + 1]):
            h = number[need_hazard[i]]
            if h >= 0:
                asks[q, h // BITS] |= np.int64(1) << (h % BITS)
    return asks


@njit(**JIT)
def _missing(row, lifted):
    """Find the first hazard of a set that is not lifted; -1: all are."""
    for w in range(len(row)):
        word = row[w] & ~lifted[w]
        if word != 0:
            b = 0
            while (word >> b) & 1 == 0:
                b += 1
            return w * BITS + b
    return -1


@njit(**JIT)
def always_asked(n, source, target, need, asks, root):
    """Mark links between nodes that nobody enters without the hazards that those links need, [L].

    Who enters such a node has lifted what every way into it asks for; links that ask no more, to a node with
    the same, are free to them.
    """
    words = asks.shape[1]
    own = np.full((n, words), -1, np.int64)
    for k in range(len(source)):
        if source[k] != target[k]:
            for w in range(words):
                own[target[k], w] &= asks[need[k], w]
    own[root] = 0
    free = np.zeros(len(source), np.bool_)
    for k in range(len(source)):
        a = own[source[k]]
        b = own[target[k]]
        same = True
        none = True
        for w in range(words):
            same = same and a[w] == b[w] and a[w] >= 0
            none = none and a[w] == 0
        free[k] = same and not none and within(asks[need[k]], a)
    return free


@njit(**JIT)
def spread(first, order, other, need, asks, lifted, start):
    """Mark what a node leads to with these lifted, [N]."""
    marked = np.zeros(len(first) - 1, np.bool_)
    stack = np.empty(len(first) - 1, np.int32)
    marked[start] = True
    stack[0] = start
    size = 1
    while size > 0:
        size -= 1
        x = stack[size]
        for k in range(first[x], first[x + 1]):
            y = other[order[k]]
            if not marked[y] and within(asks[need[order[k]]], lifted):
                marked[y] = True
                stack[size] = y
                size += 1
    return marked


@njit(**JIT)
def leads(
    first, order, target, back_first, back_order, source, need, asks, lifted, start, goal, side, todo
):  # fmt: skip
    """Say whether a start leads to a goal with these lifted, searched for from both in turn.

    So it costs what the smaller of the two sides has. `side` [N] is 0 throughout before and after, `todo`
    is room for [2, N].
    """
    if start == goal:
        return True
    side[start] = 1
    side[goal] = 2
    todo[0, 0] = start
    todo[1, 0] = goal
    done = np.zeros(2, np.int64)
    size = np.ones(2, np.int64)
    met = False
    turn = 0
    while not met and done[turn] < size[turn]:
        x = todo[turn, done[turn]]
        done[turn] += 1
        begin = first[x] if turn == 0 else back_first[x]
        end = first[x + 1] if turn == 0 else back_first[x + 1]
        for k in range(begin, end):
            link = order[k] if turn == 0 else back_order[k]
            y = target[link] if turn == 0 else source[link]
            if side[y] != turn + 1 and within(asks[need[link]], lifted):
                if side[y] != 0:
                    met = True
                    break
                side[y] = turn + 1
                todo[turn, size[turn]] = y
                size[turn] += 1
        turn = 1 - turn
    for t in range(2):
        for i in range(size[t]):
            side[todo[t, i]] = 0
    return met


@njit(**JIT)
def _advance(
    first, order, other, need, asks, lifted, goal, marked, stack, size, seen, n_seen, head, entry, n_entry
):  # fmt: skip
    """Go on from the stack, noting what is seen and which links wait for which hazard; True at the goal."""
    while size > 0:
        size -= 1
        x = stack[size]
        for k in range(first[x], first[x + 1]):
            link = order[k]
            y = other[link]
            if marked[y]:
                continue
            h = _missing(asks[need[link]], lifted)
            if h < 0:
                if y == goal:
                    return True, n_seen, n_entry
                marked[y] = True
                seen[n_seen] = y
                n_seen += 1
                stack[size] = y
                size += 1
            else:
                entry[n_entry, 0] = link
                entry[n_entry, 1] = head[h]
                entry[n_entry, 2] = h
                head[h] = n_entry
                n_entry += 1
    return False, n_seen, n_entry


@njit(**JIT)
def block(first, order, other, need, asks, room, lifted, start, goal, turn):
    """Lift as much more as leaves the goal cut off: (is it, what must be lifted of, work).

    Hazards are tried as `turn` lists them. Those that stay are a set of which some one must be lifted by
    whoever wants to get there: with all others lifted there is still no way. `room` is the most links that
    can wait, each once for each hazard.
    """
    n = len(first) - 1
    lifted = lifted.copy()
    stays = np.zeros_like(lifted)
    marked = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int32)
    seen = np.empty(n, np.int32)
    head = np.full(len(turn), -1, np.int64)
    entry = np.empty((room, 3), np.int64)
    marked[start] = True
    stack[0] = start
    there, n_seen, n_entry = _advance(
        first, order, other, need, asks, lifted, goal, marked, stack, 1, seen, 0, head, entry, 0
    )
    work = n_entry + n_seen
    if there:
        return False, stays, work
    for h in turn:
        w = h // BITS
        bit = np.int64(1) << (h % BITS)
        if lifted[w] & bit != 0:
            continue
        lifted[w] |= bit
        seen_before = n_seen
        entry_before = n_entry
        size = 0
        i = head[h]
        there = False
        while i >= 0 and not there:
            link = entry[i, 0]
            y = other[link]
            if not marked[y]:
                g = _missing(asks[need[link]], lifted)
                if g < 0:
                    there = y == goal
                    marked[y] = True
                    seen[n_seen] = y
                    n_seen += 1
                    stack[size] = y
                    size += 1
                else:
                    entry[n_entry, 0] = link
                    entry[n_entry, 1] = head[g]
                    entry[n_entry, 2] = g
                    head[g] = n_entry
                    n_entry += 1
            i = entry[i, 1]
            work += 1
        if not there:
            there, n_seen, n_entry = _advance(
                first, order, other, need, asks, lifted, goal, marked, stack, size, seen, n_seen, head,
                entry, n_entry,
            )  # fmt: skip
        work += n_entry - entry_before + n_seen - seen_before
        if there:  # undo it: this one must stay
            while n_seen > seen_before:
                n_seen -= 1
                marked[seen[n_seen]] = False
            while n_entry > entry_before:
                n_entry -= 1
                head[entry[n_entry, 2]] = entry[n_entry, 1]
            lifted[w] &= ~bit
            stays[w] |= bit
    return True, stays, work


@njit(**JIT)
def close_in(
    first, order, target, back_first, back_order, source, need, asks, room, root, goal, best, hazards, links,
    steps
):  # fmt: skip
    """Look for a smaller set than `best`, which opens a goal, from below: (the set, is it proven fewest).

    Looks at about so many `links`, and so many `steps` of all sets learned.
    """
    chosen = np.zeros_like(best)
    sets = np.empty((16, len(best)), np.int64)
    known = 0
    least = 1
    most = count(best)
    proven = False
    while not proven and links > 0:
        # Each lifts what the one before said must be lifted of, so that new sets have nothing in common.
        lifted = chosen.copy()
        # Those that many sets have are lifted first, so that a new set has others.
        turn = np.argsort(-often(sets[:known], hazards), kind="mergesort").astype(np.int32)
        work = 0
        for way in range(2):
            while work <= links:
                if way == 0:
                    is_cut, stays, done = block(
                        first, order, target, need, asks, room, lifted, root, goal, turn
                    )
                else:
                    is_cut, stays, done = block(
                        back_first, back_order, source, need, asks, room, lifted, root, goal, turn
                    )
                if not is_cut:
                    break
                work += done
                if known == len(sets):
                    larger = np.empty((2 * known, len(best)), np.int64)
                    larger[:known] = sets
                    sets = larger
                sets[known] = stays
                known += 1
                lifted |= stays
        if work == 0:  # the fewest that could do will do
            return chosen, True
        links -= work
        said = 0
        core = least_of(sets[:known])
        while least < most and said == 0:
            said, chosen, steps = meet_all(core, least, steps)
            least += said == 0
        proven = least >= most
        if said < 0:
            break
    return best, proven


@njit(**JIT)
def without_needless(first, order, target, back_first, back_order, source, need, asks, lifted, root, goal):
    """Drop from a set that opens both ways all it can do without."""
    lifted = lifted.copy()
    side = np.zeros(len(first) - 1, np.int8)
    todo = np.empty((2, len(first) - 1), np.int32)
    for w in range(len(lifted)):
        for b in range(BITS):
            bit = np.int64(1) << b
            if lifted[w] & bit == 0:
                continue
            lifted[w] &= ~bit
            for turn in range(2):
                start = root if turn == 0 else goal
                end = goal if turn == 0 else root
                if not leads(
                    first, order, target, back_first, back_order, source, need, asks, lifted, start, end,
                    side, todo,
                ):  # fmt: skip
                    lifted[w] |= bit
                    break
    return lifted
