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
    instant_json,
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
from vado.model.when import FOREVER_S, clock, rfc3339

if TYPE_CHECKING:
    from vado.model.ids import LonLat
    from vado.model.roads import Roads
    from vado.network.fragile_roads import FragilePair, FragileRoad, LastWay, Warned

Json = dict[str, Any]
BORDER = "ways outside the extract are not known: a road may isolate nobody where one leads around abroad"
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
    from vado.exchange.problem import refuse_far
    from vado.model.snapshot import Travel
    from vado.network import fragile_roads as named
    from vado.network import fragility as finding
    from vado.store.fragility import kept

    travel = Travel(profile)
    seen = look(roads, read.alerts, (*origins, *(at for _, at in work)), (travel,), at_s=at_s)
    paths = ["--from"] * len(origins) + [f"jobs[{k}]" for k in range(len(work))]
    refuse_far(paths, seen.anchored.snap_m, settings().snap_max_m)
    larger, nodes = seen.anchored.roads, np.array(seen.anchored.nodes, np.int64)
    towns = roads.places.node.astype(np.int64)
    if origins:
        # On the roads with the origins' nodes: segments keep their numbers.
        hubs = nodes[: len(origins)]
        alone = finding.hangs(larger, profile, hubs, towns)
        pairs = finding.pairs(larger, profile, hubs, towns, alone)
    else:
        folder = regions().info(name).path
        whole = kept(folder, roads.content_hash, profile, lambda: finding.fragility(roads, profile))
        hubs, alone, pairs = whole.hubs, whole.singles, whole.pairs
    hanging = finding.hangs(larger, profile, hubs, nodes[len(origins) :]) if work else None
    warned = named.warnings(seen.snapshot, travel, at_s=at_s)
    found = named.fragile_roads(larger, alone, hanging, warned)
    both = named.fragile_pairs(larger, pairs)
    shut = named.shut_edges(seen.snapshot, travel, at_s=at_s)
    now = finding.hangs(larger, profile, hubs, towns, shut=shut) if len(shut) else alone
    lasts = named.last_ways(larger, now, alone, warned)
    told = [last for last in lasts if last.warnings or not last.always]
    never = [roads.places.name[k] for k in np.flatnonzero(alone.apart).tolist()]
    gone = [k for k in range(len(towns)) if now.apart[k] & ~alone.apart[k]]
    if as_json:
        output.write_json({
            "roads": [_road_json(roads, road, work) for road in found],
            "pairs": [_pair_json(roads, pair) for pair in both],
            "pairs_left_out": pairs.left_out, "segments_untried": pairs.untried,
            "last": [_last_json(roads, last) for last in told],
            "isolated_now": [roads.places.name[k] for k in gone],
            "isolated_always": never,
            "from": [[float(larger.node_lon[hub]), float(larger.node_lat[hub])] for hub in hubs.tolist()],
            "profile": profile, "at": None if at is None else rfc3339(at_s),
            "region": roads.name, "region_hash": roads.content_hash,
            "unknown": [hazard_json(hazard) for hazard in seen.snapshot.unknown],
            "faults": [output.fault_json(fault) for fault in read.faults],
            "notes": [BORDER, *seen.notes], "attribution": roads.attribution,
        })  # fmt: skip
        return output.DONE
    _show(roads, found, both, profile)
    for last in told:
        print(last_words(roads.places.name[last.place], last))
    if never:
        print(f"isolated whatever happens, on an island or for this profile: {', '.join(never)}")
    for k in gone:
        print(f"isolated now: {roads.places.name[k]}")
    if pairs.left_out or pairs.untried:
        print(f"not all pairs: {pairs.left_out:,} left out, {pairs.untried:,} segments not tried")
    for hazard in seen.snapshot.unknown:
        print(f"unknown: {hazard.evidence[0].headline or hazard.kind}: {hazard.unknown}")
    for fault in read.faults:
        print(f"not read: {fault}")
    for note in (BORDER, *seen.notes):
        print(f"note: {note}")
    print(roads.attribution)
    return output.DONE


def last_words(town: str, last: LastWay) -> str:
    """Say it in one sentence: "one bridge left to Arinsal: CG-4; flood warning from 15:00"."""
    said = f"one {last.kind} left to {town}: {last.road}"
    return "; ".join([said, *(_warning_words(line) for line in last.warnings)])


def _warning_words(line: Warned) -> str:
    until = "" if line.end_s >= FOREVER_S else f" to {clock(line.end_s)}"
    return f"{line.kind} warning from {clock(line.start_s)}{until}"


def _jobs(path: Path) -> tuple[tuple[str, LonLat], ...]:
    """Read the jobs of a problem file: id and place; both halves of a shipment."""
    from vado.cli.problems import ask

    file = ask(read_file(path, field="--jobs")).file
    every = [*file.jobs, *(half for whole in file.shipments for half in (whole.pickup, whole.delivery))]
    # Jobs of a problem that brings its own matrix may have no place on any map.
    located = ((str(job.given_id or job.id), job.location.lonlat) for job in every)
    return tuple((name, at) for name, at in located if at is not None)


def _road_json(roads: Roads, road: FragileRoad, work: Sequence[tuple[str, LonLat]]) -> Json:
    return {
        "road": road.road, "kind": road.kind, "ways": _ways(roads, road.edges), "length_m": road.length_m,
        "towns": [roads.places.name[k] for k in road.places], "population": road.population,
        "jobs": [work[k][0] for k in road.jobs], "warnings": [_warning_json(line) for line in road.warnings],
    }  # fmt: skip


def _pair_json(roads: Roads, pair: FragilePair) -> Json:
    return {
        "roads": [{"road": road, "kind": kind} for road, kind in (pair.one, pair.two)],
        "towns": [roads.places.name[k] for k in pair.places], "population": pair.population,
        "heart": _cuts_heart(roads, pair),
    }  # fmt: skip


def _cuts_heart(roads: Roads, pair: FragilePair) -> bool:
    """Say whether a pair cuts off more than half of all towns: rather it is the heart that it cuts off."""
    return 2 * len(pair.places) > len(roads.places)


def _last_json(roads: Roads, last: LastWay) -> Json:
    name = roads.places.name[last.place]
    return {"town": name, "road": last.road, "kind": last.kind, "always": last.always,
            "ways": _ways(roads, [last.edge]), "warnings": [_warning_json(line) for line in last.warnings],
            "text": last_words(name, last)}  # fmt: skip


def _warning_json(line: Warned) -> Json:
    return {"hazard": line.hazard, "alert": line.alert, "kind": line.kind, "headline": line.headline,
            "from": instant_json(line.start_s), "until": instant_json(line.end_s)}  # fmt: skip


def _ways(roads: Roads, edges: Sequence[int]) -> list[int]:
    return sorted({int(roads.edge_way[edge]) for edge in edges})


def _towns(roads: Roads, places: Sequence[int]) -> str:
    """Name the largest few towns, and count the others."""
    order = sorted(places, key=lambda k: (-int(roads.places.population[k]), roads.places.name[k]))
    more = len(order) - TOWNS_SHOWN
    names = ", ".join(roads.places.name[k] for k in order[:TOWNS_SHOWN])
    return f"{names} and {more} more" if more > 0 else names


def _show(roads: Roads, found: Sequence[FragileRoad], pairs: Sequence[FragilePair], profile: str) -> None:
    def more(rows: Sequence[object], shown: int) -> str:
        return f"and {len(rows) - shown} more, see --json" if len(rows) > shown else ""

    console = output.out()
    rows = [
        (road.road, road.kind, f"{road.length_m:,}", _towns(roads, road.places), len(road.places),
         f"{road.population:,}", len(road.jobs), "; ".join(map(_warning_words, road.warnings)))
        for road in sorted(found, key=lambda r: not r.warnings)[:ROADS_SHOWN]
    ]  # fmt: skip
    heads = ["road", "kind", "m>", "isolates", "towns>", "people>", "jobs>", "forecast"]
    title = f"{roads.name} by {profile}: roads that isolate towns alone"
    console.print(output.table(title, heads, rows, caption=more(found, ROADS_SHOWN)))
    apart = [pair for pair in pairs if not _cuts_heart(roads, pair)]
    two = [
        (f"{a} ({sort})", f"{b} ({other})", _towns(roads, pair.places), len(pair.places),
         f"{pair.population:,}")
        for pair in apart[:PAIRS_SHOWN] for (a, sort), (b, other) in [(pair.one, pair.two)]
    ]  # fmt: skip
    heads, title = ["road", "and road", "isolate", "towns>", "people>"], "pairs that isolate towns together"
    console.print(output.table(title, heads, two, caption=more(apart, PAIRS_SHOWN)))
    if len(apart) < len(pairs):
        console.print(
            f"{output.count(len(pairs) - len(apart), 'pair')} cut the heart itself off from most towns"
        )
