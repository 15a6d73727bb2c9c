"""What is remembered of sources that fail: of each its own, until they are understood again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vado.model.alert import Alert
from vado.model.ids import AlertId, Hash
from vado.model.world import AlertReceived, Body, FeedFailed, Message, Tick
from vado.tracking import faults
from vado.tracking.faults import KEPT_PER_SOURCE, SOURCES_MAX


def failed(source: str, cause: str = "no XML") -> FeedFailed:
    return FeedFailed(source=source, raw=Hash("sha256:0"), cause=cause)


def good(source: str) -> AlertReceived:
    return AlertReceived(
        alert=Alert(id=AlertId("s,a"), source=source, sender="s", identifier="a", sent_s=0, raw=Hash("r"))
    )


def after(*bodies: Body, known: tuple[FeedFailed, ...] = ()) -> tuple[FeedFailed, ...]:
    return faults(known, [Message(seq=1, received_s=0, body_hash=Hash("h"), body=body) for body in bodies])


def degraded(known: tuple[FeedFailed, ...]) -> set[str]:
    return {fault.source for fault in known if not fault.over}


def test_many_noisy_sources_do_not_hide_that_a_real_one_failed() -> None:
    known = after(failed("weather"))
    for number in range(22):
        known = after(*[failed(f"noise-{number}", str(n)) for n in range(30)], known=known)
    assert known[0] == failed("weather")
    assert len(known) == 1 + 22 * KEPT_PER_SOURCE
    assert [fault.cause for fault in known[-KEPT_PER_SOURCE:]] == ["25", "26", "27", "28", "29"]


def test_a_source_that_is_understood_again_is_well_and_its_faults_stay_to_be_read() -> None:
    known = after(failed("weather"), failed("roads"), good("weather"), Tick())
    assert degraded(known) == {"roads"}
    assert [fault.source for fault in known] == ["weather", "roads"]
    assert degraded(after(failed("weather"), known=known)) == {"weather", "roads"}
    assert degraded(after(good("weather"), failed("weather"))) == {"weather"}


def test_of_too_many_sources_those_go_first_that_were_heard_again() -> None:
    known = after(failed("weather"), failed("roads"), good("roads"))
    known = after(*[failed(f"made-up-{n}") for n in range(SOURCES_MAX - 1)], known=known)
    assert degraded(known) >= {"weather", "made-up-0"}
    assert "roads" not in {fault.source for fault in known}
    known = after(failed("one more"), known=known)
    assert "weather" not in {fault.source for fault in known}, "the oldest"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30), st.integers(0, 30))
def test_cut_into_batches_anyhow_it_is_the_same(told: list[tuple[str, bool]], cut: int) -> None:
    bodies = [good(source) if well else failed(source, str(n)) for n, (source, well) in enumerate(told)]
    assert after(*bodies[cut:], known=after(*bodies[:cut])) == after(*bodies)
