"""Wiring: the only place where settings become a store, roads, a worker, an API.

In: `Settings`. Out: the parts, put together, and the processes that run them. Refuses to know any rule.
What is heavy is imported inside the functions: a process loads what its role needs (the API never loads
OR-Tools, the worker no web framework).
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from vado.errors import InputError, OutsideError, StateError, VadoError
from vado.keeper import LOST, SHUTDOWN_S, Keeper, stopping, told_to_stop

if TYPE_CHECKING:
    from fastapi import FastAPI

    from vado.feeds import Lifecycle
    from vado.feeds.geocodes import Geocodes
    from vado.hazards import Meaning
    from vado.model.feed import Feed
    from vado.model.roads import Roads
    from vado.network.fragility import Fragility
    from vado.poller import Poller
    from vado.ports import Store
    from vado.settings import Settings
    from vado.worker import Worker

Role = Literal["all", "api", "worker"]

# The API is named as uvicorn names apps and not imported: it stands above this module and uses it.
API = "vado.api.main:make_api"


def load_meaning() -> Meaning:
    """Read the tables that say what hazards do; raises InputError naming every hole in them."""
    from vado.hazards import parse_meaning
    from vado.store.data import data_path

    return parse_meaning(_table(data_path("effects.toml")), _table(data_path("kinds.toml")))


def load_geocodes(settings: Settings) -> Geocodes:
    """Read the tables of places: those downloaded, then those of the settings, which count where both do.

    Raises InputError naming every file that is none.
    """
    from vado.feeds.geocode_fetch import table_paths
    from vado.feeds.geocodes import load_geocodes as load

    return load((*table_paths(settings.geocodes_folder), *settings.geocodes))


def open_store(settings: Settings) -> Store:
    """Open the store of the settings, in the process that uses it."""
    from vado.store import open_store as open_by_url

    if not settings.store_url:
        settings.home.mkdir(parents=True, exist_ok=True)
    return open_by_url(settings.store)


def load_roads(settings: Settings) -> Roads:
    """Map the region's arrays into memory; raises StateError E3002 when none is set or there is none."""
    from vado.store.regions import Regions

    if not settings.region:
        raise StateError(
            "no region is set",
            code="E3002",
            action="set region in vado.toml or VADO_REGION; vado region build makes one",
            field="region",
        )
    return Regions(settings.home / "regions").load(settings.region)


def find_fragility(settings: Settings, roads: Roads, profile: str) -> Fragility | None:
    """Find what hangs on what as it was kept beside the region; None where nobody asked for it yet."""
    from vado.store.fragility import find
    from vado.store.regions import Regions

    try:
        folder = Regions(settings.home / "regions").info(settings.region).path
    except VadoError:
        return None
    return find(folder, roads.content_hash, profile)


class WorldClock:
    """The clock of a world: the real one, or one that runs from an origin at its own speed.

    Two processes with the same settings agree on it, which a clock that starts with its process would not.
    """

    def __init__(self, settings: Settings, *, real: Callable[[], float] = time.time) -> None:
        self._real, self._speed = real, settings.clock_speed
        origin, start = settings.clock_origin, settings.clock_start
        self._start_s = real() if start is None else start.timestamp()
        self._origin_s = None if origin is None else origin.timestamp()
        self._file = settings.clock_file

    def now_s(self) -> int:
        """Read the clock, whole epoch seconds UTC."""
        if self._file is not None:
            return _written_s(self._file)
        if self._origin_s is None:
            return int(self._real())
        return int(self._origin_s + (self._real() - self._start_s) * self._speed)


def _written_s(path: Path) -> int:
    """Read the instant a clock file holds; raises OutsideError E2004."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise OutsideError(
            f"the clock file {path} holds no instant ({error})",
            code="E2004",
            action="write epoch seconds into it, whole at once, or unset clock_file",
        ) from error


def refuse_unknown_profiles(profiles: Iterable[str], meaning: Meaning, *, field: str = "") -> None:
    """Raise InputError when the effect tables are silent on a profile: silence would read as "all open"."""
    from vado.store.data import data_path

    silent = sorted(set(profiles) - set(meaning.profiles))
    if silent:
        raise InputError(
            f"{data_path('effects.toml')} says nothing of {', '.join(silent)}, which the region has",
            code="E1207",
            action="add the profile to its `profiles` and its rows, or build the region without it",
            field=field,
        )


def make_worker(settings: Settings, *, store: Store | None = None, roads: Roads | None = None) -> Worker:
    """Put the worker together and become the writer; raises StateError E3007 on other roads."""
    from vado.model.ids import WorldId
    from vado.model.problem import Budget
    from vado.worker import Worker

    roads, meaning = roads or load_roads(settings), load_meaning()
    refuse_unknown_profiles(roads.profiles, meaning)
    return Worker(
        store or open_store(settings),
        world_id=WorldId(settings.world),
        roads=roads,
        meaning=meaning,
        budget=Budget(solutions_max=settings.budget_solutions, seconds_max=settings.budget_seconds),
        clock=WorldClock(settings),
        lifecycles=lifecycles(settings),
        geocodes=load_geocodes(settings),
        poll_s=settings.poll_ms / 1000,
    )


def lifecycles(settings: Settings) -> dict[str, Lifecycle]:
    """Give what the settings say of sources whose documents are not as usual with their format."""
    from vado.feeds import Lifecycle

    return {name: Lifecycle(feed.lifecycle) for name, feed in settings.declared.items() if feed.lifecycle}


def make_pollers(
    settings: Settings, *, store: Store, pause: Callable[[float], None], transport: Any = None
) -> list[Poller]:
    """Put pollers together: one a host, so that a slow one keeps nobody else waiting."""
    from random import Random

    from vado.feeds.fetch import host_of, make_client
    from vado.model.ids import WorldId
    from vado.poller import Poller

    groups: dict[str, list[Feed]] = {}
    for name, feed in settings.declared.items():
        if feed.url or settings.feeds[name].sns_topics:
            groups.setdefault(host_of(feed.url), []).append(feed)
    return [
        Poller(
            store,
            world_id=WorldId(settings.world),
            feeds=feeds,
            client=make_client(transport),
            clock=WorldClock(settings),
            real_s=time.time,
            pause=pause,
            random=Random(f"{settings.world} {host}"),
            callback=settings.url,
        )
        for host, feeds in groups.items()
    ]


def run_pollers(settings: Settings) -> None:
    """Ask feeds in this process until Ctrl-C or SIGTERM, or until the process that started it is gone."""
    log_to_stderr(settings)
    with told_to_stop() as stop:
        store = open_store(settings)
        pollers = make_pollers(settings, store=store, pause=lambda seconds: _ignore(stop.wait(seconds)))
        threads = [
            threading.Thread(target=poller.run, args=(stop.is_set,), daemon=True) for poller in pollers
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(1.0):
            pass  # signals are heard between waits
        for thread in threads:
            thread.join(SHUTDOWN_S)


def _ignore(_: object) -> None:
    """Make a call return nothing."""


def make_api(settings: Settings, *, worker_alive: Callable[[], bool | None] = lambda: None) -> FastAPI:
    """Put the API together."""
    from uvicorn.importer import import_from_string

    return cast("FastAPI", import_from_string(API)(settings, worker_alive=worker_alive))


def serve(settings: Settings, *, role: Role = "all", ready: Callable[[str], None] = lambda _: None) -> None:
    """Run until Ctrl-C or SIGTERM: the API, the worker, or the API here and a worker process beside it.

    `ready` is told the address once requests are answered. Raises OutsideError E2003 when the address is in
    use, StateError E3002 without a region; all that before anything is started.
    """
    log_to_stderr(settings)
    _name_unknown_variables()
    settings = _with_clock_start(settings)
    if role == "worker":
        with ExitStack() as stack:
            if _polls(settings):
                open_store(settings).close()
                stack.enter_context(Keeper(settings, target=run_pollers, name="poller"))
            ready("")
            run_worker(settings)
        return
    load_roads(settings)  # say now what the worker would only say to the log
    load_geocodes(settings)
    open_store(settings).close()  # the tables are brought up to date by one process
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(settings))
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        alive: Callable[[], bool | None] = lambda: None  # noqa: E731  the role's only choice
        if role == "all":
            keeper = stack.enter_context(Keeper(settings, target=_worker_main, name="worker"))
            alive = keeper.alive
            if _polls(settings):
                stack.enter_context(Keeper(settings, target=run_pollers, name="poller"))
        _run_api(make_api(settings, worker_alive=alive), settings, listener, ready)


def _polls(settings: Settings) -> bool:
    return any(feed.url or feed.sns_topics for feed in settings.feeds.values())


def run_worker(settings: Settings) -> None:
    """Work in this process until Ctrl-C or SIGTERM, or until the process that started this one is gone."""
    log_to_stderr(settings)
    with told_to_stop() as stop:
        worker = make_worker(settings)
        worker.run(stop.is_set)


def _worker_main(settings: Settings) -> None:
    """Be the worker process; its exit code says whether starting it again at once makes sense."""
    import structlog

    try:
        run_worker(settings)
    except VadoError as error:
        structlog.get_logger("vado.worker").error("worker.ended", code=error.code, cause=str(error))
        sys.exit(LOST if isinstance(error, StateError) else 1)


def _run_api(app: FastAPI, settings: Settings, listener: socket.socket, ready: Callable[[str], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready(settings.url)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.parts.watch.close()  # streams would keep us until the time for requests is up
            await super().shutdown(sockets=sockets)

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses and recipients' tokens stay out of logs
        proxy_headers=False,  # who is near is decided by the real peer
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    with stopping(lambda: None):  # uvicorn raises the signal once more when it is done
        Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    """Take the address; raises OutsideError E2003."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _no_address(settings, f"cannot be used: {error.strerror}") from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise _no_address(settings, "is in use" if taken else f"cannot be used: {error.strerror}") from error
    return listener


def _no_address(settings: Settings, why: str) -> OutsideError:
    return OutsideError(
        f"{settings.host}:{settings.port} {why}",
        code="E2003",
        action="stop what listens there, or set another host or port (VADO_PORT; 0 takes any free one)",
        field="port",
    )


def _name_unknown_variables() -> None:
    """Say which variables look like settings and are none: a misspelt one would be ignored in silence."""
    import structlog

    from vado.settings import unknown_variables

    for name in unknown_variables(os.environ):
        structlog.get_logger("vado.app").warning("settings.unknown", variable=name)


def _with_clock_start(settings: Settings) -> Settings:
    """Fix when the world's clock started, so that both processes read the same time."""
    if settings.clock_origin is None or settings.clock_start is not None:
        return settings
    from vado.model.when import instant

    return settings.model_copy(update={"clock_start": instant(int(time.time()))})


def log_to_stderr(settings: Settings) -> None:
    """Write logs to standard error: lines for people on a terminal, JSON elsewhere."""
    import structlog

    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    people = sys.stderr.isatty()
    # The usual traceback prints local variables: addresses, descriptions.
    lines = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if people else [structlog.processors.format_exc_info]),
            lines if people else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"our own table {path.name} cannot be read: {error}", code="E1005") from error
