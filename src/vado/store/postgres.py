"""PostgreSQL 15 or newer, by psycopg 3: for teams, and for workers on other machines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, exc, make_url

from vado.errors import InputError
from vado.store.sql import SqlStore, open_sql

CONNECT_S = 10


def open_postgres(url: str) -> SqlStore:
    """Connect and bring the tables up to date."""
    return open_sql(make_engine(url))


def make_engine(url: str) -> Engine:
    """Give an engine whose commits are durable and whose dead connections are replaced."""
    try:
        address = make_url(url)
    except exc.ArgumentError as error:
        raise InputError(
            "the address of the store cannot be read",  # not shown: it may hold a password
            code="E1004",
            action="give postgresql+psycopg://user:password@host:port/database",
            field="store",
        ) from error
    if "connect_timeout" not in address.query:
        address = address.update_query_dict({"connect_timeout": str(CONNECT_S)})
    engine = create_engine(address, pool_pre_ping=True, pool_size=8, max_overflow=32)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    # A server may be set to acknowledge before it is durable. We do not.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()
