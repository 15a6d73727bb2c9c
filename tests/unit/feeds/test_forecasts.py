"""Forecasts: hours in which a threshold is reached are hazards, as likely as the forecast makes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vado.feeds.forecast import parse_thresholds, shipped_thresholds
from vado.model.alert import Alert, Info
from vado.model.when import rfc3339
from weather_messages import HEARD_S, after, parse, why_refused

HOUR_S = 3600
UNITS = {
    "time": "iso8601", "precipitation": "mm", "snowfall": "cm", "wind_gusts_10m": "km/h",
    "wind_speed_10m": "m/s", "temperature_2m": "°C", "visibility": "m",
    "weather_code": "wmo code", "precipitation_probability": "%",
}  # fmt: skip


def open_meteo(offset_s: int = 3600, *, units: dict[str, str] | None = None, **columns: list[Any]) -> bytes:
    """Write a forecast from 10:00 local time on, which is 9:00 UTC."""
    count = max(len(values) for values in columns.values())
    times = [f"2026-01-10T{10 + n:02}:00" for n in range(count)]
    value = {
        "latitude": 42.5, "longitude": 1.5, "utc_offset_seconds": offset_s, "timezone": "Europe/Andorra",
        "hourly_units": UNITS | (units or {}), "hourly": {"time": times, **columns},
    }  # fmt: skip
    return json.dumps(value).encode()


def spells(alert: Alert) -> list[tuple[str, str, str, str, str]]:
    return [(i.kind, i.severity, i.certainty, hour(i.onset_s), hour(i.expires_s or 0)) for i in alert.infos]


def hour(epoch: int) -> str:
    return (rfc3339(epoch) or "")[11:16]


def only(body: bytes) -> Alert:
    (alert,) = parse(body)
    return alert


def test_a_spell_is_the_hours_in_which_a_threshold_is_reached() -> None:
    # Rain is of the hour before its time: 11:00 local is 9 to 10 UTC.
    alert = only(open_meteo(precipitation=[0, 7, 8, 35, 0, 7]))
    assert spells(alert) == [
        ("rain", "Moderate", "Likely", "09:00", "11:00"),
        ("rain", "Severe", "Likely", "11:00", "12:00"),
        ("rain", "Moderate", "Likely", "13:00", "14:00"),
    ]
    assert alert.infos[0].areas[0].circles[0].radius_m == shipped_thresholds().radius_m


def test_pitfall_45_a_forecast_says_that_its_severity_is_ours() -> None:
    alert = only(open_meteo(precipitation=[0, 7]))
    assert "a forecast, no warning: its severity is ours" in alert.notes
    assert ("severity", "inferred by Vado, data/forecast.toml") in alert.infos[0].parameters
    assert alert.infos[0].certainty != "Observed"


@pytest.mark.parametrize("offset_s", [0, 3600, -18_000, 20_700])
def test_pitfall_31_times_without_offset_are_local_by_the_one_that_stands_beside_them(offset_s: int) -> None:
    (info,) = only(open_meteo(offset_s, wind_gusts_10m=[0, 90, 0])).infos
    assert info.onset_s == HEARD_S - (offset_s - 3600)  # the hour before 11:00 local time


def test_pitfall_31_an_hour_that_the_clock_shows_twice_stands_once() -> None:
    # One offset for the whole answer: the night of the change has no hour twice and none is missing.
    body = json.loads(open_meteo(7200, wind_gusts_10m=[0, 90, 90, 0]))
    body["hourly"]["time"] = [f"2026-10-25T0{n}:00" for n in range(1, 5)]
    (info,) = only(json.dumps(body).encode()).infos
    assert (info.expires_s or 0) - info.onset_s == 2 * HOUR_S


def test_units_are_those_that_were_asked_for() -> None:
    for unit, value in (("km/h", 75), ("m/s", 21), ("mp/h", 47), ("kn", 41)):
        alert = only(open_meteo(wind_gusts_10m=[0, value], units={"wind_gusts_10m": unit}))
        assert [(i.kind, i.severity) for i in alert.infos] == [("wind", "Severe")], unit
    assert why_refused(open_meteo(wind_gusts_10m=[9], units={"wind_gusts_10m": "beaufort"})) == ["E1003"]
    cold = only(open_meteo(temperature_2m=[-5, -10], units={"temperature_2m": "°F"}))
    assert [(i.kind, i.severity) for i in cold.infos] == [("cold", "Severe")]


def test_wind_without_gusts_counts_as_the_gusts_that_it_brings() -> None:
    assert [(i.kind, i.severity) for i in only(open_meteo(wind_speed_10m=[13])).infos] == [("wind", "Severe")]
    with_gusts = only(open_meteo(wind_speed_10m=[13, 13], wind_gusts_10m=[0, 0]))
    assert with_gusts.infos == ()


def test_snow_of_a_day_lies_on_the_road_after_it_fell() -> None:
    alert = only(open_meteo(snowfall=[0, 3, 3, 0, 0]))
    kinds = {(i.kind, i.severity) for i in alert.infos}
    assert kinds == {("snow", "Severe")}
    assert hour(max(i.expires_s or 0 for i in alert.infos)) == "13:00"  # the end of the forecast


def test_freezing_rain_fog_and_cold() -> None:
    alert = only(open_meteo(weather_code=[66, 0], visibility=[90, 300], temperature_2m=[-21, 1]))
    assert {(i.kind, i.severity, hour(i.onset_s)) for i in alert.infos} == {
        ("ice", "Severe", "09:00"), ("fog", "Severe", "09:00"), ("fog", "Moderate", "10:00"),
        ("cold", "Severe", "09:00"),
    }  # fmt: skip


def test_what_the_forecast_itself_doubts_is_possible() -> None:
    alert = only(open_meteo(precipitation=[0, 7, 7], precipitation_probability=[0, 80, 30]))
    assert [info.certainty for info in alert.infos] == ["Likely", "Possible"]


def test_a_newer_forecast_takes_the_place_of_the_older_one_also_when_it_says_nothing() -> None:
    (storm,) = parse(open_meteo(wind_gusts_10m=[90, 90]), received_s=HEARD_S - 60)
    (calm,) = parse(open_meteo(wind_gusts_10m=[5, 5]), received_s=HEARD_S)
    assert after([storm]).hazards
    assert not after([storm, calm]).hazards
    assert not after([calm, storm]).hazards  # heard late, it is older all the same


def test_several_places_are_several_alerts() -> None:
    one = json.loads(open_meteo(wind_gusts_10m=[0, 90]))
    both = parse(json.dumps([one, one | {"latitude": 43.0}]).encode())
    assert [alert.identifier for alert in both] == ["forecast 42.5000 1.5000", "forecast 43.0000 1.5000"]
    broken = one | {"utc_offset_seconds": None}
    good, bad = parse(json.dumps([one, broken]).encode())
    assert good.infos
    assert bad.identifier.endswith("/unreadable")


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 95}, {"latitude": None}, {"utc_offset_seconds": "x"}, {"utc_offset_seconds": 10**400},
        {"hourly": {"time": ["2026-01-10T10:00"], "precipitation": [1, 2]}},
        {"hourly": {"time": ["soon"], "precipitation": [1]}},
        {"hourly": {"time": ["2026-01-10T10:00", "2026-01-10T09:00"], "precipitation": [1, 1]}},
        {"hourly": {"time": [], "precipitation": []}}, {"hourly": []},
        {"hourly": {"time": ["2026-01-10T10:00"], "soil_moisture": [1]}},
    ],
)  # fmt: skip
def test_a_forecast_that_cannot_be_read_is_a_fault(change: dict[str, Any]) -> None:
    body = json.loads(open_meteo(precipitation=[1])) | change
    assert why_refused(json.dumps(body).encode())


def test_hours_without_a_value_are_said_and_values_that_cannot_be_are_left_out() -> None:
    alert = only(open_meteo(precipitation=[0, None, 7, 9_999]))
    assert [(hour(i.onset_s), i.severity) for i in alert.infos] == [("10:00", "Moderate")]
    assert any("have no value" in note for note in alert.notes)
    assert any("has not seen" in note for note in alert.notes)


# ------------------------------------------------------------------------------------------ MET Norway


def met(*hours: dict[str, Any], updated: str = "2026-01-10T08:30:00Z", step: int = 1, **units: str) -> bytes:
    series = [{"time": f"2026-01-10T{9 + n * step:02}:00:00Z", "data": data} for n, data in enumerate(hours)]
    meta = {"updated_at": updated, "units": {"precipitation_amount": "mm", "wind_speed": "m/s"} | units}
    return json.dumps({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [1.5, 42.5, 1200]},
        "properties": {"meta": meta, "timeseries": series},
    }).encode()  # fmt: skip


def at(*, amount: float | None = None, symbol: str = "", hours: int = 1, **instant: float) -> dict[str, Any]:
    data: dict[str, Any] = {"instant": {"details": instant}}
    if amount is not None:
        details = {"precipitation_amount": amount}
        data[f"next_{hours}_hours"] = {"summary": {"symbol_code": symbol}, "details": details}
    return data


def kinds(infos: tuple[Info, ...]) -> set[tuple[str, str]]:
    return {(info.kind, info.severity) for info in infos}


def test_met_norway_rain_snow_gusts_fog_and_freezing_rain() -> None:
    assert kinds(only(met(at(amount=7, symbol="rain", air_temperature=5))).infos) == {("rain", "Moderate")}
    assert kinds(only(met(at(amount=3, symbol="heavysnow", air_temperature=-2))).infos) == {
        ("snow", "Severe")
    }
    assert kinds(only(met(at(amount=3, air_temperature=-2))).infos) == {
        ("snow", "Severe")
    }  # no symbol says what
    assert kinds(only(met(at(amount=1, symbol="lightrain", air_temperature=-2))).infos) == {("ice", "Severe")}
    assert kinds(only(met(at(wind_speed_of_gust=25))).infos) == {("wind", "Severe")}
    assert kinds(only(met(at(wind_speed=13))).infos) == {("wind", "Severe")}
    assert kinds(only(met(at(fog_area_fraction=80))).infos) == {("fog", "Moderate")}
    assert only(met(at(air_temperature=5))).infos == ()


def test_met_norway_rain_of_six_hours_falls_in_a_part_of_them() -> None:
    (info,) = only(met(at(amount=24, hours=6, symbol="rain", air_temperature=5), step=6)).infos
    assert (info.kind, hour(info.onset_s), hour(info.expires_s or 0)) == ("rain", "09:00", "15:00")


def test_met_norway_is_dated_by_itself() -> None:
    assert only(met(at(wind_speed=1))).sent_s == HEARD_S - 1800
    assert only(met(at(wind_speed=1), updated="never")).sent_s == HEARD_S
    recorded = json.dumps({"status_code": 200, "data": json.loads(met(at(wind_speed_of_gust=25)))}).encode()
    assert kinds(only(recorded).infos) == {("wind", "Severe")}


def test_met_norway_in_another_unit_is_another_number() -> None:
    assert why_refused(met(at(wind_speed=13), wind_speed="kn")) == ["E1003"]
    assert why_refused(met()) == ["E1105"]


def test_every_threshold_has_a_source_and_a_kind_that_the_effects_know() -> None:
    from tables import meaning, table

    rows = parse_thresholds(table("forecast")).rows
    assert {row.kind for row in rows} <= set(meaning().kinds.names)
    for row in rows:
        effects = meaning().effects(row.kind, row.severity, "Likely")
        assert all(effect.source for effect in effects)
