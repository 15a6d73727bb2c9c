"""What was known at an instant is what the messages received until then make, whatever came later."""

from __future__ import annotations

import json
from typing import Any

from tables import meaning
from vado.feeds.geocode_files import Shape
from vado.feeds.geocodes import Geocodes
from vado.known import hazards_known
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind
from vado.ports import Store
from vado.store import open_store
from weather_messages import HEARD_S, cap

W = WorldId("w")
NOON = 1_768_046_400


def closure(name: str, **about: Any) -> bytes:
    about = {"id": name, "sent": NOON - 60, "start": NOON, **about}
    geometry = {"type": "Point", "coordinates": [1.5, 42.5]}
    return json.dumps({"type": "Feature", "properties": about, "geometry": geometry}).encode()


def told(store: Store, body: bytes, received_s: int) -> None:
    store.accept(world=W, kind=InboxKind.ALERT, source="s", key="", body=body, received_s=received_s)


def known(store: Store, at_s: int) -> list[str]:
    state = hazards_known(store, W, meaning(), known_at_s=at_s)
    return [hazard.alert.partition(",")[2] for hazard in state.hazards]


def test_only_what_had_been_received_is_known() -> None:
    store = open_store("memory://")
    told(store, closure("a", end=NOON + 7200), NOON - 60)
    told(store, closure("b", start=NOON + 3600), NOON + 600)
    told(store, closure("a", msg_type="Cancel", sent=NOON + 900), NOON + 900)
    assert known(store, NOON - 61) == []
    assert known(store, NOON) == ["a"]
    assert known(store, NOON + 600) == ["a", "b"]  # b begins later, and is known already
    assert known(store, NOON + 900) == ["b"]


def test_it_is_over_when_it_was_over_then() -> None:
    store = open_store("memory://")
    told(store, closure("a", end=NOON + 60), NOON - 60)
    assert known(store, NOON + 59) == ["a"]
    assert known(store, NOON + 60) == []


def test_what_nobody_can_read_neither_ends_nor_opens_anything() -> None:
    store = open_store("memory://")
    told(store, closure("a"), NOON - 60)
    told(store, b"<broken", NOON)
    assert known(store, NOON + 60) == ["a"]


def test_other_worlds_and_many_pages() -> None:
    store = open_store("memory://")
    store.accept(
        world=WorldId("x"), kind=InboxKind.ALERT, source="s", key="", body=closure("x"), received_s=NOON
    )
    for number in range(1203):
        told(store, closure(f"n{number:04}"), NOON)
    assert len(known(store, NOON)) == 1203


def test_codes_are_placed_as_they_were_when_it_was_taken_in() -> None:
    store = open_store("memory://")
    area = "<geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>"
    told(store, cap(area=area).encode(), HEARD_S)
    ring = [[1.0, 42.0], [2.0, 42.0], [2.0, 43.0], [1.0, 42.0]]
    shape = Shape(geometries=({"type": "Polygon", "coordinates": [ring]},))
    tables = Geocodes(shapes={("EMMA", "XX001"): shape}, aliases={}, content_hash=Hash("sha256:t"))

    def placed(**given: Geocodes) -> list[bool]:
        state = hazards_known(store, W, meaning(), known_at_s=HEARD_S + 60, **given)
        return [not hazard.unknown for hazard in state.hazards if hazard.follows is None]

    assert placed() == [False]
    assert placed(geocodes=tables) == [True]
