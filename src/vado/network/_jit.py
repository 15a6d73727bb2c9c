"""How kernels are compiled: once a machine, kept on disk, without the interpreter's lock, unchecked."""

from __future__ import annotations

from typing import Any

# No fastmath: costs are whole numbers and instants must not depend on the order of sums.
JIT: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False}
