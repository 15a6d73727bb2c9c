"""Options that several verbs share: said once, so that they are called and mean the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AlertPaths = Annotated[
    list[Path] | None,
    typer.Option("--alerts", metavar="PATH", help="Alert file or folder of them; may be repeated."),
]
GeocodePaths = Annotated[
    list[str] | None,
    typer.Option(
        "--geocodes", metavar="PATH", help="Table of places by code, or folder of them; may be repeated."
    ),
]
RegionOrMatrix = Annotated[
    str | None,
    typer.Option("--region", metavar="NAME", help="A region; not with the file's own matrices."),
]
SkipBad = Annotated[
    bool,
    typer.Option("--skip-bad", help="Go on without alert files that cannot be read; they are listed."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
