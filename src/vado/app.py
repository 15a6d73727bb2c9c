"""Wiring: the only place where settings become a store, roads, a worker, an API.

In: `Settings`. Out: the parts, put together, and the processes that run them. Refuses to know any rule.
What is heavy is imported inside the functions: a process loads what its role needs (the API never loads
OR-Tools, the worker no web framework).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vado.errors import InputError, StateError

if TYPE_CHECKING:
    from vado.hazards import Meaning
    from vado.model.roads import Roads
    from vado.ports import Store
    from vado.settings import Settings


def load_meaning() -> Meaning:
    """Read the tables that say what hazards do; raises InputError naming every hole in them."""
    from vado.hazards import parse_meaning
    from vado.store.data import data_path

    return parse_meaning(_table(data_path("effects.toml")), _table(data_path("kinds.toml")))


def open_store(settings: Settings) -> Store:
    """Open the store of the settings, in the process that uses it."""
    from vado.store import open_store as open_by_url

    if not settings.store_url:
        settings.home.mkdir(parents=True, exist_ok=True)
    return open_by_url(settings.store)


def load_roads(settings: Settings) -> Roads:
    """Map the region's arrays into memory; raises StateError E3002 when none is set or there is none."""
    from vado.store.regions import Regions

    if not settings.region:
        raise StateError(
            "no region is set",
            code="E3002",
            action="set region in vado.toml or VADO_REGION; vado region build makes one",
            field="region",
        )
    return Regions(settings.home / "regions").load(settings.region)


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"our own table {path.name} cannot be read: {error}", code="E1005") from error
