"""Kernels of sets of hazards, rows of words with BITS hazards each, and the fewest that meet all of some.

Arrays in, arrays out. Refuses to know what the sets are of.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

BITS = 62  # hazards in a word: its sign is never used


@njit(**JIT)
def count(row):
    """Count the hazards of a set."""
    found = 0
    for w in range(len(row)):
        word = row[w]
        while word != 0:
            word &= word - 1
            found += 1
    return found


@njit(**JIT)
def counts(rows):
    """Count the hazards of each set."""
    found = np.empty(len(rows), np.int64)
    for q in range(len(rows)):
        found[q] = count(rows[q])
    return found


@njit(**JIT)
def often(sets, hazards):
    """Count for each hazard the sets that have it."""
    found = np.zeros(hazards, np.int64)
    for c in range(len(sets)):
        for h in range(hazards):
            found[h] += (sets[c, h // BITS] >> (h % BITS)) & 1
    return found


@njit(**JIT)
def within(row, other):
    """Say whether all of a set is in another."""
    for w in range(len(row)):  # noqa: SIM110 - numba has no all()
        if row[w] & ~other[w] != 0:
            return False
    return True


@njit(**JIT)
def apart(row, other):
    """Say whether two sets have nothing in common."""
    for w in range(len(row)):  # noqa: SIM110
        if row[w] & other[w] != 0:
            return False
    return True


@njit(**JIT)
def _before(row, other):
    """Say whether a set stands before another one, word by word."""
    for w in range(len(row)):
        if row[w] != other[w]:
            return row[w] < other[w]
    return False


@njit(**JIT)
def least_of(sets):
    """Leave out sets that hold another one, and all but one of those alike: who meets that meets them.

    Those left stand in their order, word by word.
    """
    n = len(sets)
    order = np.empty(n, np.int64)
    kept = 0
    for c in range(n):
        i = kept
        while i > 0 and _before(sets[c], sets[order[i - 1]]):
            i -= 1
        if i > 0 and not _before(sets[order[i - 1]], sets[c]):
            continue
        for j in range(kept, i, -1):
            order[j] = order[j - 1]
        order[i] = c
        kept += 1
    found = np.empty((kept, sets.shape[1]), np.int64)
    size = 0
    for i in range(kept):
        holds = False
        for j in range(kept):
            holds = holds or (i != j and within(sets[order[j]], sets[order[i]]))
        if not holds:
            found[size] = sets[order[i]]
            size += 1
    return found[:size]


@njit(**JIT)
def _choose(sets, chosen, banned, allowed):
    """Find the set not yet met that has fewest candidates: its row, or -1 all are met, -2 it cannot be done.

    Sets that have no candidate in common each need one of their own, so more than `allowed` of them is too
    many.
    """
    best = -1
    fewest = 1 << 30
    words = len(chosen)
    for c in range(len(sets)):
        if not apart(sets[c], chosen):
            continue
        size = 0
        for w in range(words):
            word = sets[c, w] & ~banned[w]
            while word != 0:
                word &= word - 1
                size += 1
        if size < fewest:
            fewest = size
            best = c
            if size == 0:
                return -2
    if best < 0:
        return -1
    if allowed <= 0:
        return -2
    used = chosen.copy()
    disjoint = 0
    for turn in range(-1, len(sets)):
        c = best if turn < 0 else turn
        free = True
        for w in range(words):
            free = free and sets[c, w] & ~banned[w] & used[w] == 0 and sets[c, w] & chosen[w] == 0
        if free:
            disjoint += 1
            if disjoint > allowed:
                return -2
            for w in range(words):
                used[w] |= sets[c, w] & ~banned[w]
    return best


@njit(**JIT)
def meet_all(sets, size, steps):
    """Choose at most `size` hazards so that each set has one of them: (1 found, 0 none, -1 undecided, which).

    Gives up after `steps` looks at all the sets.
    """
    words = sets.shape[1]
    chosen = np.zeros((size + 2, words), np.int64)
    banned = np.zeros((size + 2, words), np.int64)
    left = np.zeros((size + 2, words), np.int64)
    depth = 0
    fresh = True
    while depth >= 0:
        if fresh:
            steps -= 1
            if steps < 0:
                return -1, chosen[0], steps
            c = _choose(sets, chosen[depth], banned[depth], size - depth)
            if c == -1:
                return 1, chosen[depth].copy(), steps
            if c == -2:
                depth -= 1
                fresh = False
                continue
            for w in range(words):
                left[depth, w] = sets[c, w] & ~banned[depth, w]
        # Of what is left of the set, the one that most other sets have comes first.
        best = -1
        most = 0
        for w in range(words):
            word = left[depth, w]
            while word != 0:
                low = word & -word
                word ^= low
                having = 0
                for c in range(len(sets)):
                    if sets[c, w] & low != 0 and apart(sets[c], chosen[depth]):
                        having += 1
                if having > most:
                    most = having
                    best = w
                    bit = low
        if best < 0:
            depth -= 1
            fresh = False
            continue
        left[depth, best] &= ~bit
        for w in range(words):
            chosen[depth + 1, w] = chosen[depth, w]
            banned[depth + 1, w] = banned[depth, w]
        chosen[depth + 1, best] |= bit
        banned[depth, best] |= bit  # whatever comes after does without it
        depth += 1
        fresh = True
    return 0, chosen[0], steps
