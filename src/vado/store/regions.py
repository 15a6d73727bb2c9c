"""Regions on disk: one folder each, one memory-mapped file for each array. Many processes share one copy.

    <root>/<name>/region.json           format, hash, strings, towns, summary, type and shape of each array
                  arrays.<x>/<name>.npy NumPy's own format, version 1.0; the card says which folder holds

Arrays are written first, into a folder of their own; the card, replaced in one step, makes them the region.
So a half-written region is never seen, and a newer one takes over while an older one is in use. Knows nothing
of how roads are built; the hash is checked when asked for (it reads every byte).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from vado.errors import RegionError, StateError
from vado.model.codec import from_json, to_json
from vado.model.hierarchy import Hierarchy
from vado.model.ids import Hash
from vado.model.roads import Places, Roads
from vado.model.size import Limits, Size
from vado.network.digest import content_hash
from vado.network.links import hierarchy_of
from vado.store.origin import Origin, build_again, find_origin, write_origin

FORMAT = 4  # 2: before limits had a table and points heights; 3: before passes
_CARD = "region.json"
_PLACE_ARRAYS = ("lon", "lat", "node", "snap_m", "population")
_FAMILIES = ("node_", "edge_", "shape_", "turn_", "pass_")
_ARRAYS = tuple(field.name for field in fields(Roads) if field.name.startswith(_FAMILIES))
_HIERARCHY_ARRAYS = tuple(field.name for field in fields(Hierarchy))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionInfo:
    """What stands on a region's card: enough for a table, without opening an array."""

    name: str
    path: Path
    content_hash: Hash
    source: str
    attribution: str
    profiles: tuple[str, ...]
    nodes: int
    edges: int
    places: int
    size_bytes: int
    meta: dict[str, str]  # JSON texts, see network.about


class Regions:
    """The regions under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, roads: Roads, *, origin: Origin | None = None) -> Path:
        """Write a region under its name, in place of an older one; gives its folder."""
        _check_name(roads.name)
        folder = self._root / roads.name
        folder.mkdir(parents=True, exist_ok=True)
        before = _arrays_of(folder)
        arrays = Path(tempfile.mkdtemp(prefix=f"arrays.{roads.content_hash[7:23]}.", dir=folder))
        try:
            arrays.chmod(0o755)
            card = {
                **_card(roads),
                **write_origin(origin),
                "folder": arrays.name,
                "arrays": _write_arrays(roads, arrays),
            }
            _write_card(folder, card)
        except BaseException:
            shutil.rmtree(arrays, ignore_errors=True)
            raise
        if before is not None:  # who has it open keeps it: mapped files outlive their names
            shutil.rmtree(before, ignore_errors=True)
        return folder

    def load(self, name: str | Path, *, verify: bool = False) -> Roads:
        """Open a region by name or folder; arrays are mapped read-only, so this is quick at any size.

        Raises StateError E3002 unknown, RegionError E1303 another format, E1304 damaged. `verify` reads
        everything and compares the hash.
        """
        folder = self._folder(name)
        card = _read_card(folder)
        try:
            roads = _assemble(folder, card)
        except RegionError:
            again = _read_card(folder)
            if again.get("folder") == card.get("folder"):
                raise
            roads = _assemble(folder, again)  # a newer one has just taken its place
        if verify and content_hash(roads) != roads.content_hash:
            raise _damaged(folder, "its content does not have the hash on its card")
        return roads

    def list(self) -> tuple[str, ...]:
        """List the names of the regions there are, sorted."""
        if not self._root.is_dir():
            return ()
        return tuple(
            sorted(p.name for p in self._root.iterdir() if p.name[0] != "." and (p / _CARD).is_file())
        )

    def info(self, name: str | Path) -> RegionInfo:
        """Read a region's card."""
        folder = self._folder(name)
        card = _read_card(folder)
        try:
            return RegionInfo(
                name=card["name"],
                path=folder,
                content_hash=Hash(card["content_hash"]),
                source=card["source"],
                attribution=card["attribution"],
                profiles=tuple(card["profiles"]),
                nodes=card["arrays"]["node_osm"]["shape"][0],
                edges=card["arrays"]["edge_from"]["shape"][0],
                places=len(card["places"]["name"]),
                size_bytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
                meta=card["meta"],
            )
        except (KeyError, TypeError, IndexError) as fault:
            raise _damaged(folder, f"its card {_CARD} makes no sense ({fault})") from fault

    def find_origin(self, name: str) -> Origin | None:
        """Find what a region was built from, of whatever format it is; None where that is not known."""
        return find_origin(self._root / name / _CARD)

    def _folder(self, name: str | Path) -> Path:
        """Find a region's folder: by name under the root, else as a path."""
        for folder in (self._root / name, Path(name)):
            if (folder / _CARD).is_file():
                return folder
        if (folder := self._root / name).is_dir() and any(folder.rglob("*.npy")):
            raise _damaged(folder, f"its card {_CARD} is missing")
        known = self.list()
        there = f"there are {', '.join(known)}" if known else "there is none yet"
        raise StateError(
            f"there is no region {str(name)!r}; {there}",
            code="E3002",
            action=f"build it: vado region build {Path(name).name} --pbf FILE",
            field="region",
        )


def _card(roads: Roads) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": roads.name,
        "content_hash": roads.content_hash,
        "source": roads.source,
        "attribution": roads.attribution,
        "profiles": roads.profiles,
        "classes": roads.classes,
        "strings": roads.strings,
        "limits": to_json(roads.limits),
        "sizes": to_json(roads.sizes),
        "places": {"name": roads.places.name, "names": roads.places.names, "kind": roads.places.kind},
        "meta": roads.meta,
    }


def _write_arrays(roads: Roads, folder: Path) -> dict[str, dict[str, Any]]:
    """Write every array and wait for the disk; gives type and shape of each."""
    arrays = {name: getattr(roads, name) for name in _ARRAYS}
    arrays |= {f"places_{name}": getattr(roads.places, name) for name in _PLACE_ARRAYS}
    hierarchy = hierarchy_of(roads)
    arrays |= {f"hierarchy_{name}": getattr(hierarchy, name) for name in _HIERARCHY_ARRAYS}
    for name, array in arrays.items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    return {name: {"dtype": array.dtype.str, "shape": list(array.shape)} for name, array in arrays.items()}


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    handle, fresh = tempfile.mkstemp(prefix=".card.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(card, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).chmod(0o644)
        Path(fresh).replace(folder / _CARD)
    finally:
        Path(fresh).unlink(missing_ok=True)


def _arrays_of(folder: Path) -> Path | None:
    """Find the folder of arrays that is in use, to be taken away once another is."""
    try:
        found = json.loads((folder / _CARD).read_text(encoding="utf-8"))["folder"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder / found if isinstance(found, str) and found.startswith("arrays.") else None


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        found = card["format"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise _damaged(folder, f"its card {_CARD} cannot be read ({fault})") from fault
    if found != FORMAT:
        raise RegionError(
            f"region {folder.name} is of format {found}, this is for format {FORMAT}",
            code="E1303",
            action=build_again(folder.name, folder / _CARD),
            field="region",
        )
    return dict(card)


def _assemble(folder: Path, card: dict[str, Any]) -> Roads:
    try:
        return _assemble_unchecked(folder, card)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise _damaged(folder, f"its card {_CARD} makes no sense ({fault!r})") from fault


def _assemble_unchecked(folder: Path, card: dict[str, Any]) -> Roads:
    missing = {
        *_ARRAYS,
        *(f"places_{name}" for name in _PLACE_ARRAYS),
        *(f"hierarchy_{name}" for name in _HIERARCHY_ARRAYS),
    } - set(card["arrays"])
    if missing:
        raise _damaged(folder, f"its card lacks {', '.join(sorted(missing))}")
    if Path(card["folder"]).name != card["folder"]:
        raise _damaged(folder, "its card points outside the region")
    arrays: dict[str, Any] = {
        name: _map(folder, card["folder"], name, card["arrays"][name]) for name in card["arrays"]
    }
    places = Places(
        name=tuple(card["places"]["name"]),
        names=tuple(dict(names) for names in card["places"]["names"]),
        kind=tuple(card["places"]["kind"]),
        **{name: arrays[f"places_{name}"] for name in _PLACE_ARRAYS},
    )
    return Roads(
        name=card["name"],
        content_hash=Hash(card["content_hash"]),
        source=card["source"],
        attribution=card["attribution"],
        profiles=tuple(card["profiles"]),
        places=places,
        classes=tuple(card["classes"]),
        strings=tuple(card["strings"]),
        limits=tuple(from_json(Limits, row) for row in card["limits"]),
        sizes=tuple(from_json(Size, row) for row in card["sizes"]),
        meta=dict(card["meta"]),
        hierarchy=Hierarchy(**{name: arrays[f"hierarchy_{name}"] for name in _HIERARCHY_ARRAYS}),
        **{name: arrays[name] for name in _ARRAYS},
    )


def _map(folder: Path, arrays: str, name: str, spec: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Map one array; raises E1304 where the file is missing or not of the size its card says."""
    path = folder / arrays / f"{name}.npy"
    shape, dtype = tuple(spec["shape"]), np.dtype(spec["dtype"])
    try:
        # An empty file cannot be mapped, and need not be.
        array = np.load(path, mmap_mode="r" if 0 not in shape else None, allow_pickle=False)
    except FileNotFoundError as fault:
        raise _damaged(folder, f"its array {name} is missing") from fault
    except (OSError, ValueError, EOFError) as fault:
        raise _damaged(folder, f"its array {name} cannot be read ({fault})") from fault
    if array.shape != shape or array.dtype != dtype:
        raise _damaged(folder, f"its array {name} is {array.dtype}{array.shape}, not {dtype}{shape}")
    array.flags.writeable = False
    return np.asarray(array)


def _check_name(name: str) -> None:
    if not name or name[0] in ".-" or any(char in name for char in "/\\\0:") or name != name.strip():
        raise RegionError(
            f"{name!r} is no name for a region",
            code="E1004",
            action="use letters, figures, - and _; it becomes the name of a folder",
            field="name",
        )


def _damaged(folder: Path, cause: str) -> RegionError:
    return RegionError(
        f"region {folder.name} is damaged: {cause}",
        code="E1304",
        action=build_again(folder.name, folder / _CARD),
        field="region",
    )
