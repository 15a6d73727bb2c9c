"""A little invented map, written as an OSM file: what tests of regions are made of.

    LittleMap().nodes(A=(0, 0), B=(100, 0)).way(1, "AB", highway="residential", oneway="yes").roads(tmp_path)

Letters are nodes, metres east and north of 1.5 E 42.5 N, or of another meridian. A node's OSM id is its
letter's code point.
"""

from __future__ import annotations

import math
from pathlib import Path

import osmium
from osmium.osm import mutable

from vado.feeds import osm_pbf
from vado.model.raw_roads import RawRoads
from vado.model.roads import I32, NO_ENTRY_MS, Roads
from vado.model.snapshot import Travel
from vado.network.allowed import kind_of, usual_ms
from vado.network.build import build
from vado.store.data import load_profiles

LON, LAT = 1.5, 42.5
_M_PER_DEGREE = 111_000.0


class LittleMap:
    def __init__(self, lon: float = LON) -> None:
        self._lon = lon
        self._nodes: dict[str, tuple[float, float]] = {}
        self._node_tags: dict[str, dict[str, str]] = {}
        self._ways: list[tuple[int, str, dict[str, str]]] = []
        self._relations: list[tuple[int, list[tuple[str, int, str]], dict[str, str]]] = []

    def nodes(self, **at_m: tuple[float, float]) -> LittleMap:
        self._nodes |= at_m
        return self

    def tag(self, letter: str, **tags: str) -> LittleMap:
        self._node_tags[letter] = tags
        return self

    def way(self, way: int, letters: str, **tags: str) -> LittleMap:
        tags = {"highway": "residential"} | {key.replace("__", ":"): value for key, value in tags.items()}
        self._ways.append((way, letters, tags))
        return self

    def turn(self, from_way: int, via: str | int, to_way: int, kind: str, **tags: str) -> LittleMap:
        middle = ("n", ord(via), "via") if isinstance(via, str) else ("w", via, "via")
        members = [("w", from_way, "from"), middle, ("w", to_way, "to")]
        tags = {"type": "restriction", "restriction": kind} | tags
        if kind == "":
            del tags["restriction"]
        tags = {key.replace("__", ":"): value for key, value in tags.items()}
        self._relations.append((900 + len(self._relations), members, tags))
        return self

    def write(self, path: Path, *, without_nodes: str = "") -> Path:
        with osmium.SimpleWriter(str(path)) as out:
            for letter in sorted(set(self._nodes) - set(without_nodes)):
                out.add_node(
                    mutable.Node(
                        id=ord(letter), location=self.lonlat(letter), tags=self._node_tags.get(letter, {})
                    )
                )
            for way, letters, tags in sorted(self._ways):
                out.add_way(mutable.Way(id=way, nodes=[ord(letter) for letter in letters], tags=tags))
            for relation, members, tags in self._relations:
                out.add_relation(mutable.Relation(id=relation, members=members, tags=tags))
        return path

    def lonlat(self, letter: str) -> tuple[float, float]:
        east, north = self._nodes[letter]
        lon = self._lon + east / (_M_PER_DEGREE * math.cos(math.radians(LAT)))
        return lon - 360 if lon > 180 else lon, LAT + north / _M_PER_DEGREE

    def raw(self, tmp_path: Path, **how: str) -> RawRoads:
        path = tmp_path / "little.osm.pbf"
        path.unlink(missing_ok=True)
        return osm_pbf.read(self.write(path, **how))

    def roads(self, tmp_path: Path, **how: str) -> Roads:
        return build(self.raw(tmp_path, **how), load_profiles(), name="little")


def row_of(roads: Roads, who: str | Travel) -> I32:
    """Get how long a profile, or a travel with its own load, takes on each edge."""
    return (
        usual_ms(roads, kind_of(roads, who))
        if isinstance(who, Travel)
        else roads.edge_duration_ms[roads.profile_index(who)]
    )


def drives(roads: Roads, who: str | Travel = "car") -> set[str]:
    """List the edges somebody may drive as "AB": from letter to letter, copies of junctions as one."""
    row = row_of(roads, who)
    return {
        chr(roads.node_osm[a]) + chr(roads.node_osm[b])
        for a, b, ms in zip(roads.edge_from.tolist(), roads.edge_to.tolist(), row.tolist(), strict=True)
        if ms < NO_ENTRY_MS
    }


def walks(roads: Roads, length: int, who: str | Travel = "car") -> set[str]:
    """List every walk of so many edges as letters: what can be driven in a row, turns obeyed."""
    row = row_of(roads, who)
    out: dict[int, list[int]] = {}
    for edge, (a, ms) in enumerate(zip(roads.edge_from.tolist(), row.tolist(), strict=True)):
        if ms < NO_ENTRY_MS:
            out.setdefault(a, []).append(edge)
    found = {(chr(roads.node_osm[a]), a) for a in range(roads.n_nodes)}
    for _ in range(length):
        found = {
            (text + chr(roads.node_osm[roads.edge_to[edge]]), int(roads.edge_to[edge]))
            for text, a in found
            for edge in out.get(a, ())
        }
    return {text for text, _ in found}


def edge(roads: Roads, letters: str) -> int:
    """Find an edge by its two letters; the first of its copies."""
    a, b = (ord(letter) for letter in letters)
    return next(
        e for e in range(roads.n_edges)
        if roads.node_osm[roads.edge_from[e]] == a and roads.node_osm[roads.edge_to[e]] == b
    )  # fmt: skip


def kmh(roads: Roads, letters: str, profile: str = "car") -> float:
    """Give an edge's speed; 0 where the profile may not drive."""
    e = edge(roads, letters)
    ms = int(roads.edge_duration_ms[roads.profile_index(profile), e])
    return 0.0 if ms >= NO_ENTRY_MS else round(int(roads.edge_length_mm[e]) / ms * 3.6, 1)
