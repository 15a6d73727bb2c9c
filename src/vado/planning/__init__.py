"""Who serves what, when: the problem, the solver, the referee, the reasons."""

from vado.planning.check import check
from vado.planning.problem import problem
from vado.planning.stops import Stops, stops

__all__ = ["Stops", "check", "problem", "stops"]
