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
RegionName = Annotated[str, typer.Option("--region", metavar="NAME", help="A region's name, or its folder.")]
At = Annotated[str, typer.Option("--at", metavar="TIME", help="RFC 3339 or epoch seconds.")]
From = Annotated[
    list[str], typer.Option("--from", metavar="LON,LAT", help="Where vehicles are; may be repeated.")
]
ProfileName = Annotated[str, typer.Option("--profile", help="car, van, truck or 4x4.")]
Equipment = Annotated[
    list[str] | None, typer.Option("--equipment", help="What is aboard, like chains; may be repeated.")
]
LoadOf = Annotated[
    list[str] | None,
    typer.Option("--load", metavar="KEY=VALUE", help="Like weight_kg=7000 or hazmat=D; may be repeated."),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at", metavar="TIME", help="Only by messages sent up to then: what was known then of --at."
    ),
]
SkipBad = Annotated[
    bool,
    typer.Option("--skip-bad", help="Go on without alert files that cannot be read; they are listed."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
