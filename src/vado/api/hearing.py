"""Hearing: each source of alerts in one line, for the overview. Whoever is missed stands first.

In: rows of `exchange.feeds`. Out: JSON types of bounded size. Refuses to judge: `tracking.feed_states` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vado.tracking import FeedState

FEEDS_MAX = 50
# What a feed said stays in force while it is missed; only what it would say now is not known.
_SIGNS = {FeedState.OK.value: "open", FeedState.NEVER.value: "no road"}


def feed_lines(rows: Sequence[Mapping[str, Any]], *, local: Callable[[str], str]) -> list[dict[str, str]]:
    """Say for each source how it is, when heard, and what is in force of it; `local` writes an instant."""
    ok = FeedState.OK.value
    ranked = sorted(rows, key=lambda row: (not row["degraded"], row["state"] == ok, row["source"]))
    return [_line(row, local) for row in ranked[:FEEDS_MAX]]


def _line(row: Mapping[str, Any], local: Callable[[str], str]) -> dict[str, str]:
    said = [
        row["format"],
        f"heard {local(row['heard'])}" if row["heard"] else "",
        f"{row['alerts']} in force or to come",
        f"{row['quarantined']} set aside" if row["quarantined"] else "",
        "" if row["covers_region"] else "speaks for elsewhere",
    ]
    return {
        "source": row["source"],
        "state": _SIGNS.get(row["state"], "closing"),
        "text": f"{row['state']}: {row['text']}" if row["text"] else row["state"],
        "meta": " · ".join(part for part in said if part),
    }
