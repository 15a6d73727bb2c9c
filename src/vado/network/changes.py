"""Changes of reach: what is new about the towns between two worlds, or between the world and a what-if.

In: two answers of `reach`, an instant. Out: `ReachChange` for each time in which a town stands otherwise than
was known. That a closure begins as announced is no change. Refuses to know the roads: what shut or opened a
town is taken from what `reach` said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from vado.model.snapshot import PlaceReach, ReachChange, Standing
from vado.model.when import FOREVER_S, Interval

Timeline = list[tuple[int, Standing]]  # from when on; the last one for as long as anybody knows


def reach_changes(
    before: Iterable[PlaceReach], after: Iterable[PlaceReach], *, at_s: int
) -> tuple[ReachChange, ...]:
    """Compare two answers from an instant on, towns in the order of the newer one.

    A way of travelling that is new is compared with open roads, but only where hazards shut a town.
    """
    known = {(reach.place, reach.travel): reach for reach in before}
    found: list[ReachChange] = []
    for reach in after:
        old = known.get((reach.place, reach.travel))
        # Most towns, nearly always: nothing to compare.
        if old is not None and old.inward == reach.inward and old.outward == reach.outward:
            continue
        if old is None and not reach.cut:
            continue
        found += _of_place(old, reach, at_s)
    return tuple(found)


def timeline(reach: PlaceReach, at_s: int) -> Timeline:
    """Write how a town stands from an instant on, by the roads."""
    instants = {at_s}
    for interval in (*reach.inward, *reach.outward):
        instants |= {t for t in (interval.start_s, interval.end_s) if at_s < t < FOREVER_S}
    found: Timeline = []
    for instant in sorted(instants):
        standing = _standing(reach, instant)
        if not found or found[-1][1] is not standing:
            found.append((instant, standing))
    return found


def _standing(reach: PlaceReach, instant_s: int) -> Standing:
    comes = any(instant_s in interval for interval in reach.inward)
    leaves = any(instant_s in interval for interval in reach.outward)
    if comes:
        return Standing.OPEN if leaves else Standing.NO_WAY_BACK
    return Standing.NO_WAY_IN if leaves else Standing.CUT_OFF


def _of_place(old: PlaceReach | None, new: PlaceReach, at_s: int) -> list[ReachChange]:
    was = timeline(old, at_s) if old is not None else [(at_s, Standing.OPEN)]
    now = timeline(new, at_s)
    instants = [*sorted({t for t, _ in (*was, *now)}), FOREVER_S]
    found: list[ReachChange] = []
    for start, end in pairwise(instants):
        one, other = _at(was, start), _at(now, start)
        if one is other:
            continue
        by = _who(new, now, start) if other.rank >= one.rank else _who(old, was, start)
        last = found[-1] if found else None
        if last is not None and last.until_s == start and (last.was, last.now) == (one, other):
            start = found.pop().from_s
        found.append(
            ReachChange(
                place=new.place,
                name=new.name,
                lon=new.lon,
                lat=new.lat,
                travel=new.travel,
                was=one,
                now=other,
                from_s=start,
                until_s=None if end >= FOREVER_S else end,
                cut=() if by is None else by.cut,
                cut_proven=by is None or by.cut_proven,
                cut_from="" if by is None else by.cut_from,
            )
        )
    return found


def _at(line: Timeline, instant_s: int) -> Standing:
    return next(standing for start, standing in reversed(line) if start <= instant_s)


def _who(reach: PlaceReach | None, line: Timeline, instant_s: int) -> PlaceReach | None:
    """Give who told a cut, where it is told of that time: the first in which the town is not open."""
    return reach if any(instant_s in one for one in _first_shut(line)) else None


def _first_shut(line: Timeline) -> Sequence[Interval]:
    starts = [k for k, (_, standing) in enumerate(line) if standing is not Standing.OPEN]
    if not starts:
        return ()
    first = starts[0]
    opens = next((t for t, standing in line[first:] if standing is Standing.OPEN), FOREVER_S)
    return (Interval(line[first][0], opens),)
