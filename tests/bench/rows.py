"""A row is one measurement; a table is what people read of them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Row = dict[str, Any]  # work, engine, and median_s | per_s | gap + budget_s | note


def row(work: str, engine: str, seconds: list[float], **more: Any) -> Row:
    """Make a row of the repeats of one piece of work."""
    return {
        "work": work,
        "engine": engine,
        "median_s": round(statistics.median(seconds), 6),
        "worst_s": round(max(seconds), 6),
        "repeats": len(seconds),
        **more,
    }


def absent(work: str, engine: str, why: str) -> Row:
    """Make the row of a peer that could not be run: never a missing row."""
    return {"work": work, "engine": engine, "median_s": None, "note": why}


@contextmanager
def stopwatch(into: list[float]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    into.append(time.perf_counter() - started)


class Stages:
    """Times the functions of a module from outside, so that the code measured stays the code shipped."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

        return timed


def show(title: str, rows: list[Row]) -> None:
    """Print the table for people."""
    table = Table(
        title=f"{title} · {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    table.add_column("work")
    table.add_column("engine")
    table.add_column("median", justify="right")
    table.add_column("worst", justify="right")
    table.add_column("note")
    for line in rows:
        table.add_row(
            line["work"],
            line["engine"],
            _time(line.get("median_s")),
            _time(line.get("worst_s")),
            line.get("note", ""),
        )
    Console(width=140).print(table)


def write_markdown(path: Path, rows: list[Row]) -> None:
    lines = [
        f"| {r['work']} | {r['engine']} | {_time(r.get('median_s'))} | {r.get('note', '')} |" for r in rows
    ]
    head = ["| work | engine | median | note |", "| --- | --- | ---: | --- |"]
    path.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds >= 100:
        return f"{seconds:.0f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def write(path: Path, rows: list[Row]) -> None:
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
