"""Regions on disk: one folder each, one memory-mapped file for each array. Many processes share one copy.

    <root>/<name>/region.json           format, hashes, strings, towns, summary, type and shape of each array
                  arrays.<x>/<name>.npy NumPy's own format, version 1.0; the card says which folder holds

Arrays are written first, into a folder of their own; the card, replaced in one step, makes them the region.
So a half-written region is never seen, and a newer one takes over while an older one is in use. Writers of
one region wait for each other; readers wait for nobody and look again. What is opened is what was written,
hierarchy and all, byte for byte, and sound (`network.sound`): kernels check no bounds. Knows nothing of how
roads are built.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vado.errors import BugError, RegionError, StateError
from vado.model.codec import from_json, to_json
from vado.model.hierarchy import Hierarchy
from vado.model.ids import Hash
from vado.model.roads import Places, Roads
from vado.model.size import Limits, Size
from vado.network.digest import content_hash
from vado.network.links import hierarchy_of
from vado.network.sound import find_fault
from vado.store import fragility
from vado.store.arrays import map_arrays, write_arrays
from vado.store.card import CARD, FORMAT, damaged, find_arrays, read_card, unreadable, write_card
from vado.store.origin import Origin, find_origin, write_origin

# How often a reader looks again when a newer region takes the place of the one it was reading. Writing one
# takes longer than opening it (every array is awaited on the disk), so already the third time is rare.
TRIES = 50
_PLACE_ARRAYS = ("lon", "lat", "node", "snap_m", "population")
_FAMILIES = ("node_", "edge_", "shape_", "turn_", "pass_")
_ARRAYS = tuple(field.name for field in fields(Roads) if field.name.startswith(_FAMILIES))
_HIERARCHY_ARRAYS = tuple(field.name for field in fields(Hierarchy))


T = TypeVar("T")


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

    def make_room(self, name: str) -> None:
        """Refuse what cannot be written, before long work is done for it: RegionError E1004 or E1005."""
        _check_name(name)
        folder = self._root / name
        with _told(folder):
            if not folder.is_dir():
                folder = self._root
                folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass

    def save(self, roads: Roads, *, origin: Origin | None = None) -> Path:
        """Write a region under its name, in place of an older one; gives its folder.

        Raises RegionError E1004 no name, E1005 it cannot be written.
        """
        self.make_room(roads.name)
        roads = replace(roads, hierarchy=hierarchy_of(roads))
        if (fault := find_fault(roads)) is not None:
            raise BugError(f"region {roads.name} was built wrong: {fault}")
        folder = self._root / roads.name
        with _told(folder), ExitStack() as stack:
            folder.mkdir(parents=True, exist_ok=True)
            alone = stack.enter_context(_alone(folder))
            arrays = Path(tempfile.mkdtemp(prefix=f"arrays.{roads.content_hash[7:23]}.", dir=folder))
            try:
                arrays.chmod(0o755)
                written = write_arrays(_arrays_of(roads), arrays)
                before = find_arrays(folder)
                card = {**_card(roads), **write_origin(origin), "folder": arrays.name, "arrays": written}
                write_card(folder, card)
            except BaseException:
                shutil.rmtree(arrays, ignore_errors=True)
                raise
            # Who has an older one open keeps it: mapped files outlive their names. While no one else writes,
            # all others are leftovers, also of writers that were killed.
            for other in folder.glob("arrays.*") if alone else [before]:
                if other is not None and other != arrays:
                    shutil.rmtree(other, ignore_errors=True)
            fragility.tidy(folder, roads.content_hash)
            for card_left in folder.glob(".card.*") if alone else ():
                card_left.unlink(missing_ok=True)
        return folder

    def load(self, name: str | Path, *, verify: bool = False) -> Roads:
        """Open a region by name or folder; arrays are mapped read-only.

        Raises StateError E3002 unknown, RegionError E1303 another format, E1304 damaged, E1005. Every array
        is compared with its hash; `verify` compares the roads' own as well.
        """
        folder = self._folder(name)
        roads = _steadily(folder, lambda card: _assemble(folder, card))
        if verify and content_hash(roads) != roads.content_hash:
            raise damaged(folder, "its content does not have the hash on its card")
        return roads

    def list(self) -> tuple[str, ...]:
        """List the names of the regions there are, sorted."""
        if not self._root.is_dir():
            return ()
        return tuple(
            sorted(p.name for p in self._root.iterdir() if p.name[0] != "." and (p / CARD).is_file())
        )

    def info(self, name: str | Path) -> RegionInfo:
        """Read a region's card."""
        folder = self._folder(name)
        return _steadily(folder, lambda card: _info(folder, card))

    def find_origin(self, name: str) -> Origin | None:
        """Find what a region was built from, of whatever format it is; None where that is not known."""
        return find_origin(self._root / name / CARD)

    def _folder(self, name: str | Path) -> Path:
        """Find a region's folder: by name under the root, else as a path."""
        for folder in (self._root / name, Path(name)):
            if (folder / CARD).is_file():
                return folder
        if (folder := self._root / name).is_dir() and any(folder.glob("arrays.*/*.npy")):
            raise damaged(folder, f"its card {CARD} is missing, unless it is just being built")
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


def _arrays_of(roads: Roads) -> dict[str, np.ndarray[Any, Any]]:
    """Name every array of roads that have a hierarchy."""
    arrays = {name: getattr(roads, name) for name in _ARRAYS}
    arrays |= {f"places_{name}": getattr(roads.places, name) for name in _PLACE_ARRAYS}
    return arrays | {f"hierarchy_{name}": getattr(roads.hierarchy, name) for name in _HIERARCHY_ARRAYS}


def _info(folder: Path, card: dict[str, Any]) -> RegionInfo:
    try:
        files = [folder / CARD, *(folder / card["folder"] / f"{name}.npy" for name in card["arrays"])]
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
            size_bytes=sum(file.stat().st_size for file in files),
            meta=card["meta"],
        )
    except FileNotFoundError as fault:
        raise damaged(folder, f"{fault.filename} is missing") from fault
    except OSError as fault:
        raise unreadable(folder, fault) from fault
    except (KeyError, TypeError, IndexError) as fault:
        raise damaged(folder, f"its card {CARD} makes no sense ({fault})") from fault


def _steadily(folder: Path, look: Callable[[dict[str, Any]], T]) -> T:
    """Look at what a card names; again where a newer region has taken its place meanwhile."""
    card = read_card(folder)
    for _ in range(TRIES):
        try:
            return look(card)
        except RegionError:
            newer = read_card(folder)
            if newer.get("folder") == card.get("folder"):
                raise
            card = newer
    return look(card)


def _assemble(folder: Path, card: dict[str, Any]) -> Roads:
    try:
        roads = _assemble_unchecked(folder, card)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise damaged(folder, f"its card {CARD} makes no sense ({fault!r})") from fault
    if (fault_found := find_fault(roads)) is not None:
        raise damaged(folder, fault_found)
    return roads


def _assemble_unchecked(folder: Path, card: dict[str, Any]) -> Roads:
    missing = {
        *_ARRAYS,
        *(f"places_{name}" for name in _PLACE_ARRAYS),
        *(f"hierarchy_{name}" for name in _HIERARCHY_ARRAYS),
    } - set(card["arrays"])
    if missing:
        raise damaged(folder, f"its card lacks {', '.join(sorted(missing))}")
    if Path(card["folder"]).name != card["folder"]:
        raise damaged(folder, "its card points outside the region")
    arrays: dict[str, Any] = map_arrays(folder, card["folder"], card["arrays"])
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


def _check_name(name: str) -> None:
    if not name or name[0] in ".-" or any(char in name for char in "/\\\0:") or name != name.strip():
        raise RegionError(
            f"{name!r} is no name for a region",
            code="E1004",
            action="use letters, figures, - and _; it becomes the name of a folder",
            field="name",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Wait until nobody else writes this region; says whether that can be known on this file system."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # let go when the writer ends, however it ends
            held = True
        except OSError:  # a network's file system
            held = False
        yield held
    finally:
        os.close(handle)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say of a disk that is full, or not ours to write on, what to do about it."""
    try:
        yield
    except OSError as fault:
        raise RegionError(
            f"{folder} cannot be written: {fault.strerror or fault}",
            code="E1005",
            action="check rights and space there; home in vado.toml, or VADO_HOME, says where it is",
            field="home",
        ) from fault
