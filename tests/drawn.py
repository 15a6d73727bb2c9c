r"""Drawn towns: letters are junctions, lines are roads driven both ways, and a real `Roads` comes out.

    TOWN = roads('''
        D------A------B
        |             |
        C-------------E
    ''', ways={"AB": {"oneway": True, "ref": "CG-4", "bridge": True}})

- Each letter is a graph node with the OSM id ord(letter). Upper case is also a place of that name.
- `-`, `|`, `/`, `\` draw a road between two letters; each drawn cell is a shape point, so that stops can
  be anchored inside. Every road takes one minute and is as long as drawn, unless `ways` says otherwise.
- `ways` describes a drawn road, or adds one that is not drawn ("AC", or "ABC": one OSM way over several
  junctions). Keys: oneway (in the order of the letters), ref, name, class, bridge, ford, tunnel,
  not_for (profiles), minutes, metres; the last two for each pair of letters. Signs are keys too: those of
  `Limits`, such as weight_kg, rated_kg, height_cm, water_cm, bans; profiles are as large as in our own table.
- OSM way id of AB: 1000 * ord("A") + ord("B"), letters sorted (of a longer way: its first pair).

Hazards are made by `shut`, `slow` and `restricted`; their footprint is a small square on the middle of the
road, which touches nothing else, and `touched` maps them to edges without any geometry. All of it also
works on the larger `Roads` that `network.anchor` gives.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import pairwise
from textwrap import dedent
from typing import Any

import numpy as np

from vado.model.alert import Action, Area, Polygon
from vado.model.hazard import Effect, Evidence, Hazard
from vado.model.ids import AlertId, Hash, HazardId, LonLat
from vado.model.roads import I32, NO_ENTRY_MS, EdgeFlag, Places, Roads
from vado.model.size import NO_LIMITS, Bound, Limits
from vado.model.when import FOREVER_S, Interval
from vado.network.allowed import fits
from vado.network.parts import parts
from vado.store.data import load_profiles

NOON = 1_768_046_400  # 2026-01-10T12:00:00Z
MINUTE = 60
HOUR = 3600
PROFILES = ("car", "van", "truck", "4x4")
SIZES = tuple(profile.size for profile in load_profiles().profiles)  # in this order, too
LON0, LAT0 = 1.5, 42.5  # of the drawing's upper left corner
M_PER_DEGREE = 111_320.0
LINES = {"-": (0, 1), "|": (1, 0), "\\": (1, 1), "/": (1, -1)}
KEYS = {"oneway", "ref", "name", "class", "bridge", "ford", "tunnel", "not_for", "minutes", "metres"}
SIGNS = {field.name for field in fields(Limits)}

_Cell = tuple[int, int]


def roads(
    drawing: str,
    *,
    ways: Mapping[str, Mapping[str, Any]] | None = None,
    metres_per_cell: float = 100.0,
    name: str = "drawn",
) -> Roads:
    """Make roads of a drawing; ValueError says where a line leads nowhere or a way has no letter."""
    lines = dedent(drawing).strip("\n").splitlines()
    cells = {(r, c): ch for r, line in enumerate(lines) for c, ch in enumerate(line) if ch != " "}
    letters = {ch: cell for cell, ch in cells.items() if ch.isalpha()}
    if len(letters) != sum(ch.isalpha() for ch in cells.values()):
        raise ValueError("a letter is drawn twice")
    about: dict[tuple[str, str], dict[str, Any]] = {pair: {} for pair in _drawn_pairs(cells)}
    for way, told in (ways or {}).items():
        if set(told) - KEYS - SIGNS or set(way) - set(letters) or len(way) < 2:
            raise ValueError(f"way {way}: unknown letter or key in {dict(told)}")
        for a, b in pairwise(way):
            about.pop((b, a), None)
            about[a, b] = {**told, "id": _pair_id(way[0], way[1])}
    order = sorted(letters)
    return _assemble(
        order, letters, about, metres_per_cell, name, drawing + repr(sorted((ways or {}).items()))
    )


def node(town: Roads, letter: str) -> int:
    """Get the graph node of a letter."""
    found = np.flatnonzero(town.node_osm == ord(letter))
    if not len(found):
        raise KeyError(letter)
    return int(found[0])


def nodes(town: Roads, letters: str) -> tuple[int, ...]:
    return tuple(node(town, letter) for letter in letters)


def lonlat(town: Roads, letter: str) -> LonLat:
    """Get where a letter is."""
    at = node(town, letter)
    return float(town.node_lon[at]), float(town.node_lat[at])


def between(town: Roads, pair: str, share: float = 0.5) -> LonLat:
    """Get the shape point nearest to `share` of the way from the first letter to the second."""
    a, b = lonlat(town, pair[0]), lonlat(town, pair[1])
    want = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    inside = np.flatnonzero(town.shape_osm // 1000 == _pair_id(*pair))
    gap = np.hypot(town.shape_lon[inside] - want[0], town.shape_lat[inside] - want[1])
    best = inside[int(np.argmin(gap))]
    return float(town.shape_lon[best]), float(town.shape_lat[best])


def edges(town: Roads, pair: str) -> tuple[int, ...]:
    """List all edges of the road between two letters: both directions, and its parts when it was split."""
    owner = np.searchsorted(town.shape_offset, np.arange(len(town.shape_osm)), side="right") - 1
    return tuple(np.unique(owner[town.shape_osm // 1000 == _pair_id(*pair)]).tolist())


def edge(town: Roads, pair: str) -> int:
    """Get the edge that leads from the first letter to the second; KeyError when there is none."""
    a, b = nodes(town, pair)
    found = [e for e in edges(town, pair) if town.edge_from[e] == a and town.edge_to[e] == b]
    if not found:
        raise KeyError(pair)
    return found[0]


def shut(town: Roads, pairs: str, start: int = NOON, end: int = FOREVER_S, **about: Any) -> Hazard:
    """Shut the roads of `pairs` ("AB", or "AB CD"); see `hazard` for the rest."""
    return hazard(town, pairs, start, end, action=Action.SHUT, **about)


def slow(
    town: Roads, pairs: str, factor: float, start: int = NOON, end: int = FOREVER_S, **about: Any
) -> Hazard:
    return hazard(town, pairs, start, end, action=Action.SLOW, speed_factor=factor, **about)


def restricted(town: Roads, pairs: str, requires: str, start: int = NOON, end: int = FOREVER_S,
               **about: Any) -> Hazard:  # fmt: skip
    return hazard(town, pairs, start, end, action=Action.RESTRICTED, requires=requires, **about)


def hazard(
    town: Roads,
    pairs: str,
    start: int,
    end: int,
    *,
    action: Action,
    alert: str = "A1",
    profiles: Iterable[str] = PROFILES,
    kind: str = "flood",
    speed_factor: float = 1.0,
    requires: str = "",
    only: Bound | None = None,
    headline: str = "",
    severity: str = "Severe",
) -> Hazard:
    """Make a hazard that touches exactly these roads. Its id is "<alert>/<pairs>"."""
    effects = tuple(
        Effect(
            profile=p, action=action, speed_factor=speed_factor, requires=requires, only=only, source="drawn"
        )
        for p in profiles
    )
    raw = Hash("sha256:" + hashlib.sha256(alert.encode()).hexdigest())
    return Hazard(
        id=HazardId(f"{alert}/{pairs.replace(' ', '+')}"),
        kind=kind,
        severity=severity,
        certainty="Observed",
        footprint=tuple(
            Area(description=pair, polygons=(Polygon(outer=_square(between(town, pair))),))
            for pair in pairs.split()
        ),
        interval=Interval(start, end),
        effects=effects,
        evidence=(
            Evidence(
                alert=AlertId(alert), source="drawn", raw=raw, headline=headline or f"{kind} on {pairs}"
            ),
        ),
    )


def touched(town: Roads, hazards: Iterable[Hazard]) -> dict[HazardId, I32]:
    """Map hazards of this module to the edges they touch, as `hazards.footprint` does by geometry."""
    return {
        h.id: np.unique(
            np.array([e for area in h.footprint for e in edges(town, area.description)], np.int32)
        )
        for h in hazards
    }


def _drawn_pairs(cells: Mapping[_Cell, str]) -> list[tuple[str, str]]:
    pairs, used = [], set()
    for (r, c), letter in cells.items():
        for line, (dr, dc) in LINES.items():
            end, run = (r + dr, c + dc), []
            while letter.isalpha() and cells.get(end) == line:
                run.append(end)
                end = (end[0] + dr, end[1] + dc)
            if run and cells.get(end, " ").isalpha():
                pairs.append((letter, cells[end]))
                used.update(run)
    stray = [(cell, ch) for cell, ch in cells.items() if not ch.isalpha() and cell not in used]
    if stray:
        raise ValueError(f"lines that lead nowhere, (row, column) and sign: {stray}")
    return pairs


def _pair_id(a: str, b: str) -> int:
    low, high = sorted((ord(a), ord(b)))
    return 1000 * low + high


def _square(middle: LonLat, half_m: float = 5.0) -> tuple[LonLat, ...]:
    dx, dy = half_m / (M_PER_DEGREE * math.cos(math.radians(LAT0))), half_m / M_PER_DEGREE
    x, y = middle
    return ((x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy), (x - dx, y - dy))


def _assemble(
    order: list[str],
    letters: Mapping[str, _Cell],
    about: Mapping[tuple[str, str], dict[str, Any]],
    metres_per_cell: float,
    name: str,
    content: str,
) -> Roads:
    def where(row: float, column: float) -> LonLat:
        lon = LON0 + column * metres_per_cell / (M_PER_DEGREE * math.cos(math.radians(LAT0)))
        return round(lon, 7), round(LAT0 - row * metres_per_cell / M_PER_DEGREE, 7)

    strings, classes, signs = [""], ["residential"], [NO_LIMITS]

    def index(pool: list[Any], text: object) -> int:
        if text not in pool:
            pool.append(text)
        return pool.index(text)

    rows: list[dict[str, Any]] = []
    for (a, b), told in sorted(about.items()):
        (r0, c0), (r1, c1) = letters[a], letters[b]
        cells = max(2, abs(r1 - r0), abs(c1 - c0))
        metres = told.get("metres", math.hypot(r1 - r0, c1 - c0) * metres_per_cell)
        inside = range(1, cells)
        ids = [ord(a), *(1000 * _pair_id(a, b) + i for i in inside), ord(b)]
        points = [where(r0 + (r1 - r0) * i / cells, c0 + (c1 - c0) * i / cells) for i in range(cells + 1)]
        limits = Limits(**{key: told[key] for key in told.keys() & SIGNS})
        row = {
            "way": told.get("id", _pair_id(a, b)),
            "mm": max(1, round(metres * 1000)),
            "ms": [
                NO_ENTRY_MS
                if p in told.get("not_for", ())
                else round(told.get("minutes", 1) * 60_000) + (0 if fits(limits, size) else NO_ENTRY_MS)
                for p, size in zip(PROFILES, SIZES, strict=True)
            ],
            "limit": index(signs, limits),
            "class": index(classes, told.get("class", "residential")),
            "name": index(strings, told.get("name", "")),
            "ref": index(strings, told.get("ref", "")),
            "flags": (EdgeFlag.BRIDGE if told.get("bridge") else 0)
            | (EdgeFlag.FORD if told.get("ford") else 0)
            | (EdgeFlag.TUNNEL if told.get("tunnel") else 0),
        }
        rows.append({**row, "ends": (a, b), "ids": ids, "points": points})
        if not told.get("oneway"):
            rows.append({**row, "ends": (b, a), "ids": ids[::-1], "points": points[::-1]})

    def column(key: str, kind: Any) -> Any:
        return np.array([row[key] for row in rows], kind)

    n, m = len(order), len(rows)
    number = {letter: i for i, letter in enumerate(order)}
    start = np.array([number[row["ends"][0]] for row in rows], np.int32)
    end = np.array([number[row["ends"][1]] for row in rows], np.int32)
    duration = column("ms", np.int32).reshape(m, len(PROFILES)).T.copy()
    at = [where(*letters[letter]) for letter in order]
    towns = [letter for letter in order if letter.isupper()]
    town_node = np.array([number[letter] for letter in towns], np.int32)
    node_lon, node_lat = np.array([p[0] for p in at]), np.array([p[1] for p in at])
    none = np.zeros(0, np.int64)
    return Roads(
        name=name,
        content_hash=Hash("sha256:" + hashlib.sha256(f"{content}{metres_per_cell}".encode()).hexdigest()),
        source="drawn in a test",
        attribution="",
        profiles=PROFILES,
        node_osm=np.array([ord(letter) for letter in order], np.int64),
        node_lon=node_lon,
        node_lat=node_lat,
        node_part=parts(n, start, end, duration),
        edge_from=start,
        edge_to=end,
        edge_way=column("way", np.int64),
        edge_length_mm=column("mm", np.int32),
        edge_duration_ms=duration,
        edge_class=column("class", np.uint8),
        edge_flags=column("flags", np.uint16),
        edge_surface=np.zeros(m, np.int32),
        edge_maxspeed_kmh=np.zeros(m, np.uint8),
        edge_limit=column("limit", np.int32),
        edge_name=column("name", np.int32),
        edge_ref=column("ref", np.int32),
        shape_offset=np.concatenate([[0], np.cumsum([len(row["ids"]) for row in rows])]).astype(np.int64),
        shape_lon=np.array([p[0] for row in rows for p in row["points"]], np.float64),
        shape_lat=np.array([p[1] for row in rows for p in row["points"]], np.float64),
        shape_osm=np.array([i for row in rows for i in row["ids"]], np.int64),
        turn_from_way=none,
        turn_via=none,
        turn_to_way=none,
        turn_kind=np.zeros(0, np.int32),
        turn_via_is_way=np.zeros(0, np.bool_),
        turn_enforced=np.zeros(0, np.bool_),
        places=Places(
            name=tuple(towns),
            names=tuple({} for _ in towns),
            kind=tuple("village" for _ in towns),
            lon=node_lon[town_node],
            lat=node_lat[town_node],
            node=town_node,
            snap_m=np.zeros(len(towns)),
            population=np.zeros(len(towns), np.int64),
        ),
        classes=tuple(classes),
        strings=tuple(strings),
        limits=tuple(signs),
        sizes=SIZES,
    )
