"""What can be driven, and when."""

from vado.network.access import access
from vado.network.anchor import Anchored, anchor
from vado.network.reach import reach
from vado.network.snapshot import next_boundary, snapshot
from vado.network.times import NetworkTimes, times

__all__ = ["Anchored", "NetworkTimes", "access", "anchor", "next_boundary", "reach", "snapshot", "times"]
