"""Tables of places by download: kept with their checksum, replaced as a whole or not at all.

In: a client, a folder, an address. Out: the table's card; OutsideError where the address gives no table, and
then what was there before stays. Refuses to know which addresses there are: publishers move them. A table
counts by its card only, so what a download that broke off left behind is never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from vado.errors import InputError, OutsideError
from vado.feeds.fetch import Outcome, fetch
from vado.feeds.geocode_files import FILE_MAX, read_paths

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SCHEME = re.compile(r"[A-Za-z][\w -]{0,40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
CARD = ".card"  # no suffix that a folder of tables is searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCard:
    """Where a table is from, and what it was when it came."""

    name: str
    url: str
    scheme: str  # whose codes it has, where the file does not say so; else ""
    file: str  # in the same folder
    sha256: str
    size: int  # bytes
    fetched_s: int  # when it came; being the same again does not count
    etag: str = ""
    modified: str = ""


def fetch_table(
    client: httpx.Client,
    folder: Path,
    name: str,
    *,
    now_s: int,
    url: str = "",
    scheme: str = "",
    sha256: str = "",
    bytes_max: int = FILE_MAX,
) -> tuple[TableCard, str]:
    """Download a table, or look whether it is new; gives its card and "new", "changed" or "same".

    Without `url` it is asked for where it came from. With `sha256` nothing else is taken. Raises InputError
    for a name, address or checksum that is none, OutsideError E2002 where the address gives no such table.
    """
    known = _find(folder, name)
    url = url or (known.url if known is not None else "")
    _refuse(name, url, scheme, sha256)
    same_place = known is not None and known.url == url
    scheme = scheme or (known.scheme if known is not None and same_place else "")
    ask_if_new = known is not None and same_place and known.scheme == scheme and _is_whole(folder, known)
    got = fetch(
        client,
        url,
        now_s=now_s,
        etag=known.etag if known is not None and ask_if_new else "",
        modified=known.modified if known is not None and ask_if_new else "",
        bytes_max=bytes_max,
    )
    if got.outcome is Outcome.SAME and known is not None:
        _refuse_other(known.sha256, sha256, url)
        return known, "same"
    if got.outcome is not Outcome.NEWS:
        raise _failed(url, got.cause)
    found = hashlib.sha256(got.body).hexdigest()
    _refuse_other(found, sha256, url)
    file = f"{name}-{found[:16]}{_suffix(got.body, url)}"
    card = TableCard(name=name, url=url, scheme=scheme, file=file, sha256=found, size=len(got.body),
                     fetched_s=now_s, etag=got.etag, modified=got.modified)  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with _beside(folder, got.body, file) as fresh:
        _refuse_none(fresh, scheme, url)
        fresh.replace(folder / file)
    with _beside(folder, json.dumps(asdict(card), indent=1).encode(), name + CARD) as fresh:
        fresh.replace(folder / (name + CARD))
    if known is not None and known.file != file:
        (folder / known.file).unlink(missing_ok=True)
    return card, "new" if known is None else "same" if known.sha256 == found else "changed"


def list_tables(folder: Path) -> tuple[TableCard, ...]:
    """List what was downloaded, by name; raises InputError for a card that cannot be read."""
    return tuple(_read(path) for path in sorted(folder.glob(f"*{CARD}"))) if folder.is_dir() else ()


def table_paths(folder: Path) -> tuple[str, ...]:
    """Give the downloaded tables as `load_geocodes` takes them; InputError for one that was changed since."""
    cards = list_tables(folder)
    for card in cards:
        if not _is_whole(folder, card):
            raise InputError(
                f"the table of places {card.name} is not what was downloaded",
                code="E1005",
                action=f"vado geocodes fetch {card.name}",
                field="geocodes",
            )
    return tuple(f"{card.scheme}={folder / card.file}" if card.scheme else str(folder / card.file)
                 for card in cards)  # fmt: skip


def _find(folder: Path, name: str) -> TableCard | None:
    path = folder / (name + CARD)
    return _read(path) if NAME.fullmatch(name) and path.is_file() else None


def _read(path: Path) -> TableCard:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        card = TableCard(**{each.name: data[each.name] for each in fields(TableCard)})
        if not NAME.fullmatch(card.name) or Path(card.file).name != card.file:
            raise ValueError("it names another place")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"the card {path} of a table of places cannot be read: {str(error)[:200]}",
            code="E1005",
            action="take it away, and fetch the table again",
            field="geocodes",
        ) from error
    return card


def _is_whole(folder: Path, card: TableCard) -> bool:
    try:
        with (folder / card.file).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == card.sha256
    except OSError:
        return False


def _refuse(name: str, url: str, scheme: str, sha256: str) -> None:
    if not NAME.fullmatch(name):
        raise InputError(f"{name[:70]!r} cannot name a table", code="E1004", field="NAME",
                         action="use letters, digits, dot, dash and underscore")  # fmt: skip
    if not url:
        raise InputError(f"there is no table {name} yet", code="E1003", field="--url",
                         action="say where it is: --url")  # fmt: skip
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise InputError(f"{url[:200]!r} is no address to download from", code="E1004", field="--url",
                         action="give one that begins with https://")  # fmt: skip
    if scheme and not SCHEME.fullmatch(scheme):
        raise InputError(f"{scheme[:50]!r} is no scheme of codes", code="E1004", field="--scheme",
                         action="give one like NUTS3 or EMMA_ID")  # fmt: skip
    if sha256 and not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:70]!r} is no SHA-256", code="E1004", field="--sha256",
                         action="give its 64 digits in small letters")  # fmt: skip


def _refuse_other(found: str, wanted: str, url: str) -> None:
    if wanted and found != wanted:
        raise _failed(url, f"it is another file: its SHA-256 is {found}")


def _refuse_none(path: Path, scheme: str, url: str) -> None:
    """Raise OutsideError where a file is no table; what is wrong with it is the cause."""
    try:
        for _ in read_paths([f"{scheme}={path}" if scheme else str(path)]):
            pass
    except InputError as error:
        cause = str(error.faults[0].cause).replace(str(path), "it")
        raise _failed(url, cause, action="give the address of a table; see docs/howto/feed.md") from error


def _suffix(body: bytes, url: str) -> str:
    """Tell JSON from tables of aliases by the content; addresses often say nothing."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"PK\x03\x04", b"\x00\x00\x27\x0a")):  # zip; a shapefile's magic
        raise _failed(url, "it is an archive or a shapefile", action="make GeoJSON of it, with ogr2ogr, and "
                      "give that as geocodes")  # fmt: skip
    if start.startswith((b"{", b"[")):
        return ".geojson"
    return ".tsv" if b"\t" in body[:500] else ".csv"


@contextlib.contextmanager
def _beside(folder: Path, body: bytes, name: str) -> Iterator[Path]:
    """Write a file in a folder of its own beside where it will be; gone when it was not moved."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as inside:
        path = Path(inside) / name
        with path.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o644)
        yield path


def _failed(url: str, cause: str, *, action: str = "try again later, or mend the address") -> OutsideError:
    # What follows a question mark may be a key.
    return OutsideError(
        f"{url.partition('?')[0]} gives no table of places: {cause}",
        code="E2002",
        action=action,
        field="--url",
    )
