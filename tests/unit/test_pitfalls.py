"""Each of the fifty pitfalls that other people's systems fell into has a test that is named after it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
# What went wrong, in our words; where it is known from stands in the tests' own texts and in docs/.
PITFALLS = (
    "no `expires` kills the reader", "a warning never ends", "one of several alerts is shown",
    "an update does not end what it updates", "near-identical products", "`expires` taken for the end",
    "an id that is missing taken for a cancel", "stale copies", "a cancel without polygon",
    "no geometry, only codes", "simplified borders leave gaps", "only the first polygon",
    "rings that are open or cross", "latitude and longitude turned", "polygons of 41,009 vertices",
    "line breaks and plus signs", "a vertex that is no number", "circles of radius 0", "the antimeridian",
    "languages double alerts", "green taken for a warning", "addresses change", "429", "page limits",
    "windows by time of publication", "catching up for ever", "signed addresses", "AEMET's answers",
    "VI means two things", "feet and metres", "times and offsets", "versions that lie", "dropped records",
    "extensions hide closures", "strict schemas", "limits, slip roads, shoulders, junk", "lanes and roads",
    "closed in the text only", "start or end inside", "speed 0", "routes made before", "closures in the map",
    "entities", "archives that are bombs", "severities that are ours", "alerts of any length",
    "notices that are always there", "events made ahead", "word for word, with its age", "gauges' spikes",
)  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("test_*.py")))
    return tuple(name for text in texts for name in re.findall(r"^ *def (test_pitfall_\w+)", text, re.M))


def test_there_are_fifty() -> None:
    assert len(PITFALLS) == 50


@pytest.mark.parametrize("number", range(1, len(PITFALLS) + 1), ids=lambda n: f"{n:02}")
def test_each_pitfall_has_a_test(number: int) -> None:
    named = (re.findall(r"(?<=_)\d\d(?=_)", name)[:2] for name in names())
    assert any(f"{number:02}" in numbers for numbers in named), PITFALLS[number - 1]
