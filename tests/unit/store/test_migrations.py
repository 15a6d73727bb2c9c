"""The tables that migrations make are those that the code uses; opening is quick; many may open at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from postgres import new_database
from vado.store import migrations, open_store, postgres, sqlite
from vado.store.migrations import REVISION, current, migrate
from vado.store.schema import metadata


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = (
        sqlite.make_engine(f"{tmp_path}/store.db")
        if request.param == "sqlite"
        else postgres.make_engine(new_database())
    )
    yield made
    made.dispose()


def test_the_revision_in_the_code_is_the_newest_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_tables_made_are_those_in_the_code(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as db:
        assert current(db) == REVISION
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_tokens_of_an_older_store_stay(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "REVISION", "0001")
    migrate(engine)
    with engine.begin() as db:
        db.execute(text("INSERT INTO tokens (token, world, job) VALUES ('t', 'w', 'j')"))
    monkeypatch.undo()
    migrate(engine)
    with engine.connect() as db:
        assert db.execute(text("SELECT token, job, retired FROM tokens")).all() == [("t", "j", False)]


def test_a_migration_that_fails_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real = migrations._upgrade

    def broken(db: object) -> None:
        real(db)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "_upgrade", broken)
    with pytest.raises(KeyboardInterrupt):
        migrate(engine)
    with engine.connect() as db:
        assert current(db) is None
    monkeypatch.undo()
    migrate(engine)
    with engine.connect() as db:
        assert current(db) == REVISION


def test_many_migrate_at_once_and_one_does_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real = migrations._upgrade

    def counted(db: object) -> None:
        done.append("migrated")
        real(db)  # type: ignore[arg-type]

    monkeypatch.setattr(migrations, "_upgrade", counted)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: migrate(engine), range(6)))
    assert done == ["migrated"]


def test_a_store_that_is_current_is_opened_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    open_store(url).close()
    code = (
        f"import sys; from vado.store import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    engine = sqlite.make_engine(f"{tmp_path}/store.db")
    with engine.connect() as db:
        found = {
            name: db.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_postgres_commits_durably_also_where_the_server_would_not() -> None:
    url = new_database()
    admin = postgres.make_engine(url)
    with admin.begin() as db:
        db.execute(text(f"ALTER DATABASE {admin.url.database} SET synchronous_commit = off"))
    admin.dispose()
    engine = postgres.make_engine(url)
    with engine.connect() as db:
        assert db.execute(text("SHOW synchronous_commit")).scalar() == "on"
    engine.dispose()


def test_the_short_names_of_postgres_are_taken_too() -> None:
    url = new_database()
    for scheme in ("postgres", "postgresql"):
        open_store(url.replace("postgresql+psycopg", scheme, 1)).close()
