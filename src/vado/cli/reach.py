"""`vado reach`: which towns can be reached and left again, until when, and what cuts them off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.feed import hazard_json
from vado.cli.files import settings
from vado.cli.moment import Moment, open_moment
from vado.cli.options import (
    AlertPaths,
    AsJson,
    At,
    Equipment,
    From,
    KnownAt,
    LoadOf,
    ProfileName,
    RegionName,
    SkipBad,
)
from vado.cli.towns import cut_words, time_words
from vado.model.ids import identifier
from vado.model.words import doubt, far_words

if TYPE_CHECKING:
    from vado.exchange.standing import Judged
    from vado.model.snapshot import PlaceReach


def reach(
    region: RegionName,
    at: At,
    from_: From,
    alerts: AlertPaths = None,
    profile: ProfileName = "van",
    equipment: Equipment = None,
    load: LoadOf = None,
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="TEXT", help="Only this town; exit 1 unless it is surely open."),
    ] = None,
    known_at: KnownAt = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Say which towns can be reached and left at an instant, until when, and what cuts them off."""
    asked = open_moment(region=region, at=at, from_=from_, alerts=alerts, profile=profile,
                        equipment=equipment, load=load, place=place, skip_bad=skip_bad,
                        known_at=known_at)  # fmt: skip

    from vado import network
    from vado.cli.heard import voices_of
    from vado.exchange.edge_states import lost_near, near
    from vado.exchange.reach import place_json

    snapshot = asked.seen.snapshot
    rows = network.reach(snapshot, asked.nodes, travels=(asked.travel,), at_s=asked.at_s,
                         until_s=asked.until_s)  # fmt: skip
    chosen = [row for row in rows if asked.wanted is None or row.place in asked.wanted]
    # Nobody can say which towns such a hazard means, so it may be any of them.
    why = [hazard.unknown for hazard in snapshot.unknown if asked.at_s in hazard.interval]
    voices = voices_of(asked.read, asked.at_s)
    judged = asked.seen.judge(asked.at_s, settings().mirrors)
    lost = lost_near(asked.seen.state.hazards, asked.seen.unmatched, at_s=asked.at_s)
    close = [near(lost, (row.lon, row.lat)) for row in chosen]
    silent = [network.silence(voices, (row.lon, row.lat)) for row in chosen]
    places = [
        place_json(row, unknown=bool(why or may_be or nobody), judged=judged, why=(*nobody, *why, *may_be))
        for row, may_be, nobody in zip(chosen, close, silent, strict=True)
    ]
    if as_json:
        output.write_json({
            "places": places,
            **asked.head_json(), "snapshot": snapshot.content_hash,
            "unknown": [hazard_json(hazard) for hazard in snapshot.unknown],
        })  # fmt: skip
    else:
        _show(chosen, [place["state"] for place in places], asked, judged)
        for text in dict.fromkeys(text for nobody in silent for text in nobody):
            print(f"unknown: {text}")
        for row, may_be in zip(chosen, close, strict=True):
            for text in may_be:
                print(f"unknown: {row.name}: {text}")
        for hazard in snapshot.unknown:
            what = hazard.evidence[0].headline or hazard.kind
            print(f"unknown: {what} ({identifier(hazard.alert)}): {hazard.unknown}")
        asked.print_end()
    surely = all(place["state"] == "open" for place in places)
    return output.NO if asked.wanted is not None and not surely else output.DONE


def status_words(row: PlaceReach, *, unknown: bool = False) -> str:
    if row.reachable and row.leavable:
        return "unknown" if unknown else "open"
    if row.reachable:
        return "no way back"
    return "cut off" if not row.leavable else "no way in"


def why_words(town: PlaceReach, judged: Judged | None = None) -> list[str]:
    """Say what cuts a town off, and which road is the last one left."""
    from vado.exchange.reach import say_from

    said = [cut_words(town.cut, judged) + say_from(town.cut_from) + doubt(town.cut_proven)]
    last = {"in": town.last_in, "out": town.last_out}
    if town.last_in is not None and town.last_in == town.last_out:
        said.append(f"last road left: {town.last_in.road}")
    else:
        said += [f"last road {way}: {road.road}" for way, road in last.items() if road is not None]
    return said


def _show(rows: list[PlaceReach], states: list[str], asked: Moment, judged: Judged) -> None:
    from rich.text import Text

    at_s = asked.at_s

    style = {"closed": "bold red", "unknown": "yellow", "open": ""}

    def row(town: PlaceReach, state: str) -> tuple[Any, ...]:
        status = Text(status_words(town, unknown=state == "unknown"), style=style[state])
        until = "" if town.until_s is None else time_words(town.until_s, at_s)
        again = "" if town.again_s is None else time_words(town.again_s, at_s)
        return (
            town.name,
            status,
            until,
            again,
            "; ".join(
                filter(None, (_only_one_way(town, at_s), *why_words(town, judged), far_words(town.snap_m)))
            ),
        )

    # What is cut stands first, then what will be; the rest by name.
    ordered = sorted(
        zip(rows, states, strict=True),
        key=lambda r: (r[1] != "closed", r[0].until_s is None, r[0].until_s or 0, r[0].name),
    )
    console = output.out()
    console.print(
        output.table(asked.title, ["town", "now", "open until", "open again", "why"],
                     [row(town, state) for town, state in ordered])
    )  # fmt: skip
    unsure = states.count("unknown")
    console.print(
        f"{output.count(len(rows), 'town')}, {states.count('closed')} cut off"
        + (f", {unsure} unknown" if unsure else "")
    )
    for note in asked.seen.notes:
        console.print(f"note: {note}", markup=False)


def _only_one_way(town: PlaceReach, at_s: int) -> str:
    """Say from when a town can still be reached but not left, or the other way round."""
    from vado.exchange.reach import place_words

    words = place_words([town], at_s=at_s, local=lambda instant: time_words(instant, at_s))
    return "; ".join(part for part in words.split("; ") if " but not " in part)
