"""The scene: roads of the newest world as its last step saw them, with stops anchored and closures on them.

A stored plan names edges of the anchored roads, which are not stored: the same stops on the same roads give
the same edges, so they are made again here, once for each set of stops and hazards. The API still decides
nothing: it shows what was decided.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vado import hazards, network
from vado.exchange.problem import list_locations, refuse_far
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, LonLat
from vado.model.jobs import Job, Shipment, Vehicle
from vado.model.plan import Leg
from vado.model.problem import Problem
from vado.model.roads import I32, Roads
from vado.model.snapshot import PlaceReach, Snapshot, Travel
from vado.model.when import Interval
from vado.model.world import World
from vado.network.anchor import Anchored
from vado.planning.stops import Stops, stops


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What was decided on: stops, roads with nodes at them, and what closes which edge when."""

    places: Stops
    anchored: Anchored
    touched: Mapping[HazardId, I32]
    snapshot: Snapshot

    @property
    def roads(self) -> Roads:
        return self.anchored.roads

    @property
    def events(self) -> tuple[tuple[HazardId, ...], ...]:
        """Give the hazards that are one event, two or more each."""
        known = self.snapshot.hazards
        return tuple(tuple(known[k].id for k in event) for event in self.snapshot.events)


class Scenes:
    """Makes scenes and keeps the last one: polling pages ask for the same one again and again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._anchored: tuple[object, Anchored] | None = None
        self._scene: tuple[object, Scene] | None = None

    def scene(self, roads: Roads, world: World) -> Scene:
        """Give the scene of a world's last step."""
        with self._lock:
            places = stops(world, now_s=world.now_s)
            ground = (roads.content_hash, places.lonlats, places.travels)
            known: tuple[Hazard, ...] = world.hazards.hazards
            if self._scene is not None and self._scene[0] == (ground, known):
                return replace(self._scene[1], places=places)  # vehicles go about between the same stops
            if self._anchored is None or self._anchored[0] != ground:
                self._anchored = (ground, network.anchor(roads, places.lonlats, travels=places.travels))
            anchored = self._anchored[1]
            touched = hazards.footprint(anchored.roads, known)
            events = hazards.events(anchored.roads, known, touched)
            snapshot = network.snapshot(anchored.roads, known, touched, travels=places.travels, events=events)
            scene = Scene(places, anchored, touched, snapshot)
            self._scene = ((ground, known), scene)
            return scene


def reach_at(scene: Scene, at_s: int) -> tuple[PlaceReach, ...]:
    """Say which towns can be reached and left at an instant, by what is known now."""
    end_s = max(scene.places.horizon.end_s, at_s + 1)
    return network.reach(
        scene.snapshot,
        scene.places.posts(scene.anchored.nodes),
        travels=scene.places.travels,
        at_s=at_s,
        until_s=end_s,
    )


def problem_of(world: World) -> Problem:
    """Make as much of the problem as writing its plan needs: who and what, not where and when."""
    halves = tuple(half for s in world.shipments for half in (s.pickup, s.delivery))
    return Problem(
        now_s=world.now_s,
        horizon=Interval(world.now_s),
        jobs=tuple(sorted((*world.jobs, *halves), key=lambda job: job.id)),
        shipments=world.shipments,
        vehicles=world.vehicles,
        progress=world.progress,
        stops=(),
        nodes=(),
        places=(),
        access={},
    )


def line(roads: Roads, leg: Leg) -> list[LonLat]:
    """Draw a leg; nothing when it drives nothing."""
    points: list[LonLat] = []
    for step in leg.drive.edges if leg.drive is not None else ():
        shape = roads.shape(step.edge)
        points += shape[1:] if points and points[-1] == shape[0] else shape
    return points


def refuse_far_from_roads(
    roads: Roads,
    fleet: Sequence[Vehicle],
    *,
    jobs: Sequence[Job] = (),
    shipments: Sequence[Shipment] = (),
    vehicles: Sequence[Vehicle] = (),
    limit_m: float,
) -> None:
    """Raise ProblemError E1202 naming every place that is too far from what the whole fleet can drive."""
    located = list_locations(jobs, shipments, vehicles)
    if not located:
        return
    travels = {vehicle.travel for vehicle in (*fleet, *vehicles)} or {Travel("car")}
    known = [travel for travel in travels if travel.profile in roads.profiles]
    found = network.anchor(roads, tuple(at for _, at in located), travels=known, snap_max_m=limit_m)
    refuse_far([path for path, _ in located], found.snap_m, limit_m)
