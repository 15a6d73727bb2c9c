"""Lifted: what sources told and took back, as long as another may still tell it.

In: what a batch ends. Out: for a day, the hazards that were withdrawn, and when. Nothing is shut or opened by
it. It is kept so that a dispatcher sees that of two who told of one closure one has called it off: the road
stays shut, and somebody should ask. Refuses to know who tells the same; `confidence` does.

Like the rest of the state it is a function of the set of messages: a withdrawal may be heard before what it
withdraws, and of several versions withdrawn the newest counts.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from vado.model.alert import Area
from vado.model.hazard import Hazard, Lifted
from vado.model.ids import ENDLESS, AlertId, Hash, clear
from vado.model.when import NEVER_S

# Ours: by then a second source has followed, or somebody has looked; and a bound for the state.
LIFTED_S = 24 * 3600
LIFTED_MAX = 300
POINTS_MAX = 100_000  # of all their shapes

Stamp = tuple[int, Hash]


def took_back(
    gone: dict[AlertId, Lifted], alert: AlertId, at_s: int, stamp: Stamp | None, told: Iterable[Hazard]
) -> None:
    """Mark an alert that its own newer version calls off; `stamp` and `told` are the version before."""
    old = gone.get(alert, Lifted(alert=alert, at_s=at_s))
    gone[alert] = replace(old, at_s=max(old.at_s, at_s), own_s=max(old.own_s, at_s))
    if stamp is not None:
        older(gone, alert, stamp, told)


def at_once(gone: dict[AlertId, Lifted], alert: AlertId, sent_s: int) -> None:
    """Forget that a version called an alert off where another one of the same time does not: both count."""
    if alert in gone and gone[alert].own_s == sent_s:
        del gone[alert]


def older(gone: dict[AlertId, Lifted], alert: AlertId, stamp: Stamp, told: Iterable[Hazard]) -> None:
    """Take in a version that is older than what is known; it may be what was called off."""
    mark = gone.get(alert)
    if mark is not None and mark.own_s and (mark.sent_s, mark.raw) < stamp and stamp[0] <= mark.at_s:
        gone[alert] = replace(mark, sent_s=stamp[0], raw=stamp[1], hazards=told_of(told))


def ended(
    gone: dict[AlertId, Lifted], alert: AlertId, at_s: int, stamp: Stamp, told: Iterable[Hazard]
) -> None:
    """Mark an alert that another message ended, or that its documents have dropped."""
    old, left = gone.get(alert), told_of(told)
    if old is not None and (old.sent_s, old.raw) == stamp:
        left = left or old.hazards  # it was marked before, and only what follows it is still known
    own_s = 0 if old is None else old.own_s
    gone[alert] = Lifted(
        alert=alert, at_s=max(at_s, own_s), own_s=own_s, sent_s=stamp[0], raw=stamp[1], hazards=left
    )


def endless(
    gone: dict[AlertId, Lifted], seen: Mapping[AlertId, Stamp], found: Mapping[AlertId, Iterable[Hazard]]
) -> None:
    """Take in, of what an alert itself called off, the version that did not say until when it holds."""
    for alert in [each for each, mark in gone.items() if mark.own_s]:
        name = AlertId(alert + ENDLESS)
        if name not in seen:
            continue
        at_once(gone, alert, seen[name][0])
        if alert in gone and seen[name][0] < gone[alert].own_s:
            told = tuple(found.get(name, ())) or (gone[name].hazards if name in gone else ())
            if told:
                older(gone, alert, seen[name], told)


def told_of(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    """Keep what bound somebody somewhere, and not what follows a warning."""
    return tuple(h for h in hazards if h.binds and h.follows is None)


def kept(
    gone: Mapping[AlertId, Lifted],
    alive: Container[AlertId],
    seen: Mapping[AlertId, Stamp],
    *,
    now_s: int,
) -> tuple[Lifted, ...]:
    """Write down what is still worth saying: withdrawn lately, and it would hold now or later."""
    found = []
    for mark in gone.values():
        if clear(mark.alert) != mark.alert.removesuffix(ENDLESS):
            continue  # what was in doubt was not surely told, so nobody has taken it back
        names = (mark.alert, AlertId(mark.alert.removesuffix(ENDLESS) + ENDLESS))
        newest_s = max((seen[name][0] for name in names if name in seen), default=mark.at_s)
        own_s = mark.own_s if mark.own_s >= newest_s else 0
        if mark.alert in alive or newest_s > mark.at_s or mark.at_s + LIFTED_S <= now_s:
            continue
        if clear(mark.alert) != mark.alert and seen.get(clear(mark.alert), (NEVER_S, ""))[0] > mark.sent_s:
            continue  # its own newer version took its place before
        left = tuple(hazard for hazard in mark.hazards if hazard.interval.end_s > now_s)
        if left or own_s:
            found.append(replace(mark, hazards=left, own_s=own_s))
    found.sort(key=lambda mark: (mark.at_s, mark.alert), reverse=True)
    room, few = POINTS_MAX, []
    for mark in found[:LIFTED_MAX]:
        room -= sum(_points(area) for hazard in mark.hazards for area in hazard.footprint)
        if room < 0:
            break
        few.append(mark)
    return tuple(sorted(few, key=lambda mark: mark.alert))


def _points(area: Area) -> int:
    rings = (ring for polygon in area.polygons for ring in (polygon.outer, *polygon.holes))
    return sum(map(len, (*rings, *area.lines, *(road.points for road in area.roads))))
