"""How kernels are compiled: once a machine, kept on disk, without the interpreter's lock, unchecked.

numba asks scipy for its linear algebra when a process first calls a kernel: a third of a second for what no
kernel of ours does. So it is told there is none, unless somebody has loaded it already.
"""

from __future__ import annotations

import sys
from typing import Any

# No fastmath: costs are whole numbers and instants must not depend on the order of sums.
JIT: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False}


def _start_without_blas() -> None:
    from numba.np import linalg

    def no_blas() -> None:
        raise ImportError("no kernel multiplies matrices")

    asked = linalg.ensure_blas
    linalg.ensure_blas = no_blas
    try:
        import numba.np.arraymath  # noqa: F401  it asks once, when it is loaded
    finally:
        linalg.ensure_blas = asked


if "scipy.linalg" not in sys.modules:
    _start_without_blas()
