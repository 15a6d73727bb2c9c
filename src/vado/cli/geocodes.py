"""`vado geocodes`: tables of places by code, downloaded and kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import settings
from vado.cli.options import AsJson
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from vado.feeds.geocode_fetch import TableCard

app = typer.Typer(help="Tables of places, for warnings that name areas by code alone.", rich_markup_mode=None)

Json = dict[str, Any]
BYTES_MAX = 300_000_000


@app.callback()
def _group() -> None:
    """Group what is done with tables of places."""


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the table, like nuts3.")],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where it is; else where it came from.")
    ] = "",
    scheme: Annotated[
        str, typer.Option("--scheme", metavar="SCHEME", help="Whose codes, if the file does not say.")
    ] = "",
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HEX", help="Take only the file with this checksum.")
    ] = "",
    bytes_max: Annotated[
        int, typer.Option("--bytes-max", metavar="N", min=1, max=BYTES_MAX, help="The largest to take.")
    ] = BYTES_MAX,
    as_json: AsJson = False,
) -> int:
    """Download a table of places, or look whether there is a newer one; it is used from then on."""
    from vado.feeds.fetch import make_client
    from vado.feeds.geocode_fetch import fetch_table

    with make_client() as client:
        card, state = fetch_table(client, folder(), name, url=url, scheme=scheme, sha256=sha256,
                                  bytes_max=bytes_max, now_s=int(time.time()))  # fmt: skip
    row = {**_row(card), "state": state}
    if as_json:
        output.write_json(row)
        return output.DONE
    print(f"{name}: {state}, {card.size:,} bytes, sha256 {card.sha256}")
    if state != "same":
        print("a service that runs takes it in when it starts again")
    return output.DONE


@app.command("list")
def list_tables(as_json: AsJson = False) -> int:
    """Show the tables that were downloaded, and from where."""
    from vado.feeds import geocode_fetch

    rows = [_row(card) for card in geocode_fetch.list_tables(folder())]
    if as_json:
        output.write_json({"tables": rows})
    elif not rows:
        print("no table of places was downloaded")
    else:
        columns = ["name", "scheme", "bytes>", "fetched", "sha256", "url"]
        shown = [(r["name"], r["scheme"] or "-", f"{r['bytes']:,}", r["fetched"], r["sha256"][:12], r["url"])
                 for r in rows]  # fmt: skip
        output.out().print(output.table("tables of places", columns, shown))
    return output.DONE


def folder() -> Path:
    """Give the folder of the downloaded tables."""
    return settings().geocodes_folder


def _row(card: TableCard) -> Json:
    return {
        "name": card.name, "scheme": card.scheme, "url": card.url, "bytes": card.size,
        "sha256": card.sha256, "fetched": rfc3339(card.fetched_s), "file": card.file,
    }  # fmt: skip
