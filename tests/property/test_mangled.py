"""A newer version of which a record is mangled leaves a state at least as cautious, in every format.

Each format of `feeds.formats` has a small document of our own with a closure or a warning; then it comes
again, newer, with one value of its record gone, emptied, of another type, cut off or no word that anybody
knows: each value in turn. What the older version did is still done, whatever the source's documents are.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import datex_messages as datex
import road_messages as road
import weather_messages as weather
from mangled import lost, mangled_csv, mangled_json, mangled_xml
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.feeds import Contents
from vado.feeds.formats import FORMATS
from vado.feeds.geocode_files import canonical
from vado.feeds.geocodes import Geocodes
from vado.hazards import absorb
from vado.model.alert import Polygon
from vado.model.hazard import HazardState
from vado.model.ids import Hash

WEATHER = Path(__file__).resolve().parents[1] / "golden" / "feeds" / "weather"
FIRST_S = road.RECEIVED_S
MINUTE = 60
LATER_S = (10 * MINUTE, 20 * MINUTE, 40 * MINUTE)

Mangled = Iterator[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document of one format, whose `record` is mangled."""

    body: bytes
    mangle: Callable[[bytes], Mangled]
    stamps: tuple[str, ...] = ()  # what the document says of its own age, written anew in each newer one
    pack: Callable[[bytes], bytes] = bytes  # what is around it on its way

    def at(self, body: bytes, later_s: int) -> bytes:
        for stamp in self.stamps:
            body = body.replace(stamp.encode(), _later(stamp, later_s).encode())
        return self.pack(body)


def _later(stamp: str, later_s: int) -> str:
    """Write a time of 10 January 2026, or seconds, or milliseconds, that much later, as it is written."""
    if stamp.isdigit():
        return str(int(stamp) + later_s * (1000 if len(stamp) > 10 else 1))
    found = re.search(r"(\d\d)(:)(\d\d)", stamp) or re.search(r"(?<=_)(\d\d)()(\d\d)", stamp)
    assert found is not None
    minutes = int(found[1]) * 60 + int(found[3]) + later_s // 60
    return f"{stamp[: found.start()]}{minutes // 60:02}{found[2]}{minutes % 60:02}{stamp[found.end() :]}"


def of_json(value: Any, *record: Any, stamps: tuple[str, ...] = ()) -> Case:
    return Case(body=road.dumped(value), mangle=lambda body: mangled_json(body, record), stamps=stamps)


def of_xml(body: bytes | str, record: str, *stamps: str, pack: Callable[[bytes], bytes] = bytes) -> Case:
    body = body.encode() if isinstance(body, str) else body
    return Case(body=body, mangle=lambda each: mangled_xml(each, record), stamps=stamps, pack=pack)


def golden(name: str, *, day: str = "2026-01-10") -> Any:
    return json.loads((WEATHER / name).read_bytes().replace(b"2026-01-10", day.encode()))


def in_tar(body: bytes) -> bytes:
    return weather.tar([("a.xml", body), ("b.xml", weather.cap(identifier="b1").encode())])


def packed(body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.xml", body)
        archive.writestr("b.xml", weather.cap(identifier="b1"))
    return file.getvalue()


def in_atom(body: bytes) -> bytes:
    return (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:x.example:a</id>'
        b"<updated>2026-01-10T13:00:00Z</updated><entry><id>e1</id><title>Flood</title><content>"
        + body + b"</content></entry></feed>"
    )  # fmt: skip


def ims(body: bytes) -> bytes:
    head, tail = (
        b"<imsMessage><messageContent><d2Message><![CDATA[",
        b"]]></d2Message></messageContent></imsMessage>",
    )
    return head + body + tail


def mangled_dpc(_: bytes) -> Mangled:
    rows = road.ZONES[0]
    for n in range(len(rows)):
        for bad in ("", "zzqx", rows[n][: len(rows[n]) // 2]):
            if bad != rows[n]:
                yield (
                    f"cell {n} {bad}",
                    road.bulletin(
                        today=road.dbf((*rows[:n], bad, *rows[n + 1 :]), road.ZONES[1]),
                        tomorrow=road.dbf(*road.ZONES),
                    ),
                )
    yield "no tomorrow", road.bulletin(today=road.dbf(*road.ZONES))
    yield "a row less", road.bulletin(today=road.dbf(road.ZONES[1]), tomorrow=road.dbf(*road.ZONES))


CAP_SENT = "2026-01-10T13:00:00-00:00"
NEXT_DAY = "2026-01-11T08:00:00-00:00"


def cap(identifier: str = "a1") -> str:
    return weather.cap(identifier=identifier, sent=CAP_SENT).replace("2026-01-10T18:00:00-00:00", NEXT_DAY)


CLOSED = datex.managed("roadClosed")
LIMIT = datex.managed("doNotUseSpecifiedLanesOrCarriageways", datex.for_vehicles("heavyVehicle"), id_="r2")
DATEX_SENT = "2026-01-10T09:00:00Z"
FINTRAFFIC: Any = {
    "type": "Feature",
    "geometry": {"type": "MultiLineString", "coordinates": [[[24.5, 60.5], [24.6, 60.6]]]},
    "properties": {
        "situationId": "GUID1", "situationType": "ROAD_WORK", "versionTime": "2026-01-10T13:00:00Z",
        "announcements": [{
            "language": "FI", "title": "Tie 3", "timeAndDuration": {"startTime": "2026-01-10T09:00:00Z"},
            "locationDetails": {"roadAddressLocation": {
                "primaryPoint": {"roadAddress": {"road": 3}, "municipality": "K"}, "direction": "BOTH"}},
            "features": [], "roadWorkPhases": [{
                "locationDetails": {"roadAddressLocation": {
                    "primaryPoint": {"roadAddress": {"road": 3}, "municipality": "K"}, "direction": "BOTH"}},
                "timeAndDuration": {"startTime": "2026-01-10T09:00:00Z"},
                "restrictions": [{"type": "ROAD_CLOSED", "restriction": {}},
                                 {"type": "SPEED_LIMIT", "restriction": {"quantity": 50}}]}]}],
    },
}  # fmt: skip
UK_FLOODS = {
    "@context": "http://environment.data.gov.uk/flood-monitoring/meta/context.jsonld",
    "items": [
        {"floodAreaID": "123WAF1", "severityLevel": 1, "severity": "Severe",
         "description": "Vall", "timeMessageChanged": "2026-01-10T13:00:00"},
        {"floodAreaID": "123WAF2", "severityLevel": 2, "description": "Other"},
    ],
}  # fmt: skip
CLOSURES = road.collection(
    {"type": "Feature", "geometry": road.LINE, "properties": {
        "id": "bridge", "effect": "restricted", "requires": "chains", "over_weight_kg": 7500, "reason": "x",
        "starts": "2026-01-10T09:00:00Z", "ends": "2026-01-20T09:00:00Z", "sent": "2026-01-10T13:00:00Z"}},
    {"type": "Feature", "geometry": road.POINT, "properties": {"id": "b", "reason": "y"}},
)  # fmt: skip
DWD: Any = json.loads(weather.dwd({}).partition(b"(")[2][:-2])
CELL = canonical("WARNCELLID", "109999000")
_RING = ((2.0, 41.0), (2.1, 41.0), (2.1, 41.1), (2.0, 41.0))
PLACES = Geocodes(
    shapes={}, aliases={CELL: ()}, content_hash=Hash("sha256:ours"), made={CELL: (Polygon(outer=_RING),)}
)
NOW, DAY, READ_AT = "2026-01-10T13:00:00Z", "2026-01-10T12:00:00Z", "2026-01-10T09:00:00Z"

CASES: dict[str, tuple[Case, ...]] = {
    "GDACS RSS": (of_xml(road.OTHER_MESSAGES["gdacs_rss"], "item", "2026 12:00:00", "2026 13:00:00"),),
    "IGN earthquakes": (of_xml(road.ign("6.1"), "item"),),
    "DPC bulletin": (Case(body=road.OTHER_MESSAGES["dpc"], mangle=mangled_dpc, stamps=("20260110_1300",)),),
    "tar of CAP files": (of_xml(cap(), "alert", CAP_SENT, pack=in_tar),),
    "packed CAP files": (of_xml(cap(), "alert", CAP_SENT, pack=packed),),
    "Atom or RSS index of CAP": (of_xml(cap(), "alert", CAP_SENT, pack=in_atom),),
    "CAP": (of_xml(cap(), "alert", CAP_SENT),),
    "Alertswiss": (of_json(road.swiss(), stamps=("2026-01-10T13:00:00+01:00",)),),
    "Alertswiss, all that hold": (
        of_json(road.JSON_MESSAGES["alertswiss"], "alerts", 0, stamps=("2026-01-10T13:00:00+01:00",)),
    ),
    "DATEX II": (
        of_xml(datex.v3(datex.situation(CLOSED, LIMIT)), "situation", DATEX_SENT),
        of_xml(datex.v2(datex.situation(CLOSED), datex.situation(LIMIT, id_="s2")), "situation", DATEX_SENT),
    ),
    "Fintraffic IMS": (of_xml(datex.v2(datex.situation(CLOSED)), "situation", DATEX_SENT, pack=ims),),
    "Fintraffic announcements": (of_json(FINTRAFFIC, stamps=(NOW,)),),
    "CIFS": (of_xml(road.OTHER_MESSAGES["cifs"], "incident", NOW),),
    "Open511": (of_json(road.JSON_MESSAGES["open511"], "events", 0, stamps=(DAY,)),),
    "Open511, a page": (
        of_json(
            road.JSON_MESSAGES["open511"] | {"pagination": {"offset": 0, "next_url": "/events?offset=2"}},
            "events", 0, stamps=(DAY,),
        ),
    ),
    "511 events": (
        of_json([road.travel(LastUpdated=1_768_050_000), road.travel(ID=8)], 0, stamps=("1768050000",)),
    ),
    "WZDx": (
        of_json(road.JSON_MESSAGES["wzdx"], "features", 0, stamps=(DAY, NOW)),
        of_json(road.JSON_MESSAGES["wzdx"], "features", 1, stamps=(DAY, NOW)),
        of_json(road.JSON_MESSAGES["wzdx"], "features", 2, stamps=(DAY, NOW)),
    ),
    "GDACS JSON": (of_json(road.JSON_MESSAGES["gdacs"], "features", 0, stamps=("2026-01-10T12:30:00",)),),
    "USGS earthquakes": (of_json(road.JSON_MESSAGES["usgs"], "features", 0, stamps=("1768000100000",)),),
    "access constraints": (
        of_json(road.JSON_MESSAGES["access"], "features", 0),
        of_json(road.JSON_MESSAGES["access"], "features", 1),
    ),
    "access constraints, a page": (
        of_json(road.JSON_MESSAGES["access"] | {"exceededTransferLimit": True}, "features", 0),
    ),
    "Copernicus EMS": (of_json(road.JSON_MESSAGES["ems"], "features", 0),),
    "EFFIS": (of_json(road.JSON_MESSAGES["effis"], "features", 0, stamps=("2026-01-10 10:00:00",)),),
    "TomTom incidents": (of_json(road.JSON_MESSAGES["tomtom"], "incidents", 0),),
    "CSV of closures": (Case(body=road.OTHER_MESSAGES["csv"], mangle=mangled_csv),),
    "CAP as JSON": (of_json(golden("cap_archive.body"), "warnings", 0, stamps=("10T08:00:00+01:00",)),),
    "DWD warnings": (
        of_json(DWD, "warnings", "109999000", 0, stamps=("1768050600000",)),
        of_json(DWD, "warnings", stamps=("1768050600000",)),
    ),
    "MeteoAlarm EDR index": (of_json(golden("edr.body"), "features", 0, stamps=("2026-01-10T08:00:00Z",)),),
    "NINA list": (
        of_json([{"id": "mow.DE-X-1", "version": n, "type": "ALERT", "i18nTitle": {"de": "Hochwasser"}}
                 for n in (1, 2)], 0),
    ),
    "NWS alerts": (of_json(golden("nws.body"), "features", 1, stamps=("2026-01-10T02:00:00-06:00",)),),
    "Open-Meteo forecast": (of_json(golden("open_meteo.body", day="2026-01-11")),),
    "MET Norway forecast": (of_json(golden("met_norway.body", day="2026-01-11"), stamps=("11T08:30:00Z",)),),
    "EA flood warnings": (of_json(UK_FLOODS, "items", 0, stamps=("2026-01-10T13:00:00",)),),
    "EA flood-monitoring": (of_json(golden("ea_station.body"), stamps=(READ_AT,)),),
    "USGS instantaneous values": (of_json(golden("usgs_iv.body"), stamps=(READ_AT,)),),
    "GeoJSON closures": (of_json(CLOSURES, "features", 0, stamps=(NOW,)),),
}  # fmt: skip

# Where less is right, by what was mangled: what is left says as plainly as anything that it is less.
# Other positions are other places, and a line may become shorter.
_POSITIONS = r"coordinates|paths|polyline|posList|(lat|long|latitude|longitude) -7"
_DROPPED = "a document that is all that holds, and holds the record no more, says that it is over"
RIGHT: dict[str, tuple[tuple[str, str], ...]] = {
    "": ((_POSITIONS, "it is somewhere else now"),),
    **dict.fromkeys(
        ("CIFS", "Open511", "WZDx", "access constraints", "TomTom incidents"),
        ((r"(features|events|incidents)\.\d gone|0:(incident|situation) (gone|renamed)", _DROPPED),),
    ),
    "DATEX II": (
        (r"\d:(situation|situationRecord) (gone|renamed)", _DROPPED),
        (
            r"\d:locationReference|\d+:gmlLineString gone",
            "Fintraffic's records say no place: their situation's",
        ),
    ),
    "Fintraffic announcements": (
        (r"(roadWorkPhases|restrictions)(\.\d)? (gone|null|\[\])", "a phase that is over is dropped"),
    ),
    "DWD warnings": ((r"warnings (\{\})|warnings\.109999000 gone", _DROPPED),),
    "511 events": ((r"^0 gone", _DROPPED),),
    "Alertswiss": ((r"allClear true", "so it says"),),
    "CAP as JSON": ((r"info \{\}", "some hubs end a warning by emptying it (HKO)"),),
    "Open-Meteo forecast": (
        (r"utc_offset_seconds -7", "it is at another time now"),
        (r"hourly\.\w+ gone", "it was not asked for"),
        (
            r"hourly\.\w+\.\d",
            "the newest forecast stands for all: an hour without a value is not known, and said",
        ),
    ),
    "MET Norway forecast": (
        (r"timeseries \[|gone|details \{\}|-7", "it leaves out what is over, and what it does not know"),
    ),
    "USGS earthquakes": ((r"mag -7", "it is weaker now"),),
    "EA flood-monitoring": (
        (r"value -7", "the water has fallen"),
        (r"stageScale (gone|null)|typicalRangeHigh gone", "many stations have none"),
    ),
    "USGS instantaneous values": (
        (r"value -7", "the water has fallen"),
        (r"value\.7 gone", "a reading less: what rises is what was read"),
    ),
    "CSV of closures": ((r"road |to ''|to '14'", "it is somewhere else now"),),
}
RIGHT["Open511"] = (
    *RIGHT["Open511"],
    (r"roads(\.\d)? (gone|null|\[\])|state (gone|null)", "both may be left out"),
)
RIGHT["Open511, a page"] = RIGHT["Open511"][1:]
RIGHT["access constraints"] = (
    *RIGHT["access constraints"],
    (r"osm_id", "it has no other id: the line that it draws is shut under a new one"),
)
for _name in ("CAP", "tar of CAP files", "packed CAP files", "Atom or RSS index of CAP"):
    RIGHT[_name] = ((r"\d:info empty", "some hubs end a warning by emptying it (HKO)"),)


def test_every_format_has_a_document() -> None:
    assert sorted(CASES) == sorted(each.name for each in FORMATS)


def read(body: bytes, received_s: int) -> Contents:
    return feeds.read(body, source="s", received_s=received_s, pulled=True, geocodes=PLACES)


def taken(state: HazardState, contents: Contents, now_s: int) -> HazardState:
    return absorb(state, contents.alerts, meaning(), now_s=now_s, reads=(contents.read,))[0]


def failures(case: Case) -> Iterator[str]:
    first = read(case.at(case.body, 0), FIRST_S)
    before = taken(HazardState(), first, FIRST_S)
    assert before.hazards, "the document has a hazard"
    again = {alert.id: alert for alert in read(case.at(case.body, LATER_S[0]), FIRST_S + LATER_S[0]).alerts}
    assert any(
        (again[each.id].sent_s, again[each.id].document_s) > (each.sent_s, each.document_s)
        for each in first.alerts
    ), "it is newer"
    for name, body in case.mangle(case.body):
        state, what = before, "refused"
        for later_s in LATER_S:
            try:
                contents = read(case.at(body, later_s) if case.stamps else case.pack(body), FIRST_S + later_s)
            except PayloadError:
                continue
            what = contents.read.format
            state = taken(state, contents, FIRST_S + later_s)
        if gone := lost(before.hazards, state.hazards, now_s=FIRST_S + LATER_S[-1]):
            yield f"{name} ({what}): {gone[0]}" + (f" and {len(gone) - 1} more" if gone[1:] else "")


def right(name: str, what: str) -> bool:
    return any(re.search(pattern, what) for pattern, _ in (*RIGHT[""], *RIGHT.get(name, ())))


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, each in CASES.items() for n in range(len(each))]
)
def test_a_mangled_record_of_a_newer_version_opens_nothing(name: str, number: int) -> None:
    found = [what for what in failures(CASES[name][number]) if not right(name, what.partition(" (")[0])]
    assert not found, "\n".join(found)
