"""Files of places: which codes they hold, and their shapes, read without making a point of them.

In: paths. Out: tables of shapes and aliases. Refuses a file whose scheme of codes nobody says: ES213 is a
zone of MeteoAlarm and another place in NUTS. The scheme stands in the features (`type`, or a property that
only one publisher uses), in the path's "SCHEME=", or in the file's name. Known publishers: MeteoAlarm
(EMMA_ID, aliases to NUTS and WARNCELLID), Eurostat GISCO (NUTS_ID), NWS (zones, counties, as its API or its
shapefiles have them), DWD (WARNCELLID), AEMET (COD_Z of its warning zones), BKG (ARS). Shapefiles are read by
others: `ogr2ogr -f GeoJSON`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vado.errors import Fault, InputError, PayloadError
from vado.feeds.findings import Findings
from vado.feeds.geometry import polygons_of
from vado.feeds.projected import turned
from vado.model.alert import Polygon

FILE_MAX = 300_000_000  # bytes of one file
FILES_MAX = 20_000  # of one folder
POSITIONS_MAX = 5_000_000  # that are turned from another coordinate system
Key = tuple[str, str]  # (scheme, code), canonical

# Schemes by the words that senders and files use for them; the pattern is what all of its codes look like.
_SCHEMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMMA", re.compile(r"emma")),
    ("NUTS", re.compile(r"nuts")),
    ("UGC", re.compile(r"ugc|nws.?zone|forecast.?zone")),
    ("SAME", re.compile(r"same|fips6|\bfips\b.*count|count.*fips")),
    ("WARNCELL", re.compile(r"warncell")),
    ("AEMET", re.compile(r"aemet|meteoalerta")),
    ("FIPS", re.compile(r"fips")),
    ("ARS", re.compile(r"\bars\b|regionalschl")),
)
# Properties that only one publisher's files have: (property, scheme).
_PROPERTIES = (
    ("EMMA_ID", "EMMA"),
    ("NUTS_ID", "NUTS"),
    ("UGC", "UGC"),
    ("SAME", "SAME"),
    ("WARNCELLID", "WARNCELL"),
    ("COD_Z", "AEMET"),
    ("ARS", "ARS"),
)
_UGC = re.compile(r"[A-Z]{2}[CZ]\d{3}", re.ASCII)
_PLAIN = ("code", "id", "CODE")  # properties that hold the code of whatever scheme it is


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """A geometry as its file has it; checked and made when it is asked for."""

    geometries: tuple[Any, ...]

    def polygons(self) -> tuple[Polygon, ...] | None:
        """Make the polygons; None where one cannot be understood: a zone with a part missing is no zone."""
        findings = Findings()
        found = tuple(p for each in self.geometries for p in polygons_of(each, findings, "table"))
        return None if findings.faults or not found else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    key: Key
    targets: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    digest: bytes
    shapes: Mapping[Key, Shape] = field(default_factory=dict)
    aliases: tuple[Alias, ...] = ()


def canonical(scheme: str, code: str) -> Key:
    """Name a code as all senders mean it: "NUTS3" and "NUTS_ID" are one scheme, "FIPS6" and "SAME", too."""
    folded = scheme.casefold()
    named = next((name for name, pattern in _SCHEMES if pattern.search(folded)), scheme.strip().upper())
    code = code.strip().upper()
    # A district is the first five of the twelve digits that a municipality has.
    return named, code.ljust(12, "0") if named == "ARS" and code.isdecimal() else code


def read_paths(paths: Sequence[str]) -> Iterator[Table]:
    """Read all files of all paths; raises InputError naming every one that cannot be read."""
    faults: list[Fault] = []
    tables: list[Table] = []
    for path in paths:
        scheme, file = _scheme_of(path)
        for each in _files(file, faults):
            try:
                tables.append(_table(each, scheme))
            except (OSError, ValueError, RecursionError, csv.Error) as bad:
                faults.append(
                    Fault(
                        "E1005",
                        f"{each} is no table of places: {str(bad)[:200]}",
                        "give GeoJSON or a table of aliases; see docs/howto/feed.md",
                        "geocodes",
                    )
                )
    if faults:
        raise InputError.of(faults)
    return iter(tables)


def _scheme_of(path: str) -> tuple[str, Path]:
    """Split "NUTS3=file"; a plain path has no scheme."""
    scheme, equals, rest = path.partition("=")
    if equals and re.fullmatch(r"[A-Za-z][\w -]{0,40}", scheme) and not Path(path).exists():
        return scheme, Path(rest)
    return "", Path(path)


def _files(path: Path, faults: list[Fault]) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        faults.append(Fault("E1005", f"there is no file or folder {path}", "mend the path", "geocodes"))
        return []
    found = sorted(
        p for p in path.rglob("*") if p.is_file() and p.suffix in (".geojson", ".json", ".csv", ".tsv")
    )
    if not found or len(found) > FILES_MAX:
        faults.append(
            Fault(
                "E1005",
                f"{path} holds {len(found)} tables of places",
                f"give a folder of 1 to {FILES_MAX} GeoJSON files",
                "geocodes",
            )
        )
        return []
    return found


def _table(path: Path, scheme: str) -> Table:
    if path.stat().st_size > FILE_MAX:
        raise ValueError(f"more than {FILE_MAX} bytes")
    body = path.read_bytes()
    digest = hashlib.sha256(body).digest()
    scheme = scheme or _in_name(path)
    if path.suffix in (".csv", ".tsv"):
        return Table(digest=digest, aliases=tuple(_aliases(body.decode("utf-8-sig"))))
    value = json.loads(body)
    try:
        turned(value, most=POSITIONS_MAX)  # AEMET publishes its zones in UTM (EPSG:32630)
    except PayloadError as refused:
        raise ValueError(refused.faults[0].cause) from refused
    parts: dict[Key, list[Any]] = {}
    features = _features(value)
    for n, (properties, geometry) in enumerate(features):
        keys = _keys(properties, scheme, n)
        for key in keys:
            parts.setdefault(key, []).append(geometry)
    if not parts:
        raise ValueError("it holds no area")
    return Table(digest=digest, shapes={key: Shape(geometries=tuple(each)) for key, each in parts.items()})


def _in_name(path: Path) -> str:
    """Find the scheme in the name of the file, or of its folder; "" where neither says one."""
    for name in (path.stem, path.parent.name):
        folded = name.casefold()
        found = next((scheme for scheme, pattern in _SCHEMES if pattern.search(folded)), "")
        if found:
            return found
    return ""


def _features(value: Any) -> list[tuple[dict[str, Any], Any]]:
    """List properties and geometries of GeoJSON, or of MeteoAlarm's list of {code, area, coordinates}."""
    if isinstance(value, list):
        return [
            ({"EMMA_ID": each["code"]}, _drawn(each["coordinates"]))
            for each in value
            if isinstance(each, dict) and {"code", "coordinates"} <= each.keys()
        ]
    if not isinstance(value, dict):
        return []
    features = [value] if value.get("type") == "Feature" else value.get("features")
    return [
        (each["properties"], each.get("geometry"))
        for each in (features if isinstance(features, list) else ())
        if isinstance(each, dict) and isinstance(each.get("properties"), dict) and each.get("geometry")
    ]


def _drawn(coordinates: Any) -> dict[str, Any]:
    """Say how deep bare coordinates are nested."""
    depth, inside = 0, coordinates
    while isinstance(inside, list) and inside and depth < 6:
        depth, inside = depth + 1, inside[0]
    return {"type": "MultiPolygon" if depth == 4 else "Polygon", "coordinates": coordinates}


def _keys(properties: dict[str, Any], scheme: str, n: int) -> list[Key]:
    """Name the codes of a feature; one area may have several (a county of NWS is UGC and SAME)."""
    kind = properties.get("type")
    if isinstance(kind, str) and canonical(kind, "")[0] in dict(_SCHEMES):
        scheme = kind
    found = [
        canonical(name, _word(properties[key])) for key, name in _PROPERTIES if _word(properties.get(key))
    ]
    found += _of_nws(properties)
    code = next((_word(properties[key]) for key in _PLAIN if _word(properties.get(key))), "")
    if code and _UGC.fullmatch(code.upper()):
        found.append(("UGC", code.upper()))
    elif code and scheme:
        found.append(canonical(scheme, code))
    if not found and code:
        raise ValueError(
            f"nothing says of which scheme the code {code!r} of feature {n} is: SCHEME=PATH does"
        )
    if not found:
        raise ValueError(f"feature {n} has no code")
    return list(dict.fromkeys(found))


def _of_nws(properties: dict[str, Any]) -> list[Key]:
    """Read the shapefiles of NWS: zones as STATE and ZONE, counties as FIPS and STATE."""
    state, zone, fips = (_word(properties.get(name)) for name in ("STATE", "ZONE", "FIPS"))
    found: list[Key] = []
    if len(state) == 2 and zone.isdigit() and len(zone) == 3:
        found.append(("UGC", f"{state.upper()}Z{zone}"))
    if fips.isdigit() and len(fips) == 5:
        found.append(("SAME", f"0{fips}"))
        if len(state) == 2:
            found.append(("UGC", f"{state.upper()}C{fips[2:]}"))
    return found


def _word(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value).strip()


def _aliases(text: str) -> Iterator[Alias]:
    """Read a table of aliases: scheme, code, target; or MeteoAlarm's CODE, ALIAS_CODE, ALIAS_TYPE."""
    delimiter = "\t" if "\t" in text[:500] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = set(rows.fieldnames or ())
    if {"CODE", "ALIAS_CODE", "ALIAS_TYPE"} <= names:
        for row in rows:
            # One code may be the alias of several zones: it is all of them.
            if row["CODE"] and row["ALIAS_CODE"]:
                key = canonical(row["ALIAS_TYPE"] or "", row["ALIAS_CODE"])
                yield Alias(key=key, targets=(canonical("EMMA_ID", row["CODE"]),))
    elif {"scheme", "code", "target"} <= names:
        for row in rows:
            scheme, slash, code = (row["target"] or "").partition("/")
            if slash and row["code"]:
                yield Alias(
                    key=canonical(row["scheme"] or "", row["code"]), targets=(canonical(scheme, code),)
                )
    else:
        raise ValueError("its columns are neither scheme, code, target nor CODE, ALIAS_CODE, ALIAS_TYPE")
