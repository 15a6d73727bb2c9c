"""Search by ruin and recreate: numbers in, routes out; fast enough that a second is a good plan."""

from vado.planning.search.parts import search_in_parts
from vado.planning.search.problem import Routes, SearchJob, SearchProblem, SearchVehicle
from vado.planning.search.search import Found, Pace, Standing, Tuning, by_count, search

__all__ = [
    "Found",
    "Pace",
    "Routes",
    "SearchJob",
    "SearchProblem",
    "SearchVehicle",
    "Standing",
    "Tuning",
    "by_count",
    "search",
    "search_in_parts",
]
