"""The scene: kept for the same stops and hazards, while vehicles go about between them."""

from __future__ import annotations

from dataclasses import replace

import drawn
from story import Story, at
from vado.api.scene import Scenes, reach_at

PASS = drawn.roads("A------B------C", ways={"BC": {"oneway": True}})


def test_a_kept_scene_knows_where_vehicles_have_come_to() -> None:
    story = Story(PASS, jobs="b@B c@C", vehicles="v1@A")
    scenes = Scenes()
    before = scenes.scene(PASS, story.world)
    assert before.places.whereabouts[0][1] is None
    story.report("v1", "departed", "b", at(8, 2))
    after = scenes.scene(PASS, story.world)
    assert after.snapshot is before.snapshot
    at_b = after.places.locations.index(story.world.jobs[0].location)
    assert after.places.whereabouts[0][1] == at_b
    found = {row.name: (row.reachable, row.leavable) for row in reach_at(after, at(8, 3))}
    assert found == {"A": (True, True), "B": (True, True), "C": (True, False)}
    moved = replace(story.world, vehicles=())
    assert scenes.scene(PASS, moved).places.whereabouts == ()
