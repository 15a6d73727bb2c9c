"""Matrices and drives hold against methods that share nothing with them."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON, between, touched
from drawn_worlds import CAR, HORIZON, LETTERS, World, leave, simple_dijkstra, slowest, towns, worlds
from vado import network
from vado.model.roads import Roads
from vado.model.snapshot import NO_WAY_S, Drive, Snapshot
from vado.model.when import Interval
from vado.network import metric as metric_module


def bellman_ford(snapshot: Snapshot, source: int, slot: Interval) -> list[float]:
    """Give milliseconds from a node to all, on roads as they are throughout a slot."""
    roads = snapshot.roads
    best = [inf] * roads.n_nodes
    best[source] = 0
    for _ in range(roads.n_nodes):
        for edge in range(roads.n_edges):
            factor = slowest(snapshot, edge, slot.start_s * 1000, slot.end_s * 1000)
            if factor > 0:
                there = best[int(roads.edge_from[edge])] + ceil(int(roads.edge_duration_ms[0, edge]) / factor)
                best[int(roads.edge_to[edge])] = min(best[int(roads.edge_to[edge])], there)
    return best


def judge(snapshot: Snapshot, drive: Drive, origin: int, target: int) -> None:
    """Drive it again: connected, open while driven, no wait on the road, no hurry."""
    roads, at = snapshot.roads, origin
    now_ms = drive.depart_s * 1000
    for step in drive.edges:
        assert roads.edge_from[step.edge] == at
        assert step.enter_ms == now_ms
        left = leave(snapshot, step.edge, now_ms)
        assert left is not None, "shut while it is driven"
        now_ms, at = left, int(roads.edge_to[step.edge])
    assert at == target
    assert drive.arrive_s == ceil(now_ms / 1000)


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_every_slot_of_the_matrix_equals_bellman_ford(world: World) -> None:
    snapshot = world.snapshot
    times = network.times(snapshot, range(len(LETTERS)), horizon=HORIZON)
    for k, slot in enumerate(times.slots):
        matrix = times.matrix(CAR, k)
        for source in range(len(LETTERS)):
            expected = [
                NO_WAY_S if ms == inf else ceil(ms / 1000) for ms in bellman_ford(snapshot, source, slot)
            ]
            assert matrix.seconds[source].tolist() == expected


@given(worlds(), st.data())
@settings(max_examples=60, deadline=None)
def test_matrices_asked_together_are_those_asked_alone(world: World, data: st.DataObject) -> None:
    """As if each slot had to be customised as a whole: which of them is, is a matter of speed alone."""
    snapshot = world.snapshot
    with mock.patch.object(metric_module, "PART_MAX", -(10**6)):
        times, alone = (network.times(snapshot, range(len(LETTERS)), horizon=HORIZON) for _ in range(2))
        asked = data.draw(st.lists(st.integers(0, len(times.slots) - 1), max_size=12))
        known = data.draw(st.lists(st.sampled_from(asked), max_size=2)) if asked else []
        for slot in known:
            times.matrix(CAR, slot)
        found = times.matrices(CAR, asked)
    assert len(found) == len(asked)
    for slot, matrix in zip(asked, found, strict=True):
        expected = alone.matrix(CAR, slot)
        assert (matrix.slot, matrix.travel) == (expected.slot, expected.travel)
        assert (matrix.seconds == expected.seconds).all()
        assert (matrix.metres == expected.metres).all()


@given(worlds(), st.integers(0, 6), st.integers(0, 6), st.integers(0, 239))
@settings(max_examples=300, deadline=None)
def test_every_drive_is_one(world: World, origin: int, target: int, minute: int) -> None:
    snapshot = world.snapshot
    times = network.times(snapshot, range(len(LETTERS)), horizon=HORIZON)
    depart = NOON + minute * MINUTE
    drive = times.drive(CAR, origin, target, depart)
    if drive is None:
        return
    assert depart <= drive.depart_s <= max(depart, HORIZON.end_s)
    judge(snapshot, drive, origin, target)


@given(worlds(), st.integers(0, 6), st.integers(0, 23))
@settings(max_examples=150, deadline=None)
def test_no_simple_search_beats_a_drive(world: World, origin: int, tens: int) -> None:
    """Against Dijkstra with every minute of departure tried, on which roads open and shut."""
    snapshot = world.snapshot
    times = network.times(snapshot, range(len(LETTERS)), horizon=HORIZON)
    depart = NOON + tens * 10 * MINUTE
    best: dict[int, int] = {}
    for start in range(depart, HORIZON.end_s + 1, MINUTE):
        for node, arrive in simple_dijkstra(snapshot, origin, start * 1000).items():
            best[node] = min(best.get(node, arrive), arrive)
    for target in range(len(LETTERS)):
        drive = times.drive(CAR, origin, target, depart)
        if target == origin:
            continue
        if target in best:
            assert drive is not None, f"{origin}->{target}"
            assert drive.arrive_s * 1000 <= best[target]
        elif drive is not None:
            judge(snapshot, drive, origin, target)


@given(towns(), st.data())
@settings(max_examples=100, deadline=None)
def test_anchoring_keeps_all_distances_between_old_nodes(town: Roads, data: st.DataObject) -> None:
    ends = [(int(a), int(b)) for a, b in zip(town.edge_from, town.edge_to, strict=True)]
    stops = []
    for _ in range(data.draw(st.integers(1, 5))):
        a, b = data.draw(st.sampled_from(ends))
        share = data.draw(st.sampled_from([0.2, 0.5, 0.7]))
        stops.append(between(town, chr(int(town.node_osm[a])) + chr(int(town.node_osm[b])), share))
    anchored = network.anchor(town, tuple(stops), travels=(CAR,))
    assert -1 not in anchored.nodes
    larger = replace(anchored.roads, places=town.places)
    for name in ("edge_from", "edge_to", "edge_way", "edge_length_mm"):
        assert (getattr(larger, name)[: town.n_edges] == getattr(town, name)).all()
    snapshots = [network.snapshot(r, (), touched(r, ()), travels=(CAR,)) for r in (town, larger)]
    matrices = [network.times(s, range(town.n_nodes), horizon=HORIZON).matrix(CAR, 0) for s in snapshots]
    assert (matrices[0].seconds == matrices[1].seconds).all()
    seconds = network.times(snapshots[1], range(larger.n_nodes), horizon=HORIZON).matrix(CAR, 0).seconds
    for stop in anchored.nodes:
        for e in range(town.n_edges):
            if larger.node_osm[stop] in town.shape_osm[town.shape_offset[e] : town.shape_offset[e + 1]][1:-1]:
                a, b = int(town.edge_from[e]), int(town.edge_to[e])
                along_s = int(town.edge_duration_ms[0, e]) // 1000
                assert seconds[a, b] <= seconds[a, stop] + seconds[stop, b] <= along_s + 1  # each rounded up
