"""What if, on the newest world: nothing is put in, nothing is decided, nothing is kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from vado import network
from vado.api import picture, views
from vado.api.answers import body_of, problems
from vado.api.intake import RawBody
from vado.api.parts import UsesParts
from vado.api.schemas_reach import WhatIfOut
from vado.errors import InputError
from vado.exchange.whatif import answer_json, read_question, resolve
from vado.model.when import Interval, rfc3339

router = APIRouter(tags=["situation"])

AHEAD_S = 72 * 3600  # as far as the engine watches towns
EXAMPLES = {
    "a road": {"close": ["CG-4"]},
    "a way and a point": {"close": [24713704, [1.4884, 42.5684]], "profile": "truck"},
    "a warning lifted": {"reopen": ["arinsal-flood-1"]},
}


@router.post(
    "/v1/whatif",
    response_model=WhatIfOut,
    responses=problems(400, 403, 404, 413, 422),
    openapi_extra=body_of("WhatIfIn", examples=EXAMPLES),
    summary="Which towns open or are cut off if hazards were lifted or roads shut",
)
def post_whatif(body: RawBody, parts: UsesParts) -> Any:
    """Answered from the newest world, which stays as it is. Roads are shut from now on, for everybody."""
    question = read_question(body)
    world, roads, scene = parts.scene()
    travels = [t for t in scene.places.travels if question.profile in ("", t.profile, str(t))]
    if not travels:
        known = ", ".join(map(str, scene.places.travels))
        raise InputError(f"nobody travels as {question.profile!r}", code="E1207",
                         action=f"give one of {known}", field="profile")  # fmt: skip
    lifted, shut = resolve(question, scene.snapshot, Interval(world.now_s))
    answer = network.whatif(
        scene.snapshot,
        scene.places.posts(scene.anchored.nodes),
        lift=lifted,
        shut=shut,
        travels=travels,
        at_s=world.now_s,
        until_s=max(scene.places.horizon.end_s, world.now_s + AHEAD_S),
    )
    return {
        "version": world.version,
        "at": rfc3339(world.now_s),
        "attribution": roads.attribution,
        **answer_json(
            answer,
            lifted=lifted,
            shut=shut,
            at_s=world.now_s,
            unknown=views.is_unclear(world)
            or bool(parts.feeds_missed(world))
            or not any(voice.heard_s for voice in parts.voices(world)),
            local=parts.local,
        ),
        "shut": [picture.shut_row(roads, one) for one in shut],
    }
