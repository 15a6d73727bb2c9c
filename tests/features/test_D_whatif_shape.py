"""What if all roads within a shape were shut: the same answer from the command line and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import drawn
from served import MIDNIGHT, Service, at
from vado.cli.main import main
from vado.model.when import rfc3339
from vado.store.regions import Regions

# A river between the two rows: over it go a bridge (BE), a tunnel (CF) and, far in the west, a road (AD).
TOWN = drawn.roads(
    """
    A------B------C
    |      |      |
    D      E------F
    |             |
    G             H
    """,
    ways={"BE": {"ref": "CG-4", "bridge": True}, "CF": {"ref": "CG-5", "tunnel": True}},
    name="river",
)


def ring(*letters: str, wide: float = 3e-4) -> list[list[float]]:
    """Draw a box around the middles of some roads, degrees."""
    points = [drawn.between(TOWN, pair) for pair in letters]
    west, east = min(x for x, _ in points) - wide, max(x for x, _ in points) + wide
    south, north = min(y for _, y in points) - wide, max(y for _, y in points) + wide
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def along(pair: str) -> list[list[float]]:
    return [list(drawn.lonlat(TOWN, letter)) for letter in pair]


EAST = polygon(ring("BE", "CF"))


@pytest.fixture
def service() -> Service:
    made = Service(town=TOWN)
    made.start(jobs="e@E", vehicles="v1@A")
    return made


def over_http(service: Service, shape: object) -> dict[str, str]:
    answer = service.post("/v1/whatif", {"close": [shape]})
    assert answer.status_code == 200, answer.text
    return {change["name"]: change["now"] for change in answer.json()["changes"]}


def by_hand(folder: Path, shape: object, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    Regions(folder / "regions").save(TOWN)
    file = folder / "closed.geojson"
    file.write_text(json.dumps(shape))
    home = ",".join(map(str, drawn.lonlat(TOWN, "A")))
    code = main(["whatif", "--region", "river", "--at", rfc3339(at(9)), "--from", home, "--close", str(file),
                 "--json"])  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert code == 0, told
    assert told["closed"] == [str(file)]
    return {change["name"]: change["now"] for change in told["changes"]}


CUT = {"E": "cut off", "F": "cut off", "H": "cut off"}


@pytest.mark.parametrize(
    ("shape", "changes"),
    [
        (EAST, CUT),
        ({"type": "Feature", "properties": {"name": "flood plain"}, "geometry": EAST}, CUT),
        ({"type": "MultiPolygon", "coordinates": [[ring("BE")], [ring("CF")]]}, CUT),
        ({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": None, "geometry": polygon(ring("BE"))},
            {"type": "Feature", "properties": {}, "geometry":
                {"type": "GeometryCollection", "geometries": [polygon(ring("CF"))]}},
        ]}, CUT),
        ({"type": "MultiLineString", "coordinates": [along("BE"), along("CF")]}, CUT),
        (polygon(ring("BE")), {}),  # one of two ways over: nobody is worse off
        (polygon(ring("AD", "BE", "CF")), dict.fromkeys("DEFGH", "cut off")),
    ],
    ids=["polygon", "feature", "multipolygon", "collections", "lines", "one bridge", "all"],
)  # fmt: skip
def test_what_lies_within_a_shape_is_shut(
    shape: dict[str, Any],
    changes: dict[str, str],
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("VADO_HOME", str(tmp_path))
    assert over_http(service, shape) == changes
    assert by_hand(tmp_path, shape, capsys) == changes


def test_the_world_stays_as_it_is(service: Service) -> None:
    before = service.get("/v1/reach").json()
    assert over_http(service, EAST) == CUT
    assert service.get("/v1/reach").json() == before
    assert service.world.now_s == at(9) > MIDNIGHT


# Around the whole town, and the town left out: a hole is not shut.
AROUND = polygon(ring("AD", "BE", "CF", wide=0.1), ring("AD", "BE", "CF", wide=0.05))
FAR = polygon([[x + 5, y] for x, y in ring("BE")])


@pytest.mark.parametrize(
    ("shape", "code", "field"),
    [
        (FAR, "E1210", "close[0]"),
        (AROUND, "E1210", "close[0]"),
        (polygon(ring("BE")[:-1]), "E1103", "close[0].coordinates[0]"),
        (polygon(ring("BE")[:2]), "E1103", "close[0].coordinates[0]"),
        ({"type": "Polygon"}, "E1003", "close[0].coordinates"),
        ({"type": "Circle", "coordinates": [1, 2]}, "E1004", "close[0]"),
        ({"type": "Polygon", "coordinates": [[["east", 42], [1, 2], [3, 4], [1, 2]]]}, "E1004", ""),
        ({"type": "FeatureCollection", "features": []}, "E1103", "close[0].features"),
        ({"type": "Feature", "geometry": None}, "E1003", "close[0].geometry"),
        (polygon([[1.5, 42.5]] * 10_001), "E1002", "close[0].coordinates[0]"),
    ],
)
def test_a_shape_that_makes_no_sense_is_refused_and_named(
    shape: dict[str, Any], code: str, field: str, service: Service
) -> None:
    answer = service.post("/v1/whatif", {"close": [shape]})
    assert answer.status_code == (413 if code == "E1002" else 422), answer.text
    told = answer.json()
    assert told["code"] == code, told
    assert told["field"].startswith(field)


def test_collections_in_collections_end_somewhere(service: Service) -> None:
    shape = polygon(ring("BE"))
    for _ in range(50):
        shape = {"type": "GeometryCollection", "geometries": [shape]}
    assert service.post("/v1/whatif", {"close": [shape]}).json()["code"] == "E1002"


def test_a_file_that_is_not_there_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VADO_HOME", str(tmp_path))
    Regions(tmp_path / "regions").save(TOWN)
    asked = ["whatif", "--region", "river", "--at", rfc3339(at(9)), "--from", "1.5,42.5", "--json"]
    assert main([*asked, "--close", "none.geojson"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["faults"][0]["code"] == "E1005"
