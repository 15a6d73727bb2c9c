"""Write a plan as JSON: every stop, every edge driven with its entry time, every reason.

In: a plan, its problem, the anchored roads. Out: plain JSON types with ids as the caller wrote them and roads
as OSM names them, so that an outside referee can drive it with nothing but the map. Reading is `plan_file`.
docs/reference/plan.md has every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vado.exchange.plan_file import PlanFile, read_plan
from vado.model.ids import JobId, identifier, sender
from vado.model.jobs import Job
from vado.model.plan import EvidenceItem, Leg, Plan, Route, Stop, StopKind, Unassigned
from vado.model.problem import Problem
from vado.model.roads import Roads
from vado.model.when import FOREVER_S, rfc3339

__all__ = ["PlanFile", "read_plan", "write_id", "write_plan"]

Json = dict[str, Any]


def write_plan(
    plan: Plan, problem: Problem, roads: Roads | None, *, region: str = "", region_hash: str = ""
) -> Json:
    """Write a plan; `roads` are those of its snapshot, None with a caller's matrix (legs without edges)."""
    jobs = {job.id: job for job in (*problem.history, *problem.jobs)}
    numbers = {vehicle.id for vehicle in problem.vehicles if vehicle.id_is_number}
    routes = [_route(route, jobs, roads, number=route.vehicle in numbers) for route in plan.routes]
    legs = [leg for route in plan.routes for leg in route.legs]
    stops = [stop for route in plan.routes for stop in route.stops]
    return {
        "summary": {
            "cost": plan.cost,
            "routes": len(plan.routes),
            "unassigned": len(plan.unassigned),
            "distance_m": sum(leg.distance_m for leg in legs),
            "duration_s": sum(leg.duration_s for leg in legs),
            "waiting_s": sum(_waiting(stop) for stop in stops),
        },
        "routes": routes,
        "unassigned": [_unassigned(item, jobs, roads) for item in plan.unassigned],
        "made_at": rfc3339(plan.made_s),
        "made_at_s": plan.made_s,
        "region": region or (roads.name if roads is not None else ""),
        "region_hash": region_hash or (roads.content_hash if roads is not None else ""),
        "attribution": roads.attribution if roads is not None else "",
        "snapshot": plan.snapshot,
        "solver": {
            "name": plan.solver.name,
            "version": plan.solver.version,
            "seed": plan.solver.seed,
            "solutions_max": plan.solver.solutions_max,
            "seconds_max": plan.solver.seconds_max,
            "solutions": plan.solver.solutions,
            "stopped": plan.solver.stopped,
            "rounds": plan.solver.rounds,
            "steps": plan.solver.steps,
        },
    }


def write_id(job: JobId, jobs: Mapping[JobId, Job]) -> str | int:
    """Give an id back as its caller wrote it: a number as a number, a half of a shipment by its own id."""
    known = jobs.get(job)
    if known is None:
        return job
    name = known.given_id or known.id
    return int(name) if known.id_is_number else name


def _waiting(stop: Stop) -> int:
    return 0 if stop.kind in (StopKind.START, StopKind.END) else stop.start_s - stop.arrival_s


def _route(route: Route, jobs: Mapping[JobId, Job], roads: Roads | None, *, number: bool) -> Json:
    return {
        "vehicle": int(route.vehicle) if number else str(route.vehicle),
        "stops": [_stop(stop, jobs) for stop in route.stops],
        "legs": [_leg(leg, roads) for leg in route.legs],
        "distance_m": sum(leg.distance_m for leg in route.legs),
        "duration_s": sum(leg.duration_s for leg in route.legs),
        "waiting_s": sum(_waiting(stop) for stop in route.stops),
    }


def _stop(stop: Stop, jobs: Mapping[JobId, Job]) -> Json:
    known = None if stop.job is None else jobs.get(stop.job)
    row: Json = {
        "type": stop.kind.value,
        "job": None if stop.job is None else write_id(stop.job, jobs),
        "location": None if stop.lonlat is None else list(stop.lonlat),
        "arrival": stop.arrival_s,
        "start": stop.start_s,
        "departure": stop.departure_s,
        "waiting": _waiting(stop),
        "load": list(stop.load),
        "place": stop.place,
        "state": stop.state.value,
    }
    if known is not None and known.shipment:
        row["shipment"] = known.shipment
    if stop.kind is StopKind.BREAK:
        row["id"] = stop.label
    return row


def _leg(leg: Leg, roads: Roads | None) -> Json:
    edges = []
    if leg.drive is not None and roads is not None:
        edges = [[*_triple(roads, step.edge), step.enter_ms / 1000] for step in leg.drive.edges]
    row: Json = {"edges": edges, "distance_m": leg.distance_m, "duration_s": leg.duration_s}
    if leg.drive is not None:
        row["departure"], row["arrival"] = leg.drive.depart_s, leg.drive.arrive_s
    return row


def _triple(roads: Roads, edge: int) -> tuple[int, int, int]:
    """Name an edge as OSM does: way, first node, last node."""
    a, b = int(roads.edge_from[edge]), int(roads.edge_to[edge])
    return int(roads.edge_way[edge]), int(roads.node_osm[a]), int(roads.node_osm[b])


def _unassigned(item: Unassigned, jobs: Mapping[JobId, Job], roads: Roads | None) -> Json:
    known = jobs.get(item.job)
    row: Json = {
        "id": write_id(item.job, jobs),
        "type": known.half or "job" if known is not None else "job",
        "reasons": [
            {
                "code": reason.code.value,
                "text": reason.text,
                "evidence": [write_evidence(evidence, roads) for evidence in reason.evidence],
            }
            for reason in item.reasons
        ],
    }
    if known is not None and known.shipment:
        row["shipment"] = known.shipment
    if known is not None and known.location.lonlat is not None:
        row["location"] = list(known.location.lonlat)
    return row


def write_evidence(item: EvidenceItem, roads: Roads | None = None) -> Json:
    """Write what is known, leave the rest out; an edge by its OSM names: an index means nothing outside."""
    edge = None
    if item.edge is not None and roads is not None and item.edge < roads.n_edges:
        edge = list(_triple(roads, item.edge))
    row = {
        "hazard": item.hazard,
        "alert": None if item.alert is None else identifier(item.alert),
        "sender": None if item.alert is None else sender(item.alert),
        "road": item.road,
        "place": item.place,
        "edge": edge,
        "vehicle": item.vehicle,
        "from": None if item.from_s is None else rfc3339(item.from_s),
        "until": None if item.until_s is None or item.until_s >= FOREVER_S else rfc3339(item.until_s),
        "detail": item.detail,
    }
    return {key: value for key, value in row.items() if value not in (None, "")}
