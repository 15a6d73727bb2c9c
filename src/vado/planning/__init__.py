"""Who serves what, when: the problem, the solver, the referee, the reasons."""

from vado.planning.check import check
from vado.planning.difference import difference
from vado.planning.due import due
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.impact import impacts, stands
from vado.planning.orders import drive_orders
from vado.planning.problem import problem, release
from vado.planning.replan import replan
from vado.planning.retreat import retreat
from vado.planning.stops import Stops, stops

__all__ = [
    "MatrixTimes",
    "Stops",
    "check",
    "difference",
    "drive_orders",
    "due",
    "explain",
    "impacts",
    "problem",
    "release",
    "replan",
    "retreat",
    "stands",
    "stops",
]
