"""Views: a world as plain JSON for programs. Pure: world and time in, JSON types out.

Refuses to know the store, HTTP and how the world came to be so. Texts that callers wrote about people
(descriptions) stay out; instants become RFC 3339.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely

from vado.exchange.plan import write_evidence
from vado.hazards.confidence import Standing
from vado.hazards.footprint import disc, surface
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, JobId, LonLat, VehicleId, identifier, sender
from vado.model.jobs import Done, Job, Window
from vado.model.plan import Plan, Stop, Unassigned
from vado.model.when import rfc3339
from vado.model.world import World
from vado.tracking import Track

Json = dict[str, Any]


def instant(epoch: int | None) -> str | None:
    """Write an instant, or null where there is none or it is open-ended."""
    return None if epoch is None else rfc3339(epoch) or None


def all_jobs(world: World) -> tuple[Job, ...]:
    """List jobs and both halves of all shipments, as the plan names them."""
    halves = (half for s in world.shipments for half in (s.pickup, s.delivery))
    return (*world.jobs, *halves)


def visits(world: World) -> Mapping[JobId, tuple[VehicleId, Done]]:
    """Map each job that is done to its vehicle and its visit."""
    return {visit.job: (p.vehicle, visit) for p in world.progress for visit in p.visits}


def stops_of(plan: Plan | None) -> Mapping[JobId, tuple[VehicleId, Stop]]:
    """Map each planned job to its vehicle and its stop."""
    routes = () if plan is None else plan.routes
    return {stop.job: (route.vehicle, stop) for route in routes for stop in route.stops if stop.job}


def held_jobs(world: World) -> Mapping[JobId, Unassigned]:
    return {} if world.plan is None else {item.job: item for item in world.plan.unassigned}


def job_rows(world: World) -> list[Json]:
    """List all jobs with what has become of them."""
    done, planned, held = visits(world), stops_of(world.plan), held_jobs(world)
    under_way = {p.vehicle: p for p in world.progress if p.committed or p.done}
    rows = []
    for job in all_jobs(world):
        vehicle: VehicleId | None = None
        arrival_s: int | None = None
        place, state = job.place, "received"
        if job.id in done:
            vehicle, visit = done[job.id]
            arrival_s, state = visit.arrival_s, "delivered"
        elif job.id in planned:
            vehicle, stop = planned[job.id]
            arrival_s, place, state = stop.arrival_s, stop.place or place, "planned"
            progress = under_way.get(vehicle)
            if progress is not None:
                state = "arriving" if progress.committed[:1] == (job.id,) else "on_the_way"
        elif job.id in held:
            state = "held"
            place = place or _place(held[job.id])
        rows.append(
            {
                "id": job.id,
                "shipment": job.shipment,
                "location": _lonlat(job.location.lonlat),
                "service_s": job.service_s,
                "delivery": list(job.delivery),
                "pickup": list(job.pickup),
                "skills": sorted(job.skills),
                "priority": job.priority,
                "windows": [window(w) for w in job.windows],
                "state": state,
                "vehicle": vehicle,
                "arrival": instant(arrival_s),
                "place": place,
                "reasons": reasons(held[job.id]) if state == "held" else [],
                "tracking": None,  # the store knows
            }
        )
    return rows


def vehicle_rows(world: World) -> list[Json]:
    """List the fleet with where each vehicle is."""
    progress = {p.vehicle: p for p in world.progress}
    rows = []
    for vehicle in world.vehicles:
        own = progress.get(vehicle.id)
        rows.append(
            {
                "id": vehicle.id,
                "profile": vehicle.profile,
                "equipment": sorted(vehicle.equipment),
                "load": str(vehicle.load),
                "start": None if vehicle.start is None else _lonlat(vehicle.start.lonlat),
                "end": None if vehicle.end is None else _lonlat(vehicle.end.lonlat),
                "capacity": list(vehicle.capacity),
                "skills": sorted(vehicle.skills),
                "shift": window(vehicle.shift),
                "at": None if own is None else _lonlat(own.at),
                "at_time": None if own is None or own.at is None else instant(own.at_s),
                "done": [visit.job for visit in own.done] if own is not None else [],
                "committed": list(own.committed) if own is not None else [],
            }
        )
    return rows


def window(value: Window) -> Json:
    return {"start": instant(value.start_s), "end": instant(value.end_s)}


def reasons(item: Unassigned) -> list[Json]:
    return [
        {
            "code": reason.code.value,
            "text": reason.text,
            "evidence": [write_evidence(one) for one in reason.evidence],
        }
        for reason in item.reasons
    ]


def hazard_features(
    world: World, standings: Mapping[HazardId, Standing] | None = None, *, at_s: int | None = None
) -> list[Json]:
    """Write hazards as GeoJSON features; one whose place nobody can say has no geometry."""
    return [
        {
            "type": "Feature", "id": h.id, "geometry": footprint(h),
            "properties": {**hazard_row(h, world.now_s if at_s is None else at_s),
                           **_standing(standings, h.id)},
        }
        for h in world.hazards.hazards
        if at_s is None or h.holds(at_s)
    ]  # fmt: skip


def _standing(standings: Mapping[HazardId, Standing] | None, hazard: HazardId) -> Json:
    """Say how sure a hazard is, and who else tells of it; nothing where no roads are known to compare by."""
    found = None if standings is None else standings.get(hazard)
    if found is None:
        return {}
    return {
        "confidence": round(found.confidence, 3),
        "told": instant(found.told_s),
        "also_told_by": list(found.also),
        "disputed_by": list(found.disputed),
    }


def told_s(world: World) -> dict[HazardId, int]:
    """Say when a source last told of each hazard: by a message of its own, or a document that held it."""
    sent = {alert: sent_s for alert, sent_s, _ in world.hazards.seen}
    present = {alert: at_s for alert, _, at_s in world.hazards.present}
    return {
        h.id: max(sent.get(h.version, 0), present.get(h.version, 0)) or h.interval.start_s
        for h in world.hazards.hazards
    }


def hazard_row(hazard: Hazard, now_s: int) -> Json:
    return {
        "kind": hazard.kind,
        "severity": hazard.severity,
        "certainty": hazard.certainty,
        "from": instant(hazard.interval.start_s),
        "until": instant(hazard.interval.end_s),
        "in_force": hazard.holds(now_s),
        "unknown": hazard.unknown,
        "areas": [area.description for area in hazard.footprint if area.description],
        "notes": list(hazard.notes),
        "effects": [
            {
                "profile": effect.profile,
                "action": effect.action.value,
                "speed_factor": effect.speed_factor,
                "cap_kmh": effect.cap_kmh or None,
                "delay_s": effect.delay_s or None,
                "requires": effect.requires,
                "only": "" if effect.only is None else str(effect.only),
                "source": effect.source,
            }
            for effect in hazard.effects
        ],
        "evidence": [
            {
                "alert": identifier(e.alert),
                "sender": sender(e.alert),
                "source": e.source,
                "raw": e.raw,
                "headline": e.headline,
            }
            for e in hazard.evidence
        ],
    }


def footprint(hazard: Hazard) -> Json | None:
    """Draw a hazard's shapes; circles as polygons, for GeoJSON has none."""
    shapes: list[Any] = []
    for area in hazard.footprint:
        shapes += [surface(polygon) for polygon in area.polygons]
        shapes += [disc(circle) for circle in area.circles]
        shapes += [shapely.LineString(line) for line in area.lines]
        for road in area.roads:
            if road.points:
                kind = shapely.LineString if len(set(road.points)) > 1 else shapely.MultiPoint
                shapes.append(kind(road.points))
    if not shapes:
        return None
    together = shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes)
    drawn: Json = shapely.geometry.mapping(together)
    return drawn


def is_unclear(world: World, at_s: int | None = None) -> bool:
    """Say whether a hazard that nobody can place or read is in force at an instant; else, now or later.

    No town is surely open then. Such a hazard shuts nothing, so no step marks when it begins: without an
    instant those to come count already.
    """
    unknown = (hazard for hazard in world.hazards.hazards if hazard.unknown)
    return any(at_s is None or at_s in hazard.interval for hazard in unknown)


def track_row(track: Track) -> Json:
    return {
        "job": track.job,
        "state": track.state.value,
        "headline": track.headline,
        "reason": track.reason,
        "expected_from": instant(track.from_s),
        "expected_until": instant(track.until_s),
        "next_update": rfc3339(track.next_update_s),
        "place": track.place,
        "history": [{"at": rfc3339(event.at_s), "text": event.text} for event in track.history],
        "language": track.language,
    }


def _lonlat(at: LonLat | None) -> list[float] | None:
    return None if at is None else list(at)


def _place(item: Unassigned) -> str:
    return next((e.place for reason in item.reasons for e in reason.evidence if e.place), "")
