"""Who serves what, when: the problem, the solver, the referee, the reasons."""

from vado.planning.problem import problem
from vado.planning.stops import Stops, stops

__all__ = ["Stops", "problem", "stops"]
