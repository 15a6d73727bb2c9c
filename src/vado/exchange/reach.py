"""Reach for programs and people: places, changes and roads as JSON, and how a place stands as a sentence.

In: `PlaceReach`, `ReachChange`, instants. Out: plain JSON values; text. The command line, the API and the
ledger write the same. Refuses to know where local time is: who asks brings a way to write an instant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from vado.exchange.load import LOAD_KEYS
from vado.exchange.standing import Judged
from vado.model.ids import EdgeId, HazardId, identifier, sender
from vado.model.size import AS_PROFILE, Load
from vado.model.snapshot import CutRoad, LastRoad, PlaceReach, ReachChange, Standing, Told, Travel
from vado.model.when import FIRST_S, FOREVER_S, LAST_S, Interval, rfc3339
from vado.model.words import doubt
from vado.network import timeline

Json = dict[str, Any]
Local = Callable[[int], str]
Marks = Mapping[Travel, int]

_MEASURE = re.compile(r"([a-z]+)=([0-9]+)(kg|cm)")
PLURALS = {"car": "cars", "van": "vans", "truck": "trucks", "4x4": "4x4s"}
_SAID = {
    Standing.CUT_OFF: ("cut off", "from"),
    Standing.NO_WAY_BACK: ("in but not out", "after"),
    Standing.NO_WAY_IN: ("out but not in", "after"),
}


def place_json(
    row: PlaceReach, *, unknown: bool, judged: Judged | None = None, why: Sequence[str] = ()
) -> Json:
    """Write how a place stands; `unknown` says that a hazard may be there which nobody can place or read.

    `why` are the reasons for that, in words.
    """
    state = "closed" if not (row.reachable and row.leavable) else "unknown" if unknown else "open"
    return {
        "state": state, "unknown_why": list(why),
        "name": row.name, "lon": row.lon, "lat": row.lat, "snap_m": round(row.snap_m),
        "profile": str(row.travel), "reachable": row.reachable, "leavable": row.leavable,
        "until": _instant(row.until_s), "again": _instant(row.again_s),
        "in": times_json(row.inward), "out": times_json(row.outward),
        "last_road": {"in": _last(row.last_in), "out": _last(row.last_out)},
        "cut": cut_json(row.cut, judged), "cut_proven": row.cut_proven, "cut_from": row.cut_from,
        "unknown": unknown,
    }  # fmt: skip


def times_json(times: Iterable[Interval]) -> list[Json]:
    """Write the times in which a way is open; `until` is null where no end is known."""
    return [{"from": _instant(one.start_s), "until": _instant(one.end_s)} for one in times]


def cut_json(cut: Iterable[CutRoad], judged: Judged | None = None) -> list[Json]:
    """Write the lines of a cut; lifting all of them opens the place."""
    return [{**_line(road), **_sure(judged, road.hazard)} for road in cut]


def _sure(judged: Judged | None, hazard: HazardId) -> Json:
    """Say how sure a hazard is, where somebody judged it."""
    found = None if judged is None else judged.standings.get(hazard)
    if judged is None or found is None:
        return {}
    return {"confidence": round(found.confidence, 3), "doubt": judged.doubt(hazard)}


def _line(road: CutRoad) -> Json:
    return {
        "hazard": road.hazard, "alert": identifier(road.alert), "sender": sender(road.alert),
        "road": road.road, "kind": road.kind, "headline": road.headline,
        "also": [
            {"hazard": other.hazard, "alert": identifier(other.alert), "sender": sender(other.alert),
             "source": other.source}
            for other in road.also
        ],
    }  # fmt: skip


def change_json(change: ReachChange) -> Json:
    """Write what is new about a place."""
    return {
        "name": change.name, "lon": change.lon, "lat": change.lat, "profile": str(change.travel),
        "was": change.was.value, "now": change.now.value,
        "from": _instant(change.from_s), "until": _instant(change.until_s),
        "cut": cut_json(change.cut), "cut_proven": change.cut_proven, "cut_from": change.cut_from,
    }  # fmt: skip


def sealed_change(sealed: Mapping[str, Any], local: Local) -> Json:
    """Write a change as the ledger sealed it, with its sentence."""
    change = ReachChange(
        place=-1, name=sealed["name"], lon=sealed["lon"], lat=sealed["lat"],
        travel=travel_of(sealed["travel"]),
        was=Standing(sealed["was"]), now=Standing(sealed["now"]),
        from_s=sealed["from_s"], until_s=sealed["until_s"],
        cut=tuple(
            CutRoad(hazard=road["hazard"], alert=road["alert"], road=road["road"], edge=EdgeId(-1),
                    kind=road["kind"], headline=road["headline"], also=_also(road))
            for road in sealed["cut"]
        ),
        cut_proven=sealed.get("cut_proven", True), cut_from=sealed.get("cut_from", ""),
    )  # fmt: skip
    return {**change_json(change), "text": change_words(change, local)}


def _also(sealed: Mapping[str, Any]) -> tuple[Told, ...]:
    """Read who else told of it; records sealed before that was known have nobody."""
    return tuple(
        Told(hazard=other["hazard"], alert=other["alert"], source=other["source"])
        for other in sealed.get("also", ())
    )


def change_words(change: ReachChange, local: Local) -> str:
    """Say what is new in a line: "Arinsal for vans: cut off from 16:40 until 18:00 (was open), by CG-4"."""
    until = "" if change.until_s is None else f" until {local(change.until_s)}"
    roads = ", ".join(dict.fromkeys(road.road for road in change.cut))
    better = change.now.rank < change.was.rank
    why = "" if not roads else f", {'with' if better else 'by'} {roads}{' open' if better else ''}"
    why += say_from(change.cut_from) + doubt(change.cut_proven)
    span = f"from {local(change.from_s)}{until}"
    return f"{change.name} for {travel_words(change.travel)}: {change.now} {span} (was {change.was}){why}"


def say_from(base: str) -> str:
    """Say for whom a cut is told, where not all stand alike: by the town near which they are."""
    return f" (for those near {base})" if base else ""


def place_words(rows: Sequence[PlaceReach], *, at_s: int, local: Local) -> str:
    """Say how one place stands for all ways of travelling: "cut off from 16:40, for trucks from 15:10".

    Rows are of one place. Told is the first time in which it is not open, for each way of travelling: all
    that befalls it then once, with the time that holds for most and then the others. A clause names whom it
    binds, unless it binds all.
    """
    lines = {row.travel: timeline(row, at_s) for row in rows}
    shut = {travel: _first_shut(line) for travel, line in lines.items()}
    told: list[str] = []
    for standing in (Standing.CUT_OFF, Standing.NO_WAY_BACK, Standing.NO_WAY_IN):
        marks = {travel: spans[standing][0].start_s for travel, spans in shut.items() if standing in spans}
        # Where all are cut off in the end, who is so before and all the while needs not be told that there is
        # no way back either.
        while_ = [span for spans in shut.values() for span in spans.get(standing, ())]
        all_cut = all(Standing.CUT_OFF in spans for spans in shut.values())
        silent = {travel for travel, spans in shut.items() if travel not in marks and while_ and all_cut
                  and _covers(spans.get(Standing.CUT_OFF, ()), while_)}  # fmt: skip
        if marks:
            binds = [travel for travel in lines if travel not in silent]
            told.append(_phrase(marks, binds, _SAID[standing], at_s=at_s, local=local))
    again = {travel: start for travel, line in lines.items() for start in [_again(line)] if start is not None}
    if again:
        ever = [travel for travel, spans in shut.items() if spans]
        told.append(_phrase(again, ever, ("open again", "from"), at_s=at_s, local=local))
    return "; ".join(told) or "open"


def _first_shut(line: Sequence[tuple[int, Standing]]) -> dict[Standing, list[Interval]]:
    """Give the times of each standing, from the first that is not open until it is open again."""
    spans: dict[Standing, list[Interval]] = {}
    ends = [start for start, _ in line[1:]] + [FOREVER_S]
    for (start, standing), end in zip(line, ends, strict=True):
        if standing is not Standing.OPEN:
            spans.setdefault(standing, []).append(Interval(start, end))
        elif spans:
            break
    return spans


def _covers(whole: Sequence[Interval], parts: Sequence[Interval]) -> bool:
    return all(any(w.start_s < p.start_s and p.end_s <= w.end_s for w in whole) for p in parts)


def travel_of(text: str) -> Travel:
    """Read a travel from what `str(travel)` wrote; a word that says no load is equipment."""
    profile, *words = text.split("+")
    equipment: set[str] = set()
    load: dict[str, Any] = {}
    for word in words:
        measure = _MEASURE.fullmatch(word)
        if measure and f"{measure[1]}_{measure[3]}" in LOAD_KEYS:
            load[f"{measure[1]}_{measure[3]}"] = int(measure[2])
        elif word.startswith("hazmat="):
            load["hazmat"] = tuple(word.removeprefix("hazmat=").split(","))
        elif word == "trailer":
            load["trailer"] = True
        else:
            equipment.add(word)
    return Travel(profile, frozenset(equipment), Load(**load) if load else AS_PROFILE)


def travel_words(travel: Travel) -> str:
    """Name who travels so: "trucks", "vans with chains", "trucks with weight 7000kg"."""
    plural = PLURALS.get(travel.profile, travel.profile)
    load = str(travel.load).replace("=", " ").split("+")
    aboard = ", ".join(filter(None, (*sorted(travel.equipment), *load)))
    return f"{plural} with {aboard}" if aboard else plural


def _phrase(marks: Marks, all_: Sequence[Travel], said: tuple[str, str], *, at_s: int, local: Local) -> str:
    """Say one thing with its times: that of most first, without a name when it befalls everybody."""
    counts = Counter(marks.values())
    usual = max(counts, key=lambda start: (counts[start], start))
    parts: list[str] = []
    for start in sorted(counts, key=lambda start: (start != usual, start)):
        when = "now" if start <= at_s else f"{said[1]} {local(start)}"
        who = whom([travel for travel in marks if marks[travel] == start], all_)
        if parts:
            parts.append(f"{who} {when}")
        elif len(marks) < len(all_):
            parts.append(f"{said[0]} now {who}" if when == "now" else f"{said[0]} {who} {when}")
        else:
            parts.append(f"{said[0]} {when}")
    return ", ".join(parts)


def whom(some: Sequence[Travel], all_: Sequence[Travel]) -> str:
    """Name some of all: "for trucks", "for all but trucks"; "" when it is all of them."""
    others = [travel for travel in all_ if travel not in some]
    if not others:
        return ""
    if len(some) > 2 and len(others) == 1:
        return f"for all but {travel_words(others[0])}"
    return f"for {', '.join(map(travel_words, some))}"


def _again(line: Sequence[tuple[int, Standing]]) -> int | None:
    """Find when a place is open the next time after it was not."""
    first = next((k for k, (_, one) in enumerate(line) if one is not Standing.OPEN), len(line))
    return next((start for start, one in line[first:] if one is Standing.OPEN), None)


def _last(road: LastRoad | None) -> str | None:
    return None if road is None else road.road


def _instant(epoch: int | None) -> str | None:
    return rfc3339(epoch) if epoch is not None and FIRST_S <= epoch <= LAST_S else None
