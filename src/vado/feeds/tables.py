"""The tables that feeds need, read from data/ here or inside the installed package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from vado.errors import BugError
from vado.hazards import Kinds, parse_kinds


def shipped(name: str) -> dict[str, Any]:
    """Read one table of data/, e.g. "kinds.toml"."""
    installed = files("vado") / "_data" / name
    if installed.is_file():
        return tomllib.loads(installed.read_text(encoding="utf-8"))
    checkout = Path(__file__).resolve().parents[3] / "data" / name
    if checkout.is_file():
        return tomllib.loads(checkout.read_text(encoding="utf-8"))
    raise BugError(f"the table {name} is not part of this installation", action="install vado again")


@cache
def shipped_kinds() -> Kinds:
    return parse_kinds(shipped("kinds.toml"))
