"""Small messages of our own making, of the formats that weather services speak. Places are invented."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Sequence
from typing import Any

from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.hazards import absorb
from vado.model.alert import Alert
from vado.model.hazard import HazardState

HEARD_S = 1_768_035_600  # 2026-01-10T09:00:00Z
SQUARE = "42.10,1.20 42.10,1.30 42.16,1.30 42.16,1.20 42.10,1.20"
SHAPE = f"<polygon>{SQUARE}</polygon>"
CAP = "urn:oasis:names:tc:emergency:cap:1.2"


def parse(body: bytes, *, received_s: int = HEARD_S, source: str = "test") -> tuple[Alert, ...]:
    return feeds.parse(body, source=source, received_s=received_s)


def why_refused(body: bytes) -> list[str]:
    try:
        parse(body)
    except PayloadError as error:
        return [fault.code for fault in error.faults]
    return []


def after(alerts: Iterable[Alert], *, now_s: int = HEARD_S) -> HazardState:
    """Give what is in force after all these were heard."""
    state, _ = absorb(HazardState(), tuple(alerts), meaning(), now_s=now_s)
    return state


def cap(*, info: str = "", infos: str | None = None, area: str = SHAPE, **head: str) -> str:
    """Write a CAP alert; `info` is added to its only info, `infos` stands in its place."""
    values = {
        "identifier": "a1", "sender": "s@x.example", "sent": "2026-01-10T08:00:00-00:00", "status": "Actual",
        "msgType": "Alert", "scope": "Public",
    } | head  # fmt: skip
    top = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    one = (
        "<info><category>Met</category><event>Flood</event><urgency>Expected</urgency>"
        "<severity>Severe</severity><certainty>Likely</certainty><expires>2026-01-10T18:00:00-00:00</expires>"
        f"{info}<area><areaDesc>Vall</areaDesc>{area}</area></info>"
    )
    return f'<alert xmlns="{CAP}">{top}{one if infos is None else infos}</alert>'


def tar(files: Sequence[tuple[str, bytes]], *, mode: str = "w", links: Sequence[str] = ()) -> bytes:
    """Pack files as AEMET does; `links` are symbolic links to /etc/passwd."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry)
    return body.getvalue()


def dwd(*warnings: dict[str, Any], early: bool = False, **head: Any) -> bytes:
    """DWD's warnings of one cell, in the call in which its map loads them."""
    own = {
        "state": "Nirgendwo", "stateShort": "NW", "regionName": "Kreis Nirgendwo", "type": 3, "level": 2,
        "start": 1_768_050_000_000, "end": 1_768_090_000_000, "event": "SCHNEEFALL", "description": "20 cm.",
        "headline": "Amtliche UNWETTERWARNUNG vor STARKEM SCHNEEFALL", "instruction": "",
        "altitudeStart": None, "altitudeEnd": None,
    }  # fmt: skip
    lists: dict[str, Any] = {"warnings": {}, "vorabInformation": {}}
    lists["vorabInformation" if early else "warnings"] = {"109999000": [own | each for each in warnings]}
    value = {"time": 1_768_050_600_000, **lists, "copyright": "nobody"} | head
    return b"warnWetter.loadWarnings(" + json.dumps(value).encode() + b");"
