"""Reach in words: who travels is read back as it was written, load and all."""

from __future__ import annotations

import pytest

from vado.exchange.reach import travel_of, travel_words
from vado.model.size import Load
from vado.model.snapshot import Travel

EMPTY = Load(weight_kg=7000, height_cm=350)
GOODS = Load(hazmat=("D", "water"), trailer=True)


@pytest.mark.parametrize(
    ("travel", "words"),
    [
        (Travel("van"), "vans"),
        (Travel("van", frozenset({"chains", "radio"})), "vans with chains, radio"),
        (Travel("truck", load=EMPTY), "trucks with weight 7000kg, height 350cm"),
        (Travel("truck", frozenset({"chains"}), GOODS), "trucks with chains, hazmat D,water, trailer"),
    ],
)
def test_a_travel_is_read_as_written_and_told(travel: Travel, words: str) -> None:
    assert travel_of(str(travel)) == travel
    assert travel_words(travel) == words
