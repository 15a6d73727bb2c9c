"""Words that plans, files, pages and the command line say alike. Light: verbs load it before they load data.

In: what was found. Out: words for people. Refuses to judge.
"""

from __future__ import annotations

# A town farther than this from its road is told so, metres: beyond it "open" may say little about the town.
# Our choice.
FAR_M = 500.0


def doubt(proven: bool) -> str:
    """Say behind the hazards of a cut, for people, that they may not be the fewest."""
    return "" if proven else " (perhaps fewer would do)"


def far_words(snap_m: float) -> str:
    """Say how far away the road is that stands for a town; nothing where it is near: "road 1.5 km away"."""
    return f"road {snap_m / 1000:.1f} km away" if snap_m > FAR_M else ""
