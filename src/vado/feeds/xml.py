"""A bounded XML reader: bytes to elements. No DTD, no entities, nothing from outside, no unbounded anything.

In: bytes, already within their limit. Out: the root element. Refuses to know what the elements mean.
Elements are found by local name: senders use three namespaces of CAP, and prefixes as they like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException, DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from defusedxml.ElementTree import DefusedXMLParser

from vado.errors import PayloadError

DEPTH_MAX = 64
ELEMENTS_MAX = 200_000  # the largest real CAP message seen has some 10,000
# Counted as signs of "=", texts included. The largest document among the samples has 17,680.
ATTRIBUTES_MAX = 300_000
Fields = dict[str, list[Element]]
XINCLUDE = "{http://www.w3.org/2001/XInclude}"

HEAD = 200  # characters in which a document declares its encoding
_DECLARATION = re.compile(
    r"\ufeff?<\?xml[^>?]{0,150}?(?:encoding\s*=\s*[\"']([\w.-]{1,40})[\"'][^>?]{0,50})?\?>"
)

_FORBIDDEN: dict[type[DefusedXmlException], str] = {
    DTDForbidden: "a DTD",
    EntitiesForbidden: "entities of its own",
    ExternalReferenceForbidden: "a reference to something outside",
}


class _Bounded(TreeBuilder):
    """Builds the tree, and stops where a document has more than any message."""

    def heard_by(self, parser: Any) -> None:
        """Let expat call the builder itself, for each of many elements: names are made once each."""
        names: dict[str, str] = {}
        begin, finish, depth, count = self.start, self.end, 0, 0

        def start(name: str, attributes: list[str]) -> None:
            nonlocal depth, count
            depth, count = depth + 1, count + 1
            if depth > DEPTH_MAX or count > ELEMENTS_MAX:
                raise PayloadError(
                    f"the XML is nested deeper than {DEPTH_MAX} or has more than {ELEMENTS_MAX} elements",
                    code="E1002",
                    action="send one alert a message",
                )
            tag = names.get(name)
            if tag is None:
                tag = names[name] = _qualified(name)
                _not_included(tag)
            pairs = zip(map(_qualified, attributes[::2]), attributes[1::2], strict=True) if attributes else ()
            begin(tag, dict(pairs))

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            finish(names[name])

        parser.StartElementHandler, parser.EndElementHandler = start, end


def _qualified(name: str) -> str:
    """Write a name of expat, "space}name", as elements have it."""
    return "{" + name if "}" in name else name


def _not_included(tag: str) -> None:
    if tag.startswith(XINCLUDE):
        # What it would bring in is part of the message, and nobody fetches it: refused, not left out.
        raise PayloadError(
            "the XML includes something from outside",
            code="E1101",
            action="send plain CAP without XInclude; nothing of the message was taken in",
        )


def read(body: bytes) -> Element:
    """Read the whole document; raises PayloadError E1001, E1002 or E1101."""
    return read_noted(body)[0]


def read_noted(body: bytes) -> tuple[Element, str]:
    """Read the whole document, and say what was mended in its bytes, "" for nothing; raises as `read`."""
    if body.count(b"=") > ATTRIBUTES_MAX:
        raise PayloadError(
            f"the XML has more than {ATTRIBUTES_MAX} attributes", code="E1002", action="send it in parts"
        )
    with _named():
        plain, note = _decoded(body.lstrip())
    target = _Bounded()
    for _ in feed(target, iter((plain,))):
        pass
    root: Element = target.close()
    return root, note


def _decoded(body: bytes) -> tuple[bytes, str]:
    """Give bytes in the encoding that they say, where they are in another: only letters hang on it."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        declared = _DECLARATION.match(text16 := body.decode("utf-16"))
        return text16[declared.end() if declared else 0 :].encode(), ""
    if b"\x00" in body[:4]:  # UTF-16 without a mark: the parser knows it by its first bytes
        return body, ""
    body = body.rstrip(b"\x00")  # senders in C send the end of the string too
    head = body[:HEAD].decode("ascii", "replace")
    declared = _DECLARATION.match(head)
    named = declared[1] if declared and declared[1] else "utf-8"
    if named.casefold() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        return body, ""
    try:
        body.decode()
    except UnicodeDecodeError:
        # The usual slip: the program writes in the encoding of its machine and declares another.
        words = body.decode("cp1252", "replace")
        return words[declared.end() if declared else 0 :].encode(), "is not UTF-8; read as Windows-1252"
    return body, ""


def feed(target: Any, chunks: Iterator[bytes]) -> Iterator[tuple[int, bool]]:
    """Feed a document to a target of the parser, chunk by chunk; raises PayloadError E1001, E1002 or E1101.

    After each chunk how many bytes it had, and whether the document is complete, which comes once, with 0.
    """
    parser = DefusedXMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    if isinstance(target, _Bounded):
        target.heard_by(parser.parser)
    for chunk in chunks:
        with _named():
            parser.feed(chunk)
        yield len(chunk), False
    with _named():
        parser.close()
    yield 0, True


@contextmanager
def _named() -> Iterator[None]:
    """Turn what the parser raises into faults that say what to do."""
    try:
        yield
    except DefusedXmlException as bad:
        raise PayloadError(
            f"the XML has {_FORBIDDEN.get(type(bad), str(bad))}",
            code="E1101",
            action="send plain CAP without DTD and entities; nothing of the message was taken in",
        ) from bad
    except ParseError as bad:
        line, column = bad.position
        raise PayloadError(
            f"broken XML at line {line}, column {column}: {str(bad).partition(':')[0]}",
            code="E1001",
            action="send it again whole; check that it was not cut off on the way",
        ) from bad
    except (ValueError, LookupError) as bad:  # an encoding that nobody knows, or bytes that are not in it
        raise PayloadError(
            f"the XML cannot be decoded: {bad}",
            code="E1001",
            action="send UTF-8 and say so in the first line",
        ) from bad


def local(element: Element) -> str:
    """Give the name without namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    suffix = "}" + name
    return iter([child for child in element if child.tag.endswith(suffix) or child.tag == name])


def text(element: Element | None) -> str:
    """Give the trimmed text, "" when there is none."""
    return (element.text or "").strip() if element is not None else ""


def first(element: Element, name: str) -> str:
    """Give the text of the first child of that name, "" when there is none."""
    suffix = "}" + name
    for child in element:  # asked for each field of each message: nothing is called that need not be
        if child.tag.endswith(suffix) or child.tag == name:
            return (child.text or "").strip()
    return ""


def fields(element: Element) -> Fields:
    """Give the children by name, for who asks for many: looking through them once."""
    found: Fields = {}
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2], []).append(child)
    return found


def said(has: Fields, name: str) -> str:
    """Give the text of the first of that name, "" when there is none."""
    return (has[name][0].text or "").strip() if name in has else ""


def find_all(root: Element, name: str) -> list[Element]:
    """Find the outermost elements of that name in the order of the document, the root included."""
    found: list[Element] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag.rpartition("}")[2] == name:
            found.append(element)
        elif len(element):
            waiting.extend(reversed(element))
    return found
