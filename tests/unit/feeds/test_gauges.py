"""River gauges: what is unusual asks a person; a log that lifts the float does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vado.feeds.gauges import Series, without_spikes
from vado.model.alert import Action, Alert
from weather_messages import HEARD_S, after, parse, why_refused

STEP_S = 900
QUIET = [1.0, 1.01, 1.0, 1.02, 1.01, 1.0]


def usgs(levels_m: list[Any], *, code: str = "00065", none: float = -999_999.0) -> bytes:
    """Write readings every quarter of an hour, the last at HEARD_S; levels in metres go out in feet."""
    first_s = HEARD_S - STEP_S * (len(levels_m) - 1)
    readings = [
        {"value": str(level / 0.3048) if isinstance(level, float) else level, "qualifiers": ["P"],
         "dateTime": iso(first_s + n * STEP_S)} for n, level in enumerate(levels_m)
    ]  # fmt: skip
    series = {
        "sourceInfo": {"siteName": "CLAR AT SELLA", "siteCode": [{"value": "0123"}],
                       "geoLocation": {"geogLocation": {"latitude": 42.5, "longitude": 1.5}}},
        "variable": {"variableCode": [{"value": code}], "noDataValue": none},
        "values": [{"value": readings}],
    }  # fmt: skip
    return json.dumps({"value": {"timeSeries": [series]}}).encode()


def iso(epoch: int) -> str:
    from vado.model.when import rfc3339

    return rfc3339(epoch) or ""


def only(body: bytes) -> Alert:
    (alert,) = parse(body)
    return alert


def test_a_quiet_river_is_an_answer_and_replaces_what_was_said_before() -> None:
    rising = only(usgs([*QUIET, 1.6, 1.7]))
    assert rising.infos
    assert only(usgs(QUIET)).infos == ()
    assert rising.id == only(usgs(QUIET)).id


def test_a_river_that_rises_half_a_metre_in_an_hour_asks_a_person() -> None:
    (info,) = only(usgs([*QUIET, 1.3, 1.6, 1.9])).infos
    assert info.stated[0].action is Action.INSPECT
    assert "rose by 0.9" in info.headline
    assert info.areas[0].circles[0].lat == 42.5
    assert not any(hazard.binds for hazard in after([only(usgs([*QUIET, 1.3, 1.6, 1.9]))]).hazards)
    slow = [1.0 + n * 0.1 for n in range(40)]  # 0.4 m an hour
    assert only(usgs(slow)).infos == ()


def test_pitfall_50_a_spike_of_debris_is_said_and_not_obeyed() -> None:
    alert = only(usgs([*QUIET, 4.0, *QUIET]))
    assert alert.infos == ()
    assert any("a spike, not counted" in note for note in alert.notes)
    # Two readings in a row are a river, also when a third is lower.
    assert only(usgs([*QUIET, 4.0, 4.1, 3.9, *QUIET])).infos
    # The last one alone: nobody can say yet, and a person looks.
    assert only(usgs([*QUIET, 4.0])).infos[0].stated[0].action is Action.INSPECT


def test_spikes_are_parted_and_nothing_else() -> None:
    readings = tuple(enumerate([1.0, 1.0, 9.0, 1.0, 2.0, 3.0, 4.0, 4.0, 3.0]))
    calm, spikes = without_spikes(readings)
    assert spikes == ((2, 9.0),)
    assert sorted((*calm, *spikes)) == sorted(readings)


def test_what_is_no_number_or_stands_for_none_is_left_out_and_said() -> None:
    alert = only(usgs([*QUIET, "Ice", "-999999", "", None, "nan", "1_0"]))
    assert alert.infos == ()
    assert any("no number" in note for note in alert.notes)
    assert parse(usgs(["Eqp", "Ice"]))[0].identifier.endswith("/unreadable")
    assert why_refused(usgs([1.0], code="00010")) == ["E1003"]  # the temperature of the water


def test_a_flow_that_grows_by_half_in_an_hour() -> None:
    assert only(usgs(["3300", "3310", "3300", "3400"], code="00060")).infos == ()
    (info,) = only(usgs(["3300", "3310", "5100", "5200"], code="00060")).infos
    assert "within an hour" in info.headline


def test_rdb_text_in_local_time() -> None:
    head = (
        "# provisional\nagency_cd\tsite_no\tdatetime\ttz_cd\t1_00065\t1_00065_cd\n5s\t15s\t20d\t6s\t14n\t9s\n"
    )
    rows = {"03:00": 3.0, "03:15": 3.1, "03:30": 4.0, "03:45": 5.2, "04:00": 5.4, "04:15": "Ice"}
    lines = "".join(f"USGS\t0123\t2026-01-10 {clock}\tEST\t{feet}\tP\n" for clock, feet in rows.items())
    alert = only((head + lines).encode())
    assert alert.sent_s == HEARD_S  # 04:00 EST
    assert "rose by 0.7" in alert.infos[0].headline
    assert alert.infos[0].areas[0].geocodes == (("USGS site", "0123"),)
    assert after([alert]).hazards[0].unknown  # RDB does not say where the gauge is
    assert any("no number" in note for note in alert.notes)


def ea(value: float, *, parameter: str = "level", **scale: Any) -> dict[str, Any]:
    return {
        "@context": "http://environment.data.gov.uk/flood-monitoring/meta/context.jsonld",
        "items": {
            "label": "Sella Mill", "notation": "9TH", "lat": 51.7, "long": -1.2, "stageScale": scale,
            "measures": [{"notation": f"9TH-{parameter}-stage-i-15_min-mASD", "parameter": parameter,
                          "unitName": "mASD",
                          "latestReading": {"dateTime": "2026-01-10T09:00:00Z", "value": value}}],
        },
    }  # fmt: skip


def test_a_station_says_what_is_usual() -> None:
    usual = {"typicalRangeHigh": 1.6, "maxOnRecord": {"value": 2.6}}
    assert only(json.dumps(ea(1.5, **usual)).encode()).infos == ()
    (high,) = only(json.dumps(ea(1.9, **usual)).encode()).infos
    assert (high.severity, high.stated[0].action) == ("Moderate", Action.INSPECT)
    (record,) = only(json.dumps(ea(2.9, **usual)).encode()).infos
    assert record.severity == "Severe"
    assert "by one reading alone" in record.headline
    assert record.stated[0].action is Action.INSPECT


def test_readings_of_a_measure_are_a_series_and_rain_is_no_river() -> None:
    measure = "http://environment.data.gov.uk/flood-monitoring/id/measures/9TH-level-stage-i-15_min-mASD"
    body = ea(1.0)
    body["items"] = [
        {"measure": measure, "dateTime": iso(HEARD_S - n * STEP_S), "value": value}
        for n, value in enumerate([2.0, 1.9, 1.2, 1.0])
    ]
    assert "rose by" in only(json.dumps(body).encode()).infos[0].headline
    assert why_refused(json.dumps(ea(1.0, parameter="rainfall")).encode()) == ["E1003"]
    assert parse(json.dumps(ea(1.0) | {"items": []}).encode()) == ()


@pytest.mark.parametrize("value", [None, "high", 10**400, float("nan"), [1]])
def test_a_reading_that_is_none_is_a_fault(value: Any) -> None:
    assert why_refused(json.dumps(ea(value)).encode()) == ["E1003"]


def test_a_level_above_the_record_that_two_readings_say_slows(monkeypatch: pytest.MonkeyPatch) -> None:
    from vado.feeds import gauges
    from vado.feeds.findings import Findings
    from vado.feeds.format import Reading
    from vado.feeds.tables import shipped_kinds
    from vado.model.ids import Hash

    reading = Reading(
        source="t", received_s=HEARD_S, raw=Hash("sha256:0"), kinds=shipped_kinds(), findings=Findings()
    )
    series = Series(
        site="9TH", what="level", lonlat=(1.5, 42.5), record=2.6,
        readings=((HEARD_S - 900, 2.7), (HEARD_S, 2.8)),
    )  # fmt: skip
    alert = gauges.alert_of(reading, series, sender="x", scheme="EA station")
    assert alert is not None
    (hazard,) = after([alert]).hazards
    assert {effect.action for effect in hazard.effects} == {Action.SLOW}


def floods(*items: dict[str, Any]) -> bytes:
    return json.dumps({"@context": ea(1.0)["@context"], "items": items}).encode()


def flood(level: Any, name: str = "999WAF", raised: str = "2026-01-10T08:00:00") -> dict[str, Any]:
    return {"floodAreaID": name, "severityLevel": level, "severity": "Flood warning", "timeRaised": raised,
            "description": "River Clar at Sella"}  # fmt: skip


def test_flood_warnings_by_level_and_what_ends_them() -> None:
    alerts = parse(floods(flood(1, "a"), flood(2, "b"), flood(3, "c")))
    assert [alert.infos[0].severity for alert in alerts] == ["Extreme", "Severe", "Moderate"]
    assert alerts[0].infos[0].areas[0].geocodes == (("EA flood area", "a"),)
    assert alerts[0].sent_s == HEARD_S - 3600
    over = parse(floods(flood(4, "a", "2026-01-10T08:30:00")))
    assert {hazard.alert for hazard in after([*alerts, *over]).hazards} == {alerts[1].id, alerts[2].id}


@pytest.mark.parametrize("level", [0, 5, None, "2", 10**400])
def test_a_flood_warning_of_no_known_level_is_kept_unread(level: Any) -> None:
    good, bad = parse(floods(flood(2), flood(level, "b")))
    assert good.identifier == "flood 999WAF"
    assert bad.identifier == "flood b/unreadable"
