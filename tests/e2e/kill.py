"""Kill the service at random points, and see that nothing acknowledged is lost and nothing comes out other.

A preloaded parent forks two children again and again: a sender, which accepts messages and says so through
a pipe, and a worker. Each is killed with SIGKILL: by itself, at the n-th call that Python makes (which
reaches every place in our code, and is the same for the same seed), or by the parent after a random time
(which also reaches the middle of a write). What is done so must equal what one undisturbed run does, to
the last hash of the ledger. `run` is called by test_kill.py and, for longer, by `scripts/soak kill`.

For that, the run must be a function of the messages alone: the sender goes through one script, the worker
takes a fixed number of rows a step, time is told by the version, and the solver stops by its count.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import random
import select
import signal
import sqlite3
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import structlog

from drawn import NOON, between, lonlat, roads
from vado import ledger
from vado.app import load_meaning
from vado.model.ids import JobId, WorldId
from vado.model.inbox import InboxKind
from vado.model.problem import Budget
from vado.model.when import rfc3339
from vado.model.world import Decision, World
from vado.ports import Store
from vado.store import open_store
from vado.worker import Worker

W = WorldId("kill")
TOWN = roads(
    """
    D------A------B-----F
    |      |      |
    C------G------E-----H
    """,
    name="kill",
)
PAIRS = ["DA", "AB", "BF", "DC", "AG", "BE", "CG", "GE", "EH"]
BUDGET = Budget(solutions_max=3, seconds_max=600.0)  # only the count may bind
STEP_S = 240  # of the world's time between two versions
MEANING = load_meaning()
ACK = struct.Struct("<II")  # number of the message, seq of its receipt
STUCK_S = 120.0
ALL_SENT = JobId("all sent")  # has a token as soon as the last message was accepted


@dataclass(frozen=True, slots=True)
class Mail:
    kind: InboxKind
    key: str
    body: bytes
    tokens: dict[JobId, str] = field(default_factory=dict)

    def send(self, store: Store, number: int) -> int:
        receipt = store.accept(
            world=W, kind=self.kind, source="kill", key=self.key, body=self.body, received_s=NOON + number,
            tokens=self.tokens,
        )  # fmt: skip
        return receipt.seq


def script(seed: int, count: int, *, timed: bool) -> list[Mail]:
    """Write so many messages: a fleet, jobs, closures and their ends, reports, and bytes that are no message.

    Without `timed`, closures began before and end by no clock.
    """
    rng = random.Random(seed)
    depot = lonlat(TOWN, "A")
    shift = [NOON - 3600, NOON + 86_400]
    fleet = [
        {
            "id": name,
            "start": depot,
            "end": depot,
            "time_window": shift,
            "capacity": [9],
            "skills": [9, 1],
            "equipment": ["chains", "winch", "snorkel"],
        }
        for name in "vw"
    ]
    mail = [_mail(0, InboxKind.VEHICLES, {"vehicles": fleet})]
    jobs: list[str] = []
    closed: list[str] = []
    for n in range(1, count):
        dice = rng.random()
        if dice < 0.3 or not jobs:
            jobs.append(f"j{n}")
            job = {"id": jobs[-1], "location": lonlat(TOWN, rng.choice("BCDEFGH")), "service": 60,
                   "delivery": [1], "skills": rng.choice([[], [9, 1]])}  # fmt: skip
            remove = [jobs.pop(0)] if len(jobs) > 6 else []
            mail.append(
                _mail(n, InboxKind.JOBS, {"jobs": [job], "remove": remove}, {JobId(jobs[-1]): f"t{n}"})
            )
        elif dice < 0.6:
            start = NOON + rng.randrange(count) * STEP_S // 2 if timed else NOON - 3600
            closed.append(f"c{n}")
            shut = {"kind": "closure", "road": "R", "start": rfc3339(start)}
            if timed:
                shut["end"] = rfc3339(start + rng.randrange(1, 20) * STEP_S)
            square = _square(*between(TOWN, rng.choice(PAIRS)))
            mail.append(_mail(n, InboxKind.ALERT, _feature(closed[-1], shut, square)))
        elif dice < 0.75 and closed:
            end = {"msg_type": "Cancel", "references": [closed.pop(rng.randrange(len(closed)))]}
            mail.append(_mail(n, InboxKind.ALERT, _feature(f"e{n}", end, None)))
        elif dice < 0.85:
            at = {
                "vehicle": "v",
                "kind": "position",
                "at": NOON + n,
                "location": lonlat(TOWN, rng.choice("AB")),
            }
            mail.append(_mail(n, InboxKind.PROGRESS, at))
        else:
            kind = rng.choice([InboxKind.JOBS, InboxKind.ALERT, InboxKind.FAULT, InboxKind.TICK])
            mail.append(Mail(kind, str(n), b'{"cause": "line down", "broken": %d' % n))
    mail.append(Mail(InboxKind.TICK, str(count), b"", {ALL_SENT: "all sent"}))
    return mail


def _mail(n: int, kind: InboxKind, body: Any, tokens: dict[JobId, str] | None = None) -> Mail:
    return Mail(kind, str(n), json.dumps(body).encode(), tokens or {})


def _feature(name: str, properties: dict[str, Any], geometry: Any) -> dict[str, Any]:
    about = {"id": name, "sender": "kill", "sent": rfc3339(NOON - 7200), **properties}
    return {"type": "Feature", "geometry": geometry, "properties": about}


def _square(lon: float, lat: float, half: float = 0.00005) -> dict[str, Any]:
    ring = [[lon + x * half, lat + y * half] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    return {"type": "Polygon", "coordinates": [ring]}


class VersionClock:
    """Time as a function of the state: the same after every restart.

    Where the sender is not done, a worker that finds no message may be early by chance. For it time stands
    still (`ticking` False): else what falls due by then would be a step of its own on a slow machine alone.
    """

    def __init__(self, store: Store, *, ticking: bool) -> None:
        self._store = store
        self._idle = False
        pending = store.pending

        def told_pending(*args: Any, **given: Any) -> Any:
            rows = pending(*args, **given)
            self._idle = not rows and not ticking
            return rows

        store.pending = told_pending  # type: ignore[method-assign]

    def now_s(self) -> int:
        version = self._store.find_version(W)
        return NOON + STEP_S * (version - 1 if self._idle else version)


class Death:
    """A profile hook that counts calls, returns and C calls, and kills its process at the n-th."""

    def __init__(self, at: int, *, only_in_commit: bool = False) -> None:
        self.at, self.only_in_commit, self.in_commit = at, only_in_commit, False
        self.count, self.count_in_commit = 0, 0

    def __call__(self, frame: Any, event: str, arg: Any) -> None:
        self.count += 1
        self.count_in_commit += self.in_commit
        if (self.count_in_commit if self.only_in_commit else self.count) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class Life:
    """A forked child: does something, unless it is killed first. It can tell bytes through a pipe."""

    def __init__(
        self, do: Callable[[int, Death | None], None], *, hook: Death | None = None, timer_s: float = math.inf
    ) -> None:
        self.told, mouth = os.pipe()
        self.data = b""
        self.was_killed = False
        self.end_s = time.monotonic() + timer_s
        self.stuck_s = time.monotonic() + STUCK_S
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                sys.setprofile(hook)
                do(mouth, hook)
                code = 0
            except BaseException:  # noqa: BLE001  a child may not go on as a second parent
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(mouth)

    def killed(self) -> bool:
        """Say whether it was killed; AssertionError when it failed by itself. It is gone by now."""
        _, status = os.waitpid(self.pid, 0)
        assert status in (0, signal.SIGKILL), f"a child ended with {status}: see its traceback"
        self.was_killed = bool(status)
        return self.was_killed


def watch(lives: list[Life]) -> None:
    """Listen to all until they are gone, and kill those whose time has come."""
    alive = list(lives)
    while alive:
        now = time.monotonic()
        for life in alive:
            if now >= life.end_s:
                life.end_s = math.inf
                os.kill(life.pid, signal.SIGKILL)
            assert now < life.stuck_s, "a child neither works nor dies"
        ready, _, _ = select.select([life.told for life in alive], [], [], 0.0005)
        for life in [life for life in alive if life.told in ready]:
            data = os.read(life.told, 65536)
            life.data += data
            if not data:
                os.close(life.told)
                alive.remove(life)


def send(url: str, mail: list[Mail], first: int, tell: Callable[[bytes], object]) -> None:
    """Be the sender: accept one message after the other, and only then say so."""
    store = open_store(url)
    for number in range(first, len(mail)):
        tell(ACK.pack(number, mail[number].send(store, number)))
    store.close()


def work(url: str, batch: int, hook: Death | None, *, ticking: bool) -> None:
    """Be the worker until there is nothing to do; tell the hook when it is in a commit."""
    store = open_store(url)
    commit = store.commit

    def told_commit(*args: Any, **given: Any) -> None:
        if hook is not None:
            hook.in_commit = True
        commit(*args, **given)
        if hook is not None:
            hook.in_commit = False

    store.commit = told_commit  # type: ignore[method-assign]
    worker = Worker(
        store, world_id=W, roads=TOWN, meaning=MEANING, budget=BUDGET,
        clock=VersionClock(store, ticking=ticking), batch_max=batch,
    )  # fmt: skip
    while worker.run_once() is not None:
        pass
    store.close()


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that must come out the same."""

    world: World | None
    decisions: tuple[Decision, ...]
    inbox: tuple[tuple[Any, ...], ...]
    all_sent: bool

    @property
    def done(self) -> bool:
        return self.all_sent and all(row[3] is not None for row in self.inbox)


def look(url: str) -> Outcome:
    """Read all there is, and check that it is sound as it stands."""
    store = open_store(url)
    world, decisions = store.find_world(W), store.list_decisions(W, after=0, limit=10**6)
    all_sent = store.find_token(W, ALL_SENT) is not None
    store.close()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
        inbox = tuple(db.execute("SELECT seq, key, body_hash, consumed_version, quarantined FROM inbox"))
        (integrity,) = db.execute("PRAGMA integrity_check").fetchone()
    assert integrity == "ok", integrity
    version = 0 if world is None else world.version
    found = ledger.verify(decisions, head=None if world is None else world.head)
    assert found.ok, found
    assert found.count == version, (found.count, version)
    taken = Counter(
        (told["seq"], decision.seq)
        for decision in decisions
        for told in ledger.read(decision)["trigger"]
        if told["seq"] and told["kind"] != "FeedRead"  # the document stands beside its alert
    )
    assert taken == Counter((row[0], row[3]) for row in inbox if row[3] is not None), "taken once, as said"
    return Outcome(world, decisions, inbox, all_sent)


@dataclass(slots=True)
class Report:
    """What a run came to."""

    messages: int
    rounds: int = 0
    steps: int = 0
    sender_killed: dict[str, int] = field(default_factory=dict)  # how -> how often
    worker_killed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    hazards: int = 0
    jobs: int = 0
    routed: int = 0
    set_aside: int = 0

    @property
    def kills(self) -> int:
        return sum(self.sender_killed.values()) + sum(self.worker_killed.values())


@dataclass(frozen=True, slots=True)
class Scale:
    """How long things take, in calls and in seconds: that is where a random death has to lie."""

    accept_calls: float
    accept_s: float
    step_calls: float
    step_s: float
    commit_calls: float


def undisturbed(url: str, mail: list[Mail], batch: int, *, ticking: bool) -> tuple[Outcome, Scale]:
    """Do it all once, in this process, without any death; and measure."""
    sending, working = Death(-1), Death(-1)
    start = time.perf_counter()
    with _profile(sending):
        send(url, mail, 0, lambda _: None)
    sent = time.perf_counter()
    with _profile(working):
        work(url, batch, working, ticking=ticking)
    worked = time.perf_counter()
    outcome = look(url)
    steps = len(outcome.decisions)
    return outcome, Scale(
        accept_calls=sending.count / len(mail),
        accept_s=(sent - start) / len(mail),
        step_calls=working.count / steps,
        step_s=(worked - sent) / steps,
        commit_calls=working.count_in_commit / steps,
    )


@contextmanager
def _profile(hook: Death) -> Iterator[None]:
    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        yield
    finally:
        sys.setprofile(before)


def run(*, seed: int, messages: int, batch: int, together: bool, folder: Path) -> Report:
    """Kill until all is done, and compare; AssertionError says what came out other.

    `together`: sender and worker run at the same time. Otherwise all is sent first, with the sender killed,
    and then worked on, with the worker killed; closures then begin and end by the clock, too.
    """
    assert batch == 1 or not together, "what is in a batch would hang on who is faster"
    start = time.monotonic()
    rng = random.Random(seed)
    mail = script(seed, messages, timed=not together)
    undisturbed(
        f"sqlite:///{folder}/warm.db", mail[:3], batch, ticking=not together
    )  # whatever is imported late, is imported now
    expected, scale = undisturbed(f"sqlite:///{folder}/undisturbed.db", mail, batch, ticking=not together)
    assert expected.done
    url = f"sqlite:///{folder}/killed.db"
    report = Report(messages=len(mail))
    acknowledged: dict[int, int] = {}
    while True:
        lives: dict[str, tuple[str, Life]] = {}
        first = max(acknowledged, default=-1) + 1
        if first < len(mail):
            mode, death = _sender_death(rng, scale)
            lives["sender"] = (
                mode,
                Life(lambda mouth, _, first=first: send(url, mail, first, _writer(mouth)), **death),
            )
        if together or not lives:
            mode, death = _worker_death(rng, scale)
            lives["worker"] = (
                mode,
                Life(lambda _, hook: work(url, batch, hook, ticking=not together), **death),
            )
        watch([life for _, life in lives.values()])
        for name, (mode, life) in lives.items():
            killed = report.sender_killed if name == "sender" else report.worker_killed
            killed[mode] = killed.get(mode, 0) + life.killed()
            acknowledged |= dict(ACK.iter_unpack(life.data[: len(life.data) // ACK.size * ACK.size]))
        report.rounds += 1
        now = look(url)
        kept = {int(row[1]): (row[0], row[2]) for row in now.inbox}
        for number, seq in acknowledged.items():
            assert kept.get(number) == (seq, ledger.digest(mail[number].body)), f"message {number} was lost"
        for made, other in zip(now.decisions, expected.decisions, strict=False):
            assert made == other, f"another decision than undisturbed: {_unlike(made, other)}"
        assert len(now.decisions) <= len(expected.decisions), "more decisions than undisturbed"
        if now.done and "worker" in lives and not lives["worker"][1].was_killed:
            break
    assert now == expected, "another end than undisturbed"
    world = now.world
    assert world is not None
    report.steps, report.seconds = len(now.decisions), round(time.monotonic() - start, 1)
    report.hazards, report.jobs = len(world.hazards.hazards), len(world.jobs)
    report.routed = 0 if world.plan is None else sum(len(route.jobs) for route in world.plan.routes)
    report.set_aside = sum(row[4] is not None for row in now.inbox)
    return report


def _unlike(made: Decision, other: Decision) -> str:
    """Say in which parts two decisions differ, in a few hundred characters each."""
    one, two = ledger.read(made), ledger.read(other)
    keys = [key for key in one if one[key] != two.get(key)]
    parts = [f"{key}: {str(one[key])[:400]} | {str(two.get(key))[:400]}" for key in keys]
    return f"decision {made.seq}: " + "; ".join(parts)


def _sender_death(rng: random.Random, scale: Scale) -> tuple[str, dict[str, Any]]:
    if rng.random() < 0.7:
        return "anywhere", {"hook": Death(rng.randrange(1, int(4 * scale.accept_calls)))}
    return "timer", {"timer_s": rng.uniform(0, 4 * scale.accept_s)}


def _worker_death(rng: random.Random, scale: Scale) -> tuple[str, dict[str, Any]]:
    dice = rng.random()
    if dice < 0.3:
        return "anywhere", {"hook": Death(rng.randrange(1, int(2 * scale.step_calls)))}
    if dice < 0.7:  # a commit is a small part of a step, and the one that matters
        at = rng.randrange(1, int(2 * scale.commit_calls))
        return "commit", {"hook": Death(at, only_in_commit=True)}
    return "timer", {"timer_s": rng.uniform(0, 2 * scale.step_s)}


def _writer(mouth: int) -> Callable[[bytes], object]:
    return lambda data: os.write(mouth, data)


WAYS = {"sender": ("anywhere", "timer"), "worker": ("anywhere", "commit", "timer")}
# Beyond the rounds asked for: how many deaths a round has hangs on how fast the machine is just then.
MORE_ROUNDS_MAX = 10


def enough(reports: list[Report], kills: int) -> bool:
    """Say whether there were so many kills, and some of each kind."""
    killed = {
        (who, way): sum(getattr(report, f"{who}_killed").get(way, 0) for report in reports)
        for who, ways in WAYS.items()
        for way in ways
    }
    return sum(report.kills for report in reports) >= kills and (kills == 0 or min(killed.values()) > 0)


def main() -> None:
    """Run from the command line: prints what it came to, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how many whole runs, each with its own seed")
    parser.add_argument("--kills", type=int, default=0, help="then go on until there were so many")
    parser.add_argument("--messages", type=int, default=60, help="messages in each run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undisturbed", action="store_true", help="kill nobody; print the ledger's hashes")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    reports: list[Report] = []
    for n in range(given.rounds + MORE_ROUNDS_MAX):
        if n >= given.rounds and (given.undisturbed or enough(reports, given.kills)):
            break
        together = n % 2 == 0
        with tempfile.TemporaryDirectory() as folder:
            if given.undisturbed:
                mail = script(given.seed + n, given.messages, timed=not together)
                outcome, _ = undisturbed(f"sqlite:///{folder}/store.db", mail, 1, ticking=not together)
                print(json.dumps([decision.hash for decision in outcome.decisions]))
                continue
            report = run(seed=given.seed + n, messages=given.messages, batch=1 if together else 4,
                         together=together, folder=Path(folder))  # fmt: skip
        reports.append(report)
        print(json.dumps({"together": together, "kills": report.kills, **asdict(report)}), flush=True)


if __name__ == "__main__":
    main()
