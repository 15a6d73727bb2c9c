"""DATEX II: what situations are read as, version by version, and what is refused."""

from __future__ import annotations

import io

import pytest

from datex_messages import HEARD_S, TIMED, lane, managed, measure, place, record, situation, v2, v3
from datex_messages import for_vehicles as vehicles
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.hazards import absorb
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect, Way
from vado.model.hazard import HazardState
from vado.model.size import Bound

NOBODY: HazardState = HazardState()


def read(body: bytes) -> tuple[Alert, ...]:
    return feeds.parse(body, source="roads", received_s=HEARD_S)


def only(body: bytes) -> Info:
    (alert,) = read(body)
    (info,) = alert.infos
    return info


def actions(info: Info) -> list[Action]:
    return [effect.action for effect in info.stated]


def in_force(*bodies: bytes) -> list[str]:
    state = NOBODY
    for body in bodies:
        state, _ = absorb(state, read(body), meaning(), now_s=HEARD_S + 3600)
    return [hazard.id for hazard in state.hazards]


# ------------------------------------------------------------------------------------------------ documents


@pytest.mark.parametrize("write", [v2, v3])
def test_a_closure_is_shut_for_everybody_until_it_is_ended(write: object) -> None:
    (alert,) = read(write(situation(managed("roadClosed"))))  # type: ignore[operator]
    (info,) = alert.infos
    assert (info.kind, info.expires_s, info.stated) == ("closure", None, (StatedEffect(action=Action.SHUT),))
    assert alert.event == "datex s1"
    assert alert.identifier == "s1"
    assert alert.sent_s == HEARD_S
    (road,) = info.areas[0].roads
    assert road.points == ((1.50, 42.50), (1.51, 42.51), (1.53, 42.52))


def test_soap_and_container_are_opened() -> None:
    inner = v3(situation(managed("roadClosed")))
    soap = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        + inner
        + b"</s:Body></s:Envelope>"
    )
    container = (
        b'<messageContainer xmlns="http://datex2.eu/schema/3/messageContainer">'
        + inner
        + b"</messageContainer>"
    )
    assert len(read(soap)) == len(read(container)) == 1


def test_pitfall_35_namespaces_and_prefixes_do_not_matter() -> None:
    plain = v3(situation(managed("roadClosed")))
    dgt = plain.replace(b"http://datex2.eu/schema/3/d2Payload", b"http://levelC/schema/3/d2Payload")
    assert [each.infos for each in read(dgt)] == [each.infos for each in read(plain)]


@pytest.mark.parametrize("name", ["MeasuredDataPublication", "ParkingStatusPublication", "VmsPublication"])
def test_other_publications_are_refused_by_name(name: str) -> None:
    with pytest.raises(PayloadError, match=name):
        read(v3(publication=name))


def test_pitfall_08_no_publication_is_a_fault_and_an_empty_one_an_answer() -> None:
    assert read(v3()) == ()
    with pytest.raises(PayloadError, match="without a publication"):
        read(b'<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0"><exchange><keepAlive>true</keepAlive>'
             b"</exchange></d2LogicalModel>")  # fmt: skip
    with pytest.raises(PayloadError, match="neither a time nor situations"):
        read(v3().replace(b"publicationTime", b"somethingElse"))
    with pytest.raises(PayloadError, match="E1001"):
        read(v3(situation(managed("roadClosed")))[:-40])


@pytest.mark.parametrize(
    ("said", "status"), [("test", "Test"), ("technicalExercise", "Exercise"), ("odd", "Actual")]
)
def test_only_real_information_binds_and_a_word_nobody_knows_is_real(said: str, status: str) -> None:
    (alert,) = read(v3(situation(managed("roadClosed"), status=said)))
    assert alert.status == status


def test_a_record_that_says_nothing_asks_a_person_and_the_rest_goes_on() -> None:
    (alert,) = read(v3(situation("<situationRecord/>", managed("roadClosed", id_="r2"))))
    assert {action for info in alert.infos for action in actions(info)} == {Action.INSPECT, Action.SHUT}


def test_a_situation_without_records_asks_a_person() -> None:
    assert actions(only(v3(situation()))) == [Action.INSPECT]


def test_the_same_situation_twice_in_one_message_counts_twice() -> None:
    body = v3(situation(managed("laneClosures")), situation(managed("roadClosed")))
    assert len({alert.id for alert in read(body)}) == 2
    assert len(in_force(body)) == 2


def test_pitfall_31_offsets_are_read_and_a_time_without_one_is_not_used() -> None:
    timed = {"validity": TIMED, "end": "2026-01-10T20:00:00"}
    (alert,) = read(v3(situation(managed("roadClosed", start="2026-01-10T10:00:00+01:00", **timed))))
    assert (alert.infos[0].onset_s, alert.infos[0].expires_s) == (HEARD_S, None)
    assert any("no time with an offset" in note for note in alert.notes)
    assert only(v3(situation(managed("roadClosed", start="2026-01-10T09:00:00-00:00")))).onset_s == HEARD_S


# ------------------------------------------------------------------------------------------------ versions


def test_pitfall_32_other_content_under_the_same_version_replaces() -> None:
    north = v3(situation(managed("roadClosed", where=place(road="N-1"))))
    south = v3(situation(managed("laneClosures", where=place(road="N-2"))), published="2026-01-10T09:04:00Z")
    for order in ((north, south), (south, north)):
        state = NOBODY
        for body in order:
            state, _ = absorb(state, read(body), meaning(), now_s=HEARD_S)
        (hazard,) = state.hazards
        assert hazard.footprint[0].roads[0].ref == "N-2"


def test_pitfall_32_an_end_that_is_over_does_not_end_what_is_active() -> None:
    info = only(
        v3(situation(managed("roadClosed", start="2026-01-09T00:00:00Z", end="2026-01-10T04:00:00Z")))
    )
    assert info.expires_s is None
    assert in_force(v3(situation(managed("roadClosed", end="2026-01-10T08:30:00Z")))) == ["es/TEST,s1#0"]


def test_an_end_that_is_to_come_counts_and_overrunning_does_not() -> None:
    ends = only(v3(situation(managed("roadClosed", end="2026-01-10T18:00:00Z"))))
    assert ends.expires_s == HEARD_S + 9 * 3600
    runs = only(v3(situation(managed("roadClosed", end="2026-01-10T18:00:00Z",
                                     validity=TIMED + "<overrunning>true</overrunning>"))))  # fmt: skip
    assert runs.expires_s is None


def test_active_is_in_force_although_its_start_is_to_come() -> None:
    info = only(v3(situation(managed("roadClosed", start="2026-01-12T00:00:00Z"))))
    assert info.onset_s == HEARD_S
    planned = only(v3(situation(managed("roadClosed", start="2026-01-12T00:00:00Z", validity=TIMED))))
    assert planned.onset_s == HEARD_S + 39 * 3600


def test_pitfall_33_suspended_and_dropped_records_end() -> None:
    both = v3(situation(managed("roadClosed"), managed("narrowLanes", id_="r2", where=place(road="N-9"))))
    later = {"published": "2026-01-10T09:05:00Z"}
    dropped = v3(situation(managed("narrowLanes", id_="r2", where=place(road="N-9"))), **later)
    assert len(in_force(both)) == 2
    assert len(in_force(both, dropped)) == 1
    suspended = v3(
        situation(managed("roadClosed", validity="<validityStatus>suspended</validityStatus>")), **later
    )
    assert read(suspended)[0].msg_type is MsgType.CANCEL
    assert in_force(both, suspended) == in_force(suspended, both) == []


def test_road_cleared_and_a_life_cycle_end_are_the_end() -> None:
    ended = "<management><lifeCycleManagement><end>true</end></lifeCycleManagement></management>"
    for body in (v3(situation(managed("roadCleared"))), v2(situation(managed("roadClosed", inside=ended)))):
        assert read(body)[0].msg_type is MsgType.CANCEL


# ----------------------------------------------------------------------------------------------- what it does

RED_LEVEL = situation(
    managed("doNotUseSpecifiedLanesOrCarriageways", vehicles("heavyVehicle"), id_="r1"),
    managed("doNotUseSpecifiedLanesOrCarriageways", vehicles("bus"), id_="r2"),
    record("SpeedManagement", "<temporarySpeedLimit>30.0</temporarySpeedLimit>", id_="r3"),
    record("WinterDrivingManagement",
           "<winterEquipmentManagementType>useSnowChainsOrTyres</winterEquipmentManagementType>", id_="r4"),
)  # fmt: skip


def test_pitfall_36_red_snow_level_is_one_pattern_of_four_records() -> None:
    info = only(v3(RED_LEVEL))
    assert info.kind == "snow"
    assert set(info.stated) == {
        StatedEffect(action=Action.SHUT, only=Bound(classes=("hgv",))),
        StatedEffect(action=Action.SHUT, only=Bound(classes=("bus",))),
        StatedEffect(action=Action.SLOW, cap_kmh=30.0),
        StatedEffect(action=Action.RESTRICTED, requires="winter-tyres"),
    }


@pytest.mark.parametrize(
    ("characteristic", "bounds"),
    [
        (measure("width", "3.0"), [Bound(over_width_cm=300)]),
        (measure("length", "12", "greaterThanOrEqualTo"), [Bound(over_length_cm=1199)]),
        (measure("height", "3.5"), [Bound(over_height_cm=350)]),
        (
            measure("grossWeight", "7.5", more="<typeOfWeight>actual</typeOfWeight>"),
            [Bound(over_weight_kg=7500)],
        ),
        (measure("grossWeight", "7.5"), [Bound(over_rated_kg=7500), Bound(over_weight_kg=7500)]),
        (measure("heaviestAxleWeight", "8"), [Bound(over_axle_kg=8000)]),
    ],
)
def test_pitfall_36_a_limit_of_size_is_a_bound_and_no_closure(
    characteristic: str, bounds: list[Bound]
) -> None:
    body = managed("doNotUseSpecifiedLanesOrCarriageways", vehicles("anyVehicle", inside=characteristic),
                   where=place(carriageway=lane("allLanesCompleteCarriageway")))  # fmt: skip
    assert [effect.only for effect in only(v3(situation(body))).stated] == bounds


@pytest.mark.parametrize("junk", ["0.0", "1.0", "-3", "nan", "1e99", ""])
def test_pitfall_36_a_junk_limit_asks_a_person(junk: str) -> None:
    body = managed(
        "doNotUseSpecifiedLanesOrCarriageways", vehicles("anyVehicle", inside=measure("width", junk))
    )
    (alert,) = read(v3(situation(body)))
    assert actions(alert.infos[0]) == [Action.INSPECT]
    assert any("cannot be meant" in note for note in alert.notes)


def test_a_junk_limit_of_lorries_still_bans_lorries() -> None:
    body = managed("roadClosed", vehicles("lorry", inside=measure("width", "0.0")))
    assert StatedEffect(action=Action.SHUT, only=Bound(classes=("hgv",))) in only(v3(situation(body))).stated


@pytest.mark.parametrize("kmh", ["1.0", "2", "400", "fast"])
def test_pitfall_36_a_junk_speed_limit_asks_a_person(kmh: str) -> None:
    body = record("SpeedManagement", f"<temporarySpeedLimit>{kmh}</temporarySpeedLimit>")
    assert actions(only(v3(situation(body)))) == [Action.INSPECT]


def test_pitfall_36_a_slip_road_is_not_the_main_line() -> None:
    exits = lane("", "exitSlipRoad") + lane("allLanesCompleteCarriageway")
    info = only(v3(situation(managed("roadClosed", where=place(carriageway=exits, road="A-2")))))
    assert info.areas[0].roads[0].slip is True
    main = only(v3(situation(managed("roadClosed", where=place(carriageway=lane("", "mainCarriageway"))))))
    assert main.areas[0].roads[0].slip is False


@pytest.mark.parametrize("shoulder", [lane("hardShoulder"), lane("", extended="rightHardShoulder")])
def test_pitfall_36_the_hard_shoulder_has_no_effect(shoulder: str) -> None:
    info = only(v3(situation(managed("laneClosures", where=place(carriageway=shoulder)))))
    assert actions(info) == [Action.NONE]


def test_a_road_that_is_closed_is_closed_whichever_lane_it_names_but_a_cycle_track_is_none() -> None:
    shoulder = place(carriageway=lane("hardShoulder"))
    assert actions(only(v3(situation(managed("roadClosed", where=shoulder))))) == [Action.SHUT]
    track = place(carriageway=lane("", "cycleTrack"))
    assert actions(only(v3(situation(managed("roadClosed", where=track))))) == [Action.NONE]


def test_pitfall_37_a_lane_closure_slows_and_shuts_only_where_no_lane_is_left() -> None:
    assert actions(only(v3(situation(managed("laneClosures"))))) == [Action.SLOW]
    none_left = "<impact><numberOfOperationalLanes>0</numberOfOperationalLanes></impact>"
    assert actions(only(v3(situation(managed("laneClosures", none_left))))) == [Action.SHUT]


def test_pitfall_34_an_extension_that_says_closed_shuts() -> None:
    said = "<situationRecordExtension><state>roadClosedToTraffic</state></situationRecordExtension>"
    assert actions(only(v3(situation(managed("other", said))))) == [Action.SHUT]
    lanes = "<situationRecordExtension><state>laneClosed</state></situationRecordExtension>"
    assert actions(only(v3(situation(managed("other", lanes))))) == [Action.INSPECT]
    assert actions(only(v3(situation(managed("somethingNew"))))) == [Action.INSPECT]


@pytest.mark.parametrize(
    "type_", ["VehicleObstruction", "GeneralObstruction", "AnimalPresenceObstruction", "Accident"]
)
def test_what_stands_on_the_road_never_shuts_it(type_: str) -> None:
    assert Action.SHUT not in actions(
        only(v3(situation(record(type_, "<obstructionType>x</obstructionType>"))))
    )


def test_an_impact_that_says_blocked_shuts() -> None:
    blocked = "<impact><trafficConstrictionType>roadBlocked</trafficConstrictionType></impact>"
    assert Action.SHUT in actions(only(v2(situation(record("Accident", blocked)))))


def test_a_flooded_road_is_left_to_the_tables() -> None:
    flooded = "<environmentalObstructionType>flooding</environmentalObstructionType>"
    info = only(v3(situation(record("EnvironmentalObstruction", flooded))))
    assert (info.kind, info.stated) == ("flood", ())


def test_advice_and_a_risk_are_no_closure_but_ask() -> None:
    advice = managed("doNotUseSpecifiedLanesOrCarriageways",
                     "<complianceOption>advisory</complianceOption>" + vehicles("lorry"))  # fmt: skip
    assert actions(only(v3(situation(advice)))) == [Action.INSPECT]
    risk = managed("roadClosed", "<probabilityOfOccurrence>riskOf</probabilityOfOccurrence>")
    assert actions(only(v3(situation(risk)))) == [Action.INSPECT]
    closed = managed("roadClosed", "<complianceOption>advisory</complianceOption>")
    assert actions(only(v3(situation(closed)))) == [Action.SHUT]


@pytest.mark.parametrize(
    ("whom", "bound"),
    [
        (vehicles("anyVehicle"), None),
        (vehicles("bus", "car", "motorcycle", "lorry", "carWithTrailer"), None),
        (vehicles("withOddNumberedRegistrationPlates"), None),
        (vehicles("lorry", inside=measure("height", "3.5", "lessThan")), Bound(classes=("hgv",))),
        (
            vehicles("lorry", inside="<loadType>hazardousMaterials</loadType>"),
            Bound(classes=("hgv",), hazmat=("any",)),
        ),
        (vehicles("vehicleWithTrailer"), Bound(trailer=True)),
        (vehicles("lorry", inside="<emissions><x>4</x></emissions>"), Bound(classes=("hgv",))),
    ],
)
def test_whom_a_closure_binds(whom: str, bound: Bound | None) -> None:
    assert [effect.only for effect in only(v3(situation(managed("roadClosed", whom)))).stated] == [bound]


def test_less_than_is_who_may_pass_where_it_is_a_limit_of_height() -> None:
    body = managed(
        "heightRestrictionInOperation", vehicles(inside=measure("height", "4.2", "lessThanOrEqualTo"))
    )
    assert only(v3(situation(body))).stated == (
        StatedEffect(action=Action.SHUT, only=Bound(over_height_cm=420)),
    )
    assert actions(only(v3(situation(managed("heightRestrictionInOperation"))))) == [Action.INSPECT]


# ------------------------------------------------------------------------------------------------ streams


def test_a_stream_gives_what_the_message_gives() -> None:
    body = v3(RED_LEVEL, situation(managed("roadClosed"), id_="s2"), situation(id_="s3"))
    assert tuple(feeds.read_stream(io.BytesIO(body), source="roads", received_s=HEARD_S)) == read(body)


def test_a_stream_that_is_cut_off_gives_what_was_whole_and_then_a_fault() -> None:
    body = v3(RED_LEVEL, situation(managed("roadClosed"), id_="s2"))
    alerts = []
    with pytest.raises(PayloadError, match="E1001"):
        alerts.extend(feeds.read_stream(io.BytesIO(body[:-200]), source="roads"))
    assert [alert.identifier for alert in alerts] == ["s1"]


def test_a_stream_whose_head_comes_last_is_refused() -> None:
    """What was read before it would bear another name than the message gives it."""
    head = v3().partition(b"<publicationCreator>")[2].partition(b"</payload>")[0]
    body = v3(situation(managed("roadClosed"))).replace(b"<publicationCreator>" + head, b"")
    moved = body.replace(b"</payload>", b"<publicationCreator>" + head + b"</payload>")
    assert read(moved)[0].sender == "es/TEST"
    with pytest.raises(PayloadError, match="after the situations"):
        list(feeds.read_stream(io.BytesIO(moved), source="roads"))


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>502</body></html>",
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + v3(),
        v3(publication="VmsPublication"),
        v3(situation("<a>" * 70 + "</a>" * 70)),
        b"",
    ],
)
def test_a_stream_of_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError):
        list(feeds.read_stream(io.BytesIO(body), source="roads"))


def test_pitfall_43_entities_and_doctypes_are_refused() -> None:
    with pytest.raises(PayloadError, match="E1101"):
        read(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + v3(situation(managed("roadClosed"))))


def test_way_is_unknown_where_a_road_is_closed_and_along_where_a_carriageway_is() -> None:
    assert only(v3(situation(managed("roadClosed")))).areas[0].roads[0].way is Way.UNKNOWN
    assert only(v3(situation(managed("carriagewayClosures")))).areas[0].roads[0].way is Way.ALONG


# ---------------------------------------------------------------------------------------- what may not grow


def test_what_multiplies_is_bounded_and_frees_nobody() -> None:
    # Types times loads times weights would be millions of bounds.
    parts = "".join(f"<vehicleType>t{n}</vehicleType><loadType>l{n}</loadType>" for n in range(3000))
    assert only(v3(situation(managed("roadClosed", vehicles(inside=parts))))).stated == (
        StatedEffect(action=Action.SHUT),
    )
    groups = "".join(vehicles("lorry", inside=measure("height", f"3.{n}")) for n in range(100))
    assert [effect.only for effect in only(v3(situation(managed("roadClosed", groups)))).stated] == [None]


def test_too_many_records_ask_a_person_and_too_many_in_all_are_a_fault() -> None:
    (alert,) = read(v3(situation(*["<situationRecord/>"] * 600)))
    assert any("500 records" in note for note in alert.notes)
    with pytest.raises(PayloadError, match="E1002"):
        read(v3(*[situation("<situationRecord/>", id_=str(n)) for n in range(10_001)]))


def test_a_sender_without_a_name_leaves_it_to_the_next_in_streams_as_in_messages() -> None:
    body = v2(situation(managed("roadClosed")))
    nameless = b"<exchange><supplierIdentification><country/></supplierIdentification></exchange><exchange>"
    body = body.replace(b"<exchange>", nameless, 1)
    assert read(body)[0].sender == "fr/TEST"
    assert tuple(feeds.read_stream(io.BytesIO(body), source="roads", received_s=HEARD_S)) == read(body)
