"""The walk as a whole, where its stages meet what they do not expect."""

from __future__ import annotations

from typing import Any

import pytest

import drawn
from story import Story, at, closing, job, vehicle
from vado import planning
from vado.ledger import read
from vado.model.jobs import Location, Shipment, Window
from vado.model.plan import Rule, Verdict, Violation
from vado.model.world import Tick, VehiclesPut

LINE = drawn.roads("A------B------C------D")


def test_a_profile_the_region_was_not_built_for_stops_its_vehicle_and_nobody_else() -> None:
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", profile="barge")])
    assert story.held == "d NOT_CONNECTED"
    assert read(story.steps[-1].decision)["notes"] == [
        "vehicle v1: the region knows no profile barge, it can drive nowhere"
    ]
    story.tell(closing(LINE, "BC", at(9)), now=at(8, 1))
    story.tell(VehiclesPut(vehicles=(vehicle(LINE, "v2", "A"),)), now=at(8, 2))
    assert story.plan == "v2: d 08:05"


def test_a_vehicle_under_way_that_the_region_no_longer_knows_is_called_back() -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    story.report("v1", "position", None, at(8, 1), where="B")
    story.tell(VehiclesPut(vehicles=(vehicle(LINE, "v1", "A", profile="barge"),)), now=at(8, 2))
    assert story.plan == ""
    assert "NOT_CONNECTED" in story.held


def test_what_the_referee_refused_on_the_way_stands_in_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    assert "refused" not in read(story.steps[-1].decision)["verdict"]
    judge, calls = planning.check, []

    def strict(draft: Any, *about: Any) -> Verdict:
        calls.append(draft)
        if len(calls) > 1:
            return judge(draft, *about)
        fault = Violation(rule=Rule.LIMIT, vehicle=draft.routes[0].vehicle, job=None, text="too bold")
        return Verdict(violations=(fault,))

    monkeypatch.setattr(planning, "check", strict)
    story.tell(closing(LINE, "CD", at(8, 30), at(9)), now=at(8, 20))
    verdict = read(story.steps[-1].decision)["verdict"]
    assert [v["text"] for v in verdict["refused"]] == ["too bold"]
    assert verdict["ok"]
    assert story.held == "d REFEREE"


def test_a_shift_that_is_over_is_said_to_be_over() -> None:
    night = vehicle(LINE, "v1", "A", shift=Window(at(0), at(2)))
    story = Story(LINE, jobs="d@D", vehicles=[night])
    assert story.why("d") == "Nobody works when D could be served: v1 ended its shift at 02:00."


def test_a_partner_is_named_once() -> None:
    never = Window(at(6), at(7))
    parcel = Shipment(
        id="S3", pickup=job(LINE, "p", "B"), delivery=job(LINE, "q", "C", windows=(never,)), amount=(1,)
    )
    fleet = [vehicle(LINE, name, "A", capacity=(1,)) for name in ("v1", "v2")]
    story = Story(LINE, shipments=[parcel], vehicles=fleet)
    assert story.why("S3/pickup") == "The other half of shipment S3 cannot be served."


def test_a_depot_far_from_any_road_is_named_and_not_the_town_of_the_job() -> None:
    nowhere = Location(lonlat=(drawn.LON0 - 1, drawn.LAT0))
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", start=nowhere)])
    assert story.why("d") == (
        "There is no road to set out on or to come home by: "
        "v1 starts near A, too far from any road it can drive."
    )
    story = Story(LINE, jobs="d@D", vehicles=[vehicle(LINE, "v1", "A", end=nowhere)])
    assert "v1 is to end its shift near A, too far" in story.why("d")
    story.tell(Tick(), now=at(8, 1))
