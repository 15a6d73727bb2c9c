"""The formats that are read, in the order in which they are asked whether a message is theirs."""

from __future__ import annotations

from vado.feeds import (
    access_ways,
    alertswiss,
    archive,
    cap,
    cap_json,
    cifs,
    copernicus,
    datex,
    dpc,
    dwd,
    effis,
    fintraffic,
    gdacs,
    geojson,
    ign,
    ims,
    index,
    met_norway,
    meteoalarm_edr,
    nina,
    nws,
    open511,
    open_meteo,
    tomtom,
    travel511,
    typed_csv,
    uk_floods,
    uk_warnings,
    usgs,
    usgs_water,
    wzdx,
)
from vado.feeds.format import Format

FORMATS: tuple[Format, ...] = (
    # Before indices and archives, which look alike.
    gdacs.FORMAT,
    ign.FORMAT,
    dpc.FORMAT,
    archive.FORMAT,
    archive.PACKED,
    index.FORMAT,  # before CAP: some of its entries hold alerts, others only name them
    cap.FORMAT,
    alertswiss.FORMAT,  # before CAP in JSON: it names its members alike
    alertswiss.LIST,
    datex.FORMAT,
    ims.FORMAT,
    fintraffic.FORMAT,
    cifs.FORMAT,
    open511.FORMAT,
    open511.PAGE,
    travel511.FORMAT,
    wzdx.FORMAT,
    gdacs.JSON,
    usgs.FORMAT,
    access_ways.FORMAT,
    access_ways.PAGE,
    copernicus.FORMAT,
    effis.FORMAT,
    tomtom.FORMAT,
    typed_csv.FORMAT,
    dwd.FORMAT,
    cap_json.FORMAT,
    nina.FORMAT,
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
