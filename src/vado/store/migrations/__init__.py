"""Bring tables up to date, by Alembic, when a store is opened.

Most starts find everything current: that is one SELECT, and Alembic is not even imported. Otherwise one
process at a time migrates, in one transaction; the others wait, look again and find it done.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from vado.errors import StateError

REVISION = "0003"  # the newest file in versions/; a test keeps the two the same
# For pg_advisory_xact_lock: any number nobody else uses. "vado" in ASCII.
LOCK = 0x7661646F


def migrate(engine: Engine) -> None:
    """Make or change the tables until they are at `REVISION`; raises StateError E3006 for a newer store."""
    with engine.connect() as db:
        if current(db) == REVISION:
            return
    # The option makes SQLite take its write lock at once (see store.sqlite).
    with engine.execution_options(vado_write=True).begin() as db:
        if db.dialect.name == "postgresql":
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if current(db) != REVISION:
            _upgrade(db)


def current(db: Connection) -> str | None:
    """Give the revision of a store; None when it has no tables yet."""
    if not inspect(db).has_table("alembic_version"):
        return None
    return db.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(db: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    found = current(db)
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError as error:
            raise StateError(
                f"the store has tables of revision {found}, this version of vado knows {REVISION}",
                code="E3006",
                action="run the version of vado that wrote this store, or a newer one",
            ) from error
    command.upgrade(config, REVISION)
