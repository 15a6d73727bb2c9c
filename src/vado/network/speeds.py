"""Profiles: how each kind of vehicle drives. The one reader of the table `data/profiles.toml`.

In goes the table as plain values, out come `Profiles`; all faults of the table are told at once. Knows no
file: reading it is the border's business (`store.data`). What a profile may drive: `network.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from vado.errors import Fault, InputError
from vado.model.raw_roads import DRIVABLE_CLASSES
from vado.model.size import Size

FORMAT = 1
SMOOTHNESS = (  # https://wiki.openstreetmap.org/wiki/Key:smoothness, best first
    "excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible", "impassable",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of vehicle: who it is to the law, how fast and how large it is."""

    name: str
    access: tuple[str, ...]  # keys that bind it, from general to special
    class_kmh: Mapping[str, float]  # highway class -> usual speed
    surface_kmh: Mapping[str, float]  # no faster than
    all_tracks: bool  # else only paved ones and those it is let onto
    fords: bool  # of unknown depth
    smoothness_worst: str
    limit_kmh: float | None  # the vehicle's own limiter
    height_cm: int
    width_cm: int
    length_cm: int
    weight_kg: int  # loaded to what its papers allow
    axle_kg: int
    wading_cm: int

    @property
    def size(self) -> Size:
        return Size(
            height_cm=self.height_cm,
            width_cm=self.width_cm,
            length_cm=self.length_cm,
            weight_kg=self.weight_kg,
            rated_kg=self.weight_kg,
            axle_kg=self.axle_kg,
            wading_cm=self.wading_cm,
            classes=tuple(key for key in self.access if key != "access"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """All profiles, and what is common to them."""

    profiles: tuple[Profile, ...]
    maxspeed_factor: float
    slowest_kmh: float
    walk_kmh: float
    access_yes: frozenset[str]
    access_destination: frozenset[str]
    access_no: frozenset[str]
    zone_kmh: Mapping[str, float]  # 0 is no limit
    tracktype_kmh: Mapping[str, float]
    smoothness_kmh: Mapping[str, float]  # 0 shuts
    barriers_pass: frozenset[str]
    surfaces_unpaved: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(profile.name for profile in self.profiles)


def parse_profiles(data: Mapping[str, Any]) -> Profiles:
    """Read the table; raises InputError with every fault that is in it."""
    reader = _Reader()
    table = cast("Mapping[str, object]", data)
    if table.get("format") != FORMAT:
        reader.fault("format", f"is {table.get('format')!r}", f"write format = {FORMAT}")
    access = reader.table(table, "access", "access")
    result = Profiles(
        profiles=_parse_each(reader, table),
        maxspeed_factor=reader.number(table, "maxspeed_factor", "", least=0.1, most=1.0),
        slowest_kmh=reader.number(table, "slowest_kmh", "", least=1),
        walk_kmh=reader.number(table, "walk_kmh", "", least=1),
        access_yes=reader.words(access, "yes", "access."),
        access_destination=reader.words(access, "destination", "access."),
        access_no=reader.words(access, "no", "access."),
        zone_kmh=reader.speeds(table, "zone_kmh"),
        tracktype_kmh=reader.speeds(table, "tracktype_kmh"),
        smoothness_kmh=reader.speeds(table, "smoothness_kmh"),
        barriers_pass=reader.words(reader.table(table, "barriers", "barriers"), "pass", "barriers."),
        surfaces_unpaved=reader.words(reader.table(table, "surfaces", "surfaces"), "unpaved", "surfaces."),
    )
    if reader.faults:
        raise InputError.of(reader.faults)
    return result


def _parse_each(reader: _Reader, data: Mapping[str, object]) -> tuple[Profile, ...]:
    rows = data.get("profile")
    if not isinstance(rows, list) or not rows:
        reader.fault("profile", "is no list of profiles", "add a [[profile]] for each kind of vehicle")
        return ()
    class_tables = reader.table(data, "class_kmh", "class_kmh")
    surface_tables = reader.table(data, "surface_kmh", "surface_kmh")
    profiles: list[Profile] = []
    for index, row in enumerate(rows):
        at = f"profile[{index}]."
        name = reader.word(row, "name", at)
        if name in [profile.name for profile in profiles]:
            reader.fault(at + "name", f"{name!r} is used twice", "give each profile its own name")
        classes = reader.speeds(class_tables, reader.word(row, "class_kmh", at), prefix="class_kmh.")
        for missing in [road for road in DRIVABLE_CLASSES if road not in classes]:
            reader.fault(at + "class_kmh", f"has no speed for {missing}", "give every road class a speed")
        worst = reader.word(row, "smoothness", at)
        if worst not in SMOOTHNESS:
            reader.fault(at + "smoothness", f"is {worst!r}", "write one of " + ", ".join(SMOOTHNESS))
        tracks = reader.word(row, "tracks", at)
        if tracks not in ("paved", "all"):
            reader.fault(at + "tracks", f"is {tracks!r}", 'write "paved" or "all"')
        profiles.append(
            Profile(
                name=name,
                access=tuple(reader.list(row, "access", at)),
                class_kmh=classes,
                surface_kmh=reader.speeds(
                    surface_tables, reader.word(row, "surface_kmh", at), prefix="surface_kmh."
                ),
                all_tracks=tracks == "all",
                fords=bool(row.get("fords", False)),
                smoothness_worst=worst,
                limit_kmh=reader.number(row, "limit_kmh", at, least=1) if "limit_kmh" in row else None,
                height_cm=int(reader.number(row, "height_cm", at, least=1)),
                width_cm=int(reader.number(row, "width_cm", at, least=1)),
                length_cm=int(reader.number(row, "length_cm", at, least=1)),
                weight_kg=int(reader.number(row, "weight_kg", at, least=1)),
                axle_kg=int(reader.number(row, "axle_kg", at, least=1)),
                wading_cm=int(reader.number(row, "wading_cm", at, least=0)),
            )
        )
    return tuple(profiles)


class _Reader:
    """Reads plain values and gathers what is wrong with them; a faulty value becomes a harmless one."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, field: str, cause: str, action: str, *, code: str = "E1004") -> None:
        self.faults.append(Fault(code, f"the profile table's {field} {cause}", action, field))

    def _get(self, data: Mapping[str, object], key: str, field: str, good: Callable[[object], bool]) -> Any:
        if key not in data:
            self.fault(field, "is missing", "add it", code="E1003")
            return None
        if not good(data[key]):
            self.fault(field, f"is {data[key]!r}", "give it a value of the right kind")
            return None
        return data[key]

    def table(self, data: Mapping[str, object], key: str, field: str) -> Mapping[str, object]:
        return self._get(data, key, field, lambda value: isinstance(value, dict)) or {}

    def word(self, data: Mapping[str, object], key: str, at: str) -> str:
        return self._get(data, key, at + key, lambda value: isinstance(value, str) and value != "") or ""

    def list(self, data: Mapping[str, object], key: str, at: str) -> list[str]:
        found = self._get(data, key, at + key, lambda value: isinstance(value, list) and len(value) > 0)
        return [str(item) for item in found or ()]

    def words(self, data: Mapping[str, object], key: str, at: str) -> frozenset[str]:
        return frozenset(self.list(data, key, at))

    def number(
        self, data: Mapping[str, object], key: str, at: str, *, least: float, most: float = 1e9
    ) -> float:
        def good(value: object) -> bool:
            return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most

        return float(self._get(data, key, at + key, good) or least)

    def speeds(self, data: Mapping[str, object], key: str, *, prefix: str = "") -> dict[str, float]:
        rows = self.table(data, key, prefix + key)
        return {
            name: self.number(rows, name, f"{prefix}{key}.", least=0, most=300) if name in rows else 0
            for name in rows
        }
