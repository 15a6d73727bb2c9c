"""The formats that are read, in the order in which they are asked whether a message is theirs."""

from __future__ import annotations

from vado.feeds import (
    archive,
    cap,
    cap_json,
    geojson,
    index,
    met_norway,
    meteoalarm_edr,
    nws,
    open_meteo,
    uk_floods,
    uk_warnings,
    usgs_water,
)
from vado.feeds.format import Format

FORMATS: tuple[Format, ...] = (
    archive.FORMAT,
    archive.PACKED,
    index.FORMAT,  # before CAP: some of its entries hold alerts, others only name them
    cap.FORMAT,
    cap_json.FORMAT,
    meteoalarm_edr.FORMAT,
    nws.FORMAT,
    open_meteo.FORMAT,
    met_norway.FORMAT,
    uk_warnings.FORMAT,  # before the gauges of the same service
    uk_floods.FORMAT,
    usgs_water.FORMAT,
    # GeoJSON closures come last of all JSON: any GeoJSON looks like them.
    geojson.FORMAT,
)
