"""`vado`: the verbs, and the one place where an error becomes an exit code.

Exit codes: 0 done · 1 the answer is no · 2 bad input · 3 something outside is down · 70 a bug of ours.
A verb returns its exit code. What is heavy (numpy, OR-Tools, the web framework) is imported inside the
verbs, so that `vado --help` answers at once.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from vado import __version__
from vado.cli import check, edges, explain, feed, geocodes, output, plan, reach, region, serve, verify, whatif
from vado.cli.demo import command
from vado.errors import BugError, InputError, VadoError

app = typer.Typer(
    name="vado",
    help="Context-aware routing for field logistics: alerts become constraints on roads, plans stay true, "
    "decisions stay proven.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit codes: 0 done, 1 the answer is no, 2 bad input, 3 something outside is down, 70 a bug.",
)

app.command()(serve.serve)
app.command()(command.demo)
app.add_typer(region.app, name="region")
app.add_typer(feed.app, name="feed")
app.add_typer(geocodes.app, name="geocodes")
app.command()(plan.plan)
app.command()(check.check)
app.command()(reach.reach)
app.command()(edges.edges)
app.command()(edges.hazards)
app.command()(whatif.whatif)
app.command()(explain.explain)
app.command()(verify.verify)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"vado {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Keep the help text of the app; `--version` is handled by its callback."""


WESTERN = re.compile(r"-\d+(\.\d+)?,-?\d+(\.\d+)?")


def main(argv: Sequence[str]) -> int:
    """Do what the arguments say and give the exit code; every error is printed as code, cause, action."""
    as_json = "--json" in argv
    try:
        # West of Greenwich: a place that begins with a minus is no option.
        given = [f" {text}" if WESTERN.fullmatch(text) else text for text in argv]
        code = app(given or ["--help"], prog_name="vado", standalone_mode=False)
        return code if isinstance(code, int) else output.DONE
    except typer.Abort:
        return output.INTERRUPTED
    except typer.TyperException as wrong:
        error: VadoError = InputError(
            wrong.format_message().rstrip("."), code="E1007", action=f"see {_help_of(wrong)}"
        )
    except VadoError as known:
        error = known
    except BrokenPipeError:
        # The reader went away (`| head`): keep Python from complaining once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return output.NO
    except Exception as unforeseen:  # noqa: BLE001  the last catch: a person gets a code, not only a trace
        import traceback

        traceback.print_exc()
        error = BugError(f"{type(unforeseen).__name__}: {unforeseen}")
    output.show_error(error, as_json=as_json)
    return output.exit_code(error)


def _help_of(wrong: typer.TyperException) -> str:
    context = getattr(wrong, "ctx", None)
    return f"{context.command_path} --help" if context is not None else "vado --help"


def run() -> None:
    """Be the console script."""
    code = main(sys.argv[1:])
    gc.freeze()  # nothing is looked through for garbage as the process ends: a fifth of a short one's time
    sys.exit(code)
