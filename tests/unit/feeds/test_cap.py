"""CAP: what is mended, what is refused, and what a hostile sender may try."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from vado import feeds
from vado.errors import PayloadError
from vado.feeds.findings import VERTICES_MAX
from vado.feeds.recognise import BODY_MAX
from vado.feeds.xml import DEPTH_MAX, ELEMENTS_MAX
from vado.model.alert import Action, Alert, Circle, MsgType
from vado.model.when import rfc3339

HEARD_S = 1_768_035_000
SQUARE = "42.10,1.20 42.10,1.30 42.16,1.30 42.16,1.20 42.10,1.20"


def cap(
    *,
    info: str = "",
    area: str | None = None,
    namespace: str = "urn:oasis:names:tc:emergency:cap:1.2",
    **head: str,
) -> bytes:
    values = {
        "identifier": "a1", "sender": "s@x.example", "sent": "2026-01-10T09:00:00+01:00", "status": "Actual",
        "msgType": "Alert", "scope": "Public",
    } | head  # fmt: skip
    top = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    where = f"<area><areaDesc>x</areaDesc>{area}</area>" if area is not None else ""
    body = (
        f"<info><category>Met</category><event>Flood</event><urgency>Expected</urgency><severity>Severe</severity>"
        f"<certainty>Likely</certainty><expires>2026-01-10T18:00:00+01:00</expires>{info}{where}</info>"
    )
    return f'<alert xmlns="{namespace}">{top}{body}</alert>'.encode()


def read(body: bytes) -> Alert:
    (alert,) = feeds.parse(body, source="test", received_s=0)
    return alert


def codes(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        feeds.parse(body, source="test", received_s=0)
    return [(fault.code, fault.field) for fault in caught.value.faults]


def ring(text: str) -> tuple[tuple[float, float], ...]:
    (polygon,) = read(cap(area=f"<polygon>{text}</polygon>")).infos[0].areas[0].polygons
    return polygon.outer


def test_lat_lon_becomes_lon_lat() -> None:
    assert ring(SQUARE)[:2] == ((1.2, 42.1), (1.3, 42.1))


@pytest.mark.parametrize(
    "text",
    [
        "  42.10,1.20\n\t42.10,1.30   42.16,1.30 42.16,1.20 42.10,1.20 ",
        "+42.10,+1.20 +42.10,+1.30 42.16,1.30 42.16,1.20 42.10,1.20",
        "42.10, 1.20 42.10, 1.30 42.16, 1.30 42.16, 1.20 42.10, 1.20",
        "42.10,1.20, 42.10,1.30, 42.16,1.30, 42.16,1.20, 42.10,1.20",
        "42.10,1.20 42.10,1.30 42.16,1.30 42.16,1.20",
    ],
)
def test_slack_in_polygons_is_mended(text: str) -> None:
    assert ring(text) == ring(SQUARE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("42.10,1.20 42.10,1.30", "E1103"),
        ("42.10,1.20 42.20,1.30 42.30,1.40", "E1103"),
        ("42.10,1.20 42.10,1.30 42.10,1.20", "E1103"),
        ("42.10,1.20", "E1103"),
        ("42.10,1.20 NaN,1.30 42.16,1.30 42.10,1.20", "E1104"),
        ("42.10,1.20 inf,1.30 42.16,1.30 42.10,1.20", "E1104"),
        ("42.10,1.20 42.10,1e999 42.16,1.30 42.10,1.20", "E1104"),
        ("1.20,142.10 1.30,142.10 1.30,642.16 1.20,142.10", "E1104"),
        ("91,1.20 42.10,1.30 42.16,1.30 42.10,1.20", "E1104"),
        ("42.10 1.20 42.10 1.30 42.16", "E1004"),
        ("42 1 42 2 43 2", "E1004"),
        ("42.10,1.20,300 42.10,1.30 42.16,1.30,300", "E1004"),
        ("42,1,42,2,43,2", "E1004"),
        ("4_2.10,1.20 42.10,1.30 42.16,1.30", "E1004"),
        ("here and there", "E1004"),
    ],
)
def test_a_polygon_that_cannot_be_understood_refuses_the_message(text: str, code: str) -> None:
    good = f"<polygon>{SQUARE}</polygon>"
    assert codes(cap(area=f"{good}<polygon>{text}</polygon>")) == [(code, "info[0].area[0].polygon[1]")]


def test_circles_are_kilometres_and_zero_is_a_point() -> None:
    area = read(cap(area="<circle>42.5,1.5 2.5</circle><circle>42.6,1.6 0</circle>")).infos[0].areas[0]
    assert area.circles == (
        Circle(lon=1.5, lat=42.5, radius_m=2500),
        Circle(lon=1.6, lat=42.6, radius_m=0),
    )


@pytest.mark.parametrize(
    "text", ["42.5,1.5", "42.5,1.5 x", "42.5,1.5 -1", "42.5,1.5 nan", "42.5,1.5 5,5", "2"]
)
def test_a_bad_circle_refuses_the_message(text: str) -> None:
    assert codes(cap(area=f"<circle>{text}</circle>")) == [("E1004", "info[0].area[0].circle[0]")]


@pytest.mark.parametrize(
    ("sent", "epoch"),
    [
        ("2026-01-10T09:00:00+01:00", 1768032000),
        ("2026-01-10T08:00:00-00:00", 1768032000),
        ("2026-01-10T08:00:00Z", 1768032000),
        ("2026-01-10T08:00:00.750+00:00", 1768032000),
        ("2026-01-10T08:00+00:00", 1768032000),
        ("2026-01-10T13:30:00+0530", 1768032000),
        ("1969-12-31T23:59:59Z", -1),
    ],
)
def test_times_with_offset(sent: str, epoch: int) -> None:
    assert read(cap(sent=sent)).sent_s == epoch


@pytest.mark.parametrize(
    "sent",
    ["2026-01-10", "yesterday", "2026-02-30T09:00:00Z", "2026-01-10T25:00:00Z",
     "1768032000", "2026-01-10T09:00:00+99:00", "0000-01-01T00:00:00Z"],
)  # fmt: skip
def test_times_without_sense_are_refused(sent: str) -> None:
    assert codes(cap(sent=sent)) == [("E1105", "sent")]


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "msgType"])
def test_what_the_standard_demands_of_an_alert_must_be_there(name: str) -> None:
    assert codes(cap(**{name: ""})) == [("E1102", name)]


def test_words_in_any_case_are_read_and_strange_ones_refused() -> None:
    assert read(cap(status="ACTUAL", msgType="update")).msg_type is MsgType.UPDATE
    assert codes(cap(status="Real", msgType="Shout")) == [("E1004", "status"), ("E1004", "msgType")]


@pytest.mark.parametrize(
    ("references", "expected", "noted"),
    [
        ("s,1,2026-01-10T09:00:00+01:00", ["s,1"], False),
        ("s,1,2026-01-10T09:00:00+01:00 s,2,2026-01-10T09:00:00+01:00", ["s,1", "s,2"], False),
        ("\n s,1,2026-01-10T09:00:00+01:00\n\t s,1,2026-01-10T09:00:00+01:00\n", ["s,1"], False),
        (
            "Seismic Network,an id,2026-01-10T09:00:00+01:00 s,2,2026-01-10T09:00:00Z",
            ["Seismic Network,an id", "s,2"],
            False,
        ),
        ("s,1", [], True),
        ("nonsense", [], True),
        ("s,1,2026-01-10T09:00:00+01:00 rest", ["s,1"], True),
        ("", [], False),
    ],
)
def test_references(references: str, expected: list[str], noted: bool) -> None:
    alert = read(cap(msgType="Update", references=references))
    assert list(alert.references) == expected
    assert any(note.startswith("references") for note in alert.notes) == noted


def test_the_event_ending_time_goes_before_expires() -> None:
    name, value = "eventEndingTime", "2026-01-12T06:00:00+01:00"
    ending = f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter>"
    assert read(cap(info=ending)).infos[0].expires_s == 1768194000


def test_no_usable_end_is_none_and_noted() -> None:
    alert = read(cap(info="<onset>2026-01-11T00:00:00+01:00</onset>"))
    assert alert.infos[0].expires_s is None
    assert alert.notes == ("info[0].expires: is before the onset; the end is taken as not given",)


@pytest.mark.parametrize(
    "namespace", ["urn:oasis:names:tc:emergency:cap:1.1", "http://www.incident.com/cap/1.0"]
)
def test_older_versions_are_read(namespace: str) -> None:
    assert read(cap(namespace=namespace)).identifier == "a1"


def test_an_alert_of_another_standard_is_not_read() -> None:
    assert codes(cap(namespace="urn:example:alert")) == [("E1006", "")]


def test_other_encodings_are_read() -> None:
    text = cap(info="<headline>Überflutung</headline>").decode()
    for encoding in ("utf-8-sig", "iso-8859-1", "utf-16"):
        body = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{text}'.encode(encoding)
        assert read(body).infos[0].headline == "Überflutung"
    assert codes(b'<?xml version="1.0" encoding="klingon"?><alert/>') == [("E1001", "")]


def test_a_list_of_alerts_keeps_those_with_faults_unread_and_takes_in_the_rest() -> None:
    body = b"<alerts>" + cap() + cap(sent="never") + cap(sender="") + b"</alerts>"
    good, late, nameless = feeds.parse(body, source="test")
    assert not good.identifier.endswith("/unreadable")
    for bad, why in ((late, "'never' is no time"), (nameless, "the alert has no sender")):
        # Under a name of its own, so that it does not replace what was understood before.
        assert bad.identifier == f"{good.identifier}/unreadable"
        assert bad.infos[0].stated[0].action is Action.INSPECT
        assert why in bad.notes[0]


def test_a_list_of_alerts_with_faults_alone_is_refused_with_all_of_them() -> None:
    body = b"<alerts>" + cap(sent="never") + cap(sender="") + b"</alerts>"
    assert codes(body) == [("E1105", "alert[0].sent"), ("E1102", "alert[1].sender")]


def test_limits() -> None:
    assert codes(b"<" + b" " * BODY_MAX) == [("E1002", "")]
    assert codes(b"<a>" * (DEPTH_MAX + 1)) == [("E1002", "")]
    assert codes(b"<a>" + b"<b/>" * ELEMENTS_MAX + b"</a>") == [("E1002", "")]
    many = " ".join(f"42.{n:06},1.{n * n % 999_983:06}" for n in range(VERTICES_MAX + 1))
    assert codes(cap(area=f"<polygon>{many}</polygon>")) == [("E1002", "")]


@pytest.mark.parametrize(
    "body",
    [
        cap(area=f"<polygon>{' ' * 400_000}</polygon>"),
        cap(area=f"<polygon>{'1,' * 400_000}</polygon>"),
        cap(references="a" * 400_000, msgType="Update"),
        cap(references="a " * 200_000, msgType="Update"),
        cap(references="," * 400_000, msgType="Update"),
        cap(
            info=f"<eventCode><valueName>{'x' * 400_000}</valueName>"
            f"<value>{'sperr' * 80_000}</value></eventCode>"
        ),
    ],
)
def test_hostile_texts_take_no_quadratic_time(body: bytes) -> None:
    # Quadratic, each would take minutes. Whether it is then read or refused does not matter here.
    with suppress(PayloadError):
        feeds.parse(body, source="test", received_s=0)


def test_nothing_and_nonsense_are_refused() -> None:
    for body in (b"", b"   ", b"hello", b"\x00\x01", b"%PDF-1.7", b"[1, 2]", b"null", b"{}"):
        assert codes(body) == [("E1006", "")], body


def test_notes_and_faults_are_bounded() -> None:
    bad = "".join("<polygon>1,1</polygon>" for _ in range(1000))
    assert len(codes(cap(area=bad))) == 100
    empty = "".join("<polygon/>" for _ in range(1000))
    assert len(read(cap(area=empty)).notes) == 100


def test_reading_twice_gives_the_same() -> None:
    body = cap(area=f"<polygon>{SQUARE}</polygon>")
    assert feeds.parse(body, source="a", received_s=1) == feeds.parse(body, source="a", received_s=1)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", read(body).raw)


@pytest.mark.parametrize(
    ("ahead_s", "sent_s", "noted"),
    [
        (300, HEARD_S + 300, False),
        (301, HEARD_S, True),
        (15 * 3600, HEARD_S, True),
        (-900, HEARD_S - 900, False),
    ],
)
def test_a_message_from_the_future_counts_as_sent_when_it_was_received(
    ahead_s: int, sent_s: int, noted: bool
) -> None:
    """Or it would outrank until then what its sender says later: also that the road is shut after all."""
    body = cap(sent=rfc3339(HEARD_S + ahead_s))
    (alert,) = feeds.parse(body, source="test", received_s=HEARD_S)
    assert (alert.sent_s, alert.infos[0].onset_s) == (sent_s, sent_s)
    assert any("sent: " in note and "still to come" in note for note in alert.notes) == noted


def test_without_a_time_of_arrival_a_message_is_as_old_as_it_says() -> None:
    assert read(cap(sent="2999-01-01T00:00:00Z")).sent_s > HEARD_S


@pytest.mark.parametrize(
    ("heights", "expected", "noted"),
    [
        ("", (None, None), False),
        ("<altitude>3937.0079</altitude>", (1200.0, None), False),
        ("<altitude>0</altitude><ceiling>9842.5197</ceiling>", (None, 3000.0), False),
        ("<altitude>3280.84</altitude><ceiling>6561.68</ceiling>", (1000.0, 2000.0), False),
        ("<altitude>6561.68</altitude><ceiling>3280.84</ceiling>", (None, None), True),
        ("<ceiling>3280.84</ceiling>", (None, None), True),
        ("<altitude>1200 m</altitude>", (None, None), True),
        ("<altitude>inf</altitude>", (None, None), True),
    ],
)
def test_heights_are_feet_and_nonsense_widens_the_area(
    heights: str, expected: tuple[float | None, float | None], noted: bool
) -> None:
    alert = read(cap(area=f"<polygon>{SQUARE}</polygon>{heights}"))
    (area,) = alert.infos[0].areas
    assert (area.above_m, area.below_m) == pytest.approx(expected, abs=0.001)
    assert any("altitude" in note or "ceiling" in note for note in alert.notes) == noted
