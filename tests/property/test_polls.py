"""Whatever a feed answers, nothing opens but by full documents that agree."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from feed_server import URL, Answer, Source, answer, closures
from served import TOWN, Service
from vado.model.feed import Feed

ALL = closures(TOWN, "AB", "CD", "EF")
FEED = Feed(source="roads", url=URL, every_s=60, lifecycle="full", fresh_s=600)

BAD: dict[str, Callable[[], Answer]] = {
    "304": lambda: answer(304),
    "429": lambda: answer(429, retry_after="10"),
    "500": lambda: answer(500, b"oops"),
    "timeout": lambda: httpx.ReadTimeout("slow"),
    "no answer": lambda: httpx.ConnectError("no"),
    "redirect": lambda: answer(302, location="https://elsewhere.example/"),
    "redirect to itself": lambda: answer(302, location=URL),
    "empty": lambda: answer(200, b""),
    "HTML": lambda: answer(200, b"<!doctype html><p>We are working on it"),
    "truncated": lambda: answer(200, ALL[: len(ALL) // 2], content_length=str(len(ALL))),
    "broken off": lambda: answer(200, ALL, breaks=True),
    "cut": lambda: answer(200, ALL[: len(ALL) // 2]),
    "other JSON": lambda: answer(200, b'{"error": "quota"}'),
    "partial": lambda: answer(206, closures(TOWN, "AB")),
    "part missing once": lambda: answer(200, closures(TOWN, "AB")),
}
GOOD: dict[str, Callable[[], Answer]] = {
    "whole": lambda: answer(200, ALL),
    "whole, packed": lambda: answer(200, ALL, packed=True),
}


def source() -> Source:
    return Source(Service(feeds={"roads": {"url": URL, "every_s": 60, "lifecycle": "full"}}), FEED)


@given(st.lists(st.tuples(st.sampled_from([*BAD, *GOOD]), st.sampled_from([5, 60, 700, 3000])), max_size=9))
@settings(max_examples=40, deadline=None)
def test_no_answer_opens_what_the_feed_still_shuts(answers: list[tuple[str, int]]) -> None:
    feed = source()
    with capture_logs():
        feed.ask(answer(200, ALL))
        assert feed.shut == {"AB", "CD", "EF"}
        lacking = 0
        for name, after_s in answers:
            if name == "part missing once":
                # A single one may be a mistake, as long as the next says otherwise; two that agree end it.
                lacking += 1
                if lacking > 1:
                    continue
                feed.ask(BAD[name](), after_s=after_s)
                feed.ask(answer(200, ALL), after_s=5)
            else:
                feed.ask((BAD | GOOD)[name](), after_s=after_s)
            assert feed.shut == {"AB", "CD", "EF"}, name
    structlog.reset_defaults()


@given(st.lists(st.sampled_from([name for name in BAD if name != "part missing once"]), max_size=4))
@settings(max_examples=15, deadline=None)
def test_full_documents_that_agree_do_end_what_they_lack(between: list[str]) -> None:
    feed = source()
    with capture_logs():
        feed.ask(answer(200, ALL))
        feed.ask(answer(200, closures(TOWN, "AB")), after_s=60)
        assert feed.shut == {"AB", "CD", "EF"}
        for name in between:
            feed.ask(BAD[name](), after_s=5)
        feed.ask(answer(200, closures(TOWN, "AB", note="again")), after_s=100)
        assert feed.shut == {"AB"}
    structlog.reset_defaults()
