"""`vado serve`: the service, on one machine or one role of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.options import GeocodePaths
from vado.errors import InputError

if TYPE_CHECKING:
    from vado.app import Role

ROLES: tuple[Role, ...] = ("all", "api", "worker")


def serve(
    role: Annotated[str, typer.Option("--role", help="all, api or worker.")] = "all",
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; 0 takes any free one.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="NAME", help="The roads.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="STORE", help="A store's file or URL.")
    ] = None,
    geocodes: GeocodePaths = None,
    world: Annotated[
        str | None, typer.Option("--world", metavar="NAME", help="Which world to serve.")
    ] = None,
) -> int:
    """Serve the API and keep a worker beside it, until Ctrl-C. What is left out comes from the settings."""
    from vado.app import serve as serve_roles
    from vado.settings import load_settings

    if role not in ROLES:
        raise InputError(f"there is no role {role!r}", code="E1007", field="--role",
                         action=f"give one of {', '.join(ROLES)}")  # fmt: skip
    given: dict[str, Any] = {"host": host, "port": port, "region": region, "world": world,
                             "geocodes": geocodes,
                             "store_url": None if store is None else store_url(store)}  # fmt: skip
    settings = load_settings(**{key: value for key, value in given.items() if value is not None})

    def ready(address: str) -> None:
        output.say(f"vado: serving {settings.region} at {address}" if address else "vado: working")

    serve_roles(settings, role=next(known for known in ROLES if known == role), ready=ready)
    return output.DONE


def store_url(store: str) -> str:
    """Give a store's URL; a path is an SQLite file."""
    return store if "://" in store else f"sqlite:///{Path(store).absolute()}"
