"""Moments: the instant that a question is about, and by what was known it is answered.

In: words of a query, the world's time. Out: epoch seconds. Refuses to answer the question.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from vado.errors import InputError
from vado.model.when import FIRST_S, LAST_S, epoch_s

AT = "RFC 3339 or epoch seconds; by what is known now, or was known then where that is past."
KnownAt = Annotated[
    str,
    Query(max_length=40, description="By the messages received until then, and no later ones."),
]
NOTHING_HEARD = "nothing had been heard by then"


def asked(at: str, known_at: str, *, now_s: int) -> tuple[int | None, int | None]:
    """Read the instant asked about and the one known by, None for now; raises InputError E1105.

    What is past is answered as it was known then: a closure that has ended since is kept by nobody, and one
    that was called off later did hold.
    """
    at_s = read_instant(at, field="at") if at else None
    known_s = read_instant(known_at, field="known_at") if known_at else None
    if at_s is not None and at_s < (now_s if known_s is None else known_s):
        return at_s, at_s
    return at_s, known_s


def read_instant(text: str, *, field: str) -> int:
    """Read an instant of a query; raises InputError E1105."""
    wrong = InputError(f"{text!r} is no instant", code="E1105", field=field,
                       action="write it like 2026-01-10T12:00:00Z, or as epoch seconds")  # fmt: skip
    # A plus sign in a query is a space once it is decoded.
    text = text.strip().replace(" ", "+")
    try:
        found = (
            int(text)
            if text.isascii() and text.lstrip("-").isdecimal()
            else epoch_s(datetime.fromisoformat(text))
        )
    except (ValueError, OverflowError) as error:
        raise wrong from error
    if not FIRST_S <= found <= LAST_S:
        raise wrong
    return found
