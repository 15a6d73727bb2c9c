"""Rules: what the tags of a way or a node mean for each profile. Pure; asked once for each set of tags.

In goes a set of tags, out comes who drives it in which direction and how fast, and what is known of it.
Refuses to know the clock: what holds only at times (`*:conditional`) is not obeyed, but flagged SEASONAL and
counted. Signs about size, weight and dangerous goods become `Limits`, which stay with the edge: they are
judged for each load (`network.allowed`). Sources of all numbers stand in `data/profiles.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from vado.model.raw_roads import DRIVABLE_CLASSES, Tags
from vado.model.roads import EdgeFlag
from vado.model.size import Limits
from vado.network.allowed import fits
from vado.network.speeds import SMOOTHNESS, Profile, Profiles
from vado.network.units import length_cm, speed_kmh, weight_kg

FORWARD, BACKWARD = 0, 1
_SUFFIX = (":forward", ":backward")
_TRUE = frozenset({"yes", "true", "1"})
_ONEWAY_CLASSES = frozenset({"motorway", "motorway_link"})  # as OSRM's car profile has it
_ROUND = frozenset({"roundabout", "circular"})  # both imply oneway, OSM Key:junction
_NO_BRIDGE = frozenset({"no", "low_water_crossing"})  # the last is built to be flooded
_NO_FORD = frozenset({"", "no", "stepping_stones", "boat"})  # the last two are no water on the roadway
_ZONE_KEYS = ("source:maxspeed", "maxspeed:type", "zone:maxspeed", "zone:traffic")
# Codes of dangerous goods, the most dangerous first. A tunnel of category D shuts out codes B, C and D
# (ADR 2023, 1.9.5.2.2; OSM Key:hazmat, "ADR tunnel restriction key suffixes").
_CODES = ("B", "C", "D", "E")
_CATEGORY_KEYS = ("hazmat:adr_tunnel_cat", "hazmat:tunnel_cat")  # as GraphHopper's OSMHazmatTunnelParser
_WEIGHT_BAN = re.compile(r"\(?\s*(?:max)?weight(?:rating)?\s*>=?\s*([\d.,]+\s*[a-z]*)\s*\)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRule:
    """What a set of tags means. Speeds are [profile][direction] in km/h; 0 is: may not drive there."""

    kmh: tuple[tuple[float, float], ...]  # at the profile's own size
    kmh_small: tuple[tuple[float, float], ...]  # for who keeps the limits, whatever their profile's size
    highway: str
    flags: EdgeFlag
    surface: str
    maxspeed_kmh: int
    limits: Limits
    conditional: bool  # something here holds only at times
    reversible: bool  # shut for everybody: its direction changes with the clock

    @property
    def drivable(self) -> bool:
        """Tell whether anybody drives there, if only with a load smaller than usual."""
        return any(speed > 0 for pair in self.kmh_small for speed in pair)


def way_rule(tags: Tags, profiles: Profiles) -> WayRule:
    """Judge a set of tags."""
    tag = dict(tags)
    highway = tag.get("highway", "")
    limits = _limits(tag, profiles)
    open_at_all = (
        highway in DRIVABLE_CLASSES
        and tag.get("area") != "yes"
        and tag.get("impassable") != "yes"
        and tag.get("status") != "impassable"
        and tag.get("service") != "emergency_access"
        and tag.get("oneway") != "reversible"
    )
    small = tuple(
        (_speed(tag, profile, FORWARD, profiles), _speed(tag, profile, BACKWARD, profiles))
        if open_at_all
        else (0.0, 0.0)
        for profile in profiles.profiles
    )
    kmh = tuple(
        pair if fits(limits, profile.size) else (0.0, 0.0)
        for pair, profile in zip(small, profiles.profiles, strict=True)
    )
    posted = _posted_kmh(tag, ("maxspeed",), profiles)
    return WayRule(
        kmh=kmh,
        kmh_small=small,
        highway=highway,
        flags=_flags(tag, profiles),
        surface=tag.get("surface", ""),
        maxspeed_kmh=min(255, int((posted or 0) + 0.5)),
        limits=limits,
        conditional=any(key.endswith(":conditional") for key in tag),
        reversible=tag.get("oneway") == "reversible",
    )


def node_blocks(tags: Tags, profiles: Profiles) -> tuple[bool, ...]:
    """Say for each profile whether a barrier or a ford on a node stops it, whatever its size."""
    tag = dict(tags)
    barrier = tag.get("barrier", "")
    closed = bool(barrier) and (
        (barrier not in profiles.barriers_pass and tag.get("bollard") != "rising")
        or tag.get("locked") == "yes"
    )
    blocks = []
    for profile in profiles.profiles:
        said = _access(tag, profile, "", profiles) if barrier else None
        shut = closed if said is None else said == "no"
        blocks.append(shut or (_is_deep(tag) and not profile.fords))
    return tuple(blocks)


def node_limits(tags: Tags, profiles: Profiles) -> Limits:
    """Read the limits of a barrier or ford on a node; who passes it keeps them."""
    return _limits(dict(tags), profiles)


def is_ford(tags: Tags) -> bool:
    return dict(tags).get("ford", "") not in _NO_FORD


def _speed(tag: dict[str, str], profile: Profile, way: int, profiles: Profiles) -> float:
    """Give the speed in one direction, 0 where the profile may not drive whatever its size."""
    said = _access(tag, profile, _SUFFIX[way], profiles)
    smoothness = tag.get("smoothness", "")
    if (
        said == "no"
        or way not in _directions(tag, profile)
        or (tag.get("highway") == "track" and not _enters_track(tag, profile, said))
        or (_is_deep(tag) and not profile.fords)
        or (
            smoothness in SMOOTHNESS
            and SMOOTHNESS.index(smoothness) > SMOOTHNESS.index(profile.smoothness_worst)
        )
    ):
        return 0.0
    speed = profile.class_kmh[tag["highway"]]
    if tag.get("motorroad") == "yes":
        speed = profile.class_kmh.get("motorroad", speed)
    if tag["highway"] == "track":
        speed = profiles.tracktype_kmh.get(tag.get("tracktype", ""), speed)
    keys = tuple(f"maxspeed{who}{_SUFFIX[way]}" for who in _who(profile))
    plain = tuple(f"maxspeed{who}" for who in _who(profile))
    posted = _posted_kmh(tag, tuple(key for pair in zip(keys, plain, strict=True) for key in pair), profiles)
    if posted is not None:
        speed = profiles.maxspeed_factor * min(posted, profile.limit_kmh or posted)
    speed = min(
        speed,
        profile.surface_kmh.get(tag.get("surface", ""), speed),
        profiles.smoothness_kmh.get(smoothness, speed),
    )
    return max(speed, profiles.slowest_kmh)


def _who(profile: Profile) -> tuple[str, ...]:
    """List the classes a limit may be written for, the special ones first: maxspeed:hgv before maxspeed."""
    return (*(f":{key}" for key in reversed(profile.access) if key != "access"), "")


def _posted_kmh(tag: dict[str, str], keys: tuple[str, ...], profiles: Profiles) -> float | None:
    """Find the first of the limits that states a number, then one that a zone implies."""
    for key in keys:
        value = tag.get(key)
        if value is None:
            continue
        if value == "none":
            return None  # no limit: the class's usual speed holds
        if value == "walk":
            return profiles.walk_kmh
        number = speed_kmh(value)
        if number is None:
            number = _zone_kmh(value, profiles)
        if number:
            return number
    for key in _ZONE_KEYS:
        number = _zone_kmh(tag.get(key, ""), profiles)
        if number:
            return number
    return None


def _zone_kmh(value: str, profiles: Profiles) -> float | None:
    """Give the limit of "RO:urban", "urban", "DE:zone:30", "FR:zone30" or "DE:30"; None when not known."""
    value = value.strip().lower()
    if not value:
        return None
    if value in profiles.zone_kmh:
        return profiles.zone_kmh[value] or None
    zone = value.split(":", 1)[-1]
    return profiles.zone_kmh.get(zone) or speed_kmh(zone.removeprefix("zone").lstrip(":"))


def _access(tag: dict[str, str], profile: Profile, suffix: str, profiles: Profiles) -> str | None:
    """Say "yes", "destination" or "no" as the most special key does; None when none says anything."""
    for key in reversed(profile.access):
        for name in (key + suffix, key) if suffix else (key,):
            values = {part.strip() for part in tag.get(name, "").split(";")}
            if values & profiles.access_yes:
                return "yes"
            if values & profiles.access_destination:
                return "destination"
            if values & profiles.access_no:
                return "no"
    return None


def _directions(tag: dict[str, str], profile: Profile) -> tuple[int, ...]:
    """List the directions of the way that are open, by oneway, its exceptions, and what implies it."""
    value = next(
        (tag[key] for who in _who(profile) if (key := f"oneway{who}") in tag),
        "yes" if tag.get("junction") in _ROUND or tag.get("highway") in _ONEWAY_CLASSES else "no",
    )
    if value in _TRUE:
        return (FORWARD,)
    if value in ("-1", "reverse"):
        return (BACKWARD,)
    return (FORWARD, BACKWARD)


def _enters_track(tag: dict[str, str], profile: Profile, said: str | None) -> bool:
    return profile.all_tracks or tag.get("tracktype") == "grade1" or said in ("yes", "destination")


def _is_deep(tag: dict[str, str]) -> bool:
    """Tell whether there is a ford whose depth nobody has mapped: it may be deep."""
    return tag.get("ford", "") not in _NO_FORD and not _depth_cm(tag)


def _depth_cm(tag: dict[str, str]) -> int:
    """Read how deep a ford is, OSM Key:depth, metres; the deepest where several are written."""
    if tag.get("ford", "") in _NO_FORD:
        return 0
    return max((length_cm(part) or 0 for part in tag.get("depth", "").split(";")), default=0)


def _limits(tag: dict[str, str], profiles: Profiles) -> Limits:
    """Gather what signs say about size, weight and what is carried, for whatever class."""
    by_class: list[tuple[str, int, bool]] = []
    for key in sorted({key for profile in profiles.profiles for key in profile.access if key != "access"}):
        by_class += [
            (key, weight_kg(tag.get(f"maxweight:{key}", "")) or 0, False),
            (key, weight_kg(tag.get(f"maxweightrating:{key}", "")) or 0, True),
            # Vienna Convention on Road Signs, C 3e: a figure beside a class is its permissible maximum mass.
            (key, _banned_above_kg(tag.get(f"{key}:conditional", "")), True),
        ]
    return Limits(
        height_cm=_least(tag, ("maxheight", "maxheight:physical"), length_cm),
        width_cm=_least(tag, ("maxwidth", "maxwidth:physical"), length_cm),
        length_cm=_least(tag, ("maxlength",), length_cm),
        weight_kg=_least(tag, ("maxweight",), weight_kg),
        rated_kg=_least(tag, ("maxweightrating",), weight_kg),
        axle_kg=_least(tag, ("maxaxleload",), weight_kg),
        water_cm=_depth_cm(tag),
        by_class=tuple(sorted({row for row in by_class if row[1] > 0})),
        bans=tuple(sorted(_bans(tag, profiles))),
    )


def _bans(tag: dict[str, str], profiles: Profiles) -> set[str]:
    """List which dangerous goods are shut out, and whether trailers are."""
    bans = {"trailer"} if tag.get("trailer") in profiles.access_no else set()
    bans |= {"any"} if tag.get("hazmat") in profiles.access_no else set()
    bans |= {word for word in ("water", "explosive") if tag.get(f"hazmat:{word}") in profiles.access_no}
    if tag.get("tunnel", "no") == "no":
        return bans  # in Finland hazmat:A and hazmat:B mean something else, on open roads (OSM Key:hazmat)
    worst = max((_CODES.index(c) for c in _CODES if tag.get(f"hazmat:{c}") in profiles.access_no), default=-1)
    for key in _CATEGORY_KEYS:
        category = tag.get(key, "").strip().upper()
        worst = max(worst, _CODES.index(category) if category in _CODES else -1)
    return bans | set(_CODES[: worst + 1])


def _banned_above_kg(value: str) -> int:
    """Read "no @ (weight>7.5)": the one condition that depends on the vehicle alone, not on the clock."""
    access, at, condition = value.partition("@")
    match = _WEIGHT_BAN.fullmatch(condition.strip().lower()) if at and access.strip() == "no" else None
    return (weight_kg(match[1]) or 0) if match else 0


def _least(tag: dict[str, str], keys: tuple[str, ...], read: Callable[[str], int | None]) -> int:
    found = [value for key in keys if (value := read(tag.get(key, ""))) is not None]
    return min(found, default=0)


def _flags(tag: dict[str, str], profiles: Profiles) -> EdgeFlag:
    flags = EdgeFlag(0)
    is_set = {
        EdgeFlag.BRIDGE: tag.get("bridge", "no") not in _NO_BRIDGE,
        EdgeFlag.TUNNEL: tag.get("tunnel", "no") != "no",
        EdgeFlag.FORD: tag.get("ford", "") not in _NO_FORD,
        EdgeFlag.TOLL: tag.get("toll", "no") != "no",
        EdgeFlag.ROUNDABOUT: tag.get("junction") in _ROUND,
        EdgeFlag.LINK: tag.get("highway", "").endswith("_link"),
        EdgeFlag.UNPAVED: tag.get("surface") in profiles.surfaces_unpaved
        or (tag.get("highway") == "track" and "surface" not in tag and tag.get("tracktype") != "grade1"),
        EdgeFlag.SEASONAL: tag.get("seasonal", "no") != "no"
        or any(tag.get(key, "no") != "no" for key in ("winter_road", "ice_road"))
        or any(key.endswith(":conditional") and not key.startswith("maxspeed") for key in tag),
        EdgeFlag.HGV_NO: tag.get("hgv") in profiles.access_no,
        EdgeFlag.HGV_DESTINATION: tag.get("hgv") in profiles.access_destination,
        EdgeFlag.DESTINATION: any(
            _access(tag, profile, "", profiles) == "destination"
            for profile in profiles.profiles
            if "hgv" not in profile.access
        ),
    }
    for flag, on in is_set.items():
        if on:
            flags |= flag
    return flags
