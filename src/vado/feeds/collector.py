"""The garbage collector, paused while one document is read.

What a document becomes (elements, JSON, alerts) has no cycles, so there is nothing to collect; but its
hundred thousands of values would make the collector walk all that are there, again and again: half of the
time of a document of 10 MB, and more where the process holds a lot. In: nothing. Out: a pause that ends with
the block. Refuses to start a collector that somebody else has stopped.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Stop the collector for a block; of several threads one starts it again, and none leaves it off."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
