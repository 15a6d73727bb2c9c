"""The fuzz corpus, without a fuzzer: each input, and each with one piece changed, lost, doubled or moved."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree as Safe

from fuzz.others import OTHERS
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


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_feed_is_read_or_refused_too(name: str) -> None:
    """Each seed, cut at eight places, and with each of forty bytes changed."""
    paths = sorted((CORPUS / name).iterdir())
    assert paths
    for path in paths:
        body = path.read_bytes()
        OTHERS[name](body)
        for n in range(1, 9):
            OTHERS[name](body[: len(body) * n // 9])
        for n in range(40):
            at = len(body) * n // 40
            OTHERS[name](body[:at] + bytes([255 - body[at]]) + body[at + 1 :])
        if path.suffix == ".json":
            for n, place in enumerate(_places(json.loads(body))):
                OTHERS[name](_with(body, place, JUNK_VALUES[n % len(JUNK_VALUES)]))


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
    "path",
    [p for p in sorted(CORPUS.glob("*/*.json")) if p.parent.name not in OTHERS],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_every_member_may_be_of_any_type(path: Path) -> None:
    for n, place in enumerate(_places(json.loads(path.read_bytes()))):
        for k in range(3):
            one(_with(path.read_bytes(), place, JUNK_VALUES[(3 * n + k) % len(JUNK_VALUES)]))


def _with(body: bytes, place: tuple[Any, ...], junk: Any) -> bytes:
    value = json.loads(body)
    holder = value
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = junk
    return json.dumps(value).encode()


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inside:
        yield (*at, step)
        yield from _places(each, (*at, step))
