"""Any order, any repetition, any cut into batches: the same hazards. A lost ending: never fewer closures.

Random message sets of few ids, so that updates, cancels, re-sent ids and references to the unknown meet.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tables import meaning
from vado.hazards import absorb
from vado.model.alert import Alert, Area, Circle, Info, MsgType
from vado.model.codec import from_json, to_json
from vado.model.hazard import Hazard, HazardState
from vado.model.ids import ENDLESS, AlertId, Hash

NOW = 1_768_035_600
NAMES = "abcde"
AREA = Area(circles=(Circle(lon=1.5, lat=42.5, radius_m=100),))
CODES = Area(geocodes=(("EMMA_ID", "ZZ012"),))


@st.composite
def messages(draw: st.DrawFn) -> Alert:
    name = draw(st.sampled_from(NAMES))
    sent = NOW - draw(st.integers(0, 6)) * 600
    kind = draw(st.sampled_from([MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK]))
    onset = NOW + draw(st.integers(-20, 20)) * 600
    info = Info(
        event="Flood",
        kind=draw(st.sampled_from(["flood", "snow", ""])),
        severity=draw(st.sampled_from(["Extreme", "Moderate"])),
        onset_s=onset,
        expires_s=draw(st.one_of(st.none(), st.integers(0, 20).map(lambda n: onset + n * 600))),
        areas=draw(st.sampled_from([(AREA,), (AREA,), (CODES,), (AREA, CODES)])),
    )
    refs = draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)) if kind != MsgType.ALERT else []
    return Alert(
        id=AlertId(f"s,{name}"), source="test", sender="s", identifier=name, sent_s=sent, msg_type=kind,
        status=draw(st.sampled_from(["Actual", "Actual", "Actual", "Test"])),
        references=tuple(AlertId(f"s,{ref}") for ref in refs), infos=(info,),
        raw=Hash(f"sha256:{draw(st.integers(0, 9999))}"),
    )  # fmt: skip


SETS = st.lists(messages(), max_size=8, unique_by=lambda a: (a.id, a.sent_s, a.raw))


def state_of(batches: list[list[Alert]]) -> HazardState:
    state = HazardState()
    for batch in batches:
        state, _ = absorb(state, batch, meaning(), now_s=NOW)
    return state


@settings(max_examples=150, deadline=None)
@given(SETS, st.data())
def test_order_and_repetition_do_not_matter(alerts: list[Alert], data: st.DataObject) -> None:
    expected = state_of([alerts])
    repeated = alerts + (data.draw(st.lists(st.sampled_from(alerts), max_size=4)) if alerts else [])
    shuffled = data.draw(st.permutations(repeated))
    cut = data.draw(st.integers(0, len(shuffled)))
    assert state_of([shuffled[:cut], shuffled[cut:]]) == expected
    assert state_of([[each] for each in shuffled]) == expected


@settings(max_examples=150, deadline=None)
@given(SETS, st.data())
def test_a_lost_ending_leaves_more_in_force_and_never_less(alerts: list[Alert], data: st.DataObject) -> None:
    """Losing an Update or Cancel of its own id can only leave hazards standing that it would have ended."""
    enders = [n for n, a in enumerate(alerts) if sum(a.id == b.id for b in alerts) == 1 and a.references]
    if not enders:
        return
    lost = data.draw(st.sampled_from(enders))
    whole = {h.id for h in state_of([alerts]).hazards if h.alert != alerts[lost].id}
    torn = {h.id for h in state_of([alerts[:lost] + alerts[lost + 1 :]]).hazards}
    assert whole <= torn


@settings(max_examples=50, deadline=None)
@given(SETS)
def test_the_state_survives_the_store(alerts: list[Alert]) -> None:
    state = state_of([alerts])
    assert from_json(HazardState, to_json(state)) == state


@settings(max_examples=100, deadline=None)
@given(SETS, st.integers(0, 40))
def test_time_alone_only_ends_hazards(alerts: list[Alert], steps: int) -> None:
    before = state_of([alerts])
    after, notes = absorb(before, [], meaning(), now_s=NOW + steps * 600)
    assert notes == ()
    assert after.hazards == tuple(h for h in before.hazards if h.interval.end_s > NOW + steps * 600)


@settings(max_examples=150, deadline=None)
@given(SETS, st.sampled_from(NAMES))
def test_an_update_that_says_not_where_opens_no_road(alerts: list[Alert], name: str) -> None:
    """Whatever it refers to: all that shut something by its shape still does."""
    every = tuple(AlertId(f"s,{each}") for each in NAMES)
    info = Info(event="Flood", kind="flood", onset_s=NOW, expires_s=NOW + 600, areas=(CODES,))
    bare = Alert(
        id=AlertId("s,bare"), source="test", sender="s", identifier="bare", sent_s=NOW, references=every,
        msg_type=MsgType.UPDATE, infos=(info,), raw=Hash("sha256:bare"),
    )  # fmt: skip
    before = {h.id for h in state_of([alerts]).hazards if not h.unknown}
    after = state_of([[*alerts, bare]]).hazards
    assert before <= {h.id for h in after}
    assert not [h.id for h in after if h.alert != bare.id and h.footprint == (CODES,)]
    cancel = Alert(
        id=AlertId("s,end"), source="test", sender="s", identifier="end", sent_s=NOW, references=(bare.id,),
        msg_type=MsgType.CANCEL, raw=Hash("sha256:end"),
    )  # fmt: skip
    assert state_of([[cancel, *alerts], [bare]]).hazards == (), "it refers to all, and so does what ends it"


@settings(max_examples=100, deadline=None)
@given(SETS, st.booleans())
def test_an_update_that_says_no_end_shortens_nothing(alerts: list[Alert], message_only: bool) -> None:
    """All that said an end keeps it; what said none is replaced; what ends the Update ends all."""
    every = tuple(AlertId(f"s,{each}") for each in NAMES)
    info = Info(
        event="Flood", kind="flood", onset_s=NOW, expires_s=NOW + 600 if message_only else None,
        renewed=message_only, areas=(AREA,),
    )  # fmt: skip
    bare = Alert(
        id=AlertId("s,bare"), source="test", sender="s", identifier="bare", sent_s=NOW, references=every,
        msg_type=MsgType.UPDATE, infos=(info,), raw=Hash("sha256:bare"),
    )  # fmt: skip
    before = {h for h in state_of([alerts]).hazards if not h.unknown and ENDLESS not in h.id}
    after = state_of([[*alerts, bare]]).hazards
    assert before <= set(after)
    main = [h for h in after if h.follows is None]
    assert {h.id for h in main if ENDLESS in h.id} == {"s,bare/endless#0"}
    cancel = Alert(
        id=AlertId("s,end"), source="test", sender="s", identifier="end", sent_s=NOW, references=(bare.id,),
        msg_type=MsgType.CANCEL, raw=Hash("sha256:end"),
    )  # fmt: skip
    left = state_of([[cancel, *alerts], [bare]]).hazards
    assert not [h.id for h in left if h.follows is None]


@settings(max_examples=150, deadline=None)
@given(messages(), messages())
def test_of_two_bodies_sent_at_once_none_is_lost(one: Alert, two: Alert) -> None:
    two = replace(two, id=one.id, sent_s=one.sent_s, references=(), raw=Hash("sha256:other"))
    one = replace(one, references=())
    apart = [state_of([[each]]).hazards for each in (one, two)]
    both = state_of([[one, two]]).hazards

    def told(hazards: tuple[Hazard, ...]) -> set[object]:
        return {(h.kind, h.severity, h.interval, h.footprint, h.effects) for h in hazards}

    assert told(both) == told(apart[0]) | told(apart[1])
    assert len({h.id for h in both}) == len(both)
