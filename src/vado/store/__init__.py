"""The store: truth on a disk. Inbox, worlds, decisions, writers, tokens; every call is one transaction.

In: bytes and values of `model`. Out: the same. Refuses to know what they mean; it guards that nothing
acknowledged is lost, that one writer writes, that versions follow each other and that the ledger's records
go in as they were sealed. See docs/explanation/store-and-ledger.md.
"""

from __future__ import annotations

from vado.errors import InputError
from vado.ports import Store
from vado.store.memory import MemoryStore

__all__ = ["MemoryStore", "open_store"]


def open_store(url: str, *, create: bool = True) -> Store:
    """Open a store by its address, and bring its tables up to date; raises OutsideError E2001.

    "sqlite:///relative/path.db", "sqlite:////absolute/path.db", "postgresql+psycopg://user@host/db" or
    "memory://". Without `create`, an SQLite file that is not there is an error and not an empty store. Open
    it in the process that uses it: connections do not survive a fork.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        return MemoryStore()
    # Imported only now: SQLAlchemy takes a quarter of a second that `vado --help` need not pay.
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from vado.store.sqlite import open_sqlite

        return open_sqlite(rest[1:], create=create)
    if scheme in ("postgresql+psycopg", "postgresql", "postgres") and rest:
        from vado.store.postgres import open_postgres

        return open_postgres(f"postgresql+psycopg://{rest}")
    raise InputError(
        f"{scheme or url!r} is no address of a store",
        code="E1004",
        action="give sqlite:///path/to/store.db, postgresql+psycopg://user@host/database or memory://",
        field="store",
    )
