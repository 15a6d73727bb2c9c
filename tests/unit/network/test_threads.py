"""What the network keeps, asked by many threads at once, as the API does: answers are those of one thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import drawn
from vado.model.ids import Hash
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network.allowed import kind_of
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


class Forgetful(dict[Any, Any]):
    """Loses at once what is put into it, as if other threads had put it out in the same moment."""

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def setdefault(self, key: object, default: Any = None) -> Any:
        return default


def test_what_was_just_made_is_not_lost() -> None:
    roads, profile = ASKED[0]
    kind, hierarchy = kind_of(roads, Travel(profile)), hierarchy_of(roads)
    expected = _Usual(2).of(hierarchy, roads, kind).usual.arcs()[0].tolist()
    usual = _Usual(2)
    usual._kept = Forgetful()
    assert usual.of(hierarchy, roads, kind).usual.arcs()[0].tolist() == expected


def test_kept_values_are_those_of_their_key() -> None:
    kept = Kept(2)

    def ask(thread: int) -> None:
        for k in range(500):
            key = (thread + k) % 5
            assert kept.get(key, lambda key=key: [key]) == [key]  # type: ignore[misc]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))
