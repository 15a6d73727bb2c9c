"""CAP as JSON: MeteoAlarm's archive with all its languages, and single messages."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from vado.model.alert import Action, Alert
from weather_messages import HEARD_S, SQUARE, after, parse, why_refused

INFO: dict[str, Any] = {
    "language": "en-GB", "category": ["Met"], "event": "Rain warning", "severity": "Severe",
    "urgency": "Future", "certainty": "Likely", "onset": "2026-01-10T10:00:00+01:00",
    "expires": "2026-01-10T18:00:00+01:00",
    "parameter": [{"valueName": "awareness_level", "value": "3; orange; Severe"},
                  {"valueName": "awareness_type", "value": "10; Rain"}],
    "area": [{"areaDesc": "Vall", "polygon": [SQUARE], "altitude": 3280.84,
              "geocode": [{"valueName": "EMMA_ID", "value": "XX001"}]}],
}  # fmt: skip
ALERT: dict[str, Any] = {
    "identifier": "j1", "sender": "s@x.example", "sent": "2026-01-10T08:00:00+01:00", "status": "Actual",
    "msgType": "Alert", "scope": "Public", "info": [INFO],
}  # fmt: skip


def archive(*alerts: dict[str, Any]) -> bytes:
    return json.dumps(
        {"warnings": [{"alert": alert, "uuid": str(n)} for n, alert in enumerate(alerts)]}
    ).encode()


def changed(**members: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ALERT), **members}


@pytest.mark.parametrize(
    "wrapped",
    [ALERT, {"alert": ALERT, "uuid": "u"}, {"warnings": [{"alert": ALERT}]}, [ALERT], {"alerts": [ALERT]}],
)
def test_one_message_in_each_of_its_wrappers(wrapped: Any) -> None:
    (alert,) = parse(json.dumps(wrapped).encode())
    (info,) = alert.infos
    assert (alert.identifier, info.kind, info.severity) == ("j1", "rain", "Severe")
    assert round(info.areas[0].above_m or 0) == 1000
    assert info.areas[0].geocodes == (("EMMA_ID", "XX001"),)
    assert len(info.areas[0].polygons) == 1


def test_pitfall_20_all_languages_of_the_archive_are_one_hazard() -> None:
    spanish = {**INFO, "language": "es-ES", "event": "Aviso de lluvias"}
    (alert,) = parse(archive(changed(info=[spanish, INFO])))
    assert [info.event for info in alert.infos] == ["Rain warning"]


def test_pitfall_02_what_is_long_over_in_the_archive_binds_nobody() -> None:
    old = changed(
        identifier="old", info=[{**INFO, "onset": "2025-12-28T10:00:00Z", "expires": "2025-12-29T10:00:00Z"}]
    )
    alerts = parse(archive(old, ALERT))
    assert [hazard.alert for hazard in after(alerts).hazards] == ["s@x.example,j1"]


def test_an_archive_without_warnings_is_an_answer() -> None:
    assert parse(b'{"warnings": []}') == ()


def test_what_became_of_a_message_may_stand_in_incidents() -> None:
    update = changed(
        identifier="j2", incidents="Update", references="s@x.example,j1,2026-01-10T08:00:00+01:00"
    )
    del update["msgType"]
    alerts = parse(archive(ALERT, update))
    assert {hazard.alert for hazard in after(alerts).hazards} == {"s@x.example,j2"}


@pytest.mark.parametrize(
    "broken",
    [{"sent": 3}, {"sent": None}, {"status": []}, {"identifier": ""}, {"info": [{**INFO, "onset": [[]]}, 7]}],
)
def test_one_message_that_cannot_be_read_is_kept_and_the_rest_counts(broken: dict[str, Any]) -> None:
    good, other = parse(archive(ALERT, changed(**({"identifier": "j2"} | broken))))
    assert good.infos[0].kind == "rain"
    unread: list[Alert] = [other] if other.identifier.endswith("/unreadable") else []
    if "info" in broken:
        assert other.infos[0].onset_s == other.sent_s  # from when it was sent: earlier, never later
    else:
        assert [each.infos[0].stated[0].action for each in unread] == [Action.INSPECT]


def test_nothing_deep_or_large_is_followed() -> None:
    deep: Any = {}
    for _ in range(60):
        deep = {"area": [deep]}
    assert why_refused(json.dumps({"alert": {**ALERT, "info": [deep]}}).encode()) == ["E1002"]
    many = changed(info=[{"parameter": [{"a": 1}] * 500_000}])
    assert why_refused(archive(many)) == ["E1004"]


def test_all_that_an_archive_says_is_heard_after_it_was_sent() -> None:
    (alert,) = parse(archive(changed(sent="2027-01-01T00:00:00Z")))
    assert alert.sent_s == HEARD_S


def test_points_as_lists_are_refused_and_not_lost() -> None:
    area = [{"areaDesc": "Vall", "polygon": [[42.10, 1.20], [42.10, 1.30], [42.16, 1.30], [42.10, 1.20]]}]
    assert "E1004" in why_refused(json.dumps(changed(info=[{**INFO, "area": area}])).encode())


@pytest.mark.parametrize("body", [b"[]", b'{"alerts": []}', b'[{"identifier": "x"}]', b'{"alerts": 5}'])
def test_other_lists_are_no_alerts(body: bytes) -> None:
    assert why_refused(body) == ["E1006"]
