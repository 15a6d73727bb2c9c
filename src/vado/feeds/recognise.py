"""Recognise: which format some bytes are in, without reading what they say.

In: bytes. Out: the format and the document, its syntax read; anything else is a PayloadError that names what
it looks like. Refuses to guess: a message of another standard must never be read as a closure by accident.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from vado.errors import PayloadError
from vado.feeds import xml
from vado.feeds.format import Document, Format
from vado.feeds.formats import FORMATS
from vado.feeds.projected import turned
from vado.feeds.unread import looks_like

BODY_MAX = 10_000_000  # bytes
# What most senders can send; all that are read stand in `feeds.formats`.
READ = "CAP, DATEX II, WZDx, Open511, CIFS, GeoJSON or CSV of closures"
CALLS = (b"warnWetter.loadWarnings(",)  # of DWD's map
# Objects and lists of one document, each some hundred bytes in memory however short it is written. The
# largest documents that are read, half a million positions, have less.
VALUES_MAX = 1_000_000


def recognise(body: bytes) -> tuple[Format, Document]:
    """Say which format a message is in, with the message read as far as its syntax goes.

    Raises PayloadError E1001, E1002, E1101 where the syntax is broken, E1006 for what no format reads, E1104
    for coordinates in a system that is not read.
    """
    document = open_document(body)
    for each in FORMATS:
        if each.looks(document):
            return each, document
    raise _unread(looks_like(document))


def open_document(body: bytes) -> Document:
    """Read the syntax of a message: XML, JSON, or text."""
    if len(body) > BODY_MAX:
        raise PayloadError(
            f"the message has {len(body)} bytes, the limit is {BODY_MAX}",
            code="E1002",
            action="send one alert a message",
        )
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16, only XML comes in it
        return _of_xml(body, body)
    plain = body.removeprefix(b"\xef\xbb\xbf")
    if plain.lstrip().startswith(CALLS):
        plain = _argument(plain)
    start = plain.lstrip()[:1]
    if start == b"<":
        return _of_xml(body, plain)
    if start in (b"{", b"["):
        value = _json(plain)
        return Document(body=body, value=value, note=turned(value))
    if not plain.strip():
        raise _unread("nothing at all")
    try:
        return Document(body=body, text=plain.decode())
    except UnicodeDecodeError:
        return Document(body=body)


def _argument(body: bytes) -> bytes:
    """Give the JSON that a call holds: some maps load their data as a program of one line."""
    inside = body.partition(b"(")[2].rstrip().removesuffix(b";").rstrip()
    if not inside.endswith(b")"):
        raise PayloadError(
            "the call around the JSON does not end",
            code="E1001",
            action="send it again whole; check that it was not cut off on the way",
        )
    return inside[:-1]


def _of_xml(body: bytes, plain: bytes) -> Document:
    root, note = xml.read_noted(plain)
    return Document(body=body, root=root, note=note)


def _json(body: bytes) -> Any:
    # Also brackets within texts are counted: it is a bound, and cheap.
    if body.count(b"[") + body.count(b"{") > VALUES_MAX:
        raise PayloadError(
            f"the JSON has more than {VALUES_MAX} objects and lists", code="E1002", action="send it in parts"
        )
    try:
        return json.loads(body, object_pairs_hook=_members)
    except RecursionError as bad:
        raise PayloadError("the JSON is nested too deeply", code="E1002", action="send GeoJSON") from bad
    except UnicodeDecodeError as bad:
        raise PayloadError("the JSON is not in UTF-8", code="E1001", action="send UTF-8") from bad
    except json.JSONDecodeError as bad:
        raise PayloadError(
            f"broken JSON at line {bad.lineno}, column {bad.colno}: {bad.msg}",
            code="E1001",
            action="send it again whole; check that it was not cut off on the way",
        ) from bad
    except ValueError as bad:  # a number of thousands of digits
        raise PayloadError(f"broken JSON: {bad}", code="E1001", action="send shorter numbers") from bad


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in one object: readers would differ in which of the two counts."""
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise PayloadError(f"the member {twice!r} stands twice in one object", action="send it once")
    return value


def _unread(looks: str) -> PayloadError:
    return PayloadError(
        f"the message looks like {looks}, which is not read",
        code="E1006",
        action=f"send {READ}, or another format of docs/howto/feed.md",
    )
