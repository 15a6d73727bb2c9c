"""Full-state documents in any order, twice, late or damaged end in the same state, or a more cautious one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tables import meaning
from vado.hazards import absorb
from vado.hazards.lifecycle import CONFIRM_S, EMPTY_S, SETTLED_S
from vado.model.alert import Action, Alert, Area, Circle, Info, StatedEffect
from vado.model.hazard import HazardState
from vado.model.ids import AlertId, Hash
from vado.model.world import FeedRead

START = 1_768_046_400
NAMES = "abcd"

Document = tuple[int, str, bool]  # minute, what holds, whether all of it could be read


def alert(name: str, minute: int, *, effect: Action = Action.SHUT) -> Alert:
    return Alert(
        id=AlertId(f"roads,{name}"), source="roads", sender="roads", identifier=name, sent_s=START,
        document_s=START + 60 * minute, raw=Hash(f"sha256:{minute:064x}"),
        infos=(Info(event="closed", kind="closure", onset_s=START - 3600, expires_s=None,
                    stated=(StatedEffect(action=effect),),
                    areas=(Area(circles=(Circle(lon=1.5, lat=42.5, radius_m=10),)),)),),
    )  # fmt: skip


def read(document: Document) -> FeedRead:
    minute, names, complete = document
    return FeedRead(source="roads", format="drawn", full=True, complete=complete, at_s=START + 60 * minute,
                    present=tuple(AlertId(f"roads,{name}") for name in names))  # fmt: skip


def take(state: HazardState, *documents: Document, now: int) -> HazardState:
    alerts = [alert(name, minute) for minute, names, _ in documents for name in names]
    reads = [read(document) for document in documents]
    return absorb(state, alerts, meaning(), now_s=START + 60 * now, reads=reads)[0]


def names(state: HazardState) -> str:
    return "".join(sorted(hazard.alert.partition(",")[2] for hazard in state.hazards))


held = st.sets(st.sampled_from(NAMES)).map(lambda chosen: "".join(sorted(chosen)))
documents = st.lists(
    st.tuples(st.integers(0, 40), held, st.booleans()),
    min_size=1, max_size=7, unique_by=lambda document: document[0],
)  # fmt: skip


@given(documents, st.data())
def test_order_repeats_and_batches_do_not_matter(
    given_documents: list[Document], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(given_documents), max_size=3))
    shuffled = data.draw(st.permutations([*given_documents, *again]))
    at_once = take(HazardState(), *given_documents, now=60)
    one_by_one = HazardState()
    for number, document in enumerate(shuffled):
        one_by_one = take(one_by_one, document, now=50 if number < len(shuffled) - 1 else 60)
    assert names(one_by_one) == names(at_once)
    assert one_by_one.documents == at_once.documents
    assert one_by_one.present == at_once.present


@given(documents, st.data())
def test_a_damaged_document_ends_nothing_that_a_whole_one_would_not(
    given_documents: list[Document], data: st.DataObject
) -> None:
    damaged = [
        (minute, "".join(data.draw(st.sets(st.sampled_from(held)))) if held else "", False)
        if data.draw(st.booleans()) else (minute, held, complete)
        for minute, held, complete in given_documents
    ]  # fmt: skip
    whole = take(HazardState(), *given_documents, now=60)
    partly = take(HazardState(), *damaged, now=60)
    # What the damaged part itself held cannot be known; all that was heard of stays at least as long.
    heard = {name for _, held, _ in damaged for name in held}
    newest_s = {a: t for a, _, t in whole.present}
    also_s = {a: t for a, _, t in partly.present}
    same = {n for n in heard if newest_s.get(AlertId(f"roads,{n}")) == also_s.get(AlertId(f"roads,{n}"))}
    assert (set(names(whole)) & same) <= set(names(partly))


def test_missing_once_is_not_an_end_and_missing_twice_is() -> None:
    first = take(HazardState(), (0, "ab", True), now=0)
    once = take(first, (1, "a", True), now=1)
    assert names(once) == "ab"
    assert CONFIRM_S == 60
    twice = take(once, (2, "a", True), now=2)
    assert names(twice) == "a"


def test_missing_for_long_is_an_end_too() -> None:
    once = take(take(HazardState(), (0, "ab", True), now=0), (1, "a", True), now=1)
    assert names(take(once, now=1 + SETTLED_S // 60 - 1)) == "ab"
    assert names(take(once, now=1 + SETTLED_S // 60)) == "a"


def test_an_empty_document_must_say_so_for_a_quarter_of_an_hour() -> None:
    state = take(HazardState(), (0, "ab", True), now=0)
    for minute in range(1, 1 + EMPTY_S // 60):
        state = take(state, (minute, "", True), now=minute)
        assert names(state) == "ab"
    assert names(take(state, (1 + EMPTY_S // 60, "", True), now=1 + EMPTY_S // 60)) == ""


def test_what_comes_back_is_in_force_again() -> None:
    state = take(HazardState(), (0, "ab", True), (1, "a", True), (2, "a", True), now=3)
    assert names(state) == "a"
    assert names(take(state, (4, "ab", True), now=4)) == "ab"


def test_an_older_document_heard_late_changes_nothing() -> None:
    state = take(HazardState(), (0, "ab", True), (5, "a", True), (7, "a", True), now=8)
    assert names(take(state, (3, "ab", True), now=9)) == "a"


def test_a_newer_document_replaces_a_record_whose_version_did_not_rise() -> None:
    shut = absorb(HazardState(), [alert("a", 0)], meaning(), now_s=START, reads=[read((0, "a", True))])[0]
    slow = alert("a", 1, effect=Action.INSPECT)
    state, notes = absorb(shut, [slow], meaning(), now_s=START + 60, reads=[read((1, "a", True))])
    assert [e.action for h in state.hazards for e in h.effects] == [Action.INSPECT] * 4
    assert not any("both count" in note for note in notes)
    late = replace(alert("a", 0), raw=Hash("sha256:" + "f" * 64))
    assert absorb(state, [late], meaning(), now_s=START + 90)[0].hazards == state.hazards


def test_what_no_document_held_is_not_ended_by_one() -> None:
    by_hand = replace(alert("z", 0), document_s=0)
    state = absorb(HazardState(), [by_hand], meaning(), now_s=START)[0]
    assert names(take(state, (1, "a", True), (2, "a", True), (9, "a", True), now=60)) == "az"


def test_a_version_in_doubt_shows_that_its_source_has_not_dropped_it() -> None:
    for suffix in ("/unreadable", "/in-part~0a1b"):
        state = take(HazardState(), (0, "ab", True), now=0)
        for minute in (1, 2, 30):
            doubtful = replace(alert("a", minute), id=AlertId(f"roads,a{suffix}"))
            told = replace(read((minute, "b", True)), present=(AlertId("roads,b"), doubtful.id))
            now_s = START + 60 * minute
            state = absorb(state, [alert("b", minute), doubtful], meaning(), now_s=now_s, reads=[told])[0]
            held = {hazard.alert.partition(",")[2] for hazard in state.hazards}
            assert held == {"a", f"a{suffix}", "b"}
        state = take(state, (31, "b", True), (32, "b", True), now=33)
        assert names(state) == "b", "missed twice, it is over with all its doubts"


def test_a_version_that_is_unclear_shows_it_too_and_ends_with_it() -> None:
    bare = (Area(description="Zone 12"),)
    state = take(HazardState(), (0, "ab", True), now=0)
    for minute in (1, 2, 30):
        whole = alert("a", minute)
        unclear = replace(whole, infos=(replace(whole.infos[0], areas=bare),))
        held = [alert("b", minute), unclear]
        state = absorb(state, held, meaning(), now_s=START + 60 * minute, reads=[read((minute, "ab", True))])[
            0
        ]
        first, doubtful, other = state.hazards
        assert (first.id, doubtful.alert, other.id) == ("roads,a#0", "roads,a", "roads,b#0")
        assert doubtful.unknown
    clear = take(state, (31, "ab", True), (32, "ab", True), now=33)
    assert [hazard.id for hazard in clear.hazards] == ["roads,a#0", "roads,b#0"]
    assert names(take(state, (31, "b", True), (32, "b", True), now=33)) == "b"
