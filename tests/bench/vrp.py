"""Read public vehicle routing instances, with the best cost known for each, in place.

In: files of ../shared/samples/vrp. Out: `Instance`: whole numbers, travel between nodes, 0 the depot. How
distances become whole numbers is the family's own convention, and the cost of the solutions kept beside the
files comes out of it to the unit (`tests/instances/test_search.py`).

- Solomon, Gehring and Homberger: DIMACS 2021: distance and time = trunc(10 x euclidean), all times x 10.
- ORTEC (EURO Meets NeurIPS 2022): real durations in the file, not symmetric.
- Li and Lim: euclidean without rounding: here in thousandths, rounded to the nearest. Their best known have
  the fewest vehicles first, so that a plan with more vehicles may cost less (a gap below nought).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from samples import SAMPLES
from vado.planning.search import SearchJob, SearchProblem, SearchVehicle

I64 = npt.NDArray[np.int64]

VRP = SAMPLES / "vrp"
FOLDERS = {"solomon": "solomon/*.vrp", "gh200": "gh200/*.vrp", "gh400": "gh400/*.vrp", "ortec": "ortec/*.txt",
           "lilim": "lilim/li_lim_*/*.txt"}  # fmt: skip
DIMACS = 10
THOUSANDTHS = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """A depot and customers; all vehicles are the same; the cost is travel."""

    name: str
    family: str
    travel: I64  # [n + 1, n + 1] seconds and cost
    service: I64  # [n + 1]
    first: I64
    last: I64
    demand: I64  # [n + 1] of a pickup above nought, of its delivery below
    pairs: tuple[tuple[int, int], ...]  # customers: pickup, delivery
    capacity: int
    vehicles: int
    best: int  # best known cost, in the units of `travel`

    @property
    def customers(self) -> int:
        return len(self.travel) - 1

    def problem(self) -> SearchProblem:
        """Say it in the search's own words; customer c is job c - 1 at place c."""
        picked = {pickup for pickup, _ in self.pairs}
        dropped = {delivery for _, delivery in self.pairs}
        jobs = tuple(
            SearchJob(
                place=c,
                service_s=int(self.service[c]),
                windows=((int(self.first[c]), int(self.last[c])),),
                delivery=() if c in picked else (abs(int(self.demand[c])),),
                pickup=(abs(int(self.demand[c])),) if c in picked else (),
            )
            for c in range(1, self.customers + 1)
        )
        vehicle = SearchVehicle(
            start=0, end=0, open_s=int(self.first[0]), shut_s=int(self.last[0]), capacity=(self.capacity,)
        )
        assert len(dropped) == len(picked)
        return SearchProblem(
            jobs=jobs,
            vehicles=(vehicle,) * self.vehicles,
            seconds=(self.travel,),
            shipments=tuple((a - 1, b - 1) for a, b in self.pairs),
        )


def find(name: str) -> Path | None:
    """Find an instance's file by its name, or by the part of an ORTEC name that tells it."""
    for pattern in FOLDERS.values():
        for path in sorted(VRP.glob(pattern)):
            if path.stem == name or (path.parent.name == "ortec" and name in path.stem):
                return path
    return None


def instance(name: str) -> Instance:
    """Read an instance; FileNotFoundError where there is none of that name."""
    path = find(name)
    if path is None:
        raise FileNotFoundError(f"there is no instance {name} below {VRP}")
    return _li_lim(path) if "lilim" in path.parts else _vrplib(path)


def solution(path: Path) -> tuple[list[list[int]], float]:
    """Read the routes and the cost of a .sol file."""
    routes, cost = [], 0.0
    for line in path.with_suffix(".sol").read_text(encoding="utf-8").splitlines():
        if line.lower().startswith("route"):
            routes.append([int(word) for word in line.split(":")[1].split()])
        elif line.lower().startswith("cost"):
            cost = float(line.split()[1])
    return routes, cost


def _vrplib(path: Path) -> Instance:
    head, sections = _sections(path)
    size = int(head["DIMENSION"])
    family = path.parent.name
    if head["EDGE_WEIGHT_TYPE"] == "EXPLICIT":
        scale = 1
        travel = np.array(sections["EDGE_WEIGHT_SECTION"], np.int64).reshape(size, size)
    else:
        scale = DIMACS
        points = np.array(sections["NODE_COORD_SECTION"], float).reshape(size, 3)[:, 1:]
        travel = np.trunc(scale * _distances(points)).astype(np.int64)
    windows = np.array(sections["TIME_WINDOW_SECTION"], np.int64).reshape(size, 3)[:, 1:] * scale
    if "SERVICE_TIME_SECTION" in sections:
        service = np.array(sections["SERVICE_TIME_SECTION"], np.int64).reshape(size, 2)[:, 1] * scale
    else:
        service = np.full(size, int(head["SERVICE_TIME"]) * scale)
        service[0] = 0
    return Instance(
        name=path.stem.removeprefix("ORTEC-VRPTW-ASYM-"),
        family=family,
        travel=travel,
        service=service,
        first=windows[:, 0],
        last=windows[:, 1],
        demand=np.array(sections["DEMAND_SECTION"], np.int64).reshape(size, 2)[:, 1],
        pairs=(),
        capacity=int(head["CAPACITY"]),
        vehicles=int(head["VEHICLES"]),
        best=round(solution(path)[1] * scale),
    )


def _sections(path: Path) -> tuple[dict[str, str], dict[str, list[float]]]:
    head: dict[str, str] = {}
    sections: dict[str, list[float]] = {}
    rows: list[float] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if ":" in line:
            key, value = line.split(":", 1)
            head[key.strip()] = value.strip()
        elif line.strip() == "EOF":
            break
        elif line.strip() and line.strip()[0].isalpha():
            rows = sections.setdefault(line.strip(), [])
        else:
            rows += [float(word) for word in line.split()]
    return head, sections


def _li_lim(path: Path) -> Instance:
    rows = [[float(word) for word in line.split()] for line in path.read_text(encoding="utf-8").splitlines()]
    vehicles, capacity = int(rows[0][0]), int(rows[0][1])
    nodes = np.array([row for row in rows[1:] if row])
    best = json.loads((VRP / "lilim" / "BKS.json").read_text(encoding="utf-8"))[path.stem]["best_known_cost"]
    scaled = np.rint(nodes * THOUSANDTHS).astype(np.int64)
    return Instance(
        name=path.stem,
        family="lilim",
        travel=np.rint(THOUSANDTHS * _distances(nodes[:, 1:3])).astype(np.int64),
        service=scaled[:, 6],
        first=scaled[:, 4],
        last=scaled[:, 5],
        demand=nodes[:, 3].astype(np.int64),
        pairs=tuple((int(row[0]), int(row[8])) for row in nodes if row[8] > 0),
        capacity=capacity,
        vehicles=vehicles,
        best=round(best * THOUSANDTHS),
    )


def _distances(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return found
