"""Outlooks: what hangs on which road in the newest world, and what is forecast for it. The API's own view.

In: a scene, fragility as it is kept with the region. Out: `Outlook`. Pairs take minutes on a large region, so
they are told where they were found before (`vado region fragility`) and never looked for here; what hangs on
one road is found in milliseconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vado import network
from vado.api import views
from vado.api.scene import Scene
from vado.errors import InputError
from vado.model.ids import LonLat
from vado.model.roads import Roads
from vado.model.snapshot import Snapshot, Travel
from vado.model.world import World
from vado.network.fragility import Fragility, Pairs, hangs, heart
from vado.network.outlook import Outlook, outlook

Find = Callable[[Roads, str], Fragility | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """An outlook with what it is of."""

    outlook: Outlook
    roads: Roads  # with stops anchored
    travel: Travel
    hubs: tuple[LonLat, ...]
    jobs: tuple[tuple[str, LonLat], ...]  # still to be done
    pairs_known: bool


class Outlooks:
    """Makes outlooks; keeps what hangs on what of the roads it saw last."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._whole: dict[str, tuple[Roads, Fragility, bool]] = {}

    @property
    def state(self) -> tuple[str, ...]:
        """Name the profiles whose pairs are known: an answer with them is another one."""
        return tuple(sorted(profile for profile, (_, _, known) in self._whole.items() if known))

    def seen(self, world: World, roads: Roads, scene: Scene, *, profile: str, at_s: int) -> Seen:
        """Look from an instant on, as a profile or way of travelling does, else as most of the fleet."""
        travel = _travel(world, roads, profile)
        whole, known = self._fragility(roads, travel.profile)
        done = views.visits(world)
        jobs = tuple(
            (str(job.id), job.location.lonlat)
            for job in views.all_jobs(world)
            if job.id not in done and job.location.lonlat in scene.anchored.by_point
        )
        nodes = np.array(scene.anchored.nodes_of(at for _, at in jobs), np.int64)
        found = outlook(_snapshot(scene, travel), travel, whole, at_s=at_s, jobs=nodes)
        hubs = tuple((float(roads.node_lon[hub]), float(roads.node_lat[hub])) for hub in whole.hubs.tolist())
        return Seen(outlook=found, roads=scene.roads, travel=travel, hubs=hubs, pairs_known=known,
                    jobs=jobs)  # fmt: skip

    def _fragility(self, roads: Roads, profile: str) -> tuple[Fragility, bool]:
        """Get what hangs on what, and whether pairs are among it."""
        with self._lock:
            last = self._whole.get(profile)
            if last is not None and last[0] is roads and last[2]:
                return last[1], True
            found = self._find(roads, profile)
            if found is None and last is not None and last[0] is roads:
                return last[1], False
            whole = _singles(roads, profile) if found is None else found
            self._whole[profile] = (roads, whole, found is not None)
            return whole, found is not None


def _singles(roads: Roads, profile: str) -> Fragility:
    hubs, none = heart(roads, profile), np.zeros(0, np.int32)
    alone = hangs(roads, profile, hubs, roads.places.node.astype(np.int64))
    pairs = Pairs(target=none, one=none, two=none, ways=np.zeros(0, np.uint8), left_out=0, untried=0)
    return Fragility(profile=profile, hubs=hubs, singles=alone, pairs=pairs)


def _travel(world: World, roads: Roads, profile: str) -> Travel:
    """Choose a way of travelling of the fleet; a profile that nobody has travels as it is."""
    fleet = Counter(vehicle.travel for vehicle in world.vehicles if vehicle.profile in roads.profiles)
    usual = sorted(fleet, key=lambda travel: (-fleet[travel], travel.profile, str(travel)))
    meant = [travel for travel in usual if profile in ("", travel.profile, str(travel))]
    if meant:
        return meant[0]
    named = profile or ("van" if "van" in roads.profiles else roads.profiles[0])
    if named not in roads.profiles:
        raise InputError(f"profile {named!r} is unknown", code="E1207", field="profile",
                         action=f"give one of {', '.join(roads.profiles)}")  # fmt: skip
    return Travel(named)


def _snapshot(scene: Scene, travel: Travel) -> Snapshot:
    if travel in scene.snapshot.closures:
        return scene.snapshot
    return network.snapshot(
        scene.roads, scene.snapshot.hazards, scene.touched, travels=(travel,), events=scene.events
    )
