"""What is kept of a region's fragility: it comes back whole, or it is found again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from little_map import LittleMap
from vado.model.roads import Roads
from vado.network.fragility import Fragility, fragility
from vado.store.fragility import find, kept
from vado.store.regions import Regions


@pytest.fixture
def roads(tmp_path: Path) -> Roads:
    return (
        LittleMap()
        .nodes(A=(0, 0), B=(100, 0), C=(200, 0), D=(300, 0))
        .way(1, "ABCD", name="Valley Road")
        .tag("A", place="town", name="Alpha")
        .tag("C", place="town", name="Gamma")
        .tag("D", place="town", name="Delta")
        .roads(tmp_path)
    )


@pytest.fixture
def file(roads: Roads, tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    kept(folder, roads.content_hash, "van", lambda: fragility(roads, "van"))
    (found,) = folder.glob("fragility.van.*.npz")
    return found


def same(one: Fragility | None, two: Fragility) -> bool:
    return (
        one is not None
        and one.singles.target.tolist() == two.singles.target.tolist()
        and one.singles.segment.tolist() == two.singles.segment.tolist()
        and one.hubs.tolist() == two.hubs.tolist()
    )


def test_a_flipped_bit_is_absent_or_harmless_and_never_an_error(roads: Roads, file: Path) -> None:
    good, whole, random = file.read_bytes(), fragility(roads, "van"), Random(3)
    assert same(find(file.parent, roads.content_hash, "van"), whole)
    lost = 0
    for at in range(0, len(good), 3):
        bad = bytearray(good)
        bad[at] ^= 1 << random.randrange(8)
        file.write_bytes(bad)
        found = find(file.parent, roads.content_hash, "van")
        lost += found is None
        assert found is None or same(found, whole), at
    assert lost > len(good) // 6


@pytest.mark.parametrize("size", [0, 1, 21, 22, 500, -500, -1])
def test_half_a_file_is_absent(roads: Roads, file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])
    assert find(file.parent, roads.content_hash, "van") is None


def test_a_region_built_again_keeps_what_is_whole_and_nothing_damaged(roads: Roads, tmp_path: Path) -> None:
    regions = Regions(tmp_path / "regions")
    folder = regions.save(roads)
    for profile in ("van", "car"):
        kept(folder, roads.content_hash, profile, lambda profile=profile: fragility(roads, profile))
    (van,), (car,) = folder.glob("fragility.van.*.npz"), folder.glob("fragility.car.*.npz")
    bad = bytearray(van.read_bytes())
    bad[len(bad) // 3] ^= 4
    van.write_bytes(bad)
    assert regions.save(roads) == folder
    assert (van.exists(), car.exists()) == (False, True)
