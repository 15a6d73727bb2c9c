"""What the network keeps, asked by many threads at once, as the API does: answers are those of one thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import numpy as np
import pytest

import drawn
from vado.model.ids import Hash
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network.allowed import Kind, kind_of
from vado.network.ground import Kept
from vado.network.links import hierarchy_of
from vado.network.router import _Usual, state

THREADS, ROUNDS = 6, 100


def town(number: int) -> Roads:
    roads = drawn.roads(f"A{'-' * number}B----C\n|    {' ' * (number - 4)}|\nD{'-' * number}E")
    return replace(roads, content_hash=Hash(f"sha256:{number}"), hierarchy=hierarchy_of(roads))


# A few more than are kept: often found, and often just put out by another thread.
ASKED = [(town(number), profile) for number in range(4, 9) for profile in ("car", "truck")]


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    """Change threads as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def customised(roads: Roads, profile: str) -> list[int]:
    """Customise with the first edge shut, and say what the arcs cost."""
    at = state(roads, kind_of(roads, Travel(profile)), np.zeros(1, np.int64), np.zeros(1))
    up, down = at.metric.arcs()
    found: list[int] = [*up.tolist(), *down.tolist()]
    return found


def test_metrics_are_those_of_one_thread() -> None:
    expected = [customised(*each) for each in ASKED]

    def ask(thread: int) -> None:
        draw = Random(thread)
        for _ in range(ROUNDS):
            at = draw.randrange(len(ASKED))
            assert customised(*ASKED[at]) == expected[at]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))


class Watched(Kind):
    """A kind that is put out by others between the first and the second look at what is kept."""

    def __hash__(self) -> int:
        looks.append(self)
        if len(looks) == 2:
            for other in others:
                usual.of(HIERARCHY, ROADS, other)
        return super().__hash__()


ROADS = ASKED[0][0]
HIERARCHY = hierarchy_of(ROADS)
others = [Kind(profile, b"") for profile in ROADS.profiles[1:3]]
usual, looks = _Usual(2), list[Kind]()


def test_what_was_just_found_is_not_lost() -> None:
    kind = Watched(ROADS.profiles[0], b"")
    expected = usual.of(HIERARCHY, ROADS, kind).arcs()[0].tolist()
    usual.of(HIERARCHY, ROADS, kind)
    looks.clear()
    assert usual.of(HIERARCHY, ROADS, kind).arcs()[0].tolist() == expected


def test_kept_values_are_those_of_their_key() -> None:
    kept = Kept(2)

    def ask(thread: int) -> None:
        for k in range(500):
            key = (thread + k) % 5
            assert kept.get(key, lambda key=key: [key]) == [key]  # type: ignore[misc]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))
