"""Kernels that look for a place on a line: the best and second best positions of a job, or of a shipment's halves.

In: a node and a line. Out: costs and positions, NONE where there is none. The second best is for recreating:
each position is overlooked now and then, so that the search does not always build the same.
"""

from __future__ import annotations

from numba import njit

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
    TIME_IN,
    TIME_OUT,
    VERSION,
)
from vado.planning.search._lines import lasts, not_before


@njit(**SMALL)
def _has_room(g, s, v, node):
    """Say whether a line may have room; where loads are mixed its positions still decide."""
    room = True
    if not g.mixed:
        for d in range(g.dimensions):
            if s.amount[v, d] + g.drop[node, d] + g.load[node, d] > g.room[v, d]:
                room = False
    return room


@njit(**SMALL)
def _fits_at(g, s, v, at, node):
    """Say whether a plain job fits behind position `at`: its drop is on board before, its load after."""
    fits = True
    for d in range(g.dimensions):
        cell = ((v * g.width + at) * g.dimensions + d) * 3
        if (
            s.aboard[cell + 1] + g.drop[node, d] > g.room[v, d]
            or s.aboard[cell + 2] + g.load[node, d] > g.room[v, d]
        ):
            fits = False
    return fits


@njit(**SMALL)
def _carries_at(g, s, v, at, node):
    """Say whether what `node` loads can be on board after position `at`."""
    fits = True
    for d in range(g.dimensions):
        if s.aboard[((v * g.width + at) * g.dimensions + d) * 3] + g.load[node, d] > g.room[v, d]:
            fits = False
    return fits


@njit(**JIT)
def place(g, s, v, node):
    """Find where a plain job costs least on a line; write it into `known` and give the row there."""
    out = (node * len(s.length) + v) * KNOWN
    cost_1, cost_2, at_1, at_2 = NONE, NONE, 0, 0
    tax = g.tax[v, node]
    if tax < NONE and _has_room(g, s, v, node):
        line, links = s.line, g.links
        size = s.length[v]
        base = v * g.width * FIELDS
        row = (g.kind[v] * g.nodes + node) * g.nodes
        first, last = g.first[node], g.last[node]
        limited = g.limit_s[v] < NEVER
        at = base
        before = (row + line[at + NODE]) * LINKS
        for i in range(size + 1):
            early = line[at + EARLY]
            if early > last:
                break
            after = (row + line[at + FIELDS + NODE]) * LINKS
            latest = line[at + FIELDS + LATE]
            if latest >= first:
                cost = links[before + COST_IN] + links[after + COST_OUT] - line[at + ARC] + tax
                if cost < cost_2:
                    t = not_before(
                        node, early + links[before + TIME_IN], g.first, g.last, g.window_at, g.windows
                    )
                    if (
                        t + links[after + TIME_OUT] <= latest
                        and (not g.mixed or _fits_at(g, s, v, i, node))
                        and (not limited or lasts(g, s, v, i, node, -1, -1) <= g.limit_s[v])
                    ):
                        if cost < cost_1:
                            cost_2, at_2 = cost_1, at_1
                            cost_1, at_1 = cost, i
                        else:
                            cost_2, at_2 = cost, i
            before = after
            at += FIELDS
    s.known[out + VERSION] = s.version[v]
    s.known[out + COST_1] = cost_1
    s.known[out + AT_1] = at_1
    s.known[out + COST_2] = cost_2
    s.known[out + AT_2] = at_2


@njit(**JIT)
def place_both(g, s, v, node):
    """Find where a pickup and its delivery cost least on a line; a position is at * width + the mate's.

    Both are positions before either is in; the mate's is not before the pickup's.
    """
    out = (node * len(s.length) + v) * KNOWN
    cost_1, cost_2, at_1, at_2 = NONE, NONE, 0, 0
    mate = g.mate[node]
    if g.tax[v, node] < NONE and g.tax[v, mate] < NONE:
        tax = g.tax[v, node] + g.tax[v, mate]
        line, links = s.line, g.links
        size = s.length[v]
        base = v * g.width * FIELDS
        row = (g.kind[v] * g.nodes + node) * g.nodes
        its = (g.kind[v] * g.nodes + mate) * g.nodes
        last = g.last[node]
        limited = g.limit_s[v] < NEVER
        for i in range(size + 1):
            at = base + i * FIELDS
            if line[at + EARLY] > last:
                break
            if not _carries_at(g, s, v, i, node):
                continue
            before = (row + line[at + NODE]) * LINKS
            after = (row + line[at + FIELDS + NODE]) * LINKS
            t = not_before(
                node, line[at + EARLY] + links[before + TIME_IN], g.first, g.last, g.window_at, g.windows
            )
            if t >= NEVER:
                continue
            # The mate next to it.
            link = (row + mate) * LINKS
            behind = (its + line[at + FIELDS + NODE]) * LINKS
            cost = (
                links[before + COST_IN] + links[link + COST_OUT] + links[behind + COST_OUT] - line[at + ARC] + tax
            )
            if cost < cost_2:
                u = not_before(mate, t + links[link + TIME_OUT], g.first, g.last, g.window_at, g.windows)
                if u + links[behind + TIME_OUT] <= line[at + FIELDS + LATE] and (
                    not limited or lasts(g, s, v, i, node, i, mate) <= g.limit_s[v]
                ):
                    if cost < cost_1:
                        cost_2, at_2 = cost_1, at_1
                        cost_1, at_1 = cost, i * g.width + i
                    else:
                        cost_2, at_2 = cost, i * g.width + i
            # The mate further on: what is between moves back.
            gain = links[before + COST_IN] + links[after + COST_OUT] - line[at + ARC] + tax
            if gain >= cost_2:
                continue
            t += links[after + TIME_OUT]
            for j in range(i + 1, size + 1):
                at = base + j * FIELDS
                here = line[at + NODE]
                if t > line[at + LATE] or not _carries_at(g, s, v, j, node):
                    break
                t = not_before(here, t, g.first, g.last, g.window_at, g.windows)
                if t > g.last[mate]:
                    break
                into = (its + here) * LINKS
                behind = (its + line[at + FIELDS + NODE]) * LINKS
                cost = gain + links[into + COST_IN] + links[behind + COST_OUT] - line[at + ARC]
                if cost < cost_2:
                    u = not_before(mate, t + links[into + TIME_IN], g.first, g.last, g.window_at, g.windows)
                    if u + links[behind + TIME_OUT] <= line[at + FIELDS + LATE] and (
                        not limited or lasts(g, s, v, i, node, j, mate) <= g.limit_s[v]
                    ):
                        if cost < cost_1:
                            cost_2, at_2 = cost_1, at_1
                            cost_1, at_1 = cost, i * g.width + j
                        else:
                            cost_2, at_2 = cost, i * g.width + j
                t += line[at + LEG]
    s.known[out + VERSION] = s.version[v]
    s.known[out + COST_1] = cost_1
    s.known[out + AT_1] = at_1
    s.known[out + COST_2] = cost_2
    s.known[out + AT_2] = at_2


@njit(**JIT)
def open_all(g, s):
    """Work out what a line with only this job, or this shipment, costs for each number of like vehicles."""
    for a in range(len(g.alike_at) - 1):
        v = g.alike_order[g.alike_at[a]]
        kept = s.length[v]
        s.length[v] = 0
        for node in range(g.jobs):
            s.opening[a, node] = NONE
            if g.lead[node]:
                s.opening[a, node] = _opening(g, s, v, node)
        s.length[v] = kept


@njit(**JIT)
def _opening(g, s, v, node):
    mate = g.mate[node]
    stops = 2 if mate >= 0 else 1
    row = g.kind[v] * g.nodes
    cost = g.fixed[v]
    t = g.open_s[v]
    here = g.start[v]
    for k in range(stops):
        after = node if k == 0 else mate
        if g.tax[v, after] >= NONE:
            return NONE
        link = ((row + here) * g.nodes + after) * LINKS
        cost += g.links[link + COST_OUT] + g.tax[v, after]
        t = not_before(after, t + g.links[link + TIME_OUT], g.first, g.last, g.window_at, g.windows)
        here = after
    link = ((row + here) * g.nodes + g.end[v]) * LINKS
    if t + g.links[link + TIME_OUT] > g.shut_s[v]:
        return NONE
    for d in range(g.dimensions):
        if max(g.drop[node, d], g.load[node, d]) > g.room[v, d]:
            return NONE
    s.line[v * g.width * FIELDS + NODE] = g.start[v]
    s.line[(v * g.width + 1) * FIELDS + NODE] = g.end[v]
    if g.limit_s[v] < NEVER and lasts(g, s, v, 0, node, 0, mate) > g.limit_s[v]:
        return NONE
    return cost + g.links[link + COST_OUT]
