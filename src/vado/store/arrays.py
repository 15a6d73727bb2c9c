"""Arrays on disk: one file each, NumPy's own format, mapped read-only, checked against what a card says.

In: named arrays, or a folder and what the card says of each: type, shape and hash. Out: what the card is to
say, or the arrays. Refuses to know what the arrays mean.

Every byte is hashed each time a region is opened: Porto's 43 MB take 30 ms of one core (SHA-256; BLAKE2b
takes 55, CRC-32 12), less than to customise the region once. So nobody has to remember what was checked.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.store.card import damaged, unreadable

Array = npt.NDArray[Any]


def write_arrays(arrays: Mapping[str, Array], folder: Path) -> dict[str, dict[str, Any]]:
    """Write every array and wait for the disk; gives type, shape and hash of each."""
    card = {}
    for name, given in arrays.items():
        array = np.ascontiguousarray(given)
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        card[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "sha256": _hash(array)}
    return card


def map_arrays(region: Path, folder: str, card: Mapping[str, Mapping[str, Any]]) -> dict[str, Array]:
    """Map arrays; raises RegionError E1304 where one is missing or not what the card says of it."""
    arrays = {name: _map(region, folder, name, spec) for name, spec in card.items()}
    # Hashing lets go of the interpreter's lock.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for name, found in zip(arrays, pool.map(_hash, arrays.values()), strict=True):
            if found != card[name]["sha256"]:
                raise damaged(region, f"its array {name} was changed after it was written")
    return arrays


def _map(region: Path, folder: str, name: str, spec: Mapping[str, Any]) -> Array:
    shape, dtype = tuple(spec["shape"]), np.dtype(spec["dtype"])
    try:
        # An empty file cannot be mapped, and need not be.
        array = np.load(
            region / folder / f"{name}.npy", mmap_mode="r" if 0 not in shape else None, allow_pickle=False
        )
    except FileNotFoundError as fault:
        raise damaged(region, f"its array {name} is missing") from fault
    except PermissionError as fault:
        raise unreadable(region, fault) from fault
    except (OSError, ValueError, EOFError) as fault:
        raise damaged(region, f"its array {name} cannot be read ({fault})") from fault
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
        raise damaged(region, f"its array {name} is {array.dtype}{array.shape}, not {dtype}{shape}")
    array.flags.writeable = False
    return np.asarray(array)


def _hash(array: Array) -> str:
    return hashlib.sha256(array.data.cast("B") if array.size else b"").hexdigest()
