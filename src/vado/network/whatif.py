"""What if: the same roads with some hazards lifted and other roads shut, and what that does to the towns.

In: a snapshot, hazards to lift, roads to shut. Out: another snapshot, and the reach of both. The world is not
touched: what is supposed here is sealed nowhere. Refuses to know who asks, and how roads are written in a
question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vado.errors import InputError, StateError
from vado.model.alert import Action
from vado.model.hazard import Effect, Evidence, Hazard
from vado.model.ids import AlertId, Hash, HazardId
from vado.model.roads import I32
from vado.model.snapshot import Closures, PlaceReach, Post, ReachChange, Snapshot, Travel
from vado.model.when import NEVER_S, Interval
from vado.network.allowed import kind_of
from vado.network.changes import reach_changes
from vado.network.ground import usual
from vado.network.reach import reach
from vado.network.snapshot import name_snapshot

NOBODY = AlertId("what-if")  # who says that a supposed road is shut
ALWAYS = Interval(NEVER_S)
_NO_BYTES = Hash("sha256:" + "0" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """A road that is supposed to be shut, for everybody."""

    label: str  # as the asker calls it
    edges: tuple[int, ...]
    interval: Interval = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WhatIf:
    snapshot: Snapshot
    before: tuple[PlaceReach, ...]
    after: tuple[PlaceReach, ...]
    changes: tuple[ReachChange, ...]


def whatif(
    snapshot: Snapshot,
    bases: Sequence[Post | int],
    *,
    lift: Collection[HazardId] = (),
    shut: Sequence[Shut] = (),
    travels: Iterable[Travel],
    at_s: int,
    until_s: int,
) -> WhatIf:
    """Say which towns open and which are cut off when hazards are lifted and roads shut."""
    asked = tuple(travels)
    supposed = suppose(snapshot, lift=lift, shut=shut)
    before = reach(snapshot, bases, travels=asked, at_s=at_s, until_s=until_s)
    after = reach(supposed, bases, travels=asked, at_s=at_s, until_s=until_s)
    return WhatIf(
        snapshot=supposed, before=before, after=after, changes=reach_changes(before, after, at_s=at_s)
    )


def suppose(snapshot: Snapshot, *, lift: Collection[HazardId] = (), shut: Sequence[Shut] = ()) -> Snapshot:
    """Make the snapshot without some hazards and with other roads shut.

    StateError for a hazard that is not there, InputError for an edge.
    """
    names = {hazard.id for hazard in snapshot.hazards}
    for name in lift:
        if name not in names:
            raise StateError(f"there is no hazard {name!r}", action="give one that is in force or to come")
    edges = snapshot.roads.n_edges
    for one in shut:
        for edge in one.edges:
            if not 0 <= edge < edges:
                raise InputError(
                    f"{one.label}: there is no edge {edge}", action=f"give edges from 0 to {edges - 1}"
                )
    kept = [k for k, hazard in enumerate(snapshot.hazards) if hazard.id not in lift]
    number_of = np.full(len(snapshot.hazards), -1, np.int32)
    number_of[kept] = np.arange(len(kept), dtype=np.int32)
    supposed = tuple(_hazard(k, one, snapshot.roads.profiles) for k, one in enumerate(shut))
    hazards = (*(snapshot.hazards[k] for k in kept), *supposed)
    made = {
        travel: _closures(snapshot, travel, table, number_of, len(kept), shut)
        for travel, table in snapshot.closures.items()
    }
    unknown = tuple(hazard for hazard in snapshot.unknown if hazard.id not in lift)
    left = [tuple(int(number_of[k]) for k in event if number_of[k] >= 0) for event in snapshot.events]
    return Snapshot(
        roads=snapshot.roads,
        hazards=hazards,
        closures=made,
        unknown=unknown,
        content_hash=name_snapshot(snapshot.roads, hazards, made, unknown),
        events=tuple(event for event in left if len(event) > 1),
    )


def _closures(
    snapshot: Snapshot, travel: Travel, table: Closures, number_of: I32, first: int, shut: Sequence[Shut]
) -> Closures:
    number = number_of[table.hazard]
    stays = number >= 0
    drivable = usual(snapshot.roads, kind_of(snapshot.roads, travel)).drivable
    edge, start, end = [table.edge[stays]], [table.start_s[stays]], [table.end_s[stays]]
    factor, hazard = [table.factor[stays]], [number[stays]]
    for k, one in enumerate(shut):
        on = np.unique(np.array(one.edges, np.int32))
        on = on[drivable[on]]
        edge.append(on)
        start.append(np.full(len(on), one.interval.start_s, np.int64))
        end.append(np.full(len(on), one.interval.end_s, np.int64))
        factor.append(np.zeros(len(on)))
        hazard.append(np.full(len(on), first + k, np.int32))
    edges, starts, numbers = np.concatenate(edge), np.concatenate(start), np.concatenate(hazard)
    order = np.lexsort((numbers, starts, edges))
    return Closures(edge=edges[order], start_s=starts[order], end_s=np.concatenate(end)[order],
                    factor=np.concatenate(factor)[order], hazard=numbers[order])  # fmt: skip


def _hazard(number: int, shut: Shut, profiles: Sequence[str]) -> Hazard:
    told = Evidence(alert=NOBODY, source=NOBODY, raw=_NO_BYTES, headline=f"what if {shut.label} is shut")
    return Hazard(
        id=HazardId(f"{NOBODY}/{number}"),
        kind="closure",
        severity="Unknown",
        certainty="Possible",
        footprint=(),
        interval=shut.interval,
        effects=tuple(Effect(profile=p, action=Action.SHUT, source="supposed") for p in profiles),
        evidence=(told,),
    )
