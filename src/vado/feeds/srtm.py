"""Heights of the ground from SRTM tiles: `N42E001.hgt`, also zipped.

In: paths of tiles or of folders with tiles. Out: a function from degrees to metres above sea level. A tile
covers one degree, is named by its south-west corner, and holds rows from north to south of big-endian int16
metres, 3,601 to a side (one arc second) or 1,201 (three); the outermost rows stand in both neighbours.
Source: USGS, "SRTM Topography" (SRTM_Topo.txt). Refuses to guess: a void, or a place
without a tile, has no height.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vado.errors import InputError
from vado.model.roads import F64, I16, UNKNOWN_M

SIDES = (3601, 1201)
SIZES = {2 * side * side: side for side in SIDES}
# Tiles held open at once are few, but a folder may hold a continent: the names are read, the tiles are not.
TILES_MAX = 20_000
# Metres: the shore of the Dead Sea and the top of Everest, and room. What lies outside is damage, or a void
# as others mark it; SRTM's own mark is -32768.
LOWEST_M, HIGHEST_M = -600, 9_000
_NAME = re.compile(r"([NS])(\d\d)([EW])(\d\d\d)", re.IGNORECASE | re.ASCII)
_ENDINGS = (".hgt", ".hgt.zip")
_TURNS = ((0, 0), (1, 0), (0, 1), (1, 1))  # tiles to ask: a point's own, then those west and south of it


@dataclass(frozen=True, slots=True)
class Elevation:
    """Tiles by their south-west corner (lon, lat); they are read when a point falls into them."""

    tiles: dict[tuple[int, int], Path]

    def heights(self, lon: F64, lat: F64) -> I16:
        """Give the height at each point in whole metres; UNKNOWN_M where a corner of it is not known."""
        found = np.full(len(lon), UNKNOWN_M, np.int16)
        west, south = np.floor(lon).astype(np.int64), np.floor(lat).astype(np.int64)
        for back, down in _TURNS:
            # A point on the border of tiles stands in all of them: where one has no height the next is asked.
            ask = found == UNKNOWN_M
            ask &= (lon == west) if back else True
            ask &= (lat == south) if down else True
            corners = np.column_stack([west[ask] - back, south[ask] - down])
            for corner in np.unique(corners, axis=0).tolist():
                path = self.tiles.get((corner[0], corner[1]))
                if path is not None:
                    here = ask & (west - back == corner[0]) & (south - down == corner[1])
                    found[here] = _between(read_tile(path), lon[here] - corner[0], lat[here] - corner[1])
        return found


def open_elevation(paths: Iterable[Path]) -> Elevation:
    """Find the tiles at paths, the first of a place counts; raises InputError E1005, E1002 and E1004."""
    tiles: dict[tuple[int, int], Path] = {}
    for path in paths:
        before = len(tiles)
        for tile in _listed(path):
            corner = _corner(tile)
            if corner is None:
                raise InputError(
                    f"{tile.name} does not name a tile", code="E1004", field="--elevation",
                    action="name it by its south-west corner, like N42E001.hgt",
                )  # fmt: skip
            tiles.setdefault(corner, tile)
            if len(tiles) > TILES_MAX:
                raise InputError(
                    f"more than {TILES_MAX} tiles", code="E1002", field="--elevation",
                    action="give a folder with the tiles of the region only",
                )  # fmt: skip
        if path.is_dir() and len(tiles) == before and not any(_listed(path)):
            raise InputError(
                f"{path} holds no tile (.hgt or .hgt.zip)", code="E1005", field="--elevation",
                action="give a folder of SRTM tiles",
            )  # fmt: skip
    return Elevation(tiles)


def read_tile(path: Path) -> I16:
    """Read a tile, [side, side] from north to south; raises InputError E1005 unreadable, E1001 no tile."""
    try:
        raw = _unzipped(path) if path.name.lower().endswith(".zip") else _bytes(path)
    # ValueError: names that are in no encoding.
    except (
        OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
        OverflowError, struct.error,
    ) as fault:  # fmt: skip
        raise InputError(
            f"{path.name} cannot be read ({fault})", code="E1005", field="--elevation",
            action="check its rights, or download it again",
        ) from fault  # fmt: skip
    side = SIZES.get(len(raw))
    sides = " or ".join(f"{each} x {each}" for each in SIDES)
    if side is None:
        raise InputError(
            f"{path.name} has not the size of a tile", code="E1001", field="--elevation",
            action=f"SRTM tiles hold {sides} heights; download it again",
        )  # fmt: skip
    return np.frombuffer(raw, ">i2").astype(np.int16).reshape(side, side)


def _listed(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(
            file for file in path.iterdir() if file.name.lower().endswith(_ENDINGS) and file.is_file()
        )
    elif path.is_file():
        yield path
    else:
        raise InputError(
            f"there is no file or folder {path}", code="E1005", field="--elevation",
            action="give SRTM tiles (.hgt or .hgt.zip), or a folder of them",
        )  # fmt: skip


def _corner(tile: Path) -> tuple[int, int] | None:
    found = _NAME.search(tile.name)
    if found is None:
        return None
    lat, lon = int(found[2]), int(found[4])
    corner = (lon if found[3] in "Ee" else -lon, lat if found[1] in "Nn" else -lat)
    return corner if -180 <= corner[0] < 180 and -90 <= corner[1] < 90 else None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(max(SIZES) + 1)


def _unzipped(path: Path) -> bytes:
    """Read the one tile of an archive, never more of it than a tile is long."""
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if name.lower().endswith(".hgt")]
        if len(inside) != 1:
            raise zipfile.BadZipFile(f"it holds {len(inside)} tiles, not one")
        with archive.open(inside[0]) as file:
            return file.read(max(SIZES) + 1)


def _between(grid: I16, east: F64, north: F64) -> npt.NDArray[np.int16]:
    """Weigh the four heights around each point, by its share of a degree eastward and northward."""
    last = len(grid) - 1
    x, y = east * last, (1 - north) * last
    column, row = (np.clip(np.floor(at), 0, last - 1).astype(np.int64) for at in (x, y))
    u, v = x - column, y - row
    total = np.zeros(len(east))
    unknown = np.zeros(len(east), np.bool_)
    for down, right, weight in (
        (0, 0, (1 - u) * (1 - v)),
        (0, 1, u * (1 - v)),
        (1, 0, (1 - u) * v),
        (1, 1, u * v),
    ):
        metres = grid[row + down, column + right]
        total += weight * metres
        # A corner that has no weight need not be known; a point on a post is off by a rounding error.
        unknown |= (weight > 1e-6) & ((metres < LOWEST_M) | (metres > HIGHEST_M))
    return np.where(unknown, UNKNOWN_M, np.rint(np.where(unknown, 0, total))).astype(np.int16)
