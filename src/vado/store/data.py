"""Data that is ours to ship: finds it in a checkout (`data/` at the top) and in a wheel (`vado/_data`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import vado
from vado.errors import InputError
from vado.network.speeds import Profiles, parse_profiles

_PACKAGE = Path(vado.__file__).parent


def data_path(name: str) -> Path:
    """Give the path of one of our data files; raises InputError E1005 where it is missing."""
    for folder in (_PACKAGE / "_data", _PACKAGE.parents[1] / "data"):
        if (folder / name).exists():
            return folder / name
    raise InputError(
        f"our own data file {name} is missing", code="E1005", action="install vado again; it ships with it"
    )


def load_profiles(path: Path | None = None) -> Profiles:
    """Read the table of profiles: ours, or another file of the same form."""
    source = path or data_path("profiles.toml")
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as fault:
        raise InputError(
            f"{source} cannot be read ({fault.strerror})",
            code="E1005",
            action="check the path and its rights",
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"{source.name} is no TOML ({fault})", action="mend it where it says") from fault
    return parse_profiles(table)
