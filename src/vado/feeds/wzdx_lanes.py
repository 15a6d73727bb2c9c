"""What an event of WZDx does: its vehicle impact, lanes, restrictions and speed limit, as effects.

In: the properties of one event. Out: effects, and notes where what they say does not fit together; the more
cautious of two that do not fit counts. Refuses to know where and when.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.records import Record, members, number, text
from vado.feeds.stated import (
    ALTERNATING,
    INSPECT,
    LANE_CLOSED,
    LOCAL_ONLY,
    MILE_KM,
    NONE,
    SHUT,
    cap,
    limit,
    once,
    shut_for,
)  # fmt: skip
from vado.model.alert import StatedEffect
from vado.model.size import Bound

# Lanes that are not the road that one drives on past the place: WZDx 2.0 to 4.2, LaneType.
_ASIDE = (
    "shoulder", "sidewalk", "bike", "parking", "median", "center-turn", "center-left-turn", "turning",
    "exit", "entrance", "merging", "none", "outside", "inside", "both",
)  # fmt: skip
_LIMITS = {
    "reduced-width": "over_width_cm",
    "reduced-height": "over_height_cm",
    "reduced-length": "over_length_cm",
    "reduced-weight": "over_weight_kg",
    "gross-weight-limit": "over_weight_kg",
    "axle-load-limit": "over_axle_kg",
}
# What needs a permit for oversize in the USA: wider than 102 inches (23 CFR 658.15) or heavier than 80,000 lb
# (23 CFR 658.17). Heights and lengths differ by state.
_OVERSIZE = (
    shut_for(Bound(over_width_cm=259)),
    shut_for(Bound(over_weight_kg=36_287)),
)
_BANS = {
    "no-trucks": (shut_for(Bound(classes=("hgv",))),),
    "towing-prohibited": (shut_for(Bound(trailer=True)),),
    "permitted-oversize-loads-prohibited": _OVERSIZE,
    "local-access-only": (LOCAL_ONLY,),
}
# Of no effect on a vehicle of ours that passes.
_HARMLESS = ("no-parking", "no-passing")
_OPEN = ("all-lanes-open", "all-lanes-open-shift-left", "all-lanes-open-shift-right")
_IN_TURNS = ("alternating-one-way", "flagging", "temporary-traffic-signal")


def effects(record: Record, properties: dict[str, Any], core: dict[str, Any]) -> tuple[StatedEffect, ...]:
    """Give all that the event does; a detour is where others drive round it, and does nothing itself."""
    if text(core.get("event_type")).casefold() == "detour":
        if text(properties.get("vehicle_impact")).casefold() == "all-lanes-closed":
            record.note("a detour all of whose lanes are closed: a person is asked")
            return (INSPECT,)
        return (NONE,)
    found = list(_impact(record, properties, core))
    if found == [SHUT]:
        return (SHUT,)
    for each in record.list_of(properties.get("restrictions"), "restrictions"):
        found += _restriction(record, each)
    found += _lane_restrictions(record, properties)
    found += _speed(record, properties)
    return once(found)


def _impact(record: Record, properties: dict[str, Any], core: dict[str, Any]) -> tuple[StatedEffect, ...]:
    impact = text(properties.get("vehicle_impact") or core.get("vehicle_impact"))
    impact = impact.casefold().replace("_", "-").replace(" ", "-")
    driven = [lane for lane in record.objects(properties.get("lanes"), "lanes") if not _aside(lane)]
    closed = [lane for lane in driven if _status(lane) == "closed"]
    total = number(properties.get("total_num_lanes"))
    all_closed = bool(driven) and len(closed) == len(driven) and (total is None or total <= len(driven))
    if impact == "all-lanes-closed":
        return (SHUT,)
    if all_closed:
        record.note(f"all lanes are closed, and the impact is {impact or 'not said'}; taken as closed")
        return (SHUT,)
    if impact in _IN_TURNS:
        return ALTERNATING
    if impact.startswith("some-lanes-closed"):
        return (LANE_CLOSED,)
    if closed:
        return (LANE_CLOSED,)
    if impact in _OPEN:
        return (NONE,)
    if not impact and text(core.get("event_type")).casefold() == "restriction":
        return (NONE,)  # TDx: a limit that stands there, of which the restrictions tell
    record.doubt("vehicle_impact", f"the impact on vehicles is {impact or 'not said'}: a person is asked")
    return (INSPECT,)


def _aside(lane: dict[str, Any]) -> bool:
    kind = text(lane.get("type") or lane.get("lane_type")).casefold().replace("_", "-")
    return any(kind.startswith(word) or f"-{word}" in kind for word in _ASIDE)


def _status(lane: dict[str, Any]) -> str:
    return text(lane.get("status") or lane.get("lane_status")).casefold()


def _restriction(record: Record, value: Any) -> list[StatedEffect]:
    """Read one restriction: a word, or an object with type, value and unit."""
    given = members(value)
    kind = (text(value) or text(given.get("type") or given.get("restriction_type"))).casefold()
    kind = kind.replace("_", "-")
    if kind in _BANS:
        return list(_BANS[kind])
    if kind in _HARMLESS:
        return []
    if kind in _LIMITS:
        bound = _bound(kind, given)
        if bound is not None:
            return [shut_for(bound)]
    what = f"{kind} {text(given.get('value'))} {text(given.get('unit'))}".strip()
    record.doubt(
        f"restriction {kind}", f"the restriction {what or '(none)'} cannot be obeyed: a person is asked"
    )
    return [INSPECT]


def _bound(kind: str, given: dict[str, Any]) -> Bound | None:
    value = given.get("value", given.get("restriction_value"))
    unit = given.get("unit", given.get("restriction_units", given.get("restriction_unit")))
    return limit(_LIMITS[kind], number(value), text(unit))


def _lane_restrictions(record: Record, properties: dict[str, Any]) -> list[StatedEffect]:
    """Read those of lanes: one binds the road where every open lane has it, the widest limit counts."""
    driven = [lane for lane in map(members, record.few(properties.get("lanes"), "lanes")) if not _aside(lane)]
    usable = [lane for lane in driven if _status(lane) != "closed"]
    by_lane = [_by_kind(record, lane) for lane in usable]
    found: list[StatedEffect] = []
    for kind in sorted({kind for each in by_lane for kind in each}):
        there = [each[kind] for each in by_lane if kind in each]
        if len(there) < len(by_lane):
            record.note(f"the restriction {kind} holds in some lanes only: no effect, another lane is free")
        elif kind in _LIMITS:
            bounds = [bound for given in there if (bound := _bound(kind, given)) is not None]
            if len(bounds) < len(there):
                record.doubt(
                    f"restriction {kind} of lanes", f"the restriction {kind} of lanes cannot be obeyed"
                )
                found.append(INSPECT)
            else:
                found.append(shut_for(max(bounds, key=lambda bound: int(getattr(bound, _LIMITS[kind])))))
        else:
            found += _restriction(record, kind)
    return found


def _by_kind(record: Record, lane: dict[str, Any]) -> dict[str, dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {}
    given_of = lane.get("restrictions")
    given_of = lane.get("lane_restrictions") if given_of in (None, []) else given_of
    for each in record.list_of(given_of, "restrictions of a lane"):
        given = members(each)
        kind = (text(each) or text(given.get("type") or given.get("restriction_type"))).casefold()
        if not kind:
            record.doubt("restrictions of a lane", "a restriction of a lane says not what it is")
        kinds.setdefault(kind.replace("_", "-"), given)
    return kinds


def _speed(record: Record, properties: dict[str, Any]) -> list[StatedEffect]:
    """Read the reduced limit: km/h from 4.0 on, miles an hour before."""
    kmh = record.number(properties.get("reduced_speed_limit_kph"), "reduced_speed_limit")
    miles = record.number(properties.get("reduced_speed_limit"), "reduced_speed_limit")
    if kmh is None and miles is not None:
        kmh = miles * MILE_KM
    if not kmh:  # 0 is how some write that there is none
        return []
    found = cap(kmh)
    if found is None:
        record.doubt(
            "reduced_speed_limit", f"a speed limit of {kmh:g} km/h cannot be meant: a person is asked"
        )
        return [INSPECT]

    return [found]
