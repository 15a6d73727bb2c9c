"""DWD's warnings.json: the call around it, severities by headline, cells, early notices, what is broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vado import feeds
from vado.errors import PayloadError
from vado.feeds import Lifecycle
from vado.model.alert import Alert
from vado.model.ids import IN_PART, UNREADABLE
from weather_messages import dwd

RECEIVED_S = 1_768_050_700


def read(body: bytes) -> tuple[Alert, ...]:
    return feeds.parse(body, source="dwd", received_s=RECEIVED_S)


def test_a_warning_of_a_cell_is_read_out_of_its_call() -> None:
    body = dwd({})
    found = feeds.read(body, source="dwd", received_s=RECEIVED_S, pulled=True)
    (alert,) = found.alerts
    (info,) = alert.infos
    assert (alert.id, alert.sent_s) == ("DWD,109999000 3 1768050000000", 1_768_050_600)
    assert (info.kind, info.severity, info.certainty) == ("snow", "Severe", "Likely")
    assert (info.onset_s, info.expires_s) == (1_768_050_000, 1_768_090_000)
    assert info.areas[0].geocodes == (("WARNCELLID", "109999000"),)
    assert info.areas[0].description == "Kreis Nirgendwo, NW"
    assert (found.lifecycle, found.read.full, found.read.at_s) == (Lifecycle.FULL, True, 1_768_050_600)
    bare = body.removeprefix(b"warnWetter.loadWarnings(").removesuffix(b");")
    assert [each.infos for each in read(bare)] == [each.infos for each in found.alerts]


@pytest.mark.parametrize(
    ("headline", "level", "severity"),
    [
        ("Amtliche WARNUNG vor FROST", 2, "Minor"),
        ("Amtliche WARNUNG vor MARKANTEM WETTER", 2, "Moderate"),
        ("Amtliche EXTREME UNWETTERWARNUNG vor ORKAN", 4, "Extreme"),
        ("zzqx", 3, "Severe"),
        ("", 52, "Extreme"),
        ("", None, "Unknown"),
    ],
)
def test_the_headline_says_how_severe_it_is_and_else_the_level(
    headline: str, level: Any, severity: str
) -> None:
    (alert,) = read(dwd({"headline": headline, "level": level}))
    assert alert.infos[0].severity == severity
    assert (IN_PART in alert.id) is ("WARNUNG" not in headline)


def test_what_may_come_is_told_apart_from_what_is_warned_of() -> None:
    (alert,) = read(dwd({}, early=True))
    assert alert.infos[0].certainty == "Possible"
    assert alert.identifier.startswith("vorabInformation ")


def test_heights_of_unknown_unit_make_no_cell_smaller() -> None:
    low, high = read(dwd({"altitudeEnd": 800}, {"altitudeStart": 800, "description": "40 cm."}))
    for alert in (low, high):
        assert alert.infos[0].areas[0].above_m is None
        assert alert.infos[0].areas[0].below_m is None
        assert any("at all heights" in note for note in alert.notes)
    assert low.id != high.id


def test_nothing_is_an_answer_and_a_call_that_is_cut_off_is_none() -> None:
    found = feeds.read(dwd(warnings={}), source="dwd", received_s=RECEIVED_S, pulled=True)
    assert (found.alerts, found.read.full, found.read.complete) == ((), True, True)
    for cut in (1, 2, 10, 60):
        body = dwd({})[:-cut]
        if not body.endswith(b")"):
            with pytest.raises(PayloadError) as caught:
                read(body)
            assert caught.value.faults[0].code == "E1001"


def test_a_warning_that_is_broken_is_kept_unread_where_it_is() -> None:
    bad, good = read(dwd({"start": "zzqx"}, {}))
    assert bad.id.endswith(UNREADABLE)
    assert bad.infos[0].areas[0].geocodes == (("WARNCELLID", "109999000"),)
    assert good.infos[0].kind == "snow"
    (endless,) = read(dwd({"end": "zzqx"}))
    assert IN_PART in endless.id
    (cell,) = read(json.dumps({"time": 1, "warnings": {"1": 7}, "vorabInformation": {}}).encode())
    assert UNREADABLE in cell.id
