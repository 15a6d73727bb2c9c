"""What a change touches, and whether the plan in force can stay; on a drawn town through the real roads."""

from __future__ import annotations

from dataclasses import replace

import drawn
from story import Story, at, closing, job
from vado import planning
from vado.model.ids import JobId
from vado.model.world import Impact, JobsPut
from vado.planning.impact import digest

VALLEY = drawn.roads(
    """
    A------B------C------D
           |
           E
    """,
    ways={"BC": {"ref": "CG-4", "minutes": 5}},
)


def touched(story: Story) -> set[tuple[str, str, str | None]]:
    return {(i.job, i.what, i.alert and i.alert.split(",")[-1]) for i in story.steps[-1].impacts}


def test_a_closure_touches_the_jobs_behind_it_and_names_itself() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), name="slide"), now=at(8))
    assert ("d", "cut off", "slide") in touched(story)
    assert ("d", "leg closed", "slide") in touched(story)
    assert "e" not in {job for job, what, _ in touched(story) if what == "cut off"}


def test_who_would_not_get_out_again_is_touched_too() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8, 10), name="slide"), now=at(8))
    assert {what for _, what, _ in touched(story)} >= {"leg closed"}
    assert story.held.startswith("d ")


def test_slower_is_an_impact_only_once() -> None:
    from vado.model.alert import Action

    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), action=Action.SLOW, factor=0.5, name="ice"), now=at(8))
    assert ("d", "slower", "ice") in touched(story)
    before = story.published
    story.tell(now=at(8))
    assert touched(story) == set()
    assert story.published is before


def test_new_and_gone_jobs_are_touched() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    story.tell(JobsPut(jobs=(job(VALLEY, "c", "C"),), remove=("e",)), now=at(8))
    assert touched(story) == {("c", "new", None), ("e", "gone", None)}


def test_a_job_is_reopened_when_what_cut_it_is_over() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(closing(VALLEY, "BC", at(8), at(20), name="slide"), now=at(8))
    assert story.held.startswith("d CUT_OFF")
    step = story.steps[-1]
    lifted = planning.impacts(
        replace(step.problem, access={}), step.world.plan, replace(step.snapshot, hazards=())
    )
    assert {(i.job, i.what, i.alert) for i in lifted} == {("d", "reopened", "story,slide")}
    again = planning.impacts(step.problem, step.world.plan, step.snapshot)
    assert again == ()


def test_who_should_have_left_long_ago_and_is_not_heard_of_has_not_started() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    story.tell(now=at(8, 4))
    assert touched(story) == set()
    story.tell(now=at(8, 6))
    assert touched(story) == {("d", "not started", None)}
    assert story.plan == "v1: d 08:13"


def test_a_changed_job_or_vehicle_makes_another_digest_and_a_visit_does_not() -> None:
    story = Story(VALLEY, jobs="d@D e@E", vehicles="v1@A")
    p = story.steps[-1].problem
    done = replace(p, jobs=p.jobs[1:], history=p.jobs[:1])
    assert digest(done) == digest(p)
    assert digest(replace(p, jobs=(replace(p.jobs[0], priority=1), *p.jobs[1:]))) != digest(p)
    assert digest(replace(p, vehicles=())) != digest(p)


def test_a_plan_stands_only_without_impacts_for_the_same_question() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    step = story.steps[-1]
    plan = story.published
    assert planning.stands(step.problem, plan, (), step.snapshot)
    assert not planning.stands(step.problem, None, (), step.snapshot)
    some = (Impact(job=JobId("d"), vehicle=None, what="new"),)
    assert not planning.stands(step.problem, plan, some, step.snapshot)
    assert not planning.stands(step.problem, replace(plan, asked=""), (), step.snapshot)
    assert not planning.stands(replace(step.problem, vehicles=()), plan, (), step.snapshot)
