"""Alert files as `vado feed` reads them: a message whole or not at all, a larger file alert by alert."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vado.cli import output
from vado.cli.files import list_files, read_file
from vado.errors import InputError
from vado.model.alert import Alert

if TYPE_CHECKING:
    from vado.feeds.geocodes import Geocodes


def files_of(files: Sequence[Path]) -> tuple[Path, ...]:
    """List the files that the command line names, by themselves or by folder; - alone is standard input."""
    return (Path("-"),) if [str(file) for file in files] == ["-"] else list_files(files)


def read_alerts(path: Path, places: Geocodes) -> Iterable[Alert]:
    """Read a file: a message whole or not at all; a larger one alert by alert, as far as it goes."""
    from vado import feeds
    from vado.feeds.recognise import BODY_MAX

    source = path.resolve().parent.name or "files"
    if path == Path("-") or not path.is_file() or path.stat().st_size <= BODY_MAX:
        return feeds.parse(read_file(path, field=str(path)), source=source, geocodes=places)
    return _stream(path, source)


def _stream(path: Path, source: str) -> Iterator[Alert]:
    from vado import feeds

    progress = _Progress(path)
    try:
        with path.open("rb") as file:
            yield from feeds.read_stream(file, source=source, progress=progress.show)
    finally:
        progress.end()


class _Progress:
    """A line on the terminal that says how far a large file was read; nothing where there is no terminal."""

    def __init__(self, path: Path) -> None:
        self.total = path.stat().st_size
        self.shown = -1
        self.on = sys.stderr.isatty()
        self.name = path.name

    def show(self, count: int) -> None:
        percent = 100 * count // max(self.total, 1)
        if self.on and percent != self.shown:
            self.shown = percent
            print(
                f"\r{self.name}: {percent} % of {self.total / 1e6:.0f} MB",
                end="",
                file=sys.stderr,
                flush=True,
            )

    def end(self) -> None:
        if self.on and self.shown >= 0:
            print(file=sys.stderr)


def show_bad(path: Path, error: InputError, *, as_json: bool) -> None:
    if as_json:
        row = {"file": str(path), "faults": [output.fault_json(fault) for fault in error.faults]}
        print(json.dumps(row, ensure_ascii=False))
        return
    sys.stdout.flush()
    output.say(f"{path}: cannot be read")
    output.show_error(error, as_json=False)
