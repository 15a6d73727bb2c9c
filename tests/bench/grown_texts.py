"""What grown messages share: the mark, the sizes, texts that are repeated with each a little different."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MARK = "\u2603"  # where the growth goes; nothing in the corpus has it
LONG = (30_000, 1_000_000)  # bytes of one text in a record that is repeated then
DEEP = 900  # the JSON reader stops near 1,000
XML_DEEP = 60
HUGE = "7" * 4_000  # digits of a number that no float can be; the JSON reader takes no more than 4,300
CHUNK = 100_000  # bytes that are made one by one
IDS = ("id", "identifier", "identifiant", "guid")
_SEED_TEXT = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Grown:
    """One way to grow one message, "how: where"; `make` gives its bytes, about `size` of them."""

    name: str
    make: Callable[[int], bytes]

    @property
    def how(self) -> str:
        return self.name.partition(": ")[0]


def repeated(templates: list[str], size: int) -> list[str]:
    """Repeat texts to a size in all; marks become numbers, and other numbers are all a little different."""
    found: list[str] = []
    length = n = 0
    plain = not any(MARK in template for template in templates)
    while length < size:
        if plain and length > CHUNK:  # enough of them differ
            found *= 1 + size // length
            break
        template = templates[n % len(templates)]
        found.append(template.replace(MARK, str(n)) if MARK in template else _moved(template, n))
        length += len(found[-1]) + 1
        n += 1
    return found


def _moved(template: str, n: int) -> str:
    """Move what may be a position a little: a shape is of places that differ."""
    return re.sub(r"(?<=\d)\.(\d)", rf".{n % 997:03}\1", template) if len(template) < 200 else template


def long(text: str, size: int) -> str:
    """Repeat the words of a text, those with decimals a little moved."""
    words = _SEED_TEXT.findall(text) or ["x"]
    return " ".join(repeated(words, size))
