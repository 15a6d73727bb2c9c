"""A recipient's page: what it says in each state, and what it must never say."""

from __future__ import annotations

import string
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from drawn import HOUR, MINUTE, NOON
from vado.model.codec import to_json
from vado.model.hazard import Evidence, Hazard, HazardState
from vado.model.ids import AlertId, Hash, HazardId, JobId, VehicleId, WorldId
from vado.model.jobs import Done, Job, Location, Progress, Shipment
from vado.model.plan import (
    EvidenceItem,
    Plan,
    Reason,
    ReasonCode,
    Route,
    Solver,
    Stop,
    StopKind,
    Unassigned,
)
from vado.model.when import FOREVER_S, Interval
from vado.model.world import World
from vado.tracking import LANGUAGES, TrackState, status
from vado.tracking.words import HAZARDS, SENTENCES, language_of

MINE, YOURS = JobId("mine"), JobId("someone-elses")
SOLVER = Solver(
    name="x", version="1", seed=0, solutions_max=1, seconds_max=1.0, solutions=1, stopped="proven"
)
FLOOD = Hazard(
    id=HazardId("h1"), kind="flood", severity="Severe", certainty="Likely", footprint=(),
    interval=Interval(NOON - 2 * HOUR, FOREVER_S), effects=(),
    evidence=(Evidence(alert=AlertId("a1"), source="s", raw=Hash("h"), headline="Flood"),),
)  # fmt: skip


def planned(job: JobId, at_s: int) -> Stop:
    return Stop(
        kind=StopKind.JOB,
        job=job,
        lonlat=None,
        node=1,
        arrival_s=at_s,
        start_s=at_s,
        departure_s=at_s + 60,
        place="Ordino",
    )


def world(
    *,
    stops: tuple[Stop, ...] = (),
    unassigned: tuple[Unassigned, ...] = (),
    progress: tuple[Progress, ...] = (),
) -> World:
    routes = (Route(vehicle=VehicleId("van-of-jordi"), stops=stops, legs=()),) if stops else ()
    return World(
        id=WorldId("w"), region="r", region_hash=Hash("h"), hazards=HazardState(hazards=(FLOOD,)),
        jobs=tuple(
            Job(id=j, location=Location(lonlat=(1.5, 42.5)), description="insulin") for j in (MINE, YOURS)
        ),
        plan=Plan(
            made_s=NOON, snapshot=Hash("s"), routes=routes, unassigned=unassigned, cost=0, solver=SOLVER
        ),
        progress=progress,
    )  # fmt: skip


def held(code: ReasonCode, **evidence: object) -> Unassigned:
    items = (EvidenceItem(**evidence),) if evidence else ()  # type: ignore[arg-type]
    return Unassigned(job=MINE, reasons=(Reason(code=code, text="for dispatchers", evidence=items),))


def under_way(*committed: JobId, done: tuple[Done, ...] = ()) -> tuple[Progress, ...]:
    return (
        Progress(
            vehicle=VehicleId("van-of-jordi"),
            at=(1.23456, 42.34567),
            at_s=NOON,
            done=done,
            committed=committed,
        ),
    )


class TestStates:
    def test_received(self) -> None:
        assert status(world(), MINE, now_s=NOON).state is TrackState.RECEIVED
        assert status(replace(world(), plan=None), MINE, now_s=NOON).state is TrackState.RECEIVED

    def test_planned_with_a_window_of_quarters(self) -> None:
        track = status(world(stops=(planned(MINE, NOON + 2 * HOUR + 4 * MINUTE),)), MINE, now_s=NOON)
        assert track.state is TrackState.PLANNED
        assert (track.from_s, track.until_s) == (NOON + 105 * MINUTE, NOON + 150 * MINUTE)
        assert track.headline == "Your delivery is planned between 13:45 and 14:30."
        assert track.place == "Ordino"

    def test_on_the_way_then_arriving(self) -> None:
        stops = (planned(YOURS, NOON + 600), planned(MINE, NOON + HOUR))
        assert (
            status(world(stops=stops, progress=under_way(YOURS)), MINE, now_s=NOON).state
            is TrackState.ON_THE_WAY
        )
        assert (
            status(world(stops=stops, progress=under_way(MINE)), MINE, now_s=NOON).state
            is TrackState.ARRIVING
        )

    def test_a_late_one_is_expected_from_now_on(self) -> None:
        track = status(world(stops=(planned(MINE, NOON),), progress=under_way(MINE)), MINE, now_s=NOON + HOUR)
        assert (track.from_s, track.until_s) == (NOON + HOUR, NOON + HOUR + 15 * MINUTE)

    def test_delivered_with_its_history(self) -> None:
        visit = Done(job=MINE, arrival_s=NOON - 120, start_s=NOON - 100, departure_s=NOON)
        track = status(world(progress=under_way(done=(visit,))), MINE, now_s=NOON + 1)
        assert track.state is TrackState.DELIVERED
        assert track.headline == "Delivered at 12:00."
        assert [(e.at_s, e.text) for e in track.history] == [
            (NOON - 120, "The vehicle arrived"),
            (NOON, "Delivered"),
        ]

    def test_cancelled(self) -> None:
        assert status(world(), JobId("gone"), now_s=NOON).state is TrackState.CANCELLED

    def test_a_shipment_stands_for_its_delivery(self) -> None:
        parcel = Shipment(
            id="s",
            pickup=Job(id=JobId("s/pickup"), location=Location(lonlat=(1.0, 42.0))),
            delivery=Job(id=JobId("s/delivery"), location=Location(lonlat=(1.0, 42.0))),
        )
        visit = Done(job=JobId("s/pickup"), arrival_s=NOON, start_s=NOON, departure_s=NOON + 60)
        stops = (planned(JobId("s/delivery"), NOON + HOUR),)
        base = replace(world(stops=stops, progress=under_way(done=(visit,))), shipments=(parcel,))
        for name in ("s", "s/delivery"):
            track = status(base, JobId(name), now_s=NOON + 100)
            assert track.state is TrackState.ON_THE_WAY
            assert [event.text for event in track.history] == ["The vehicle arrived", "Picked up"]


class TestReasons:
    def test_a_cut_road_is_named_with_place_time_and_cause(self) -> None:
        why = held(
            ReasonCode.CUT_OFF, hazard=HazardId("h1"), road="CG-4", place="Arinsal", from_s=NOON - 2 * HOUR
        )
        track = status(world(unassigned=(why,)), MINE, now_s=NOON)
        assert track.state is TrackState.HELD
        assert track.reason == "The road to Arinsal (CG-4) is closed from 10:00 because of a flood warning."
        assert track.place == "Arinsal"

    def test_an_end_is_told_when_it_is_known(self) -> None:
        why = held(
            ReasonCode.CUT_OFF,
            hazard=HazardId("h1"),
            road="CG-4",
            place="Arinsal",
            from_s=NOON,
            until_s=NOON + HOUR,
        )
        assert "from 12:00 until 13:00" in status(world(unassigned=(why,)), MINE, now_s=NOON).reason

    def test_no_way_back_is_told_as_such(self) -> None:
        why = held(ReasonCode.NO_WAY_BACK, hazard=HazardId("h1"), road="CG-4", place="Arinsal", from_s=NOON)
        assert status(world(unassigned=(why,)), MINE, now_s=NOON).reason.startswith(
            "The road back from Arinsal"
        )

    @pytest.mark.parametrize("code", list(ReasonCode))
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_reason_is_a_sentence_in_every_language(self, code: ReasonCode, language: str) -> None:
        track = status(world(unassigned=(held(code),)), MINE, now_s=NOON, language=language)
        assert track.reason.endswith(".")
        assert "{" not in track.reason + track.headline
        assert "for dispatchers" not in track.reason

    def test_the_hazard_that_is_over_is_still_a_cause(self) -> None:
        why = held(
            ReasonCode.CUT_OFF, hazard=HazardId("forgotten"), road="CG-4", place="Arinsal", from_s=NOON
        )
        assert "an official warning" in status(world(unassigned=(why,)), MINE, now_s=NOON).reason


def test_nothing_about_others_or_the_vehicle_is_told() -> None:
    stops = (planned(YOURS, NOON + 600), planned(MINE, NOON + HOUR))
    visit = Done(job=YOURS, arrival_s=NOON, start_s=NOON, departure_s=NOON + 60)
    for progress in ((), under_way(YOURS), under_way(MINE, done=(visit,))):
        text = str(to_json(status(world(stops=stops, progress=progress), MINE, now_s=NOON)))
        for secret in ("jordi", "someone-elses", "insulin", "1.23456", "42.34567"):
            assert secret not in text


def test_the_next_update_is_soon_and_no_later_than_the_next_boundary() -> None:
    assert status(world(), MINE, now_s=NOON).next_update_s == NOON + 15 * MINUTE
    assert status(replace(world(), boundary_s=NOON + 60), MINE, now_s=NOON).next_update_s == NOON + 60


def test_local_time_is_the_callers() -> None:
    track = status(world(stops=(planned(MINE, NOON),)), MINE, now_s=NOON, local=lambda _: "half past")
    assert "half past" in track.headline


def test_all_languages_say_the_same_things() -> None:
    for language in LANGUAGES:
        assert SENTENCES[language].keys() == SENTENCES["en"].keys()
        assert HAZARDS[language].keys() == HAZARDS["en"].keys()
        for key, sentence in SENTENCES[language].items():
            names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
            assert names == {name for _, name, _, _ in string.Formatter().parse(SENTENCES["en"][key]) if name}


@pytest.mark.parametrize(("wanted", "given"), [
    ("pt-BR,pt;q=0.9,en", "pt"), ("ca", "ca"), ("de, es;q=0.5", "es"), ("xx", "en"), ("", "en"),
    ("EN_us", "en"),
])  # fmt: skip
def test_a_browsers_wish_is_understood(wanted: str, given: str) -> None:
    assert language_of(wanted) == given


def test_every_kind_of_hazard_has_words() -> None:
    table = Path(__file__).resolve().parents[3] / "data" / "kinds.toml"
    kinds = {row["name"] for row in tomllib.loads(table.read_text(encoding="utf-8"))["kind"]}
    assert kinds - HAZARDS["en"].keys() == {"other"}
