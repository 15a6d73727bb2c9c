"""How single roads stand, as programs read it: open, closed or unknown, since when, by whom, how old.

In: states of edges, how sure hazards are, which feeds there are. Out: plain JSON, the same over HTTP and on
the command line. Refuses to judge: see `network.edge_state` and `hazards.confidence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vado.exchange.standing import Judged, span_words
from vado.exchange.whatif import question_of, resolve
from vado.hazards.footprint import box_of
from vado.model.feed import Box, Feed
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, LonLat, identifier, sender
from vado.model.roads import Roads
from vado.model.snapshot import Snapshot
from vado.model.when import FIRST_S, LAST_S, Interval, rfc3339
from vado.network.edge_state import EdgeState, Voice, around
from vado.tracking import FeedStatus

Json = dict[str, Any]
ROADS_MAX = 100  # in one question
ROWS_MAX = 2_000  # edges in one answer; more are counted
DIGITS = 6


def edges_of(snapshot: Snapshot, roads: Roads, texts: Sequence[str], *, field: str) -> list[int]:
    """Find the edges of roads as people call them; ProblemError E1210 names all that are not there.

    `field` is where they were asked for. `roads` is the region: parts that stops cut an edge into are left
    out.
    """
    _, found = resolve(question_of((), texts, {}, field=field), snapshot, Interval(0))
    return sorted({edge for one in found for edge in one.edges if edge < roads.n_edges})


def voices_of(states: Iterable[FeedStatus], declared: Mapping[str, Feed]) -> tuple[Voice, ...]:
    """Say who speaks for where: sources that a mirror stands in for are not missed."""
    return tuple(
        Voice(
            source=each.source,
            covers=declared[each.source].covers if each.source in declared else None,
            heard_s=each.heard_s,
            missed=(each.text or each.state.value) if each.degraded else "",
        )
        for each in states
        if each.covers
    )


def lost_of(hazards: Iterable[Hazard], unmatched: Iterable[HazardId]) -> dict[HazardId, Box | None]:
    """Say around where hazards may be that met no road."""
    lost = set(unmatched)
    return {each.id: around(box_of(each)) for each in hazards if each.id in lost}


def lost_near(
    hazards: Sequence[Hazard], unmatched: Iterable[HazardId], *, at_s: int | None
) -> list[tuple[str, Box | None]]:
    """Say in words, and around where, of hazards that met no road: those at an instant, else now or later."""
    where = lost_of(hazards, unmatched)
    return [
        (f"{h.evidence[0].headline or h.kind} may be near: no road was found for it", where[h.id])
        for h in hazards
        if h.id in where and (at_s is None or h.holds(at_s))
    ]


def near(lost: Iterable[tuple[str, Box | None]], at: LonLat) -> list[str]:
    """Name those that may be at a place."""
    lon, lat = at
    return [
        text for text, box in lost
        if box is None or (box[0] <= lon <= box[2] and box[1] <= lat <= box[3])
    ]  # fmt: skip


def edges_json(
    states: Sequence[EdgeState], snapshot: Snapshot, judged: Judged, *, at_s: int, now_s: int
) -> list[Json]:
    """Write the states of edges at an instant, closed ones first, then unknown ones; ages as of now."""
    rank = {"closed": 0, "unknown": 1, "open": 2}
    ordered = sorted(states, key=lambda each: (rank[each.state.value], each.edge))
    event_of = {k: event for event in snapshot.events for k in event}
    number = {hazard.id: k for k, hazard in enumerate(snapshot.hazards)}
    rows = []
    for each in ordered[:ROWS_MAX]:
        roads = snapshot.roads
        shape = roads.shape(each.edge)
        told_s = [judged.standings[h.id].told_s for h in each.by if h.id in judged.standings]
        as_of_s = max(told_s) if told_s else each.covered[0].heard_s if each.covered else None
        events = {event_of.get(number[h.id], (number[h.id],)) for h in each.by}
        rows.append({
            "edge": int(each.edge), "way": int(roads.edge_way[each.edge]), "road": roads.road(each.edge),
            "from": [round(x, DIGITS) for x in shape[0]], "to": [round(x, DIGITS) for x in shape[-1]],
            "length_m": round(float(roads.edge_length_mm[each.edge]) / 1000),
            "state": each.state.value, "speed_factor": round(each.factor, 3),
            "since": _instant(each.since_s), "until": _instant(each.until_s),
            "as_of": _instant(as_of_s), "age_s": None if as_of_s is None else max(0, now_s - as_of_s),
            "confidence": _surest(each, judged), "events": len(events),
            "by": [_hazard(h, judged, at_s) for h in each.by],
            "why": list(each.why),
            "covered_by": [
                {"source": v.source, "heard": _instant(v.heard_s), "age_s": max(0, now_s - v.heard_s)}
                for v in each.covered
            ],
        })  # fmt: skip
    return rows


def edge_words(row: Json) -> str:
    """Say in a line why an edge stands as it does."""
    said = []
    for by in row["by"]:
        doubt = f" ({by['doubt']})" if by["doubt"] else ""
        said.append(f"{by['headline'] or by['kind']} [{by['alert']}, {by['source']}]{doubt}")
    return "; ".join((*dict.fromkeys(said), *row["why"]))


def age_words(row: Json) -> str:
    return "never heard" if row["age_s"] is None else f"{span_words(row['age_s'])} ago"


def _hazard(hazard: Hazard, judged: Judged, at_s: int) -> Json:
    evidence, found = hazard.evidence[0], judged.standings.get(hazard.id)
    spell = hazard.spell(at_s)
    return {
        "hazard": hazard.id, "alert": identifier(hazard.alert), "sender": sender(hazard.alert),
        "source": evidence.source, "kind": hazard.kind, "headline": evidence.headline,
        "from": _instant(spell.start_s), "until": _instant(spell.end_s),
        "told": None if found is None else _instant(found.told_s),
        "confidence": None if found is None else round(found.confidence, 3),
        "doubt": judged.doubt(hazard.id),
    }  # fmt: skip


def _surest(state: EdgeState, judged: Judged) -> float | None:
    """Give how sure the surest of the hazards is that bind an edge; null where none does."""
    sure = [judged.standings[h.id].confidence for h in state.by if h.id in judged.standings]
    return round(max(sure), 3) if sure else None


def _instant(epoch: int | None) -> str | None:
    return rfc3339(epoch) if epoch is not None and FIRST_S <= epoch <= LAST_S else None
