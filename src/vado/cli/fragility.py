"""`vado region fragility`: which single roads, and which pairs, isolate which towns, before any storm.

In: a region, alerts and jobs if there are any. Out: a table, a sentence for each town that one road is left
to, or JSON. The border of an extract hides ways outside it, and every output says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.feed import hazard_json
from vado.cli.files import (
    load_region,
    parse_lonlat,
    parse_time,
    read_alerts,
    read_file,
    refuse_unknown_profile,
    regions,
    settings,
)
from vado.cli.options import AlertPaths, AsJson, SkipBad
from vado.errors import InputError
from vado.model.when import clock, rfc3339

if TYPE_CHECKING:
    from vado.model.ids import LonLat
    from vado.model.roads import Roads
    from vado.network.outlook import Outlook

Json = dict[str, Any]
ROADS_SHOWN, PAIRS_SHOWN, TOWNS_SHOWN = 30, 15, 4  # in the tables; --json has all


def fragility(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the region.")],
    profile: Annotated[str, typer.Option("--profile", help="car, van, truck or 4x4.")] = "van",
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="LON,LAT", help="Isolated from here, not from the network's heart."),
    ] = None,
    alerts: AlertPaths = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="RFC 3339 or epoch seconds; with --alerts.")
    ] = None,
    jobs: Annotated[
        Path | None, typer.Option("--jobs", metavar="FILE", help="A problem file: its jobs count too.")
    ] = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Say which single roads, and which pairs, isolate which towns, and what is forecast for them."""
    if alerts and at is None:
        raise InputError("alerts are given, but no instant", code="E1007", field="--at",
                         action="give the instant too: --at 2026-01-10T12:00Z")  # fmt: skip
    roads = load_region(name)
    refuse_unknown_profile(roads, profile)
    at_s = 0 if at is None else parse_time(at)
    origins = tuple(parse_lonlat(text, field="--from") for text in from_ or ())
    work = () if jobs is None else _jobs(jobs)
    read = read_alerts(alerts or (), skip_bad=skip_bad)

    import numpy as np

    from vado.cli.situation import look
    from vado.exchange.fragility import BORDER, last_words, outlook_json
    from vado.exchange.problem import refuse_far
    from vado.model.snapshot import Travel
    from vado.network import fragility as finding
    from vado.network.outlook import outlook
    from vado.store.fragility import kept

    travel = Travel(profile)
    seen = look(roads, read.alerts, (*origins, *(at for _, at in work)), (travel,), at_s=at_s)
    paths = ["--from"] * len(origins) + [f"jobs[{k}]" for k in range(len(work))]
    refuse_far(paths, seen.anchored.snap_m, settings().snap_max_m)
    larger, nodes = seen.anchored.roads, np.array(seen.anchored.nodes, np.int64)
    if origins:
        # On the roads with the origins' nodes: segments keep their numbers.
        whole = finding.fragility(larger, profile, hubs=nodes[: len(origins)])
    else:
        folder = regions().info(name).path
        whole = kept(folder, roads.content_hash, profile, lambda: finding.fragility(roads, profile))
    found = outlook(seen.snapshot, travel, whole, at_s=at_s, jobs=nodes[len(origins) :])
    if as_json:
        output.write_json({
            **outlook_json(larger, found, work, local=clock),
            "from": [[float(larger.node_lon[k]), float(larger.node_lat[k])] for k in whole.hubs.tolist()],
            "profile": profile, "at": None if at is None else rfc3339(at_s),
            "region": roads.name, "region_hash": roads.content_hash,
            "unknown": [hazard_json(hazard) for hazard in seen.snapshot.unknown],
            "faults": [output.fault_json(fault) for fault in read.faults],
            "notes": [BORDER, *seen.notes], "attribution": roads.attribution,
        })  # fmt: skip
        return output.DONE
    _show(roads, found, profile)
    for last in found.lasts:
        print(last_words(roads.places.name[last.place], last, clock))
    if found.isolated_always:
        never = ", ".join(roads.places.name[k] for k in found.isolated_always)
        print(f"isolated whatever happens, on an island or for this profile: {never}")
    for k in found.isolated_now:
        print(f"isolated now: {roads.places.name[k]}")
    if found.pairs_left_out or found.segments_untried:
        print(
            f"not all pairs: {found.pairs_left_out:,} left out, {found.segments_untried:,} segments not tried"
        )
    for hazard in seen.snapshot.unknown:
        print(f"unknown: {hazard.evidence[0].headline or hazard.kind}: {hazard.unknown}")
    for fault in read.faults:
        print(f"not read: {fault}")
    for note in (BORDER, *seen.notes):
        print(f"note: {note}")
    print(roads.attribution)
    return output.DONE


def _jobs(path: Path) -> tuple[tuple[str, LonLat], ...]:
    """Read the jobs of a problem file: id and place; both halves of a shipment."""
    from vado.cli.problems import ask

    file = ask(read_file(path, field="--jobs")).file
    every = [*file.jobs, *(half for whole in file.shipments for half in (whole.pickup, whole.delivery))]
    # Jobs of a problem that brings its own matrix may have no place on any map.
    located = ((str(job.given_id or job.id), job.location.lonlat) for job in every)
    return tuple((name, at) for name, at in located if at is not None)


def _towns(roads: Roads, places: Sequence[int]) -> str:
    """Name the largest few towns, and count the others."""
    order = sorted(places, key=lambda k: (-int(roads.places.population[k]), roads.places.name[k]))
    more = len(order) - TOWNS_SHOWN
    names = ", ".join(roads.places.name[k] for k in order[:TOWNS_SHOWN])
    return f"{names} and {more} more" if more > 0 else names


def _show(roads: Roads, found: Outlook, profile: str) -> None:
    from vado.exchange.fragility import kind_words, ordered, people_words, span_words, warning_words
    from vado.network.outlook import cuts_heart

    def more(rows: Sequence[object], shown: int) -> str:
        return f"and {len(rows) - shown} more, see --json" if len(rows) > shown else ""

    console = output.out()
    whole = ordered(roads, found)
    rows = [
        (road.road, span_words(road), kind_words(road), road.segments, f"{road.length_m:,}",
         _towns(roads, road.places), len(road.places), people_words(roads, road.places), len(road.jobs),
         "; ".join(warning_words(line, clock) for line in road.warnings))
        for road in whole[:ROADS_SHOWN]
    ]  # fmt: skip
    heads = [
        "road",
        "from, to",
        "kind",
        "pieces>",
        "m>",
        "isolates",
        "towns>",
        "people>",
        "jobs>",
        "forecast",
    ]
    title = f"{roads.name} by {profile}: roads that isolate towns alone"
    console.print(output.table(title, heads, rows, caption=more(whole, ROADS_SHOWN)))
    apart = [pair for pair in found.pairs if not cuts_heart(roads, pair)]
    two = [
        (f"{a} ({sort})", f"{b} ({other})", _towns(roads, pair.places), len(pair.places),
         people_words(roads, pair.places))
        for pair in apart[:PAIRS_SHOWN] for (a, sort), (b, other) in [(pair.one, pair.two)]
    ]  # fmt: skip
    heads, title = ["road", "and road", "isolate", "towns>", "people>"], "pairs that isolate towns together"
    console.print(output.table(title, heads, two, caption=more(apart, PAIRS_SHOWN)))
    if len(apart) < len(found.pairs):
        console.print(
            f"{output.count(len(found.pairs) - len(apart), 'pair')} cut the heart itself off from most towns"
        )
