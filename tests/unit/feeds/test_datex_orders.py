"""Traffic regulation orders: when, where and for whom, and that nothing that cannot be told frees anybody."""

from __future__ import annotations

import pytest

from datex_messages import HEARD_S, LINE, measure, v3
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect
from vado.model.size import Bound

NO_ENTRY = (
    '<typeOfRegulation xsi:type="AccessRestriction"><accessRestrictionType>noEntry</accessRestrictionType>'
    "</typeOfRegulation>"
)
SHUT = StatedEffect(action=Action.SHUT)


def vehicle(*types: str, inside: str = "", negate: bool = False) -> str:
    listed = "".join(f"<vehicleType>{each}</vehicleType>" for each in types)
    return (
        f'<conditions xsi:type="VehicleCondition"><negate>{str(negate).lower()}</negate>'
        f"<vehicleCharacteristics>{listed}{inside}</vehicleCharacteristics></conditions>"
    )


def time(day: int, *, end: int | None = None) -> str:
    ends = f"<overallEndTime>2026-01-{end}T00:00:00Z</overallEndTime>" if end else ""
    return (
        '<conditions xsi:type="ValidityCondition"><validityByOrder><validityStatus>definedByValidityTimeSpec'
        "</validityStatus><validityTimeSpecification>"
        f"<overallStartTime>2026-01-{day:02}T00:00:00Z</overallStartTime>{ends}</validityTimeSpecification>"
        "</validityByOrder></conditions>"
    )


def one_of(*conditions: str, operator: str = "or") -> str:
    return (
        f'<conditions xsi:type="ConditionSet"><operator>{operator}</operator>{"".join(conditions)}'
        "</conditions>"
    )


PLACE = f'<conditions xsi:type="LocationCondition"><locationByOrder>{LINE}</locationByOrder></conditions>'


def order(
    *conditions: str, regulation: str = NO_ENTRY, status: str = "madeAndImplemented", own: str = "active"
) -> str:
    return (
        '<trafficRegulationsFromCompetentAuthorities><trafficRegulationOrder id="o1" version="1">'
        "<description>"
        f"<values><value>Works in Rue A</value></values></description><status>{status}</status>"
        "<trafficRegulation>"
        f'<status>{own}</status>{regulation}<condition xsi:type="ConditionSet"><operator>and</operator>'
        f"{''.join(conditions)}</condition></trafficRegulation></trafficRegulationOrder>"
        "</trafficRegulationsFromCompetentAuthorities>"
    )


def speed(kmh: int) -> str:
    value = f"<maxValue><numericValue>{kmh}</numericValue></maxValue>"
    return f'<typeOfRegulation xsi:type="SpeedLimit">{value}</typeOfRegulation>'


def read(written: str) -> Alert:
    body = v3(written, publication="TrafficRegulationPublication", country="fr")
    (alert,) = feeds.parse(body, source="fr", received_s=HEARD_S)
    return alert


def only(written: str) -> Info:
    (info,) = read(written).infos
    return info


def test_no_entry_shuts_its_line_for_everybody() -> None:
    info = only(order(PLACE, time(9, end=12)))
    assert info.stated == (SHUT,)
    assert info.areas[0].roads[0].points[0] == (1.50, 42.50)
    assert (info.onset_s, info.expires_s) == (HEARD_S - 33 * 3600, HEARD_S + 39 * 3600)
    assert info.headline == "Works in Rue A"


def test_each_time_that_is_an_alternative_is_one_hazard() -> None:
    assert len(read(order(PLACE, one_of(time(9, end=12), time(20, end=22)))).infos) == 2


@pytest.mark.parametrize(
    ("whom", "only_these"),
    [
        ([], [None]),
        ([vehicle("heavyGoodsVehicle")], [Bound(classes=("hgv",))]),
        # The limit is written, and not whom it keeps out.
        ([one_of(vehicle(inside=measure("height", "3", "lessThanOrEqualTo")))], [Bound(over_height_cm=300)]),
        ([vehicle(inside=measure("length", "12", "lessThan"), negate=True)], [Bound(over_length_cm=1199)]),
        # Exemptions stand among the alternatives.
        ([one_of(vehicle("lorry"), vehicle("commercial", negate=True))], [Bound(classes=("hgv",))]),
        ([one_of(vehicle("commercial", negate=True))], [None]),
        ([one_of(vehicle("lorry"), vehicle(inside="<emissions><x>1</x></emissions>"))], [None]),
        (
            [vehicle("lorry"), vehicle(inside=measure("width", "2.2"))],
            [Bound(classes=("hgv",), over_width_cm=220)],
        ),
        # Nested as nobody writes it: nobody is freed.
        ([one_of(vehicle("lorry"), one_of(vehicle("bus"), operator="and"))], [None]),
        ([one_of(vehicle("lorry"), time(9))], [None]),
        (['<conditions xsi:type="SomeNewCondition"/>'], [None]),
    ],
)
def test_whom_an_order_binds(whom: list[str], only_these: list[Bound | None]) -> None:
    assert [effect.only for effect in only(order(PLACE, *whom)).stated] == only_these


def test_walkers_alone_are_no_closure_and_walkers_too_are() -> None:
    walkers = '<conditions xsi:type="NonVehicularRoadUserCondition"><negate>false</negate></conditions>'
    assert only(order(PLACE, walkers)).stated == (StatedEffect(action=Action.NONE),)
    assert only(order(PLACE, one_of(walkers, vehicle("lorry")))).stated[0].action is Action.SHUT
    exempt = walkers.replace("false", "true")
    assert only(order(PLACE, one_of(exempt))).stated == (SHUT,)


@pytest.mark.parametrize(
    ("regulation", "effect"),
    [
        (speed(50),
         StatedEffect(action=Action.SLOW, cap_kmh=50.0)),
        (speed(1),
         StatedEffect(action=Action.INSPECT)),
        ('<typeOfRegulation xsi:type="StandingOrParkingRestriction"/>', StatedEffect(action=Action.NONE)),
        ('<typeOfRegulation xsi:type="SomethingNew"/>', StatedEffect(action=Action.INSPECT)),
        ("", StatedEffect(action=Action.INSPECT)),
    ],
)  # fmt: skip
def test_what_a_regulation_does(regulation: str, effect: StatedEffect) -> None:
    assert only(order(PLACE, regulation=regulation)).stated == (effect,)


def test_revoked_is_over_and_proposed_asks() -> None:
    assert read(order(PLACE, status="revoked")).msg_type is MsgType.CANCEL
    assert read(order(PLACE, own="inactive")).msg_type is MsgType.CANCEL
    assert only(order(PLACE, status="proposed")).stated == (StatedEffect(action=Action.INSPECT),)


def test_a_geojson_shape_is_read_and_a_broken_one_said() -> None:
    drawn = '{"type": "LineString", "coordinates": [[2.1, 48.1], [2.2, 48.2]]}'
    for written, shaped in ((drawn, True), (drawn[:-4], False), ("[" * 5000, False)):
        place = (
            '<conditions xsi:type="LocationCondition"><locationByOrder><x_extension>'
            f"<geoJsonGeometry>{written}</geoJsonGeometry></x_extension></locationByOrder></conditions>"
        )
        alert = read(order(place))
        assert any(area.has_shape for info in alert.infos for area in info.areas) == shaped
        assert any("draws nothing" in note for note in alert.notes) != shaped


def test_a_thousand_conditions_free_nobody() -> None:
    assert only(order(PLACE, *[vehicle("lorry")] * 1000)).stated == (SHUT,)


def test_a_publication_of_nothing_is_a_fault_only_without_a_time() -> None:
    assert feeds.parse(v3(publication="TrafficRegulationPublication"), source="fr") == ()
    with pytest.raises(PayloadError):
        feeds.parse(
            v3(publication="TrafficRegulationPublication").replace(b"publicationTime", b"x"), source="fr"
        )
