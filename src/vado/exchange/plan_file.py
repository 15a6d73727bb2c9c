"""Read a plan file from anybody, ours or VROOM's, into routes that the referee can judge.

In: bytes, the problem it answers, the anchored roads. Out: `PlanFile`. What the file claims is taken as a
claim: nothing is mended to make it true. All faults of the file at once: E1210 for what refers to nothing,
E1211 for what is no plan. A plan without edges (VROOM's) gives legs without drives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from vado.exchange.edges import Index, Triple, chain, index_edges
from vado.exchange.reading import AMOUNT_MAX, INSTANT_MAX, Field, Log, load
from vado.model.ids import EdgeId, JobId, VehicleId
from vado.model.jobs import Job, Location, Vehicle
from vado.model.plan import Draft, Leg, Route, Solver, Stop, StopKind, StopState
from vado.model.problem import Problem
from vado.model.roads import Roads
from vado.model.snapshot import Drive, LegEdge

KINDS = {kind.value: kind for kind in StopKind}
STATES = {state.value: state for state in StopState}
PATH_EDGES_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    routes: tuple[Route, ...]
    missing: tuple[JobId, ...]  # what it calls unassigned, sorted
    made_s: int | None  # when it says it was made
    driven: bool  # it names the edges of its legs; without them only times can be judged, not roads
    notes: tuple[str, ...] = ()

    @property
    def draft(self) -> Draft:
        """Give what `planning.check` judges."""
        solver = Solver(
            name="file", version="", seed=0, solutions_max=0, seconds_max=0.0, solutions=0, stopped="read"
        )
        return Draft(routes=self.routes, missing=self.missing, cost=0, solver=solver)


@dataclass(frozen=True, slots=True)
class Names:
    """How a file may call things: ids as text, halves by (kind, their own id)."""

    jobs: Mapping[JobId, Job]
    plain: Mapping[tuple[str, str], JobId]
    vehicles: Mapping[str, Vehicle]

    def find(self, kind: str | None, name: str) -> JobId | None:
        kinds = (kind,) if kind is not None else ("job", "pickup", "delivery")
        return next((self.plain[k, name] for k in kinds if (k, name) in self.plain), None)


def read_plan(data: bytes, problem: Problem, roads: Roads | None) -> PlanFile:
    """Read a plan of this problem; raises ProblemError with all faults."""
    log = Log()
    top = load(data, log)
    if not isinstance(top.value, dict) or top.find("routes") is None:
        top.fault("E1211", "there are no routes in it", "give a plan as `vado plan` or VROOM writes it")
        log.raise_any()
    names = names_of(problem)
    rows = list(_need_list(top, "routes"))
    steps = [row.find("stops") or row.find("steps") for row in rows]
    index = index_edges(roads, _ways(rows)) if roads is not None else None
    routes = [_route(row, stops, problem, names, index) for row, stops in zip(rows, steps, strict=True)]
    missing = [_missing(item, names) for item in _need_list(top, "unassigned")]
    made = top.find("made_at_s") or top.find("made_at")
    made_s = None if made is None else made.instant()
    log.raise_any()
    found = tuple(route for route in routes if route is not None)
    return PlanFile(
        routes=found,
        missing=tuple(sorted(job for job in missing if job is not None)),
        made_s=made_s,
        driven=any(leg.drive is not None for route in found for leg in route.legs),
        notes=tuple(log.notes),
    )


def names_of(problem: Problem) -> Names:
    """Say how a file may call the jobs and vehicles of a problem."""
    jobs = {job.id: job for job in (*problem.history, *problem.jobs)}
    plain: dict[tuple[str, str], JobId] = {}
    for job in jobs.values():
        plain[job.half or "job", job.given_id or job.id] = job.id
    for job in jobs.values():
        plain.setdefault((job.half or "job", job.id), job.id)
    return Names(jobs, plain, {vehicle.id: vehicle for vehicle in problem.vehicles})


def _need_list(top: Field, key: str) -> list[Field]:
    found = top.find(key)
    if found is None:
        return []
    if not isinstance(found.value, list):
        found.fault("E1211", f"{key} is not an array", "give a plan as `vado plan` writes it")
        return []
    return list(found.items())


def _ways(rows: list[Field]) -> set[int]:
    """Collect the OSM ways of a whole file, so that its edges are looked for once."""
    ways: set[int] = set()
    for row in rows:
        for leg in _need_list(row, "legs"):
            edges = leg.value.get("edges") if isinstance(leg.value, dict) else None
            for edge in edges if isinstance(edges, list) else ():
                if isinstance(edge, list) and edge and type(edge[0]) is int and abs(edge[0]) < 2**63:
                    ways.add(edge[0])
    return ways


def _missing(item: Field, names: Names) -> JobId | None:
    kind = item.find("type")
    found = item.need("id", "say which job it is") if item.is_object() else None
    return None if found is None else _job(found, names, None if kind is None else kind.text())


def _job(found: Field, names: Names, kind: str | None) -> JobId | None:
    name = found.name()
    if name is None:
        return None
    job = names.find(kind, name[0])
    if job is None:
        what = "job" if kind is None else kind
        found.fault(
            "E1210", f"there is no {what} {name[0]!r} in the problem", "check it with its own problem"
        )
    return job


def _route(
    row: Field, stops: Field | None, problem: Problem, names: Names, index: Index | None
) -> Route | None:
    found = row.need("vehicle", "say whose route it is") if row.is_object() else None
    if found is None:
        return None
    name = found.name()
    vehicle = None if name is None else names.vehicles.get(name[0])
    if name is not None and vehicle is None:
        found.fault(
            "E1210", f"there is no vehicle {name[0]!r} in the problem", "check it with its own problem"
        )
    if stops is None or not isinstance(stops.value, list):
        row.fault("E1211", "the route has no stops", "give its stops")
        return None
    rows = list(stops.items())
    made = [_stop(item, problem, names, vehicle, k, len(rows)) for k, item in enumerate(rows)]
    whole = [stop for stop in made if stop is not None]
    if vehicle is None or len(whole) != len(rows):
        return None
    legs = _need_list(row, "legs") if row.find("legs") is not None else None
    if legs is None:
        return Route(vehicle=vehicle.id, stops=tuple(whole), legs=_claimed(rows, whole))
    if len(legs) == len(whole) + 1 and whole and vehicle.start is not None and vehicle.end is not None:
        whole = _with_ends(legs, whole, problem, vehicle)
    if len(legs) != max(0, len(whole) - 1):
        row.fault("E1211", f"{len(whole)} stops with {len(legs)} legs", "give one leg between two stops")
        return None
    drives = [_leg(leg, whole[k], whole[k + 1], index, vehicle.profile) for k, leg in enumerate(legs)]
    return Route(vehicle=VehicleId(vehicle.id), stops=tuple(whole), legs=tuple(d for d in drives if d))


def _stop(
    row: Field, problem: Problem, names: Names, vehicle: Vehicle | None, number: int, count: int
) -> Stop | None:
    if not row.is_object():
        return None
    kind_row, job_row = row.find("type"), row.find("job")
    said = None if kind_row is None else kind_row.text()
    if said is not None and said not in KINDS:
        row.fault("E1211", f"{said!r} is no kind of stop", f"give one of {', '.join(KINDS)}")
        return None
    if job_row is None and said in ("job", "pickup", "delivery"):
        job_row = row.need("id", "say which job it is")  # VROOM's word for it
    job = None if job_row is None else _job(job_row, names, said)
    if job_row is not None and job is None:
        return None
    kind = _kind(said, job, names, number, count)
    times = _times(row, kind)
    if times is None:
        return None
    location = _location(kind, job, names, vehicle)
    site = None if location is None or location not in problem.stops else problem.stop(location)
    state, label = row.find("state"), row.find("id")
    return Stop(
        kind=kind,
        job=job,
        lonlat=None if location is None else location.lonlat,
        node=None if site is None or problem.nodes[site] < 0 else problem.nodes[site],
        arrival_s=times[0],
        start_s=times[1],
        departure_s=times[2],
        state=STATES.get(str(state.value), StopState.PLANNED) if state is not None else StopState.PLANNED,
        place="" if site is None else problem.places[site],
        load=_load(row),
        label=str(label.value) if kind is StopKind.BREAK and label is not None else "",
    )


def _load(row: Field) -> tuple[int, ...]:
    """Read what is aboard; () where that is not said."""
    stated = row.find("load")
    parts = [] if stated is None else [part.whole(-AMOUNT_MAX, AMOUNT_MAX) for part in stated.items()]
    return tuple(part for part in parts if part is not None)


def _kind(said: str | None, job: JobId | None, names: Names, number: int, count: int) -> StopKind:
    if said is not None:
        return KINDS[said]
    if job is not None:
        return KINDS[names.jobs[job].half or "job"]
    return StopKind.START if number == 0 else StopKind.END if number == count - 1 else StopKind.BREAK


def _times(row: Field, kind: StopKind) -> tuple[int, int, int] | None:
    """Read arrival, start, departure; VROOM gives arrival, waiting, setup and service instead."""
    arrival_row = row.need("arrival", "say when it arrives")
    arrival = None if arrival_row is None else arrival_row.instant()
    if arrival is None:
        return None
    start, departure = row.find("start"), row.find("departure")
    waited = _number(row, "waiting_time")
    start_s = arrival + waited if start is None else start.instant()
    if start_s is None:
        return None
    if departure is not None:
        departure_s = departure.instant()
    else:
        departure_s = start_s + _number(row, "setup") + _number(row, "service")
    if kind is StopKind.START and departure is None:
        departure_s = start_s
    return None if departure_s is None else (arrival, start_s, departure_s)


def _number(row: Field, key: str) -> int:
    found = row.find(key)
    return 0 if found is None else found.whole() or 0


def _location(kind: StopKind, job: JobId | None, names: Names, vehicle: Vehicle | None) -> Location | None:
    if job is not None:
        return names.jobs[job].location
    if vehicle is None or kind is StopKind.BREAK:
        return None
    return vehicle.start if kind is StopKind.START else vehicle.end


def _claimed(rows: list[Field], stops: list[Stop]) -> tuple[Leg, ...]:
    """Make legs of VROOM's running totals, or of the times between stops where there are none."""
    legs = []
    for k in range(1, len(stops)):
        gone = [_number(rows[n], "duration") for n in (k - 1, k)]
        far = [_number(rows[n], "distance") for n in (k - 1, k)]
        given = rows[k].find("duration") is not None
        seconds = gone[1] - gone[0] if given else stops[k].arrival_s - stops[k - 1].departure_s
        legs.append(Leg(drive=None, duration_s=max(0, seconds), distance_m=max(0, far[1] - far[0])))
    return tuple(legs)


def _with_ends(legs: list[Field], stops: list[Stop], problem: Problem, vehicle: Vehicle) -> list[Stop]:
    """Add start and end where a file lists jobs only, with a leg before and after them."""
    first, last = _first_enter(legs[0]), _number(legs[-1], "duration_s")
    leaves_s = stops[0].arrival_s if first is None else math.floor(first)
    home_s = stops[-1].departure_s + last
    return [
        _bare(StopKind.START, vehicle.start, problem, leaves_s),
        *stops,
        _bare(StopKind.END, vehicle.end, problem, home_s),
    ]


def _bare(kind: StopKind, location: Location | None, problem: Problem, at_s: int) -> Stop:
    site = problem.stops.index(location) if location in problem.stops else None
    return Stop(
        kind=kind,
        job=None,
        lonlat=None if location is None else location.lonlat,
        node=None if site is None or problem.nodes[site] < 0 else problem.nodes[site],
        arrival_s=at_s,
        start_s=at_s,
        departure_s=at_s,
    )


def _first_enter(leg: Field) -> float | None:
    edges = leg.value.get("edges") if isinstance(leg.value, dict) else None
    first = edges[0] if isinstance(edges, list) and edges else None
    enter = first[3] if isinstance(first, list) and len(first) == 4 else None
    good = isinstance(enter, int | float) and math.isfinite(enter) and 0 <= enter <= INSTANT_MAX
    return float(enter) if good and not isinstance(enter, bool) else None  # type: ignore[arg-type]


def _leg(row: Field, before: Stop, after: Stop, index: Index | None, profile: str) -> Leg | None:
    if not row.is_object():
        return None
    edges = _need_list(row, "edges")
    duration, distance = row.find("duration_s"), row.find("distance_m")
    metres = None if distance is None else distance.real(0, 1e9)
    seconds = None if duration is None else duration.real(0, 1e9)
    taken_s = max(0, after.arrival_s - before.departure_s) if seconds is None else math.ceil(seconds)
    if not edges or index is None:
        return Leg(drive=None, duration_s=taken_s, distance_m=round(metres or 0))
    if len(edges) > PATH_EDGES_MAX:
        row.fault("E1209", f"{len(edges)} edges", f"give at most {PATH_EDGES_MAX}")
        return None
    triples = [_edge(edge) for edge in edges]
    whole = [triple for triple in triples if triple is not None]
    if len(whole) != len(edges):
        return None
    departs, arrives = row.find("departure"), row.find("arrival")
    depart_s = whole[0].enter_ms // 1000 if departs is None else departs.instant()
    arrive_s = (depart_s or 0) + taken_s if arrives is None else arrives.instant()
    if depart_s is None or arrive_s is None:
        return None
    steps, unknown = chain(
        index, whole, profile, origin=before.node, target=after.node, arrive_ms=arrive_s * 1000
    )
    for number in unknown:
        way, start, end = whole[number].way, whole[number].start, whole[number].end
        cause = f"no road leads on way {way} from node {start} to {end}"
        edges[number].fault("E1210", cause, "check the plan with the region it was made for")
    if unknown:
        return None
    total = round(sum(int(index.roads.edge_length_mm[edge]) for edge, _ in steps) / 1000)
    drive = Drive(
        edges=tuple(LegEdge(edge=EdgeId(edge), enter_ms=enter_ms) for edge, enter_ms in steps),
        depart_s=depart_s,
        arrive_s=arrive_s,
        distance_m=total if metres is None else round(metres),
    )
    return Leg(drive=drive, duration_s=arrive_s - depart_s, distance_m=drive.distance_m)


def _edge(row: Field) -> Triple | None:
    if not isinstance(row.value, list) or len(row.value) != 4:
        row.fault("E1211", "an edge is not [way, from, to, enter]", "give four numbers")
        return None
    parts = list(row.items())
    ids = [part.whole(-(2**62), 2**62) for part in parts[:3]]
    enter = parts[3].real(0, INSTANT_MAX)
    if enter is None or ids[0] is None or ids[1] is None or ids[2] is None:
        return None
    return Triple(ids[0], ids[1], ids[2], round(enter * 1000))
