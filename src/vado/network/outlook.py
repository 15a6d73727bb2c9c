"""Outlook: what hangs on which road, joined with what is shut now and what is forecast, at an instant.

In: a snapshot on roads with stops anchored, what hangs there before any storm, and what else counts (jobs).
Out: `Outlook`: roads and pairs that isolate towns, the last way to each town, who is isolated. Refuses to
know where fragility is kept, and writes no sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import I64, Roads
from vado.model.snapshot import Snapshot, Travel
from vado.network.fragile_roads import (
    FragilePair,
    FragileRoad,
    LastWay,
    fragile_pairs,
    fragile_roads,
    last_ways,
    shut_edges,
    warnings,
)
from vado.network.fragility import Fragility, Hangs, hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Towns are indices into `Roads.places`."""

    roads: tuple[FragileRoad, ...]  # with most people first
    pairs: tuple[FragilePair, ...]
    pairs_left_out: int
    segments_untried: int
    lasts: tuple[LastWay, ...]  # of towns with a warning for their last way, or with fewer ways than usual
    isolated_now: tuple[int, ...]  # and not always
    isolated_always: tuple[int, ...]


def outlook(
    snapshot: Snapshot,
    travel: Travel,
    whole: Fragility,
    *,
    at_s: int,
    jobs: I64 | None = None,
) -> Outlook:
    """Join fragility with hazards; `jobs` are nodes [J] of the snapshot's roads."""
    roads, profile, alone = snapshot.roads, travel.profile, whole.singles
    towns = roads.places.node.astype(np.int64)
    hanging = None if jobs is None or not len(jobs) else hangs(roads, profile, whole.hubs, jobs)
    warned = warnings(snapshot, travel, at_s=at_s)
    shut = shut_edges(snapshot, travel, at_s=at_s)
    now = hangs(roads, profile, whole.hubs, towns, shut=shut) if len(shut) else alone
    lasts = last_ways(roads, now, alone, warned)
    return Outlook(
        roads=fragile_roads(roads, alone, hanging, warned),
        pairs=fragile_pairs(roads, whole.pairs),
        pairs_left_out=whole.pairs.left_out,
        segments_untried=whole.pairs.untried,
        lasts=tuple(last for last in lasts if last.warnings or not last.always),
        isolated_now=_numbers(now, alone),
        isolated_always=tuple(np.flatnonzero(alone.apart).tolist()),
    )


def cuts_heart(roads: Roads, pair: FragilePair) -> bool:
    """Say whether a pair cuts off more than half of all towns: rather it is the heart that it cuts off."""
    return 2 * len(pair.places) > len(roads.places)


def _numbers(now: Hangs, usually: Hangs) -> tuple[int, ...]:
    """List who lacks a way now that it usually has."""
    return tuple(np.flatnonzero(now.apart & ~usually.apart).tolist())
