"""Which edges run along a line: against areas drawn by shapely, and how much work a line may make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vado.hazards._along_kernels import running_along
from vado.hazards.footprint import ALONG_COSINE, ALONG_M, ALONG_SHARE, LINE_M, PAIRS_MAX, STEPS_MAX
from vado.model.roads import Bool

Points = Sequence[tuple[float, float]]
FINE = 64  # corners of a quarter of a circle


def runs(
    edges: Sequence[Points], line: Points, *, pairs_max: int = PAIRS_MAX, steps_max: int = STEPS_MAX
) -> Bool:
    x, y = (np.array([point[k] for edge in edges for point in edge], np.float64) for k in (0, 1))
    first = np.append(0, np.cumsum([len(edge) for edge in edges])).astype(np.int64)
    line_x, line_y = (np.array([point[k] for point in line], np.float64) for k in (0, 1))
    found: Bool = running_along(
        x, y, first, line_x, line_y, LINE_M, ALONG_M, ALONG_SHARE, ALONG_COSINE, pairs_max, steps_max
    )
    return found


def by_area(edge: Points, line: Points) -> set[bool]:
    """Judge an edge by its part in the corridor; both yes and no where a rounding error would decide."""
    drawn, road = shapely.LineString(line), shapely.LineString(edge)
    legs = [shapely.LineString(line[k : k + 2]) for k in range(len(line) - 1)]
    corridor = shapely.union_all(
        [leg.buffer(LINE_M, cap_style="flat") for leg in legs]
        + [shapely.Point(corner).buffer(LINE_M, quad_segs=FINE) for corner in line[1:-1]]
    )
    said = set()
    for wider in (-0.05, 0.05):
        inside = shapely.intersection(road, corridor.buffer(wider))
        parts = [part for part in shapely.get_parts(inside) if part.length > 0]
        if not parts:
            said.add(False)
            continue
        at = shapely.line_locate_point(drawn, shapely.points(shapely.get_coordinates(parts)))
        # Where an edge leads back over itself rounding decides whether that is cut out once or twice.
        pieces = [shapely.LineString(edge[k : k + 2]) for k in range(len(edge) - 1)]
        twice = float(shapely.length(shapely.intersection(pieces, corridor.buffer(wider))).sum())
        for length in (inside.length, twice):
            wanted = min(ALONG_M, ALONG_SHARE * min(road.length, drawn.length))
            wanted = max(wanted, ALONG_COSINE * length)
            # Five metres: where two legs are as near, or an end is bent, drawings differ by some.
            said |= {bool(np.ptp(at) > wanted + 5.0), bool(np.ptp(at) > wanted - 5.0)}
    return said


# Legs longer than the corridor is wide, bends of less than a right angle: what flat ends cut off is clear.
STEP = st.tuples(st.floats(20, 200), st.floats(-1.2, 1.2))
PLACE = st.tuples(st.floats(-100, 300), st.floats(-100, 300))


@given(st.lists(STEP, min_size=1, max_size=6), st.lists(PLACE, min_size=2, max_size=5, unique=True))
@settings(max_examples=150, deadline=None)
def test_an_edge_runs_along_as_its_part_in_the_corridor_says(
    steps: list[tuple[float, float]], edge: list[tuple[float, float]]
) -> None:
    at, heading, line = np.zeros(2), 0.0, [(0.0, 0.0)]
    for metres, turn in steps:
        heading += turn
        at = at + metres * np.array([np.cos(heading), np.sin(heading)])
        line.append((float(at[0]), float(at[1])))
    said = by_area(edge, line)
    assume(len(said) == 1)
    expected = said.pop()
    assert runs([edge], line).tolist() == [expected]
    assert runs([edge[::-1]], line).tolist() == [expected]


def test_every_edge_is_judged_for_itself() -> None:
    line = [(0.0, 0.0), (500.0, 0.0), (500.0, 300.0)]
    edges = [
        [(100.0, 5.0), (300.0, 5.0)],
        [(100.0, -100.0), (100.0, 100.0)],
        [(510.0, 280.0), (510.0, 100.0)],
        [(900.0, 900.0), (950.0, 900.0)],
        [(200.0, 0.0), (200.0, 0.0)],
    ]
    assert runs(edges, line).tolist() == [True, False, True, False, False]
    assert runs(edges, line[::-1]).tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(("pairs_max", "steps_max"), [(20, STEPS_MAX), (PAIRS_MAX, 0)])
def test_where_the_work_is_bounded_what_is_beside_the_line_is_shut(pairs_max: int, steps_max: int) -> None:
    edges = [[(100.0, 5.0), (300.0, 5.0)], [(100.0, -90.0), (100.0, 90.0)], [(0.0, 99.0), (90.0, 99.0)]]
    line = [(float(10 * k), 0.0) for k in range(60)]
    assert runs(edges, line).tolist() == [True, False, False]
    assert runs(edges, line, pairs_max=pairs_max, steps_max=steps_max).tolist() == [True, True, False]


def test_ten_thousand_points_to_and_fro_are_judged() -> None:
    line = [(1000.0 * (k % 2), 0.02 * k) for k in range(10_000)]
    edges: list[Points] = [[(x, -50.0), (x, 250.0)] for x in (500.0, 1200.0)]
    assert runs(edges, line).tolist() == [True, False]
