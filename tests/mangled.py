"""Messages of which one record is mangled: a field is gone, is of another type, is cut off, is no word.

In: a small message of any format. Out: what is left of it, each time with one thing wrong; and what a state
lacks to be as cautious as another. Refuses to know what the formats mean.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any
from xml.etree import ElementTree  # of messages that we wrote ourselves

from vado.model.alert import EQUIPMENT, Action, Area, RoadPlace, Way
from vado.model.hazard import Effect, Hazard
from vado.model.size import Bound
from vado.model.when import Interval, union

Shape = tuple[object, float | None, float | None]  # a place between two heights
JUNK_WORD = "zzqx"
GONE = object()
_RANK = {
    Action.NONE: 0,
    Action.INSPECT: 1,
    Action.DELAY: 2,
    Action.SLOW: 3,
    Action.RESTRICTED: 4,
    Action.SHUT: 5,
}


# ------------------------------------------------------------------------------------------ JSON


def ways(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every value inside, also to those that hold others."""
    inside: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in inside:
        yield (*at, key)
        yield from ways(each, (*at, key))


def mangled_json(body: bytes, record: tuple[Any, ...]) -> Iterator[tuple[str, bytes]]:
    """Mangle each value at or below a place of a message."""
    message = json.loads(body)
    for way in [*([record] if record else []), *(record + each for each in ways(_at(message, record)))]:
        was = _at(message, way)
        junk: list[Any] = [GONE, None, [], {}, "", JUNK_WORD, -7, [JUNK_WORD], True]
        if isinstance(was, str) and len(was) > 1:
            junk.append(was[: len(was) // 2])
        if isinstance(was, list) and was:
            junk.append(was[:-1])
        for bad in junk:
            if bad is GONE or bad != was:
                name = "gone" if bad is GONE else json.dumps(bad)
                yield f"{'.'.join(map(str, way))} {name}", json.dumps(changed(message, way, bad)).encode()


def _at(message: Any, way: Iterable[Any]) -> Any:
    for key in way:
        message = message[key]
    return message


def changed(message: Any, way: tuple[Any, ...], value: Any) -> Any:
    message = copy.deepcopy(message)
    holder = _at(message, way[:-1])
    if value is GONE:
        del holder[way[-1]]
    else:
        holder[way[-1]] = value
    return message


# ------------------------------------------------------------------------------------------- XML


def mangled_xml(body: bytes, record: str) -> Iterator[tuple[str, bytes]]:
    """Mangle the first element of that (local) name, all in it, and each attribute."""
    count = len(list(_record(root_of(body), record).iter()))
    for n in range(count):
        for how in ("gone", "empty", JUNK_WORD, "-7", "half", "renamed"):
            root = root_of(body)
            first = _record(root, record)
            element = list(first.iter())[n]
            was, name = (element.text or "").strip(), _named(first, n)
            if element is root and how in ("gone", "renamed"):
                continue
            if how == "gone":
                _parent(root, element).remove(element)
            elif how == "renamed":
                element.tag = element.tag.rpartition("}")[0] + "}" * ("}" in element.tag) + JUNK_WORD
            elif how == "empty":
                element.text = ""
                for child in list(element):
                    element.remove(child)
            elif len(was) < 2 or len(element):
                continue
            else:
                element.text = was[: len(was) // 2] if how == "half" else how
            yield f"{name} {how}", ElementTree.tostring(root)
        for key in list(list(_record(root_of(body), record).iter())[n].attrib):
            for how in ("gone", "", JUNK_WORD):
                root = root_of(body)
                first = _record(root, record)
                element = list(first.iter())[n]
                if how == "gone":
                    del element.attrib[key]
                else:
                    element.set(key, how)
                name = _named(first, n)
                yield f"{name} @{key.rpartition('}')[2]} {how or 'empty'}", ElementTree.tostring(root)


def root_of(body: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(body)  # noqa: S314  # our own


def _record(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return next(each for each in root.iter() if each.tag.rpartition("}")[2] == name)


def _parent(root: ElementTree.Element, child: ElementTree.Element) -> ElementTree.Element:
    return next(each for each in root.iter() if child in list(each))


def _named(record: ElementTree.Element, n: int) -> str:
    names = [each.tag.rpartition("}")[2] for each in record.iter()]
    return f"{n}:{names[n]}"


# ------------------------------------------------------------------------------------------- CSV


def mangled_csv(body: bytes, row: int = 1) -> Iterator[tuple[str, bytes]]:
    lines = body.decode().splitlines()
    cells = lines[row].split(";")
    for n, cell in enumerate(cells):
        for bad in ("", JUNK_WORD, "-7", cell[: len(cell) // 2]):
            if bad != cell:
                changed = [*cells[:n], bad, *cells[n + 1 :]]
                yield (
                    f"{lines[0].split(';')[n]} {bad!r}",
                    "\n".join([*lines[:row], ";".join(changed), *lines[row + 1 :], ""]).encode(),
                )
    yield (
        "row cut",
        "\n".join([*lines[:row], ";".join(cells[: len(cells) // 2]), *lines[row + 1 :], ""]).encode(),
    )


# --------------------------------------------------------------------------------------- caution


def lost(before: Iterable[Hazard], after: Iterable[Hazard], *, now_s: int) -> list[str]:
    """List what the hazards before do from now on that those after do not."""
    after = [hazard for hazard in after if not hazard.unknown]
    found = []
    for hazard in before:
        if hazard.unknown:
            continue
        left = tuple(
            cut
            for spell in hazard.spells
            if (cut := spell.intersection(Interval(now_s, max(now_s, spell.end_s))))
        )
        for shape in shapes(hazard.footprint):
            for effect in hazard.effects:
                if effect.action is Action.NONE or not left:
                    continue
                held_by = [
                    each
                    for each in after
                    if any(covers(shape, other) for other in shapes(each.footprint))
                    and any(_as_cautious(effect, other) for other in each.effects)
                ]
                held = union(tuple(spell for each in held_by for spell in each.spells))
                if union((*held, *left)) != held:
                    found.append(f"{hazard.id}: {effect.profile} {effect.action} {effect.only or ''}")
    return found


def shapes(footprint: Iterable[Area]) -> set[Shape]:
    return {
        (shape, area.above_m, area.below_m)
        for area in footprint
        for shape in (*area.polygons, *area.circles, *area.lines, *area.roads)
    }


def covers(shape: Shape, other: Shape) -> bool:
    """Tell whether a place is within another: of a road, whatever it is called, in that direction or more."""
    one, two = shape[0], other[0]
    if not isinstance(one, RoadPlace) or not isinstance(two, RoadPlace):
        return shape == other
    same = (
        (one.points and one.points == two.points)
        or (one.ways and one.ways == two.ways)
        or (
            one.from_km is not None and (one.ref, one.from_km, one.to_km) == (two.ref, two.from_km, two.to_km)
        )
    )
    wide = two.way == one.way or two.way in (Way.BOTH, Way.UNKNOWN)
    return bool(same) and wide and two.slip in (None, one.slip) and shape[1:] == other[1:]


def _binds_more(other: Bound | None, one: Bound | None) -> bool:
    """Tell whether whoever meets one bound meets the other."""
    if other is None or other == one:
        return True
    return one is not None and all(
        not there or (bool(here) and (set(here) <= set(there) if isinstance(there, tuple) else there <= here))
        for field in fields(Bound)
        if not field.name.startswith(("under", "water"))
        for there, here in [(getattr(other, field.name), getattr(one, field.name))]
    )


def _as_cautious(effect: Effect, other: Effect) -> bool:
    if other.profile != effect.profile or not _binds_more(other.only, effect.only):
        return False
    if other.action is not effect.action:
        return _RANK[other.action] > _RANK[effect.action]
    return (
        other.speed_factor <= effect.speed_factor
        and (not effect.cap_kmh or 0 < other.cap_kmh <= effect.cap_kmh)
        and other.delay_s >= effect.delay_s
        # Nobody has what nobody knows.
        and (other.requires == effect.requires or other.requires not in EQUIPMENT)
    )
