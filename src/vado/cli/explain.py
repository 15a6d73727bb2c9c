"""`vado explain`: where a plan file has a job and why, or why nowhere. Needs nothing but that file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import read_file
from vado.cli.options import AsJson
from vado.errors import InputError
from vado.model.when import clock, rfc3339

Json = dict[str, Any]


def explain(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, as `vado plan` writes it.")],
    job: Annotated[str, typer.Argument(metavar="JOB", help="Id of a job, or of a shipment's half.")],
    as_json: AsJson = False,
) -> int:
    """Say where a job is in a plan and why, or why it is nowhere and what shows it."""
    data = read_plan_file(plan)
    found = _find(data, job)
    if as_json:
        output.write_json(found)
    else:
        _show(found)
    return output.DONE


def read_plan_file(path: Path) -> Json:
    """Read a plan file as JSON; E1001 and E1211 say what is wrong with it."""
    try:
        data = json.loads(read_file(path, field="PLAN"))
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}", code="E1001", field="PLAN",
                         action="give a plan as `vado plan -o FILE` writes it") from error  # fmt: skip
    rows = [data.get(key) for key in ("routes", "unassigned")] if isinstance(data, dict) else [None]
    if not all(isinstance(row, list) and all(isinstance(item, dict) for item in row) for row in rows):
        raise InputError(f"{path} has no routes and unassigned", code="E1211", field="PLAN",
                         action="give a plan as `vado plan -o FILE` writes it")  # fmt: skip
    return dict(data)


def _find(data: Json, job: str) -> Json:
    for row in data["unassigned"]:
        if job in _names(row, "id"):
            return {"job": row["id"], "assigned": False, "reasons": row.get("reasons", [])}
    for route in data["routes"]:
        stops = route.get("stops", [])
        for number, stop in enumerate(stops):
            if job in _names(stop, "job"):
                return _assigned(data, route, number)
    known = sorted(_known(data))
    near = difflib.get_close_matches(job, known, n=3, cutoff=0.5)
    raise InputError(
        f"the plan knows no job {job!r}" + (f"; near: {', '.join(near)}" if near else ""),
        code="E1210", field="JOB", action=f"give one of its {len(known)} jobs",
    )  # fmt: skip


def _names(row: Json, key: str) -> set[str]:
    """List how a person may call it: by its id, or a half of a shipment as S1/pickup."""
    given = row.get(key)
    if given is None:
        return set()
    names = {str(given)}
    if row.get("shipment"):
        names.add(f"{row['shipment']}/{row.get('type', '')}")
    return names


def _known(data: Json) -> Iterator[str]:
    for row in data["unassigned"]:
        yield from _names(row, "id")
    for route in data["routes"]:
        for stop in route.get("stops", []):
            yield from _names(stop, "job")


def _assigned(data: Json, route: Json, number: int) -> Json:
    stops, legs = route["stops"], route.get("legs", [])
    stop = stops[number]
    leg = legs[number - 1] if 0 < number <= len(legs) else {}
    given = _given(data, stop)
    windows = given.get("time_windows", [])
    return {
        "job": stop["job"], "assigned": True, "vehicle": route["vehicle"], "place": stop.get("place", ""),
        "number": number, "of": len(stops), "arrival": stop["arrival"], "start": stop["start"],
        "departure": stop["departure"], "waiting": stop.get("waiting", 0), "state": stop.get("state", ""),
        "time_windows": windows, "description": given.get("description", ""),
        "from": _where(stops[number - 1]) if number else "",
        "drive_s": leg.get("duration_s", 0), "drive_m": leg.get("distance_m", 0),
        "next": _where(stops[number + 1]) if number + 1 < len(stops) else "",
    }  # fmt: skip


def _given(data: Json, stop: Json) -> Json:
    """Find the job as its caller wrote it, in the problem that the plan carries."""
    problem = data.get("problem")
    if not isinstance(problem, dict):
        return {}
    rows = [row for row in problem.get("jobs", []) if isinstance(row, dict)]
    for shipment in problem.get("shipments", []):
        rows += [shipment.get(half, {}) for half in ("pickup", "delivery") if stop.get("type") == half]
    return next((row for row in rows if row.get("id") == stop["job"]), {})


def _where(stop: Json) -> str:
    return str(stop.get("job") or stop.get("type", ""))


def _show(found: Json) -> None:
    if not found["assigned"]:
        print(f"job {found['job']} is not in the plan:")
        for reason in found["reasons"]:
            print(f"  {reason['code']}: {reason['text']}")
            for item in reason.get("evidence", []):
                said = ", ".join(f"{key} {value}" for key, value in item.items() if key != "edge")
                print(f"    - {said}")
        return
    place = f" in {found['place']}" if found["place"] else ""
    print(f"job {found['job']}{place}: {found['vehicle']}, stop {found['number']} of {found['of'] - 1}")
    if found["description"]:
        print(f"  what: {found['description']}")
    print(f"  from {found['from']}: {found['drive_s'] / 60:.0f} min, {found['drive_m'] / 1000:.1f} km")
    waits = f", waits {found['waiting'] / 60:.0f} min" if found["waiting"] else ""
    print(f"  arrives {_time(found['arrival'])}{waits}, starts {_time(found['start'])}, "
          f"leaves {_time(found['departure'])}, then {found['next'] or 'nothing'}")  # fmt: skip
    for start, end in found["time_windows"]:
        print(f"  may start {_time(start)} to {_time(end)}")


def _time(value: object) -> str:
    """Write an instant of the file for people; small numbers are seconds of a day of its own."""
    if not isinstance(value, int | float):
        return str(value)
    whole = int(value)
    return clock(whole) if 0 <= whole < 86_400 * 2 else f"{clock(whole)} ({rfc3339(whole)[:10]})"
