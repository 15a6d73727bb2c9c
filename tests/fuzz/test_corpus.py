"""The fuzz corpus, without a fuzzer: each input, and each with one piece changed, lost, doubled or moved."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree as Safe

from fuzz.target import CORPUS, one, seeds, slug
from vado.feeds.formats import FORMATS
from vado.feeds.recognise import recognise

JUNK_TEXTS = ("", "NaN", "-1", "1e999", "9" * 400, "2026-01-10", "\u0661\u0662", "_extended", "x" * 3000)
JUNK_VALUES: tuple[Any, ...] = (None, True, -1, 1e308, 10**40, float("nan"), "", "x", [], {}, [[]], [None])


@pytest.mark.parametrize("name", [each.name for each in FORMATS])
def test_every_format_has_seeds_that_are_read_as_it(name: str) -> None:
    paths = sorted((CORPUS / slug(name)).iterdir())
    assert paths
    assert {recognise(path.read_bytes())[0].name for path in paths} == {name}


@pytest.mark.parametrize("path", list(seeds()), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_seed_is_read_or_refused(path: Path) -> None:
    one(path.read_bytes())


@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/*.xml")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_element_may_be_junk_lost_doubled_or_renamed(path: Path) -> None:
    count = len(list(Safe.fromstring(path.read_bytes()).iter()))
    for n in range(count):
        for body in _changed(path, n):
            one(body)


def _changed(path: Path, n: int) -> Iterator[bytes]:
    for way in ("text", "lost", "doubled", "renamed", "bare"):
        root = Safe.fromstring(path.read_bytes())
        element = list(root.iter())[n]
        parent = next((each for each in root.iter() if element in list(each)), None)
        if way == "text":
            element.text = JUNK_TEXTS[n % len(JUNK_TEXTS)]
        elif way == "bare":
            element.attrib.clear()
        elif way == "renamed":
            element.tag = "somethingElse"
        elif parent is None:
            continue
        elif way == "lost":
            parent.remove(element)
        else:
            parent.append(copy.deepcopy(element))
        yield Safe.tostring(root)


@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_member_may_be_of_any_type(path: Path) -> None:
    for n, place in enumerate(_places(json.loads(path.read_bytes()))):
        for k in range(3):
            value = json.loads(path.read_bytes())
            holder = value
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = JUNK_VALUES[(3 * n + k) % len(JUNK_VALUES)]
            one(json.dumps(value).encode())


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inside:
        yield (*at, step)
        yield from _places(each, (*at, step))
