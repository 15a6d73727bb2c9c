"""What a closure does to a plan. Towns are drawn; every road takes a minute, every service too."""

from __future__ import annotations

import drawn
from story import Story, at, closing, job, vehicle
from vado.model.alert import Action, MsgType
from vado.model.jobs import Window
from vado.model.world import JobsPut

RING = drawn.roads(
    """
    A------B
    |      |
    C------D
    """,
    ways={"CD": {"minutes": 2}},
)

VALLEY = drawn.roads(
    """
    A------B------C------D
           |
           E
    """,
    ways={"BC": {"ref": "CG-4", "name": "Carretera de la Vall", "minutes": 5}},
)


def test_a01_the_way_round_is_taken() -> None:
    story = Story(RING, jobs="b@B", vehicles="v1@A")
    assert story.plan == "v1: b 08:01"
    story.tell(closing(RING, "AB", at(8)), now=at(8))
    assert story.plan == "v1: b 08:04"  # by C and D
    assert story.held == ""


def test_a02_a_town_that_will_be_cut_is_served_before_and_left_in_time() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(10), name="flood-7"), now=at(9))
    stop = story.published.stop_of("d")
    assert stop is not None
    assert stop.departure_s + 6 * 60 <= at(10)  # a minute to C, five over the road that shuts
    assert story.held == ""


def test_a03_too_late_to_get_out_is_too_late_to_go_in() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    # In is a matter of seven minutes, out of six: at 09:50 one would be in at 09:57 and never out.
    story.tell(closing(VALLEY, "BC", at(10), name="flood-7"), now=at(9, 50))
    assert story.plan == "v1: e 09:52"
    assert story.held in ("d NO_WAY_BACK", "d CUT_OFF")
    for word in ("flood-7", "CG-4", "D"):
        assert word in story.why("d")


def test_a04_a_vehicle_that_may_end_its_shift_there_goes_in() -> None:
    fleet = [vehicle(VALLEY, "v1", "A", end=None)]
    story = Story(VALLEY, jobs="d@D", vehicles=fleet)
    story.tell(closing(VALLEY, "BC", at(10)), now=at(9, 50))
    assert story.plan == "v1: d 09:57"


def test_a05_a_road_that_opens_again_is_waited_for() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), at(11)), now=at(8))
    stop = story.published.stop_of("d")
    assert stop is not None
    assert stop.arrival_s >= at(11) + 6 * 60
    assert story.held == ""


def test_a06_a_window_that_lies_in_the_closure_holds_the_job() -> None:
    work = [job(VALLEY, "d", "D", windows=(Window(at(10, 30), at(12)),)), job(VALLEY, "e", "E")]
    story = Story(VALLEY, jobs=work, vehicles="v1@A")
    assert story.held == ""
    story.tell(closing(VALLEY, "BC", at(10), at(14), name="flood-7"), now=at(9))
    assert story.held == "d CUT_OFF"
    assert "flood-7" in story.why("d")
    assert story.cut("D") == ("flood-7",)


def test_a07_a_ban_for_trucks_binds_trucks_only() -> None:
    fleet = [vehicle(VALLEY, "t1", "A", profile="truck"), vehicle(VALLEY, "v1", "A")]
    story = Story(VALLEY, jobs="d@D", vehicles=fleet)
    story.tell(closing(VALLEY, "BC", at(8), profiles=("truck",)), now=at(8))
    assert story.plan == "v1: d 08:07"
    alone = Story(VALLEY, jobs="d@D", vehicles=[vehicle(VALLEY, "t1", "A", profile="truck")])
    alone.tell(closing(VALLEY, "BC", at(8), profiles=("truck",)), now=at(8))
    assert alone.held == "d CUT_OFF"


def test_a08_chains_lift_a_restriction() -> None:
    snow = closing(VALLEY, "BC", at(8), action=Action.RESTRICTED, requires="chains")
    bare = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    bare.tell(snow, now=at(8))
    assert bare.held == "d CUT_OFF"
    chained = Story(
        VALLEY, jobs="d@D", vehicles=[vehicle(VALLEY, "v1", "A", equipment=frozenset({"chains"}))]
    )
    chained.tell(snow, now=at(8))
    assert chained.plan == "v1: d 08:07"


def test_a09_two_closures_that_only_together_isolate() -> None:
    story = Story(RING, jobs="d@D", vehicles="v1@A")
    story.tell(closing(RING, "BD", at(8), name="one"), now=at(8))
    assert story.plan == "v1: d 08:03"
    story.tell(closing(RING, "CD", at(8), name="two"), now=at(8))
    assert story.held == "d CUT_OFF"
    # Lifting either reopens the town: the fewest that cut it is one of the two.
    assert story.cut("D") in (("one",), ("two",))


def test_a10_a_job_beyond_the_closure_on_the_same_road_is_cut_off_one_before_it_is_not() -> None:
    town = drawn.roads("A--------------------B", ways={"AB": {"minutes": 10}})
    near, far = drawn.between(town, "AB", 0.2), drawn.between(town, "AB", 0.8)
    from dataclasses import replace

    from vado.model.jobs import Location

    work = [
        replace(job(town, n, "A"), location=Location(lonlat=p)) for n, p in (("near", near), ("far", far))
    ]
    story = Story(town, jobs=work, vehicles="v1@A")
    assert story.held == ""
    story.tell(closing(town, "AB", at(8)), now=at(8))
    assert story.plan.startswith("v1: near ")
    assert story.held == "far CUT_OFF"


def test_a11_slow_is_slower_and_not_shut() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), action=Action.SLOW, factor=0.5), now=at(8))
    assert story.plan == "v1: d 08:12"


def test_a12_a_cancel_brings_the_job_back() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), name="flood-7"), now=at(8))
    assert story.held == "d CUT_OFF"
    cancel = closing(
        VALLEY, "", at(8), name="flood-8", msg_type=MsgType.CANCEL, references=("flood-7",), sent=at(9)
    )
    story.tell(cancel, now=at(9))
    assert story.plan == "v1: d 09:07"
    assert story.steps[-1].difference.added == ("d",)


def test_a13_an_exercise_binds_nothing() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), status="Exercise"), now=at(8))
    assert story.held == ""


def test_a14_an_alert_that_names_only_codes_is_unknown_and_shown() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    step = story.tell(closing(VALLEY, "", at(8), geocode="ES999"), now=at(8))
    assert len(step.snapshot.unknown) == 1
    assert story.held == ""


def test_a15_nothing_changed_leaves_the_plan_as_it_is() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    before = story.published
    step = story.tell(closing(VALLEY, "BC", at(20), at(21)), now=at(8))  # long after the shift
    assert story.published is before
    assert not step.difference
    assert '"left"' in step.decision.record


def test_a16_a_job_whose_time_ran_out_behind_a_closure_keeps_its_cause() -> None:
    work = [job(VALLEY, "d", "D", windows=(Window(at(8), at(9)),)), job(VALLEY, "e", "E")]
    story = Story(VALLEY, jobs=work, vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), at(14), name="flood-7"), now=at(8))
    assert story.held == "d CUT_OFF"
    story.tell(closing(VALLEY, "AB", at(20), at(21), name="other"), now=at(10))
    story.tell(JobsPut(jobs=(job(VALLEY, "f", "E"),)), now=at(10, 30))
    codes = [reason.code for reason in story.published.unassigned[0].reasons]
    assert codes == ["CUT_OFF", "TIME_WINDOW"]
    assert "flood-7" in story.why("d")
