"""What can be driven, and when."""

from vado.network.anchor import Anchored, anchor
from vado.network.snapshot import next_boundary, snapshot
from vado.network.times import NetworkTimes, times

__all__ = ["Anchored", "NetworkTimes", "anchor", "next_boundary", "snapshot", "times"]
