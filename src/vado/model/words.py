"""Words that plans, files, pages and the command line say alike. Light: verbs load it before they load data.

In: what was found. Out: words for people. Refuses to judge.
"""

from __future__ import annotations


def doubt(proven: bool) -> str:
    """Say behind the hazards of a cut, for people, that they may not be the fewest."""
    return "" if proven else " (perhaps fewer would do)"
