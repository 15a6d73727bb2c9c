"""Grouping hazards to events explains; it shuts and opens nothing, whoever tells of what and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import drawn
from drawn import HOUR, NOON
from vado import hazards, network
from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.ids import AlertId, HazardId
from vado.model.snapshot import Snapshot, Travel

TOWN = drawn.roads(
    """
    A---B---C
    |   |   |
    D---E---F
    """
)
VAN = Travel("van")
PAIRS = ("AB", "BC", "AD", "BE", "CF", "DE", "EF", "AB BC", "DE EF", "AB BC CF")


@st.composite
def told(draw: st.DrawFn) -> tuple[Hazard, ...]:
    found = []
    for n in range(draw(st.integers(0, 9))):
        start = NOON + draw(st.integers(0, 3)) * HOUR
        made = drawn.hazard(
            TOWN, draw(st.sampled_from(PAIRS)), start, start + draw(st.integers(1, 4)) * HOUR,
            action=draw(st.sampled_from([Action.SHUT, Action.SHUT, Action.SLOW, Action.NONE])),
            speed_factor=0.5, kind=draw(st.sampled_from(["closure", "flood"])),
        )  # fmt: skip
        source = draw(st.sampled_from(["a", "b", "c"]))
        evidence = replace(made.evidence[0], alert=AlertId(f"{source}.example,{n}"), source=source)
        found.append(replace(made, id=HazardId(f"{source}{n}"), evidence=(evidence,)))
    return tuple(found)


def reach(snapshot: Snapshot) -> list[tuple[object, ...]]:
    rows = network.reach(snapshot, drawn.nodes(TOWN, "A"), travels=(VAN,), at_s=NOON, until_s=NOON + 9 * HOUR)
    return [(r.name, r.reachable, r.leavable, r.until_s, r.again_s, r.inward, r.outward) for r in rows]


@settings(max_examples=60, deadline=None)
@given(told())
def test_events_shut_and_open_nothing(every: tuple[Hazard, ...]) -> None:
    touched = drawn.touched(TOWN, every)
    events = hazards.events(TOWN, every, touched)
    plain = network.snapshot(TOWN, every, touched, travels=(VAN,))
    grouped = network.snapshot(TOWN, every, touched, travels=(VAN,), events=events)
    assert grouped.content_hash == plain.content_hash
    assert reach(grouped) == reach(plain)


@settings(max_examples=150, deadline=None)
@given(told(), st.randoms(use_true_random=False))
def test_an_event_has_one_of_each_teller_and_no_order(every: tuple[Hazard, ...], random: object) -> None:
    touched = drawn.touched(TOWN, every)
    events = hazards.events(TOWN, every, touched)
    shuffled = list(every)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hazards.events(TOWN, shuffled, touched) == events
    by_id = {hazard.id: hazard for hazard in every}
    names = [name for event in events for name in event]
    assert len(names) == len(set(names))
    for event in events:
        those = [by_id[name] for name in event]
        assert len(those) > 1
        assert len({hazard.evidence[0].source for hazard in those}) == len(those)
        for one in those:
            assert all(one.interval.overlaps(other.interval) for other in those)
            assert all(len(np.intersect1d(touched[one.id], touched[other.id])) for other in those)


@settings(max_examples=60, deadline=None)
@given(told())
def test_a_cut_is_never_longer_for_them_and_still_opens(every: tuple[Hazard, ...]) -> None:
    touched = drawn.touched(TOWN, every)
    events = hazards.events(TOWN, every, touched)
    at = {"travels": (VAN,), "at_s": NOON, "until_s": NOON + 9 * HOUR}
    plain = network.snapshot(TOWN, every, touched, travels=(VAN,))
    grouped = network.snapshot(TOWN, every, touched, travels=(VAN,), events=events)
    origins = drawn.nodes(TOWN, "A")
    for one, other in zip(
        network.reach(plain, origins, **at),
        network.reach(grouped, origins, **at),
        strict=True,  # type: ignore[arg-type]
    ):
        assert len(other.cut) <= len(one.cut)
        assert bool(other.cut) == bool(one.cut)
        told_of = [line.hazard for line in other.cut] + [
            also.hazard for line in other.cut for also in line.also
        ]
        assert len(told_of) == len(set(told_of))
        # What it says must be lifted opens the town at that instant, for whoever asks what if.
        if other.cut and not (other.reachable and other.leavable) and other.again_s is None:
            lifted = network.suppose(grouped, lift=set(told_of))
            after = network.reach(lifted, origins, **at)[other.place]  # type: ignore[arg-type]
            assert (after.inward[0].start_s, after.outward[0].start_s) == (NOON, NOON)
