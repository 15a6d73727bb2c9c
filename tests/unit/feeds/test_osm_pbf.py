"""Reading OSM files: whole ones as mapped, damaged ones not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from little_map import LittleMap
from samples import sample
from vado.errors import RegionError
from vado.feeds import osm_pbf
from vado.feeds.pbf_blobs import FULL_BLOCK, check_whole, list_frames


def town() -> LittleMap:
    return (
        LittleMap()
        .nodes(A=(0, 0), B=(100, 0), C=(200, 0), Z=(900, 900))
        .way(2, "BC", highway="primary", name="High", ref="H1", building="yes", note="x")
        .way(1, "AB", highway="primary")
        .way(3, "AC", highway="footway")
        .tag("A", place="town", name="Alpha", wikidata="Q1")
        .tag("B", barrier="gate", access="private", colour="red")
        .tag("Z", barrier="gate")
        .turn(1, "B", 2, "no_u_turn")
    )


def test_roads_are_read_as_mapped(tmp_path: Path) -> None:
    raw = town().raw(tmp_path)
    assert raw.way_id.tolist() == [1, 2]
    assert [chr(node) for node in raw.way_nodes] == ["A", "B", "B", "C"]
    assert raw.node_id.tolist() == [ord("A"), ord("B"), ord("C")]  # Z is on no road
    assert raw.tag_sets == ((("highway", "primary"),),)  # both ways share it; names are apart
    assert [raw.strings[name] for name in raw.way_name] == ["", "High"]
    assert [raw.strings[ref] for ref in raw.way_ref] == ["", "H1"]
    assert raw.node_tags == ((ord("B"), (("access", "private"), ("barrier", "gate"))),)
    assert [place.tags for place in raw.places] == [(("name", "Alpha"), ("place", "town"))]
    assert [(t.from_ways, t.via_nodes, t.to_ways) for t in raw.turns] == [((1,), (ord("B"),), (2,))]
    assert "OpenStreetMap" in raw.attribution
    assert raw.notes == ()


def test_an_xml_file_reads_the_same(tmp_path: Path) -> None:
    pbf, xml = town().raw(tmp_path), osm_pbf.read(town().write(tmp_path / "little.osm"))
    assert xml.way_nodes.tolist() == pbf.way_nodes.tolist()
    assert xml.node_lon.tolist() == pbf.node_lon.tolist()
    assert xml.turns == pbf.turns


def test_what_a_file_may_lack_is_noted(tmp_path: Path) -> None:
    raw = LittleMap().nodes(A=(0, 0), B=(100, 0)).way(1, "AB").raw(tmp_path)
    assert len(raw.notes) == 2


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RegionError) as caught:
        osm_pbf.read(tmp_path / "none.osm.pbf")
    assert caught.value.code == "E1005"


def test_a_file_without_roads(tmp_path: Path) -> None:
    path = LittleMap().nodes(A=(0, 0), B=(1, 1)).way(1, "AB", highway="footway").write(tmp_path / "x.osm.pbf")
    with pytest.raises(RegionError) as caught:
        osm_pbf.read(path)
    assert caught.value.code == "E1302"


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"\x00\x00\x00\x0d" + b"x" * 40])
def test_a_file_that_is_no_pbf(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(RegionError) as caught:
        osm_pbf.read(path)
    assert caught.value.code == "E1301"


def test_every_cut_of_a_small_file_is_seen(tmp_path: Path) -> None:
    """But one: exactly before the relations, where what is left is a whole file; that is noted.

    Exactly before the ways what is left is a whole file, too: one of points.
    """
    whole = town().write(tmp_path / "whole.osm.pbf").read_bytes()
    short = tmp_path / "short.osm.pbf"
    passed, points = [], []
    for size in range(len(whole)):
        short.write_bytes(whole[:size])
        try:
            raw = osm_pbf.read(short)
        except RegionError as fault:
            assert fault.code in ("E1301", "E1302")  # noqa: PT017 - which cuts pass is what is asked
            points += [size] if fault.code == "E1302" else []
        else:
            passed.append(size)
            assert "without relations" in raw.notes[0]
    with (tmp_path / "whole.osm.pbf").open("rb") as file:
        starts = [frame.offset for frame in list_frames(file, size=len(whole))]
    assert all(any(size < start for start in starts) for size in passed)
    assert len(passed) <= 1
    assert len(points) == 1


def test_a_file_of_points(tmp_path: Path) -> None:
    """It may be whole: "truncated" would send people to download it again and again."""
    path = (
        LittleMap()
        .nodes(A=(0, 0), B=(1, 1))
        .tag("A", place="town", name="Alpha")
        .write(tmp_path / "x.osm.pbf")
    )
    with pytest.raises(RegionError, match="no road") as caught:
        osm_pbf.read(path)
    assert caught.value.code == "E1302"
    assert "checksum" in caught.value.action


def test_a_byte_turned_over_is_seen(tmp_path: Path) -> None:
    path = town().write(tmp_path / "x.osm.pbf")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(RegionError) as caught:
        osm_pbf.read(path)
    assert caught.value.code == "E1301"


def test_a_last_block_that_is_full_is_taken_for_a_cut(tmp_path: Path) -> None:
    """Writers fill blocks to 8,000 objects, so a file cut between two blocks of ways ends with a full one."""
    import osmium
    from osmium.osm import mutable

    path = tmp_path / "full.osm.pbf"
    with osmium.SimpleWriter(str(path)) as out:
        for number in range(1, 3):
            out.add_node(mutable.Node(id=number, location=(1.5, 42.5 + number / 1000)))
        for number in range(1, FULL_BLOCK + 2):
            out.add_way(mutable.Way(id=number, nodes=[1, 2], tags={"highway": "residential"}))
    check_whole(path)
    data = path.read_bytes()
    with path.open("rb") as file:
        frames = list(list_frames(file, size=len(data)))
    last_but_one = frames[-2]
    path.write_bytes(data[: last_but_one.offset + last_but_one.size])
    with pytest.raises(RegionError, match="full block") as caught:
        osm_pbf.read(path)
    assert caught.value.code == "E1301"


@pytest.mark.samples
def test_cuts_of_a_real_file_are_seen(tmp_path: Path) -> None:
    whole = sample("osm", "andorra_geodude.osm.pbf").read_bytes()
    with sample("osm", "andorra_geodude.osm.pbf").open("rb") as file:
        frames = list(list_frames(file, size=len(whole)))
    ends = [frame.offset + frame.size for frame in frames]
    anywhere = [0, 1, 3, 4, 100, 1_000, 100_000, len(whole) // 2, len(whole) - 1]
    near_ends = [end + shift for end in ends for shift in (-1, 1)]
    path = tmp_path / "cut.osm.pbf"
    for size in sorted({*anywhere, *near_ends} - {len(whole) + 1}):
        path.write_bytes(whole[:size])
        with pytest.raises(RegionError) as caught:
            osm_pbf.read(path)
        assert caught.value.code == "E1301", size


@pytest.mark.samples
def test_cuts_of_a_real_file_between_blocks_are_seen_or_noted(tmp_path: Path) -> None:
    whole = sample("osm", "andorra_geodude.osm.pbf").read_bytes()
    with sample("osm", "andorra_geodude.osm.pbf").open("rb") as file:
        frames = list(list_frames(file, size=len(whole)))
    path = tmp_path / "cut.osm.pbf"
    unseen = []
    for frame in frames[:-1]:
        path.write_bytes(whole[: frame.offset + frame.size])
        try:
            raw = osm_pbf.read(path)
        except RegionError as fault:
            assert fault.code in ("E1301", "E1302")  # noqa: PT017 - which cuts pass is what is asked
        else:
            unseen.append(raw.notes)
    assert all("without relations" in notes[0] for notes in unseen)
    assert len(unseen) <= 1  # only the cut exactly between the last way and the first relation
