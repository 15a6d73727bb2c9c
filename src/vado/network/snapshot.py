"""The snapshot: roads with all closures, for each way of travelling asked for, named by content hash.

In: roads (anchored), hazards, the edges they touch. Out: `Snapshot`. Refuses to know what anybody wants to
do on the roads. What cannot be placed on the roads shuts nothing, but is listed as unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from vado.model.hazard import Hazard
from vado.model.ids import Hash, HazardId
from vado.model.roads import I32, Roads
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.model.when import FOREVER_S
from vado.network.closures import closures


def snapshot(
    roads: Roads,
    hazards: Iterable[Hazard],
    touched: Mapping[HazardId, I32],
    *,
    travels: Iterable[Travel],
    events: Sequence[Sequence[HazardId]] = (),
) -> Snapshot:
    """Freeze roads and closures; the same for the same hazards in any order.

    A hazard that binds but is missing in `touched` counts as unknown: nobody said where it is. `events` are
    the hazards that several sources tell of as one; they change no closure, and so not the name either.
    """
    known = tuple(sorted(hazards, key=lambda hazard: hazard.id))
    made = {
        travel: closures(roads, known, touched, travel=travel)
        for travel in sorted(set(travels), key=str)  # a frozenset has no total order, its text has
    }
    unknown = tuple(h for h in known if h.unknown or (h.binds and h.id not in touched))
    number = {hazard.id: k for k, hazard in enumerate(known)}
    groups = [tuple(sorted(number[one] for one in event if one in number)) for event in events]
    return Snapshot(
        roads=roads,
        hazards=known,
        closures=made,
        unknown=unknown,
        content_hash=name_snapshot(roads, known, made, unknown),
        events=tuple(sorted(group for group in groups if len(group) > 1)),
    )


def next_boundary(snapshot: Snapshot, now_s: int) -> int | None:
    """Find the first instant after now at which any closure begins or ends; None when none does."""
    found: int | None = None
    for table in snapshot.closures.values():
        for column in (table.start_s, table.end_s):
            later = column[(column > now_s) & (column < FOREVER_S)]
            if len(later):
                first = int(later.min())
                found = first if found is None else min(found, first)
    return found


def name_snapshot(
    roads: Roads, hazards: tuple[Hazard, ...], made: Mapping[Travel, Closures], unknown: tuple[Hazard, ...]
) -> Hash:
    """Name a snapshot by its content: the same closures on the same roads have the same name."""
    digest = hashlib.sha256(roads.content_hash.encode())

    def text(value: str) -> None:
        data = value.encode()
        digest.update(len(data).to_bytes(8, "little") + data)

    for hazard in unknown:
        text(hazard.id)
    for travel, table in made.items():
        text(str(travel))
        # Hazards by name, not by number: an unrelated hazard must not change what the rows say.
        there = np.zeros(len(hazards) + 1, np.int64)
        there[table.hazard] = 1
        for number in np.flatnonzero(there):
            text(hazards[int(number)].id)
        rank = np.cumsum(there) - there
        for column, kind in (
            (table.edge, "<i4"),
            (table.start_s, "<i8"),
            (table.end_s, "<i8"),
            (table.factor, "<f8"),
            (rank.astype(np.int32)[table.hazard], "<i4"),
        ):
            digest.update(len(column).to_bytes(8, "little"))
            digest.update(np.ascontiguousarray(column, dtype=kind).data)
    return Hash("sha256:" + digest.hexdigest())
