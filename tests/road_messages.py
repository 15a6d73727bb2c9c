"""Small messages of traffic centres, map services and people, all of our own making: one of each format, to
build on.

Places are in nobody's town: longitude 2, latitude 41.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

LINE = {"type": "LineString", "coordinates": [[2.0, 41.0], [2.0, 41.01]]}  # to the north
POINT = {"type": "Point", "coordinates": [2.0, 41.0]}
SQUARE = {"type": "Polygon", "coordinates": [[[2.0, 41.0], [2.1, 41.0], [2.1, 41.1], [2.0, 41.0]]]}
RECEIVED_S = 1_768_050_600  # 2026-01-10T13:10:00Z


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def collection(*features: dict[str, Any], **head: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)} | head


# ------------------------------------------------------------------------------------ traffic
# centres


def work(impact: str = "all-lanes-closed", **properties: Any) -> dict[str, Any]:
    core = {
        "event_type": "work-zone",
        "data_source_id": "d1",
        "road_names": ["C-17", "Carrer Major"],
        "direction": "northbound",
        "update_date": "2026-01-10T12:00:00Z",
    }
    core |= properties.pop("core", {})
    times = {"start_date": "2026-01-09T00:00:00Z", "end_date": "2026-01-20T00:00:00Z"}
    identifier, geometry = properties.pop("id", "w1"), properties.pop("geometry", LINE)
    return {
        "id": identifier,
        "type": "Feature",
        "properties": {"core_details": core, "vehicle_impact": impact} | times | properties,
        "geometry": geometry,
    }


def wzdx(*events: dict[str, Any]) -> dict[str, Any]:
    head = {"publisher": "Roads of Nowhere", "version": "4.2", "update_date": "2026-01-10T13:00:00Z"}
    return collection(*events, feed_info=head)


def old_work(**properties: Any) -> dict[str, Any]:
    """An event as WZDx 2 and 3 write it: flat."""
    own = {
        "road_event_id": "o1",
        "event_type": "work-zone",
        "road_name": "Ronda",
        "road_number": "B-20",
        "direction": "northbound",
        "vehicle_impact": "some_lanes_closed",
        "start_date": "2026-01-09T00:00:00Z",
        "end_date": "2026-01-20T00:00:00Z",
        "end_date_accuracy": "estimated",
    }
    return {"type": "Feature", "properties": own | properties, "geometry": LINE}


def travel(**members: Any) -> dict[str, Any]:
    """An event as the 511 services of states write it."""
    own = {
        "ID": 7, "RoadwayName": "I-90", "DirectionOfTravel": "Northbound",
        "EventType": "accidentsAndIncidents", "Description": "Bridge over nowhere.",
        "IsFullClosure": True, "LastUpdated": 1_768_050_000,
        "StartDate": 1_768_000_000, "PlannedEndDate": 1_768_400_000, "Latitude": 41.0, "Longitude": 2.0,
        "LatitudeSecondary": 41.01, "LongitudeSecondary": 2.0, "EncodedPolyline": None, "LanesAffected": "",
    }  # fmt: skip
    return own | members


def incident(inner: str = "", *, identifier: str = "c1", kind: str = "ROAD_CLOSED", **other: str) -> str:
    fields = {
        "type": kind,
        "street": "C-17",
        "polyline": "41.0 2.0 41.01 2.0",
        "direction": "ONE_DIRECTION",
        "creationtime": "2026-01-01T00:00:00+00:00",
        "starttime": "2026-01-05T00:00:00+01:00",
        "endtime": "2026-02-05T00:00:00+01:00",
    } | other
    body = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text)
    return f'<incident id="{identifier}">{body}{inner}</incident>'


def cifs(*incidents: str, stamp: str = "2026-01-10T13:00:00Z") -> bytes:
    return f'<incidents timestamp="{stamp}">{"".join(incidents)}</incidents>'.encode()


def event(*roads: dict[str, Any], **other: Any) -> dict[str, Any]:
    own = {
        "id": "nowhere.org/1",
        "status": "ACTIVE",
        "headline": "Works",
        "description": "",
        "severity": "MAJOR",
        "event_type": "INCIDENT",
        "created": "2026-01-01T00:00:00Z",
        "updated": "2026-01-10T12:00:00Z",
        "geography": LINE,
        "schedule": {"intervals": ["2026-01-09T00:00:00Z/2026-01-20T00:00:00Z"]},
        "roads": list(roads),
    }
    return own | other


def open511(*events: dict[str, Any], **pagination: Any) -> dict[str, Any]:
    return {"events": list(events), "pagination": pagination or {"offset": 0}, "meta": {"version": "v1"}}


def jam(icon: int = 8, **properties: Any) -> dict[str, Any]:
    own = {
        "id": "t1",
        "iconCategory": icon,
        "magnitudeOfDelay": 0,
        "startTime": "2026-01-10T12:00:00Z",
        "endTime": "2026-01-10T18:00:00Z",
        "from": "Here",
        "to": "There",
        "roadNumbers": ["C-17"],
        "events": [{"code": 401, "description": "Closed", "iconCategory": icon}],
    }
    return {"type": "Feature", "geometry": properties.pop("geometry", LINE), "properties": own | properties}


def row(**attributes: Any) -> dict[str, Any]:
    own = {"osm_id": 123, "status": "Closed", "obsdate": 1_768_000_000_000, "notes": "seen by a driver"}
    return {"attributes": own | attributes, "geometry": {"paths": [LINE["coordinates"]]}}


# ------------------------------------------------------------------------------------ disasters


def disaster(**other: str) -> str:
    fields = {
        "eventtype": "FL",
        "eventid": "7",
        "episodeid": "1",
        "alertlevel": "Red",
        "episodealertlevel": "Orange",
        "iscurrent": "true",
        "fromdate": "Fri, 09 Jan 2026 00:00:00 GMT",
        "todate": "Sat, 10 Jan 2026 12:00:00 GMT",
        "bbox": "1 3 40 42",
        "country": "Nowhere",
    } | other
    body = "".join(f"<g:{name}>{text}</g:{name}>" for name, text in fields.items() if text)
    return (
        f"<item><title>Flood in Nowhere</title><pubDate>Sat, 10 Jan 2026 12:00:00 GMT</pubDate>{body}</item>"
    )


def gdacs(*items: str) -> bytes:
    head = '<rss xmlns:g="http://www.gdacs.org"><channel><pubDate>Sat, 10 Jan 2026 13:00:00 GMT</pubDate>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def gdacs_feature(**properties: Any) -> dict[str, Any]:
    own = {
        "eventtype": "FL",
        "eventid": 7,
        "episodeid": 1,
        "alertlevel": "Red",
        "episodealertlevel": "Orange",
        "iscurrent": "true",
        "fromdate": "2026-01-09T00:00:00",
        "todate": "2026-01-10T12:00:00",
        "datemodified": "2026-01-10T12:30:00",
        "name": "Flood in Nowhere",
        "country": "Nowhere",
    }
    return {"type": "Feature", "bbox": [1, 40, 3, 42], "geometry": POINT, "properties": own | properties}


def quake(magnitude: float | None = 6.0, identifier: str = "q1", **properties: Any) -> dict[str, Any]:
    own = {"mag": magnitude, "place": "sea", "time": 1_768_000_000_000, "updated": 1_768_000_100_000}
    where = {"type": "Point", "coordinates": [2.0, 41.0, 10.0]}
    return {"type": "Feature", "id": identifier, "properties": own | properties, "geometry": where}


def ign(magnitude: str = "5.1", day: str = "09/01/2026 7:06:37", identifier: str = "es2026abc") -> bytes:
    where = "<geo:lat>41.0</geo:lat><geo:long>2.0</geo:long>"
    said = f"Se ha producido un terremoto de magnitud {magnitude} en MAR en la fecha {day} en 41.0,2.0"
    link = f"<link>http://www.ign.es/detail?evid={identifier}</link>"
    item = f"<item><title>{day}</title>{link}<description>{said}</description>{where}</item>"
    head = '<rss xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"><channel><link>http://www.ign.es/ign/rss</link>'
    return f"{head}{item}</channel></rss>".encode()


def seen(**properties: Any) -> dict[str, Any]:
    own = {
        "event_type": "5-Flood",
        "obj_desc": "Riverine",
        "det_method": "Visual",
        "notation": "Flooded area",
    }
    return {"type": "Feature", "geometry": properties.pop("geometry", SQUARE), "properties": own | properties}


def ems(*features: dict[str, Any], name: str = "EMSR9_AOI01_DEL_PRODUCT_observedEventA_v1") -> dict[str, Any]:
    return collection(*features, name=name)


def burnt(**properties: Any) -> dict[str, Any]:
    own = {
        "fire_id": "f1",
        "initialdate": "2026-01-09 10:00:00",
        "finaldate": "2026-01-10 10:00:00",
        "area": "10",
    }
    return {"type": "Feature", "geometry": properties.pop("geometry", SQUARE), "properties": own | properties}


def swiss(**members: Any) -> dict[str, Any]:
    own = {
        "identifier": "POA-5-2",
        "sender": "info@nowhere.ch",
        "event": "Flood",
        "severity": "severe",
        "sent": "Sat, 10.01.2026, 13:00",
        "title": {"title": "High water"},
        "allClear": False,
        "testAlert": False,
        "technicalTestAlert": False,
        "nationWide": False,
        "reference": "info@nowhere.ch,POA-5-2,2026-01-10T13:00:00+01:00",
        "description": {"description": "Water<br/>on roads"},
        "instructions": [{"text": "Stay away"}],
        "areas": [
            {
                "description": {"description": "Lake"},
                "circles": [],
                "regions": [{"region": "TI"}],
                "polygons": [
                    {
                        "coordinates": [["46.0", "8.0"], ["46.1", "8.0"], ["46.1", "8.1"], ["46.0", "8.0"]],
                        "excludes": [],
                    }
                ],
            }
        ],
    }
    return own | members


def dbf(*rows: tuple[str, ...]) -> bytes:
    """Write a dBASE III table with the columns of the DPC's."""
    names = ("Zona_all", "Nome_zona", "Criticita", "Idrogeo", "Temporali", "Idraulico")
    sizes = (10, 30, 20, 80, 80, 80)
    width, head = 1 + sum(sizes), 32 + 32 * len(names) + 1
    start = struct.pack("<BBBBIHH20x", 3, 126, 1, 10, len(rows), head, width)
    columns = b"".join(
        struct.pack("<11sc4xB15x", name.encode(), b"C", size) for name, size in zip(names, sizes, strict=True)
    )
    body = b"".join(
        b" " + b"".join(cell.encode().ljust(size) for cell, size in zip(row, sizes, strict=True))
        for row in rows
    )
    return start + columns + b"\r" + body


GREEN = "Assenza di fenomeni / NESSUNA ALLERTA"
ORANGE = "Moderata / ALLERTA ARANCIONE"


def bulletin(**tables: bytes) -> bytes:
    """Zip the tables of a bulletin of 10 January 2026, 13:00 in Rome; a name is today or tomorrow."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in tables.items():
            archive.writestr(f"20260110_1300_{name}.dbf", body)
    return packed.getvalue()


ZONES = (("Ligu-A", "Riviera", "", GREEN, GREEN, ORANGE), ("Ligu-B", "Monti", "", GREEN, GREEN, GREEN))

TABLE = """id;road;from;to;lat;lon;effect;start;end;vehicles;reason
a;N-340;12+300;14,5;;;cortada;2026-01-10T08:00:00+01:00;2026-01-12T08:00:00+01:00;;agua
b;A-7;;;41,15;2,1;slow;2026-01-10 09:00;;trucks;niebla
"""

# One message of each format, by name; of JSON and XML the readers of records are held to the same promises.
_JSON: dict[str, dict[str, Any]] = {
    "wzdx": wzdx(
        work(), work("some-lanes-closed", id="w2", restrictions=[{"type": "no-trucks"}]), old_work()
    ),
    "open511": open511(
        event({"name": "C-17", "state": "CLOSED", "direction": "N"}), event(id="nowhere.org/2")
    ),
    "tomtom": {"incidents": [jam(), jam(9, id="t2", delay=60)]},
    "access": {"features": [row(), row(osm_id=124, status="Restricted", maxloadmt=10)]},
    "gdacs": collection(gdacs_feature(), gdacs_feature(eventid=8, alertlevel="Green")),
    "usgs": collection(quake(), quake(3.0, "q2")),
    "ems": ems(seen(), seen(notation="Flood trace")),
    "effis": collection(burnt(), burnt(fire_id="f2")),
    "alertswiss": {"heartbeatAgeInMillis": 5, "alerts": [swiss(), swiss(identifier="POA-6-1")]},
}
# Apart from each other, whatever they were built of.
JSON_MESSAGES: dict[str, dict[str, Any]] = {name: json.loads(dumped(each)) for name, each in _JSON.items()}
OTHER_MESSAGES: dict[str, bytes] = {
    "cifs": cifs(
        incident("<schedule><everyday>18:00-22:00</everyday></schedule>"),
        incident(identifier="c2", kind="ACCIDENT"),
    ),
    "gdacs_rss": gdacs(disaster(), disaster(eventid="8", alertlevel="Green")),
    "ign": ign(),
    "dpc": bulletin(today=dbf(*ZONES), tomorrow=dbf(*ZONES)),
    "csv": TABLE.encode(),
}
