"""Drawn towns with closures to the second, and the same in plain Python, for what moves on the clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np
from hypothesis import strategies as st

from drawn import NOON
from drawn_worlds import CAR, towns
from plain_clock import Plain, Row
from vado.model.ids import Hash
from vado.model.roads import Roads
from vado.model.snapshot import Closures, Snapshot
from vado.model.when import FOREVER_S

FACTORS = st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.5, 0.75, 0.9])


@dataclass(frozen=True, repr=False)
class Timed:
    """A drawn town with closures to the second, and the same in plain Python."""

    snapshot: Snapshot
    plain: Plain

    def __repr__(self) -> str:
        return f"Timed({self.plain})"


def timed(town: Roads, table: list[tuple[int, int, int, float]], *, speed_factor: float = 1.0) -> Timed:
    table = sorted(table)
    edge, start_s, end_s, factor = np.array(table, np.float64).reshape(-1, 4).T
    closures = Closures(
        edge=edge.astype(np.int32),
        start_s=start_s.astype(np.int64),
        end_s=end_s.astype(np.int64),
        factor=factor,
        hazard=np.zeros(len(table), np.int32),
    )
    snapshot = Snapshot(
        roads=town, hazards=(), closures={CAR: closures}, unknown=(), content_hash=Hash("sha256:0")
    )
    ends = zip(town.edge_from.tolist(), town.edge_to.tolist(), town.edge_duration_ms[0].tolist(), strict=True)
    plain_rows: dict[int, tuple[Row, ...]] = {}
    for e, start, end, f in table:
        plain_rows[e] = (*plain_rows.get(e, ()), (start * 1000, end * 1000, f))
    return Timed(snapshot, Plain(tuple((a, b, ceil(ms / speed_factor)) for a, b, ms in ends), plain_rows))


@st.composite
def timed_worlds(draw: st.DrawFn, *, speed_factor: float = 1.0) -> Timed:
    town = draw(towns())
    table = []
    for _ in range(draw(st.integers(0, 10))):
        start = NOON + draw(st.integers(-3600, 3 * 3600))
        length = draw(st.one_of(st.integers(1, 5400), st.just(FOREVER_S - start)))
        table.append((draw(st.integers(0, town.n_edges - 1)), start, start + length, draw(FACTORS)))
    return timed(town, table, speed_factor=speed_factor)


@st.composite
def quick_worlds(draw: st.DrawFn) -> Timed:
    """Draw a town whose roads take seconds, to the millisecond, and closures of as many: all can be tried."""
    town = draw(towns())
    ms = draw(st.lists(st.integers(300, 9000), min_size=town.n_edges, max_size=town.n_edges))
    town = replace(town, edge_duration_ms=np.array([ms] * len(town.edge_duration_ms), np.int32))
    table = []
    for _ in range(draw(st.integers(1, 14))):
        start = NOON + draw(st.integers(-10, 60))
        length = draw(st.one_of(st.integers(1, 40), st.just(FOREVER_S - start)))
        table.append((draw(st.integers(0, town.n_edges - 1)), start, start + length, draw(FACTORS)))
    return timed(town, table)


def usual_remaining(town: Roads, goals: frozenset[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give the time to the nearest goal with nothing closed."""
    ends = zip(town.edge_to.tolist(), town.edge_from.tolist(), town.edge_duration_ms[0].tolist(), strict=True)
    back, _ = Plain(tuple(ends)).search([(goal, 0) for goal in goals], waiting=False)
    return np.array([float(back.get(node, inf)) for node in range(town.n_nodes)])
