"""When there is no room in the time that a closure leaves, the closure is part of the answer."""

from __future__ import annotations

import drawn
from story import Story, at, closing, job
from vado.model.alert import Alert
from vado.model.jobs import Window

VALLEY = drawn.roads(
    """
    A------B------C------D
           |
           E
    """,
    ways={"BC": {"ref": "CG-4", "name": "Carretera de la Vall", "minutes": 5}},
)


def test_c01_no_room_before_the_road_shuts_names_alert_road_and_town() -> None:
    long = [job(VALLEY, f"d{i}", "D", service_s=1500, windows=(Window(at(8), at(17)),)) for i in range(4)]
    story = Story(VALLEY, jobs=long, vehicles="v1@A")
    assert story.held == ""
    story.tell(closing(VALLEY, "BC", at(9), name="flood-7"), now=at(8))
    held = story.published.unassigned
    assert 1 <= len(held) <= 3
    for lost in held:
        for word in ("flood-7", "CG-4", "D"):
            assert word in story.why(lost.job)
        assert any(e.alert == "story,flood-7" and e.place == "D" for r in lost.reasons for e in r.evidence)


def test_c02_a_closure_for_a_profile_that_nobody_knows_binds_everybody() -> None:
    story = Story(VALLEY, jobs="d@D", vehicles="v1@A")
    slip: Alert = closing(VALLEY, "BC", at(8), profiles=("vans",))
    story.tell(slip, now=at(8))
    assert story.held == "d CUT_OFF"
