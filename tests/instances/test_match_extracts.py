"""Drives on real roads, drawn as another map would, are found again edge by edge."""

from __future__ import annotations

import random
from collections import defaultdict
from math import cos, radians

import numpy as np
import pytest

import real
from vado.hazards.match import GOOD, match
from vado.hazards.road_names import with_copies
from vado.model.alert import RoadPlace, Way
from vado.model.roads import NO_ENTRY_MS, Roads

DRIVES = 150
M_PER_DEGREE = 111_195.0


def drives(roads: Roads, rng: random.Random) -> list[list[int]]:
    """Draw drives of one to six edges of one road, none of which turns round."""
    drivable = roads.edge_duration_ms[0] < NO_ENTRY_MS
    onward: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(drivable).tolist():
        onward[int(roads.edge_from[edge])].append(edge)
    long_enough = np.flatnonzero(drivable & (roads.edge_length_mm > 30_000)).tolist()
    made = []
    for _ in range(DRIVES):
        path = [rng.choice(long_enough)]
        for _ in range(rng.randint(0, 5)):
            last = path[-1]
            ahead = [
                e for e in onward[int(roads.edge_to[last])]
                if roads.edge_to[e] != roads.edge_from[last]
                and (roads.edge_ref[e], roads.edge_name[e]) == (roads.edge_ref[last], roads.edge_name[last])
            ]  # fmt: skip
            if not ahead:
                break
            path.append(rng.choice(ahead))
        made.append(path)
    return made


def drawn(roads: Roads, path: list[int], rng: random.Random, off_m: float) -> tuple[tuple[float, float], ...]:
    """Draw a drive's points, all moved together, and each a little by itself."""
    points = [point for edge in path for point in roads.shape(edge)]
    points = [b for a, b in zip([None, *points], points, strict=False) if a != b]
    wide = M_PER_DEGREE * cos(radians(points[0][1]))
    dx, dy = rng.gauss(0, off_m), rng.gauss(0, off_m)
    own = min(off_m, 2.0)
    return tuple(
        (x + (dx + rng.gauss(0, own)) / wide, y + (dy + rng.gauss(0, own)) / M_PER_DEGREE) for x, y in points
    )


# Measured when written, of 400 such drives as they are: 399 covered on both maps, 376 of Andorra and 388 of
# Porto exact. Porto 5 m aside: 398 covered, 288 exact; Andorra 8 m aside: 385 covered. What is missed are
# short unnamed roads beside each other.
@pytest.mark.parametrize("name", ["andorra", "porto"])
@pytest.mark.parametrize(("off_m", "covered_least", "exact_least"), [(0.0, 0.98, 0.9), (5.0, 0.94, 0.5)])
def test_drives_are_found_again(name: str, off_m: float, covered_least: float, exact_least: float) -> None:
    roads = real.region(name)
    rng = random.Random(20_261_125)
    covered = exact = wide = 0
    paths = drives(roads, rng)
    for path in paths:
        ref, called = roads.strings[roads.edge_ref[path[0]]], roads.strings[roads.edge_name[path[0]]]
        place = RoadPlace(points=drawn(roads, path, rng, off_m), ref=ref, name=called, way=Way.ALONG)
        found = match(roads, place)
        meant = with_copies(roads, np.array(path, np.int32))
        length = roads.edge_length_mm
        covered += length[np.intersect1d(meant, found.edges)].sum() >= 0.9 * length[meant].sum()
        exact += set(meant.tolist()) == set(found.edges.tolist())
        wide += found.quality < GOOD
    assert covered >= covered_least * len(paths)
    assert exact >= exact_least * len(paths)
    assert wide <= 0.05 * len(paths)
