"""One suite for every store: memory, SQLite, PostgreSQL. What `ports.Store` promises, no more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from chains import HASH, T0, chain, follow, message, plan, world
from postgres import new_database
from vado.errors import BugError, InputError, OutsideError, StateError, VadoError
from vado.ledger import digest, verify
from vado.model.feed import Contact
from vado.model.ids import Hash, JobId, WorldId
from vado.model.inbox import InboxKind, InboxRow, Receipt
from vado.model.world import Decision, World
from vado.ports import Store
from vado.store import open_store

W = WorldId("w")


def new_url(name: str, folder: Path) -> str:
    """Give the address of a new and empty store."""
    if name == "memory":
        return "memory://"
    return f"sqlite:///{folder}/store.db" if name == "sqlite" else new_database()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(new_url(request.param, tmp_path))
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def on_disk(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_url(request.param, tmp_path)


def put(store: Store, key: str, body: bytes | None = None, **changes: Any) -> Receipt:
    given: dict[str, Any] = {"world": W, "kind": InboxKind.ALERT, "source": "met", "received_s": T0}
    return store.accept(key=key, body=key.encode() if body is None else body, **(given | changes))


def seqs(rows: tuple[InboxRow, ...]) -> list[int]:
    return [row.seq for row in rows]


def commit(store: Store, before: World, *, fence: int, **changes: Any) -> World:
    after, decision = follow(before)
    store.commit(after, decision, fence=fence, **({"consumed": ()} | changes))
    return after


def state(store: Store) -> tuple[Any, ...]:
    """Give all that a failed call may not change."""
    decisions = store.list_decisions(W, after=0, limit=99)
    return store.find_world(W), decisions, store.pending(W, limit=99), store.quarantined(W)


class TestAccept:
    def test_what_was_accepted_is_pending_word_for_word(self, store: Store) -> None:
        receipt = put(store, "k1", b"\x00\xffbody", source="mét", kind=InboxKind.JOBS)
        (row,) = store.pending(W, limit=9)
        assert row == InboxRow(
            seq=receipt.seq, world=W, kind=InboxKind.JOBS, source="mét", key="k1", body=b"\x00\xffbody",
            body_hash=receipt.body_hash, received_s=T0,
        )  # fmt: skip
        assert receipt == Receipt(seq=row.seq, body_hash=digest(b"\x00\xffbody"))
        assert store.find_blob(receipt.body_hash) == b"\x00\xffbody"

    def test_rows_come_in_the_order_they_were_accepted_in(self, store: Store) -> None:
        given = [put(store, str(k)).seq for k in range(5)]
        assert given == sorted(set(given))
        assert seqs(store.pending(W, limit=9)) == given
        assert seqs(store.pending(W, limit=2)) == given[:2]
        assert store.count_pending(W) == 5

    def test_what_was_heard_up_to_an_instant_is_listed_taken_in_or_not(self, store: Store) -> None:
        early, other = put(store, "a"), put(store, "v", kind=InboxKind.VEHICLES)
        late = put(store, "b", received_s=T0 + 60)
        aside = put(store, "c")
        fence = store.take_writer(W)
        commit(store, world(), fence=fence, consumed=[early.seq], set_aside={aside.seq: "bad"})

        def heard(*kinds: InboxKind, until_s: int = T0 + 60, after: int = 0, limit: int = 9) -> list[int]:
            return seqs(store.heard(W, kinds=kinds, until_s=until_s, after=after, limit=limit))

        assert heard(InboxKind.ALERT) == [early.seq, late.seq]
        assert heard(InboxKind.ALERT, until_s=T0 + 59) == [early.seq]
        assert heard(InboxKind.ALERT, InboxKind.VEHICLES, limit=2) == [early.seq, other.seq]
        assert heard(InboxKind.ALERT, after=early.seq) == [late.seq]

    def test_an_empty_body_is_a_body(self, store: Store) -> None:
        receipt = put(store, "k", b"")
        assert store.find_blob(receipt.body_hash) == b""
        assert store.pending(W, limit=1)[0].body == b""

    def test_worlds_do_not_see_each_other(self, store: Store) -> None:
        mine, other = put(store, "k"), put(store, "k", world=WorldId("other"))
        assert not other.duplicate
        assert seqs(store.pending(W, limit=9)) == [mine.seq]
        assert (store.count_pending(W), store.count_pending(WorldId("nobody"))) == (1, 0)

    def test_the_same_message_again_gets_the_first_receipt(self, store: Store) -> None:
        first = put(store, "k", received_s=T0)
        again = put(store, "k", received_s=T0 + 9)
        assert again == replace(first, duplicate=True)
        assert store.pending(W, limit=9)[0].received_s == T0

    def test_also_after_it_was_consumed(self, store: Store) -> None:
        first = put(store, "k")
        commit(store, world(), fence=store.take_writer(W), consumed=[first.seq])
        assert put(store, "k") == replace(first, duplicate=True)
        assert store.count_pending(W) == 0

    def test_the_same_name_with_another_body_is_refused(self, store: Store) -> None:
        put(store, "k", b"one")
        with pytest.raises(StateError) as caught:
            put(store, "k", b"two")
        assert caught.value.code == "E1109"
        assert [row.body for row in store.pending(W, limit=9)] == [b"one"]
        assert store.find_blob(digest(b"two")) is None

    def test_another_source_or_kind_is_another_message(self, store: Store) -> None:
        found = {
            put(store, "k", b"one").seq,
            put(store, "k", b"two", source="roads").seq,
            put(store, "k", b"three", kind=InboxKind.JOBS).seq,
        }
        assert len(found) == 3

    def test_without_a_key_the_body_is_its_name(self, store: Store) -> None:
        first, other, again = put(store, "", b"a"), put(store, "", b"b"), put(store, "", b"a")
        assert again == replace(first, duplicate=True)
        assert other.seq != first.seq
        assert store.pending(W, limit=1)[0].key == digest(b"a")

    @pytest.mark.parametrize(
        "changes", [{"key": "a\0"}, {"source": "\ud800"}, {"key": "k" * 513}, {"tokens": {JobId("j\0"): "t"}}]
    )
    def test_names_that_cannot_be_kept_are_refused(self, store: Store, changes: dict[str, Any]) -> None:
        with pytest.raises(InputError) as caught:
            put(store, **({"key": "k", "body": b""} | changes))
        assert caught.value.code == "E1004"
        assert store.count_pending(W) == 0


class TestTokens:
    def test_a_token_leads_to_its_job_and_back(self, store: Store) -> None:
        put(store, "k", tokens={JobId("j1"): "t1", JobId("j2"): "t2"})
        assert store.find_job_by_token("t2") == (W, "j2")
        assert store.find_token(W, JobId("j1")) == "t1"
        assert store.find_job_by_token("t3") is None
        assert store.find_token(W, JobId("j3")) is None
        assert store.find_token(WorldId("other"), JobId("j1")) is None

    def test_the_first_token_of_a_job_stays(self, store: Store) -> None:
        put(store, "k1", tokens={JobId("j1"): "t1"})
        put(store, "k2", tokens={JobId("j1"): "new", JobId("j2"): "t2"})
        assert store.find_token(W, JobId("j1")) == "t1"
        assert store.find_job_by_token("new") is None
        assert store.find_token(W, JobId("j2")) == "t2"

    def test_a_job_that_was_removed_and_comes_again_gets_a_new_token(self, store: Store) -> None:
        """The old recipient's address must not lead to the new recipient's parcel."""
        put(store, "k1", tokens={JobId("j1"): "old", JobId("j2"): "t2"}, kind=InboxKind.JOBS)
        put(store, "k2", removed=["j1", "nobody", "nul\0"], kind=InboxKind.JOBS)
        assert store.find_job_by_token("old") == (W, "j1"), "what became of it can still be looked up"
        assert store.find_token(W, JobId("j1")) == "old"
        put(store, "k3", tokens={JobId("j1"): "new", JobId("j2"): "other"}, kind=InboxKind.JOBS)
        assert store.find_job_by_token("old") is None
        assert store.find_job_by_token("new") == (W, "j1")
        assert (store.find_token(W, JobId("j1")), store.find_token(W, JobId("j2"))) == ("new", "t2")
        put(store, "k4", tokens={JobId("j1"): "newer"}, kind=InboxKind.JOBS)
        assert store.find_token(W, JobId("j1")) == "new", "it is in use again"

    def test_a_removal_heard_twice_retires_once(self, store: Store) -> None:
        put(store, "k1", tokens={JobId("j1"): "old"})
        put(store, "k2", removed=["j1"])
        put(store, "k3", tokens={JobId("j1"): "new"})
        assert put(store, "k2", removed=["j1"]).duplicate
        put(store, "k4", tokens={JobId("j1"): "newer"})
        assert store.find_token(W, JobId("j1")) == "new"

    def test_a_job_replaced_by_one_message_keeps_its_token(self, store: Store) -> None:
        put(store, "k1", tokens={JobId("j1"): "t1"})
        put(store, "k2", tokens={JobId("j1"): "new"}, removed=["j1"])
        put(store, "k3", tokens={JobId("j1"): "newer"})
        assert store.find_token(W, JobId("j1")) == "t1"

    def test_a_removal_in_another_world_retires_nothing_here(self, store: Store) -> None:
        put(store, "k1", tokens={JobId("j1"): "t1"})
        put(store, "k2", removed=["j1"], world=WorldId("other"))
        put(store, "k3", tokens={JobId("j1"): "new"})
        assert store.find_token(W, JobId("j1")) == "t1"

    def test_a_token_never_leads_to_two_jobs(self, store: Store) -> None:
        put(store, "k1", tokens={JobId("j1"): "t1"})
        put(store, "k2", tokens={JobId("j2"): "t1"})
        assert store.find_job_by_token("t1") == (W, "j1")
        assert store.find_token(W, JobId("j2")) is None

    @pytest.mark.parametrize("token", ["", "\0", "\ud800", "' OR 1=1 --", "x" * 10_000])
    def test_a_strange_token_leads_nowhere(self, store: Store, token: str) -> None:
        put(store, "k1", tokens={JobId("j1"): "t1"})
        assert store.find_job_by_token(token) is None


class TestCommit:
    def test_a_step_is_read_back_equal(self, store: Store) -> None:
        row = put(store, "k")
        fence = store.take_writer(W)
        after, decision = follow(world(), batch=(message(row.seq),), new=plan())
        store.commit(after, decision, consumed=[row.seq], fence=fence)
        assert store.find_world(W) == after
        assert store.find_version(W) == 1
        assert store.find_decision(W, 1) == decision
        assert store.pending(W, limit=9) == ()
        assert store.find_blob(row.body_hash) == b"k", "the bytes stay"

    def test_before_the_first_step_there_is_nothing(self, store: Store) -> None:
        assert store.find_world(W) is None
        assert store.find_version(W) == 0
        assert store.find_decision(W, 1) is None
        assert store.list_decisions(W, after=0, limit=9) == ()

    def test_decisions_all_stay_and_verify(self, store: Store) -> None:
        now, fence = world(), store.take_writer(W)
        for _ in range(40):
            now = commit(store, now, fence=fence)
        decisions = store.list_decisions(W, after=0, limit=99)
        assert [decision.seq for decision in decisions] == list(range(1, 41))
        assert verify(decisions, head=now.head).ok
        assert seqs(store.list_decisions(W, after=37, limit=2)) == [38, 39]  # type: ignore[arg-type]
        assert store.find_decision(W, 40) == decisions[-1]
        assert store.find_decision(W, 41) is None
        assert store.find_decision(W, 0) is None
        assert store.find_world(W) == now

    def test_only_the_newest_writer_may_write(self, store: Store) -> None:
        row = put(store, "k")
        old = store.take_writer(W)
        new = store.take_writer(W)
        assert new > old
        before = state(store)
        for call in (
            lambda: commit(store, world(), fence=old, consumed=[row.seq]),
            lambda: store.quarantine(row.seq, cause="bad", fence=old),
        ):
            with pytest.raises(StateError) as caught:
                call()
            assert caught.value.code == "E3004"
        assert state(store) == before
        commit(store, world(), fence=new, consumed=[row.seq])

    def test_nobody_writes_before_they_became_the_writer(self, store: Store) -> None:
        with pytest.raises(StateError, match="E3004"):
            commit(store, world(), fence=1)

    def test_each_world_has_its_own_writer(self, store: Store) -> None:
        mine, other = store.take_writer(W), store.take_writer(WorldId("other"))
        commit(store, world(), fence=mine)
        commit(store, world("other"), fence=other)
        assert store.find_version(WorldId("other")) == 1

    def test_versions_follow_each_other(self, store: Store) -> None:
        fence = store.take_writer(W)
        first = commit(store, world(), fence=fence)
        before = state(store)
        second, _ = follow(first)
        for wrong in (world(), second):  # version 1 again, and version 3 before 2
            with pytest.raises(StateError, match="E3004"):
                commit(store, wrong, fence=fence)
        assert state(store) == before
        commit(store, first, fence=fence)

    def test_a_decision_that_does_not_follow_is_refused(self, store: Store) -> None:
        fence = store.take_writer(W)
        commit(store, world(), fence=fence)
        other = follow(world(), notes=("another first step",))[0]
        before = state(store)
        with pytest.raises(BugError, match="does not follow"):
            commit(store, other, fence=fence)
        assert state(store) == before

    @pytest.mark.parametrize(
        "forge",
        [
            lambda w, d: (w, replace(d, record=d.record.replace("drawn", "faked"))),
            lambda w, d: (w, replace(d, hash=Hash("sha256:0"))),
            lambda w, d: (w, replace(d, seq=2)),
            lambda w, d: (replace(w, head=None), d),
        ],
    )
    def test_what_was_not_sealed_is_not_written(self, store: Store, forge: Any) -> None:
        fence = store.take_writer(W)
        after, decision = forge(*follow(world()))
        with pytest.raises(BugError):
            store.commit(after, decision, consumed=(), fence=fence)
        assert store.find_world(W) is None

    @pytest.mark.parametrize("wrong", ["consumed", "other", "missing", "aside"])
    def test_a_commit_that_fails_leaves_nothing(self, store: Store, wrong: str) -> None:
        """The good row comes first, so that it has been changed when the bad one is met."""
        good, bad, strange = put(store, "1"), put(store, "2"), put(store, "3", world=WorldId("other"))
        fence = store.take_writer(W)
        now = commit(store, world(), fence=fence, consumed=[bad.seq] if wrong == "consumed" else [])
        if wrong == "aside":
            store.quarantine(bad.seq, cause="bad", fence=fence)
        seq = {"other": strange.seq, "missing": 999}.get(wrong, bad.seq)
        before = state(store)
        for changes in ({"consumed": [good.seq, seq]}, {"consumed": [good.seq], "set_aside": {seq: "bad"}}):
            with pytest.raises(StateError, match="E3004"):
                commit(store, now, fence=fence, **changes)
            assert state(store) == before
        commit(store, now, fence=fence, consumed=[good.seq])

    def test_a_row_is_consumed_once_even_within_a_step(self, store: Store) -> None:
        row, fence = put(store, "k"), store.take_writer(W)
        for changes in (
            {"consumed": [row.seq, row.seq]},
            {"consumed": [row.seq], "set_aside": {row.seq: "x"}},
        ):
            with pytest.raises(StateError, match="E3004"):
                commit(store, world(), fence=fence, **changes)
        assert store.count_pending(W) == 1


class TestQuarantine:
    def test_a_row_set_aside_is_not_pending_and_keeps_its_bytes(self, store: Store) -> None:
        bad, good = put(store, "bad", b"<bomb>"), put(store, "good")
        store.quarantine(bad.seq, cause="no XML \0 \ud800", fence=store.take_writer(W))
        assert seqs(store.pending(W, limit=9)) == [good.seq]
        ((row, cause),) = store.quarantined(W)
        assert (row.seq, row.body) == (bad.seq, b"<bomb>")
        assert cause.startswith("no XML")
        assert store.count_pending(W) == 1
        assert store.quarantined(WorldId("other")) == ()

    def test_rows_set_aside_are_counted_by_source(self, store: Store) -> None:
        fence = store.take_writer(W)
        for key, source in (("1", "met"), ("2", "met"), ("3", "roads"), ("4", "well")):
            row = put(store, key, source=source)
            if source != "well":
                store.quarantine(row.seq, cause="bad", fence=fence)
        assert dict(store.count_quarantined(W)) == {"met": 2, "roads": 1}
        assert dict(store.count_quarantined(WorldId("other"))) == {}

    def test_in_one_transaction_with_the_step_that_tells_the_world(self, store: Store) -> None:
        bad, good = put(store, "bad"), put(store, "good")
        after = commit(
            store, world(), fence=store.take_writer(W), consumed=[good.seq], set_aside={bad.seq: ""}
        )
        assert store.find_world(W) == after
        assert store.pending(W, limit=9) == ()
        assert [(row.seq, cause) for row, cause in store.quarantined(W)] == [(bad.seq, "no cause was given")]

    def test_only_what_is_pending_can_be_set_aside(self, store: Store) -> None:
        row, fence = put(store, "k"), store.take_writer(W)
        commit(store, world(), fence=fence, consumed=[row.seq])
        for seq in (row.seq, 999):
            with pytest.raises(StateError, match="E3004"):
                store.quarantine(seq, cause="late", fence=fence)
        assert store.quarantined(W) == ()

    def test_a_message_set_aside_comes_again_as_a_duplicate(self, store: Store) -> None:
        bad = put(store, "bad")
        store.quarantine(bad.seq, cause="bad", fence=store.take_writer(W))
        assert put(store, "bad").duplicate
        assert store.count_pending(W) == 0


class TestMany:
    """Many at once, threads first. (SQLite and PostgreSQL with many processes: below.)"""

    def test_nothing_is_lost_and_nothing_comes_twice(self, store: Store) -> None:
        def send(sender: int) -> list[int]:
            # Every message is sent by two senders, as by an impatient client.
            return [put(store, f"{sender // 2}-{k}", tokens={JobId(f"j{k}"): f"t{k}"}).seq for k in range(25)]

        with ThreadPoolExecutor(8) as pool:
            acknowledged = [seq for found in pool.map(send, range(8)) for seq in found]
        rows = store.pending(W, limit=999)
        assert {row.key for row in rows} == {f"{sender}-{k}" for sender in range(4) for k in range(25)}
        assert len(rows) == 100
        assert set(acknowledged) == set(seqs(rows))
        assert {row.body for row in rows} == {row.key.encode() for row in rows}

    def test_one_body_for_many(self, store: Store) -> None:
        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(lambda k: put(store, f"k{k}", b"same"), range(40)))
        assert len({receipt.seq for receipt in receipts}) == 40
        assert {receipt.body_hash for receipt in receipts} == {digest(b"same")}

    def test_of_two_bodies_with_one_name_exactly_one_is_kept(self, store: Store) -> None:
        def send(sender: int) -> bytes | None:
            body = f"body {sender}".encode()
            try:
                put(store, "k", body)
            except StateError:
                return None
            return body

        with ThreadPoolExecutor(8) as pool:
            kept = [body for body in pool.map(send, range(8)) if body is not None]
        assert [row.body for row in store.pending(W, limit=9)] == kept

    def test_fences_are_never_given_twice(self, store: Store) -> None:
        with ThreadPoolExecutor(8) as pool:
            fences = list(pool.map(lambda _: store.take_writer(W), range(30)))
        assert sorted(fences) == list(range(1, 31))

    def test_of_many_writers_with_one_fence_one_step_wins(self, store: Store) -> None:
        """Both believe to be the writer: the version decides."""
        fence = store.take_writer(W)

        def write(_: int) -> bool:
            try:
                commit(store, world(), fence=fence)
            except VadoError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(write, range(8))) == 1
        assert store.find_version(W) == 1
        assert len(store.list_decisions(W, after=0, limit=9)) == 1


SENDER = """
import sys
from vado.model.inbox import InboxKind
from vado.store import open_store
url, sender = sys.argv[1:]
store = open_store(url)
for k in range(30):
    body = b"b%d" % (k % 7)
    store.accept(world="w", kind=InboxKind.ALERT, source=sender, key=str(k), body=body, received_s=1)
store.close()
"""


def start(url: str, count: int) -> None:
    """Let so many processes open the store at once, and send."""
    line = [sys.executable, "-W", "error", "-c", SENDER, url]
    senders = [subprocess.Popen([*line, str(k)], stderr=subprocess.PIPE, text=True) for k in range(count)]
    errors = [sender.communicate(timeout=60)[1] for sender in senders]
    assert [sender.returncode for sender in senders] == [0] * count, errors


class TestDisk:
    """What only those can promise that outlive a process."""

    def test_what_was_kept_is_there_for_the_next_process(self, on_disk: str) -> None:
        first = open_store(on_disk)
        one, two = put(first, "1"), put(first, "2", tokens={JobId("j"): "t"})
        fence = first.take_writer(W)
        after = commit(first, world(), fence=fence, consumed=[one.seq])
        first.close()
        second = open_store(on_disk)
        assert second.find_world(W) == after
        assert seqs(second.pending(W, limit=9)) == [two.seq]
        assert second.find_job_by_token("t") == (W, "j")
        assert second.take_writer(W) == fence + 1
        second.close()

    def test_many_processes_open_a_new_store_and_lose_nothing(self, on_disk: str) -> None:
        start(on_disk, 4)
        store = open_store(on_disk)
        rows = store.pending(W, limit=999)
        assert {(row.source, row.key) for row in rows} == {
            (str(s), str(k)) for s in range(4) for k in range(30)
        }
        assert len(rows) == 120
        store.close()

    def test_a_failure_in_the_middle_of_the_transaction_leaves_nothing(self, on_disk: str) -> None:
        store = open_store(on_disk)
        row, fence = put(store, "k"), store.take_writer(W)
        before = state(store)
        engine = create_engine(on_disk)
        with engine.begin() as db:  # the decision's place is taken: the last statement but one fails
            db.execute(text("INSERT INTO decisions VALUES ('w', 1, NULL, 'h', 'r')"))
        with pytest.raises(Exception, match=r"(?i)unique"):
            commit(store, world(), fence=fence, consumed=[row.seq])
        with engine.begin() as db:
            db.execute(text("DELETE FROM decisions"))
        engine.dispose()
        assert state(store) == before
        store.close()

    def test_a_changed_state_is_noticed(self, on_disk: str) -> None:
        store = open_store(on_disk)
        commit(store, world(), fence=store.take_writer(W))
        engine = create_engine(on_disk)
        for change, code in (
            ("UPDATE worlds SET head = 'sha256:0'", "E3005"),
            ("UPDATE worlds SET state = '{}'", "E3006"),
        ):
            with engine.begin() as db:
                db.execute(text(change))
            with pytest.raises(StateError) as caught:
                store.find_world(W)
            assert caught.value.code == code
        engine.dispose()
        store.close()

    def test_only_the_newest_states_stay(self, on_disk: str) -> None:
        store = open_store(on_disk)
        now, fence = world(), store.take_writer(W)
        for _ in range(20):
            now = commit(store, now, fence=fence)
        engine = create_engine(on_disk)
        with engine.connect() as db:
            kept = db.execute(text("SELECT version FROM worlds ORDER BY version")).scalars().all()
        engine.dispose()
        assert kept == list(range(5, 21))
        store.close()

    def test_a_newer_store_is_refused(self, on_disk: str) -> None:
        open_store(on_disk).close()
        engine = create_engine(on_disk)
        with engine.begin() as db:
            db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        with pytest.raises(StateError) as caught:
            open_store(on_disk)
        assert caught.value.code == "E3006"

    def test_readers_do_not_wait_for_a_writer(self, on_disk: str) -> None:
        store = open_store(on_disk)
        row, fence = put(store, "k"), store.take_writer(W)
        now = commit(store, world(), fence=fence)
        engine = create_engine(on_disk)
        with engine.connect() as db:
            db.execute(text("UPDATE inbox SET consumed_version = 7"))  # holds its locks until it is undone
            assert store.find_world(W) == now
            assert seqs(store.pending(W, limit=9)) == [row.seq]
            db.rollback()
        engine.dispose()
        store.close()


def test_a_row_that_becomes_visible_late_is_not_skipped() -> None:
    """PostgreSQL gives numbers before it commits: row 2 may be there, and be consumed, before row 1."""
    url = new_database()
    store, engine = open_store(url), create_engine(url)
    with engine.begin() as slow:
        slow.execute(text("INSERT INTO blobs VALUES ('h', 'x')"))
        slow.execute(
            text(
                "INSERT INTO inbox (world, kind, source, key, body_hash, received_s) "
                "VALUES ('w', 'alert', 's', 'k', 'h', 1)"
            )
        )
        fast = put(store, "fast")
        assert seqs(store.pending(W, limit=9)) == [fast.seq]
        commit(store, world(), fence=store.take_writer(W), consumed=[fast.seq])
    (late,) = store.pending(W, limit=9)
    assert late.seq < fast.seq
    engine.dispose()
    store.close()


def test_an_old_writer_that_is_in_the_middle_of_a_commit_is_waited_for() -> None:
    """PostgreSQL: a new writer gets its number only when the old one's commit is through, or undone."""
    url = new_database()
    store, engine = open_store(url), create_engine(url)
    fence = store.take_writer(W)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as db:
            db.execute(text("SELECT fence FROM writers WHERE world = 'w' FOR UPDATE"))
            taken = pool.submit(store.take_writer, W)
            with pytest.raises(TimeoutError):
                taken.result(timeout=0.1)
        assert taken.result() == fence + 1
    engine.dispose()
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody:secret@127.0.0.1:1/none",
        "sqlite:////proc/nowhere/store.db",
        "sqlite:////dev/null/store.db",
    ],
)
def test_a_store_out_of_reach_is_an_outside_error(url: str) -> None:
    with pytest.raises(OutsideError) as caught:
        open_store(url)
    assert caught.value.code == "E2001"
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_an_outside_error(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(OutsideError, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/store.db")


def test_a_missing_file_is_not_made_by_who_only_wants_to_look(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="E2001"):
        open_store(f"sqlite:///{tmp_path}/store.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_new_store_is_made(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/new/folder/store.db").close()
    assert (tmp_path / "new/folder/store.db").is_file()


@pytest.mark.parametrize("url", ["", "store.db", "mysql://x", "sqlite://", "sqlite:///", "postgresql://"])
def test_an_address_of_nothing_is_an_input_error(url: str) -> None:
    with pytest.raises(InputError, match="E1004"):
        open_store(url)


def test_the_chain_of_the_tests_is_sound() -> None:
    decisions: list[Decision] = chain(4)
    assert verify(decisions).ok
    assert digest(b"") == HASH


class TestContacts:
    def test_the_newest_of_a_source_and_channel_stays(self, store: Store) -> None:
        store.keep_contact(W, Contact(source="b", channel="poll", heard_s=T0))
        store.keep_contact(W, Contact(source="a", channel="push", woken_s=7))
        newest = Contact(source="b", channel="poll", heard_s=T0 + 60, etag='"é"', seen=("x", "y"))
        store.keep_contact(W, newest)
        store.keep_contact(WorldId("other"), Contact(source="c", channel="poll"))
        assert store.contacts(W) == (Contact(source="a", channel="push", woken_s=7), newest)

    def test_it_changes_nothing_of_the_world(self, store: Store) -> None:
        put(store, "k1")
        before = state(store)
        store.keep_contact(W, Contact(source="b", channel="poll"))
        assert state(store) == before
