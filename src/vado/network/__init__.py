"""What can be driven, and when."""

from vado.network.access import access
from vado.network.anchor import Anchored, anchor
from vado.network.changes import reach_changes, timeline
from vado.network.earliest import Arrivals, earliest, earliest_matrix, latest
from vado.network.edge_state import EdgeState, Voice, edge_states, silence
from vado.network.groups import groups
from vado.network.named import find_edges, near_names, nearest_edge
from vado.network.reach import reach
from vado.network.snapshot import next_boundary, snapshot
from vado.network.times import NetworkTimes, times
from vado.network.whatif import Shut, WhatIf, suppose, whatif

__all__ = [
    "Anchored", "Arrivals", "EdgeState", "NetworkTimes", "Shut", "Voice", "WhatIf", "access", "anchor",
    "earliest", "earliest_matrix", "edge_states", "find_edges", "groups", "latest", "near_names",
    "nearest_edge", "next_boundary", "reach", "reach_changes", "silence", "snapshot", "suppose", "timeline",
    "times", "whatif",
]  # fmt: skip
