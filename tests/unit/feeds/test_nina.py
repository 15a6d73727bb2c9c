"""NINA's lists: each warning is named, and its message is still to be fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vado import feeds
from vado.feeds.follow import follow
from vado.feeds.geocodes import load_geocodes
from vado.feeds.links import links
from vado.model.alert import Action, MsgType
from weather_messages import HEARD_S, parse, why_refused

PLACE = "https://warnung.bund.de/api31/warnings/"


def listed(name: str = "mow.DE-XX-1", **other: Any) -> dict[str, Any]:
    """Write an entry of a map of warnings."""
    return {
        "id": name, "version": 3, "startDate": "2026-01-10T09:00:00+01:00", "severity": "Severe",
        "type": "Alert", "i18nTitle": {"de": "Hochwasser im Clar"}, **other,
    }  # fmt: skip


def dashboard(name: str = "lhp.CLAR") -> dict[str, Any]:
    """Write an entry of a place's overview."""
    inside = {"version": 2, "type": "ALERT", "id": name, "data": {"msgType": "Update"}}
    return {"id": name, "payload": inside, "i18nTitle": {"de": "x"}, "sent": "2026-01-10T09:00:00+01:00"}


def body(*entries: Any) -> bytes:
    return json.dumps(entries).encode()


def test_a_warning_that_is_named_asks_for_its_message() -> None:
    named, placed = parse(body(listed(), dashboard()))
    for alert, name in ((named, "mow.DE-XX-1"), (placed, "lhp.CLAR")):
        (info,) = alert.infos
        assert [each.action for each in info.stated] == [Action.INSPECT]
        assert (alert.identifier, alert.sent_s) == (name, HEARD_S - 3_600)
        assert info.description == f"{PLACE}{name}.json"
    assert "Hochwasser im Clar" in named.infos[0].headline


def test_the_list_is_all_that_holds() -> None:
    read = feeds.read(body(listed()), source="nina", received_s=HEARD_S, pulled=True).read
    assert (read.format, read.full) == ("NINA list", True)


def test_a_cancelled_warning_has_ended() -> None:
    (alert,) = parse(body(listed(type="Cancel")))
    assert (alert.msg_type, alert.infos) == (MsgType.CANCEL, ())


def test_the_messages_are_followed_each_version_anew() -> None:
    assert [link.href for link in links(body(listed(), listed(), dashboard()))] == [
        f"{PLACE}mow.DE-XX-1.json",
        f"{PLACE}lhp.CLAR.json",
    ]
    first, again, newer = (
        follow(body(entry), url="https://warnung.bund.de/api31/mowas/mapData.json").links
        for entry in (listed(), listed(), listed(version=4))
    )
    assert first == again
    assert first[0].address == newer[0].address
    assert first[0].name != newer[0].name


@pytest.mark.parametrize("name", ["../../etc/passwd", "mow.x?y=1", "https://x.example/a", "", "mow.\u00e9"])
def test_an_id_that_leads_elsewhere_is_no_link(name: str) -> None:
    assert links(body(listed(name), dashboard())) == links(body(dashboard()))
    bad, good = parse(body(listed(name), dashboard()))
    assert good.identifier == "lhp.CLAR"
    assert bad.infos[0].event == "unreadable record"


@pytest.mark.parametrize("document", [b"[]", b"[1, 2]", b'[{"id": "mow.x"}]'])
def test_an_empty_list_does_not_say_of_what(document: bytes) -> None:
    assert why_refused(document) == ["E1006"]


def test_a_warning_is_where_its_districts_are(tmp_path: Path) -> None:
    """VG250 draws districts by five digits; a warning names them by twelve."""
    info = {
        "language": "DE", "event": "Gefahreninformation", "severity": "Severe", "headline": "Hochwasser",
        "parameter": [{"valueName": "warnVerwaltungsbereiche", "value": "999980000000,999990000000"}],
        "area": [{"areaDesc": "Clar", "geocode": [{"valueName": "AreaId", "value": "0"}]}],
    }  # fmt: skip
    warning = {
        "identifier": "mow.DE-XX-1", "sender": "DE-XX", "sent": "2026-01-10T09:00:00+01:00",
        "status": "Actual", "msgType": "Alert",
        "info": [info, {**info, "language": "EN", "area": [{"areaDesc": "Clar"}]}],
    }  # fmt: skip
    (alert,) = parse(json.dumps(warning).encode())
    (one,) = alert.infos
    assert one.areas[0].geocodes == (("ARS", "999980000000"), ("ARS", "999990000000"))
    ring = [[9.0, 51.0], [9.1, 51.0], [9.1, 51.1], [9.0, 51.0]]
    features = [
        {
            "type": "Feature",
            "properties": {"ARS": ars},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for ars in ("99998", "999990000000")
    ]
    table = tmp_path / "vg250.geojson"
    table.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    (placed,) = feeds.parse(
        json.dumps(warning).encode(), source="nina", received_s=HEARD_S, geocodes=load_geocodes([table])
    )
    assert placed.infos[0].areas[0].polygons
    assert not placed.infos[0].areas[1:]
