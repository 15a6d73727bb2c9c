"""Pace: when a feed is asked again.

In: how the last attempt went, how many failed before it, a random number. Out: seconds. All limits are our
choice, on the polite side of what sources say: AEMET answers 429 to who asks too often just when it matters
(home-assistant/core#119771), and says nothing of when to come back.
"""

from __future__ import annotations

from random import Random

JITTER = 0.1  # of the interval: not all who were started at the full hour ask at the full hour
RETRY_S = 60  # before the first repetition, where the interval is longer
BACKOFF_S_MAX = 900  # between attempts, unless the interval itself is longer
DOUBLINGS_MAX = 20
ASKED_S_MAX = 6 * 3600  # stay away so long at most when asked to: a header may be wrong
HOST_GAP_S = 0.5  # between two requests to one host


def wait_after_success(every_s: int, *, asked_s: int, random: Random) -> float:
    """Give the seconds to the next attempt when this one went well."""
    return max(every_s * random.uniform(1 - JITTER, 1 + JITTER), min(asked_s, ASKED_S_MAX))


def wait_after_failure(every_s: int, *, failures: int, refused: bool, asked_s: int, random: Random) -> float:
    """Give the seconds to the next attempt; `failures` counts this one, `refused`: they want less of us."""
    start = every_s if refused else min(every_s, RETRY_S)
    longest = max(every_s, BACKOFF_S_MAX)
    doubled = min(start * (1 << min(max(failures - 1, 0), DOUBLINGS_MAX)), longest)
    return max(doubled * random.uniform(0.5, 1.0), min(asked_s, ASKED_S_MAX))
