"""`vado whatif`: which towns open and which are cut off when hazards are lifted or other roads shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import read_file
from vado.cli.moment import open_moment
from vado.cli.options import AlertPaths, AsJson, At, Equipment, From, LoadOf, ProfileName, RegionName, SkipBad
from vado.cli.towns import cut_words, time_words
from vado.errors import InputError
from vado.model.when import Interval
from vado.model.words import doubt

if TYPE_CHECKING:
    from vado.model.snapshot import ReachChange

SHAPES = (".geojson", ".json")


def whatif(
    region: RegionName,
    at: At,
    from_: From,
    alerts: AlertPaths = None,
    reopen: Annotated[
        list[str] | None,
        typer.Option("--reopen", metavar="ID", help="A hazard or alert to take as lifted; may be repeated."),
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(
            "--close", metavar="ROAD",
            help="A ref, name, OSM way, LON,LAT or GeoJSON file of a shape; may be repeated.",
        ),
    ] = None,
    profile: ProfileName = "van",
    equipment: Equipment = None,
    load: LoadOf = None,
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="TEXT", help="Only this town; exit 1 when it stays cut off."),
    ] = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:  # fmt: skip
    """Say which towns open, and which are cut off, if hazards were lifted or other roads shut."""
    if not reopen and not close:
        raise InputError("nothing is supposed", code="E1007", action="give --reopen, --close or both")
    asked = open_moment(region=region, at=at, from_=from_, alerts=alerts, profile=profile,
                        equipment=equipment, load=load, place=place, skip_bad=skip_bad)  # fmt: skip

    from vado import network
    from vado.cli.heard import voices_of
    from vado.exchange.whatif import answer_json, question_of, resolve

    shapes = {text: read_file(Path(text), field="--close") for text in close or () if _is_file(text)}
    question = question_of(reopen or (), close or (), shapes)
    lifted, shut = resolve(question, asked.seen.snapshot, Interval(asked.at_s))
    answer = network.whatif(asked.seen.snapshot, asked.nodes, lift=lifted, shut=shut,
                            travels=(asked.travel,), at_s=asked.at_s, until_s=asked.until_s)  # fmt: skip
    wanted = asked.wanted
    if wanted is not None:
        told = tuple(change for change in answer.changes if change.place in wanted)
        answer = replace(answer, changes=told)
    if as_json:
        silent = network.silence(voices_of(asked.read, asked.at_s), asked.origins[0])
        unclear = bool(silent) or any(asked.at_s in hazard.interval for hazard in answer.snapshot.unknown)
        said: dict[str, Any] = answer_json(answer, lifted=lifted, shut=shut, unknown=unclear, at_s=asked.at_s,
                                           local=lambda instant: time_words(instant, asked.at_s))  # fmt: skip
        output.write_json({**said, **asked.head_json(), "snapshot": answer.snapshot.content_hash})
    else:
        _show(answer.changes, asked.at_s, asked.title)
        asked.print_end()
    whole = all(row.reachable and row.leavable for row in answer.after if wanted and row.place in wanted)
    return output.DONE if whole else output.NO


def _is_file(text: str) -> bool:
    """Say whether a road is given by a file: no road is called so."""
    return text.lower().endswith(SHAPES)


def _show(changes: Sequence[ReachChange], at_s: int, title: str) -> None:
    if not changes:
        print(f"{title}: nothing changes")
        return

    from vado.exchange.reach import say_from

    def row(change: ReachChange) -> tuple[str, ...]:
        until = "" if change.until_s is None else time_words(change.until_s, at_s)
        better = change.now.rank < change.was.rank
        why = (
            f"{'lifted' if better else 'shut'}: {cut_words(change.cut)}{say_from(change.cut_from)}"
            f"{doubt(change.cut_proven)}"
            if change.cut
            else ""
        )
        return change.name, change.was, change.now, time_words(change.from_s, at_s), until, why

    console = output.out()
    # What opens stands first, then what is cut off; the soonest on top.
    ordered = sorted(changes, key=lambda c: (c.now.rank - c.was.rank, c.from_s, c.name))
    console.print(output.table(title, ["town", "was", "now", "from", "until", "why"], map(row, ordered)))
    opens = len({change.place for change in changes if change.now.rank < change.was.rank})
    shuts = len({change.place for change in changes if change.now.rank > change.was.rank})
    console.print(f"{output.count(opens, 'town')} better off, {shuts} worse off")
