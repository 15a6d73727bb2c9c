"""What is going down: which one road is left to which towns, and what is forecast for it. Pure.

In: an outlook, what each town still waits for. Out: a few rows for the overview: first what has a warning,
the soonest first, then towns to which hazards have left one road, then the roads most people always hang on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vado.api import sentences
from vado.exchange.fragility import last_words
from vado.model.roads import Roads
from vado.network.fragile_roads import FragileRoad, LastWay
from vado.network.outlook import Outlook

Json = dict[str, Any]
Local = Callable[[int], str]
ROWS_MAX = 12
CALM_MAX = 4  # roads without any warning: the page is about today


def ahead_rows(
    roads: Roads, found: Outlook, jobs: Mapping[str, Mapping[str, int]], local: Local
) -> list[Json]:
    """Write the rows; `jobs` counts by town and state, as on the list of towns."""
    groups: dict[tuple[Any, ...], list[LastWay]] = {}
    for last in found.lasts:
        groups.setdefault((last.road, last.kind, last.warnings, last.always), []).append(last)
    soonest = sorted(groups.values(), key=lambda group: _when(group[0]))
    rows = [_last_row(roads, group, jobs, local) for group in soonest]
    told = {last.place for last in found.lasts} | set(found.isolated_now)
    calm = [road for road in found.roads if road.places and not told & set(road.places)]
    rows += [_calm_row(roads, road, jobs) for road in _widest(calm)[:CALM_MAX]]
    return rows[:ROWS_MAX]


def _when(last: LastWay) -> tuple[bool, int, str]:
    return not last.warnings, last.warnings[0].start_s if last.warnings else 0, last.road


def _widest(found: Iterable[FragileRoad]) -> list[FragileRoad]:
    """Keep of several roads in a row to the same towns the one most people hang on: bridges before roads."""
    kept: list[FragileRoad] = []
    for road in found:
        if not any(set(road.places) <= set(other.places) for other in kept):
            kept.append(road)
    return kept


def _last_row(
    roads: Roads, group: list[LastWay], jobs: Mapping[str, Mapping[str, int]], local: Local
) -> Json:
    first, places = group[0], [last.place for last in group]
    return {
        "state": "closing" if first.warnings else "last",
        "text": last_words(_named(roads, places), first, local),
        "meta": _meta(roads, places, jobs),
        "from": None if not first.warnings else first.warnings[0].start_s,
    }


def _calm_row(roads: Roads, road: FragileRoad, jobs: Mapping[str, Mapping[str, int]]) -> Json:
    return {
        "state": "open",
        "text": f"only one {road.kind} leads to {_named(roads, road.places)}: {road.road}",
        "meta": _meta(roads, road.places, jobs),
        "from": None,
    }


def _named(roads: Roads, places: Iterable[int]) -> str:
    """Name the towns with most people first."""
    order = sorted(places, key=lambda k: (-int(roads.places.population[k]), roads.places.name[k]))
    return sentences.named([roads.places.name[k] for k in order])


def _meta(roads: Roads, places: Iterable[int], jobs: Mapping[str, Mapping[str, int]]) -> str:
    """Say how many people and jobs it is about, as far as is known."""
    towns = list(places)
    people = int(roads.places.population[towns].sum())
    left = sum(n for k in towns for what, n in jobs.get(roads.places.name[k], {}).items() if what != "done")
    told = [f"{people:,} people"] if people else []
    return " · ".join(told + ([sentences.count(range(left), "job") + " to do"] if left else []))
