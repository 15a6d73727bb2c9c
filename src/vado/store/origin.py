"""What a region was built from, kept on its card, so that its name alone is enough to build it again.

In: what was asked for when it was built. Out: the same, from a card of any format, also of a later or an
older version of this program: who must build again is told by how. Paths are absolute, the user's own.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vado.model.codec import from_json, to_json

KEY = "built_from"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One of `pbf` and `place`, and what else was given; empty: not given."""

    pbf: str = ""
    place: str = ""
    profiles: str = ""  # a table of the user's; empty: ours
    profiles_hash: str = ""  # of the table's bytes, whoever's it is
    elevation: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.pbf) == bool(self.place):
            raise ValueError("a region is built from a file or from a place")


def hash_of(table: Path) -> str:
    """Hash a table of profiles; empty where it cannot be read."""
    try:
        return f"sha256:{hashlib.sha256(table.read_bytes()).hexdigest()}"
    except OSError:
        return ""


def write_origin(origin: Origin | None) -> dict[str, Any]:
    return {} if origin is None else {KEY: to_json(origin)}


def find_origin(card: Path) -> Origin | None:
    """Read it from a card; None where the card is from before there was one, or makes no sense."""
    try:
        return from_json(Origin, json.loads(card.read_text(encoding="utf-8"))[KEY])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def build_again(name: str, card: Path) -> str:
    """Write the command that builds a region again."""
    known = find_origin(card) is not None
    return f"build it again: vado region build {shlex.quote(name)}{'' if known else ' --pbf FILE'}"
