"""Edge states: what is known of single edges at an instant: open, closed or unknown, since when and by whom.

In: a snapshot, a way of travelling, edges, an instant, who speaks for where. Out: `EdgeState` for each. An
edge is closed while some hazard shuts it. It is open only where somebody who is well speaks for it and nobody
who should is missed, and where no hazard is in force that may lie on it though nobody can place it. All else
is unknown: silence is not "open". Refuses to know what sources are and how they are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vado.model.feed import Box
from vado.model.hazard import Hazard
from vado.model.ids import EdgeId, HazardId, LonLat
from vado.model.roads import NO_ENTRY_MS, Roads
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.network.allowed import kind_of, usual_ms

# An unmatched hazard may mean roads so far from where it was drawn, degrees: about a kilometre. Our choice.
AROUND_DEG = 0.01
NO_SOURCE = "no source that is heard speaks for this place"


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A source that speaks for a part of the world."""

    source: str
    covers: Box | None  # None: everywhere
    heard_s: int  # when it last said anything; 0: never
    missed: str = ""  # why it is missed; "" when it is well


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeState:
    edge: EdgeId
    state: State
    factor: float  # of the usual speed; 0 when closed
    since_s: int | None  # closed: when the first of the hazards began; open: when the last one ended, if any
    until_s: int | None  # when the hazards that shut or slow it now end; None: not known, or none does
    by: tuple[Hazard, ...]  # that shut it, else that slow it
    why: tuple[str, ...]  # why it is unknown; also for one that is closed: more may bind it
    covered: tuple[Voice, ...]  # who speaks for it and is well, the one heard last first


def edge_states(
    snapshot: Snapshot,
    travel: Travel,
    edges: Sequence[int],
    *,
    at_s: int,
    voices: Sequence[Voice],
    unmatched: Mapping[HazardId, Box | None] | None = None,
) -> tuple[EdgeState, ...]:
    """Say of each edge how it stands. `unmatched`: where hazards that met no road were drawn; None: anywhere.

    The snapshot must know the way of travelling.
    """
    table = snapshot.closures[travel]
    drivable = usual_ms(snapshot.roads, kind_of(snapshot.roads, travel)) < NO_ENTRY_MS
    lost = {h.id: h for h in snapshot.hazards if h.id in (unmatched or {}) and h.holds(at_s)}
    unplaced = [h for h in snapshot.unknown if at_s in h.interval and h.id not in lost]
    anywhere = tuple(f"{_named(h)} may be here: {h.unknown or 'nobody knows where it is'}" for h in unplaced)
    made = []
    for edge in edges:
        box = _box(snapshot.roads, edge)
        near = [h for name, h in lost.items() if _meet((unmatched or {})[name], box)]
        here = tuple(f"{_named(h)} may be here: no road was found for it" for h in near)
        covered, missed = _voices(voices, box)
        why = (*missed, *(() if covered else (NO_SOURCE,)), *anywhere, *here)
        made.append(_state(snapshot, table, edge, bool(drivable[edge]), at_s, why, covered))
    return tuple(made)


def silence(voices: Sequence[Voice], at: LonLat) -> tuple[str, ...]:
    """Say why nobody can be sure of a place for want of a voice: one is missed, or none speaks for it."""
    covered, missed = _voices(voices, (*at, *at))
    return missed if missed or covered else (NO_SOURCE,)


def _state(
    snapshot: Snapshot,
    table: Closures,
    edge: int,
    drivable: bool,
    at_s: int,
    why: tuple[str, ...],
    covered: tuple[Voice, ...],
) -> EdgeState:
    first, last = np.searchsorted(table.edge, [edge, edge + 1])
    rows = slice(int(first), int(last))
    start, end, factor = table.start_s[rows], table.end_s[rows], table.factor[rows]
    now = (start <= at_s) & (at_s < end)
    least = float(factor[now].min()) if now.any() else 1.0
    if not drivable:
        least = 0.0
    binding = now & (factor <= 0 if least <= 0 else factor < 1)
    by = tuple(snapshot.hazards[int(k)] for k in np.unique(table.hazard[rows][binding]))
    over = (end <= at_s) & (factor <= 0)
    since_s = int(start[binding].min()) if by else int(end[over].max()) if over.any() else None
    if not drivable and not by:
        since_s = None
    state = State.CLOSED if least <= 0 else State.UNKNOWN if why else State.OPEN
    return EdgeState(
        edge=EdgeId(edge),
        state=state,
        factor=max(0.0, least),
        since_s=since_s,
        until_s=int(end[binding].max()) if by else None,
        by=by,
        why=why if drivable else ("no road for this way of travelling", *why),
        covered=covered,
    )


def _voices(voices: Sequence[Voice], box: Box) -> tuple[tuple[Voice, ...], tuple[str, ...]]:
    """Tell who speaks for a place and is well, and who should and is missed."""
    here = [each for each in voices if _meet(each.covers, box)]
    well = sorted((v for v in here if v.heard_s and not v.missed), key=lambda v: (-v.heard_s, v.source))
    return tuple(well), tuple(f"{v.source} is missed: {v.missed}" for v in here if v.missed)


def _box(roads: Roads, edge: int) -> Box:
    points = slice(int(roads.shape_offset[edge]), int(roads.shape_offset[edge + 1]))
    lon, lat = roads.shape_lon[points], roads.shape_lat[points]
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _meet(covers: Box | None, box: Box) -> bool:
    if covers is None:
        return True
    west, south, east, north = covers
    return west <= box[2] and box[0] <= east and south <= box[3] and box[1] <= north


def around(box: Box | None) -> Box | None:
    """Widen where an unmatched hazard was drawn to where it may be."""
    if box is None:
        return None
    west, south, east, north = box
    return west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG


def _named(hazard: Hazard) -> str:
    return hazard.evidence[0].headline or hazard.kind
