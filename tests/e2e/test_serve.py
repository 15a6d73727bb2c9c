"""`vado serve` for real: two processes, a port of its own, ended by SIGTERM without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from served import TOWN, job, vehicle
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind
from vado.store import open_store
from vado.store.regions import Regions

CODE = """
from vado.app import serve
from vado.settings import load_settings
if __name__ == "__main__":
    serve(load_settings(), ready=lambda address: print(address, flush=True))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_it_starts_answers_and_ends_cleanly(tmp_path: Path) -> None:
    Regions(tmp_path / "regions").save(TOWN)
    script = tmp_path / "serve.py"
    script.write_text(CODE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VADO_")}
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={**kept, "VADO_HOME": str(tmp_path), "VADO_REGION": TOWN.name, "VADO_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
            assert client.get("/health").json()["store"] == "ok"
            assert client.post("/v1/vehicles", json=[vehicle(TOWN, "v1", "A")]).status_code == 202
            receipt = client.post("/v1/jobs", json=[job(TOWN, "b", "B")]).json()
            assert receipt["tracking"]["b"].startswith(address)
            # The worker is another process: what it decides is pushed by this one, until it is told to end.
            with client.stream("GET", "/v1/events?since=0") as stream:
                lines = stream.iter_lines()
                heard = next(line for line in lines if line.startswith("event: "))
                process.send_signal(signal.SIGTERM)
                last = list(lines)
        _, logged = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, logged
    assert "Traceback" not in logged
    assert "graceful shutdown exceeded" not in logged, "open streams hold nobody up"
    assert heard in ("event: vado.world.changed", "event: vado.inbox.changed")
    assert last[-1] == "", "the last event came whole"
    assert receipt["tracking"]["b"].rsplit("/", 1)[1] not in logged
    store = open_store(f"sqlite:///{tmp_path / 'vado.db'}")
    try:  # what was acknowledged is there, taken in or not
        world = store.find_world(WorldId("main"))
        known = {row.kind for row in store.pending(WorldId("main"), limit=9)}
        assert world is not None or known == {InboxKind.VEHICLES, InboxKind.JOBS}
        assert store.find_job_by_token(receipt["tracking"]["b"].rsplit("/", 1)[1]) is not None
    finally:
        store.close()
