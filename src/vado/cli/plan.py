"""`vado plan`: plan a problem file on the roads of a region, under alerts. VROOM's input as it is."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import Alerts, load_region, parse_time, read_alerts, read_file, settings
from vado.cli.options import AlertPaths, GeocodePaths, RegionOrMatrix, SkipBad
from vado.errors import BugError, InputError
from vado.model.when import clock, rfc3339

if TYPE_CHECKING:
    from vado.cli.problems import Asked
    from vado.model.problem import Budget

Json = dict[str, Any]


def plan(
    problem: Annotated[
        Path, typer.Argument(metavar="PROBLEM", help="Jobs, shipments, vehicles; VROOM's JSON. - is stdin.")
    ],
    region: RegionOrMatrix = None,
    alerts: AlertPaths = None,
    geocodes: GeocodePaths = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Now; if left out, when the file's day begins.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the plan there.")
    ] = None,
    solutions: Annotated[
        int | None, typer.Option(min=1, help="Solutions to look at; makes it repeatable.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.01, help="Seconds to search at most.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another search.")] = 1,
    skip_bad: SkipBad = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> int:
    """Plan a problem file. Exit 0 also when jobs stay unassigned: each has its reasons."""
    from vado.cli.problems import ask, refuse_dateless, starts_s
    from vado.model.problem import Budget

    asked = ask(read_file(problem, field="PROBLEM"))
    read = read_alerts(alerts or (), skip_bad=skip_bad, geocodes=geocodes)
    refuse_dateless(asked, read.alerts)
    begins_s = starts_s(asked)
    if at is not None:
        now_s = parse_time(at)
    elif begins_s is not None:
        now_s = begins_s
    else:
        # A file without any time starts at 0, as VROOM's do; alerts have dates, so with them it is today.
        now_s = int(time.time()) if read.files else 0
    configured = settings()
    budget = Budget(
        solutions_max=solutions or configured.budget_solutions,
        seconds_max=seconds or configured.budget_seconds,
        seed=seed,
    )
    for note in asked.file.notes:
        output.say(f"note: {note}")
    if asked.by_matrix:
        if region is not None or read.files:
            raise InputError(
                "the problem brings its own matrices, so roads and alerts have no say",
                code="E1007", field="--region", action="leave --region and --alerts out, or the matrices",
            )  # fmt: skip
        made = _on_matrix(asked, budget, now_s=now_s)
    elif region is None:
        raise InputError("the problem has no matrices, so it needs roads", code="E1007", field="--region",
                         action="give --region NAME (vado region list)")  # fmt: skip
    else:
        made = _on_roads(asked, region, read, budget, now_s=now_s)
    made = {**made, "problem": asked.written}
    if out is not None:
        write_whole(out, made)
    if as_json:
        output.write_json(made)
    else:
        show(made)
        if out is not None:
            output.say(f"written to {out}")
    return output.DONE


def _on_roads(asked: Asked, region: str, read: Alerts, budget: Budget, *, now_s: int) -> Json:
    """Take one step of the engine: the very walk that the service takes."""
    from vado import engine
    from vado.app import load_meaning
    from vado.cli.feed import hazard_json
    from vado.cli.problems import empty_world, messages, refuse_far
    from vado.cli.situation import known_at
    from vado.exchange.plan import write_plan

    with output.progress("plan") as tell:
        tell("opening roads", 0, None)
        roads = load_region(region)
        refuse_far(asked, roads, settings().snap_max_m)
        tell("planning", 0, None)
        published = [each for each in read.reads if each.at_s <= now_s]
        batch = messages(asked, known_at(read.alerts, now_s), now_s=now_s, reads=published)
        step = engine.step(
            empty_world(roads), batch, roads=roads, meaning=load_meaning(), now_s=now_s, budget=budget
        )
    if step.world.plan is None:
        raise BugError("a step gave no plan")
    written = write_plan(step.world.plan, step.problem, step.snapshot.roads, region=region,
                         region_hash=roads.content_hash)  # fmt: skip
    return {
        **written,
        "alerts": [
            {"id": alert.identifier, "sender": alert.sender, "sent": rfc3339(alert.sent_s)}
            for alert in read.alerts
        ],
        "hazards": [hazard_json(hazard) for hazard in step.snapshot.hazards],
        "unknown": [hazard_json(hazard) for hazard in step.snapshot.unknown],
        "faults": [output.fault_json(fault) for fault in read.faults],
        "decision": step.decision.hash,
    }


def _on_matrix(asked: Asked, budget: Budget, *, now_s: int) -> Json:
    """Plan on the caller's matrix: no roads, so nothing to absorb and nothing to close."""
    from vado import planning
    from vado.cli.problems import empty_snapshot, matrix_problem
    from vado.exchange.plan import write_plan
    from vado.model.plan import Verdict

    problem = matrix_problem(asked, now_s=now_s)
    times = planning.MatrixTimes(problem.stops, asked.file.matrices)
    with output.progress("plan") as tell:
        tell("planning", 0, None)

        def judge(draft: Any) -> Verdict:
            return planning.check(draft, problem, None, matrix=asked.file.matrices)

        draft = planning.replan(problem, times, previous=None, budget=budget)
        while not (verdict := judge(draft)).ok:
            draft = planning.retreat(draft, verdict)
        made = planning.explain(draft, problem, times, empty_snapshot(), previous=None)
    return write_plan(made, problem, None)


def write_whole(path: Path, data: Json) -> None:
    """Write a file so that nobody ever reads half of it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {error.strerror}", code="E1005", field="--out",
                         action="give a path in a folder that is there") from error  # fmt: skip


def show(made: Json) -> None:
    """Print a plan for people: a line a stop, then what is nowhere and why."""
    console = output.out()
    for route in made["routes"]:
        legs = [{"distance_m": 0, "duration_s": 0}, *route["legs"]]
        rows = [
            (stop["job"] if stop["job"] is not None else stop["type"], stop["place"],
             f"{leg['duration_s'] / 60:.0f}", f"{leg['distance_m'] / 1000:.1f}", _clock(stop["arrival"]),
             f"{stop['waiting'] / 60:.0f}" if stop["waiting"] else "", _clock(stop["start"]),
             _clock(stop["departure"]))
            for stop, leg in zip(route["stops"], legs, strict=True)
        ]  # fmt: skip
        title = f"{route['vehicle']}  {route['distance_m'] / 1000:.1f} km"
        heads = ["stop", "place", "drive min>", "km>", "arrives>", "waits min>", "starts>", "leaves>"]
        console.print(output.table(title, heads, rows))
    if made["unassigned"]:
        held = [
            (row["id"], reason["code"], reason["text"])
            for row in made["unassigned"] for reason in row["reasons"]
        ]  # fmt: skip
        console.print(output.table("unassigned", ["job", "reason", "why"], held))
    whole = made["summary"]
    stops = sum(stop["job"] is not None for route in made["routes"] for stop in route["stops"])
    console.print(
        f"{output.count(stops, 'stop')} on {output.count(whole['routes'], 'route')}, "
        f"{whole['distance_m'] / 1000:.0f} km; {whole['unassigned']} unassigned", markup=False,
    )  # fmt: skip
    for hazard in made.get("unknown", ()):
        what = hazard["headline"] or hazard["kind"]
        console.print(f"unknown: {what} ({hazard['alert']}): {hazard['unknown']}", markup=False)
    for fault in made.get("faults", ()):
        console.print(f"not read: {fault['field']}: {fault['cause']}", markup=False)
    if made["attribution"]:
        console.print(made["attribution"], markup=False)


def _clock(epoch: int) -> str:
    """Write an instant as time of day; after the first day of epoch time zero, days are counted too."""
    days = epoch // 86_400
    return f"{days}d {clock(epoch)}" if 0 < days < 366 else clock(epoch)
