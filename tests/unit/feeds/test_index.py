"""Indices: what their entries hold is read, what they only name is to be fetched, and never nothing."""

from __future__ import annotations

import pytest

from vado.feeds import index
from vado.feeds.recognise import open_document
from vado.model.alert import Action
from weather_messages import CAP, HEARD_S, SQUARE, after, cap, parse, why_refused

ENTRY = """
<entry><cap:geocode><valueName>EMMA_ID</valueName><value>XX00{n}</value></cap:geocode>
<cap:areaDesc>Zone {n}</cap:areaDesc><cap:event>Moderate rain warning</cap:event>
<cap:sent>2026-01-10T08:00:00+00:00</cap:sent>
<cap:expires>2026-01-10T18:00:00+00:00</cap:expires><cap:onset>2026-01-10T10:00:00+00:00</cap:onset>
<cap:certainty>Likely</cap:certainty><cap:severity>{severity}</cap:severity><cap:urgency>Future</cap:urgency>
<cap:message_type>Alert</cap:message_type><cap:status>Actual</cap:status>
<cap:identifier>{name}</cap:identifier>
<link type="application/cap+xml" href="https://feeds.example/cap/{name}"/>
<title>{title} Rain Warning</title></entry>"""


def atom(*entries: str) -> bytes:
    head = f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="{CAP}"><id>tag:x.example:XX</id>'
    return (head + "".join(entries) + "</feed>").encode()


def entry(n: int, name: str = "w1", *, severity: str = "Moderate", title: str = "Yellow") -> str:
    return ENTRY.format(n=n, name=name, severity=severity, title=title)


def pointer(name: str, href: str) -> str:
    head = f"<entry><id>{name}</id><updated>2026-01-10T08:00:00Z</updated><title>x</title>"
    return f"{head}<link href='{href}'/></entry>"


def test_entries_of_one_message_are_its_infos() -> None:
    (alert,) = parse(atom(entry(1), entry(2), entry(2)))
    assert [info.areas[0].description for info in alert.infos] == ["Zone 1", "Zone 2"]
    assert alert.infos[0].kind == "rain"
    assert alert.event == "cap w1"
    assert len(after([alert]).hazards) == 2


def test_pitfall_05_near_identical_entries_of_two_messages_are_two() -> None:
    assert [alert.identifier for alert in parse(atom(entry(1), entry(1, "w2")))] == ["w1", "w2"]


def test_pitfall_21_green_entries_are_no_warnings() -> None:
    green = parse(atom(entry(1, severity="Minor", title="Green")))
    assert len(green) == 1
    assert not after(green).hazards
    # A green title over a severe warning is a slip of the pen: the severe one counts.
    assert after(parse(atom(entry(1, severity="Severe", title="Green")))).hazards


def test_an_expired_entry_is_read_and_binds_nobody() -> None:
    alerts = parse(atom(entry(1)))
    assert not after(alerts, now_s=HEARD_S + 10 * 3600).hazards


def test_polygons_of_entries_are_read() -> None:
    place = "<cap:geocode><valueName>EMMA_ID</valueName><value>XX001</value></cap:geocode>"
    (alert,) = parse(atom(entry(1).replace(place, f"<cap:polygon>{SQUARE}</cap:polygon>")))
    assert alert.infos[0].areas[0].polygons[0].outer[0] == (1.2, 42.1)


def test_an_entry_without_a_warning_in_it_is_to_be_fetched() -> None:
    (alert,) = parse(atom(pointer("p1", "https://x.example/p1.cap")))
    assert alert.infos[0].stated[0].action is Action.INSPECT
    assert "https://x.example/p1.cap" in alert.notes[0]
    (hazard,) = after([alert]).hazards
    assert hazard.unknown  # of no place can anybody say that it is not there


def test_links_to_fetch_come_once_and_archives_first() -> None:
    body = atom(
        entry(1), entry(2),
        pointer("p1", "https://x.example/cap/p1.xml"),
        pointer("p2", "https://x.example/cap/all_AFAE.tar.gz"),
    )  # fmt: skip
    found = index.links(open_document(body))
    assert [link.href.rpartition("/")[2] for link in found] == ["all_AFAE.tar.gz", "w1", "p1.xml"]
    assert found[1].event == "cap w1"


def test_an_index_without_entries_is_an_answer_and_one_of_other_news_is_none() -> None:
    assert parse(atom()) == ()
    plain = b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>Blog</title></feed>'
    news = (
        b"<rss><channel><title>News</title><item><link>https://x.example/news/1</link></item></channel></rss>"
    )
    assert why_refused(plain) == ["E1006"]
    assert why_refused(news) == ["E1006"]


def test_dates_of_rss_are_read() -> None:
    item = (
        "<item><title>Flood</title><link>https://x.example/a.xml</link><guid>g1</guid>"
        "<pubDate>Sat, 10 Jan 2026 08:00:00 +0000</pubDate><cap:event>Flood</cap:event>"
        "<cap:severity>Severe</cap:severity><cap:expires>Sat, 10 Jan 2026 18:00:00 +0000</cap:expires></item>"
    )
    body = f'<rss xmlns:cap="{CAP}" version="2.0"><channel><title>x</title>{item}</channel></rss>'
    (alert,) = parse(body.encode())
    assert alert.sent_s == HEARD_S - 3600
    assert alert.infos[0].expires_s == HEARD_S + 9 * 3600
    assert alert.infos[0].severity == "Severe"


def test_an_entry_without_a_date_is_as_old_as_its_receipt() -> None:
    undated = entry(1).replace("<cap:sent>2026-01-10T08:00:00+00:00</cap:sent>", "")
    (alert,) = parse(atom(undated))
    assert alert.sent_s == HEARD_S
    assert alert.infos[0].kind == "rain"


def test_an_index_with_whole_alerts_and_links_loses_neither() -> None:
    body = atom(
        f"<entry><id>e</id><content>{cap()}</content></entry>", pointer("p1", "https://x.example/p1.cap")
    )
    assert sorted(alert.identifier for alert in parse(body)) == ["a1", "p1"]


@pytest.mark.parametrize("broken", ["<cap:expires>soon</cap:expires>", "<cap:polygon>1,1 2,2</cap:polygon>"])
def test_an_entry_that_cannot_be_read_is_kept_unread(broken: str) -> None:
    bad = entry(3, "w3").replace("<cap:areaDesc>", broken + "<cap:areaDesc>", 1)
    if "expires" in broken:
        bad = bad.replace("<cap:expires>2026-01-10T18:00:00+00:00</cap:expires>", "")
    good, unread = parse(atom(entry(1), bad))
    assert good.identifier == "w1"
    assert unread.identifier == "w3/unreadable"
