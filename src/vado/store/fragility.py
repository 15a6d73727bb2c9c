"""What hangs on what, kept beside a region: one file for each profile, named by the roads it was found on.

    <region's folder>/fragility.<profile>.<hash>.<format>.npz

Found on first use and written in one step; who cannot write there finds it again each time. A file that is
damaged counts as absent. Refuses to know how it is found.
"""

from __future__ import annotations

import os
import re
import struct
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vado.model.ids import Hash
from vado.network.fragility import Fragility, Hangs, Pairs

FORMAT = 1  # also to be raised when what counts as isolated, or a bound, changes
# What numpy, zipfile and zlib raise for bytes that are no longer what was written. A flipped bit may ask for
# another compression or a password (NotImplementedError, RuntimeError), or for an array of any size.
DAMAGED = (
    OSError, ValueError, KeyError, EOFError, TypeError, OverflowError, MemoryError, RuntimeError, SyntaxError,
    struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_HANGS, _PAIRS = ("target", "segment", "ways", "apart"), ("target", "one", "two", "ways")


def find(folder: Path, roads_hash: Hash, profile: str) -> Fragility | None:
    """Find what was kept for these roads and this profile."""
    return _read(_path(folder, roads_hash, profile), roads_hash, profile)


def kept(folder: Path, roads_hash: Hash, profile: str, find: Callable[[], Fragility]) -> Fragility:
    """Get what was kept for these roads and this profile, or find it and keep it."""
    path = _path(folder, roads_hash, profile)
    known = _read(path, roads_hash, profile)
    if known is None:
        known = find()
        _write(path, roads_hash, known)
        for older in folder.glob(f"{_stem(profile)}*.npz"):
            if older != path:
                older.unlink(missing_ok=True)
    return known


def _stem(profile: str) -> str:
    return f"fragility.{re.sub(r'[^A-Za-z0-9_-]', '_', profile)}."


def _path(folder: Path, roads_hash: Hash, profile: str) -> Path:
    return folder / f"{_stem(profile)}{roads_hash[7:23]}.{FORMAT}.npz"


def tidy(folder: Path, roads_hash: Hash) -> None:
    """Remove what is damaged or was found on other roads: whoever builds a region anew has it whole again."""
    for path in folder.glob("fragility.*.npz"):
        known = _load(path)
        if known is None or known[0] != roads_hash or path != _path(folder, roads_hash, known[1].profile):
            path.unlink(missing_ok=True)


def _read(path: Path, roads_hash: Hash, profile: str) -> Fragility | None:
    known = _load(path)
    if known is None or known[0] != roads_hash or known[1].profile != profile:
        return None
    return known[1]


def _load(path: Path) -> tuple[str, Fragility] | None:
    """Read a file and the hash of the roads it was found on; None where it is not there, or damaged."""
    try:
        # Opened here: numpy leaves a file open that it finds to be no archive.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            singles: dict[str, Any] = {name: file[f"singles_{name}"] for name in _HANGS}
            pairs: dict[str, Any] = {name: file[f"pairs_{name}"] for name in _PAIRS}
            left_out, untried = (int(n) for n in file["beyond"])
            profile, roads_hash, hubs = str(file["profile"]), str(file["roads"]), file["hubs"]
    except DAMAGED:
        return None
    rows = [*singles.values(), *pairs.values(), hubs]
    if any(one.ndim != 1 or one.dtype.kind not in "iub" for one in rows):
        return None
    lengths = (
        {len(one) for name, one in singles.items() if name != "apart"},
        {len(one) for one in pairs.values()},
    )
    if any(len(each) != 1 for each in lengths):
        return None
    return roads_hash, Fragility(profile=profile, hubs=hubs, singles=Hangs(**singles),
                                 pairs=Pairs(**pairs, left_out=left_out, untried=untried))  # fmt: skip


def _write(path: Path, roads_hash: Hash, found: Fragility) -> None:
    arrays: dict[str, Any] = {f"singles_{name}": getattr(found.singles, name) for name in _HANGS}
    arrays |= {f"pairs_{name}": getattr(found.pairs, name) for name in _PAIRS}
    arrays |= {"hubs": found.hubs, "beyond": np.array([found.pairs.left_out, found.pairs.untried]),
               "roads": np.array(roads_hash), "profile": np.array(found.profile)}  # fmt: skip
    try:
        handle, fresh = tempfile.mkstemp(prefix=".fragility.", dir=path.parent)
    except OSError:
        return  # a folder that may only be read
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).chmod(0o644)
        Path(fresh).replace(path)
    finally:
        Path(fresh).unlink(missing_ok=True)
