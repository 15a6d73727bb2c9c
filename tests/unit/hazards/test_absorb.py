"""The life of a hazard: new, updated, cancelled, expired; and all that sources do wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tables import meaning
from vado.hazards import absorb
from vado.hazards.absorb import NOTES_MAX, REMEMBER_S
from vado.model.alert import Action, Alert, Area, Circle, Info, MsgType, StatedEffect
from vado.model.hazard import Hazard, HazardState
from vado.model.ids import IN_PART, AlertId, Hash
from vado.model.when import FOREVER_S, Interval

NOW = 1_768_035_600  # 2026-01-10T09:00:00Z
HOUR = 3600
DISC = Area(circles=(Circle(lon=1.5, lat=42.5, radius_m=500),))
CODES = Area(description="Zone 12", geocodes=(("EMMA_ID", "ZZ012"),))


def info(**fields: Any) -> Info:
    values: dict[str, Any] = {
        "event": "Flood", "kind": "flood", "severity": "Severe", "certainty": "Likely", "onset_s": NOW,
        "expires_s": NOW + 8 * HOUR, "headline": "Water", "areas": (DISC,),
    }  # fmt: skip
    return Info(**(values | fields))


def alert(
    name: str, *infos: Info, sent: int = NOW, sender: str = "s", refs: Sequence[str] = (), **more: Any
) -> Alert:
    return Alert(
        id=AlertId(f"{sender},{name}"), source="test", sender=sender, identifier=name, sent_s=sent,
        references=tuple(AlertId(f"{sender},{ref}") for ref in refs), infos=infos or (info(),),
        raw=Hash(f"sha256:{name}@{sent}"), **more,
    )  # fmt: skip


def cancel(name: str, *refs: str, sent: int = NOW + HOUR, sender: str = "s") -> Alert:
    return replace(alert(name, sent=sent, sender=sender, refs=refs), msg_type=MsgType.CANCEL, infos=())


def update(name: str, *refs: str, sent: int = NOW + HOUR, **fields: Any) -> Alert:
    return replace(alert(name, info(**fields), sent=sent, refs=refs), msg_type=MsgType.UPDATE)


def after(*alerts: Alert, now: int = NOW + HOUR, state: HazardState | None = None) -> HazardState:
    return absorb(state or HazardState(), alerts, meaning(), now_s=now)[0]


def notes(*alerts: Alert) -> str:
    return "\n".join(absorb(HazardState(), alerts, meaning(), now_s=NOW)[1])


def ids(state: HazardState) -> list[str]:
    return [plain(hazard.id) for hazard in state.hazards]


def plain(name: str) -> str:
    """Leave out which parts of a version are unclear: "s,a/unclear~#0"."""
    return re.sub("(?<=/unclear~)[0-9a-f]+", "", name)


def only(*alerts: Alert) -> Hazard:
    (hazard,) = after(*alerts).hazards
    return hazard


def test_an_alert_becomes_a_hazard_with_its_evidence() -> None:
    hazard = only(alert("a"))
    assert (hazard.id, hazard.kind, hazard.severity) == ("s,a#0", "flood", "Severe")
    assert hazard.interval == Interval(NOW, NOW + 8 * HOUR)
    assert hazard.footprint == (DISC,)
    assert hazard.binds
    assert {effect.action for effect in hazard.effects} == {Action.SHUT}
    assert hazard.evidence[0].alert == "s,a"
    assert hazard.evidence[0].raw == f"sha256:a@{NOW}"
    assert hazard.evidence[0].headline == "Water"


def test_each_info_is_a_hazard_of_its_own() -> None:
    assert ids(after(alert("a", info(), info(kind="wind")))) == ["s,a#0", "s,a#1"]


def test_an_update_replaces_what_it_refers_to() -> None:
    state = after(alert("a"), update("b", "a", severity="Moderate"))
    assert ids(state) == ["s,b#0"]
    assert state.hazards[0].effects[0].action is Action.SLOW


def test_a_chain_of_updates_ends_all_before_it_although_each_names_only_the_last() -> None:
    chain = [alert("a"), update("b", "a", sent=NOW + 1), update("c", "b", sent=NOW + 2)]
    assert ids(after(*chain)) == ["s,c#0"]
    assert ids(after(*reversed(chain))) == ["s,c#0"]


def test_a_gap_in_the_chain_leaves_both_ends_in_force_until_it_is_filled() -> None:
    a, b, c = alert("a"), update("b", "a", sent=NOW + 1), update("c", "b", sent=NOW + 2)
    torn = after(a, c)
    assert ids(torn) == ["s,a#0", "s,c#0"]
    assert after(b, state=torn) == after(a, b, c)


def test_a_cancel_ends_all_of_an_alert_and_is_no_hazard() -> None:
    assert ids(after(alert("a", info(), info(kind="wind")), cancel("x", "a"))) == []


def test_a_cancel_that_comes_first_still_counts() -> None:
    early = after(cancel("x", "a"))
    assert early.hazards == ()
    assert after(alert("a"), state=early) == after(alert("a"), cancel("x", "a"))


def test_a_cancel_under_the_same_id_ends_it() -> None:
    assert ids(after(alert("a"), cancel("a"))) == []


def test_an_update_sent_before_what_it_names_replaces_nothing() -> None:
    assert ids(after(alert("a", sent=NOW), update("b", "a", sent=NOW - 1))) == ["s,a#0", "s,b#0"]


def test_an_alert_sent_again_later_replaces_itself_and_lives_again_after_a_cancel() -> None:
    again = alert("a", info(severity="Moderate"), sent=NOW + 2 * HOUR)
    assert after(alert("a"), again).hazards[0].severity == "Moderate"
    assert after(again, alert("a")).hazards[0].severity == "Moderate"
    assert ids(after(alert("a"), cancel("x", "a"), again)) == ["s,a#0"]


def test_a_repeat_changes_nothing() -> None:
    once = after(alert("a"))
    state, said = absorb(once, [alert("a")], meaning(), now_s=NOW + HOUR)
    assert state == once
    assert said == ()


def test_the_same_time_with_another_body_is_told() -> None:
    other = replace(alert("a", info(severity="Moderate")), raw=Hash("sha256:other"))
    assert "another body" in notes(alert("a"), other)
    assert after(alert("a"), other) == after(other, alert("a"))


def test_of_two_versions_sent_at_once_the_closure_counts_whatever_the_hashes() -> None:
    """Nobody can say which is right; the greater hash is no reason to drive."""
    slow, shut = (StatedEffect(action=Action.SLOW, speed_factor=0.5), StatedEffect(action=Action.SHUT))
    for first, second in (("1", "2"), ("2", "1")):
        gentle = replace(alert("a", info(stated=(slow,))), raw=Hash(f"sha256:{first}"))
        hard = replace(alert("a", info(stated=(shut,))), raw=Hash(f"sha256:{second}"))
        state = after(gentle, hard)
        assert {effect.action for h in state.hazards for effect in h.effects} == {Action.SLOW, Action.SHUT}
        assert sorted(ids(state)) == ["s,a#0", "s,a#0~1"]
        assert after(hard, state=after(gentle)) == state == after(gentle, state=after(hard))
        later = replace(alert("a", info(stated=(slow,)), sent=NOW + 60), raw=Hash("sha256:0"))
        assert ids(after(later, state=state)) == ["s,a#0"]


def test_the_same_in_another_envelope_is_one_hazard() -> None:
    first, second = (replace(alert("a"), raw=Hash(f"sha256:{n}")) for n in "12")
    (hazard,) = after(first, second).hazards
    assert (hazard.id, hazard.evidence[0].raw) == ("s,a#0", "sha256:2")
    assert after(second, first).hazards == (hazard,)


def test_an_update_that_says_not_where_leaves_what_it_refers_to() -> None:
    state = after(alert("a"), update("b", "a", areas=(CODES,)))
    assert ids(state) == ["s,a#0", "s,b/unclear~#0"]
    assert after(update("b", "a", areas=(CODES,)), alert("a")) == state
    assert "what s,a says where it is stays in force" in notes(update("b", "a", areas=(CODES,)))
    assert ids(after(alert("a", info(areas=(CODES,))), update("b", "a", areas=(CODES,)))) == [
        "s,b/unclear~#0"
    ]
    both = after(alert("a", info(areas=(DISC, CODES))), update("b", "a", areas=()))
    assert ids(both) == ["s,a/unclear~#0", "s,b/unclear~#0"]


def test_what_ends_an_update_without_a_place_ends_what_that_referred_to() -> None:
    first, second = alert("a"), update("b", "a", areas=(CODES,))
    third = update("c", "b", sent=NOW + 2 * HOUR, areas=(CODES,))
    assert ids(after(first, second, third)) == ["s,a#0", "s,c/unclear~#0"]
    for last in (cancel("d", "c", sent=NOW + 3 * HOUR), update("d", "c", sent=NOW + 3 * HOUR)):
        left = [] if last.msg_type is MsgType.CANCEL else ["s,d#0"]
        assert ids(after(first, second, third, last)) == left
        assert ids(after(last, third, second, first)) == left
    early = cancel("d", "c", sent=NOW + HOUR)
    assert ids(after(first, second, third, early)) == ["s,a#0", "s,c/unclear~#0"], "sent before what it names"


@pytest.mark.parametrize(
    "fields", [{"response_types": ("AllClear",)}, {"urgency": "Past"}, {"expires_s": NOW + HOUR}]
)
def test_an_update_that_withdraws_need_not_say_where(fields: dict[str, Any]) -> None:
    assert ids(after(alert("a"), update("b", "a", areas=(CODES,), **fields), now=NOW + HOUR)) == []


def test_links_of_what_is_in_force_are_kept_however_old() -> None:
    forever = alert("a", info(stated=(StatedEffect(action=Action.SHUT),), expires_s=None))
    state = after(forever, update("b", "a", areas=(CODES,)))
    later = NOW + 2 * REMEMBER_S
    state = after(now=later, state=state)
    assert ids(state) == ["s,a#0"]
    assert ids(after(cancel("c", "b", sent=later), now=later, state=state)) == []
    assert after(cancel("c", "b", sent=later), now=later + 2 * REMEMBER_S, state=state) == HazardState()


def test_another_sender_may_not_end_an_alert() -> None:
    foreign = replace(cancel("x", sender="t"), references=(AlertId("s,a"),))
    assert ids(after(alert("a"), foreign)) == ["s,a#0"]
    assert "may not end s,a" in notes(foreign)


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_what_is_not_actual_binds_and_ends_nothing(status: str) -> None:
    assert ids(after(alert("a", status=status))) == []
    assert ids(after(alert("a"), replace(cancel("x", "a"), status=status))) == ["s,a#0"]
    assert status in notes(alert("a", status=status))


@pytest.mark.parametrize("kind", [MsgType.ACK, MsgType.ERROR])
def test_acknowledgements_are_no_warnings(kind: MsgType) -> None:
    assert ids(after(replace(alert("a"), msg_type=kind))) == []


def test_hazards_expire_by_the_clock_and_late_ones_never_start() -> None:
    state = after(alert("a"), now=NOW)
    assert ids(after(state=state, now=NOW + 8 * HOUR - 1)) == ["s,a#0"]
    assert ids(after(state=state, now=NOW + 8 * HOUR)) == []
    assert ids(after(alert("a"), now=NOW + 9 * HOUR)) == []


def test_a_withdrawal_born_expired_ends_what_it_names() -> None:
    # AEMET never cancels: it updates with expires = sent, onset one second before.
    sent = NOW + HOUR
    assert (
        ids(after(alert("a"), update("b", "a", sent=sent, onset_s=sent - 1, expires_s=sent), now=sent)) == []
    )


def test_a_warning_without_end_stays_a_day_and_says_so() -> None:
    hazard = only(alert("a", info(expires_s=None, onset_s=NOW + HOUR)))
    assert hazard.interval == Interval(NOW + HOUR, NOW + 25 * HOUR)
    assert hazard.notes == ("the message gives no end: taken to end at 2026-01-11T10:00:00Z",)


@pytest.mark.parametrize("kind", ["landslide", "avalanche", "closure"])
def test_what_blocks_a_road_stays_until_ended(kind: str) -> None:
    assert only(alert("a", info(kind=kind, expires_s=None))).interval.end_s == FOREVER_S


def test_what_a_source_states_of_a_road_stays_until_ended_whatever_its_kind() -> None:
    stated = (StatedEffect(action=Action.SHUT),)
    assert only(alert("a", info(kind="snow", expires_s=None, stated=stated))).interval.end_s == FOREVER_S


def test_an_end_before_the_start_is_no_end() -> None:
    hazard = only(alert("a", info(onset_s=NOW + HOUR, expires_s=NOW)))
    assert hazard.interval == Interval(NOW + HOUR, NOW + 25 * HOUR)
    assert "ends before it starts" in hazard.notes[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"response_types": ("AllClear",)},
        {"urgency": "Past"},
        {"certainty": "Unlikely"},
        {"parameters": (("awareness_level", "1; green; Minor"),)},
        {"parameters": (("AEMET-Meteoalerta nivel", "verde"),)},
    ],
)
def test_what_is_no_warning_makes_no_hazard_but_a_note(fields: dict[str, Any]) -> None:
    assert ids(after(alert("a", info(**fields)))) == []
    assert "has no effect" in notes(alert("a", info(**fields)))


def test_an_all_clear_ends_what_it_updates() -> None:
    assert ids(after(alert("a"), update("b", "a", response_types=("AllClear",)))) == []


def test_the_worse_of_severity_and_colour_counts() -> None:
    red = (("awareness_level", "4; red; Extreme"),)
    assert only(alert("a", info(severity="Moderate", parameters=red))).severity == "Extreme"
    assert only(alert("a", info(severity="Unknown", parameters=red))).severity == "Extreme"
    yellow = (("awareness_level", "2; yellow; Moderate"),)
    assert only(alert("a", info(severity="Severe", parameters=yellow))).severity == "Severe"


def test_codes_without_shape_are_unknown_shut_nothing_and_are_never_dropped() -> None:
    hazard = only(alert("a", info(areas=(CODES,))))
    assert hazard.unknown == "names only codes, and no table says where they are: EMMA_ID ZZ012"
    assert not hazard.binds
    assert "is unknown" in notes(alert("a", info(areas=(CODES,))))


def test_an_info_without_area_is_unknown_too() -> None:
    assert only(alert("a", info(areas=()))).unknown == "says of no place that it is there"
    assert "Zone 12" in only(alert("a", info(areas=(Area(description="Zone 12"),)))).unknown


def test_of_an_info_with_shapes_and_codes_the_shapes_bind_and_the_codes_are_shown() -> None:
    shapes, codes = after(alert("a", info(areas=(DISC, CODES)))).hazards
    assert (plain(shapes.id), shapes.footprint, shapes.binds) == ("s,a/unclear~#0", (DISC,), True)
    assert (plain(codes.id), codes.footprint, codes.binds) == ("s,a/unclear~#0/codes", (CODES,), False)


def test_an_event_that_no_table_knows_is_unknown() -> None:
    hazard = only(alert("a", info(kind="", event="Meteor")))
    assert (hazard.kind, hazard.binds) == ("unknown", False)
    assert hazard.unknown == "no table knows the event 'Meteor'"


def test_an_unknown_event_that_is_extreme_and_there_shuts() -> None:
    hazard = only(alert("a", info(kind="", event="Meteor", severity="Extreme", certainty="Observed")))
    assert hazard.binds
    assert hazard.unknown == ""


def test_what_a_source_states_goes_before_the_table() -> None:
    stated = (StatedEffect(action=Action.SLOW, speed_factor=0.5, profiles=("truck",)),)
    hazard = only(alert("a", info(stated=stated)))
    assert {e.profile: e.action for e in hazard.effects} == {
        "car": Action.NONE, "van": Action.NONE, "truck": Action.SLOW, "4x4": Action.NONE,
    }  # fmt: skip


def test_mends_of_the_reader_and_empty_messages_are_told() -> None:
    assert "closed the ring" in notes(alert("a", notes=("closed the ring",)))
    assert "has no info" in notes(replace(alert("a"), infos=()))
    assert "without references" in notes(update("b"))


def test_notes_are_bounded() -> None:
    said = absorb(HazardState(), [alert(f"a{n}", status="Test") for n in range(500)], meaning(), now_s=NOW)[1]
    assert len(said) == NOTES_MAX + 1
    assert said[-1] == f"and {500 - NOTES_MAX} notes more"


def test_ids_are_forgotten_after_a_while_unless_in_force() -> None:
    closure = info(kind="closure", expires_s=None)
    state = after(alert("open", closure), alert("gone"), alert("dead"), cancel("x", "dead"), now=NOW + HOUR)
    assert {seen[0] for seen in state.seen} == {"s,open", "s,gone", "s,dead", "s,x"}
    assert [ended[0] for ended in state.superseded] == ["s,dead"]
    later = after(state=state, now=NOW + REMEMBER_S + 2 * HOUR)
    assert [seen[0] for seen in later.seen] == ["s,open"]
    assert later.superseded == ()
    assert ids(later) == ["s,open#0"]


def test_a_stream_of_a_year_keeps_the_state_small() -> None:
    state = HazardState()
    for day in range(365):
        now = NOW + day * 24 * HOUR
        fields = {"onset_s": now, "expires_s": now + HOUR}
        batch = [alert(f"{day}/{n}", info(**fields), sent=now) for n in range(5)]
        state = after(*batch, update(f"{day}/u", f"{day}/0", sent=now + 1, **fields), state=state, now=now)
    assert len(state.seen) == 31 * 6
    assert len(state.superseded) == 31
    assert len(state.hazards) == 5


def test_far_future_dates_do_not_make_it_forget() -> None:
    state = after(alert("a"), alert("wrong clock", sent=NOW + 100 * REMEMBER_S))
    assert {seen[0] for seen in state.seen} == {"s,a", "s,wrong clock"}


# ------------------------------------------------------------------------------------------ in doubt


def named(state: HazardState) -> list[str]:
    return sorted(ids(state))


@pytest.mark.parametrize(
    ("doubtful", "kept"),
    [
        (alert("a/unreadable", info(areas=(), stated=(StatedEffect(action=Action.INSPECT),)), sent=NOW + 60),
         "s,a/unreadable#0"),
        (alert("a/in-part~0a1b", info(severity="Minor"), sent=NOW + 60), "s,a/in-part~0a1b#0"),
        (alert("a", info(areas=(CODES,)), sent=NOW + 60), "s,a/unclear~#0"),
        (alert("a", info(event="Zzqx", kind=""), sent=NOW + 60), "s,a/unclear~#0"),
        (alert("a", info(areas=(DISC, CODES)), sent=NOW + 60), "s,a/unclear~#0"),
    ],
)  # fmt: skip
def test_a_version_in_doubt_stands_beside_the_last_that_was_not(doubtful: Alert, kept: str) -> None:
    first = alert("a")
    for heard in ((first, doubtful), (doubtful, first)):
        state = after(*heard)
        assert kept in named(state)
        assert "s,a#0" in named(state)
        assert state == after(*heard, *heard), "again is no news"
    clear = alert("a", info(severity="Moderate"), sent=NOW + 120)
    assert named(after(first, doubtful, clear)) == ["s,a#0"]
    assert named(after(clear, first, doubtful)) == ["s,a#0"]
    for end in (cancel("a", sent=NOW + 120), cancel("b", "a", sent=NOW + 120)):
        assert after(first, doubtful, end).hazards == ()
        assert after(end, doubtful, first).hazards == ()


def test_a_doubt_of_another_part_does_not_replace_a_doubt() -> None:
    one, other = alert("a/in-part~0a", sent=NOW + 60), alert("a/in-part~0b", sent=NOW + 120)
    assert named(after(one, other)) == ["s,a/in-part~0a#0", "s,a/in-part~0b#0"]


def test_a_withdrawal_needs_no_place() -> None:
    over = alert("a", info(areas=(CODES,), expires_s=NOW + 60, onset_s=NOW), sent=NOW + 60)
    assert after(alert("a"), over).hazards == ()


def test_equipment_that_nobody_knows_is_said_and_shuts() -> None:
    def demand(word: str) -> Alert:
        return alert("a", info(stated=(StatedEffect(action=Action.RESTRICTED, requires=word),)))

    assert "demands 'chians', which is none of chains" in notes(demand("chians"))
    assert {effect.requires for effect in after(demand("chians")).hazards[0].effects} == {"chians"}
    assert "demands" not in notes(demand("chains"))


# ------------------------------------------------------------------------- versions that say no end


def test_an_update_without_an_end_leaves_the_end_that_was_said() -> None:
    """The table ends a flood after a day; the older version said three."""
    long = alert("a", info(expires_s=NOW + 72 * HOUR))
    bare = update("b", "a", expires_s=None, severity="Moderate")
    for order in ((long, bare), (bare, long)):
        state = after(*order)
        assert ids(state) == ["s,a#0", "s,b/endless#0"]
        assert ids(after(now=NOW + 60 * HOUR, state=state)) == ["s,a#0"]
        assert ids(after(now=NOW + 73 * HOUR, state=state)) == []
    assert "does not say until when it holds; what s,a says until when stays" in notes(bare)


def test_what_ends_an_update_without_an_end_ends_what_it_refers_to() -> None:
    told = (alert("a"), update("b", "a", expires_s=None), cancel("c", "b", sent=NOW + 2 * HOUR))
    for order in permutations(told):
        assert ids(after(*order, now=NOW + 2 * HOUR)) == []


def test_of_two_that_say_no_end_the_newer_counts() -> None:
    first, second = alert("a", info(expires_s=None)), update("b", "a", expires_s=None)
    assert ids(after(first, second)) == ids(after(second, first)) == ["s,b/endless#0"]
    again = replace(alert("a", info(expires_s=None, severity="Minor"), sent=NOW + HOUR))
    assert [h.severity for h in after(first, again).hazards] == ["Minor"]


def test_a_newer_version_of_the_same_alert_without_an_end_stands_beside() -> None:
    whole, bare = alert("a"), alert("a", info(expires_s=None), sent=NOW + HOUR)
    newest = alert("a", info(expires_s=NOW + 3 * HOUR), sent=NOW + 2 * HOUR)
    assert ids(after(whole, bare)) == ids(after(bare, whole)) == ["s,a#0", "s,a/endless#0"]
    for order in permutations((whole, bare, newest)):
        state = after(*order, now=NOW + 2 * HOUR)
        assert [(h.id, h.interval.end_s) for h in state.hazards] == [("s,a#0", NOW + 3 * HOUR)]
    over = replace(cancel("a", sent=NOW + 2 * HOUR), references=())
    for order in permutations((whole, bare, over)):
        state = after(*order, now=NOW + 2 * HOUR)
        assert ids(state) == []
        assert [mark.alert for mark in state.lifted] == ["s,a"]
        assert state.lifted[0].hazards, "the newest that was told before"


def test_the_end_of_a_message_is_none_of_the_event() -> None:
    """NWS without `ends` and VTEC: it is renewed before it expires, or the event goes on unsaid."""
    bare = update("b", "a", expires_s=NOW + 2 * HOUR, renewed=True)
    state = after(alert("a"), bare)
    assert ids(state) == ["s,a#0", "s,b/endless#0"]
    assert ids(after(now=NOW + 3 * HOUR, state=state)) == ["s,a#0"]


def test_an_update_of_which_a_part_is_in_doubt_ends_nothing() -> None:
    doubted = update("b", "a")
    doubted = replace(doubted, id=AlertId(f"{doubted.id}{IN_PART}0011"))
    told = (alert("a"), doubted)
    assert ids(after(*told)) == ids(after(*reversed(told))) == ["s,a#0", f"s,b{IN_PART}0011#0"]
    for order in permutations((*told, cancel("c", "b", sent=NOW + 2 * HOUR))):
        assert ids(after(*order, now=NOW + 2 * HOUR)) == []
