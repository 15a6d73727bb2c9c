"""`vado check`: let the referee judge a plan file. Works out everything again and never asks the solver.

A plan without times (VROOM's plan mode, lists of jobs) is driven first; what cannot be is told as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.explain import read_plan_file
from vado.cli.files import Alerts, load_region, parse_time, read_alerts, read_file
from vado.cli.options import AlertPaths, AsJson, RegionOrMatrix, SkipBad
from vado.errors import InputError, ProblemError
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from vado.cli.problems import Asked
    from vado.cli.situation import Situation
    from vado.exchange.orders_given import Orders
    from vado.exchange.plan import PlanFile
    from vado.model.plan import Verdict, Violation
    from vado.model.problem import Problem
    from vado.model.world import World
    from vado.planning import Stops
    from vado.ports import Times

Json = dict[str, Any]


def check(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, ours or VROOM's.")],
    problem: Annotated[
        Path | None,
        typer.Option(
            "--problem", metavar="FILE", help="Its problem; needed when the plan does not carry it."
        ),
    ] = None,
    region: RegionOrMatrix = None,
    alerts: AlertPaths = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Now; if left out, when the plan was made.")
    ] = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Judge a plan by every rule: exit 0 when it holds, 1 with each violation when it does not."""
    from vado.cli.problems import ask, refuse_dateless, starts_s

    written, ordered = _read(plan)
    data = json.dumps(written).encode()
    asked = ask(read_file(problem, field="--problem") if problem is not None else _carried(written, plan))
    orders = _orders(asked, written) if ordered else None
    read = read_alerts(alerts or (), skip_bad=skip_bad)
    refuse_dateless(asked, read.alerts)
    made = written.get("made_at_s") if isinstance(written, dict) else None
    if at is not None:
        now_s = parse_time(at)
    else:
        now_s = made if isinstance(made, int) else starts_s(asked) or 0
    if asked.by_matrix:
        file, verdict, notes = _on_matrix(asked, data, orders, now_s=now_s)
    else:
        said = written.get("region") if isinstance(written, dict) else None
        named = region or (said if isinstance(said, str) else None)
        if not named:
            raise InputError("neither plan nor problem says on which roads", code="E1007", field="--region",
                             action="give --region NAME (vado region list)")  # fmt: skip
        _same_roads(written if isinstance(written, dict) else {}, named)
        file, verdict, notes = _on_roads(asked, data, orders, named, read, now_s=now_s)
    return _say(file, verdict, [*file.notes, *notes], read, now_s=now_s, as_json=as_json)


def _read(path: Path) -> tuple[Any, bool]:
    """Read a plan, and tell whether it names orders alone and no times."""
    from vado.exchange.orders_given import has_orders, is_problem

    try:
        written = json.loads(read_file(path, field="PLAN"))
    except ValueError:
        return read_plan_file(path), False  # which says what is wrong with it
    if is_problem(written) or has_orders(written):
        return written, True
    return read_plan_file(path), False


def _orders(asked: Asked, written: Any) -> Callable[[Problem], Orders]:
    """Choose how the orders are read once the problem is numbered."""
    from vado.exchange.orders_given import is_problem, read_orders

    if not is_problem(written):
        return lambda problem: read_orders(written, problem)
    if not asked.file.initial:
        raise ProblemError("no vehicle has steps, so there is no plan to judge", code="E1211",
                           field="vehicles", action="give steps, or plan it first: vado plan")  # fmt: skip
    return lambda _: asked.file.initial


def _timed(
    problem: Problem, times: Times, orders: Orders
) -> tuple[PlanFile, tuple[Violation, ...], tuple[str, ...]]:
    """Put a clock to orders; what cannot be driven is a violation already."""
    from vado import planning
    from vado.exchange.plan import PlanFile

    draft, faults = planning.drive_orders(problem, times, orders)
    driven = any(leg.drive is not None for route in draft.routes for leg in route.legs)
    note = "the plan names no times: each vehicle was driven as soon as it can"
    return PlanFile(routes=draft.routes, missing=draft.missing, made_s=None, driven=driven), faults, (note,)


def _carried(written: Any, path: Path) -> bytes:
    from vado.exchange.orders_given import is_problem

    if is_problem(written):
        return json.dumps(written).encode()
    if not isinstance(written, dict) or not isinstance(written.get("problem"), dict):
        raise InputError(f"{path} does not carry its problem", code="E1003", field="problem",
                         action="give it: --problem FILE")  # fmt: skip
    return json.dumps(written["problem"]).encode()


def _same_roads(written: Json, region: str) -> None:
    """Refuse a plan of other roads with one fault, before each of its edges becomes one."""
    made_on, roads = written.get("region_hash"), load_region(region)
    if made_on and made_on != roads.content_hash:
        raise ProblemError(
            f"the plan was made on other roads ({written.get('region')}, {str(made_on)[:19]}…) "
            f"than region {roads.name} ({roads.content_hash[:19]}…)",
            code="E1211", field="region_hash", action="check it on the region it was made for, or plan again",
        )  # fmt: skip


def _on_roads(
    asked: Asked,
    data: bytes,
    orders: Callable[[Problem], Orders] | None,
    region: str,
    read: Alerts,
    *,
    now_s: int,
) -> tuple[PlanFile, Verdict, tuple[str, ...]]:
    from vado import planning
    from vado.cli.problems import world
    from vado.cli.situation import look
    from vado.exchange.plan import read_plan

    roads = load_region(region)
    asked_world = world(asked, roads)
    stops = planning.stops(asked_world, now_s=now_s)
    seen = look(roads, read.alerts, stops.lonlats, stops.travels, at_s=now_s, reads=read.reads)
    # The referee judges by what it drives: it needs no table of when a stop can be used.
    problem = planning.problem(asked_world, stops, seen.anchored.nodes, seen.anchored.places, {}, now_s=now_s)
    if orders is not None:
        return _driven(asked_world, stops, seen, orders, now_s=now_s)
    file = read_plan(data, problem, seen.snapshot.roads)
    notes = list(seen.notes)
    if not file.driven and any(len(route.stops) > 1 for route in file.routes):
        notes.append("the plan names no edges: times were judged, roads could not be")
    return file, planning.check(file.draft, problem, seen.snapshot), tuple(notes)


def _driven(
    world: World, stops: Stops, seen: Situation, orders: Callable[[Problem], Orders], *, now_s: int
) -> tuple[PlanFile, Verdict, tuple[str, ...]]:
    """Judge orders on roads: these are driven first, for which it has to be known when a stop can be used."""
    from vado import network, planning

    snapshot, nodes = seen.snapshot, seen.anchored.nodes
    groups = network.groups(snapshot, stops.posts(nodes), stops.horizon)
    access = network.access(snapshot, nodes, groups, horizon=stops.horizon)
    times = network.times(snapshot, nodes, horizon=stops.horizon)
    problem = planning.problem(world, stops, nodes, seen.anchored.places, access, groups=groups, now_s=now_s)
    file, faults, notes = _timed(problem, times, orders(problem))
    return file, _both(faults, planning.check(file.draft, problem, snapshot)), (*seen.notes, *notes)


def _both(faults: tuple[Violation, ...], verdict: Verdict) -> Verdict:
    return replace(verdict, violations=(*faults, *verdict.violations))


def _on_matrix(
    asked: Asked, data: bytes, orders: Callable[[Problem], Orders] | None, *, now_s: int
) -> tuple[PlanFile, Verdict, tuple[str, ...]]:
    from vado import planning
    from vado.cli.problems import matrix_problem
    from vado.exchange.plan import read_plan

    problem = matrix_problem(asked, now_s=now_s)
    given = asked.file.matrices
    faults: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()
    if orders is not None:
        times = planning.MatrixTimes(problem.stops, given)
        file, faults, notes = _timed(problem, times, orders(problem))
    else:
        file = read_plan(data, problem, None)
    return file, _both(faults, planning.check(file.draft, problem, None, matrix=given)), notes


def _say(
    file: PlanFile, verdict: Verdict, notes: list[str], read: Alerts, *, now_s: int, as_json: bool
) -> int:
    stops = sum(len(route.jobs) for route in file.routes)
    if as_json:
        output.write_json({
            "ok": verdict.ok,
            "violations": [
                {"rule": v.rule.value, "vehicle": v.vehicle, "job": v.job, "text": v.text}
                for v in verdict.violations
            ],
            "at": rfc3339(now_s), "routes": len(file.routes), "stops": stops, "roads_judged": file.driven,
            "notes": notes, "faults": [output.fault_json(fault) for fault in read.faults],
        })  # fmt: skip
        return output.DONE if verdict.ok else output.NO
    if verdict.violations:
        rows = [(v.rule, v.vehicle or "-", v.job or "-", v.text) for v in verdict.violations]
        output.out().print(output.table("violations", ["rule", "vehicle", "job", "what"], rows))
    print(f"{'holds' if verdict.ok else 'does not hold'}: {output.count(len(file.routes), 'route')}, "
          f"{output.count(stops, 'stop')}, {output.count(len(verdict.violations), 'violation')}")  # fmt: skip
    for note in notes:
        print(f"note: {note}")
    for fault in read.faults:
        print(f"not read: {fault}")
    return output.DONE if verdict.ok else output.NO
