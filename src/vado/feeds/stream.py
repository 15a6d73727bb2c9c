"""Stream: read a DATEX II file of any size, one situation after the other, in constant memory.

In: a file that can be read twice. Out: alerts, as soon as their situation has been read. The same guards as
for small messages: no DTD, no entities, bounded depth, bounded pieces. A fault at the end (the file was cut
off) is raised after the alerts before it: who reads a feed's whole state must then take none of it as
complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder

from vado.errors import PayloadError
from vado.feeds import datex, xml
from vado.feeds.datex_words import XSI_TYPE
from vado.feeds.findings import Findings
from vado.feeds.format import Reading
from vado.feeds.tables import shipped_kinds
from vado.hazards import Kinds
from vado.model.alert import Alert
from vado.model.ids import Hash

# NDW's file of planned works has 171 MB.
FILE_MAX = 2_000_000_000  # bytes
CHUNK = 1 << 18  # bytes read at once
PIECE_MAX = 10_000_000  # characters of text in one situation


def read_stream(
    file: BinaryIO,
    *,
    source: str,
    received_s: int = 0,
    kinds: Kinds | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Alert]:
    """Read the situations of a DATEX II file; raises PayloadError where it is no such file, or ends early.

    `progress` is told how many bytes were read so far. Each alert is as `feeds.parse` gives it.
    """
    raw = _hash(file)
    table = kinds or shipped_kinds()
    pieces = _Pieces()
    seen: dict[str, int] = {}
    header, above = datex.Header(seen=seen), datex.Header()
    count = number = 0
    late = False  # situations of this publication were read
    for read, done in xml.feed(pieces, _chunks(file)):
        count += read
        if progress is not None:
            progress(count)
        for of, piece in pieces.taken():
            if of not in (0, number):
                number, header, late = of, datex.Header(seen=seen), False
            name = xml.local(piece)
            if name != "situation":
                if late and name in datex.HEAD:
                    raise PayloadError(
                        f"{name} stands after the situations that it is about",
                        code="E1102",
                        action="send the head of a publication first, as the standard has it",
                    )
                (header if of else above).take(piece)
                continue
            header.inherit(above)
            late = True
            # Findings of its own for each: their notes are bounded, and not shared.
            reading = Reading(source=source, received_s=received_s, raw=raw, kinds=table, findings=Findings())
            yield datex.read_situation(piece, header, reading)
        if done:
            break
    if datex.ORDERS in pieces.publications:
        raise PayloadError(
            "a file this large is read for its situations; it holds traffic regulation orders",
            code="E1006",
            action="send them in messages of at most 10 MB",
        )
    datex.check_publications(pieces.publications)
    if not pieces.situations and header.published_s is None:
        raise datex.empty()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _hash(file: BinaryIO) -> Hash:
    """Hash the whole file: each alert names the bytes that it was read from, all of them."""
    digest, count = hashlib.sha256(), 0
    for chunk in _chunks(file):
        digest.update(chunk)
        count += len(chunk)
        if count > FILE_MAX:
            raise PayloadError(f"the file has more than {FILE_MAX:,} bytes", code="E1002",
                               action="split it")  # fmt: skip
    file.seek(0)
    return Hash("sha256:" + digest.hexdigest())


@dataclass(slots=True)
class _Pieces:
    """A target of the XML parser: keeps the children of publications, one at a time, and forgets the rest."""

    publications: list[str] = field(default_factory=list)
    situations: int = 0
    _ready: list[tuple[int, Element]] = field(
        default_factory=list
    )  # of which publication, from 1; 0: of none
    _depth: int = 0
    _inside: int = 0  # the depth of the publication that is open, 0 outside
    _builder: TreeBuilder | None = None  # of the piece that is open
    _piece: int = 0  # the depth of it
    _count: int = 0
    _chars: int = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        self._depth += 1
        if self._builder is not None:
            self._count += 1
            if self._count > xml.ELEMENTS_MAX or self._depth > xml.DEPTH_MAX:
                raise _too_large()
            if not self._inside and datex.name_of(tag, attrs.get(XSI_TYPE, "")):
                raise PayloadError(
                    "a publication stands inside of who sends it", code="E1102", action="ask the source"
                )
            self._builder.start(tag, attrs)
            return
        if self._depth > xml.DEPTH_MAX:
            raise _too_large()
        name = tag.rpartition("}")[2]
        if self._depth == 1 and not datex.is_root(tag, attrs.get(XSI_TYPE, "")):
            raise PayloadError(
                f"a file this large is read as DATEX II only; its root element is {name[:60]!r}",
                code="E1002",
                action="send it in messages of at most 10 MB",
            )
        within = self._inside and self._depth == self._inside + 1
        if not self._inside:
            publication = datex.name_of(tag, attrs.get(XSI_TYPE, ""))
            if publication:
                self.publications.append(publication)
                self._inside = self._depth
                return
        read = bool(self.publications) and self.publications[-1] == datex.READ
        if (within and read) or (not self._inside and name == "supplierIdentification"):
            self.situations += within and name == "situation"
            self._builder, self._piece, self._count, self._chars = TreeBuilder(), self._depth, 1, 0
            self._builder.start(tag, attrs)

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._chars += len(text)
            if self._chars > PIECE_MAX:
                raise _too_large()
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if self._builder is not None:
            self._builder.end(tag)
            if self._depth == self._piece:
                self._ready.append((len(self.publications) if self._inside else 0, self._builder.close()))
                self._builder = None
        elif self._depth == self._inside:
            self._inside = 0
        self._depth -= 1

    def close(self) -> Any:
        return None

    def taken(self) -> list[tuple[int, Element]]:
        """Hand over what is complete, and forget it."""
        ready, self._ready = self._ready, []
        return ready


def _too_large() -> PayloadError:
    return PayloadError(
        f"one situation is nested deeper than {xml.DEPTH_MAX}, or larger than {PIECE_MAX:,} characters or "
        f"{xml.ELEMENTS_MAX:,} elements",
        code="E1002",
        action="ask the source; nothing after it was taken in",
    )
