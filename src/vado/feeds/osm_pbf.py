"""Roads from an OSM file (`.osm.pbf` of any size, also `.osm`), as mapped.

In goes a path, out come `RawRoads`: one pass for ways, relations and tagged nodes, a second one for where
only those nodes are that ways use. What can be driven, and how fast, is not known here (`network.build`).
A file that is cut short or damaged is refused (E1301), never read as a smaller region.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import numpy as np
import osmium
from osmium.filter import IdFilter, KeyFilter
from osmium.osm import NODE

from vado.errors import RegionError
from vado.feeds.pbf_blobs import check_whole
from vado.model.raw_roads import (
    DRIVABLE_CLASSES,
    OSM_ATTRIBUTION,
    RESTRICTION_KEYS,
    RawPlace,
    RawRoads,
    RawTurn,
    RawWays,
    Tags,
    barrier_tags,
    find_pass_name,
    notes_on,
    place_tags,
    turn_tags,
)
from vado.model.roads import F64, I64

Progress = Callable[[str, int, int | None], None]
_TICK = 20_000  # objects between two words of progress


def read(path: Path, *, progress: Progress | None = None) -> RawRoads:
    """Read a file. Raises RegionError: E1005 no file, E1301 truncated or damaged, E1302 no road in it."""
    tell = progress or (lambda _stage, _done, _total: None)
    if not path.is_file():
        raise RegionError(f"there is no file {path}", code="E1005", action="give the path of a .osm.pbf file")
    with _faults_named(path):
        if path.name.endswith(".pbf"):
            tell("checking the file", 0, None)
            check_whole(path)
        found = _Found()
        keys = KeyFilter("highway", "place", "barrier", "ford", "mountain_pass", "natural", *RESTRICTION_KEYS)
        processor = osmium.FileProcessor(str(path)).with_filter(keys)
        header = processor.header
        for number, thing in enumerate(processor):
            if number % _TICK == 0:
                tell("reading ways", number, None)
            found.take(thing)
        tell("reading ways", len(found.ways), len(found.ways))
        if not len(found.ways):
            raise RegionError(
                f"{path.name} holds no drivable road",
                code="E1302",
                action="choose a file that covers roads; extracts of points or buildings alone have none",
            )
        node_id, node_lon, node_lat = _locate(path, found.ways.node_ids(), tell)
    tagged = np.array([id_ for id_, _ in (*found.nodes, *found.passes)], np.int64)
    used = set(node_id[np.isin(node_id, tagged)].tolist())
    timestamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    return RawRoads(
        source=path.name + (f", data of {timestamp[:10]}" if timestamp else ""),
        attribution=OSM_ATTRIBUTION,
        timestamp=timestamp,
        node_id=node_id,
        node_lon=node_lon,
        node_lat=node_lat,
        node_tags=tuple(sorted(item for item in found.nodes if item[0] in used)),
        turns=tuple(sorted(found.turns, key=lambda turn: turn.id)),
        places=tuple(sorted(found.places, key=lambda place: place.id)),
        passes=tuple(sorted(item for item in found.passes if item[0] in used)),
        notes=notes_on(found.turns, found.places),
        **found.ways.finish(),
    )


class _Found:
    """What the first pass has gathered so far."""

    def __init__(self) -> None:
        self.ways = RawWays()
        self.nodes: list[tuple[int, Tags]] = []
        self.passes: list[tuple[int, str]] = []
        self.turns: list[RawTurn] = []
        self.places: list[RawPlace] = []

    def take(self, thing: object) -> None:
        if isinstance(thing, osmium.osm.Way):
            if thing.tags.get("highway") in DRIVABLE_CLASSES and len(thing.nodes) > 1:
                self.ways.add(thing.id, [node.ref for node in thing.nodes], dict(thing.tags))
        elif isinstance(thing, osmium.osm.Node):
            self._take_node(thing, dict(thing.tags))
        elif isinstance(thing, osmium.osm.Relation) and (tags := turn_tags(dict(thing.tags))):
            members = [(member.role, member.type, member.ref) for member in thing.members]
            self.turns.append(RawTurn.of_members(thing.id, members, tags))

    def _take_node(self, node: osmium.osm.Node, tags: dict[str, str]) -> None:
        if stops := barrier_tags(tags):
            self.nodes.append((node.id, stops))
        if (name := find_pass_name(tags)) is not None:
            self.passes.append((node.id, name))
        if (named := place_tags(tags)) and node.location.valid():
            self.places.append(
                RawPlace(id=node.id, lonlat=(node.location.lon, node.location.lat), tags=named)
            )


def _locate(path: Path, wanted: I64, tell: Progress) -> tuple[I64, F64, F64]:
    """Find where the wanted nodes are; those that the file lacks (beyond its border) stay out."""
    ids, x, y = array("q"), array("i"), array("i")
    # Piece by piece: a list of a country's node ids would take more memory than everything else.
    pieces = (wanted[at : at + _TICK].tolist() for at in range(0, len(wanted), _TICK))
    processor = osmium.FileProcessor(str(path), NODE).with_filter(IdFilter(chain.from_iterable(pieces)))
    for number, node in enumerate(processor):
        if number % _TICK == 0:
            tell("reading nodes", number, len(wanted))
        if isinstance(node, osmium.osm.Node) and node.location.valid():
            ids.append(node.id)
            x.append(node.location.x)
            y.append(node.location.y)
    tell("reading nodes", len(wanted), len(wanted))
    found, order = np.unique(np.array(ids, np.int64), return_index=True)
    # osmium keeps degrees as whole 1e-7 parts; dividing them gives the same float everywhere.
    return found, np.array(x, np.float64)[order] / 1e7, np.array(y, np.float64)[order] / 1e7


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """Turn what osmium and the system say into errors of ours."""
    try:
        yield
    except OSError as fault:
        raise RegionError(
            f"{path} cannot be read ({fault.strerror or fault})",
            code="E1005",
            action="check the path and its rights",
        ) from fault
    except (RuntimeError, osmium.InvalidLocationError) as fault:
        raise RegionError(
            f"{path.name} is damaged ({fault})",
            code="E1301",
            action="download the file again and compare its size or checksum",
        ) from fault
