"""The formats that are read, in the order in which they are asked whether a message is theirs."""

from __future__ import annotations

from vado.feeds import cap, cifs, geojson, open511, wzdx
from vado.feeds.format import Format

FORMATS: tuple[Format, ...] = (
    cap.FORMAT,
    cifs.FORMAT,
    open511.FORMAT,
    open511.PAGE,
    wzdx.FORMAT,
    # GeoJSON closures come last of all JSON: any GeoJSON looks like them.
    geojson.FORMAT,
)
