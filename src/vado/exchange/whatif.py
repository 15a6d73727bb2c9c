"""What-if questions: what to take as lifted or shut, as people write it, and the answer as JSON.

In: JSON bytes or texts of the command line, a snapshot. Out: hazard ids and `network.Shut`; JSON. A road is
meant by its ref or name, by the number of its OSM way, by a point on it, or by a GeoJSON shape. All that is
not found is raised at once (`ProblemError`), each with the path of its field. Refuses to know where the world
is from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vado import hazards, network
from vado.exchange.reach import change_json, change_words, place_json, place_words, say_from
from vado.exchange.reading import Field, Log, load
from vado.model.alert import Area, Circle, Polygon
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, LonLat, identifier
from vado.model.roads import Roads
from vado.model.snapshot import ReachChange, Snapshot
from vado.model.when import Interval
from vado.network import Shut, WhatIf

CLOSE_MAX = 100  # roads in one question
REOPEN_MAX = 1000
POINTS_MAX = 10_000  # of one shape
DEPTH_MAX = 4  # a collection of features of a collection of geometries
KEYS = frozenset(("reopen", "close", "profile"))
_LONLAT = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,2}(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A road to take as shut: by text, or by a shape."""

    label: str
    path: str  # where it stands in the question
    area: Area | None = None
    at: LonLat | None = None  # where the shape is a point


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    reopen: tuple[tuple[str, str], ...] = ()  # hazard or alert, where it stands
    close: tuple[Closing, ...] = ()
    profile: str = ""


def read_question(data: bytes) -> Question:
    """Read a question from JSON; raises ProblemError with all that is wrong in it."""
    log = Log()
    top = load(data, log)
    if top.is_object():
        for key in top.value:
            if key not in KEYS:  # a word that is not understood would be a what-if that nobody asked
                log.fault("E1004", key, f"{key!r} is not known", f"give {', '.join(sorted(KEYS))}")
    reopen, close = top.find("reopen"), top.find("close")
    names = [(text, one.path) for one in _few(reopen, REOPEN_MAX) if (text := one.text()) is not None]
    roads = [closing for one in _few(close, CLOSE_MAX) if (closing := _closing(one)) is not None]
    profile = top.find("profile")
    asked = "" if profile is None else profile.text() or ""
    if not log.faults and not names and not roads:
        log.fault("E1003", "reopen", "nothing is supposed", "give what to reopen, what to close, or both")
    log.raise_any()
    return Question(reopen=tuple(names), close=tuple(roads), profile=asked)


def question_of(
    reopen: Sequence[str], close: Sequence[str], shapes: Mapping[str, bytes], *, field: str = "--close"
) -> Question:
    """Make a question of the command line's texts; `shapes` are the GeoJSON files that some of them name.

    `field` is where the roads were asked for.
    Raises ProblemError with all that is wrong in a shape.
    """
    roads = []
    for text in close:
        if text in shapes:
            log = Log()
            shape = load(shapes[text], log)
            area = _shape(shape, [POINTS_MAX]) if shape.is_object() else None
            log.raise_any()
            roads.append(Closing(label=text, path=field, area=area))
            continue
        found = _LONLAT.fullmatch(text)
        at = None if found is None else (float(found[1]), float(found[2]))
        roads.append(Closing(label=text.strip(), path=field, area=None if at is None else _point(at), at=at))
    return Question(reopen=tuple((text, "--reopen") for text in reopen), close=tuple(roads))


def resolve(
    question: Question, snapshot: Snapshot, interval: Interval
) -> tuple[frozenset[HazardId], tuple[Shut, ...]]:
    """Find the hazards and the roads that are meant; ProblemError E1210 names all that are not there."""
    log = Log()
    lifted: set[HazardId] = set()
    for text, path in question.reopen:
        meant = {hazard.id for hazard in snapshot.hazards if _is_meant(hazard, text)}
        lifted |= _whole(meant, snapshot)
        if not meant:
            log.fault(
                "E1210", path, f"there is no hazard or alert {text!r}", "give one that is in force or to come"
            )
    shut = []
    for one in question.close:
        edges = (
            network.find_edges(snapshot.roads, one.label)
            if one.area is None
            else _under(snapshot.roads, one.area)
        )
        shut.append(Shut(label=one.label, edges=tuple(edges.tolist()), interval=interval))
        if not len(edges):
            log.fault("E1210", one.path, _missed(snapshot.roads, one),
                      "give a ref, a name, an OSM way or a point on a road")  # fmt: skip
    log.raise_any()
    return frozenset(lifted), tuple(shut)


def _missed(roads: Roads, one: Closing) -> str:
    """Say that there is no such road, and which is nearest: by name, or on the ground."""
    if one.at is not None and (found := network.nearest_edge(roads, one.at)) is not None:
        edge, gap_m = found
        off = f"{gap_m:,.0f} m" if gap_m < 10_000 else f"{gap_m / 1000:,.0f} km"
        return f"there is no road at {one.label}: the nearest, {roads.road(edge)}, is {off} away"
    near = network.near_names(roads, one.label) if one.area is None else ()
    return f"there is no road {one.label!r}" + (f"; near: {', '.join(near)}" if near else "")


def answer_json(
    answer: WhatIf,
    *,
    lifted: Iterable[HazardId],
    shut: Iterable[Shut],
    at_s: int,
    local: Callable[[int], str],
    unknown: bool,
) -> dict[str, Any]:
    """Write what changes, and how the towns stand that it is about; in short, and each by itself."""
    touched = {(change.place, change.travel) for change in answer.changes}
    return {
        "reopened": sorted(lifted),
        "closed": [one.label for one in shut],
        "towns": towns_json(answer, at_s=at_s, local=local),
        "changes": [told_change(change, local) for change in answer.changes],
        "places": [
            place_json(row, unknown=unknown) for row in answer.after if (row.place, row.travel) in touched
        ],
    }


def towns_json(answer: WhatIf, *, at_s: int, local: Callable[[int], str]) -> list[dict[str, Any]]:
    """Say how the towns that change stand then, those together of which the same is said; the worst first."""
    changed: dict[int, list[ReachChange]] = {}
    for change in answer.changes:
        changed.setdefault(change.place, []).append(change)
    found: dict[tuple[bool, str, str], list[str]] = {}
    for place, changes in changed.items():
        worse = any(change.now.rank >= change.was.rank for change in changes)
        then, now = (
            place_words([row for row in rows if row.place == place], at_s=at_s, local=local)
            for rows in (answer.after, answer.before)
        )
        bases = {change.cut_from for change in changes}
        near = bases.pop() if worse and len(bases) == 1 else ""  # else it is told of each change
        found.setdefault((not worse, then + say_from(near), now), []).append(changes[0].name)
    return [
        {"names": names, "better": better, "text": text, "was": was}
        for (better, text, was), names in sorted(found.items(), key=lambda one: (one[0][0], -len(one[1])))
    ]


def told_change(change: ReachChange, local: Callable[[int], str]) -> dict[str, Any]:
    """Write a change with its sentence."""
    return {**change_json(change), "text": change_words(change, local)}


def _is_meant(hazard: Hazard, text: str) -> bool:
    alerts = {evidence.alert for evidence in hazard.evidence}
    return text == hazard.id or text in alerts or text in {identifier(alert) for alert in alerts}


def _whole(meant: set[HazardId], snapshot: Snapshot) -> set[HazardId]:
    """Add what others tell of the same event: who reopens a road does not mean one of its two notices."""
    events = [{snapshot.hazards[k].id for k in event} for event in snapshot.events]
    return meant.union(*(event for event in events if not event.isdisjoint(meant)))


def _few(field: Field | None, most: int) -> list[Field]:
    if field is None:
        return []
    found = list(field.items())
    if len(found) > most:
        field.fault("E1002", f"{len(found)} are given, at most {most} are read", "ask for less at once")
    return found[:most]


def _closing(one: Field) -> Closing | None:
    if isinstance(one.value, dict):
        area = _shape(one, [POINTS_MAX])
        return None if area is None else Closing(label=one.path, path=one.path, area=area)
    if isinstance(one.value, list):
        at = one.lonlat()
        if at is None:
            return None
        return Closing(label=f"{at[0]:g},{at[1]:g}", path=one.path, area=_point(at), at=at)
    named = one.name()
    return None if named is None else Closing(label=named[0], path=one.path)


def _shape(one: Field, left: list[int], *, deep: int = 0) -> Area | None:
    """Read a GeoJSON geometry, or that of a Feature, or all of a collection as one; `left` counts points."""
    kind = one.value.get("type")
    if deep > DEPTH_MAX:
        one.fault("E1002", f"collections within collections, more than {DEPTH_MAX} deep", "give it flat")
        return None
    if kind == "Feature":
        inner = one.need("geometry", "give the feature a geometry")
        return None if inner is None or not inner.is_object() else _shape(inner, left, deep=deep + 1)
    if kind in ("FeatureCollection", "GeometryCollection"):
        return _collection(one, "features" if kind == "FeatureCollection" else "geometries", left, deep)
    at = one.need("coordinates", "give GeoJSON")
    if at is None:
        return None
    match kind:
        case "Point":
            found = at.lonlat()
            return None if found is None else _point(found)
        case "LineString":
            return Area(lines=(_points(at, left, 2),))
        case "MultiLineString":
            return Area(lines=tuple(_points(line, left, 2) for line in at.items()))
        case "Polygon":
            return Area(polygons=_polygons([at], left))
        case "MultiPolygon":
            return Area(polygons=_polygons(at.items(), left))
    one.fault(
        "E1004", f"{kind!r} is no shape of a road", "give a Point, LineString, Polygon or Multi of these"
    )
    return None


def _collection(one: Field, key: str, left: list[int], deep: int) -> Area | None:
    inside = one.need(key, "give GeoJSON")
    if inside is None:
        return None
    fields = _few(inside, CLOSE_MAX)
    if not fields:
        inside.fault("E1103", "the collection is empty", "give a shape")
    parts = [part for field in fields if field.is_object()
             and (part := _shape(field, left, deep=deep + 1)) is not None]  # fmt: skip
    return _together(parts) if parts else None


def _together(parts: Sequence[Area]) -> Area:
    return Area(
        polygons=tuple(one for part in parts for one in part.polygons),
        circles=tuple(one for part in parts for one in part.circles),
        lines=tuple(one for part in parts for one in part.lines),
    )


def _polygons(fields: Iterable[Field], left: list[int]) -> tuple[Polygon, ...]:
    found = []
    for field in fields:
        rings = [_points(ring, left, 4) for ring in field.items()]
        if not rings:
            field.fault("E1103", "a polygon has no ring", "give its outer ring first")
        else:
            found.append(Polygon(outer=rings[0], holes=tuple(rings[1:])))
    return tuple(found)


def _points(field: Field, left: list[int], least: int) -> tuple[LonLat, ...]:
    fields = list(field.items())
    left[0] -= len(fields)
    if left[0] < 0:
        field.fault("E1002", f"a shape has more than {POINTS_MAX} points", "give a simpler one")
        return ()
    points = tuple(at for one in fields if (at := one.lonlat()) is not None)
    if len(points) < least:
        field.fault("E1103", f"{len(points)} points are too few", f"give at least {least}")
    elif least == 4 and points[0] != points[-1]:
        field.fault("E1103", "the ring is not closed", "send the first point again last")
    return points


def _point(at: LonLat) -> Area:
    return Area(circles=(Circle(lon=at[0], lat=at[1], radius_m=0.0),))


def _under(roads: Roads, area: Area) -> Any:
    """Find the edges that a shape touches, as a hazard of that shape would."""
    probe = Hazard(id=HazardId("shape"), kind="closure", severity="", certainty="", footprint=(area,),
                   interval=Interval(0), effects=(), evidence=())  # fmt: skip
    return hazards.footprint(roads, (probe,))[probe.id]
