"""Files and words from the command line to values: regions, alerts, instants, positions.

Every way to be wrong is an `InputError` with its field; an alert that cannot be read is never silently less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vado.errors import Fault, InputError, PayloadError, ProblemError
from vado.exchange.load import LOAD_KEYS, read_load
from vado.exchange.reading import Field, Log
from vado.model.alert import Alert
from vado.model.ids import LonLat
from vado.model.size import Load
from vado.model.when import FOREVER_S, epoch_s, rfc3339

if TYPE_CHECKING:
    from vado.feeds.geocodes import Geocodes
    from vado.model.roads import Roads
    from vado.model.world import FeedRead
    from vado.settings import Settings
    from vado.store.regions import Regions

FILES_MAX = 10_000  # in one folder of alerts
FILE_BYTES_MAX = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """What was read of the alert files, oldest first; `faults` names each file that could not be read."""

    alerts: tuple[Alert, ...] = ()
    faults: tuple[Fault, ...] = ()
    files: int = 0
    reads: tuple[FeedRead, ...] = ()  # of documents that are each all that holds, oldest first


def settings() -> Settings:
    from vado.settings import load_settings

    return load_settings()


def regions(home: Path | None = None) -> Regions:
    from vado.store.regions import Regions

    return Regions((home or settings().home) / "regions")


def load_region(name: str) -> Roads:
    """Open a region by its name, or by the path of its folder."""
    return regions().load(name)


def refuse_unknown_profile(roads: Roads, profile: str) -> None:
    """Raise ProblemError E1207 for a profile that the region was not built for."""
    if profile not in roads.profiles:
        raise ProblemError(f"profile {profile!r} is unknown", code="E1207", field="--profile",
                           action=f"give one of {', '.join(roads.profiles)}")  # fmt: skip


def read_file(path: Path, *, field: str = "") -> bytes:
    """Read a whole file of bounded size; `-` is standard input."""
    import sys

    if str(path) == "-":
        return sys.stdin.buffer.read(FILE_BYTES_MAX)
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise InputError(f"{path} is larger than {FILE_BYTES_MAX:,} bytes", code="E1002",
                             action="split it", field=field)  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}",
            code="E1005", action="check the path and its rights", field=field,
        ) from error  # fmt: skip


def list_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """List the files meant by paths: a file is itself, a folder all files in it, hidden ones left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if len(inside) > FILES_MAX:
                raise InputError(f"{path} holds {len(inside):,} files", code="E1002", field="alerts",
                                 action=f"give a folder of at most {FILES_MAX:,}")  # fmt: skip
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"there is no file or folder {path}", code="E1005", field="alerts",
                             action="give a file or a folder of alerts")  # fmt: skip
    return tuple(found)


def read_geocodes(paths: Sequence[str] | None) -> Geocodes:
    """Read tables of places: those given, else those of the settings."""
    from vado import app
    from vado.feeds.geocodes import load_geocodes

    return load_geocodes(paths) if paths else app.load_geocodes(settings())


def read_alerts(
    paths: Sequence[Path], *, skip_bad: bool = False, geocodes: Sequence[str] | None = None
) -> Alerts:
    """Read every file as alerts, oldest message first.

    A file that cannot be read raises, all such files at once; with `skip_bad` it is listed in `faults`
    instead: nobody may take the rest for the whole.
    """
    from vado import feeds
    from vado.feeds.geocodes import NO_GEOCODES

    files = list_files(paths)
    places = read_geocodes(geocodes) if files else None
    alerts: list[Alert] = []
    reads: list[FeedRead] = []
    faults: list[Fault] = []
    for file in files:
        try:
            # One folder is one source: a closure of one file may be replaced or ended by another's.
            source = file.resolve().parent.name or "files"
            body = read_file(file, field=str(file))
            found = feeds.read(body, source=source, geocodes=places or NO_GEOCODES)
            alerts += found.alerts
            reads += [found.read] if found.read.full else []
        except InputError as error:
            faults += [
                Fault(f.code, f.cause, f.action, f"{file}: {f.field}" if f.field else str(file))
                for f in error.faults
            ]
    if faults and not skip_bad:
        raise PayloadError.of(
            Fault(f.code, f.cause, f"{f.action}; or go on without it: --skip-bad", f.field) for f in faults
        )
    alerts.sort(key=lambda alert: (alert.sent_s, alert.id))
    reads.sort(key=lambda each: each.at_s)
    return Alerts(alerts=tuple(alerts), faults=tuple(faults), files=len(files), reads=tuple(reads))


def parse_time(text: str, *, field: str = "--at") -> int:
    """Read an instant: RFC 3339 with an offset (seconds may be left out), or epoch seconds."""
    if re.fullmatch(r"-?\d{1,12}", text, re.ASCII):
        return int(text)
    try:
        return epoch_s(datetime.fromisoformat(text))
    except ValueError as error:
        raise InputError(
            f"{text!r} is no instant: {error}",
            code="E1105", action="write it like 2026-01-10T12:00Z, or as epoch seconds", field=field,
        ) from error  # fmt: skip


def parse_lonlat(text: str, *, field: str) -> LonLat:
    """Read "1.52,42.51": longitude first."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError as error:
        raise InputError(f"{text!r} is no position", code="E1004", field=field,
                         action="write longitude,latitude, like 1.52,42.51") from error  # fmt: skip
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"{text!r} is outside the world", code="E1104", field=field,
                         action="write longitude first, then latitude")  # fmt: skip
    return lon, lat


def parse_load(pairs: Sequence[str]) -> Load:
    """Read what a vehicle is on its trip from KEY=VALUE, keys as a vehicle of a problem file has them."""
    row: dict[str, object] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        if key not in LOAD_KEYS or not value:
            raise InputError(f"{pair!r} is no part of a load", code="E1004", field="--load",
                             action=f"write KEY=VALUE with one of {', '.join(LOAD_KEYS)}")  # fmt: skip
        if key == "hazmat":
            row[key] = value.split(",")
        else:
            row[key] = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
    log = Log()
    load = read_load(Field(row, "--load", log))
    log.raise_any()
    return load


def instant_json(epoch: int | None) -> str | None:
    """Write an instant for JSON; None where there is none or it is open-ended."""
    return None if epoch is None or epoch >= FOREVER_S else rfc3339(epoch)
