"""Whatever is done to a ledger is found: bytes, rows, order, ends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chains import chain, rehash
from vado.errors import StateError
from vado.ledger import canonical, read, verify
from vado.model.ids import Hash
from vado.model.world import Decision

CHAIN = chain(7)
HEAD = CHAIN[-1].hash
OTHER = chain(7, name="other")
INDEX = st.integers(0, len(CHAIN) - 1)


def test_an_honest_ledger_verifies() -> None:
    found = verify(CHAIN, head=HEAD)
    assert (found.count, found.ok, found.first_bad, found.head) == (7, True, None, HEAD)


def test_an_empty_ledger_verifies_but_only_without_a_head() -> None:
    assert verify([]).ok
    assert not verify([], head=HEAD).ok


@given(INDEX, st.data())
def test_a_flipped_bit_of_a_record_is_found(index: int, data: Any) -> None:
    raw = bytearray(CHAIN[index].record.encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    forged = replace(CHAIN[index], record=raw.decode("utf-8", "surrogateescape"))
    assert_found(index, forged)


@given(INDEX, st.sampled_from(["hash", "prev"]), st.data())
def test_a_flipped_bit_of_a_hash_is_found(index: int, name: str, data: Any) -> None:
    old = getattr(CHAIN[index], name) or "\x00"
    at = data.draw(st.integers(0, len(old) - 1))
    new = old[:at] + chr(ord(old[at]) ^ (1 << data.draw(st.integers(0, 6)))) + old[at + 1 :]
    assert_found(index, replace(CHAIN[index], **{name: Hash(new)}))


@given(INDEX, st.integers(-3, 12))
def test_another_number_is_found(index: int, seq: int) -> None:
    if seq != CHAIN[index].seq:
        assert_found(index, replace(CHAIN[index], seq=seq))


@given(INDEX)
def test_a_removed_decision_is_found(index: int) -> None:
    found = verify(CHAIN[:index] + CHAIN[index + 1 :], head=HEAD)
    assert (found.ok, found.first_bad, found.count) == (False, index + 1, index)


@given(st.integers(0, len(CHAIN) - 1))
def test_a_cut_end_is_found_by_who_holds_the_head(length: int) -> None:
    found = verify(CHAIN[:length], head=HEAD)
    assert (found.ok, found.first_bad) == (False, length + 1)
    assert verify(CHAIN[:length]).ok, "without the head nobody can know"


@given(INDEX, INDEX)
def test_swapped_decisions_are_found(one: int, two: int) -> None:
    if one == two:
        return
    swapped = list(CHAIN)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    assert verify(swapped, head=HEAD).first_bad == min(one, two) + 1


@given(st.integers(0, len(CHAIN)), INDEX, st.booleans())
def test_an_inserted_decision_is_found(at: int, which: int, from_other: bool) -> None:
    strange = (OTHER if from_other else CHAIN)[which]
    found = verify([*CHAIN[:at], strange, *CHAIN[at:]], head=HEAD)
    assert not found.ok
    assert found.count >= at


@given(INDEX, st.sampled_from(["now_s", "action", "notes", "seq", "prev", "world", "plan_hash"]))
def test_a_forged_record_with_a_fitting_hash_is_found(index: int, name: str) -> None:
    """A forger who also mends the hash of that record breaks the link of the next one, or the head."""
    record = json.loads(CHAIN[index].record)
    record[name] = "forged"
    forged = rehash(CHAIN[index], canonical(record).decode())
    found = verify([*CHAIN[:index], forged, *CHAIN[index + 1 :]], head=HEAD)
    assert not found.ok
    assert found.first_bad is not None
    assert found.first_bad <= index + 2


@pytest.mark.parametrize(
    "record",
    [
        "",
        "{",
        "[]",
        "NaN",
        "{}",
        '{"seq":NaN}',
        "[" * 100_000,
        '{"seq":1,"prev":null}',
        '{"seq": 1}',
        "9" * 5000,
    ],
)
def test_what_is_no_record_at_all_is_found(record: str) -> None:
    assert_found(0, rehash(CHAIN[0], record))


def test_another_spelling_of_the_same_record_is_found() -> None:
    spaced = json.dumps(json.loads(CHAIN[0].record))
    assert_found(0, rehash(CHAIN[0], spaced))


def test_a_decision_of_another_world_is_found() -> None:
    record = json.loads(CHAIN[1].record)
    record["world"] = "other"
    forged = rehash(CHAIN[1], canonical(record).decode())
    assert verify([CHAIN[0], forged]).cause == "it is of the world 'other', those before of 'w'"


def assert_found(index: int, forged: Decision) -> None:
    found = verify([*CHAIN[:index], forged, *CHAIN[index + 1 :]], head=HEAD)
    assert (found.ok, found.first_bad, found.count) == (False, index + 1, index)
    assert found.cause
    assert found.head == (CHAIN[index - 1].hash if index else None)


def test_reading_a_changed_decision_raises() -> None:
    assert read(CHAIN[0])["seq"] == 1
    with pytest.raises(StateError) as caught:
        read(replace(CHAIN[0], record=CHAIN[0].record.replace("drawn", "faked")))
    assert caught.value.code == "E3005"
