"""Kinds: which of our words a source's event words and codes stand for.

In: the table data/kinds.toml, already read; then event texts and codes. Out: a kind, or "" when no word
or code is known. Refuses to know what a kind does to a road (that is `meaning`) and in which format a message
came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vado.errors import Fault, InputError
from vado.model.names import without_accents

WORDS_MAX = 4_000  # characters of one text that are looked at; what only stands after them is not known
KEPT_MAX, KEPT_CHARS = 4_096, 200
UNKNOWN = "unknown"  # the kind of a hazard whose words no table knows; it has rows of its own in effects.toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The vocabulary, and how to recognise it. Names stand in order of precedence: the first match wins."""

    names: tuple[str, ...]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]  # kind -> its words, in order of precedence
    codes: Mapping[tuple[str, str], str]  # (name of the code list, code), both folded -> kind
    # Texts that were found before, a source says the same few over and over; as many as KEPT_MAX.
    kept: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)

    def find(self, texts: Iterable[str], codes: Iterable[tuple[str, str]] = ()) -> str:
        """Find the kind: by codes, else by event words, else by words beside a code; "" when none is known.

        Codes come first because some words mean more than one thing: a "forest fire" warning with awareness
        type 8 is fire weather, and no fire.
        """
        listed = tuple(codes)
        return (
            next((kind for name, value in listed if (kind := self._by_code(name, value))), "")
            or self._by_words(texts)
            or self._by_words(value.partition(";")[2] or value for _, value in listed)
        )

    def _by_code(self, name: str, value: str) -> str:
        # "12; Flooding" and "NE;Nevadas": the code is what stands before the semicolon.
        return self.codes.get((fold(name), fold(value.partition(";")[0])), "")

    def _by_words(self, texts: Iterable[str]) -> str:
        said = tuple(text[:WORDS_MAX] for text in texts if text)
        found = self.kept.get(said)
        if found is None:
            folded = [fold(text) for text in said]
            found = next((k for k, pattern in self.patterns if any(map(pattern.search, folded))), "")
            if len(self.kept) < KEPT_MAX and sum(map(len, said)) <= KEPT_CHARS:
                self.kept[said] = found
        return found


def fold(text: str) -> str:
    """Make words comparable: no case, no accents, one space between words."""
    return " ".join(re.findall(r"\w+", without_accents(text).casefold().replace("_", " ")))


def parse_kinds(data: Mapping[str, Any]) -> Kinds:
    """Read the table; raises InputError naming every fault."""
    faults: list[Fault] = []
    names: list[str] = []
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for n, row in enumerate(data.get("kind", ())):
        name = row.get("name", "")
        if not name or name in names:
            faults.append(_fault(f"kind[{n}].name", f"the kind {name!r} is empty or stands there twice"))
            continue
        names.append(name)
        words = [_pattern(word) for word in row.get("words", ())]
        if words:
            patterns.append((name, re.compile("|".join(words))))
    codes: dict[tuple[str, str], str] = {}
    for n, row in enumerate(data.get("codes", ())):
        if not row.get("source"):
            faults.append(_fault(f"codes[{n}].source", "a code list has no source"))
        for kind, values in row.get("kinds", {}).items():
            if kind not in names:
                faults.append(_fault(f"codes[{n}].kinds.{kind}", f"{kind!r} is no kind of this table"))
            keys = [(fold(name), fold(value)) for name in row.get("names", ()) for value in values]
            twice = [key for key in keys if codes.setdefault(key, kind) != kind]
            faults.extend(
                _fault(f"codes[{n}].kinds.{kind}", f"the code {key} has two kinds") for key in twice
            )
    if UNKNOWN in names:
        faults.append(_fault("kind", f"{UNKNOWN!r} is kept for words that no row knows"))
    if faults:
        raise InputError.of(faults)
    return Kinds(names=tuple(names), patterns=tuple(patterns), codes=codes)


def _pattern(word: str) -> str:
    """Turn "inundaci*" into a pattern over folded text; a star stands for the rest of a word."""
    # Word by word: the space before and after a star is one between words, and must stay.
    words = (r"\w*".join(re.escape(fold(piece)) for piece in each.split("*")) for each in word.split())
    return r"\b" + " ".join(words) + r"\b"


def _fault(field: str, cause: str) -> Fault:
    return Fault("E1004", cause, "mend data/kinds.toml", field)
