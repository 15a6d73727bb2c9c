"""The road nearest to a point, for who names a place where none is."""

from __future__ import annotations

import math

import pytest

import drawn
from vado.network import nearest_edge
from vado.network.named import DEGREE_M

TOWN = drawn.roads(
    """
    A------B
    |
    C
    """
)


@pytest.mark.parametrize(("pair", "share"), [("AB", 0.25), ("AB", 0.9), ("AC", 0.5)])
def test_the_road_beside_a_point_is_named_with_its_distance(pair: str, share: float) -> None:
    (x0, y0), (x1, y1) = drawn.lonlat(TOWN, pair[0]), drawn.lonlat(TOWN, pair[1])
    at = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    metre = 1 / DEGREE_M, 1 / (DEGREE_M * math.cos(math.radians(at[1])))  # in latitude and longitude
    beside = (at[0], at[1] + 40 * metre[0]) if pair == "AB" else (at[0] - 40 * metre[1], at[1])
    found = nearest_edge(TOWN, beside)
    assert found is not None
    edge, gap_m = found
    assert edge in {drawn.edge(TOWN, pair), drawn.edge(TOWN, pair[::-1])}
    assert gap_m == pytest.approx(40, abs=0.5)


def test_beyond_the_end_of_a_road_its_end_counts() -> None:
    lon, lat = drawn.lonlat(TOWN, "B")
    found = nearest_edge(TOWN, (lon + 0.01, lat))
    assert found is not None
    assert found[1] == pytest.approx(0.01 * DEGREE_M * math.cos(math.radians(lat)), rel=1e-6)
