"""Reach in words: travels are read back as written; what is said of a town holds for whom it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vado.exchange.reach import place_words, travel_of, travel_words
from vado.model.size import Load
from vado.model.snapshot import PlaceReach, Standing, Travel
from vado.model.when import FOREVER_S, Interval

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


CAR, VAN, TRUCK, JEEP = (Travel(name) for name in ("car", "van", "truck", "4x4"))
NOW = 1_770_098_400
PART = re.compile(r"now for (?P<now>.+)|(?:(?:for )?(?P<who>.+?) )??(?:now|(?:from|after) \+(?P<hour>\d))")
SAID = {
    "cut off": Standing.CUT_OFF,
    "in but not out": Standing.NO_WAY_BACK,
    "out but not in": Standing.NO_WAY_IN,
    "open again": Standing.OPEN,
}


def stands(travel: Travel, line: str) -> PlaceReach:
    """Make a row of a town from a letter an hour: o(pen), c(ut off), b (no way back), i (no way in)."""
    inward = tuple(_hours(line, "ob"))
    outward = tuple(_hours(line, "oi"))
    return PlaceReach(place=0, name="T", lon=0.0, lat=0.0, travel=travel, reachable=line[0] in "ob",
                      leavable=line[0] in "oi", until_s=None, again_s=None, cut=(), inward=inward,
                      outward=outward)  # fmt: skip


def _hours(line: str, letters: str) -> Iterator[Interval]:
    for open_, run in groupby(range(len(line)), lambda k: line[k] in letters):
        hours = list(run)
        if open_:
            end = FOREVER_S if hours[-1] == len(line) - 1 else NOW + 3600 * (hours[-1] + 1)
            yield Interval(NOW + 3600 * hours[0], end)


def say(**lines: str) -> str:
    rows = [stands(Travel(name.replace("jeep", "4x4")), line) for name, line in lines.items()]
    return place_words(rows, at_s=NOW, local=lambda instant: f"+{(instant - NOW) // 3600}")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"van": "coo", "truck": "cbo"},
         "cut off now; in but not out for trucks after +1; open again from +2, for vans from +1"),
        ({"van": "cbo", "truck": "cbo"}, "cut off now; in but not out after +1; open again from +2"),
        # Cut off before and all the while: there is nothing to add for trucks.
        ({"car": "oobc", "van": "oobc", "truck": "occc"},
         "cut off from +3, for trucks from +1; in but not out after +2"),
        ({"car": "oc", "van": "oc", "truck": "ob"},
         "cut off for cars, vans from +1; in but not out for trucks after +1"),
        ({"van": "oocc", "truck": "ooob"}, "cut off for vans from +2; in but not out for trucks after +3"),
        # A second time is told when the first is over, not as if it were the same.
        ({"van": "oboco"}, "in but not out after +1; open again from +2"),
        ({"car": "oc", "van": "oc", "truck": "oc", "jeep": "oo"}, "cut off for all but 4x4s from +1"),
        ({"car": "oco", "van": "occ", "truck": "oo"},
         "cut off for cars, vans from +1; open again for cars from +2"),
    ],
)  # fmt: skip
def test_a_clause_names_whom_it_binds(lines: dict[str, str], words: str) -> None:
    assert say(**lines) == words


@given(st.lists(st.text("ocbi", min_size=1, max_size=5), min_size=4, max_size=4))
def test_no_clause_says_of_anybody_what_does_not_hold(lines: list[str]) -> None:
    travels = (CAR, VAN, TRUCK, JEEP)
    told = say(car=lines[0], van=lines[1], truck=lines[2], jeep=lines[3])
    heard: dict[tuple[str, Travel], int] = {}
    for clause in told.split("; ") if told != "open" else ():
        said = next(words for words in SAID if clause.startswith(words))
        for part in clause.removeprefix(said).strip().split(", for "):
            found = PART.fullmatch(part)
            assert found is not None, part
            for travel in _meant(found["now"] or found["who"], travels):
                heard[said, travel] = int(
                    found["hour"] or 0
                )  # a later part names whom the first does not bind
    for (said, travel), hour in heard.items():
        line = lines[travels.index(travel)]
        letter = line[min(hour, len(line) - 1)]
        standing = {"o": Standing.OPEN, "c": Standing.CUT_OFF, "b": Standing.NO_WAY_BACK,
                    "i": Standing.NO_WAY_IN}[letter]  # fmt: skip
        covered = standing is Standing.CUT_OFF and said in ("in but not out", "out but not in")
        assert standing is SAID[said] or covered, (told, travel)
    for travel, line in zip(travels, lines, strict=True):
        if line.strip("o"):  # who is not always open is told of
            assert any(one == travel and said != "open again" for said, one in heard), told


def _meant(who: str | None, travels: tuple[Travel, ...]) -> list[Travel]:
    if who is None:
        return list(travels)
    others = who.startswith("all but ")
    names = who.removeprefix("all but ").split(", ")
    return [travel for travel in travels if (travel_words(travel) in names) is not others]
