"""`vado feed parse`: what alert files mean, before anything is done with them. No clock, no roads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.feed_files import files_of, read_alerts, show_bad
from vado.cli.feed_match import match
from vado.cli.files import instant_json, read_geocodes
from vado.cli.options import AsJson, GeocodePaths
from vado.errors import InputError
from vado.model.alert import Action, Alert, MsgType
from vado.model.hazard import Effect, Hazard
from vado.model.ids import identifier
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Alerts as their sources send them: look at what they mean.", rich_markup_mode=None)

Json = dict[str, Any]


app.command()(match)


@app.callback()
def _group() -> None:
    """Group what is done with alerts before anything follows from them."""


@app.command()
def parse(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Alert files or folders of them; - is standard input."),
    ],
    geocodes: GeocodePaths = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line an alert, and one for each file that is bad.")
    ] = False,
) -> int:
    """Show what alerts mean: hazards, intervals, effects on each profile; exit 2 if a file is bad."""
    from vado.app import load_meaning

    meaning, places = load_meaning(), read_geocodes(geocodes)
    bad = 0
    for path in files_of(files):
        shown = 0
        try:
            for alert in read_alerts(path, places):
                shown += 1
                row = _alert(alert, meaning)
                if as_json:
                    print(json.dumps({"file": str(path), **row}, ensure_ascii=False))
                else:
                    output.out().print(_table(row))
        except InputError as error:
            bad += 1
            show_bad(path, error, as_json=as_json)
            continue
        if not shown and not as_json:
            print(f"{path}: no alert in it")
    return output.BAD_INPUT if bad else output.DONE


Store = Annotated[
    str | None,
    typer.Option("--store", metavar="STORE", help="A store's file or URL; else the configured one."),
]
World = Annotated[
    str | None, typer.Option("--world", metavar="NAME", help="Which world; else the configured one.")
]


@app.command("list")
def list_feeds(store: Store = None, world: World = None, as_json: AsJson = False) -> int:
    """Show how each source is doing; exit 1 when one is missed, so that nothing is surely open."""
    from vado.cli.feeds import list_rows, show_feeds

    rows = list_rows(store, world)
    if as_json:
        output.write_json({"feeds": rows})
    else:
        show_feeds(rows)
    return output.NO if any(row["degraded"] for row in rows) else output.DONE


@app.command()
def replay(
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Only messages of this source.")
    ] = "",
    seq: Annotated[int | None, typer.Option("--seq", metavar="N", help="Only this row of the inbox.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read, and take nothing in.")
    ] = False,
    store: Store = None,
    world: World = None,
    as_json: AsJson = False,
) -> int:
    """Read messages again that were set aside; exit 1 when one of them still cannot be read."""
    from vado.cli.feeds import replay_rows, show_replayed

    rows = replay_rows(store, world, source=source, seq=seq, dry_run=dry_run)
    if as_json:
        output.write_json({"rows": rows})
    else:
        show_replayed(rows, dry_run=dry_run)
    return output.DONE if all(row["readable"] for row in rows) else output.NO


def _alert(alert: Alert, meaning: Any) -> Json:
    from vado.hazards.understand import understand

    ends = alert.msg_type in (MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)
    hazards, notes = ((), ()) if ends else understand(alert, meaning)
    return {
        "alert": alert.identifier, "sender": alert.sender,
        "sent": rfc3339(alert.sent_s), "status": alert.status,
        "type": alert.msg_type.value, "references": list(alert.references), "raw": alert.raw,
        # Only what is Actual may bind: an exercise shows its hazards, and that they bind nobody.
        "binds": alert.status == "Actual" and any(hazard.binds for hazard in hazards),
        "hazards": [hazard_json(hazard) for hazard in hazards],
        "notes": [*alert.notes, *notes],
    }  # fmt: skip


def hazard_json(hazard: Hazard) -> Json:
    """Write a hazard for programs."""
    return {
        "id": hazard.id, "alert": identifier(hazard.alert), "kind": hazard.kind, "severity": hazard.severity,
        "certainty": hazard.certainty, "from": rfc3339(hazard.interval.start_s),
        "until": instant_json(hazard.interval.end_s),
        "during": [[rfc3339(s.start_s), rfc3339(s.end_s)] for s in hazard.during] or None,
        "unknown": hazard.unknown or None,
        "headline": hazard.evidence[0].headline,
        "areas": [area.description for area in hazard.footprint],
        "effects": [
            {"profile": e.profile, "action": e.action.value, "speed_factor": e.speed_factor,
             "cap_kmh": e.cap_kmh or None, "delay_s": e.delay_s or None,
             "requires": e.requires or None, "only": None if e.only is None else str(e.only),
             "source": e.source} for e in hazard.effects
        ],
    }  # fmt: skip


def effect_words(effects: tuple[Effect, ...] | list[Json]) -> str:
    """Say effects in a line: "shut: truck; slow ×0.8: car, van"."""
    grouped: dict[str, list[str]] = {}
    for effect in effects:
        e = effect if isinstance(effect, dict) else {
            "profile": effect.profile, "action": effect.action.value, "speed_factor": effect.speed_factor,
            "cap_kmh": effect.cap_kmh, "delay_s": effect.delay_s,
            "requires": effect.requires, "only": effect.only,
        }  # fmt: skip
        what = str(e["action"])
        if what == Action.SLOW:
            what = f"at most {e['cap_kmh']:g} km/h" if e.get("cap_kmh") else f"slow ×{e['speed_factor']:g}"
        elif what == Action.DELAY:
            what = f"{e['delay_s']} s lost"
        elif what == Action.INSPECT:
            what = "look at it"
        elif what == Action.RESTRICTED:
            what = f"only with {e['requires']}"
        if e.get("only"):
            what += f" ({e['only']})"
        grouped.setdefault(what, []).append(str(e["profile"]))
    return "; ".join(f"{what}: {', '.join(who)}" for what, who in grouped.items()) or "nothing"


def _table(row: Json) -> Table:
    hazards = [
        (h["kind"] or "?", h["severity"], f"{_short(h['from'])} – {_short(h['until'])}",
         f"unknown: {h['unknown']}" if h["unknown"] else effect_words(h["effects"]),
         "; ".join(area for area in h["areas"] if area) or "-")
        for h in row["hazards"]
    ]  # fmt: skip
    title = f"{row['alert']}  {row['type']}, {row['status']}, sent {row['sent']}"
    title += f", ends {', '.join(row['references'])}" if row["references"] else ""
    caption = "\n".join(([] if row["binds"] else ["binds nothing"]) + [f"note: {n}" for n in row["notes"]])
    return output.table(title, ["kind", "severity", "interval", "effect", "where"], hazards, caption=caption)


def _short(text: str | None) -> str:
    return "open-ended" if text is None else text.replace("T", " ").removesuffix(":00Z")
