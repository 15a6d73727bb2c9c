"""In which state a feed is, and that a notice means a real failure."""

from __future__ import annotations

from typing import Any

import pytest

from vado.model.feed import Contact, Feed
from vado.model.ids import Hash, WorldId
from vado.model.world import FeedFailed, FeedHealth, World
from vado.tracking import FeedState, FeedStatus, feed_states

NOW = 1_800_000_000
RAW = Hash("sha256:" + "0" * 64)
POLLED = Feed(source="dgt", url="https://dgt.example/", every_s=60, fresh_s=600)
SENDS = Feed(source="dgt", fresh_s=600)
REGION = (1.4, 42.4, 1.8, 42.7)


def judged(feed: Feed | None, health: FeedHealth | None = None, *faults: str,
           contact: dict[str, Any] | None = None,
           region: Any = REGION) -> FeedStatus:  # fmt: skip
    world = World(
        id=WorldId("w"), region="r", region_hash=RAW,
        feeds=() if health is None else (health,),
        faults=tuple(FeedFailed(source="dgt", raw=RAW, cause=cause) for cause in faults),
    )  # fmt: skip
    contacts = () if contact is None else (Contact(source="dgt", channel="poll", **contact),)
    (found,) = feed_states(
        world, {} if feed is None else {"dgt": feed}, contacts, now_s=NOW, region=region, others=["dgt"]
    )
    return found


def read(ago_s: int, **more: Any) -> FeedHealth:
    return FeedHealth(source="dgt", read_s=NOW - ago_s, reads=1, **more)


@pytest.mark.parametrize("ago_s", [0, 599, 600])
def test_pitfall_47_a_feed_that_is_quiet_while_it_is_fresh_gets_no_notice(ago_s: int) -> None:
    found = judged(POLLED, read(90_000), contact={"heard_s": NOW - ago_s})
    assert (found.state, found.degraded, found.text) == (FeedState.OK, False, "")
    assert judged(SENDS, read(ago_s)).state is FeedState.OK


def test_pitfall_47_attempts_that_fail_within_that_time_get_no_notice() -> None:
    contact = {"heard_s": NOW - 400, "failures": 5, "cause": "HTTP 500", "failed_s": NOW}
    assert judged(POLLED, read(400), contact=contact).state is FeedState.OK


def test_one_that_answers_no_more_is_stale_with_its_cause() -> None:
    found = judged(POLLED, read(90_000), contact={"heard_s": NOW - 7300, "failures": 9, "cause": "HTTP 429"})
    assert (found.state, found.degraded) == (FeedState.STALE, True)
    assert found.text == "no good answer for 2 h (HTTP 429)"
    told = judged(POLLED, read(90_000), "E2006: HTTP 429", contact={"heard_s": NOW - 7300})
    assert told.state is FeedState.STALE, "that the world was told so changes nothing"


def test_one_that_sends_no_more_is_silent_but_only_if_it_is_said_to_send() -> None:
    found = judged(SENDS, read(601))
    assert (found.state, found.degraded, found.text) == (
        FeedState.SILENT,
        True,
        "it has sent nothing for 10 min",
    )
    assert judged(Feed(source="dgt"), read(10**8)).state is FeedState.OK
    assert judged(None, read(10**8)).state is FeedState.OK


def test_one_that_nothing_came_of_yet_is_missed() -> None:
    assert judged(POLLED).state is FeedState.NEVER
    assert (
        judged(POLLED, contact={"cause": "HTTP 401", "failures": 1}).text
        == "nothing came of it yet (HTTP 401)"
    )
    assert judged(Feed(source="dgt")).state is FeedState.OK


def test_a_message_that_could_not_be_read_is_a_failure_at_once() -> None:
    found = judged(POLLED, read(5, failures=1, failed_s=NOW), "E1001: broken", contact={"heard_s": NOW})
    assert (found.state, found.degraded, found.text) == (FeedState.FAILING, True, "E1001: broken")
    assert judged(None, read(5), "E1001: broken").degraded


@pytest.mark.parametrize(
    ("covers", "degraded"),
    [(None, True), ((1.5, 42.0, 2.0, 42.5), True), ((-9.0, 36.0, 1.3, 43.0), False),
     ((1.5, 43.0, 2.0, 44.0), False)],
)  # fmt: skip
def test_one_that_speaks_for_elsewhere_is_not_missed(covers: Any, degraded: bool) -> None:
    feed = Feed(source="dgt", url="https://dgt.example/", fresh_s=600, covers=covers)
    assert judged(feed).degraded is degraded
    assert judged(feed).state is FeedState.NEVER
    assert judged(feed, region=None).degraded, "of no known region it counts as covering it"


def test_one_that_repeats_another_is_not_missed_while_that_one_is_heard() -> None:
    feeds = {"aemet": Feed(source="aemet", fresh_s=600), "meteoalarm": Feed(source="meteoalarm", fresh_s=600,
                                                                          mirrors="aemet")}  # fmt: skip

    def states(ago_s: int) -> dict[str, bool]:
        health = (FeedHealth(source="aemet", read_s=NOW - ago_s),)
        world = World(id=WorldId("w"), region="r", region_hash=RAW, feeds=health)
        return {each.source: each.degraded for each in feed_states(world, feeds, (), now_s=NOW, region=None)}

    assert states(10) == {"aemet": False, "meteoalarm": False}
    assert states(900) == {"aemet": True, "meteoalarm": True}
