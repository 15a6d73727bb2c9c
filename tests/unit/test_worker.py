"""The shell around the engine, with a step that does as it is told: what is taken in, set aside, retried."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
import structlog
from structlog.testing import capture_logs

from chains import BUDGET, T0, follow
from drawn import roads
from vado.engine import Step
from vado.errors import InputError, OutsideError, StateError
from vado.hazards import Meaning
from vado.ledger import read, verify
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind, InboxRow
from vado.model.world import (
    Difference,
    FeedFailed,
    FeedRead,
    JobsPut,
    Message,
    Report,
    Tick,
    VehiclesPut,
    World,
)
from vado.store import MemoryStore
from vado.worker import Worker, decode

W = WorldId("w")
TOWN = roads("A---B")
KEYS = itertools.count()
CLOSURE = {
    "type": "Feature",
    "id": "c1",
    "geometry": {"type": "LineString", "coordinates": [[1.5, 42.5], [1.6, 42.5]]},
    "properties": {"kind": "closure", "start": "2026-01-10T12:00:00Z", "end": "2026-01-10T14:00:00Z"},
}


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with capture_logs():
        yield
    structlog.reset_defaults()


@dataclass
class Hands:
    """A clock and a step in the test's hands; the step fails for jobs named boom, the world for `broken`."""

    now: int = T0
    boundary_s: int | None = None
    broken: bool = False
    seen: list[list[Message]] = field(default_factory=list)

    def now_s(self) -> int:
        return self.now

    def step(self, world: World, batch: Sequence[Message], *, now_s: int, **_: Any) -> Step:
        self.seen.append(list(batch))
        names = [job.id for m in batch if isinstance(m.body, JobsPut) for job in m.body.jobs]
        if self.broken or "boom" in names:
            raise ZeroDivisionError("boom")
        if "mend" in names:
            raise StateError("a core that raises what only shells may")
        after, decision = follow(world, batch=batch, notes=names, now_s=now_s)
        faults = tuple(m.body for m in batch if isinstance(m.body, FeedFailed))
        after = replace(after, boundary_s=self.boundary_s, faults=world.faults + faults)
        nothing = cast(Any, None)
        return Step(
            world=after, decision=decision, snapshot=nothing, problem=nothing, times=nothing, impacts=(),
            verdict=nothing, difference=Difference(),
        )  # fmt: skip


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def hands() -> Hands:
    return Hands()


def worker(store: Any, hands: Hands, **changes: Any) -> Worker:
    given: dict[str, Any] = {"world_id": W, "roads": TOWN, "clock": hands, "step": hands.step}
    return Worker(store, meaning=cast(Meaning, None), budget=BUDGET, **(given | changes))


def put(store: MemoryStore, body: object, kind: InboxKind = InboxKind.JOBS) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return store.accept(world=W, kind=kind, source="test", key=str(next(KEYS)), body=raw, received_s=T0).seq


def job(name: str) -> dict[str, Any]:
    return {"jobs": [{"id": name, "location": [1.5, 42.5]}]}


def row(kind: InboxKind, body: object, source: str = "met") -> InboxRow:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return InboxRow(seq=7, world=W, kind=kind, source=source, key="k", body_hash=Hash("sha256:7"), body=raw,
                    received_s=T0)  # fmt: skip


class TestDecode:
    def test_each_kind_becomes_its_message(self) -> None:
        bodies = {
            InboxKind.JOBS: job("j"),
            InboxKind.VEHICLES: {"vehicles": [{"id": "v", "start": [1.5, 42.5]}]},
            InboxKind.TICK: b"",
        }
        found = [decode(row(kind, body)) for kind, body in bodies.items()]
        assert [type(message.body) for (message,) in found] == [JobsPut, VehiclesPut, Tick]
        assert {(m.seq, m.received_s, m.body_hash) for (m,) in found} == {(7, T0, "sha256:7")}

    def test_a_row_of_reports_becomes_a_message_each(self) -> None:
        report = {"vehicle": "v", "kind": "position", "at": T0, "location": [1.5, 42.5]}
        found = decode(row(InboxKind.PROGRESS, [report, report]))
        assert [type(message.body) for message in found] == [Report, Report]

    def test_an_alert_keeps_its_source(self) -> None:
        alert, read = decode(row(InboxKind.ALERT, CLOSURE, source="roads"))
        assert alert.body.alert.source == "roads"  # type: ignore[union-attr]
        assert isinstance(read.body, FeedRead)
        assert (read.body.source, read.body.alerts, read.body.full) == ("roads", 1, False)

    @pytest.mark.parametrize(
        ("body", "cause"),
        [({"cause": "timed out"}, "timed out"), (b"\xff", "the feed could not be"), ([], "the feed could"),
         ({"cause": "x" * 9999}, "x" * 500)],
    )  # fmt: skip
    def test_a_fault_is_a_failed_feed_whatever_it_says(self, body: object, cause: str) -> None:
        (message,) = decode(row(InboxKind.FAULT, body))
        assert isinstance(message.body, FeedFailed)
        assert message.body.cause.startswith(cause)
        assert message.body.source == "met"

    @pytest.mark.parametrize(
        "kind", [InboxKind.JOBS, InboxKind.VEHICLES, InboxKind.PROGRESS, InboxKind.ALERT]
    )
    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"NaN"])
    def test_what_cannot_be_understood_is_the_callers_fault(self, kind: InboxKind, body: bytes) -> None:
        with pytest.raises(InputError):
            decode(row(kind, body))


class TestRunOnce:
    def test_nothing_pending_is_nothing_to_do(self, store: MemoryStore, hands: Hands) -> None:
        assert worker(store, hands).run_once() is None
        assert store.find_world(W) is None

    def test_all_that_is_pending_is_one_step(self, store: MemoryStore, hands: Hands) -> None:
        seqs = [put(store, job(name)) for name in "abc"]
        step = worker(store, hands).run_once()
        assert step is not None
        assert [message.seq for message in hands.seen[0]] == seqs
        assert store.find_world(W) == step.world
        assert store.pending(W, limit=9) == ()
        assert (step.world.region, step.world.region_hash) == (TOWN.name, TOWN.content_hash)

    def test_a_batch_has_a_bound(self, store: MemoryStore, hands: Hands) -> None:
        for name in "abcde":
            put(store, job(name))
        drain(worker(store, hands, batch_max=2))
        assert [len(batch) for batch in hands.seen] == [2, 2, 1]

    def test_the_clock_never_goes_back(self, store: MemoryStore, hands: Hands) -> None:
        mine = worker(store, hands)
        put(store, job("a"))
        mine.run_once()
        hands.now -= 3600
        put(store, job("b"))
        step = mine.run_once()
        assert step is not None
        assert step.world.now_s == T0

    def test_it_wakes_when_a_closure_begins_or_ends(self, store: MemoryStore, hands: Hands) -> None:
        mine = worker(store, hands)
        hands.boundary_s = T0 + 60
        put(store, job("a"))
        mine.run_once()
        hands.now = T0 + 59
        assert mine.run_once() is None
        hands.now = T0 + 60
        step = mine.run_once()
        assert step is not None
        assert [message.body for message in hands.seen[-1]] == [Tick()]
        assert mine.run_once() is None, "a boundary that is not moved on wakes it once"

    def test_a_new_worker_goes_on_where_the_old_one_was(self, store: MemoryStore, hands: Hands) -> None:
        put(store, job("a"))
        worker(store, hands).run_once()
        put(store, job("b"))
        step = worker(store, hands).run_once()
        assert step is not None
        assert step.world.version == 2
        assert verify(store.list_decisions(W, after=0, limit=9), head=step.world.head).ok

    def test_an_old_worker_is_refused_by_the_store(self, store: MemoryStore, hands: Hands) -> None:
        old, new = worker(store, hands), worker(store, hands)
        put(store, job("a"))
        with pytest.raises(StateError, match="E3004"):
            old.run_once()
        assert new.run_once() is not None

    def test_a_world_of_other_roads_is_refused_and_its_writer_left_alone(
        self, store: MemoryStore, hands: Hands
    ) -> None:
        mine = worker(store, hands)
        put(store, job("a"))
        mine.run_once()
        with pytest.raises(StateError) as caught:
            worker(store, hands, roads=roads("A------B"))
        assert caught.value.code == "E3007"
        put(store, job("b"))
        assert mine.run_once() is not None


def drain(mine: Worker) -> list[Step]:
    steps = []
    while (step := mine.run_once()) is not None:
        steps.append(step)
    return steps


def aside(store: MemoryStore) -> dict[int, str]:
    return {found.seq: cause for found, cause in store.quarantined(W)}


class TestPoison:
    def test_what_cannot_be_understood_is_told_to_the_world(self, store: MemoryStore, hands: Hands) -> None:
        good, bad, after = put(store, job("a")), put(store, b"{"), put(store, job("b"))
        step = worker(store, hands).run_once()
        assert step is not None
        assert [message.seq for message in hands.seen[0]] == [good, bad, after]
        (fault,) = step.world.faults
        assert (fault.source, fault.raw) == ("test", store.quarantined(W)[0][0].body_hash)
        assert list(aside(store)) == [bad]
        assert store.count_pending(W) == 0

    def test_no_word_that_a_person_wrote_is_sealed(self, store: MemoryStore, hands: Hands) -> None:
        put(store, {"jobs": [{"id": "a", "location": "Ada Lovelace, 3rd floor"}]})
        step = worker(store, hands).run_once()
        assert step is not None
        assert "E1" in step.world.faults[0].cause
        assert "Ada" not in step.decision.record
        assert "Ada" not in aside(store)[1]

    def test_what_is_wrong_with_an_alert_is_told_in_full(self, store: MemoryStore, hands: Hands) -> None:
        put(store, b'<!DOCTYPE x [<!ENTITY a "b">]><alert>&a;</alert>', InboxKind.ALERT)
        step = worker(store, hands).run_once()
        assert step is not None
        assert "E1101" in step.world.faults[0].cause

    def test_a_row_that_breaks_the_step_is_found_and_set_aside(
        self, store: MemoryStore, hands: Hands
    ) -> None:
        rows = [put(store, job(name)) for name in ("a", "b", "boom", "c", "d")]
        steps = drain(worker(store, hands))
        assert aside(store) == {rows[2]: "E9001: it could not be processed (ZeroDivisionError)"}
        assert store.count_pending(W) == 0
        taken = [read(step.decision)["notes"] for step in steps]
        assert taken == [["a"], ["b"], [], ["c"], ["d"]]
        assert [fault.cause for fault in steps[-1].world.faults] == list(aside(store).values())

    def test_after_that_batches_are_batches_again(self, store: MemoryStore, hands: Hands) -> None:
        mine = worker(store, hands)
        for name in ("a", "boom"):
            put(store, job(name))
        drain(mine)
        for name in ("c", "d"):
            put(store, job(name))
        assert len(drain(mine)) == 1

    def test_when_the_world_itself_cannot_step_nothing_is_set_aside(
        self, store: MemoryStore, hands: Hands
    ) -> None:
        mine = worker(store, hands)
        rows = [put(store, job(name)) for name in "ab"]
        hands.broken = True
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                mine.run_once()
        assert [found.seq for found in store.pending(W, limit=9)] == rows
        hands.broken = False
        drain(mine)
        assert (store.count_pending(W), aside(store)) == (0, {})

    def test_an_error_of_the_core_does_not_pass_for_one_of_the_store(
        self, store: MemoryStore, hands: Hands
    ) -> None:
        bad = put(store, job("mend"))
        drain(worker(store, hands))
        assert list(aside(store)) == [bad]

    def test_a_state_that_cannot_be_written_is_its_rows_fault(self, store: MemoryStore, hands: Hands) -> None:
        """An infinite number, say: the step passes, the commit does not."""

        def step(world: World, batch: Sequence[Message], **given: Any) -> Step:
            made = hands.step(world, batch, **given)
            if "inf" not in read(made.decision)["notes"]:
                return made
            return replace(made, world=replace(made.world, now_s=float("inf")))  # type: ignore[arg-type]

        rows = [put(store, job(name)) for name in ("a", "inf", "b")]
        drain(worker(store, hands, step=step))
        assert list(aside(store)) == [rows[1]]
        assert store.find_version(W) == 3


class TestRun:
    def test_it_works_until_it_is_told_to_stop(self, store: MemoryStore, hands: Hands) -> None:
        pauses: list[float] = []
        for name in "ab":
            put(store, job(name))
        mine = worker(store, hands, pause=pauses.append, poll_s=0.5)
        mine.run(lambda: len(pauses) == 3)
        assert pauses == [0.5] * 3
        assert store.count_pending(W) == 0

    def test_it_outlives_a_store_that_is_away(self, store: MemoryStore, hands: Hands) -> None:
        class Away(MemoryStore):
            away = 0

            def pending(self, world: WorldId, *, limit: int) -> tuple[InboxRow, ...]:
                if self.away:
                    self.away -= 1
                    raise OutsideError("gone")
                return super().pending(world, limit=limit)

        store, pauses = Away(), []
        mine = worker(store, hands, pause=pauses.append, poll_s=0.1)
        put(store, job("a"))
        store.away = 6
        mine.run(lambda: len(pauses) == 7)
        assert pauses == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 0.1]
        assert store.find_version(W) == 1

    def test_a_commit_whose_answer_was_lost_is_not_repeated(self, hands: Hands) -> None:
        """The connection broke after the commit: the world is read again, and found further."""

        class Deaf(MemoryStore):
            def commit(self, *args: Any, **given: Any) -> None:
                super().commit(*args, **given)
                if self.find_version(W) == 1:
                    raise OutsideError("the line is dead")

        store, pauses = Deaf(), []
        mine = worker(store, hands, pause=pauses.append)
        put(store, job("a"))
        mine.run(lambda: len(pauses) == 2)
        put(store, job("b"))
        mine.run(lambda: len(pauses) == 3)
        assert [read(d)["notes"] for d in store.list_decisions(W, after=0, limit=9)] == [["a"], ["b"]]

    def test_a_world_that_cannot_step_is_tried_again_for_ever(self, store: MemoryStore, hands: Hands) -> None:
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            hands.broken = len(pauses) < 2000

        hands.broken = True
        put(store, job("a"))
        worker(store, hands, pause=pause).run(lambda: len(pauses) > 2000)
        assert max(pauses) == 2.0
        assert store.find_version(W) == 1

    def test_it_ends_when_another_writer_has_the_world(self, store: MemoryStore, hands: Hands) -> None:
        old = worker(store, hands)
        worker(store, hands)
        put(store, job("a"))
        with pytest.raises(StateError, match="E3004"):
            old.run(lambda: False)
