"""CAP messages that stand in other documents as text: escaped in an Atom entry, packed in EDXL's contentData.

In: an element that holds no alert. Out: the same element, with the alerts that its texts spell below it.
Refuses texts that are no XML of their own, and more of them than a document has room for.
Sources: RFC 4287, section 4.1.3 (Atom content); OASIS EDXL-DE 1.0, section 3.2.4 (contentData).
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NoBase64
from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds import xml

_HOLDERS = ("content", "contentData", "embeddedXMLContent")
PIECES_MAX = 2_000
BYTES_MAX = 1_000_000  # of all pieces of a document: they are read a second time


def unpack(element: Element) -> None:
    """Put what texts spell as XML below the elements that hold them; what is not XML stays text."""
    left = BYTES_MAX
    holders = [each for each in element.iter() if xml.local(each) in _HOLDERS and xml.text(each)]
    for each in holders[:PIECES_MAX]:
        body = _body(xml.text(each))
        left -= len(body)
        if left < 0:
            return
        try:
            inside = xml.read(body) if body else None
        except PayloadError:
            continue
        if inside is not None:
            each.append(inside)
            each.text = None


def _body(words: str) -> bytes:
    """Give the XML that a text spells, base64 or not; nothing for any other text."""
    if words.startswith("<"):
        return words.encode() if "alert" in words else b""
    if words[:4].isalnum():
        try:
            body = b64decode("".join(words.split()), validate=True)
        except (NoBase64, ValueError):
            return b""
        return body if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"alert" in body else b""
    return b""
