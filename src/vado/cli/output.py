"""What the command line says, and where: answers on stdout, everything else on stderr.

In: plain values. Out: a table for people or one JSON document for programs. Refuses to know the verbs.
Rich is imported inside the functions: `vado --help` must not wait for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vado.errors import BugError, Fault, InputError, OutsideError, StateError, VadoError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

DONE, NO, BAD_INPUT, OUTSIDE_DOWN, BUG = 0, 1, 2, 3, 70
FAULTS_SHOWN = 50  # to a person; a program gets all
INTERRUPTED = 130  # 128 + SIGINT, as shells have it

Tell = Callable[[str, int, int | None], None]  # what is being done, how much of it, of how much (if known)


def exit_code(error: VadoError) -> int:
    """Give the exit code that stands for an error; the tree in `errors` says the same."""
    if isinstance(error, InputError | StateError):
        return BAD_INPUT
    return OUTSIDE_DOWN if isinstance(error, OutsideError) else BUG


def out() -> Console:
    from rich.console import Console

    # A pipe has no width of its own: rows are then as long as they need to be, so that grep finds them.
    console = Console(file=sys.stdout, highlight=False)
    return console if console.is_terminal else Console(file=sys.stdout, highlight=False, width=200)


def err() -> Console:
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def say(text: str) -> None:
    """Tell a person something that is not the answer."""
    print(text, file=sys.stderr, flush=True)


def count(number: int, word: str) -> str:
    """Write a number of things: 1 town, 2 towns."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def write_json(data: object) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "") -> Table:
    """Make a table; a column whose head ends in `>` is set to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", caption=caption or None, caption_justify="left",
                 box=box.SIMPLE_HEAD, pad_edge=False)  # fmt: skip
    for column in columns:
        right = column.endswith(">")
        made.add_column(column.rstrip(">"), justify="right" if right else "left", overflow="fold")
    for row in rows:
        # Text, not str: a town called "[red]" is not markup.
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


def show_error(error: VadoError, *, as_json: bool) -> None:
    """Print all faults: code, where, cause, action. As JSON on stdout for programs, on stderr for people."""
    if as_json:
        write_json({"error": {"exit": exit_code(error), "faults": [fault_json(f) for f in error.faults]}})
        return
    for fault in error.faults[:FAULTS_SHOWN]:
        where = f" at {fault.field}" if fault.field else ""
        say(f"vado: {fault.code}{where}: {fault.cause}\n      {fault.action}")
    if len(error.faults) > FAULTS_SHOWN:
        say(f"vado: and {len(error.faults) - FAULTS_SHOWN} more; --json gives them all")
    if isinstance(error, BugError):
        say("      this is a fault of vado, not of your input")


def fault_json(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "cause": fault.cause, "action": fault.action, "field": fault.field}


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """Show how far something is, on stderr: a bar on a terminal, a line for each stage elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = err()
    if not console.is_terminal:
        yield _lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)

        def tell(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=f"{label}: {what}", completed=done, total=total)

        yield tell


def _lines(label: str) -> Tell:
    said = ""

    def tell(what: str, done: int, total: int | None) -> None:  # noqa: ARG001  a line for the stage is enough
        nonlocal said
        if what != said:
            said = what
            say(f"{label}: {what}")

    return tell
