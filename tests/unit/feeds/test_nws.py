"""NWS alerts: the event outlives its message, zones say where, and what is missing has not ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vado.feeds.nws import FORMAT
from vado.model.alert import Action, MsgType
from weather_messages import HEARD_S, after, parse, why_refused

HOUR_S = 3600
RING = [[-97.2, 32.1], [-97.0, 32.1], [-97.0, 32.3], [-97.2, 32.3], [-97.2, 32.1]]


def vtec(action: str = "NEW", number: int = 7, end: str = "260111T1200Z") -> str:
    return f"/O.{action}.KVAL.FL.W.{number:04}.260110T0600Z-{end}/"


def feature(
    name: str = "n1", geometry: Any = None, *, codes: list[str] | None = None, **other: Any
) -> dict[str, Any]:
    properties = {
        "id": name, "areaDesc": "Vall County", "geocode": {"SAME": ["048999"], "UGC": ["TXC999"]},
        "affectedZones": ["https://api.weather.gov/zones/county/TXC999"], "references": [],
        "sent": "2026-01-10T02:00:00-06:00", "effective": "2026-01-10T02:00:00-06:00",
        "onset": "2026-01-10T03:00:00-06:00", "expires": "2026-01-10T06:00:00-06:00",
        "ends": "2026-01-11T06:00:00-06:00", "status": "Actual", "messageType": "Alert", "category": "Met",
        "severity": "Severe", "certainty": "Likely", "urgency": "Expected", "event": "Flood Warning",
        "sender": "nws@x.example", "headline": "Flood Warning", "description": "x", "response": "Avoid",
        "parameters": {"VTEC": codes if codes is not None else [vtec()]}, **other,
    }  # fmt: skip
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: Any) -> bytes:
    return json.dumps(
        {"type": "FeatureCollection", "features": features, "@context": ["api.weather.gov"]}
    ).encode()


def reference(name: str) -> dict[str, str]:
    return {"identifier": name, "sender": "nws@x.example", "sent": "2026-01-10T02:00:00-06:00"}


def test_pitfall_06_the_event_ends_after_its_message() -> None:
    (alert,) = parse(collection(feature()))
    assert alert.infos[0].expires_s == HEARD_S + 27 * HOUR_S
    assert alert.event == "vtec KVAL.FL.W.0007.2026"
    (null,) = parse(collection(feature(ends=None)))
    assert null.infos[0].expires_s == HEARD_S + 27 * HOUR_S  # as VTEC has it
    (neither,) = parse(collection(feature(ends=None, codes=[])))
    assert neither.infos[0].expires_s == HEARD_S + 3 * HOUR_S
    (open_end,) = parse(collection(feature(ends=None, codes=[vtec(end="000000T0000Z")])))
    assert open_end.infos[0].expires_s is None
    (early,) = parse(collection(feature(ends=None, codes=[], expires="2026-01-10T02:30:00-06:00")))
    assert early.infos[0].expires_s is None  # before the onset: the end of the message alone


def test_pitfall_10_without_geometry_the_zones_say_where() -> None:
    (alert,) = parse(collection(feature()))
    assert alert.infos[0].areas[0].geocodes == (("UGC", "TXC999"), ("SAME", "048999"))
    assert after([alert]).hazards[0].unknown
    (zones,) = parse(collection(feature(geocode={"UGC": [], "SAME": ["048999"]})))
    assert zones.infos[0].areas[0].geocodes == (("UGC", "TXC999"), ("SAME", "048999"))
    (shape,) = parse(collection(feature(geometry={"type": "Polygon", "coordinates": [RING]})))
    assert shape.infos[0].areas[0].polygons[0].outer[0] == (-97.2, 32.1)


def test_pitfall_04_an_update_has_a_new_id_and_ends_the_old_one() -> None:
    old, new = (
        feature("n1"),
        feature("n2", messageType="Update", references=[reference("n1")], codes=[vtec("CON")]),
    )
    new["properties"]["sent"] = "2026-01-10T02:30:00-06:00"
    alerts = parse(collection(old, new))
    assert {hazard.alert for hazard in after(alerts).hazards} == {"nws@x.example,n2"}
    assert alerts[0].event == alerts[1].event


def test_expired_references_end_too() -> None:
    named = "nws@x.example,n1,2026-01-10T02:00:00-06:00 nws@x.example,n0,2026-01-10T01:00:00-06:00"
    (alert,) = parse(collection(feature("n2", parameters={"expiredReferences": [named]})))
    assert alert.references == ("nws@x.example,n1", "nws@x.example,n0")


def test_pitfall_07_an_id_that_is_missing_has_not_ended() -> None:
    assert FORMAT.lifecycle == "stream"
    assert parse(collection()) == ()
    assert after([*parse(collection(feature())), *parse(collection())]).hazards


def test_an_event_that_is_said_to_expire_goes_on_until_it_does() -> None:
    """EXP is sent before the end too (NWSI 10-1703, 2.1.2): it must not end what goes on."""
    (still,) = parse(collection(feature("n2", codes=[vtec("EXP")], messageType="Update")))
    assert still.msg_type is MsgType.UPDATE
    assert still.infos
    (over,) = parse(collection(feature("n2", codes=[vtec("EXP", end="260110T0700Z")], messageType="Update")))
    assert over.msg_type is MsgType.CANCEL


@pytest.mark.parametrize(
    "how", [{"messageType": "Cancel"}, {"codes": [vtec("CAN")]}, {"codes": [vtec("UPG")]}]
)
def test_a_cancel_ends_what_it_refers_to(how: dict[str, Any]) -> None:
    end = feature("n2", references=[reference("n1")], **how)
    end["properties"]["sent"] = "2026-01-10T02:30:00-06:00"
    alerts = parse(collection(feature("n1"), end))
    assert alerts[1].msg_type is MsgType.CANCEL
    assert not after(alerts).hazards
    # One event of two has ended: the other goes on.
    (both,) = parse(collection(feature(codes=[vtec("CAN"), vtec("CON", 8)])))
    assert both.msg_type is MsgType.ALERT
    assert both.event == "vtec KVAL.FL.W.0008.2026"


def test_pitfall_05_reissued_products_are_all_shown() -> None:
    alerts = parse(collection(feature("n1"), feature("n2")))
    assert len(after(alerts).hazards) == 2


def test_pitfall_46_an_alert_of_any_length_is_read() -> None:
    (alert,) = parse(collection(feature(description="x" * 100_000)))
    assert len(alert.infos[0].description) == 100_000


@pytest.mark.parametrize("name", ["onset", "ends", "expires", "effective", "sent"])
@pytest.mark.parametrize("value", ["date:now +1 hour", 7, None, [], "2026-01-10T09:00:00"])
def test_a_time_that_is_none_makes_a_hazard_longer_and_never_shorter(name: str, value: Any) -> None:
    whole, doubtful = (
        parse(collection(f))[0] for f in (feature(codes=[]), feature(codes=[], **{name: value}))
    )
    if name != "ends":  # without `ends` the message's end counts, as NWS says
        assert doubtful.infos[0].onset_s <= max(whole.infos[0].onset_s, doubtful.sent_s)
        assert (doubtful.infos[0].expires_s or 2**60) >= (whole.infos[0].expires_s or 0)
    assert doubtful.infos[0].kind == "flood"


def test_a_record_that_cannot_be_read_is_kept_with_its_zones() -> None:
    bad = feature("n2", geometry={"type": "Polygon", "coordinates": [[[1, 2], [3, "x"]]]})
    good, unread, other = parse(collection(feature(), bad, {"type": "Feature", "properties": None}))
    assert good.identifier == "n1"
    assert unread.identifier == "n2/unreadable"
    assert unread.infos[0].stated[0].action is Action.INSPECT
    assert unread.infos[0].areas[0].geocodes[0] == ("UGC", "TXC999")
    assert other.identifier.endswith("/unreadable")


def test_a_document_in_which_nothing_can_be_read_is_a_fault() -> None:
    assert why_refused(collection(feature("", id=None)))


def test_json_ld_has_the_same_properties_and_draws_in_wkt() -> None:
    wkt = "POLYGON((1.2 42.1, 1.3 42.1, 1.3 42.16, 1.2 42.1))"
    for drawn, count in ((wkt, 1), (None, 0), ("POLYGON((1.2 42.1", 0), ("POINT(1.2 42.1)", 0)):
        graph = [{**feature()["properties"], "@type": "wx:Alert", "geometry": drawn}]
        (alert,) = parse(json.dumps({"@context": ["api.weather.gov"], "@graph": graph}).encode())
        (plain,) = parse(collection(feature()))
        assert (alert.id, alert.infos[0].areas[0].geocodes) == (plain.id, plain.infos[0].areas[0].geocodes)
        assert len(alert.infos[0].areas[0].polygons) == count
    assert parse(b'{"@context": ["https://api.weather.gov/ontology"], "@graph": []}') == ()


def test_a_cancel_that_only_says_that_it_expires_as_planned_ends_nothing_before() -> None:
    """EXP comes before the end of the event too: the event goes on until then. NWSI 10-1703, 2.1.2."""
    told = feature("n1", {"type": "Polygon", "coordinates": [RING]})
    early = feature("n2", messageType="Cancel", codes=[vtec("EXP")], references=[reference("n1")])
    (alert,) = parse(collection(early))
    assert (alert.msg_type, alert.infos) == (MsgType.ACK, ())
    assert any("goes on to the end" in note for note in alert.notes)
    state = after(parse(collection(told, early)))
    assert [hazard.alert for hazard in state.hazards if hazard.follows is None] == ["nws@x.example,n1"]
    for codes in ([vtec("CAN")], [vtec("EXP", end="260110T0700Z")], [], ["zzqx"]):
        over = feature("n2", messageType="Cancel", codes=codes, references=[reference("n1")])
        (alert,) = parse(collection(over))
        assert alert.msg_type is MsgType.CANCEL, codes


def test_an_update_that_has_lost_its_vtec_does_not_shorten_the_event() -> None:
    told = feature("n1", {"type": "Polygon", "coordinates": [RING]})
    lost = feature(
        "n2", {"type": "Polygon", "coordinates": [RING]}, messageType="Update", codes=[], ends=None,
        sent="2026-01-10T03:00:00-06:00", references=[reference("n1")],
    )  # fmt: skip
    (alert,) = parse(collection(lost))
    assert alert.infos[0].renewed
    state = after(parse(collection(told, lost)))
    ends = {h.alert: h.interval.end_s for h in state.hazards if h.follows is None}
    assert ends["nws@x.example,n1"] == HEARD_S + 27 * HOUR_S
    # A message whose own end was never said better replaces another like it.
    both = parse(collection(feature("n1", ends=None, codes=[]), lost))
    assert [h.alert for h in after(both).hazards if h.follows is None and not h.unknown] == [
        "nws@x.example,n2"
    ]
