"""The picture: what the overview page draws over the ground; it moves with the world.

In: roads, a scene, a world. Out: JSON types of bounded size: long lists are cut and counted. Lines are flat
[lon, lat, lon, lat, ...], thinned to what a screen can show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from vado import network
from vado.api import sentences, views
from vado.api.ahead import ahead_rows
from vado.api.ground import DIGITS, RANKS, bounds_of, thin, tolerance_of
from vado.api.scene import Scene, line
from vado.exchange.standing import Judged
from vado.hazards import to_ask
from vado.model.hazard import Hazard
from vado.model.ids import JobId, identifier
from vado.model.plan import Route, StopKind
from vado.model.roads import Roads
from vado.model.snapshot import PlaceReach
from vado.model.when import FOREVER_S, rfc3339
from vado.model.world import World
from vado.network import Shut, Voice
from vado.network.outlook import Outlook

Json = dict[str, Any]

CLOSED_POINTS_MAX = 8_000
SLOW_EDGES_MAX = 60  # slowed by one hazard; of more the larger roads are drawn
ROUTE_POINTS_MAX = 20_000
TOWNS_MAX = 300
ROUTES_MAX = 100
STOPS_MAX = 100
HELD_MAX = 200
HAZARDS_MAX = 100
ASK_MAX = 100
COLOURS = 8  # in vado.css
_SAID = ("state", "lines", "doubt")  # of a town
_STATES = ("cut", "closing", "no road", "open")


def draw_overview(
    world: World,
    scene: Scene,
    *,
    roads: Roads,
    now_s: int,
    tracking: Callable[[JobId], str | None],
    local: Callable[[int], str],
    voices: Sequence[Voice],
    outlook: Outlook | None = None,
    judged: Judged | None = None,
) -> Json:
    """Draw what moves: towns, closed roads, routes, what is held and what is unknown."""
    tolerance = tolerance_of(bounds_of(roads))
    towns = town_rows(world, local, voices=voices, judged=judged)
    held = views.held_jobs(world)
    done = views.visits(world)
    routes = () if world.plan is None else world.plan.routes
    planned = [stop.job for route in routes for stop in route.stops if stop.job and stop.job not in done]
    return {
        "world": world.id,
        "region": world.region,
        "attribution": roads.attribution,
        "version": world.version,
        "decided": rfc3339(world.now_s),
        "now": rfc3339(now_s),
        "counts": {
            "jobs": len(views.all_jobs(world)),
            "planned": len(planned),
            "done": len(done),
            "held": len(held),
            "vehicles": len(world.vehicles),
            "towns_cut": sum(row["state"] == "cut" for row in towns),
            "towns_closing": sum(row["state"] == "closing" for row in towns),
            "towns": len(towns),
            "unknown": sum(bool(hazard.unknown) for hazard in world.hazards.hazards),
        },
        "next_change": None if world.boundary_s is None else rfc3339(world.boundary_s),
        "towns": towns[:TOWNS_MAX],
        "told": told_together(towns[:TOWNS_MAX]),
        "ahead": [] if outlook is None else _ahead(roads, outlook, world, local),
        "closed": closed_rows(world, scene, roads, tolerance),
        "routes": _route_rows(routes, world, scene, tolerance),
        "held": [
            {
                "job": item.job,
                "location": _where(world, item.job),
                "reasons": [{"code": r.code.value, "text": r.text} for r in item.reasons],
                "tracking": tracking(item.job),
            }
            for item in list(held.values())[:HELD_MAX]
        ],
        "hazards": [
            {
                "id": hazard.id,
                "kind": hazard.kind,
                "severity": hazard.severity,
                "from": views.instant(hazard.spell(now_s).start_s),
                "until": views.instant(hazard.spell(now_s).end_s),
                "in_force": hazard.holds(now_s),
                "headline": hazard.evidence[0].headline,
                "alert": identifier(hazard.alert),
                "unknown": hazard.unknown,
            }
            for hazard in sorted(world.hazards.hazards, key=_by_start)[:HAZARDS_MAX]
        ],
        "ask": ask_rows(world, roads, judged)[:ASK_MAX],
    }  # fmt: skip


def ask_rows(world: World, roads: Roads, judged: Judged | None) -> list[Json]:
    """List the hazards that a person must look at, with all reasons; those in force stand first,
    and of these what shuts nothing though it should.
    """
    found = to_ask(roads, world.hazards.hazards, world.unmatched)
    rows = []
    for hazard in sorted(world.hazards.hazards, key=_by_start):
        doubt = "" if judged is None or not hazard.binds else judged.dispute(hazard.id)
        reasons = [*found.get(hazard.id, ()), *filter(None, [doubt])]
        if reasons:
            evidence = hazard.evidence[0]
            rows.append(
                {
                    "hazard": hazard.id,
                    "kind": hazard.kind,
                    "headline": evidence.headline,
                    "alert": identifier(hazard.alert),
                    "source": evidence.source,
                    "in_force": hazard.holds(world.now_s),
                    "roads": not hazard.unknown,  # it is known where it is
                    "reasons": reasons,
                    "text": "; ".join(reasons),
                }
            )
    lost = set(world.unmatched)
    return sorted(rows, key=lambda row: (not row["in_force"], row["hazard"] not in lost, not row["roads"]))


def _ahead(roads: Roads, found: Outlook, world: World, local: Callable[[int], str]) -> list[Json]:
    rows = ahead_rows(roads, found, _jobs_by_place(world), local)
    return [{**row, "from": views.instant(row["from"])} for row in rows]


def town_rows(
    world: World,
    local: Callable[[int], str],
    *,
    voices: Sequence[Voice],
    judged: Judged | None = None,
) -> list[Json]:
    """Say of each town how it stands for the whole fleet: the worst of all ways of travelling.

    `voices`: who speaks for where. `doubt`: why what cuts it is doubtful.
    """
    by_place: dict[int, list[PlaceReach]] = {}
    for reach in world.reach:
        by_place.setdefault(reach.place, []).append(reach)
    jobs = _jobs_by_place(world)
    unclear = views.is_unclear(world) or any(voice.missed for voice in voices)
    rows = []
    for reaches in by_place.values():
        states = [_state(reach) for reach in reaches]
        state = min(states, key=_STATES.index)
        those = [reach for reach, own in zip(reaches, states, strict=True) if own == state]
        # Of what is cut the one that opens last, of what closes the one that closes first.
        ends = {r.travel: -FOREVER_S if r.again_s is None else -r.again_s for r in those}
        worst = min(those, key=lambda r: (FOREVER_S if r.until_s is None else r.until_s, ends[r.travel]))
        row: Json = {
            "name": worst.name,
            "lon": round(worst.lon, DIGITS),
            "lat": round(worst.lat, DIGITS),
            "state": state,
            # A hazard that nobody can place or read may be here, or nobody speaks for the town.
            "unknown": unclear or bool(network.silence(voices, (worst.lon, worst.lat))),
            "some": len(those) < len(reaches),
            "profiles": [str(reach.travel) for reach in those],
            "direction": "both" if worst.reachable == worst.leavable else "in" if worst.leavable else "out",
            "until_s": worst.until_s if state == "closing" else None,
            "again_s": worst.again_s if state in ("cut", "closing") else None,
            "cut": [
                {"road": cut.road, "kind": cut.kind, "alert": identifier(cut.alert), "headline": cut.headline}
                for cut in worst.cut
            ]
            if state in ("cut", "closing")
            else [],
            "jobs": jobs.get(worst.name, {}),
        }
        row["doubt"] = _doubt(worst, judged) if row["cut"] else ""
        row["lines"] = sentences.town(row["state"], reaches, at_s=world.now_s, local=local)
        row["text"] = "; ".join(row["lines"])
        row["until"] = views.instant(row.pop("until_s"))
        row["again"] = views.instant(row.pop("again_s"))
        rows.append(row)
    rows.sort(key=_urgency)
    return rows


def told_together(rows: Sequence[Json]) -> list[Json]:
    """Join towns of which the same is said, unless they are open: a valley that is cut off is told once."""
    found: dict[object, Json] = {}
    for row in rows:
        same = row["name"] if row["state"] == "open" else (row["state"], row["text"], row["doubt"])
        known = found.setdefault(same, {"names": [], "jobs": {}, **{key: row[key] for key in _SAID}})
        known["names"].append(row["name"])
        for what, n in row["jobs"].items():
            known["jobs"][what] = known["jobs"].get(what, 0) + n
    return list(found.values())


def _doubt(reach: PlaceReach, judged: Judged | None) -> str:
    """Say of the roads of a cut why that they are shut is doubtful; "" where nobody doubts it."""
    if judged is None:
        return ""
    doubts = [(cut.road, judged.doubt(cut.hazard)) for cut in reach.cut]
    return "; ".join(dict.fromkeys(f"{road}: {doubt}" for road, doubt in doubts if doubt))


def _urgency(row: Json) -> tuple[int, str, int, str]:
    """Order towns: cut before closing, the soonest first, then where most is still to be brought."""
    left = sum(n for state, n in row["jobs"].items() if state != "done")
    return _STATES.index(row["state"]), row["until"] or "", -left, row["name"]


def _state(reach: PlaceReach) -> str:
    if not (reach.reachable and reach.leavable):
        return "cut" if reach.cut else "no road"
    return "open" if reach.until_s is None else "closing"


def _jobs_by_place(world: World) -> Mapping[str, dict[str, int]]:
    """Count what each town waits for: planned, done, held."""
    counts: dict[str, dict[str, int]] = {}
    for row in views.job_rows(world):
        state = {"delivered": "done", "held": "held", "received": "received"}.get(row["state"], "planned")
        own = counts.setdefault(row["place"], {})
        own[state] = own.get(state, 0) + 1
    return counts


def closed_rows(
    world: World, scene: Scene, roads: Roads, tolerance: float, *, points_max: int = CLOSED_POINTS_MAX
) -> list[Json]:
    """Draw the roads that hazards bind now or later, one row for each hazard and what it does there."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for travel, table in scene.snapshot.closures.items():
        # Parts of split edges lie on edges that keep their number: those are enough to draw.
        for k in np.flatnonzero(table.edge < roads.n_edges).tolist():
            action = "shut" if table.factor[k] <= 0 else "slow"
            row = found.setdefault((int(table.hazard[k]), action), {"edges": set(), "profiles": set()})
            row["edges"].add(int(table.edge[k]))
            row["profiles"].add(str(travel))
            row["factor"] = min(row.get("factor", 1.0), float(table.factor[k]))
    left = points_max
    rows = []
    for (number, action), row in sorted(found.items()):
        hazard = scene.snapshot.hazards[number]
        edges = _both_ways_once(roads, sorted(row["edges"]))
        shown = _main(roads, edges) if action == "slow" else edges
        lines = thin((roads.shape(edge) for edge in shown), tolerance / 2) if left > 0 else []
        left -= sum(len(one) // 2 for one in lines)
        names = list(dict.fromkeys(roads.road(edge) for edge in edges))
        rows.append(
            {
                "hazard": hazard.id,
                "alert": identifier(hazard.alert),
                "kind": hazard.kind,
                "headline": hazard.evidence[0].headline,
                "action": action,
                "factor": round(row["factor"], 2),
                "profiles": sorted(row["profiles"]),
                "in_force": hazard.holds(world.now_s),
                "from": views.instant(hazard.spell(world.now_s).start_s),
                "until": views.instant(hazard.spell(world.now_s).end_s),
                "roads": sentences.named(names),
                "edges": len(edges),
                "lines": lines,
            }
        )
    return rows


def _main(roads: Roads, edges: Sequence[int]) -> list[int]:
    """Leave out side roads where many are slowed: all of them under rain are a blur that says nothing."""
    if len(edges) <= SLOW_EDGES_MAX:
        return list(edges)
    larger = {k for k, name in enumerate(roads.classes) if any(name in names for names in RANKS[:3])}
    return [edge for edge in edges if int(roads.edge_class[edge]) in larger] or list(edges)


def shut_row(roads: Roads, shut: Shut) -> Json:
    """Draw a road that is supposed to be shut, as closed ones are drawn."""
    edges = _both_ways_once(roads, sorted(edge for edge in shut.edges if edge < roads.n_edges))
    lines = thin((roads.shape(edge) for edge in edges), tolerance_of(bounds_of(roads)) / 2)
    names = list(dict.fromkeys(roads.road(edge) for edge in edges))
    return {"label": shut.label, "road": sentences.named(names), "lines": lines}


def _both_ways_once(roads: Roads, edges: Sequence[int]) -> list[int]:
    seen: dict[tuple[int, int, int], int] = {}
    for edge in edges:
        a, b = int(roads.edge_from[edge]), int(roads.edge_to[edge])
        seen.setdefault((int(roads.edge_way[edge]), min(a, b), max(a, b)), edge)
    return list(seen.values())


def _route_rows(routes: Sequence[Route], world: World, scene: Scene, tolerance: float) -> list[Json]:
    at = {p.vehicle: p.at for p in world.progress if p.at is not None}
    # By its place in the fleet: a vehicle keeps its colour from plan to plan.
    colours = {vehicle.id: number % COLOURS for number, vehicle in enumerate(world.vehicles)}
    left = ROUTE_POINTS_MAX
    rows = []
    for route in routes[:ROUTES_MAX]:
        lines = thin([line(scene.roads, leg) for leg in route.legs], tolerance) if left > 0 else []
        left -= sum(len(one) // 2 for one in lines)
        shown = [stop for stop in route.stops if stop.kind is not StopKind.BREAK]
        rows.append(
            {
                "vehicle": route.vehicle,
                "colour": colours.get(route.vehicle, 0),
                "at": None if route.vehicle not in at else list(at[route.vehicle]),
                "jobs": len(route.jobs),
                "start": views.instant(route.stops[0].departure_s) if route.stops else None,
                "end": views.instant(route.stops[-1].arrival_s) if route.stops else None,
                "distance_m": sum(leg.distance_m for leg in route.legs),
                "lines": lines,
                "stops": [
                    {
                        "kind": stop.kind.value,
                        "job": stop.job,
                        "place": stop.place,
                        "location": None if stop.lonlat is None else list(stop.lonlat),
                        "arrival": views.instant(stop.arrival_s),
                        "state": stop.state.value,
                    }
                    for stop in shown[:STOPS_MAX]
                ],
            }
        )
    return rows


def _where(world: World, job_id: JobId) -> list[float] | None:
    job = next((job for job in views.all_jobs(world) if job.id == job_id), None)
    return None if job is None or job.location.lonlat is None else list(job.location.lonlat)


def _by_start(hazard: Hazard) -> tuple[int, str]:
    return hazard.interval.start_s, hazard.id
