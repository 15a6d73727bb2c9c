"""What we knew at 18:25 about 20:00: two times, asked of a service and of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import drawn
from served import TOWN, Service, at
from vado.model.when import rfc3339

MIDDLE = drawn.between(TOWN, "AB")


def closure(name: str, start: int, *, sent: int, **about: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(MIDDLE)}
    about = {"id": name, "sent": rfc3339(sent), "start": rfc3339(start), **about}
    return {"type": "Feature", "properties": about, "geometry": geometry}


@pytest.fixture(scope="module")
def service() -> Service:
    """A road to B that is told at 18:00 to shut at 19:30, and at 18:43 to stay open after all."""
    made = Service(now=at(9))
    made.start()
    made.now = at(18)
    assert made.post("/v1/closures", closure("flood", at(19, 30), sent=at(18))).status_code == 202
    made.work()
    made.now = at(18, 43)
    cancel = closure("flood", at(19, 30), sent=at(18, 43), msg_type="Cancel")
    assert made.post("/v1/closures", cancel).status_code == 202
    made.work()
    return made


def reached(service: Service, query: str) -> dict[str, bool]:
    answer = service.get(f"/v1/reach?{query}")
    assert answer.status_code == 200, answer.text
    return {row["name"]: row["reachable"] for row in answer.json()["places"]}


def test_what_was_known_then_is_not_what_is_known_now(service: Service) -> None:
    at_eight = rfc3339(at(20))
    assert reached(service, f"at={at_eight}")["B"]
    assert not reached(service, f"at={at_eight}&known_at={rfc3339(at(18, 25))}")["B"]
    assert reached(service, f"at={at_eight}&known_at={rfc3339(at(17, 59))}")["B"]
    assert reached(service, f"known_at={rfc3339(at(18, 25))}")["B"], "it was to shut an hour later"


def test_hazards_are_told_as_they_were_known(service: Service) -> None:
    then = service.get(f"/v1/hazards?known_at={rfc3339(at(18, 25))}").json()["features"]
    assert [row["properties"]["in_force"] for row in then] == [False]
    assert then[0]["properties"]["confidence"] == pytest.approx(0.95, abs=0.002)
    assert service.get("/v1/hazards").json()["features"] == []
    at_eight = service.get(f"/v1/hazards?known_at={rfc3339(at(18, 25))}&at={rfc3339(at(20))}")
    assert len(at_eight.json()["features"]) == 1
    assert (
        service.get(f"/v1/hazards?known_at={rfc3339(at(18, 25))}&at={rfc3339(at(19))}").json()["features"]
        == []
    )


def test_a_time_that_is_none_is_named(service: Service) -> None:
    answer = service.get("/v1/reach?known_at=yesterday")
    assert answer.status_code == 422
    assert answer.json()["code"] == "E1105"


def test_of_files_only_what_was_sent_up_to_then_counts(tmp_path: Path) -> None:
    from vado.cli.files import read_alerts
    from vado.cli.situation import look
    from vado.model.snapshot import Travel

    for name, body in (
        ("told", closure("flood", at(19, 30), sent=at(18))),
        ("ended", closure("flood", at(19, 30), sent=at(18, 43), msg_type="Cancel")),
    ):
        (tmp_path / f"{name}.geojson").write_text(json.dumps(body))
    read = read_alerts([tmp_path])
    origin = (drawn.lonlat(TOWN, "A"),)

    def closed(known: int | None) -> int:
        seen = look(TOWN, read.alerts, origin, (Travel("van"),), at_s=at(20), known_s=known, reads=read.reads)
        return len(seen.snapshot.closures[Travel("van")])

    assert closed(None) == 0
    assert closed(at(18, 25)) == 2
    assert closed(at(17, 59)) == 0
