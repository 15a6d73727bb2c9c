"""One request to a feed: what its answer is worth, and that nothing it does raises or fills the memory."""

from __future__ import annotations

import gzip
import zlib
from random import Random

import httpx
import pytest

from feed_server import URL, Parts, answer, in_turn
from vado import __version__
from vado.feeds.fetch import Fetched, Outcome, fetch, make_client
from vado.feeds.pace import ASKED_S_MAX, BACKOFF_S_MAX, wait_after_failure, wait_after_success

NOW = 1_800_000_000
DOCUMENT = b'{"type": "FeatureCollection", "features": []}'


def asked(*answers: httpx.Response | Exception, **given: object) -> tuple[Fetched, list[httpx.Request]]:
    """Fetch from a server that gives these answers in turn."""
    server, seen = in_turn(*answers)
    with make_client(server) as client:
        return fetch(client, URL, now_s=NOW, **given), seen  # type: ignore[arg-type]


def test_a_whole_document_is_news_with_what_names_it() -> None:
    got, (request,) = asked(answer(200, DOCUMENT, etag='"7"', last_modified="Sat, 10 Jan 2026 09:00:00 GMT",
                                   content_length=str(len(DOCUMENT))))  # fmt: skip
    assert (got.outcome, got.body, got.etag) == (Outcome.NEWS, DOCUMENT, '"7"')
    assert got.modified == "Sat, 10 Jan 2026 09:00:00 GMT"
    assert request.headers["user-agent"].startswith(f"Vado/{__version__}")
    assert "if-none-match" not in request.headers


def test_what_is_known_is_not_sent_again() -> None:
    got, (request,) = asked(answer(304), etag='"7"', modified="Sat, 10 Jan 2026 09:00:00 GMT")
    assert got.outcome is Outcome.SAME
    assert request.headers["if-none-match"] == '"7"'
    assert request.headers["if-modified-since"] == "Sat, 10 Jan 2026 09:00:00 GMT"


def test_a_304_to_a_question_without_condition_is_no_answer() -> None:
    assert asked(answer(304))[0].outcome is Outcome.AWAY


PAGE = b"\xef\xbb\xbf \n<!DOCTYPE html><html><body>Down for maintenance</body></html>"


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (answer(200, b""), "empty"),
        (answer(200, b" \r\n\0"), "empty"),
        (answer(200, PAGE), "page for people"),
        (answer(200, b'<?xml version="1.0"?>\n<HTML lang="en">'), "page for people"),
        (answer(204), "no whole document"),
        (answer(206, DOCUMENT), "no whole document"),
        (answer(200, DOCUMENT, content_length="900"), "broke off"),
        (answer(200, DOCUMENT, breaks=True), "broke off"),
        (answer(200, gzip.compress(DOCUMENT)[:-9], content_encoding="gzip"), "broke off"),
        (answer(200, b"not gzip at all", content_encoding="gzip"), "unpacked"),
        (answer(200, DOCUMENT, content_encoding="br"), "did not ask"),
    ],
)  # fmt: skip
def test_pitfall_28_an_answer_that_is_no_document_is_a_fault(reply: httpx.Response, cause: str) -> None:
    got, _ = asked(reply)
    assert got.outcome is Outcome.FAULT
    assert cause in got.cause


@pytest.mark.parametrize(
    "reply",
    [answer(404), answer(429), answer(500), answer(503), httpx.ConnectError("no"), httpx.ReadTimeout("slow"),
     httpx.RemoteProtocolError("what")],
)  # fmt: skip
def test_nobody_there_is_told_from_a_fault(reply: httpx.Response | Exception) -> None:
    assert asked(reply)[0].outcome is Outcome.AWAY


def test_packed_bodies_are_unpacked_also_of_several_members() -> None:
    assert asked(answer(200, DOCUMENT, packed=True))[0].body == DOCUMENT
    both = gzip.compress(DOCUMENT[:9]) + gzip.compress(DOCUMENT[9:])
    assert asked(answer(200, both, content_encoding="gzip"))[0].body == DOCUMENT
    assert asked(answer(200, zlib.compress(DOCUMENT), content_encoding="deflate"))[0].body == DOCUMENT


def test_pitfall_44_a_bomb_is_noticed_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert len(bomb) < 250_000
    got, _ = asked(answer(200, bomb, content_encoding="gzip"), bytes_max=1_000_000)
    assert (got.outcome, got.cause) == (Outcome.FAULT, "larger than 1,000,000 bytes when unpacked")


def test_a_body_without_end_is_left_at_its_limit() -> None:
    seen = 0

    class Endless(Parts):
        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal seen
            while True:
                seen += 1
                yield b"x" * 1000

    got, _ = asked(httpx.Response(200, stream=Endless([])), bytes_max=10_000)
    assert got.outcome is Outcome.FAULT
    assert seen <= 11
    assert asked(answer(200, DOCUMENT, content_length="10001"), bytes_max=10_000)[0].outcome is Outcome.FAULT


def test_pitfall_22_a_redirect_is_followed_on_its_host_only() -> None:
    got, seen = asked(answer(301, location="/v3.7/closures"), answer(200, DOCUMENT), headers={"key": "k"})
    assert got.outcome is Outcome.NEWS
    assert (str(seen[1].url), seen[1].headers["key"]) == ("https://roads.example/v3.7/closures", "k")
    got, seen = asked(answer(301, location="https://new.example/closures"), headers={"key": "k"})
    assert (got.outcome, len(seen)) == (Outcome.FAULT, 1)
    assert "new.example" in got.cause


@pytest.mark.parametrize("to", ["", "ftp://roads.example/x", "http://roads.example/x", "https://[bad"])
def test_a_redirect_that_leads_nowhere_or_out_of_encryption_is_a_fault(to: str) -> None:
    got, seen = asked(answer(302, location=to))
    assert (got.outcome, len(seen)) == (Outcome.FAULT, 1)


def test_redirects_end() -> None:
    got, seen = asked(*[answer(302, location="/again")] * 9)
    assert (got.outcome, len(seen)) == (Outcome.FAULT, 4)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": "Fri, 15 Jan 2027 08:01:00 GMT"}, 60),
        ({"retry_after": "Thu, 14 Jan 2027 08:00:00 GMT"}, 0),
        ({"retry_after": "soon"}, 0),
        ({"x_ratelimit_reset": "30"}, 30),
        ({"x_ratelimit_reset": str(NOW + 45)}, 45),
        ({"x_ratelimit_reset": "-3"}, 0),
        ({}, 0),
    ],
)
def test_how_long_to_stay_away_is_read_from_headers(headers: dict[str, str], wait_s: int) -> None:
    assert asked(answer(429, **headers))[0].wait_s == wait_s


def test_a_limit_that_is_used_up_holds_after_a_good_answer_too() -> None:
    good = answer(200, DOCUMENT, x_ratelimit_remaining="0", x_ratelimit_reset="90")
    assert asked(good)[0].wait_s == 90
    left = answer(200, DOCUMENT, x_ratelimit_remaining="5", x_ratelimit_reset="90")
    assert asked(left)[0].wait_s == 0


class TestPace:
    def test_pitfall_23_refusals_are_met_with_ever_longer_silence(self) -> None:
        random = Random(3)
        waits = [
            wait_after_failure(60, failures=n, refused=True, asked_s=0, random=random) for n in range(1, 40)
        ]
        for n, wait in enumerate(waits):
            longest = min(60 * 2**n, BACKOFF_S_MAX)
            assert longest / 2 <= wait <= longest

    def test_pitfall_26_after_an_outage_nothing_has_piled_up(self) -> None:
        """However long nobody answered, the next attempt is as far away as at most, and asks once."""
        wait = wait_after_failure(300, failures=100_000, refused=False, asked_s=0, random=Random(1))
        assert wait <= BACKOFF_S_MAX

    def test_what_we_are_asked_for_holds_up_to_a_limit(self) -> None:
        assert wait_after_failure(60, failures=1, refused=True, asked_s=500, random=Random(1)) == 500
        assert wait_after_success(60, asked_s=10**9, random=Random(1)) == ASKED_S_MAX

    def test_a_single_accident_is_repeated_before_a_long_interval_is_over(self) -> None:
        assert wait_after_failure(3600, failures=1, refused=False, asked_s=0, random=Random(1)) <= 60

    def test_who_start_together_do_not_ask_together(self) -> None:
        waits = {round(wait_after_success(300, asked_s=0, random=Random(n)), 3) for n in range(20)}
        assert len(waits) == 20
        assert all(270 <= wait <= 330 for wait in waits)
