"""The poller: what goes into the inbox, what only renews what is known, what the world is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from feed_server import URL, Source, answer, closures
from served import TOWN, Service, at, cap
from vado.model.feed import Contact, Feed
from vado.model.inbox import InboxKind

BOTH = closures(TOWN, "AB", "CD")
FEED = Feed(source="roads", url=URL, every_s=60, lifecycle="full", fresh_s=600)
DECLARED = {"roads": {"url": URL, "every_s": 60, "lifecycle": "full", "fresh_s": 600}}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield
    structlog.reset_defaults()


@pytest.fixture
def source() -> Source:
    made = Source(Service(feeds=DECLARED), FEED)
    made.pages[URL] = BOTH
    return made


def rows(source: Source) -> list[tuple[InboxKind, str]]:
    """List what went into the inbox, and whether it was alerts or faults."""
    found = source.service.store.heard(
        source.service.parts_world, kinds=tuple(InboxKind), until_s=2**40, after=0, limit=999
    )
    return [(row.kind, row.body.decode("utf-8", "replace")) for row in found]


# --- news, and no news ---


def test_a_document_goes_in_and_binds(source: Source) -> None:
    contact = source.ask()
    assert source.shut == {"AB", "CD"}
    assert (contact.heard_s, contact.failures) == (source.service.now, 0)
    assert 54 <= contact.next_s - source.real <= 66


def test_no_news_renews_what_is_known_and_seals_nothing(source: Source) -> None:
    source.ask()
    version = source.service.world.version
    contact = source.ask(after_s=60)
    assert source.requests[-1].headers["if-none-match"]
    assert contact.heard_s == source.service.now == at(9, 1)
    assert (source.service.world.version, len(rows(source))) == (version, 1)
    assert (source.row["age_s"], source.row["state"]) == (0, "ok")


def test_the_same_body_without_an_etag_is_no_news_either(source: Source) -> None:
    source.ask(answer(200, BOTH))
    contact = source.ask(answer(200, BOTH), after_s=60)
    assert (contact.heard_s, len(rows(source))) == (at(9, 1), 1)


def test_what_comes_back_is_news(source: Source) -> None:
    """A, then B, then A again: the inbox may not take the last for the first."""
    one = closures(TOWN, "AB", "CD", generator="x")
    for body in (BOTH, one, BOTH):
        source.ask(answer(200, body), after_s=60)
    assert len(rows(source)) == 3


def test_what_stays_is_confirmed_once(source: Source) -> None:
    for _ in range(40):
        source.ask(after_s=60)
    assert len(rows(source)) == 2


def test_an_empty_document_that_stays_ends_what_it_lacks(source: Source) -> None:
    """One answer less may be a mistake; the same a quarter of an hour later is not."""
    source.ask()
    nothing = closures(TOWN, attribution="none today")
    source.ask(answer(200, nothing, etag='"e"'), after_s=60)
    assert source.shut == {"AB", "CD"}
    for _ in range(17):
        source.ask(answer(304), after_s=60)
    assert source.shut == set()


# --- restart ---


def test_a_restart_goes_on_where_it_was(source: Source) -> None:
    source.ask()
    source.poller = source.start()
    source.ask(after_s=60)
    assert source.requests[-1].headers["if-none-match"]
    assert len(rows(source)) == 1


def test_killed_between_row_and_contact_the_document_goes_in_twice_at_worst(source: Source) -> None:
    source.ask()
    source.service.store.keep_contact(
        source.service.parts_world, Contact(source="roads", channel="poll", url=URL)
    )
    source.ask(after_s=60)
    assert source.shut == {"AB", "CD"}
    assert len(rows(source)) == 2


def test_another_address_is_asked_in_full(source: Source) -> None:
    source.ask()
    source.feeds = (Feed(source="roads", url="https://roads.example/v2", every_s=60),)
    source.pages["https://roads.example/v2"] = BOTH
    source.poller = source.start()
    source.poller.run_once()
    assert str(source.requests[-1].url) == "https://roads.example/v2"
    assert "if-none-match" not in source.requests[-1].headers


# --- failures ---


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (lambda: answer(200, b""), "empty"),
        (lambda: answer(200, b"<html><body>sorry"), "page for people"),
        (lambda: answer(200, BOTH[:-40], content_length=str(len(BOTH))), "broke off"),
        (lambda: answer(301, location="https://parking.example/"), "another host"),
    ],
)
def test_pitfall_22_28_what_is_no_document_is_told_at_once_and_ends_nothing(
    source: Source, wrong: Any, cause: str
) -> None:
    source.ask()
    contact = source.ask(wrong(), after_s=60)
    assert source.shut == {"AB", "CD"}
    assert (source.row["state"], source.row["degraded"]) == ("failing", True)
    assert cause in source.row["faults"][-1]
    assert source.row["rejects"] == {"E2007": 1}
    assert contact.failures == 1
    source.ask(wrong(), after_s=60)
    assert len(rows(source)) == 2, "the same is told once"
    source.ask(after_s=60)
    assert (source.row["state"], source.row["failures"]) == ("ok", 0), "and it is over with the next 304"


def test_a_document_that_cannot_be_read_is_set_aside_whole(source: Source) -> None:
    source.ask()
    source.ask(answer(200, BOTH[:-40]), after_s=60)  # cut off, and nobody says how long it was
    assert source.shut == {"AB", "CD"}
    assert (source.row["state"], source.row["quarantined"]) == ("failing", 1)
    ((row, _),) = source.service.store.quarantined(source.service.parts_world)
    assert row.body == BOTH[:-40]
    source.ask(answer(304), after_s=60)
    assert source.row["state"] == "failing", "that it stays the same does not make it readable"


def test_pitfall_23_429_is_waited_out_and_told_when_it_lasts(source: Source) -> None:
    source.ask()
    for n in range(1, 6):
        contact = source.ask(answer(429), after_s=100)
        assert contact.failures == n
        assert contact.next_s - source.real >= min(60 * 2 ** (n - 1), 900) / 2 - 1
    assert (source.row["state"], len(rows(source))) == ("ok", 1), "fresh until ten minutes are over"
    source.ask(answer(429), after_s=101)
    assert (source.row["state"], source.row["degraded"]) == ("stale", True)
    source.ask(answer(429), after_s=600)
    assert len(rows(source)) == 2, "the world is told once"
    assert "E2006: HTTP 429; last heard 2026-01-10T09:00:00Z" in source.row["faults"][-1]
    source.ask(after_s=900)
    assert source.row["state"] == "ok"
    assert source.service.get("/health").json()["status"] == "ok"


def test_retry_after_is_kept(source: Source) -> None:
    contact = source.ask(answer(503, retry_after="1800"))
    assert contact.next_s - source.real >= 1799
    requests = len(source.requests)
    source.poller.run_once()
    assert len(source.requests) == requests


def test_one_feed_that_breaks_does_not_stop_the_others(source: Source) -> None:
    stops = iter([False, False, True])

    def broken(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("a bug of ours")

    source.handler = broken
    source.pages.clear()
    with capture_logs() as logs:
        source.poller.run(lambda: next(stops, True))
    assert [entry["event"] for entry in logs] == ["poller.failed"]


# --- pace ---


def test_it_asks_when_it_is_due_and_not_before(source: Source) -> None:
    source.poller.run_once()
    assert len(source.requests) == 1
    source.poller.run_once()
    assert len(source.requests) == 1
    source.real += 67
    source.poller.run_once()
    assert len(source.requests) == 2


def test_a_host_is_not_asked_twice_at_once() -> None:
    feeds = tuple(Feed(source=f"f{n}", url=f"https://roads.example/{n}", every_s=60) for n in range(4))
    source = Source(Service(), *feeds)
    source.poller.run_once()
    assert len(source.requests) == 4
    assert source.pauses == [0.5] * 3


def test_headers_go_to_their_own_host_only() -> None:
    index = atom("https://roads.example/a.cap", "https://cdn.example/b.cap", "https://evil.example/c.cap")
    feed = Feed(source="met", url=URL, every_s=60, follow=True, follow_hosts=("cdn.example",),
                headers=(("x-key", "s3cret"),))  # fmt: skip
    source = Source(Service(), feed)
    source.pages = {
        URL: index,
        "https://roads.example/a.cap": warning("a"),
        "https://cdn.example/b.cap": warning("b"),
    }
    source.ask()
    keys = {str(request.url): request.headers.get("x-key") for request in source.requests}
    assert keys == {URL: "s3cret", f"{BASE}a.cap": "s3cret", "https://cdn.example/b.cap": None}
    assert "evil.example" in source.contact.cause
    assert "s3cret" not in repr(feed)


# --- indices ---


def atom(*addresses: str, more: str = "") -> bytes:
    entries = "".join(
        f'<entry><link href="{each}" type="application/cap+xml"/></entry>' for each in addresses
    )
    following = f'<link rel="next" href="{more}"/>' if more else ""
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{following}{entries}</feed>'.encode()


def warning(name: str) -> bytes:
    return cap(TOWN, "AB", start=at(10), end=at(18), name=name)


INDEX = Feed(source="roads", url=URL, every_s=60, follow=True, fresh_s=600)
BASE = "https://roads.example/"


@pytest.fixture
def index() -> Source:
    made = Source(
        Service(feeds={"roads": {"url": URL, "every_s": 60, "follow": True, "fresh_s": 600}}), INDEX
    )
    made.pages = {f"{BASE}{name}.cap": warning(name) for name in "abc"}
    made.pages[URL] = atom(*made.pages)
    return made


def test_an_index_is_followed_and_each_document_fetched_once(index: Source) -> None:
    index.ask()
    assert {"a", "b", "c"} == {name.split("#")[0] for name in index.shut if "after" not in name}
    assert len(index.requests) == 4
    index.pages[f"{BASE}d.cap"] = warning("d")
    index.pages[URL] = atom(*(f"{BASE}{name}.cap" for name in "abcd"))
    index.ask(after_s=60)
    assert [str(request.url) for request in index.requests[4:]] == [URL, f"{BASE}d.cap"]


def test_an_index_is_heard_only_when_all_that_it_names_was_fetched(index: Source) -> None:
    gone = index.pages.pop(f"{BASE}b.cap")
    contact = index.ask()
    assert (contact.heard_s, contact.failures) == (0, 1)
    assert "HTTP 404" in contact.cause
    index.pages[f"{BASE}b.cap"] = gone
    contact = index.ask(after_s=60)
    assert (contact.heard_s, contact.failures) == (index.service.now, 0)
    assert [str(request.url) for request in index.requests[4:]] == [URL, f"{BASE}b.cap"]
    assert index.row["state"] == "ok"


def test_an_index_that_answers_again_without_news_is_well_again(index: Source) -> None:
    index.pages[URL] = atom()
    index.ask()
    index.ask(answer(200, b""), after_s=60)
    assert index.row["state"] == "failing"
    index.ask(after_s=60)
    assert index.row["state"] == "ok"
    assert index.service.get("/health").json()["status"] == "ok"


def test_pitfall_24_pages_are_followed_and_an_end_that_is_not_reached_is_a_fault(index: Source) -> None:
    index.pages[URL] = atom(f"{BASE}a.cap", more="/page2")
    index.pages[f"{BASE}page2"] = atom(f"{BASE}b.cap")
    assert index.ask().failures == 0
    assert {"a", "b"} == {name for name in index.shut if "after" not in name}
    index.pages[f"{BASE}page2"] = atom(f"{BASE}b.cap", more="/page2")
    contact = index.ask(answer(200, atom(f"{BASE}a.cap", more="/page2")), after_s=60)
    assert "more than 20 pages" in contact.cause
    assert index.row["degraded"]


def test_pitfall_24_an_index_that_names_too_many_is_a_fault(index: Source) -> None:
    index.pages[URL] = atom(*(f"{BASE}{n}.cap" for n in range(501)))
    contact = index.ask()
    assert "501 documents" in contact.cause
    assert len(index.requests) == 1


def test_what_is_no_index_is_a_fault(index: Source) -> None:
    assert "no index that can be followed" in index.ask(answer(200, BOTH)).cause


# --- subscriptions ---

HUB = Feed(source="roads", url=URL, every_s=3600, hub="https://hub.example/", topic=URL, hub_secret="s" * 20)


def test_a_subscription_is_asked_for_and_renewed_before_it_ends() -> None:
    source = Source(Service(), HUB)
    source.handler = lambda request: answer(202 if request.method == "POST" else 200, BOTH)

    def asked() -> int:
        source.poller.run_once()
        return sum(request.method == "POST" for request in source.requests)

    assert asked() == 1
    (form,) = [request.content.decode() for request in source.requests if request.method == "POST"]
    assert "hub.callback=https%3A%2F%2Fvado.example%2Fv1%2Fwebsub%2Froads" in form
    assert "hub.mode=subscribe" in form
    assert asked() == 1, "it waits for the answer"
    lease = Contact(source="roads", channel="lease", lease_s=int(source.real) + 86_400)
    source.service.store.keep_contact(source.service.parts_world, lease)
    source.real += 80_000
    assert asked() == 1
    source.real += 4_000
    assert asked() == 2


def test_who_says_that_there_is_news_has_it_fetched_at_once() -> None:
    source = Source(Service(), HUB)
    source.pages[URL] = BOTH
    source.poller.run_once()
    source.real += 5
    before = sum(request.method == "GET" for request in source.requests)
    source.service.store.keep_contact(
        source.service.parts_world, Contact(source="roads", channel="push", woken_s=int(source.real))
    )
    source.real += 1
    source.poller.run_once()
    source.real += 5
    source.poller.run_once()
    assert sum(request.method == "GET" for request in source.requests) == before + 1


def test_sns_is_confirmed_once() -> None:
    feed = Feed(source="hko")
    source = Source(Service(), feed)
    source.pages["https://sns.eu-west-1.amazonaws.com/?yes"] = b"<ConfirmSubscriptionResponse/>"
    source.service.store.keep_contact(
        source.service.parts_world,
        Contact(source="hko", channel="sns", confirm_url="https://sns.eu-west-1.amazonaws.com/?yes"),
    )
    for _ in range(3):
        source.poller.run_once()
        source.real += 1000
    assert len(source.requests) == 1
