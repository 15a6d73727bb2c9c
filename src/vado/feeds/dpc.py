"""DPC: the bulletins of Italy's civil protection, a zip with two tables of zones, for today and for tomorrow.

Source: github.com/pcm-dpc/DPC-Bollettini-Criticita-Idrogeologica-Idraulica, "20260118_1515_today.dbf". In:
the zip; the tables are dBASE III, a shapefile of the same name says where the zones are. Out: one alert a
bulletin, the newest replaces the one before: yesterday's part for tomorrow holds until today's bulletin
comes. The CAP file beside the tables says the same again and is left out. Refuses to unpack more than a
bulletin can be.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from io import BytesIO

from vado.errors import PayloadError
from vado.feeds import archive
from vado.feeds.dbf import read_dbf
from vado.feeds.findings import VERTICES_MAX, Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import local_s, zone
from vado.feeds.shp import read_shp
from vado.feeds.stated import INSPECT
from vado.hazards.kinds import fold
from vado.model.alert import Alert, Area, Info, Polygon

SENDER = "DPC"
ENTRIES_MAX = 100
TABLE_MAX = 5_000_000  # bytes of one table; real ones have 100,000
_NAME = re.compile(r"(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)_(today|tomorrow)\.(?:dbf|shp|prj)", re.ASCII)
# Column -> our kind. Source: Dipartimento della Protezione Civile: hydrogeological risk is of slopes and
# small streams, hydraulic risk of the large rivers.
_RISKS = {"idrogeo": "landslide", "temporali": "thunderstorm", "idraulico": "flood"}
# Its colours as CAP severities, as the CAP file of the same bulletins has them.
_LEVELS = {"gialla": "Moderate", "arancione": "Severe", "rossa": "Extreme"}
_NO_WARNING = "nessuna allerta"
GEOCODE = "Zona di Allerta"  # as the CAP file names it


def looks(document: Document) -> bool:
    # The names of members stand in a zip in the clear. What is no archive of warnings either is refused here.
    if document.body[:4] != b"PK\x03\x04":
        return False
    return b".dbf" in document.body.lower() or not archive.looks_packed(document)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    tables = _tables(document.body)
    if not any(name.endswith(".dbf") for name in tables):
        raise PayloadError(
            "a zip without a bulletin of the DPC",
            code="E1006",
            action="send the bulletin with its tables *_today.dbf and *_tomorrow.dbf",
        )
    sent_s = 0
    notes: list[str] = []
    infos: list[Info] = []
    for name in sorted(name for name in tables if name.endswith(".dbf")):
        match = _NAME.fullmatch(name)
        assert match is not None  # noqa: S101  # `_tables` gives no others
        issued_s, start_s, end_s = _span(*match.groups())
        sent_s = max(sent_s, issued_s)
        rows = read_dbf(tables[name], name)
        infos += _infos(rows, _shapes(tables, name, len(rows), notes), name, notes, start_s, end_s)
    return (
        reading.alert(
            sender=SENDER,
            identifier="bulletin",
            sent_s=reading.findings.sent(sent_s, "sent", received_s=reading.received_s),
            infos=tuple(infos),
            notes=tuple(notes),
        ),
    )


def _shapes(tables: dict[str, bytes], name: str, rows: int, notes: list[str]) -> list[tuple[Polygon, ...]]:
    """Give the polygons of each row; none at all where there are no shapes that fit: then codes must do."""
    stem = name.removesuffix(".dbf")
    body, projection = tables.get(f"{stem}.shp"), tables.get(f"{stem}.prj", b"")
    if body is None:
        return [()] * rows
    findings = Findings()
    found = read_shp(body, f"{stem}.shp", findings)
    why = (
        "is in metres" if projection.lstrip().upper().startswith(b"PROJCS")
        else "has other rows than the table" if len(found) != rows
        else findings.faults[0].cause if findings.faults
        else "has too many vertices" if findings.vertices > VERTICES_MAX // 2
        else ""
    )  # fmt: skip
    if why:
        notes.append(f"{stem}.shp {why}: zones are known by code only")
        return [()] * rows
    return found


def _tables(body: bytes) -> dict[str, bytes]:
    """Unpack the tables and nothing else, each within its limit; names with a path are not looked at."""
    if body.count(b"PK\x01\x02") > ENTRIES_MAX:
        raise PayloadError(
            f"a zip of more than {ENTRIES_MAX} files", code="E1002", action="send one bulletin"
        )
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            for entry in archive.infolist():
                if not _NAME.fullmatch(entry.filename):
                    continue
                with archive.open(entry) as packed:
                    found[entry.filename] = packed.read(TABLE_MAX + 1)
                if len(found[entry.filename]) > TABLE_MAX:
                    raise PayloadError(
                        f"{entry.filename} unpacks to more than {TABLE_MAX} bytes",
                        code="E1002",
                        action="send one bulletin",
                    )
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        OSError,
        ValueError,
        RuntimeError,
        OverflowError,
    ) as bad:
        raise PayloadError(
            f"the zip is broken: {bad}", code="E1001", action="send it again whole; it may have been cut off"
        ) from bad
    return found


def _span(year: str, month: str, day: str, hour: str, minute: str, part: str) -> tuple[int, int, int]:
    """Give when it was issued, and from when to when the part holds; the clock is Rome's."""
    rome = (zone("Europe/Rome"),)
    date = f"{year}-{month}-{day}"
    issued_s = local_s(f"{date} {hour}:{minute}", rome, latest=False)
    midnight_s = local_s(date, rome, latest=True)
    if issued_s is None or midnight_s is None:
        raise PayloadError(
            f"{date} {hour}:{minute} is no time", code="E1105", action="send it as it was published"
        )
    if part == "today":
        return issued_s, issued_s, midnight_s
    return issued_s, midnight_s, midnight_s + 25 * 3600  # with the hour more of the day when summer ends


def _infos(
    rows: list[dict[str, str]],
    shapes: list[tuple[Polygon, ...]],
    name: str,
    notes: list[str],
    start_s: int,
    end_s: int,
) -> list[Info]:
    """Make one info of each risk and level, with all its zones."""
    zones: dict[tuple[str, str], list[Area]] = {}
    for n, (row, polygons) in enumerate(zip(rows, shapes, strict=True)):
        if not row:
            continue
        code = (GEOCODE, row.get("zona_all", ""))
        place = Area(description=row.get("nome_zona", ""), geocodes=(code,), polygons=polygons)
        for risk in _RISKS:
            words = fold(row.get(risk, ""))
            level = next((each for each in _LEVELS if f"allerta {each}" in words), "")
            if not level and words.endswith(_NO_WARNING):
                continue
            if not level and len(notes) < 100:
                notes.append(f"{name} row {n}: {risk} is {row.get(risk, '')[:60]!r}: a person is asked")
            zones.setdefault((risk, level), []).append(place)
    return [
        Info(
            event=f"rischio {risk}" + (f", allerta {level}" if level else ", livello ignoto"),
            kind=_RISKS[risk],
            category="Met",
            language="it-IT",
            urgency="Expected",
            severity=_LEVELS.get(level, "Unknown"),
            certainty="Likely",
            onset_s=start_s,
            expires_s=max(end_s, start_s),
            stated=() if level else (INSPECT,),
            areas=tuple(areas),
        )
        for (risk, level), areas in zones.items()
    ]


FORMAT = Format(name="DPC bulletin", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
