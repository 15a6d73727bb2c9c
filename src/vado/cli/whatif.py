"""`vado whatif`: which towns open and which are cut off when hazards are lifted or other roads shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import (
    load_region,
    parse_load,
    parse_lonlat,
    parse_time,
    read_alerts,
    refuse_unknown_profile,
    settings,
)
from vado.cli.options import AlertPaths, AsJson, SkipBad
from vado.cli.reach import AHEAD_S, cut_words, find_places, moment
from vado.errors import InputError
from vado.model.when import Interval, rfc3339

if TYPE_CHECKING:
    from vado.model.snapshot import ReachChange


def whatif(
    region: Annotated[str, typer.Option("--region", metavar="NAME", help="A region's name, or its folder.")],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="RFC 3339 or epoch seconds.")],
    from_: Annotated[
        list[str], typer.Option("--from", metavar="LON,LAT", help="Where vehicles are; may be repeated.")
    ],
    alerts: AlertPaths = None,
    reopen: Annotated[
        list[str] | None,
        typer.Option("--reopen", metavar="ID", help="A hazard or alert to take as lifted; may be repeated."),
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option("--close", metavar="ROAD", help="A ref, name, OSM way or LON,LAT; may be repeated."),
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="car, van, truck or 4x4.")] = "van",
    equipment: Annotated[
        list[str] | None, typer.Option("--equipment", help="What is aboard, like chains; may be repeated.")
    ] = None,
    load: Annotated[
        list[str] | None,
        typer.Option("--load", metavar="KEY=VALUE", help="Like weight_kg=7000 or hazmat=D; may be repeated."),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="TEXT", help="Only this town; exit 1 when it stays cut off."),
    ] = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Say which towns open, and which are cut off, if hazards were lifted or other roads shut."""
    at_s = parse_time(at)
    origins = tuple(parse_lonlat(text, field="--from") for text in from_)
    if not reopen and not close:
        raise InputError("nothing is supposed", code="E1007", action="give --reopen, --close or both")
    roads = load_region(region)
    refuse_unknown_profile(roads, profile)
    wanted = None if place is None else find_places(roads, place)
    read = read_alerts(alerts or (), skip_bad=skip_bad)

    from vado import network
    from vado.cli.situation import look
    from vado.exchange.problem import refuse_far
    from vado.exchange.whatif import answer_json, question_of, resolve
    from vado.model.snapshot import Travel

    travel = Travel(profile, frozenset(equipment or ()), parse_load(load or ()))
    seen = look(roads, read.alerts, origins, (travel,), at_s=at_s)
    refuse_far(["--from"] * len(origins), seen.anchored.snap_m, settings().snap_max_m)
    lifted, shut = resolve(question_of(reopen or (), close or ()), seen.snapshot, Interval(at_s))
    answer = network.whatif(seen.snapshot, seen.anchored.nodes_of(origins), lift=lifted, shut=shut,
                            travels=(travel,), at_s=at_s, until_s=at_s + AHEAD_S)  # fmt: skip
    if wanted is not None:
        told = tuple(change for change in answer.changes if change.place in wanted)
        answer = replace(answer, changes=told)
    unclear = any(at_s in hazard.interval for hazard in answer.snapshot.unknown)
    if as_json:
        said: dict[str, Any] = answer_json(answer, lifted=lifted, shut=shut, unknown=unclear,
                                           local=lambda instant: moment(instant, at_s))  # fmt: skip
        output.write_json({
            **said, "at": rfc3339(at_s), "from": [list(origin) for origin in origins], "profile": str(travel),
            "region": roads.name, "region_hash": roads.content_hash, "snapshot": answer.snapshot.content_hash,
            "faults": [output.fault_json(fault) for fault in read.faults],
            "notes": list(seen.notes), "attribution": roads.attribution,
        })  # fmt: skip
    else:
        _show(answer.changes, at_s, f"{roads.name} by {travel} at {rfc3339(at_s)}")
        for fault in read.faults:
            print(f"not read: {fault}")
        print(roads.attribution)
    whole = all(row.reachable and row.leavable for row in answer.after if wanted and row.place in wanted)
    return output.DONE if whole else output.NO


def _show(changes: Sequence[ReachChange], at_s: int, title: str) -> None:
    if not changes:
        print(f"{title}: nothing changes")
        return

    def row(change: ReachChange) -> tuple[str, ...]:
        until = "" if change.until_s is None else moment(change.until_s, at_s)
        better = change.now.rank < change.was.rank
        why = f"{'lifted' if better else 'shut'}: {cut_words(change.cut)}" if change.cut else ""
        return change.name, change.was, change.now, moment(change.from_s, at_s), until, why

    console = output.out()
    # What opens stands first, then what is cut off; the soonest on top.
    ordered = sorted(changes, key=lambda c: (c.now.rank - c.was.rank, c.from_s, c.name))
    console.print(output.table(title, ["town", "was", "now", "from", "until", "why"], map(row, ordered)))
    opens = len({change.place for change in changes if change.now.rank < change.was.rank})
    shuts = len({change.place for change in changes if change.now.rank > change.was.rank})
    console.print(f"{output.count(opens, 'town')} better off, {shuts} worse off")
