"""The synthetic networks: the same each time, drivable from everywhere to everywhere, shaped like roads."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from bench.streets import CLOSED, Streets
from bench.synthetic import KMH, MOTORWAY, Network, as_roads, synthetic


@pytest.fixture(scope="module")
def network() -> Network:
    return synthetic(60_000, seed=7)


def test_one_seed_gives_one_network_and_another_seed_another() -> None:
    first, again, other = synthetic(10_000, seed=3), synthetic(10_000, seed=3), synthetic(10_000, seed=4)
    for name in ("edge_from", "edge_to", "ms", "lon", "lat", "way", "kind"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.ms[:1000], other.ms[:1000])


@pytest.mark.parametrize("wanted", [10_000, 60_000, 300_000])
def test_it_is_about_as_large_as_wanted_and_as_dense_as_roads(wanted: int) -> None:
    network = synthetic(wanted)
    assert 0.8 * wanted < network.n_edges < 1.25 * wanted
    assert 2.4 < network.n_edges / network.n_nodes < 2.8


def test_everybody_gets_everywhere(network: Network) -> None:
    ends = (network.edge_from, network.edge_to)
    graph = csr_matrix((np.ones(network.n_edges), ends), shape=(network.n_nodes,) * 2)
    assert connected_components(graph, connection="strong")[0] == 1


def test_durations_are_what_the_class_allows(network: Network) -> None:
    kmh = network.metres / network.ms * 3600
    assert (kmh <= KMH[network.kind]).all()
    assert (kmh > 0.99 * KMH[network.kind]).all()
    assert network.ms.min() > 0


def test_carriageways_of_motorways_are_one_way_and_streets_mostly_not(network: Network) -> None:
    directions = np.bincount(network.way)[network.way]
    motorway = network.kind == MOTORWAY
    assert motorway.any()
    assert (directions[motorway] == 1).all()
    assert 0.02 < (directions[~motorway] == 1).mean() < 0.2


def test_two_directions_of_a_way_are_each_other_turned_round(network: Network) -> None:
    order = np.argsort(network.way, kind="stable")
    way = network.way[order]
    pair = np.flatnonzero(way[1:] == way[:-1])
    there, back = order[pair], order[pair + 1]
    assert np.array_equal(network.edge_from[there], network.edge_to[back])
    assert np.array_equal(network.edge_to[there], network.edge_from[back])
    assert np.array_equal(network.ms[there], network.ms[back])


def test_as_roads_it_is_one_part_with_straight_shapes(network: Network) -> None:
    roads = as_roads(network, "drawn")
    assert (roads.node_part == 0).all()
    for edge in (0, network.n_edges - 1):
        a, b = roads.edge_from[edge], roads.edge_to[edge]
        assert roads.shape(edge) == [
            (roads.node_lon[a], roads.node_lat[a]),
            (roads.node_lon[b], roads.node_lat[b]),
        ]
    assert len(roads.places) == len(network.town)


def test_a_closure_is_one_neighbourhood(network: Network) -> None:
    usable = np.ones(network.n_edges, np.bool_)
    closed = Streets(network.n_nodes, network.edge_from, network.edge_to, usable).around(100)
    assert len(closed) == CLOSED == len(set(closed.tolist()))
    ends = np.unique(np.concatenate([network.edge_from[closed], network.edge_to[closed]]))
    at = np.searchsorted(ends, network.edge_from[closed]), np.searchsorted(ends, network.edge_to[closed])
    graph = csr_matrix((np.ones(CLOSED), at), shape=(len(ends),) * 2)
    assert connected_components(graph, directed=False)[0] == 1
