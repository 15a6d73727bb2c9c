"""The storm: twelve messages over one day, as their sources would send them; bytes, not values of ours.

In: a province. Out: messages in the order they are sent, CAP 1.2 XML or GeoJSON. They enter by the webhook
(or `feeds.parse`) like any other; nothing here knows what they will do to roads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from vado.cli.demo import geography as land
from vado.cli.demo import pencil
from vado.cli.demo.fleet import DAY_S
from vado.cli.demo.pencil import Point
from vado.cli.demo.province import Province, lonlat, metres
from vado.model.ids import LonLat
from vado.model.when import FOREVER_S, rfc3339

CAP_TYPE, GEOJSON_TYPE = "application/cap+xml", "application/geo+json"
WEATHER, ROADS = "warnings@weather.orvane.example", "control@roads.orvane.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Where roads are shut for a while, as the storm's author meant it; a later one of its name counts."""

    name: str
    shape: tuple[LonLat, ...]  # a closed ring, or a line
    start_s: int
    end_s: int
    chains_pass: bool = False  # trucks are shut out, others pass with chains


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message of the storm: when it is sent, by which webhook, and its bytes."""

    name: str
    at_s: int
    source: str  # of the webhook: /v1/webhooks/{source}
    content_type: str
    body: bytes
    headline: str
    closes: Closing | None = None  # what it means on the ground; for who measures, not for the engine

    @property
    def suffix(self) -> str:
        return "xml" if self.content_type == CAP_TYPE else "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cap:
    """What differs between the CAP messages of the storm."""

    name: str
    at: str
    event: str
    headline: str
    severity: str
    onset: str
    until: str | None
    ring: Sequence[LonLat]
    area: str
    certainty: str = "Observed"
    status: str = "Actual"
    kind: str = "Alert"
    of: tuple[tuple[str, str], ...] = ()  # what it updates or cancels: name and when that was sent
    sender: str = WEATHER
    category: str = "Met"
    closes: Closing | None = None


def time_of_day(text: str) -> int:
    """Turn "08:15" into the instant on the demo's day."""
    hours, minutes = text.split(":")
    return DAY_S + int(hours) * 3600 + int(minutes) * 60


def storm(province: Province) -> tuple[Sent, ...]:
    """Tell the storm of this province."""
    everywhere = _sheet(-1.5, -1.5, 53, 42)
    # fmt: off
    flood_ring = _ribbon(province.river, 1150, part=_span(province.river, 26.6, 31.6))
    flood = Closing(name="flood", shape=flood_ring, start_s=time_of_day("11:00"), end_s=time_of_day("15:30"))
    snow = Closing(name="snow", shape=_sheet(46.4, 28.6, 52.6, 39.2), start_s=time_of_day("10:00"),
                   end_s=time_of_day("19:00"), chains_pass=True)
    bridge = Closing(name="bridge", shape=_ribbon(province.bridge, 90), start_s=time_of_day("11:45"),
                     end_s=time_of_day("16:30"))
    slide = Closing(name="slide", shape=_span(province.roads["Tesmora", "Serafosca"], 24.2, 25.6),
                    start_s=time_of_day("13:00"), end_s=FOREVER_S)
    coast = Closing(name="coast", shape=_sheet(1.0, 3.0, 3.4, 6.6), start_s=time_of_day("14:00"),
                    end_s=time_of_day("17:00"))
    longer = replace(flood, end_s=time_of_day("17:30"))
    reopened = replace(bridge, end_s=time_of_day("14:10"))
    messages = (
        _cap(_Cap(name="wx-01-rain", at="07:10", event="Heavy rain", headline="Heavy rain in all of Orvane",
                  severity="Moderate", onset="07:10", until="18:00", ring=everywhere, area="Orvane")),
        _cap(_Cap(name="wx-02-exercise", at="07:40", event="Flash flood", status="Exercise",
                  severity="Extreme", headline="EXERCISE: dam break above Castrel", onset="07:40",
                  until="18:00", ring=everywhere, area="Orvane")),
        _cap(_Cap(name="wx-03-flood", at="08:15", event="Flood", severity="Severe", certainty="Likely",
                  headline="Flood of the Tamarel between Ribadel and Ondrara from 11:00", onset="11:00",
                  until="15:30", ring=flood.shape, area="Valley of the Tamarel, Ribadel to Ondrara",
                  closes=flood)),
        _cap(_Cap(name="wx-04-snow", at="09:20", event="Heavy snow", severity="Extreme",
                  headline="Deep snow on the Brumal Pass: chains only, no trucks", onset="10:00",
                  until="19:00", ring=snow.shape, area="Brumal Pass above 1200 m", closes=snow)),
        _cap(_Cap(name="roads-05-bridge", at="10:20", event="Road closure", severity="Severe",
                  category="Transport", headline="Arcada Bridge closed from 11:45: driftwood on the piers",
                  onset="11:45", until="16:30", ring=bridge.shape, area="Arcada Bridge", sender=ROADS,
                  closes=bridge)),
        _cap(_Cap(name="wx-06-rain", at="11:10", event="Heavy rain", severity="Severe", kind="Update",
                  headline="Heavy rain goes on, worst in the south", onset="11:10", until="20:00",
                  ring=everywhere, area="Orvane", of=(("wx-01-rain", "07:10"),))),
        _geojson("roads-07-slide", "12:20", closes=slide, road="OR-11",
                 headline="Secana Gorge Road closed from 13:00: the slope above it is moving"),
        _cap(_Cap(name="wx-08-flood", at="13:10", event="Flood", severity="Severe", kind="Update",
                  headline="Flood of the Tamarel lasts until 17:30", onset="11:00", until="17:30",
                  ring=flood.shape, area="Valley of the Tamarel, Ribadel to Ondrara",
                  of=(("wx-03-flood", "08:15"),), closes=longer)),
        _cap(_Cap(name="roads-09-coast", at="13:20", event="Road closure", severity="Severe",
                  category="Transport", headline="Coast Road closed from 14:00: waves over the wall",
                  onset="14:00", until="17:00", ring=coast.shape, area="Coast Road, Costanel to Faralta",
                  sender=ROADS, closes=coast)),
        _cap(_Cap(name="roads-10-bridge", at="14:10", event="Road closure", severity="Severe", kind="Cancel",
                  category="Transport", headline="Arcada Bridge is open again", onset="11:45", until="16:30",
                  ring=bridge.shape, area="Arcada Bridge", of=(("roads-05-bridge", "10:20"),), sender=ROADS,
                  closes=reopened)),
        _cap(_Cap(name="wx-11-thunder", at="14:40", event="Thunderstorm", severity="Moderate",
                  certainty="Possible", headline="Thunderstorms over the coast", onset="15:00",
                  until="17:00", ring=_sheet(0, 0, 12, 14), area="Western coast")),
        _cap(_Cap(name="wx-12-clear", at="16:00", event="Heavy rain", severity="Minor", kind="Cancel",
                  headline="The rain has passed", onset="11:10", until="20:00", ring=everywhere,
                  area="Orvane", of=(("wx-06-rain", "11:10"),))),
    )
    # fmt: on
    return tuple(sorted(messages, key=lambda sent: sent.at_s))


def _cap(message: _Cap) -> Sent:
    at = time_of_day(message.at)
    references = " ".join(f"{message.sender},{name},{_cap_time(time)}" for name, time in message.of)
    polygon = " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in message.ring)
    expires = f"<expires>{_cap_time(message.until)}</expires>" if message.until else ""
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{escape(message.name)}</identifier>
  <sender>{escape(message.sender)}</sender>
  <sent>{_cap_time(message.at)}</sent>
  <status>{message.status}</status>
  <msgType>{message.kind}</msgType>
  <scope>Public</scope>
  {f"<references>{escape(references)}</references>" if references else ""}
  <info>
    <language>en</language>
    <category>{message.category}</category>
    <event>{escape(message.event)}</event>
    <urgency>Expected</urgency>
    <severity>{message.severity}</severity>
    <certainty>{message.certainty}</certainty>
    <onset>{_cap_time(message.onset)}</onset>
    {expires}
    <headline>{escape(message.headline)}</headline>
    <area>
      <areaDesc>{escape(message.area)}</areaDesc>
      <polygon>{polygon}</polygon>
    </area>
  </info>
</alert>
"""
    source = message.sender.partition("@")[2].partition(".")[0]
    return Sent(
        name=message.name,
        at_s=at,
        source=source,
        content_type=CAP_TYPE,
        body=body.encode(),
        headline=message.headline,
        closes=message.closes,
    )


def _cap_time(text: str) -> str:
    # CAP 1.2, section 3.3.2: an offset in figures, `Z` is not allowed; UTC is -00:00.
    return rfc3339(time_of_day(text)).replace("Z", "-00:00")


def _geojson(name: str, at: str, *, closes: Closing, headline: str, road: str) -> Sent:
    properties = {
        "kind": "landslide",
        "effect": "shut",
        "sent": rfc3339(time_of_day(at)),
        "start": rfc3339(closes.start_s),
        "end": rfc3339(closes.end_s) or None,
        "headline": headline,
        "road": road,
    }
    geometry = {"type": "LineString", "coordinates": [list(point) for point in closes.shape]}
    feature = {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=1).encode()
    return Sent(
        name=name, at_s=time_of_day(at), source="roads", content_type=GEOJSON_TYPE, body=body,
        headline=headline, closes=closes,
    )  # fmt: skip


def _sheet(west: float, south: float, east: float, north: float) -> tuple[LonLat, ...]:
    """Draw a rectangle, kilometres of the sheet."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return tuple(lonlat(metres(corner)) for corner in corners)


def _span(line: Sequence[LonLat], west: float, east: float) -> tuple[LonLat, ...]:
    """Keep of a line what lies between two kilometres east."""
    low, high = lonlat(metres((west, 0)))[0], lonlat(metres((east, 0)))[0]
    return tuple(point for point in line if low <= point[0] <= high)


def _ribbon(
    line: Sequence[LonLat], width: float, *, part: Sequence[LonLat] | None = None
) -> tuple[LonLat, ...]:
    points = [_flat(point) for point in (part if part is not None else line)]
    # Every fourth point is enough for the edge of a flood.
    thin = points if len(points) < 12 else [*points[::4], points[-1]]
    return tuple(lonlat(point) for point in pencil.ribbon(thin, width))


def _flat(point: LonLat) -> Point:
    """Undo `lonlat`: degrees to metres of the sheet."""
    east, north = lonlat((1000.0, 1000.0))
    lon0, lat0 = land.ORIGIN
    return (point[0] - lon0) / (east - lon0) * 1000, (point[1] - lat0) / (north - lat0) * 1000
