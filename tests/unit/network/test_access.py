"""Access: when a vehicle may be at a stop, so that it can have come and can still get out."""

from __future__ import annotations

from drawn import HOUR, MINUTE, NOON, nodes, roads, shut, slow, touched
from vado import network
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import Roads
from vado.model.snapshot import Access, Cut, Group, Travel
from vado.model.when import FOREVER_S, Interval, clock

CAR, TRUCK = Travel("car"), Travel("truck")
DAY = Interval(NOON, NOON + 8 * HOUR)
# From the depot A over the bridge BC into a valley: 10 minutes an edge.
VALLEY = roads(
    """
    A----B----C----D
    """,
    ways={"AB": {"minutes": 10}, "BC": {"minutes": 10, "ref": "CG-4"}, "CD": {"minutes": 10}},
)


def access(
    town: Roads, letters: str, *hazards: Hazard, origins: str = "A", travel: Travel = CAR
) -> dict[str, Access]:
    snapshot = network.snapshot(town, hazards, touched(town, hazards), travels=(travel,))
    group = Group(travel, nodes(town, origins), nodes(town, origins))
    found = network.access(snapshot, nodes(town, letters), [group], horizon=DAY)
    return {letter: found[k, group] for k, letter in enumerate(letters)}


def stays(a: Access) -> str:
    return " ".join(f"{clock(s.start_s)}-{clock(s.end_s)}" for s in a.stays)


def cuts(a: Access) -> str:
    def one(c: Cut) -> str:
        alerts = "+".join(road.alert for road in c.roads)
        return f"{clock(c.interval.start_s)}-{clock(c.interval.end_s)} {c.direction} {alerts}"

    return ", ".join(one(c) for c in a.cuts)


def test_a_place_that_is_never_cut_is_open_all_day() -> None:
    for a in access(VALLEY, "ABD", slow(VALLEY, "BC", 0.2, NOON + HOUR)).values():
        assert a.stays == (DAY,)
        assert a.cuts == ()


def test_one_must_leave_before_the_road_shuts_and_comes_when_it_opens() -> None:
    found = access(VALLEY, "BCD", shut(VALLEY, "BC", NOON + HOUR, NOON + 3 * HOUR))
    assert stays(found["B"]) == "12:00-20:00"
    assert stays(found["C"]) == "12:00-12:50 15:10-20:00"  # 10 minutes over BC, there and back
    assert stays(found["D"]) == "12:00-12:40 15:20-20:00"
    assert cuts(found["D"]) == "12:40-15:20 both A1"
    assert found["D"].cuts[0].roads[0].road == "CG-4"
    assert found["D"].at(NOON)
    assert not found["D"].at(NOON + HOUR)


def test_a_road_that_never_opens_ends_the_stay_for_good() -> None:
    found = access(VALLEY, "D", shut(VALLEY, "BC", NOON + HOUR))
    assert stays(found["D"]) == "12:00-12:40"
    assert cuts(found["D"]) == "12:40-20:00 both A1"


def test_a_place_cut_from_the_start_is_open_once_the_road_is() -> None:
    found = access(VALLEY, "D", shut(VALLEY, "BC", NOON - HOUR, NOON + HOUR))
    assert stays(found["D"]) == "13:20-20:00"
    assert cuts(found["D"]) == "12:00-13:20 both A1"
    never = access(VALLEY, "D", shut(VALLEY, "BC", NOON - HOUR))["D"]
    assert (stays(never), cuts(never)) == ("", "12:00-20:00 both A1")


def test_the_way_in_may_shut_before_the_way_out() -> None:
    # Into C by the one-way AC, out by CA over b.
    town = roads(
        "A----C\n|    |\nb----d",
        ways={"AC": {"oneway": True}, "Cd": {"oneway": True}, "db": {"oneway": True}},
    )
    way_in = shut(town, "AC", NOON + HOUR, alert="A1")
    c = access(town, "C", way_in)["C"]
    assert stays(c) == "12:00-20:00"  # who is there may stay and leave later
    assert cuts(c) == "13:00-20:00 in A1"
    way_out = shut(town, "db", NOON + 2 * HOUR, NOON + 4 * HOUR, alert="A2")
    c = access(town, "C", way_in, way_out)["C"]
    assert stays(c) == "12:00-13:58"  # Cd and db take a minute each; after that nobody can come again
    assert cuts(c) == "13:00-14:00 in A1, 13:58-16:00 both A1+A2, 16:00-20:00 in A1"
    c = access(town, "C", way_out)["C"]
    assert stays(c) == "12:00-13:58 16:00-20:00"  # the way in is open all along
    assert cuts(c) == "13:58-16:00 out A2"


def test_closures_one_after_the_other_end_a_stay_early() -> None:
    # BC shuts at 13:00; AB already at 12:45: who leaves D at 12:25 is off AB by then.
    first, second = (
        shut(VALLEY, "AB", NOON + 45 * MINUTE, alert="A1"),
        shut(VALLEY, "BC", NOON + HOUR, alert="A2"),
    )
    found = access(VALLEY, "BD", first, second)
    assert stays(found["B"]) == "12:00-12:35"
    assert stays(found["D"]) == "12:00-12:15"
    assert cuts(found["D"]) == "12:15-13:00 both A1, 13:00-20:00 both A1+A2"


def test_too_short_an_opening_is_no_stay() -> None:
    hazards = (
        shut(VALLEY, "BC", NOON - HOUR, NOON + HOUR),
        shut(VALLEY, "BC", NOON + HOUR + 15 * MINUTE, alert="A2"),
    )
    found = access(VALLEY, "CD", *hazards)
    assert found["C"].stays == ()  # in by 13:10, but out only for who leaves by 13:05
    assert found["D"].stays == ()
    assert cuts(found["D"]) == "12:00-13:15 both A1, 13:15-20:00 both A2"
    longer = shut(VALLEY, "BC", NOON + 2 * HOUR, alert="A2")
    assert stays(access(VALLEY, "C", hazards[0], longer)["C"]) == "13:10-13:50"


def test_slow_roads_need_an_earlier_start() -> None:
    found = access(VALLEY, "D", shut(VALLEY, "BC", NOON + HOUR), slow(VALLEY, "BC CD", 0.5, NOON, alert="A2"))
    assert stays(found["D"]) == "12:00-12:20"


def test_profiles_are_judged_apart_and_nowhere_is_never_open() -> None:
    hazard = shut(VALLEY, "BC", NOON + HOUR, profiles=("truck",))
    assert stays(access(VALLEY, "D", hazard)["D"]) == "12:00-20:00"
    assert stays(access(VALLEY, "D", hazard, travel=TRUCK)["D"]) == "12:00-12:40"
    snapshot = network.snapshot(VALLEY, (), {}, travels=(CAR,))
    (nowhere,) = network.access(snapshot, (-1,), [Group(CAR, (0,), (0,))], horizon=DAY).values()
    assert nowhere.stays == ()
    assert [(c.interval, c.direction, c.roads) for c in nowhere.cuts] == [(DAY, "both", ())]


def test_a_place_no_road_leads_to_is_cut_by_nobody() -> None:
    town = roads("A----B\n\nC----D")
    c = access(town, "C", shut(town, "AB", NOON, FOREVER_S))["C"]
    assert c.stays == ()
    assert cuts(c) == "12:00-20:00 both "


def test_an_event_is_one_cut_that_tells_of_all_who_shut_the_road_in_its_time() -> None:
    told = [
        shut(VALLEY, "BC", NOON, NOON + 2 * HOUR, alert="police"),
        shut(VALLEY, "BC", NOON + HOUR, NOON + 4 * HOUR, alert="traffic"),
        shut(VALLEY, "BC", NOON + 3 * HOUR, NOON + 5 * HOUR, alert="works"),
    ]
    group = Group(CAR, nodes(VALLEY, "A"), nodes(VALLEY, "A"))

    def cuts(*events: tuple[HazardId, ...]) -> list[tuple[int, list[str], list[str]]]:
        at = touched(VALLEY, told)
        snapshot = network.snapshot(VALLEY, told, at, travels=(CAR,), events=events)
        found = network.access(snapshot, nodes(VALLEY, "C"), [group], horizon=DAY)[0, group].cuts
        return [
            (
                (cut.interval.start_s - NOON) // HOUR,
                sorted(road.alert for road in cut.roads),
                [other.alert for road in cut.roads for other in road.also],
            )
            for cut in found
        ]

    apart = cuts()
    assert apart == [
        (0, ["police"], []),
        (1, ["police", "traffic"], []),
        (2, ["traffic"], []),
        (3, ["traffic", "works"], []),
        (4, ["works"], []),
    ]
    # The same closures, asked again in the same process: what is one event is another question.
    assert cuts((told[0].id, told[1].id)) == [
        (0, ["police"], ["traffic"]),
        (3, ["traffic", "works"], []),  # by now the police call it over
        (4, ["works"], []),
    ]
