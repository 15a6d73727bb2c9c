"""The formats that are read, in the order in which they are asked whether a message is theirs."""

from __future__ import annotations

from vado.feeds import (
    access_ways,
    alertswiss,
    cap,
    cifs,
    copernicus,
    datex,
    dpc,
    effis,
    fintraffic,
    gdacs,
    geojson,
    ign,
    ims,
    open511,
    tomtom,
    typed_csv,
    usgs,
    wzdx,
)
from vado.feeds.format import Format

FORMATS: tuple[Format, ...] = (
    cap.FORMAT,
    datex.FORMAT,
    ims.FORMAT,
    fintraffic.FORMAT,
    cifs.FORMAT,
    open511.FORMAT,
    open511.PAGE,
    wzdx.FORMAT,
    gdacs.FORMAT,
    gdacs.JSON,
    usgs.FORMAT,
    ign.FORMAT,
    access_ways.FORMAT,
    access_ways.PAGE,
    copernicus.FORMAT,
    effis.FORMAT,
    alertswiss.FORMAT,
    alertswiss.LIST,
    tomtom.FORMAT,
    dpc.FORMAT,
    typed_csv.FORMAT,
    # GeoJSON closures come last of all JSON: any GeoJSON looks like them.
    geojson.FORMAT,
)
