"""Canonical JSON against the examples of the RFC, and what to do with what has no canonical form."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vado.ledger import canonical, digest
from vado.ledger.canonical import parse, portable


def test_the_example_of_the_rfc() -> None:
    """RFC 8785 section 3.2.2 (input) and 3.2.4 (output)."""
    data = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )
    assert canonical(data) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_utf16_units() -> None:
    """RFC 8785 section 3.2.3: an emoji (a surrogate pair) comes before U+FB33."""
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "1": 3}) == '{"1":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_bytes_are_hashed_as_they_are() -> None:
    # SHA-256 of the empty string, FIPS 180-4 example values.
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(b"") == empty
    assert digest({"a": 1.0}) == digest(b'{"a":1}')


@pytest.mark.parametrize("data", [2**53, -(2**53), math.nan, math.inf, "\ud800", {"\ud800": 1}])
def test_what_has_no_canonical_form_is_refused_but_can_be_made_portable(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical([data])
    canonical(portable([data]))


def test_portable_keeps_what_is_canonical_already() -> None:
    data = {"a": [1, 2.5, True, None, "é", 2**53 - 1], "b": {"c": -0.5}}
    assert portable(data) == data


def test_portable_says_what_stood_there() -> None:
    assert portable([2**60, -math.inf, "a\ud800"]) == ["1152921504606846976", "-inf", "a\ufffd\ufffd\ufffd"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_everything_portable_has_one_form(data: Any) -> None:
    text = canonical(portable(data))
    assert canonical(parse(text)) == text


def test_a_large_whole_number_is_read_as_the_double_it_is() -> None:
    assert parse("[9007199254740991, 9007199254740993, 1e400]") == [2**53 - 1, 2.0**53, math.inf]
    assert canonical(parse(canonical([1e20, 2.0**53]))) == b"[100000000000000000000,9007199254740992]"
