"""What an index names without holding it: a message that is still to be fetched.

In: a link. Out: an alert that binds nothing and asks for the message. Refuses to take a title for a
warning, and silence for an all clear.
"""

from __future__ import annotations

from dataclasses import dataclass

from vado.feeds.format import Reading
from vado.model.alert import Action, Alert, Area, Info, StatedEffect

HREF_MAX = 2_000
TITLE_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a message stands that an index names."""

    href: str
    event: str = ""  # as `Alert.event`: what it will be called here, so that the message replaces the pointer
    kind: str = ""  # its media type, where the index says it
    title: str = ""
    version: str = ""  # where one address holds one version of a message after another


def to_fetch(
    reading: Reading,
    link: Link,
    *,
    sender: str,
    identifier: str,
    sent_s: int,
    expires_s: int | None = None,
    areas: tuple[Area, ...] = (),
) -> Alert:
    """Keep a pointer: there is a warning, and nobody here has read it yet."""
    title = (link.title or "a message")[:TITLE_MAX]
    where = link.href[:HREF_MAX] or "no link"
    info = Info(
        event="to fetch",
        kind="",
        onset_s=sent_s,
        expires_s=expires_s,
        headline=f"to fetch: {title}",
        description=where,
        stated=(StatedEffect(action=Action.INSPECT),),
        areas=areas,
    )
    note = f"an index names it without holding it: {where}"
    return reading.alert(
        sender=sender, identifier=identifier, sent_s=sent_s, event=link.event, infos=(info,), notes=(note,)
    )
