"""Tables of places: codes of areas (EMMA_ID, NUTS3, UGC, SAME, WARNCELLID, AEMET zones) to their polygons.

In: GeoJSON files, lists of zones, tables of aliases, folders of them; then alerts. Out: the alerts with the
areas that their codes stand for; codes that no table knows stay unknown, and are named. Refuses to guess: a
code without a shape is never "nowhere". Zones are redrawn, so the tables have a hash, and what was placed
says which.

An area that has a shape of its own keeps it. Of an area with codes of several schemes one scheme that is
known whole is enough: they all describe the same ground.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vado.feeds.geocode_files import Alias, Key, Shape, canonical, read_paths
from vado.model.alert import Alert, Area, Info, Polygon
from vado.model.ids import Hash

ALIAS_DEPTH_MAX = 4  # an alias of an alias; more is a ring
NAMED_MAX = 8  # unknown codes that a note names
HASH_CHARS = 12  # of the tables' hash, in notes
# Old senders write a list of codes into one value.
_LISTS = frozenset({"fips6", "same", "ugc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocodes:
    """All tables, read once. Polygons are made when they are asked for: most never are."""

    shapes: Mapping[Key, Shape]
    aliases: Mapping[Key, tuple[Key, ...]]
    content_hash: Hash
    made: dict[Key, tuple[Polygon, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.shapes) + len(self.aliases)

    def find(self, scheme: str, code: str) -> tuple[Polygon, ...] | None:
        """Find the polygons of a code; None where no table knows it, or not all that it stands for."""
        return self._find(canonical(scheme, code), depth=0)

    def _find(self, key: Key, *, depth: int) -> tuple[Polygon, ...] | None:
        made = self.made.get(key)
        if made is not None:
            return made
        shape = self.shapes.get(key)
        if shape is not None:
            polygons = shape.polygons()
            if polygons is not None:
                self.made[key] = polygons
            return polygons
        others = self.aliases.get(key, ())
        if not others or depth >= ALIAS_DEPTH_MAX:
            return self._coast(key, depth=depth)
        found: list[Polygon] = []
        for other in others:
            part = self._find(other, depth=depth + 1)
            if part is None:
                return None
            found += part
        self.made[key] = tuple(dict.fromkeys(found))
        return self.made[key]

    def _coast(self, key: Key, *, depth: int) -> tuple[Polygon, ...] | None:
        # AEMET names coasts by the number of the zone behind them and a C: 711501C is the coast of 711501.
        # Source: COD_Z of its zones, as climaemet (rOpenSpain, aemet_alert_zones) has them. That a coast no
        # table draws is taken as that zone, where the road along the sea runs, is our choice: it binds more.
        scheme, code = key
        if scheme == "AEMET" and len(code) == 7 and code.endswith("C") and depth < ALIAS_DEPTH_MAX:
            return self._find((scheme, code[:-1]), depth=depth + 1)
        return None

    def place(self, alert: Alert) -> Alert:
        """Give an alert whose codes have become polygons, as far as the tables know them."""
        notes: list[str] = []
        infos = tuple(self._info(info, f"info[{n}]", notes) for n, info in enumerate(alert.infos))
        if infos == alert.infos and not notes:
            return alert
        return replace(alert, infos=infos, notes=(*alert.notes, *notes))

    def _info(self, info: Info, where: str, notes: list[str]) -> Info:
        areas: list[Area] = []
        unknown: list[str] = []
        placed = 0
        for area in info.areas:
            if area.has_shape or not area.geocodes:
                areas.append(area)
                continue
            polygons, left = self._codes(area.geocodes)
            if polygons:
                placed += 1
                areas.append(replace(area, polygons=polygons))
            if left or not polygons:
                # What is left is an area of its own: the shapes count, and the rest stays unknown.
                areas.append(replace(area, geocodes=left or area.geocodes))
                unknown += [f"{name} {code}" for name, code in left or area.geocodes]
        tables = f"tables {self.content_hash.removeprefix('sha256:')[:HASH_CHARS]}"
        if placed:
            notes.append(f"{where}: {placed} areas placed by their codes, {tables}")
        if unknown:
            more = f" and {len(unknown) - NAMED_MAX} more" if len(unknown) > NAMED_MAX else ""
            notes.append(f"{where}: in no table of {tables}: {', '.join(unknown[:NAMED_MAX])}{more}")
        return replace(info, areas=tuple(areas)) if placed else info

    def _codes(
        self, geocodes: Sequence[tuple[str, str]]
    ) -> tuple[tuple[Polygon, ...], tuple[tuple[str, str], ...]]:
        """Give the polygons of an area's codes, and the codes left where no scheme is known whole."""
        schemes: dict[str, list[tuple[str, str]]] = {}
        for name, value in geocodes:
            folded = name.casefold()
            codes = value.split() if folded in _LISTS or "fips" in folded else [value.strip()]
            for code in codes:
                schemes.setdefault(canonical(name, code)[0], []).append((name, code))
        best: tuple[list[Polygon], list[tuple[str, str]]] = ([], list(geocodes))
        for pairs in schemes.values():
            found: list[Polygon] = []
            left: list[tuple[str, str]] = []
            for pair in pairs:
                polygons = self.find(*pair)
                if polygons is None:
                    left.append(pair)
                else:
                    found += polygons
            if found and not left:
                return tuple(dict.fromkeys(found)), ()
            if found and (not best[0] or len(left) < len(best[1])):
                best = found, left
        return tuple(dict.fromkeys(best[0])), tuple(best[1])

    def unknown(self, alerts: Iterable[Alert]) -> tuple[tuple[str, str], ...]:
        """List the codes of alerts that no table knows, each once."""
        return tuple(
            sorted(
                {
                    pair
                    for alert in alerts
                    for info in alert.infos
                    for area in info.areas
                    if not area.has_shape
                    for pair in area.geocodes
                    if self.find(*pair) is None
                }
            )
        )


NO_GEOCODES = Geocodes(shapes={}, aliases={}, content_hash=Hash("sha256:" + hashlib.sha256().hexdigest()))


def load_geocodes(paths: Sequence[str | Path]) -> Geocodes:
    """Read tables of places; raises InputError naming every file that cannot be read.

    A path is a GeoJSON file, a list of zones as JSON, a table of aliases (CSV, TSV), or a folder of them.
    "SCHEME=PATH" says which codes a file has where the file does not. Of two files the later one counts.
    """
    if not paths:
        return NO_GEOCODES
    shapes: dict[Key, Shape] = {}
    aliases: dict[Key, tuple[Key, ...]] = {}
    seen = hashlib.sha256()
    for table in read_paths([str(path) for path in paths]):
        seen.update(table.digest)
        shapes.update(table.shapes)
        for alias in table.aliases:
            aliases[alias.key] = tuple(dict.fromkeys((*aliases.get(alias.key, ()), *alias.targets)))
    return Geocodes(shapes=shapes, aliases=aliases, content_hash=Hash("sha256:" + seen.hexdigest()))


__all__ = ["NO_GEOCODES", "Alias", "Geocodes", "load_geocodes"]
