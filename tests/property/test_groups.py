"""Who can be where is judged by vehicle: groups against plain searches for each vehicle alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import MINUTE, NOON, roads, shut, touched
from drawn_worlds import CAR, HORIZON, LETTERS, MAP
from vado import network
from vado.model.ids import HazardId
from vado.model.roads import NO_ENTRY_MS
from vado.model.snapshot import Post, Snapshot, Travel
from vado.model.when import FOREVER_S
from vado.network.access import access
from vado.network.groups import groups

TRUCK = Travel("truck")
TRAVELS = (CAR, TRUCK)
NODES = range(len(LETTERS))
STEP_S = 10 * MINUTE  # closures begin and end on these
Lifted = frozenset[HazardId]


@dataclass(frozen=True, repr=False)
class Fleet:
    """A snapshot, and vehicles of which some are under way and some end elsewhere than they begin."""

    snapshot: Snapshot
    posts: tuple[Post, ...]

    def __repr__(self) -> str:
        """Write it short enough to read when a property fails."""
        town = self.snapshot.roads
        ends = zip(town.edge_from.tolist(), town.edge_to.tolist(), strict=True)
        closures = {
            travel.profile: [
                (int(t.edge[k]), int(t.start_s[k]) - NOON, int(t.end_s[k]) - NOON, int(t.hazard[k]))
                for k in range(len(t))
            ]
            for travel, t in self.snapshot.closures.items()
        }
        posts = [(post.travel.profile, post.at, post.start, post.end) for post in self.posts]
        return f"Fleet(edges {list(ends)}, closures {closures}, posts {posts})"

    @property
    def hazards(self) -> Lifted:
        return frozenset(hazard.id for hazard in self.snapshot.hazards)


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    pairs = [a + b for i, a in enumerate(LETTERS) for b in LETTERS[i + 1 :]]
    ways = {
        pair if draw(st.booleans()) else pair[::-1]: {
            "minutes": draw(st.integers(1, 20)),
            "oneway": draw(st.integers(0, 2)) == 0,
            "not_for": draw(st.sampled_from([(), (), (), ("truck",)])),
        }
        for pair in draw(st.lists(st.sampled_from(pairs), min_size=6, max_size=12, unique=True))
    }
    town = roads(MAP, ways=ways)
    hazards = []
    for k in range(draw(st.integers(0, 4))):
        start = NOON + draw(st.integers(-6, 18)) * STEP_S
        tens = draw(st.integers(1, 13))
        on = draw(st.lists(st.sampled_from(sorted(ways)), min_size=1, max_size=3, unique=True))
        end = FOREVER_S if tens > 12 else start + tens * STEP_S
        whom = draw(st.sampled_from([("car", "truck"), ("car", "truck"), ("truck",)]))
        hazards.append(shut(town, " ".join(on), start, end, alert=f"A{k}", profiles=whom))
    depots = draw(st.lists(st.sampled_from(NODES), min_size=2, max_size=2, unique=True))
    posts = []
    for travel in draw(st.lists(st.sampled_from(TRAVELS), min_size=1, max_size=4)):
        start, end = draw(st.sampled_from(depots)), draw(st.sampled_from(depots))
        at = draw(st.sampled_from([None, None, *NODES]))
        posts.append(Post(travel=travel, at=at, start=start, end=end))
    snapshot = network.snapshot(town, hazards, touched(town, hazards), travels=TRAVELS)
    return Fleet(snapshot, tuple(posts))


def led(
    fleet: Fleet, travel: Travel, start: int, at_s: int, *, onward: bool, lifted: Lifted = frozenset()
) -> set[int]:
    """Find where a node leads to, or what leads to it, on roads that are open to a travel at an instant."""
    table, town = fleet.snapshot.closures[travel], fleet.snapshot.roads
    closed = {
        int(table.edge[k])
        for k in range(len(table))
        if table.start_s[k] <= at_s < table.end_s[k]
        and fleet.snapshot.hazards[int(table.hazard[k])].id not in lifted
    }
    ms = town.edge_duration_ms[town.profile_index(travel.profile)]
    ends = [
        (int(town.edge_from[e]), int(town.edge_to[e]))
        for e in range(town.n_edges)
        if e not in closed and ms[e] < NO_ENTRY_MS
    ]
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        new = {b if onward else a for a, b in ends if (a if onward else b) == at} - seen
        seen |= new
        todo += new
    return seen


def alone(fleet: Fleet, post: Post, at_s: int, lifted: Lifted = frozenset()) -> tuple[set[int], set[int]]:
    """Give where one vehicle can come to from where it is, and what it can get away from to its end."""
    assert post.start is not None
    assert post.end is not None
    home = led(fleet, post.travel, post.end, at_s, onward=False, lifted=fleet.hazards)
    at = post.start if post.at is None or post.at not in home else post.at
    return (
        led(fleet, post.travel, at, at_s, onward=True, lifted=lifted),
        led(fleet, post.travel, post.end, at_s, onward=False, lifted=lifted),
    )


@given(fleets())
@settings(max_examples=80, deadline=None)
def test_a_town_stands_as_for_the_vehicle_for_which_it_stands_best(fleet: Fleet) -> None:
    rows = network.reach(
        fleet.snapshot, fleet.posts, travels=TRAVELS, at_s=HORIZON.start_s, until_s=HORIZON.end_s
    )
    for at_s in range(HORIZON.start_s, HORIZON.end_s, STEP_S):
        each = {
            travel: [alone(fleet, p, at_s) for p in fleet.posts if p.travel == travel] for travel in TRAVELS
        }
        for row in rows:
            if not each[row.travel]:
                continue  # nobody travels so: the main network is asked for
            comes = any(row.place in inward for inward, _ in each[row.travel])
            goes = any(row.place in outward for _, outward in each[row.travel])
            both = any(row.place in inward & outward for inward, outward in each[row.travel])
            assert any(at_s in one for one in row.inward) == comes
            assert any(at_s in one for one in row.outward) == (both or (goes and not comes))
    for row in rows:
        if row.reachable and row.leavable:
            mine = [
                alone(fleet, p, HORIZON.start_s, fleet.hazards) for p in fleet.posts if p.travel == row.travel
            ]
            assert not mine or any(row.place in inward & outward for inward, outward in mine)


@given(fleets())
@settings(max_examples=80, deadline=None)
def test_the_cut_is_that_of_the_vehicle_that_fewest_hazards_stop(fleet: Fleet) -> None:
    at_s = HORIZON.start_s
    rows = network.reach(fleet.snapshot, fleet.posts, travels=TRAVELS, at_s=at_s, until_s=HORIZON.end_s)
    for row in rows:
        mine = [post for post in fleet.posts if post.travel == row.travel]

        def able(lifted: Lifted, town: int = row.place, mine: list[Post] = mine) -> bool:
            return any(town in set.intersection(*alone(fleet, post, at_s, lifted)) for post in mine)

        if not mine or able(frozenset()) or (row.reachable and row.leavable):
            continue  # open, or open by the time who leaves now has come there
        sets = (frozenset(some) for n in range(5) for some in combinations(sorted(fleet.hazards), n))
        least = next((some for some in sets if able(some)), frozenset())
        cut = frozenset(road.hazard for road in row.cut)
        assert row.cut_proven
        assert len(cut) == len(least)
        assert able(cut) == bool(cut)


@given(fleets())
@settings(max_examples=80, deadline=None)
def test_a_stay_is_where_that_vehicle_can_have_come_and_can_get_away(fleet: Fleet) -> None:
    of_vehicle = groups(fleet.snapshot, fleet.posts, HORIZON)
    found = access(fleet.snapshot, NODES, of_vehicle, horizon=HORIZON)
    instants = range(HORIZON.start_s, HORIZON.end_s, STEP_S)
    for post, group in zip(fleet.posts, of_vehicle, strict=True):
        assert group.travel == post.travel
        ways = [alone(fleet, post, at_s) for at_s in instants]
        fair_in, fair_out = alone(fleet, post, HORIZON.start_s, fleet.hazards)
        for node in NODES:
            one = found[node, group]
            for at_s, (_, outward) in zip(instants, ways, strict=True):
                assert not one.at(at_s) or node in outward
            if node in ways[0][0] & ways[0][1]:
                assert one.stays or any(node not in outward for _, outward in ways)
            elif not any(node in inward & outward for inward, outward in ways):
                assert not one.stays
                assert one.cuts
            for cut in one.cuts:  # no road there, storm or not, is said only where that is so
                assert bool(cut.roads) == (node in fair_in & fair_out)


@given(fleets())
@settings(max_examples=60, deadline=None)
def test_groups_do_not_depend_on_the_order_of_the_fleet(fleet: Fleet) -> None:
    one = groups(fleet.snapshot, fleet.posts, HORIZON)
    other = groups(fleet.snapshot, fleet.posts[::-1], HORIZON)
    assert one == other[::-1]
    for group in one:
        assert list(group.starts) == sorted(set(group.starts))
        assert np.all(np.array(group.ends) >= 0)
