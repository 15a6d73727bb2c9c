"""`vado edges` and `vado hazards`: how single roads stand, and how sure the hazards are, by alert files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import (
    Alerts,
    load_region,
    parse_load,
    parse_time,
    read_alerts,
    refuse_unknown_profile,
    settings,
)
from vado.cli.options import (
    AlertPaths,
    AsJson,
    At,
    Equipment,
    KnownAt,
    LoadOf,
    ProfileName,
    RegionName,
    SkipBad,
)
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from vado.cli.situation import Situation
    from vado.model.roads import Roads
    from vado.model.snapshot import Travel

Json = dict[str, Any]


def edges(
    roads: Annotated[
        list[str], typer.Argument(metavar="ROAD...", help="A ref, a name, an OSM way, or LON,LAT.")
    ],
    region: RegionName,
    at: At,
    alerts: AlertPaths = None,
    profile: ProfileName = "van",
    equipment: Equipment = None,
    load: LoadOf = None,
    known_at: KnownAt = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Say of roads whether they are open, closed or unknown, and by whom; exit 1 if one is not open."""
    town, seen, at_s, travel, read = _look(region, at, alerts, profile, equipment, load, known_at, skip_bad)

    from vado import network
    from vado.cli.heard import voices_of
    from vado.exchange.edge_states import age_words, edge_words, edges_json, edges_of, lost_of

    found = edges_of(seen.snapshot, town, roads, field="ROAD")
    states = network.edge_states(
        seen.snapshot, travel, found, at_s=at_s, voices=voices_of(read, at_s),
        unmatched=lost_of(seen.state.hazards, seen.unmatched),
    )  # fmt: skip
    rows = edges_json(states, seen.snapshot, seen.judge(at_s, settings().mirrors), at_s=at_s, now_s=at_s)
    if as_json:
        output.write_json({
            "at": rfc3339(at_s), "profile": str(travel), "region": town.name, "count": len(found),
            "edges": rows, "faults": [output.fault_json(fault) for fault in read.faults],
            "attribution": town.attribution,
        })  # fmt: skip
    else:
        columns = ["road", "way>", "state", "speed>", "since", "until", "told", "sure>", "why"]
        shown = [
            (r["road"], r["way"], r["state"], f"×{r['speed_factor']:g}", _short(r["since"]),
             _short(r["until"]), age_words(r), "" if r["confidence"] is None else f"{r['confidence']:.0%}",
             edge_words(r)) for r in rows
        ]  # fmt: skip
        title = f"roads of {town.name} by {travel} at {rfc3339(at_s)}"
        output.out().print(output.table(title, columns, shown))
        for fault in read.faults:
            print(f"not read: {fault}")
        print(town.attribution)
    return output.DONE if all(row["state"] == "open" for row in rows) else output.NO


def hazards(
    region: RegionName,
    at: At,
    alerts: AlertPaths = None,
    known_at: KnownAt = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> int:
    """Show what is in force or to come, how sure it is, who tells of it, and what to ask a person."""
    town, seen, at_s, _, read = _look(region, at, alerts, "", None, None, known_at, skip_bad)

    from vado.cli.feed import hazard_json
    from vado.exchange.standing import span_words, standing_json
    from vado.hazards import to_ask

    judged = seen.judge(at_s, settings().mirrors)
    ask = to_ask(town, seen.state.hazards, seen.unmatched)
    event_of = {name: event[0] for event in seen.events for name in event}
    rows = [
        {**hazard_json(each), "source": each.evidence[0].source, "in_force": each.holds(at_s),
         "event": event_of.get(each.id, each.id), **standing_json(judged, each.id),
         "ask": list(ask.get(each.id, ()))}
        for each in seen.state.hazards
    ]  # fmt: skip
    if as_json:
        output.write_json({"at": rfc3339(at_s), "region": town.name, "hazards": rows,
                           "faults": [output.fault_json(fault) for fault in read.faults]})  # fmt: skip
        return output.DONE
    shown = [
        (r["headline"] or r["kind"], f"{r['alert']}, {r['source']}", _short(r["from"]), _short(r["until"]),
         f"{r['confidence']:.0%}", f"{span_words(r['told_age_s'])} ago",
         "; ".join([*_tellers(r, judged.sources), *filter(None, [r["doubt"]]), *r["ask"]]))
        for r in rows
    ]  # fmt: skip
    columns = ["hazard", "alert", "from", "until", "sure>", "told", "who else, and what to ask"]
    output.out().print(output.table(f"hazards in {town.name} at {rfc3339(at_s)}", columns, shown))
    for fault in read.faults:
        print(f"not read: {fault}")
    return output.DONE


def _tellers(row: Json, sources: Any) -> list[str]:
    also = sorted({sources.get(name, name) for name in row["also_told_by"]})
    copies = sorted({sources.get(name, name) for name in row["copied_by"]})
    return [f"also told by {name}" for name in also] + [f"repeated by {name}" for name in copies]


def _look(
    region: str, at: str, alerts: Sequence[Path] | None, profile: str, equipment: Sequence[str] | None,
    load: Sequence[str] | None, known_at: str | None, skip_bad: bool,
) -> tuple[Roads, Situation, int, Travel, Alerts]:  # fmt: skip
    """Put alerts onto the roads of a region, for one way of travelling; "" is the first that it has."""
    at_s = parse_time(at)
    known_s = None if known_at is None else parse_time(known_at, field="--known-at")
    town = load_region(region)
    if profile:
        refuse_unknown_profile(town, profile)
    read = read_alerts(alerts or (), skip_bad=skip_bad)

    from vado.cli.situation import look
    from vado.model.snapshot import Travel

    travel = Travel(profile or town.profiles[0], frozenset(equipment or ()), parse_load(load or ()))
    seen = look(town, read.alerts, (), (travel,), at_s=at_s, known_s=known_s, reads=read.reads)
    return town, seen, at_s, travel, read


def _short(text: str | None) -> str:
    return "" if text is None else text.replace("T", " ").removesuffix(":00Z")
