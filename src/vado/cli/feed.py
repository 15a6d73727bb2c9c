"""`vado feed`: what alert files mean, and which roads they name, before anything is done with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import instant_json, list_files, load_region, read_file
from vado.cli.options import AsJson
from vado.errors import InputError
from vado.model.alert import Action, Alert, MsgType, RoadPlace, Way
from vado.model.hazard import Effect, Hazard
from vado.model.ids import identifier
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Alerts as their sources send them: look at what they mean.", rich_markup_mode=None)

Json = dict[str, Any]


@app.callback()
def _group() -> None:
    """Group what is done with alerts before anything follows from them."""


@app.command()
def parse(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Alert files or folders of them; - is standard input."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line an alert, and one for each file that is bad.")
    ] = False,
) -> int:
    """Show what alerts mean: hazards, intervals, effects on each profile; exit 2 if a file is bad."""
    from vado.app import load_meaning

    meaning = load_meaning()
    bad = 0
    paths = (Path("-"),) if [str(f) for f in files] == ["-"] else list_files(files)
    for path in paths:
        try:
            rows = [_alert(alert, meaning) for alert in _read(path)]
        except InputError as error:
            bad += 1
            _show_bad(path, error, as_json=as_json)
            continue
        for row in rows:
            if as_json:
                print(json.dumps({"file": str(path), **row}, ensure_ascii=False))
            else:
                output.out().print(_table(row))
        if not rows and not as_json:
            print(f"{path}: no alert in it")
    return output.BAD_INPUT if bad else output.DONE


@app.command()
def match(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Alert files or folders of them; - is standard input."),
    ],
    region: Annotated[str, typer.Option("--region", metavar="NAME", help="A region's name, or its folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line a place on a road.")] = False,
) -> int:
    """Show which roads the places on roads are matched to, and how well; exit 1 if any meets no road."""
    from vado import hazards

    roads = load_region(region)
    bad, lost = 0, 0
    rows: list[Json] = []
    paths = (Path("-"),) if [str(f) for f in files] == ["-"] else list_files(files)
    for path in paths:
        try:
            alerts = _read(path)
        except InputError as error:
            bad += 1
            _show_bad(path, error, as_json=as_json)
            continue
        for alert, place in ((a, p) for a in alerts for i in a.infos for area in i.areas for p in area.roads):
            found = hazards.match(roads, place)
            lost += not len(found.edges)
            named = dict.fromkeys(roads.road(edge) for edge in found.edges.tolist())
            rows.append({
                "file": str(path), "alert": alert.identifier, "place": _place_words(place),
                "roads": list(named), "edges": len(found.edges), "quality": round(float(found.quality), 2),
                "metres": round(float((found.to_m - found.from_m).sum())), "note": found.note or None,
            })  # fmt: skip
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif rows:
        shown = [
            (r["alert"], r["place"], "; ".join(r["roads"]) or "none", f"{r['metres']} m",
             f"{r['quality']:.2f}", r["note"] or "") for r in rows
        ]  # fmt: skip
        output.out().print(
            output.table(
                f"places on roads of {roads.name}",
                ["alert", "place", "roads", "shut", "quality", "note"],
                shown,
            )
        )
    else:
        print("no place on a road in it")
    return output.BAD_INPUT if bad else output.NO if lost else output.DONE


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


def _place_words(place: RoadPlace) -> str:
    """Say a place as its source does: "A-2 km 503 to 504.3, along"."""
    words = [place.ref or place.name or "a road"]
    if place.from_km is not None:
        words.append(f"km {place.from_km:g}" + (f" to {place.to_km:g}" if place.to_km is not None else ""))
    if place.ways:
        words.append(f"{len(place.ways)} OSM ways")
    if place.way is not Way.UNKNOWN:
        words.append(place.way.value)
    if place.slip:
        words.append("slip road")
    return " ".join(words)


def _read(path: Path) -> tuple[Alert, ...]:
    from vado import feeds

    return feeds.parse(read_file(path, field=str(path)), source=path.resolve().parent.name or "files")


def _show_bad(path: Path, error: InputError, *, as_json: bool) -> None:
    if as_json:
        row = {"file": str(path), "faults": [output.fault_json(fault) for fault in error.faults]}
        print(json.dumps(row, ensure_ascii=False))
        return
    sys.stdout.flush()
    output.say(f"{path}: cannot be read")
    output.show_error(error, as_json=False)


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
