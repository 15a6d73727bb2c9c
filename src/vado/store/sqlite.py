"""SQLite: one file, no server. What returned is on the disk, also when the power goes (synchronous=FULL)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from vado.errors import OutsideError
from vado.store.sql import WRITE, SqlStore, open_sql

BUSY_S = 30  # a writer waits so long for another one; each holds the lock for milliseconds


def open_sqlite(path: str, *, create: bool) -> SqlStore:
    """Open or make the file and bring its tables up to date."""
    if not create and not Path(path).is_file():
        raise OutsideError(
            f"there is no store at {path}", code="E2001", action="give the path of an existing store file"
        )
    try:
        Path(path).absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            f"no folder can be made for the store {path}: {error.strerror}",
            code="E2001",
            action="give a path in a folder that you may write to",
        ) from error
    engine = make_engine(path)
    return open_sql(engine)


def make_engine(path: str) -> Engine:
    """Give an engine whose connections are set up, and whose transactions begin as they should."""
    engine = create_engine(
        URL.create("sqlite", database=path),
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
        pool_size=8,
        max_overflow=32,  # as many as a server has threads
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # Python shall not begin transactions behind our back; `_begin` does
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone does not empty the disk's own cache
    # Asking is free, switching needs the file for itself: switch once in a file's life.
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then wants to write fails at once when another one wrote meanwhile:
    # who means to write says so at the beginning and waits.
    write = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
