"""What can be driven, and when."""

from vado.network.access import access
from vado.network.anchor import Anchored, anchor
from vado.network.earliest import Arrivals, earliest, earliest_matrix, latest
from vado.network.reach import reach
from vado.network.snapshot import next_boundary, snapshot
from vado.network.times import NetworkTimes, times

__all__ = [
    "Anchored", "Arrivals", "NetworkTimes", "access", "anchor", "earliest", "earliest_matrix", "latest",
    "next_boundary", "reach", "snapshot", "times",
]  # fmt: skip
