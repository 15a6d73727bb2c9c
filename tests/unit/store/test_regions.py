"""Regions on disk: what is saved is loaded; what is damaged, old or missing is told apart."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from little_map import LittleMap
from vado.errors import BugError, RegionError, StateError
from vado.model.hierarchy import Hierarchy
from vado.model.roads import Roads
from vado.store import card as card_module
from vado.store import regions as module
from vado.store.card import FORMAT
from vado.store.origin import Origin
from vado.store.regions import Regions


@pytest.fixture
def roads(tmp_path: Path) -> Roads:
    return (
        LittleMap()
        .nodes(A=(0, 0), B=(100, 0), C=(200, 0))
        .way(1, "ABC", name="Straße", maxheight="3.5", **{"maxweight:hgv": "12"})
        .tag("A", place="town", name="Alpha", **{"name:de": "Älfa"})
        .tag("B", mountain_pass="yes", name="Passo Beta")
        .roads(tmp_path)
    )


@pytest.fixture
def regions(tmp_path: Path) -> Regions:
    return Regions(tmp_path / "regions")


def array_file(regions: Regions, name: str) -> Path:
    folder = regions.info("little").path
    return next(folder.glob(f"arrays.*/{name}.npy"))


def test_a_region_comes_back_as_it_was(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    loaded = regions.load("little", verify=True)
    for field in fields(Roads):
        before, after = getattr(roads, field.name), getattr(loaded, field.name)
        if field.name == "hierarchy":
            for name in (inner.name for inner in fields(Hierarchy)):
                np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
                assert not getattr(after, name).flags.writeable
        elif isinstance(before, np.ndarray):
            np.testing.assert_array_equal(after, before)
            assert after.dtype == before.dtype
        elif field.name != "places":
            assert after == before
    assert loaded.places.names == ({"de": "Älfa"},)
    assert loaded.places.node.tolist() == roads.places.node.tolist()


def test_arrays_are_mapped_and_read_only(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    loaded = regions.load("little")
    assert isinstance(loaded.edge_from.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        loaded.edge_from[0] = 3


def test_a_region_loads_by_its_folder_too(regions: Regions, roads: Roads) -> None:
    folder = regions.save(roads)
    assert regions.load(folder).content_hash == roads.content_hash
    assert Regions(folder.parent / "elsewhere").load(folder).content_hash == roads.content_hash


def test_list_and_info(regions: Regions, roads: Roads) -> None:
    assert regions.list() == ()
    regions.save(roads)
    info = regions.info("little")
    assert regions.list() == ("little",)
    assert (info.nodes, info.edges, info.places) == (roads.n_nodes, roads.n_edges, 1)
    assert info.content_hash == roads.content_hash
    assert json.loads(info.meta["counts"])["edges"] == roads.n_edges


def test_an_unknown_region_names_those_that_exist(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    with pytest.raises(StateError) as caught:
        regions.load("atlantis")
    assert caught.value.code == "E3002"
    assert "little" in str(caught.value)
    assert "vado region build atlantis" in caught.value.action


def test_a_newer_one_takes_over_while_the_older_is_open(
    regions: Regions, roads: Roads, tmp_path: Path
) -> None:
    regions.save(roads)
    old = regions.load("little")
    newer = LittleMap().nodes(A=(0, 0), B=(500, 0)).way(1, "AB").roads(tmp_path)
    regions.save(newer)
    assert regions.load("little", verify=True).content_hash == newer.content_hash
    assert old.edge_length_mm.tolist() == roads.edge_length_mm.tolist()
    assert len(list(regions.info("little").path.glob("arrays.*"))) == 1


def test_a_save_that_fails_leaves_the_older_region(
    regions: Regions, roads: Roads, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions.save(roads)

    def disk_full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module, "write_card", disk_full)
    with pytest.raises(RegionError, match="no space"):
        regions.save(roads)
    assert regions.load("little", verify=True).content_hash == roads.content_hash
    assert len(list(regions.info("little").path.glob("arrays.*"))) == 1


def test_a_first_save_that_fails_leaves_no_region(
    regions: Regions, roads: Roads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module, "write_card", disk_full)
    with pytest.raises(RegionError, match="no space"):
        regions.save(roads)
    assert regions.list() == ()
    with pytest.raises(StateError):
        regions.load("little")


def test_another_format_asks_for_a_rebuild(regions: Regions, roads: Roads) -> None:
    card_path = regions.save(roads) / "region.json"
    card = json.loads(card_path.read_text(encoding="utf-8"))
    card_path.write_text(json.dumps(card | {"format": 99}), encoding="utf-8")
    with pytest.raises(RegionError) as caught:
        regions.load("little")
    assert caught.value.code == "E1303"
    assert caught.value.action == "build it again: vado region build little --pbf FILE"


def test_a_region_remembers_what_it_was_built_from(regions: Regions, roads: Roads) -> None:
    assert regions.find_origin("little") is None
    origin = Origin(place="Andorra", profiles_hash="sha256:1", elevation=("/tiles/N42E001.hgt", "/more"))
    card_path = regions.save(roads, origin=origin) / "region.json"
    assert regions.find_origin("little") == origin
    assert regions.load("little", verify=True).content_hash == roads.content_hash
    card = json.loads(card_path.read_text(encoding="utf-8"))
    card_path.write_text(json.dumps({"format": 99, "built_from": card["built_from"]}), encoding="utf-8")
    with pytest.raises(RegionError) as caught:
        regions.load("little")
    assert caught.value.action == "build it again: vado region build little"
    card_path.write_text(json.dumps({"format": 99, "built_from": {"pbf": 7}}), encoding="utf-8")
    assert regions.find_origin("little") is None


@pytest.mark.parametrize(
    "how", ["missing", "short", "shape", "kind", "no card", "card", "empty card", "outside"]
)
def test_damage_is_told(how: str, regions: Regions, roads: Roads) -> None:
    card_path = regions.save(roads) / "region.json"
    file = array_file(regions, "edge_to")
    if how == "missing":
        file.unlink()
    elif how == "short":
        file.write_bytes(file.read_bytes()[:-4])
    elif how == "shape":
        np.save(file, roads.edge_to[:-1])
    elif how == "kind":
        np.save(file, roads.edge_to.astype(np.int64))
    elif how == "no card":
        card_path.unlink()
    elif how == "card":
        card_path.write_text("{", encoding="utf-8")
    elif how == "empty card":
        card_path.write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    else:
        card = json.loads(card_path.read_text(encoding="utf-8"))
        card_path.write_text(json.dumps(card | {"folder": "../x"}), encoding="utf-8")
    with pytest.raises(RegionError) as caught:
        regions.load("little")
    assert caught.value.code == "E1304"


def test_a_changed_byte_is_seen_when_asked_for(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    changed = roads.edge_length_mm.copy()
    changed[0] += 1
    np.save(array_file(regions, "edge_length_mm"), changed)
    with pytest.raises(RegionError) as caught:
        regions.load("little")
    assert caught.value.code == "E1304"


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a:b", " a"])
def test_names_that_are_no_folder_are_refused(name: str, regions: Regions, roads: Roads) -> None:
    from dataclasses import replace

    with pytest.raises(RegionError) as caught:
        regions.save(replace(roads, name=name))
    assert caught.value.code == "E1004"


def array_files(regions: Regions) -> list[Path]:
    return sorted(regions.info("little").path.glob("arrays.*/*.npy"))


def test_a_changed_byte_of_any_array_is_seen(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    seen = 0
    for file in array_files(regions):
        whole = file.read_bytes()
        if not np.load(file).size:
            continue
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(RegionError, match=file.stem) as caught:
            regions.load("little")
        assert caught.value.code == "E1304"
        file.write_bytes(whole)
        seen += 1
    assert seen > len(fields(Hierarchy)) + 20
    regions.load("little", verify=True)


@pytest.mark.parametrize("key", ["strings", "limits", "sizes", "profiles", "places", "content_hash", "meta"])
def test_a_changed_card_is_seen(key: str, regions: Regions, roads: Roads) -> None:
    card_path = regions.save(roads) / "region.json"
    card = json.loads(card_path.read_text(encoding="utf-8"))
    assert card[key]
    card[key] = type(card[key])()
    card_path.write_text(json.dumps(card), encoding="utf-8")
    for look in (regions.load, regions.info):
        with pytest.raises(RegionError) as caught:
            look("little")
        assert caught.value.code == "E1304"


def test_info_misses_an_array(regions: Regions, roads: Roads) -> None:
    regions.save(roads)
    array_file(regions, "shape_lon").unlink()
    with pytest.raises(RegionError, match="shape_lon") as caught:
        regions.info("little")
    assert caught.value.code == "E1304"


def test_what_is_not_sound_is_never_written(regions: Regions, roads: Roads) -> None:
    from dataclasses import replace

    with pytest.raises(BugError, match="edge_to"):
        regions.save(replace(roads, edge_to=roads.edge_to + roads.n_nodes))
    assert regions.list() == ()


def test_a_region_replaced_while_it_is_read(
    regions: Regions, roads: Roads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer one takes over each time between the card and the arrays, twice in a row."""
    newer = LittleMap().nodes(A=(0, 0), B=(500, 0)).way(1, "AB").roads(tmp_path)
    for look in (regions.load, regions.info):
        regions.save(roads)
        coming = [roads, newer]

        def read_card(folder: Path, coming: list[Roads] = coming) -> dict[str, Any]:
            card = card_module.read_card(folder)
            if coming:
                regions.save(coming.pop(0))
            return card

        monkeypatch.setattr(module, "read_card", read_card)
        assert look("little").content_hash == newer.content_hash
        assert coming == []


def test_many_write_and_read_at_once(regions: Regions, roads: Roads, tmp_path: Path) -> None:
    newer = LittleMap().nodes(A=(0, 0), B=(500, 0)).way(1, "AB").roads(tmp_path)
    hashes = {roads.content_hash, newer.content_hash}
    regions.save(roads)

    def write(each: Roads) -> None:
        for _ in range(4):
            regions.save(each)

    def read(_: int) -> None:
        for _ in range(10):
            assert regions.load("little", verify=True).content_hash in hashes
            assert regions.info("little").content_hash in hashes

    with ThreadPoolExecutor(5) as pool:
        for done in [*(pool.submit(write, each) for each in (roads, newer)),
                     *(pool.submit(read, k) for k in range(3))]:  # fmt: skip
            done.result()
    assert len(list(regions.info("little").path.glob("arrays.*"))) == 1


def test_what_a_killed_writer_left_is_swept(regions: Regions, roads: Roads) -> None:
    folder = regions.save(roads)
    (folder / "arrays.left.0").mkdir()
    (folder / "arrays.left.0" / "edge_to.npy").write_bytes(b"half")
    (folder / ".card.left").write_text("{", encoding="utf-8")
    (folder / "fragility.van.0.1.npz").write_bytes(b"damaged")
    regions.save(roads)
    assert sorted(path.name[:7] for path in folder.iterdir()) == ["arrays.", "region."]


def test_where_nothing_can_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RegionError) as caught:
        Regions(tmp_path / "file" / "regions").make_room("little")
    assert caught.value.code == "E1005"
    assert "VADO_HOME" in caught.value.action
    with pytest.raises(RegionError) as caught:
        Regions(tmp_path / "regions").make_room("../x")
    assert caught.value.code == "E1004"
    assert not (tmp_path / "regions").exists()
