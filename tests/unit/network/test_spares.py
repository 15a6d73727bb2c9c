"""Metrics that are used again: like new ones, and never while somebody has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import roads
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network import router
from vado.network.allowed import kind_of
from vado.network.costs import costs_under, usual_costs
from vado.network.links import hierarchy_of
from vado.network.metric import Metric
from vado.network.spares import SPARES_MAX, Spares

TOWN = roads("A--B--C\n|  |  |\nD--E--F")


def other(town: Roads) -> Metric:
    return Metric(hierarchy_of(town), town.edge_duration_ms[0].astype(np.int64))


def test_a_metric_comes_back_when_nobody_has_it() -> None:
    spares = Spares(other(TOWN))
    metric, changed = spares.take()
    assert not len(changed)
    mine = metric.arrays[1]
    spares.watch(metric, np.array([3]))
    again, _ = spares.take()
    assert again.arrays[1] is not mine, "somebody has it"
    del metric
    again, changed = spares.take()
    assert again.arrays[1] is mine
    assert changed.tolist() == [3], "what has to be undone"


def test_few_are_kept() -> None:
    spares = Spares(other(TOWN))
    taken = [spares.take()[0] for _ in range(SPARES_MAX + 2)]
    for metric in taken:
        spares.watch(metric, np.array([0]))
    del taken, metric
    kept = [len(spares.take()[1]) for _ in range(SPARES_MAX + 1)]
    assert kept == [1] * SPARES_MAX + [0]


edges_and_factors = st.dictionaries(
    st.integers(0, TOWN.n_edges - 1), st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=5
)


@given(st.lists(edges_and_factors, min_size=2, max_size=6))
@settings(max_examples=50, deadline=None)
def test_whatever_was_closed_before_leaves_no_trace(closures: list[dict[int, float]]) -> None:
    car = kind_of(TOWN, Travel("car"))
    for closure in closures:
        edges = np.array(sorted(closure), np.int64)
        factor = np.array([closure[int(e)] for e in edges])
        at = router.state(TOWN, car, edges, factor)
        cost = usual_costs(TOWN, car).copy()
        cost[edges] = costs_under(TOWN, car, edges, factor)
        for found, expected in zip(at.metric.arrays, Metric(hierarchy_of(TOWN), cost).arrays, strict=True):
            assert np.array_equal(found, expected)


def test_an_error_on_the_way_gives_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half changed is not known to be anything."""
    car, edge = kind_of(TOWN, Travel("car")), np.array([2])
    router.state(TOWN, car, edge, np.zeros(1))

    def broken(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(router, "change_each", broken)
        with pytest.raises(MemoryError):
            router.state(TOWN, car, edge + 1, np.zeros(1))
    at = router.state(TOWN, car, edge, np.zeros(1))
    assert at.metric.cost[3] == usual_costs(TOWN, car)[3]
