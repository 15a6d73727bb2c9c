"""What hangs on which road, for programs and people: an `Outlook` as JSON and in sentences.

In: roads, an outlook, the jobs that were counted. Out: plain JSON; "one bridge left to Arinsal: CG-4; flood
warning from 15:00". The command line and the API write the same. Refuses to know where local time is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vado.model.ids import LonLat, identifier, sender
from vado.model.roads import Roads
from vado.model.when import FIRST_S, FOREVER_S, LAST_S, rfc3339
from vado.network.fragile_roads import FragilePair, FragileRoad, LastWay, Warned
from vado.network.outlook import Outlook, cuts_heart
from vado.network.whole_roads import KINDS, WholeRoad, mapped, whole_roads

Json = dict[str, Any]
Local = Callable[[int], str]
BORDER = "ways outside the extract are not known: a road may isolate nobody where one leads around abroad"


def outlook_json(
    roads: Roads, found: Outlook, jobs: Sequence[tuple[str, LonLat]], *, local: Local
) -> dict[str, Any]:
    """Write an outlook: roads, pairs, last ways, who is isolated; roads of a warning stand first."""
    return {
        "roads": [_whole_json(roads, road, jobs) for road in ordered(roads, found)],
        "pairs": [_pair_json(roads, pair) for pair in found.pairs],
        "pairs_left_out": found.pairs_left_out, "segments_untried": found.segments_untried,
        "last": [_last_json(roads, last, local) for last in found.lasts],
        "isolated_now": [roads.places.name[k] for k in found.isolated_now],
        "isolated_always": [roads.places.name[k] for k in found.isolated_always],
    }  # fmt: skip


def ordered(roads: Roads, found: Outlook) -> list[WholeRoad]:
    """List whole roads, those of a warning first."""
    return sorted(whole_roads(roads, found.roads), key=lambda road: not road.warnings)


def span_words(road: WholeRoad) -> str:
    """Say from where to where a road's pieces are: "Ordino to Llorts"."""
    one, two = road.ends
    return one if one == two else " to ".join(filter(None, (one, two)))


def kind_words(road: WholeRoad) -> str:
    """Say of what kinds a road's pieces are, the most special first: "bridge, road"."""
    return ", ".join(sorted({piece.kind for piece in road.pieces}, key=KINDS.index))


def people_words(roads: Roads, places: Sequence[int]) -> str:
    """Say how many people live in towns; "–" where nobody has mapped any, "1,400+" where some are not."""
    people, unmapped = mapped(roads, places)
    if not people:
        return "–" if places else ""
    return f"{people:,}+" if unmapped else f"{people:,}"


def last_words(town: str, last: LastWay, local: Local) -> str:
    """Say it in one sentence: "one bridge left to Arinsal: CG-4; flood warning from 15:00"."""
    said = f"one {last.kind} left to {town}: {last.road}"
    return "; ".join([said, *(warning_words(line, local) for line in last.warnings)])


def warning_words(line: Warned, local: Local) -> str:
    until = "" if line.end_s >= FOREVER_S else f" to {local(line.end_s)}"
    return f"{line.kind} warning from {local(line.start_s)}{until}"


def _whole_json(roads: Roads, road: WholeRoad, jobs: Sequence[tuple[str, LonLat]]) -> Json:
    edges = [edge for piece in road.pieces for edge in piece.edges]
    return {
        "road": road.road, "kind": road.kind, "from": road.ends[0], "to": road.ends[1],
        "segments": road.segments, "ways": _ways(roads, edges), "length_m": road.length_m,
        "towns": [roads.places.name[k] for k in road.places], **_people(roads, road.places),
        "jobs": [jobs[k][0] for k in road.jobs], "warnings": [_warning_json(line) for line in road.warnings],
        "pieces": [_piece_json(roads, piece, jobs) for piece in road.pieces],
    }  # fmt: skip


def _people(roads: Roads, places: Sequence[int]) -> Json:
    """Write how many people live in towns: null where nobody has mapped any, and how many towns have none."""
    people, unmapped = mapped(roads, places)
    return {"population": people or None, "towns_unmapped": unmapped}


def _piece_json(roads: Roads, road: FragileRoad, jobs: Sequence[tuple[str, LonLat]]) -> Json:
    return {
        "road": road.road, "kind": road.kind, "edges": [int(edge) for edge in road.edges],
        "ways": _ways(roads, road.edges), "length_m": road.length_m,
        "towns": [roads.places.name[k] for k in road.places], **_people(roads, road.places),
        "jobs": [jobs[k][0] for k in road.jobs], "warnings": [_warning_json(line) for line in road.warnings],
    }  # fmt: skip


def _pair_json(roads: Roads, pair: FragilePair) -> Json:
    return {
        "roads": [{"road": road, "kind": kind} for road, kind in (pair.one, pair.two)],
        "towns": [roads.places.name[k] for k in pair.places], **_people(roads, pair.places),
        "heart": cuts_heart(roads, pair),
    }  # fmt: skip


def _last_json(roads: Roads, last: LastWay, local: Local) -> Json:
    name = roads.places.name[last.place]
    return {"town": name, "road": last.road, "kind": last.kind, "always": last.always,
            "ways": _ways(roads, [last.edge]), "warnings": [_warning_json(line) for line in last.warnings],
            "text": last_words(name, last, local)}  # fmt: skip


def _warning_json(line: Warned) -> Json:
    return {"hazard": line.hazard, "alert": identifier(line.alert), "sender": sender(line.alert),
            "kind": line.kind, "headline": line.headline, "from": _instant(line.start_s),
            "until": _instant(line.end_s)}  # fmt: skip


def _ways(roads: Roads, edges: Sequence[int]) -> list[int]:
    return sorted({int(roads.edge_way[edge]) for edge in edges})


def _instant(epoch: int) -> str | None:
    return rfc3339(epoch) if FIRST_S <= epoch <= LAST_S else None
