"""The fuzz targets that are no feed: shapefiles, tables of places, tiles of heights, problems, plans.

`python -m fuzz.others NAME` runs one under atheris, as `scripts/fuzz NAME` does. Each takes any bytes and
gives a value, or an error that says what to do; nothing else.
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fuzz.target import changed
from vado.errors import Fault

KEPT: dict[str, Path] = {}  # the folder in which a target that reads paths finds its bytes


def shapefile(body: bytes) -> None:
    """Read a shapefile's two parts; where a ring is, it is closed."""
    from vado.feeds.dbf import read_dbf
    from vado.feeds.findings import Findings
    from vado.feeds.shp import read_shp

    with named():
        for polygon in (each for record in read_shp(body, "x.shp", Findings()) for each in record):
            assert polygon.outer[0] == polygon.outer[-1]
    with named():
        rows = read_dbf(body, "x.dbf")
        assert all(isinstance(cell, str) for row in rows for cell in row.values())


def places(body: bytes) -> None:
    """Read a table of places, GeoJSON or rows, and make all its shapes."""
    from vado.feeds.geocodes import load_geocodes

    path = _written("table.geojson" if body.lstrip()[:1] in (b"{", b"[") else "table.csv", body)
    with named():
        tables = load_geocodes([f"NUTS3={path}"])
        for key in (*tables.shapes, *tables.aliases):
            found = tables.find(*key)
            assert found is None or all(each.outer for each in found)


def tile(body: bytes) -> None:
    """Read a tile of heights, zipped or not, and ask it for one."""
    import numpy as np

    from vado.feeds.srtm import open_elevation

    path = _written("N42E001.hgt.zip" if body[:2] == b"PK" else "N42E001.hgt", body)
    with named():
        heights = open_elevation([path]).heights(np.array([1.5, 1.0]), np.array([42.5, 42.0]))
        assert heights.shape == (2,)


def problem(body: bytes) -> None:
    """Read a problem, batches of jobs and vehicles, reports; twice the same."""
    from vado.exchange.problem import read_jobs, read_problem, read_reports, read_vehicles

    for read in (read_problem, read_jobs, read_vehicles, read_reports):
        with named():
            found = read(body)
            # The matrices of a problem are arrays, which are not compared so.
            assert read is read_problem or found == read(body)


def plan(body: bytes) -> None:
    """Read a plan of a small problem, ours or VROOM's."""
    from given_problems import job, vehicle
    from given_problems import problem as given
    from vado.exchange.plan_file import read_plan

    asked = given([job("a", 3), job("b", 5)], [vehicle("v1")])
    with named():
        read_plan(body, asked, None)


@contextmanager
def named() -> Iterator[None]:
    """Let an error pass that names its faults and what to do; anything else is a finding."""
    from vado.errors import InputError

    refused: tuple[Fault, ...] | None = None
    try:
        yield
    except InputError as error:
        refused = error.faults
    assert refused is None or refused
    assert all(fault.code.startswith("E1") and fault.action for fault in refused or ())


def _written(name: str, body: bytes) -> Path:
    folder = KEPT.get("")
    if folder is None:
        folder = KEPT[""] = Path(tempfile.mkdtemp(prefix="vado-fuzz-"))
        atexit.register(shutil.rmtree, folder, True)
    path = folder / name
    path.write_bytes(body)
    return path


OTHERS: dict[str, Callable[[bytes], None]] = {
    "shapefiles": shapefile,
    "tables-of-places": places,
    "tiles-of-heights": tile,
    "problems": problem,
    "plans": plan,
}


def main() -> None:
    import atheris

    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["vado.feeds", "vado.exchange"]):
        import vado.exchange.plan_file
        import vado.exchange.problem
        import vado.feeds.dbf
        import vado.feeds.geocodes
        import vado.feeds.shp
        import vado.feeds.srtm  # noqa: F401

    atheris.Setup(sys.argv, OTHERS[name], custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
