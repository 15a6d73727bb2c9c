"""Kernels that look for a place on a line: the two best positions of a job, or of a shipment's halves.

In: a node and a line. Out: costs and positions, NONE where there is none. The second best is for recreating:
each position is overlooked now and then, so that the search does not always build the same.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._clock import arrival
from vado.planning.search._layout import (
    ARC,
    AT_1,
    AT_2,
    COST_1,
    COST_2,
    COST_IN,
    COST_OUT,
    EARLY,
    FIELDS,
    JIT,
    KNOWN,
    LATE,
    LEG,
    LINKS,
    NEVER,
    NODE,
    NONE,
    SMALL,
    SPOTS,
    TIME_IN,
    TIME_OUT,
    VERSION,
)
from vado.planning.search._lines import get, hours_of, lasts, not_before


@njit(**SMALL)
def _has_room(m, w, o, v, node):
    """Say whether a line may have room; where loads are mixed its positions still decide."""
    room = True
    if not o.mixed:
        for d in range(o.dimensions):
            if (
                w[o.amount + v * o.dimensions + d]
                + m[o.drop + node * o.dimensions + d]
                + m[o.load + node * o.dimensions + d]
                > m[o.room + v * o.dimensions + d]
            ):
                room = False
    return room


@njit(**SMALL)
def _fits_at(m, w, o, v, at, node):
    """Say whether a plain job fits behind position `at`: its drop is on board before, its load after."""
    fits = True
    for d in range(o.dimensions):
        cell = ((v * o.width + at) * o.dimensions + d) * 3
        begins = v * o.width * o.dimensions * 3 + d * 3
        if (
            w[o.aboard + begins] + m[o.drop + node * o.dimensions + d]
            > m[o.first_room + v * o.dimensions + d]
            or w[o.aboard + cell + 1] + m[o.drop + node * o.dimensions + d] > m[o.room + v * o.dimensions + d]
            or w[o.aboard + cell + 2] + m[o.load + node * o.dimensions + d] > m[o.room + v * o.dimensions + d]
        ):
            fits = False
    return fits


@njit(**SMALL)
def _carries_at(m, w, o, v, at, node):
    """Say whether what `node` loads can be on board after position `at`."""
    fits = True
    for d in range(o.dimensions):
        if (
            w[o.aboard + ((v * o.width + at) * o.dimensions + d) * 3] + m[o.load + node * o.dimensions + d]
            > m[o.room + v * o.dimensions + d]
        ):
            fits = False
    return fits


@njit(**JIT)
def place(m, w, o, v, node):
    """Find where a plain job costs least on a line; write it into `known`."""
    cell = node * o.vehicles + v
    cost_1, cost_2, at_1, at_2 = NONE, NONE, 0, 0
    tax = m[o.tax + v * o.jobs + node]
    size = m[o.length + v]
    if tax < NONE and size < m[o.most + v] and _has_room(m, w, o, v, node):
        base = o.line + v * o.width * FIELDS
        row = o.links + (m[o.kind + v] * o.nodes + node) * o.nodes * LINKS
        its = hours_of(m, o, v) + node
        first, last = m[o.first + its], m[o.last + its]
        limited = m[o.limit_s + v] < NEVER
        none = np.int64(-1)
        # Times only grow along a line: what is too early for it and what is too late is at its ends.
        low, high = 0, size
        while low <= high and get(m, base + (low + 1) * FIELDS + LATE) < first:
            low += 1
        while high >= low and get(m, base + high * FIELDS + EARLY) > last:
            high -= 1
        at = base + low * FIELDS
        before = row + get(m, at + NODE) * LINKS
        for i in range(low, high + 1):
            after = row + get(m, at + FIELDS + NODE) * LINKS
            cost = get(m, before + COST_IN) + get(m, after + COST_OUT) - get(m, at + ARC) + tax
            if cost < cost_2:
                t = arrival(m, o, get(m, before + TIME_IN), np.int64(get(m, at + EARLY)))
                t = not_before(m, o, its, t)
                if (
                    arrival(m, o, get(m, after + TIME_OUT), t) <= get(m, at + FIELDS + LATE)
                    and (not o.mixed or _fits_at(m, w, o, v, i, node))
                    and (not limited or lasts(m, o, v, i, node, none, none) <= get(m, o.limit_s + v))
                ):
                    if cost < cost_1:
                        cost_2, at_2 = cost_1, at_1
                        cost_1, at_1 = cost, i
                    else:
                        cost_2, at_2 = cost, i
            before = after
            at += FIELDS
    m[o.known + cell * KNOWN + VERSION] = m[o.version + v]
    m[o.known + cell * KNOWN + COST_1] = cost_1
    m[o.spots + cell * SPOTS + AT_1] = at_1
    m[o.spots + cell * SPOTS + COST_2] = cost_2
    m[o.spots + cell * SPOTS + AT_2] = at_2


@njit(**JIT)
def place_both(m, w, o, v, node):
    """Find where a pickup and its delivery cost least on a line; a position is at * width + the mate's.

    Both are positions before either is in; the mate's is not before the pickup's.
    """
    cell = node * o.vehicles + v
    cost_1, cost_2, at_1, at_2 = NONE, NONE, 0, 0
    mate = np.int64(m[o.mate + node])
    size = m[o.length + v]
    able = m[o.tax + v * o.jobs + node] < NONE and m[o.tax + v * o.jobs + mate] < NONE
    if able and size + 1 < m[o.most + v]:
        tax = m[o.tax + v * o.jobs + node] + m[o.tax + v * o.jobs + mate]
        hours = hours_of(m, o, v)
        base = o.line + v * o.width * FIELDS
        row = (m[o.kind + v] * o.nodes + node) * o.nodes
        its = (m[o.kind + v] * o.nodes + mate) * o.nodes
        last = m[o.last + hours + node]
        limited = m[o.limit_s + v] < NEVER
        for i in range(size + 1):
            at = base + i * FIELDS
            if m[at + EARLY] > last:
                break
            if not _carries_at(m, w, o, v, i, node):
                continue
            before = (row + m[at + NODE]) * LINKS
            after = (row + m[at + FIELDS + NODE]) * LINKS
            t = arrival(m, o, m[o.links + before + TIME_IN], np.int64(m[at + EARLY]))
            t = not_before(m, o, hours + node, t)
            if t >= NEVER:
                continue
            # The mate next to it.
            link = (row + mate) * LINKS
            behind = (its + m[at + FIELDS + NODE]) * LINKS
            cost = (
                m[o.links + before + COST_IN]
                + m[o.links + link + COST_OUT]
                + m[o.links + behind + COST_OUT]
                - m[at + ARC]
                + tax
            )
            if cost < cost_2:
                u = not_before(m, o, hours + mate, arrival(m, o, m[o.links + link + TIME_OUT], t))
                if arrival(m, o, m[o.links + behind + TIME_OUT], u) <= m[at + FIELDS + LATE] and (
                    not limited or lasts(m, o, v, i, node, i, mate) <= m[o.limit_s + v]
                ):
                    if cost < cost_1:
                        cost_2, at_2 = cost_1, at_1
                        cost_1, at_1 = cost, i * o.width + i
                    else:
                        cost_2, at_2 = cost, i * o.width + i
            # The mate further on: what is between moves back.
            gain = m[o.links + before + COST_IN] + m[o.links + after + COST_OUT] - m[at + ARC] + tax
            if gain >= cost_2:
                continue
            t = arrival(m, o, m[o.links + after + TIME_OUT], t)
            for j in range(i + 1, size + 1):
                at = base + j * FIELDS
                here = np.int64(m[at + NODE])
                if t > m[at + LATE] or not _carries_at(m, w, o, v, j, node):
                    break
                t = not_before(m, o, hours + here, t)
                if t > m[o.last + hours + mate]:
                    break
                into = (its + here) * LINKS
                behind = (its + m[at + FIELDS + NODE]) * LINKS
                cost = gain + m[o.links + into + COST_IN] + m[o.links + behind + COST_OUT] - m[at + ARC]
                if cost < cost_2:
                    u = not_before(m, o, hours + mate, arrival(m, o, m[o.links + into + TIME_IN], t))
                    if arrival(m, o, m[o.links + behind + TIME_OUT], u) <= m[at + FIELDS + LATE] and (
                        not limited or lasts(m, o, v, i, node, j, mate) <= m[o.limit_s + v]
                    ):
                        if cost < cost_1:
                            cost_2, at_2 = cost_1, at_1
                            cost_1, at_1 = cost, i * o.width + j
                        else:
                            cost_2, at_2 = cost, i * o.width + j
                t = arrival(m, o, m[at + LEG], t)
    m[o.known + cell * KNOWN + VERSION] = m[o.version + v]
    m[o.known + cell * KNOWN + COST_1] = cost_1
    m[o.spots + cell * SPOTS + AT_1] = at_1
    m[o.spots + cell * SPOTS + COST_2] = cost_2
    m[o.spots + cell * SPOTS + AT_2] = at_2


@njit(**JIT)
def open_all(m, o):
    """Work out what a line with only this job, or this shipment, costs for each number of like vehicles."""
    for a in range(o.alikes):
        v = np.int64(m[o.alike_order + m[o.alike_at + a]])
        kept = m[o.length + v]
        m[o.length + v] = 0
        for node in range(o.jobs):
            m[o.opening + a * o.jobs + node] = NONE
            if m[o.lead + node]:
                m[o.opening + a * o.jobs + node] = _opening(m, o, v, node)
        m[o.length + v] = kept


@njit(**JIT)
def _opening(m, o, v, node):
    mate = np.int64(m[o.mate + node])
    stops = 2 if mate >= 0 else 1
    row = m[o.kind + v] * o.nodes
    cost = m[o.fixed + v]
    hours = hours_of(m, o, v)
    t = np.int64(m[o.open_s + v])
    here = np.int64(m[o.start + v])
    if stops > m[o.most + v]:
        return NONE
    for k in range(stops):
        after = node if k == 0 else mate
        if m[o.tax + v * o.jobs + after] >= NONE:
            return NONE
        link = ((row + here) * o.nodes + after) * LINKS
        cost += m[o.links + link + COST_OUT] + m[o.tax + v * o.jobs + after]
        t = not_before(m, o, hours + after, arrival(m, o, m[o.links + link + TIME_OUT], t))
        here = after
    link = ((row + here) * o.nodes + m[o.end + v]) * LINKS
    if arrival(m, o, m[o.links + link + TIME_OUT], t) > m[o.shut_s + v]:
        return NONE
    for d in range(o.dimensions):
        if (
            max(m[o.drop + node * o.dimensions + d], m[o.load + node * o.dimensions + d])
            > m[o.room + v * o.dimensions + d]
            or m[o.drop + node * o.dimensions + d] > m[o.first_room + v * o.dimensions + d]
        ):
            return NONE
    m[o.line + v * o.width * FIELDS + NODE] = m[o.start + v]
    m[o.line + (v * o.width + 1) * FIELDS + NODE] = m[o.end + v]
    if m[o.limit_s + v] < NEVER and lasts(m, o, v, np.int64(0), node, np.int64(0), mate) > m[o.limit_s + v]:
        return NONE
    return cost + m[o.links + link + COST_OUT]
