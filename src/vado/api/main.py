"""The app: routes, errors, headers, the OpenAPI document. Put together by `app.make_api`.

It knows no solver: OR-Tools holds Python's lock while it searches, and an API that cannot answer is down.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vado import __version__, app
from vado.api import errors, schemas_in
from vado.api.pages import FOLDER
from vado.api.parts import Parts
from vado.api.routes import (
    decisions,
    edges,
    events,
    fragility,
    orders,
    overview,
    plan,
    service,
    situation,
    track,
    webhooks,
    whatif,
)
from vado.api.schemas_feeds import ReplayIn
from vado.model.roads import Roads
from vado.ports import Store
from vado.settings import Settings

ROUTERS = (webhooks, orders, plan, situation, edges, events, fragility, whatif, decisions, track, overview,
           service)  # fmt: skip
INPUTS: tuple[type[BaseModel], ...] = (*schemas_in.INPUTS, ReplayIn)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
ABOUT = """Alerts become constraints on roads, plans stay true, decisions stay proven.

Put vehicles, jobs and alerts in; each is on the disk when it is acknowledged (202), and the worker acts on
it. Read the plan, the reasons and the situation out. Errors are problem details (RFC 9457) with code, cause
and action, all faults of an input at once.
"""


def make_api(
    settings: Settings,
    *,
    store: Store | None = None,
    load_roads: Callable[[], Roads] | None = None,
    now_s: Callable[[], int] | None = None,
    worker_alive: Callable[[], bool | None] = lambda: None,
) -> FastAPI:
    """Make the app; what is not given comes from the settings. It closes a store that it opened itself."""
    kept = store or app.open_store(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if store is None:
            kept.close()

    api = FastAPI(
        title="vado", version=__version__, description=ABOUT, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    api.state.parts = Parts(
        settings=settings,
        store=kept,
        now_s=now_s or app.WorldClock(settings).now_s,
        load_roads=load_roads or (lambda: app.load_roads(settings)),
        find_fragility=lambda roads, profile: app.find_fragility(settings, roads, profile),
        worker_alive=worker_alive,
    )
    for module in ROUTERS:
        api.include_router(module.router)
    api.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    errors.install(api)
    api.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    api.add_middleware(Headers)
    api.openapi = lambda: _document(api)  # type: ignore[method-assign]
    return api


class Headers:
    """Adds to each answer what keeps browsers from doing more than they are asked to."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._inner(scope, receive, told)


def _document(api: FastAPI) -> dict[str, Any]:
    """Make the OpenAPI document once, with the shapes of bodies that are read raw."""
    if api.openapi_schema is None:
        made = get_openapi(title=api.title, version=api.version, description=ABOUT, routes=api.routes)
        _, extra = models_json_schema(
            [(model, "validation") for model in INPUTS], ref_template="#/components/schemas/{model}"
        )
        made["components"]["schemas"] = {**extra["$defs"], **made["components"]["schemas"]}
        api.openapi_schema = made
    return api.openapi_schema


def openapi_paths() -> list[str]:
    """List the paths of the API, for who checks that each is described."""
    from vado.store import MemoryStore

    return sorted(make_api(Settings(), store=MemoryStore()).openapi()["paths"])
