"""The worker: the shell around `engine.step`. The only writer of a world, and the only one to read the clock.

In: rows of the inbox. Out: steps, each committed in one transaction with the rows it took in. It may be
killed at any point: what was committed stands, what was not is done again from the same rows.

Refuses to decide anything. A row that cannot be understood becomes a `FeedFailed` message, so that the
world knows it is less informed, and is set aside with its cause; its bytes stay. A row whose step fails
though it was understood is treated so as soon as it failed alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from vado import engine, feeds
from vado.engine import Step
from vado.errors import CODES, BugError, InputError, OutsideError, StateError, VadoError
from vado.exchange.problem import read_jobs, read_reports, read_vehicles
from vado.feeds import Lifecycle
from vado.feeds.geocodes import NO_GEOCODES, Geocodes
from vado.feeds.replay import replayed
from vado.hazards import Meaning
from vado.ledger import digest
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind, InboxRow
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.when import instant
from vado.model.world import AlertReceived, Body, FeedFailed, FeedRead, Message, Tick, World
from vado.ports import Store

BATCH_MAX = 100  # rows a step takes in at most
POLL_S = 0.05  # how long a message waits at most before anybody looks
RETRY_S_MAX = 2.0  # between attempts while the store is away or the world cannot step
CAUSE_CHARS_MAX = 500

log = structlog.get_logger("vado.worker")


class Clock(Protocol):
    """What time it is for this world, in whole epoch seconds UTC."""

    def now_s(self) -> int: ...


class Stepping(Protocol):
    """The shape of `engine.step`."""

    def __call__(
        self,
        world: World,
        batch: Sequence[Message],
        *,
        roads: Roads,
        meaning: Meaning,
        now_s: int,
        budget: Budget,
    ) -> Step: ...


def decode(
    row: InboxRow,
    *,
    geocodes: Geocodes = NO_GEOCODES,
    lifecycles: Mapping[str, Lifecycle] | None = None,
) -> tuple[Message, ...]:
    """Understand one row; raises InputError when that is not possible.

    `lifecycles` says of sources what their documents are, where it is not as usual with the format.
    """
    if row.kind is InboxKind.REPLAY:
        row = replayed(row)
    return tuple(_message(row, body) for body in _bodies(row, geocodes, lifecycles or {}))


def _bodies(row: InboxRow, geocodes: Geocodes, lifecycles: Mapping[str, Lifecycle]) -> Sequence[Body]:
    match row.kind:
        case InboxKind.ALERT | InboxKind.PULLED | InboxKind.REPLAY:
            found = feeds.read(
                row.body,
                source=row.source,
                received_s=row.received_s,
                geocodes=geocodes,
                lifecycle=lifecycles.get(row.source),
                pulled=row.kind is InboxKind.PULLED,
            )
            return [*(AlertReceived(alert=alert) for alert in found.alerts), found.read]
        case InboxKind.JOBS:
            return [read_jobs(row.body)]
        case InboxKind.VEHICLES:
            return [read_vehicles(row.body)]
        case InboxKind.PROGRESS:
            return read_reports(row.body)
        case InboxKind.FAULT:
            return [_told(row)]
        case InboxKind.TICK:
            return [Tick()]


def _told(row: InboxRow) -> FeedFailed | FeedRead:
    """Read what a shell says of a source: that it failed and why, or that it answers again."""
    try:
        told = json.loads(row.body)
        if told.get("over") is True:
            name = str(told.get("format", ""))[:40]
            return FeedRead(source=row.source, format=name, full=False, at_s=row.received_s)
        cause = told["cause"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        cause = "the feed could not be read"
    return _failure(row, str(cause)[:CAUSE_CHARS_MAX])


def _failure(row: InboxRow, cause: str) -> FeedFailed:
    return FeedFailed(source=row.source, raw=row.body_hash, cause=cause, at_s=row.received_s)


def _message(row: InboxRow, body: Body) -> Message:
    return Message(seq=row.seq, received_s=row.received_s, body_hash=row.body_hash, body=body)


def _failed(row: InboxRow, cause: str) -> Message:
    return _message(row, _failure(row, cause))


def _cause(row: InboxRow, error: Exception) -> str:
    """Say why a row was set aside. This is sealed: of what people wrote about people, only code and field."""
    if not isinstance(error, InputError):
        return f"E9001: it could not be processed ({type(error).__name__})"
    if row.kind in (InboxKind.ALERT, InboxKind.PULLED, InboxKind.REPLAY):
        return str(error)[:CAUSE_CHARS_MAX]
    told = (f"{fault.code} at {fault.field or 'the top'}: {CODES[fault.code]}" for fault in error.faults)
    return "\n".join(told)[:CAUSE_CHARS_MAX]


class Worker:
    """Drains the inbox of one world, steps, commits.

    `step` and `pause` are for tests; nobody else has a reason to give them.
    """

    def __init__(
        self,
        store: Store,
        *,
        world_id: WorldId,
        roads: Roads,
        meaning: Meaning,
        budget: Budget,
        clock: Clock,
        lifecycles: Mapping[str, Lifecycle] | None = None,
        geocodes: Geocodes = NO_GEOCODES,
        step: Stepping = engine.step,
        pause: Callable[[float], None] = time.sleep,
        batch_max: int = BATCH_MAX,
        poll_s: float = POLL_S,
    ) -> None:
        """Become the writer of the world; raises StateError E3007 when it lives on other roads."""
        self._store, self._id, self._roads = store, world_id, roads
        self._meaning, self._budget, self._clock = meaning, budget, clock
        self._lifecycles = dict(lifecycles or {})
        self._geocodes = geocodes
        self._step, self._pause, self._batch_max, self._poll_s = step, pause, batch_max, poll_s
        self._careful = 0  # so many rows are taken one by one, since their batch failed
        self._world: World | None = None
        self._read_world()  # first of all: who cannot serve a world must not take it from who can
        self._fence = store.take_writer(world_id)
        self._world = None  # the writer before us may have committed once more

    def run(self, stop: Callable[[], bool]) -> None:
        """Work until told to stop; raises StateError when the world is another writer's now."""
        failures = 0
        log.info("worker.started", world=self._id, region=self._roads.name, fence=self._fence)
        while not stop():
            try:
                step = self.run_once()
                failures = 0
            except StateError:
                log.exception("worker.lost", world=self._id)
                raise
            except Exception as error:  # what was not foreseen may not end the service
                failures += 1
                if isinstance(error, OutsideError):
                    log.warning("worker.outside", world=self._id, cause=str(error), failures=failures)
                else:
                    log.exception("worker.failed", world=self._id, failures=failures)
                self._pause(min(RETRY_S_MAX, self._poll_s * 2 ** min(failures, 10)))
                continue
            if step is None:
                self._pause(self._poll_s)
        log.info("worker.stopped", world=self._id)

    def run_once(self) -> Step | None:
        """Take in what is pending, or let time do what it does; None when there is neither.

        Raises what the step raised when no single row is to blame: the batch is kept.
        """
        world = self._world or self._read_world()
        rows = self._store.pending(self._id, limit=1 if self._careful else self._batch_max)
        now_s = max(self._clock.now_s(), world.now_s)  # a clock that was set back does not turn ours back
        if rows:
            return self._take(world, rows, now_s)
        self._careful = 0
        due = world.boundary_s is not None and world.now_s < world.boundary_s <= now_s
        if not due:
            return None
        tick = Message(seq=0, received_s=now_s, body_hash=digest(b""), body=Tick())
        return self._commit(world, (tick,), now_s, consumed=(), set_aside={})

    def _take(self, world: World, rows: Sequence[InboxRow], now_s: int) -> Step:
        """Step with all rows; if that fails, with the first alone; if that fails too, set it aside."""
        messages: list[Message] = []
        causes: dict[int, str] = {}
        for row in rows:
            try:
                messages += decode(row, geocodes=self._geocodes, lifecycles=self._lifecycles)
            except Exception as error:  # noqa: BLE001  whatever a row does to its reader is that row's fault
                causes[row.seq] = _cause(row, error)
                messages.append(_failed(row, causes[row.seq]))
                log.warning("worker.set_aside", world=self._id, seq=row.seq, cause=causes[row.seq])
        consumed = [row.seq for row in rows if row.seq not in causes]
        try:
            made = self._commit(world, messages, now_s, consumed=consumed, set_aside=causes)
        except (StateError, OutsideError):
            raise
        except Exception as error:
            if len(rows) > 1:
                log.exception("worker.one_by_one", world=self._id, seqs=[row.seq for row in rows])
                self._careful = len(rows)
                return self._take(world, rows[:1], now_s)
            if causes:
                raise  # it was set aside already: not the row, but the world cannot step
            log.exception("worker.step_failed", world=self._id, seq=rows[0].seq)
            cause = _cause(rows[0], error)
            made = self._commit(
                world, (_failed(rows[0], cause),), now_s, consumed=(), set_aside={rows[0].seq: cause}
            )
        self._careful = max(0, self._careful - len(rows))
        return made

    def _commit(
        self,
        world: World,
        messages: Sequence[Message],
        now_s: int,
        *,
        consumed: Sequence[int],
        set_aside: dict[int, str],
    ) -> Step:
        start = time.perf_counter()
        try:
            step = self._step(
                world, messages, roads=self._roads, meaning=self._meaning, now_s=now_s, budget=self._budget
            )
        except VadoError as error:
            # The core raises nothing that a caller could mend. Left as it is, it would pass for the store's.
            raise BugError(f"the step failed: {error}") from error
        stepped = time.perf_counter()
        # Whatever happens in the commit, what the store has afterwards is the truth.
        self._world = None
        self._store.commit(
            step.world, step.decision, consumed=consumed, fence=self._fence, set_aside=set_aside
        )
        self._world = step.world
        log.info(
            "worker.step",
            world=self._id,
            version=step.world.version,
            now=instant(now_s).isoformat(),
            rows=len(consumed) + len(set_aside),
            set_aside=len(set_aside),
            changed=bool(step.difference),
            step_s=round(stepped - start, 3),
            commit_s=round(time.perf_counter() - stepped, 3),
        )
        return step

    def _read_world(self) -> World:
        world = self._store.find_world(self._id)
        if world is None:
            world = World(id=self._id, region=self._roads.name, region_hash=self._roads.content_hash)
        if world.region_hash != self._roads.content_hash:
            raise StateError(
                f"the world {self._id} lives on the roads {world.region} ({world.region_hash[:19]}…), "
                f"these are {self._roads.name} ({self._roads.content_hash[:19]}…)",
                code="E3007",
                action="start with the region it was made with, or give another world or store",
            )
        self._world = world
        return world
