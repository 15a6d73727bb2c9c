"""What every handler works with: store, roads, clock, settings; and the newest world, read once a version.

The API only reads the world: it puts messages into the inbox and never decides anything itself.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from vado import app
from vado.api.events import Told, told
from vado.api.outlooks import Find, Outlooks
from vado.api.scene import Scene, Scenes
from vado.api.watch import Seen, Watch
from vado.app import load_meaning
from vado.errors import StateError, VadoError
from vado.exchange.edge_states import voices_of
from vado.exchange.feeds import feed_rows, region_box
from vado.exchange.standing import Judged, judge
from vado.feeds.geocodes import Geocodes
from vado.hazards import Meaning, footprint, unmatched
from vado.model.feed import Box
from vado.model.hazard import HazardState
from vado.model.ids import Hash, WorldId
from vado.model.roads import Roads
from vado.model.when import FOREVER_S
from vado.model.world import World
from vado.network import Voice
from vado.ports import Store
from vado.settings import Settings
from vado.tracking import FeedStatus, feed_states

STALLED_S = 60  # a step takes seconds


class Pulse:
    """Judges from outside whether a worker works: what is pending must move on."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: tuple[int, bool] = (-1, False)
        self._since = monotonic()

    def stalled(self, *, version: int, pending: int) -> bool:
        """Say whether messages wait and no step was made for too long."""
        seen = (version, pending > 0)
        if seen != self._seen:
            self._seen, self._since = seen, self._monotonic()
        return pending > 0 and self._monotonic() - self._since > STALLED_S


@dataclass(slots=True, eq=False)
class Parts:
    """Put together in `main.make_api`, handed to each handler."""

    settings: Settings
    store: Store
    now_s: Callable[[], int]  # the world's clock
    load_roads: Callable[[], Roads]
    find_fragility: Find
    worker_alive: Callable[[], bool | None]  # None: it runs elsewhere and nobody here knows
    real_s: Callable[[], float] = time.time  # the real clock, for subscriptions
    scenes: Scenes = field(default_factory=Scenes)
    pulse: Pulse = field(default_factory=Pulse)
    watch: Watch = field(init=False)
    outlooks: Outlooks = field(init=False)
    _kept: dict[str, tuple[Hashable, bytes]] = field(default_factory=dict)
    _world: World | None = None
    _roads: Roads | None = None
    _box: Box | None = None
    _geocodes: Geocodes | None = None
    _judged: tuple[tuple[Scene, HazardState, int], Judged] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.outlooks = Outlooks(self.find_fragility)
        self.watch = Watch(self._look, self._read, every_s=self.settings.poll_ms / 1000)

    @property
    def world_id(self) -> WorldId:
        return WorldId(self.settings.world)

    def version(self) -> int:
        """Give the version of the newest world; 0 before the first step."""
        return self.store.find_version(self.world_id)

    def _look(self) -> Seen:
        return Seen(self.version(), waiting=self.store.count_pending(self.world_id) > 0)

    def _read(self, after: int, limit: int) -> tuple[Told, ...]:
        found = self.store.list_decisions(self.world_id, after=after, limit=limit)
        return tuple(told(decision, self.local) for decision in found)

    def find_world(self) -> World | None:
        """Find the newest world; a version is read from the store once."""
        version = self.version()
        known = self._world
        if known is not None and known.version == version:
            return known
        if version == 0:
            return None
        world = self.store.find_world(self.world_id)
        self._world = world
        return world

    def world(self) -> World:
        """Get the newest world; before the first step an empty one of this name and region."""
        found = self.find_world()
        if found is not None:
            return found
        roads = self.find_roads()
        return World(
            id=self.world_id,
            now_s=self.now_s(),
            region=roads.name if roads is not None else self.settings.region,
            region_hash=roads.content_hash if roads is not None else Hash(""),
        )

    def roads(self) -> Roads:
        """Get the region, mapped once; raises StateError E3002 or RegionError."""
        with self._lock:
            if self._roads is None:
                self._roads = self.load_roads()
            return self._roads

    def find_roads(self) -> Roads | None:
        """Find the region; None where there is none or it cannot be read."""
        try:
            return self.roads()
        except VadoError:
            return None

    def roads_of(self, world: World) -> Roads:
        """Get the roads that a world was decided on; raises StateError E3007 when ours are others."""
        roads = self.roads()
        if world.version and roads.content_hash != world.region_hash:
            raise StateError(
                f"the world was decided on other roads of {world.region} than are here",
                code="E3007",
                action="start again, so that the worker takes in the new region; or restore the old one",
            )
        return roads

    def scene(self) -> tuple[World, Roads, Scene]:
        """Get the newest world, the region and the scene of its last step."""
        world = self.world()
        roads = self.roads_of(world)
        return world, roads, self.scenes.scene(roads, world)

    def box(self) -> Box | None:
        """Give west, south, east, north of the region; None where there is none."""
        roads = self.find_roads()
        if roads is None:
            return None
        if self._box is None:
            self._box = region_box(roads)
        return self._box

    def feed_states(self, world: World) -> tuple[FeedStatus, ...]:
        """Judge all feeds as of now."""
        return feed_states(
            world,
            self.settings.declared,
            self.store.contacts(self.world_id),
            now_s=max(self.now_s(), world.now_s),
            region=self.box(),
        )

    def feed_rows(self, world: World) -> list[dict[str, Any]]:
        """Say of each source of alerts all that is known of it, as of now."""
        return feed_rows(
            world,
            self.store.count_quarantined(self.world_id),
            declared=self.settings.declared,
            contacts=self.store.contacts(self.world_id),
            now_s=max(self.now_s(), world.now_s),
            region=self.box(),
        )

    def feeds_missed(self, world: World) -> tuple[FeedStatus, ...]:
        """List the feeds without which the region is less well known: nothing is surely open then."""
        return tuple(each for each in self.feed_states(world) if each.degraded)

    def voices(self, world: World) -> tuple[Voice, ...]:
        """Say who speaks for where as of now; where nobody does, nothing is surely open."""
        return voices_of(self.feed_states(world), self.settings.declared)

    def judged(self, world: World, scene: Scene) -> Judged:
        """Judge how sure the hazards of a world are; once for each state of them and instant."""
        key = (scene, world.hazards, world.now_s)
        known = self._judged
        if known is None or known[0] != key:
            made = judge(scene.roads, world.hazards, scene.touched, now_s=world.now_s,
                         mirrors=self.settings.mirrors)  # fmt: skip
            known = self._judged = (key, made)
        return known[1]

    def geocodes(self) -> Geocodes:
        """Get the tables of places, read once; raises InputError naming every file that is none."""
        with self._lock:
            if self._geocodes is None:
                self._geocodes = app.load_geocodes(self.settings)
            return self._geocodes

    def world_known(self, known_s: int) -> World:
        """Give the newest world, but with the hazards as they were known at an instant.

        Codes of areas are placed by the tables of today, as the bytes are read by the readers of today.
        """
        from vado.known import hazards_known  # reads with the worker's eyes, which know the solver

        world = self.world()
        state = hazards_known(
            self.store,
            self.world_id,
            _meaning(),
            known_at_s=known_s,
            lifecycles=app.lifecycles(self.settings),
            geocodes=self.geocodes(),
        )
        roads = self.find_roads()
        lost = () if roads is None else unmatched(roads, state.hazards, footprint(roads, state.hazards))
        return replace(world, hazards=state, now_s=min(world.now_s, known_s), unmatched=lost)

    def kept(self, name: str, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Make bytes once for a key and keep the last: open pages ask for the same ones all the time."""
        known = self._kept.get(name)
        if known is not None and known[0] == key:
            return known[1]
        made = make()
        self._kept[name] = (key, made)
        return made

    def local(self, instant_s: int) -> str:
        """Write an instant as the time of day where the recipients are."""
        if instant_s >= FOREVER_S:
            return "…"
        zone = ZoneInfo(self.settings.time_zone)
        return datetime.fromtimestamp(instant_s, tz=UTC).astimezone(zone).strftime("%H:%M")

    def clock_of(self, instant: str) -> str:
        """Write an instant of ours, as JSON has it, likewise."""
        return self.local(int(datetime.fromisoformat(instant).timestamp()))


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


@functools.cache
def _meaning() -> Meaning:
    return load_meaning()


UsesParts = Annotated[Parts, Depends(parts_of)]
