"""Who is late: what no report confirms has not happened, and the plan must work all the same."""

from __future__ import annotations

import pytest

import drawn
from story import Story, at, closing, job, vehicle
from vado.model.alert import MsgType
from vado.model.jobs import Window
from vado.model.plan import StopKind
from vado.model.when import clock
from vado.model.world import Tick

LINE = drawn.roads(
    """
    A------B------C------D
           |
           E
    """,
    ways={"BC": {"ref": "CG-4", "minutes": 5}},
)
D_FIRST = (job(LINE, "d", "D"), job(LINE, "e", "E", windows=(Window(at(8, 30), at(18)),)))


def touched(story: Story) -> set[tuple[str, str, str | None]]:
    return {(i.job, i.what, i.hazard) for i in story.steps[-1].impacts}


def test_who_still_stands_at_the_depot_is_not_the_next_stop_behind_a_road_that_shut() -> None:
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", end=None)])
    story.report("v1", "position", None, at(8, 30), where="A")
    assert story.plan == "v1: d 08:37"
    assert touched(story) == {("d", "late", None)}
    story.tell(closing(LINE, "BC", at(8, 31)), now=at(8, 31))
    assert story.plan == ""
    assert story.held == "d CUT_OFF"


def test_within_the_grace_a_late_vehicle_keeps_its_plan() -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    plan = story.published
    story.report("v1", "position", None, at(8, 5), where="A")
    assert story.published == plan
    story.report("v1", "position", None, at(8, 6), where="A")
    assert story.plan == "v1: d 08:13"


def test_within_the_grace_it_does_not_where_a_road_shuts_before_it_gets_there() -> None:
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", end=None)])
    story.tell(closing(LINE, "BC", at(8, 7), name="slide"), now=at(8))
    assert story.plan == "v1: d 08:07"
    assert story.world.boundary_s == at(8, 1) + 1  # the first second too late: 1 min to B, 5 min to C
    story.tell(Tick(), now=at(8, 1))
    assert story.plan == "v1: d 08:07"
    story.tell(Tick(), now=at(8, 1) + 1)
    assert story.held == "d CUT_OFF"
    assert ("d", "late", "story,slide#0") in touched(story)


def test_who_is_caught_inside_does_not_leave_by_a_plan_that_has_run_out() -> None:
    story = Story(LINE, jobs=D_FIRST, vehicles="v1@A")
    story.report("v1", "arrived", "d", at(8, 7), where="D")
    both = (closing(LINE, "BC", at(8, 8), at(9), name="1"), closing(LINE, "BC", at(9, 30), at(12), name="2"))
    story.tell(*both, now=at(8, 8))
    assert story.plan == "v1: d 08:07, e 09:06"
    story.report("v1", "position", None, at(9, 28), where="D")
    assert story.plan == "v1: d 08:07, e 12:06"


def test_who_is_seen_on_the_road_is_under_way_and_keeps_its_plan() -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    plan = story.published
    for minute, where in ((1, "B"), (3, "B"), (7, "C")):
        story.report("v1", "position", None, at(8, minute), where=where)
        assert story.published == plan
    story.tell(Tick(), now=at(8, 12))
    assert story.published == plan
    story.tell(Tick(), now=at(8, 14))  # it should have arrived
    assert touched(story) == {("d", "late", None)}


def test_who_is_under_way_is_driven_on_from_where_it_was_seen() -> None:
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", end=None)])
    story.report("v1", "position", None, at(8, 4), where="B")  # three minutes late: no harm by itself
    assert story.plan == "v1: d 08:07"
    story.tell(closing(LINE, "BC", at(8, 7)), now=at(8, 4))  # by plan it is at C by 08:06
    assert story.held == "d CUT_OFF"


def test_who_reports_departures_only_is_under_way_after_one() -> None:
    story = Story(LINE, jobs="e@E d@D", vehicles="v1@A")
    first = story.published.routes[0].jobs[0]
    story.report("v1", "arrived", first, at(8, 2))
    story.report("v1", "departed", first, at(8, 3))
    plan = story.published
    story.tell(Tick(), now=at(8, 9))
    assert story.published == plan


def test_who_is_seen_off_its_way_is_planned_from_there() -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    story.report("v1", "position", None, at(8, 3), where="E")
    assert story.plan == "v1: d 08:10"


@pytest.mark.parametrize("ends", [{}, {"end": None}, {"start": None}, {"start": None, "end": None}])
def test_a_silent_fleet_makes_a_handful_of_decisions_in_a_day(ends: dict[str, None]) -> None:
    jobs = [job(LINE, name, name.upper()) for name in "bcde"]
    story = Story(LINE, jobs=jobs, vehicles=[vehicle(LINE, name, "A", **ends) for name in ("v1", "v2")])
    story.tell(closing(LINE, "BC", at(10), at(11)), closing(LINE, "CD", at(12), name="A2"), now=at(8))
    told = []
    while story.world.boundary_s is not None:
        assert story.world.boundary_s > (told[-1] if told else at(8))
        told.append(story.world.boundary_s)
        story.tell(Tick(), now=told[-1])
        assert len(told) <= 30, [clock(t) for t in told]
    # Three times roads shut or open, last chances before, and each vehicle asked after at doubling intervals.
    assert len(told) <= 3 + len(jobs) + 2 * 8, [clock(t) for t in told]


def test_who_stands_at_the_door_as_the_road_shuts_serves_it_and_stays_until_it_opens() -> None:
    story = Story(LINE, jobs=D_FIRST, vehicles="v1@A")
    story.report("v1", "arrived", "d", at(8, 7), where="D")
    story.tell(closing(LINE, "BC", at(8, 8), name="slide"), now=at(8, 8))
    assert story.plan == "v1: d 08:07"
    assert story.held == "e CUT_OFF"
    assert [s.job for s in story.published.routes[0].stops][-1] == "d"
    story.report("v1", "position", None, at(8, 20), where="D")
    assert story.plan == "v1: d 08:07"
    story.report("v1", "departed", "d", at(8, 21))
    story.tell(
        closing(LINE, "BC", at(8, 8), name="open", msg_type=MsgType.CANCEL, references=["slide"], sent=at(1)),
        now=at(8, 30),
    )
    assert story.plan == "v1: d 08:07, e 08:37"
    assert story.published.routes[0].stops[-1].kind is StopKind.END


def test_who_could_still_leave_is_called_back_from_the_door_and_it_is_said_so() -> None:
    story = Story(LINE, jobs=[job(LINE, "d", "D", service_s=1200)], vehicles="v1@A")
    story.report("v1", "arrived", "d", at(8, 7), where="D")
    story.tell(closing(LINE, "BC", at(8, 20)), now=at(8, 8))
    assert story.plan == ""
    assert "v1 has arrived in D and is called back before it serves it." in story.why("d")


def test_who_was_caught_once_is_not_shut_in_again() -> None:
    town = drawn.roads("B------A------C")
    long = job(town, "c", "C", service_s=1800, windows=(Window(at(9, 50), at(18)),))
    story = Story(town, jobs=[job(town, "b", "B"), long], vehicles="v1@A")
    story.report("v1", "arrived", "b", at(8, 7), where="B")
    both = (closing(town, "AB", at(8, 8), at(9), name="1"), closing(town, "AC", at(10), at(12), name="2"))
    story.tell(*both, now=at(8, 8))
    assert story.plan == "v1: b 08:07, c 12:01"  # not from ten to ten on, which would be there until noon


@pytest.mark.parametrize(("minutes", "plan"), [(10, "v1: b 08:07, c 08:09"), (30, "v1: b 08:07")])
def test_who_is_in_where_nobody_gets_in_serves_on_while_there_is_a_way_out(minutes: int, plan: str) -> None:
    """In by AB only, out by CE only: that is shut from half past eight to ten, the way in until noon."""
    town = drawn.roads(
        """
        A------B------C
        |             |
        F-------------E
        """,
        ways={"AB": {"oneway": True}, "CEFA": {"oneway": True}},
    )
    work = [job(town, "b", "B"), job(town, "c", "C", service_s=60 * minutes)]
    story = Story(town, jobs=work, vehicles="v1@A")
    story.report("v1", "arrived", "b", at(8, 7), where="B")
    ways = (
        closing(town, "AB", at(8, 8), at(12), name="in"),
        closing(town, "CE", at(8, 30), at(10), name="out"),
    )
    story.tell(*ways, now=at(8, 8))
    assert story.plan == plan
