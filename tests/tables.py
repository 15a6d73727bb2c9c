"""The tables of data/, read once for tests."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from vado.hazards import Meaning, parse_meaning

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def shipped() -> Meaning:
    """Read both tables as they are."""
    return parse_meaning(table("effects"), table("kinds"))


@cache
def meaning() -> Meaning:
    """Read them without what hazards leave behind, for tests that count hazards."""
    return replace(shipped(), after={})
