"""What the codec writes, and all that it refuses to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from vado.errors import BugError
from vado.model.alert import Action, Area
from vado.model.codec import from_json, to_json
from vado.model.ids import JobId, WorldId
from vado.model.jobs import Job, Location, Vehicle
from vado.model.size import AS_PROFILE
from vado.model.snapshot import LegEdge, Travel
from vado.model.when import Interval
from vado.model.world import Message, Tick, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Refers to itself, as no model type does yet."""

    name: str
    next: Node | None = None


def test_defaults_are_written_too() -> None:
    assert to_json(Area()) == {
        "@": "Area", "description": "", "polygons": [], "circles": [], "lines": [], "geocodes": [],
            "roads": [], "above_m": None, "below_m": None,
    }  # fmt: skip


def test_sets_are_written_in_one_order() -> None:
    assert to_json(Travel("van", frozenset({"winch", "chains", "snorkel"}))) == {
        "@": "Travel", "profile": "van", "equipment": ["chains", "snorkel", "winch"],
        "load": to_json(AS_PROFILE),
    }  # fmt: skip


def test_enums_are_written_as_their_value() -> None:
    assert to_json((Action.SHUT, Action.NONE)) == ["shut", "none"]


def test_a_type_may_refer_to_itself() -> None:
    chain = Node(name="a", next=Node(name="b"))
    assert from_json(Node, to_json(chain)) == chain


def test_what_an_older_version_did_not_write_takes_its_default() -> None:
    world = from_json(World, {"@": "World", "id": "w", "region": "r", "region_hash": "sha256:0"})
    assert world == World(id=WorldId("w"), region="r", region_hash=world.region_hash)


def test_a_float_of_numpy_is_written_as_a_float() -> None:
    (written,) = to_json((np.float64(1.5),))  # type: ignore[misc]
    assert type(written) is float


@pytest.mark.parametrize("value", [np.zeros(3), np.int64(3), {1: "a"}, object(), {"a", "b"}, b"bytes"])
def test_what_is_no_state_is_refused(value: object) -> None:
    with pytest.raises(BugError):
        to_json(value)


def test_a_type_that_is_no_state_is_refused() -> None:
    with pytest.raises(BugError):
        from_json(complex, 1)


LEG = {"@": "LegEdge", "edge": 1, "enter_ms": 2}
MESSAGE = {"@": "Message", "seq": 1, "received_s": 2, "body_hash": "h", "body": {"@": "Tick"}}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (LegEdge, LEG | {"edge": True}),
        (LegEdge, LEG | {"edge": 1.0}),
        (LegEdge, LEG | {"edge": "1"}),
        (LegEdge, LEG | {"edge": None}),
        (LegEdge, LEG | {"@": "Leg"}),
        (LegEdge, LEG | {"leave_ms": 3}),
        (LegEdge, {"@": "LegEdge", "edge": 1}),
        (LegEdge, [1, 2]),
        (Location, {"lonlat": [1.0]}),
        (Location, {"lonlat": [1.0, 2.0, 3.0]}),
        (Location, {"lonlat": "12"}),
        (Location, {"lonlat": ["1", "2"]}),
        (Location, {"lonlat": [True, 2.0]}),
        (tuple[str, ...], "abc"),
        (frozenset[str], "abc"),
        (Message, MESSAGE | {"body": {"@": "Tock"}}),
        (Message, MESSAGE | {"body": {}}),
        (Message, MESSAGE | {"body": None}),
        (Action, "shutt"),
        (Interval, {"start_s": 2, "end_s": 1}),
        (str, 1),
        (float, "1"),
    ],
)
def test_what_is_not_of_the_type_is_refused(kind: Any, data: Any) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        from_json(kind, data)


def test_a_union_is_told_by_its_tag() -> None:
    assert from_json(Message, MESSAGE).body == Tick()


def test_a_whole_number_is_a_float_where_one_is_wanted() -> None:
    """Canonical JSON writes 42.0 as 42."""
    vehicle = from_json(Vehicle, {"id": "v", "speed_factor": 1})
    assert type(vehicle.speed_factor) is float


def test_ids_are_read_through() -> None:
    job = Job(id=JobId("j"), location=Location(index=3))
    assert from_json(Job, to_json(job)) == job
