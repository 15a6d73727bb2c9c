"""`vado reach`: which towns can be reached and left again, until when, and what cuts them off."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.feed import hazard_json
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
from vado.errors import InputError
from vado.model.ids import identifier
from vado.model.when import clock, rfc3339

if TYPE_CHECKING:
    from vado.model.roads import Roads
    from vado.model.snapshot import CutRoad, PlaceReach

Json = dict[str, Any]
AHEAD_S = 7 * 24 * 3600  # how far "until" looks: feeds see no further with any sense (AEMET 3 days, EFAS 10)


def reach(
    region: Annotated[str, typer.Option("--region", metavar="NAME", help="A region's name, or its folder.")],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="RFC 3339 or epoch seconds.")],
    from_: Annotated[
        list[str], typer.Option("--from", metavar="LON,LAT", help="Where vehicles are; may be repeated.")
    ],
    alerts: AlertPaths = None,
    profile: Annotated[str, typer.Option("--profile", help="car, van, truck or 4x4.")] = "van",
    equipment: Annotated[
        list[str] | None, typer.Option("--equipment", help="What is aboard, like chains; may be repeated.")
    ] = None,
    load: Annotated[
        list[str] | None,
        typer.Option("--load", metavar="KEY=VALUE", help="Like weight_kg=7000 or hazmat=D; may be repeated."),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="TEXT", help="Only this town; exit 1 when it is cut off.")
    ] = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Say which towns can be reached and left at an instant, until when, and what cuts them off."""
    at_s = parse_time(at)
    origins = tuple(parse_lonlat(text, field="--from") for text in from_)
    roads = load_region(region)
    refuse_unknown_profile(roads, profile)
    wanted = None if place is None else find_places(roads, place)
    read = read_alerts(alerts or (), skip_bad=skip_bad)

    from vado import network
    from vado.cli.situation import look
    from vado.exchange.problem import refuse_far
    from vado.exchange.reach import place_json
    from vado.model.snapshot import Travel

    travel = Travel(profile, frozenset(equipment or ()), parse_load(load or ()))
    seen = look(roads, read.alerts, origins, (travel,), at_s=at_s)
    refuse_far(["--from"] * len(origins), seen.anchored.snap_m, settings().snap_max_m)
    rows = network.reach(seen.snapshot, seen.anchored.nodes_of(origins), travels=(travel,), at_s=at_s,
                         until_s=at_s + AHEAD_S)  # fmt: skip
    chosen = [row for row in rows if wanted is None or row.place in wanted]
    # Nobody can say which towns such a hazard means, so it may be any of them.
    unclear = any(at_s in hazard.interval for hazard in seen.snapshot.unknown)
    if as_json:
        output.write_json({
            "places": [place_json(row, unknown=unclear) for row in chosen],
            "at": rfc3339(at_s), "from": [list(origin) for origin in origins], "profile": str(travel),
            "region": roads.name, "region_hash": roads.content_hash, "snapshot": seen.snapshot.content_hash,
            "unknown": [hazard_json(hazard) for hazard in seen.snapshot.unknown],
            "faults": [output.fault_json(fault) for fault in read.faults],
            "notes": list(seen.notes), "attribution": roads.attribution,
        })  # fmt: skip
    else:
        _show(chosen, roads, at_s, str(travel), seen.notes)
        for hazard in seen.snapshot.unknown:
            what = hazard.evidence[0].headline or hazard.kind
            print(f"unknown: {what} ({identifier(hazard.alert)}): {hazard.unknown}")
        for fault in read.faults:
            print(f"not read: {fault}")
        print(roads.attribution)
    whole = all(row.reachable and row.leavable for row in chosen)
    return output.NO if wanted is not None and not whole else output.DONE


def find_places(roads: Roads, text: str) -> frozenset[int]:
    """Find towns by name, in any language, case and accents aside; several may share a name."""
    found = frozenset(k for k, names in _names(roads) if fold(text) in map(fold, names))
    if found:
        return found
    every = {fold(name): name for _, names in _names(roads) for name in names}
    near = [every[name] for name in difflib.get_close_matches(fold(text), every, n=5, cutoff=0.6)]
    near += [name for folded, name in every.items() if fold(text) in folded and name not in near][:5]
    raise InputError(
        f"no town is called {text!r}" + (f"; near: {', '.join(near[:5])}" if near else ""),
        code="E3001", field="--place", action=f"give one of the {len(roads.places)} towns of {roads.name}",
    )  # fmt: skip


def _names(roads: Roads) -> list[tuple[int, set[str]]]:
    pairs = zip(roads.places.name, roads.places.names, strict=True)
    return [(k, {name, *names.values()}) for k, (name, names) in enumerate(pairs)]


def fold(text: str) -> str:
    """Make names comparable: no case, no accents, one space between words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def status_words(row: PlaceReach) -> str:
    if row.reachable and row.leavable:
        return "open"
    if row.reachable:
        return "no way back"
    return "cut off" if not row.leavable else "no way in"


def cut_words(cut: Sequence[CutRoad]) -> str:
    """Name each road once with its headline: what a person must know to believe it."""
    said = dict.fromkeys(
        f"{road.road}: {road.headline or road.kind} [{identifier(road.alert)}]" for road in cut
    )
    return "; ".join(said)


def why_words(town: PlaceReach) -> list[str]:
    """Say what cuts a town off, and which road is the last one left."""
    said = [cut_words(town.cut) + ("" if town.cut_proven else " (perhaps fewer would do)")]
    last = {"in": town.last_in, "out": town.last_out}
    if town.last_in is not None and town.last_in == town.last_out:
        said.append(f"last road left: {town.last_in.road}")
    else:
        said += [f"last road {way}: {road.road}" for way, road in last.items() if road is not None]
    return said


def _show(rows: list[PlaceReach], roads: Roads, at_s: int, travel: str, notes: Sequence[str]) -> None:
    from rich.text import Text

    def row(town: PlaceReach) -> tuple[Any, ...]:
        is_open = town.reachable and town.leavable
        status = Text(status_words(town), style="" if is_open else "bold red")
        until = "" if town.until_s is None else moment(town.until_s, at_s)
        again = "" if town.again_s is None else moment(town.again_s, at_s)
        return (
            town.name,
            status,
            until,
            again,
            "; ".join(filter(None, (_only_one_way(town, at_s), *why_words(town)))),
        )

    # What is cut stands first, then what will be; the rest by name.
    ordered = sorted(
        rows, key=lambda r: (r.reachable and r.leavable, r.until_s is None, r.until_s or 0, r.name)
    )
    title = f"{roads.name} by {travel} at {rfc3339(at_s)}"
    console = output.out()
    console.print(output.table(title, ["town", "now", "open until", "open again", "why"], map(row, ordered)))
    cut = sum(not (r.reachable and r.leavable) for r in rows)
    console.print(f"{output.count(len(rows), 'town')}, {cut} cut off")
    for note in notes:
        console.print(f"note: {note}", markup=False)


def _only_one_way(town: PlaceReach, at_s: int) -> str:
    """Say from when a town can still be reached but not left, or the other way round."""
    from vado.exchange.reach import place_words

    words = place_words([town], at_s=at_s, local=lambda instant: moment(instant, at_s))
    return "; ".join(part for part in words.split("; ") if " but not " in part)


def moment(epoch: int, at_s: int) -> str:
    same_day = epoch // 86_400 == at_s // 86_400
    return clock(epoch) if same_day else rfc3339(epoch).replace("T", " ").removesuffix(":00Z")
