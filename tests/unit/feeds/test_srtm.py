"""SRTM tiles: small ones made here, damage, and the borders between them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vado.errors import InputError
from vado.feeds import srtm
from vado.feeds.srtm import Elevation, open_elevation, read_tile
from vado.model.roads import UNKNOWN_M

SIDE = 1201


def tile(folder: Path, name: str, *, height: Callable[..., object], zipped: bool = False) -> Path:
    """Write a tile; `height` gives metres from shares of a degree eastward and northward."""
    east, north = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(1, 0, SIDE))
    raw = np.broadcast_to(np.rint(np.asarray(height(east, north))), (SIDE, SIDE)).astype(">i2").tobytes()
    path = folder / f"{name}.hgt"
    if not zipped:
        path.write_bytes(raw)
        return path
    with zipfile.ZipFile(folder / f"{name}.hgt.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.hgt", raw)
    return folder / f"{name}.hgt.zip"


def at(elevation: Elevation, *points: tuple[float, float]) -> list[int]:
    lon, lat = np.array(points, np.float64).T
    return elevation.heights(lon, lat).tolist()


def test_heights_lie_between_those_around_a_point(tmp_path: Path) -> None:
    path = tile(tmp_path, "N42E001", height=lambda east, north: east * 1200 + north * 2400)
    heights = open_elevation([path])
    assert at(heights, (1.0, 42.0), (1.5, 42.0), (1.0, 42.5), (1.25, 42.75)) == [0, 600, 1200, 2100]
    # A third of the way between two posts that stand 1 m and 2 m higher: bilinear, rounded.
    assert at(heights, (1 + 100.4 / 1200, 42 + 100.4 / 1200)) == [301]
    assert at(heights, (0.5, 42.5), (1.5, 41.5)) == [UNKNOWN_M, UNKNOWN_M]


def test_south_and_west_are_negative_and_zips_and_folders_are_read(tmp_path: Path) -> None:
    tile(tmp_path, "S34W071", height=lambda east, _: 100 + east, zipped=True)
    tile(tmp_path, "N00E000", height=lambda *_: 7)
    heights = open_elevation([tmp_path])
    assert at(heights, (-70.5, -33.5), (0.5, 0.5)) == [100, 7]


def test_a_void_and_its_neighbours_are_not_known(tmp_path: Path) -> None:
    def holed(east: np.ndarray, north: np.ndarray) -> np.ndarray:
        metres = np.full(east.shape, 500.0)
        metres[600, 600] = -32768
        metres[10, 10] = 9999  # as another hand marks voids
        return metres

    heights = open_elevation([tile(tmp_path, "N42E001", height=holed)])
    post = 1 / 1200
    assert at(heights, (1.5, 42.5), (1.5 + post / 2, 42.5), (1.5 + post, 42.5)) == [UNKNOWN_M] * 2 + [500]
    assert at(heights, (1 + 10 * post, 43 - 10 * post)) == [UNKNOWN_M]


def test_the_border_of_tiles_is_in_both(tmp_path: Path) -> None:
    west = tile(tmp_path, "N42E000", height=lambda *_: 100)
    south = tile(tmp_path, "N41E001", height=lambda *_: 200)
    corner = tile(tmp_path, "N41E000", height=lambda *_: 300)
    assert at(open_elevation([west]), (1.0, 42.5)) == [100]
    assert at(open_elevation([south]), (1.5, 42.0)) == [200]
    assert at(open_elevation([corner]), (1.0, 42.0), (1.0, 42.1)) == [300, UNKNOWN_M]


def test_the_first_of_a_place_counts(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = tile(tmp_path, "N42E001", height=lambda *_: 1)
    two = tile(tmp_path / "other", "N42E001", height=lambda *_: 2)
    assert at(open_elevation([two, one]), (1.5, 42.5)) == [2]


def test_both_sizes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "N42E001.hgt"
    path.write_bytes(np.arange(3601 * 3601, dtype=np.int64).astype(">i2").tobytes())
    assert read_tile(path).shape == (3601, 3601)
    assert read_tile(path)[0, :3].tolist() == [0, 1, 2]


def test_what_is_no_tile_is_refused_by_name(tmp_path: Path) -> None:
    def code(act: Callable[[], object]) -> str:
        with pytest.raises(InputError) as caught:
            act()
        return caught.value.code

    short = tmp_path / "N42E001.hgt"
    short.write_bytes(b"\0" * 1000)
    assert code(lambda: read_tile(short)) == "E1001"
    broken = tmp_path / "N42E002.hgt.zip"
    broken.write_bytes(b"PK no archive")
    assert code(lambda: read_tile(broken)) == "E1005"
    (tmp_path / "empty").mkdir()
    assert code(lambda: open_elevation([tmp_path / "empty"])) == "E1005"
    assert code(lambda: open_elevation([tmp_path / "missing"])) == "E1005"
    nameless = tmp_path / "heights.hgt"
    nameless.write_bytes(b"")
    assert code(lambda: open_elevation([nameless])) == "E1004"


def test_an_archive_that_swells_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "N42E001.hgt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N42E001.hgt", b"\0" * (3 * max(srtm.SIZES)))
    with pytest.raises(InputError, match="not the size of a tile"):
        read_tile(path)
