"""Whatever traffic centres and map services send: alerts, or a PayloadError; one bad record hides no
other."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from road_messages import JSON_MESSAGES, OTHER_MESSAGES, RECEIVED_S
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Alert
from vado.model.codec import from_json, to_json

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "0",
            "NaN",
            "1e400",
            "closed",
            "2026-13-45T99:99:99Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59Z",
            "-",
            "/",
            "1 2 3",
            "🚧",
            "\x00",
            "2026-01-01",
            "25:00-26:61",
            [],
            {},
            [[]],
            [{}],
            {"type": "Point"},
            [None],
            [math.nan, 1],
            [[[[1, 2]]]],
            {"coordinates": "x"},
            math.inf,
            -math.inf,
            2**63,
            -1,
            1e308,
            181,
            True,
        ]
    ),
)


def parse(body: bytes) -> tuple[Alert, ...]:
    return feeds.parse(body, source="centre", received_s=RECEIVED_S)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every value inside, also to those that hold others."""
    inside: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in inside:
        yield (*at, key)
        yield from paths(each, (*at, key))


def changed(message: Any, way: tuple[Any, ...], value: Any) -> Any:
    message = copy.deepcopy(message)
    holder = message
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = value
    return message


PATHS = [(name, way) for name, message in JSON_MESSAGES.items() for way in paths(message)]


@pytest.mark.parametrize("name", [*JSON_MESSAGES, *OTHER_MESSAGES])
def test_the_messages_are_read_without_a_note_of_doubt(name: str) -> None:
    body = OTHER_MESSAGES.get(name) or json.dumps(JSON_MESSAGES[name]).encode()
    alerts = parse(body)
    assert alerts
    assert not [alert.id for alert in alerts if "unreadable" in alert.id]


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PATHS), JUNK)
def test_any_value_anywhere_gives_alerts_or_a_payload_error(
    where: tuple[str, tuple[Any, ...]], junk: Any
) -> None:
    name, way = where
    body = json.dumps(changed(JSON_MESSAGES[name], way, junk)).encode()
    try:
        alerts = parse(body)
    except PayloadError:
        return
    assert [from_json(Alert, to_json(alert)) for alert in alerts] == list(alerts), "they survive the store"
    assert len({alert.id for alert in alerts}) == len(alerts), "each id once"


RECORD_PATHS = [(name, way) for name, way in PATHS if len(way) > 2 and way[1] == 0 and name not in ("ems",)]


@settings(max_examples=800, deadline=None)
@given(st.sampled_from(RECORD_PATHS), JUNK)
def test_what_is_wrong_with_one_record_takes_nothing_from_the_others(
    where: tuple[str, tuple[Any, ...]], junk: Any
) -> None:
    name, way = where
    message = JSON_MESSAGES[name]
    without = {**message, way[0]: message[way[0]][1:]}
    others = {alert.id: alert.infos for alert in parse(json.dumps(without).encode())}
    try:
        found = {alert.id: alert.infos for alert in parse(json.dumps(changed(message, way, junk)).encode())}
    except PayloadError:
        return  # the document as a whole is a fault, and what was known stays
    for identifier, infos in others.items():
        assert identifier in found
        if name != "effis":  # there all positions together tell in which order they stand
            assert found[identifier] == infos


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(OTHER_MESSAGES)), st.data())
def test_broken_bytes_give_alerts_or_a_payload_error(name: str, data: st.DataObject) -> None:
    body = bytearray(OTHER_MESSAGES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        parse(bytes(body))
    except PayloadError:
        return


@pytest.mark.parametrize("name", [*JSON_MESSAGES, "cifs", "gdacs_rss", "ign", "dpc"])
def test_a_document_that_is_cut_off_is_a_fault_and_never_an_empty_list(name: str) -> None:
    body = OTHER_MESSAGES.get(name) or json.dumps(JSON_MESSAGES[name]).encode()
    for share in range(1, 20):
        with pytest.raises(PayloadError):
            parse(body[: len(body) * share // 20])


@pytest.mark.parametrize("name", sorted(JSON_MESSAGES))
def test_a_list_that_is_none_is_a_fault(name: str) -> None:
    message = JSON_MESSAGES[name]
    listed = next(key for key in ("features", "events", "incidents", "alerts") if key in message)
    for junk in (None, {}, "", 0):
        with pytest.raises(PayloadError):
            parse(json.dumps({**message, listed: junk}).encode())
