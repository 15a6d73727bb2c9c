"""A snapshot of nothing, for problems that bring their own matrix."""

from __future__ import annotations

import drawn
from vado.model.ids import Hash
from vado.model.snapshot import Snapshot

SNAPSHOT = Snapshot(
    roads=drawn.roads("A---B"), hazards=(), closures={}, unknown=(), content_hash=Hash("sha256:" + "0" * 64)
)
