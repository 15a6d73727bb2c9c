"""`vado feed match`: which roads the places on roads of alerts are matched to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.feed_files import files_of, read_alerts, show_bad
from vado.cli.files import load_region
from vado.errors import InputError
from vado.model.alert import Alert, RoadPlace, Way

if TYPE_CHECKING:
    from vado.model.roads import Roads

Json = dict[str, Any]

# How a place was put on the roads. What is shut around, is shut more widely than was told.
MATCHED, AROUND, NO_ROAD = "matched", "shut around", "no road"


def match(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Alert files or folders of them; - is standard input."),
    ],
    region: Annotated[str, typer.Option("--region", metavar="NAME", help="A region's name, or its folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line a place on a road.")] = False,
) -> int:
    """Show which roads the places on roads are matched to, and how well; exit 1 if any meets no road."""
    from vado.feeds.geocodes import NO_GEOCODES

    roads = load_region(region)
    bad = 0
    rows: list[Json] = []
    for path in files_of(files):
        try:
            # A large file is read alert by alert, and what is wrong at its end comes last.
            for alert in read_alerts(path, NO_GEOCODES):
                areas = (area for info in alert.infos for area in info.areas)
                rows += [_row(roads, path, alert, place) for area in areas for place in area.roads]
        except InputError as error:
            bad += 1
            show_bad(path, error, as_json=as_json)
    lost = sum(not row["edges"] for row in rows)
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif rows:
        shown = [
            (r["alert"], r["place"], "; ".join(r["roads"]) or "none", f"{r['metres']} m",
             f"{r['quality']:.2f}", r["how"], r["note"] or "") for r in rows
        ]  # fmt: skip
        output.out().print(
            output.table(
                f"places on roads of {roads.name}",
                ["alert", "place", "roads", "shut", "quality", "how", "note"],
                shown,
            )
        )
        asks = sum(row["how"] != MATCHED for row in rows)
        if asks:
            print(f"ask a person: {output.count(asks, 'place')} not matched to one road")
    else:
        print("no place on a road in it")
    return output.BAD_INPUT if bad else output.NO if lost else output.DONE


def _row(roads: Roads, path: Path, alert: Alert, place: RoadPlace) -> Json:
    from vado import hazards

    found = hazards.match(roads, place)
    how = NO_ROAD if not len(found.edges) else MATCHED if found.quality >= hazards.GOOD else AROUND
    return {
        "file": str(path), "alert": alert.identifier, "place": _place_words(place),
        "roads": list(dict.fromkeys(roads.road(edge) for edge in found.edges.tolist())),
        "edges": len(found.edges), "quality": round(float(found.quality), 2),
        "metres": round(float((found.to_m - found.from_m).sum())), "note": found.note or None,
        "how": how,
    }  # fmt: skip


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
