"""Archives of CAP files: tar, tar.gz and zip, as AEMET and DWD hand out all warnings that hold.

In: the bytes of an archive. Out: the alerts of all its members. AEMET's tar is plain though its type says
gtar, and is the full state: what is missing from it has been withdrawn. Refuses to unpack anywhere, to
follow names or links, and to take a part for the whole: an archive that is cut off, or without a single
warning file in it, is a fault. Sources: POSIX.1-1988 ustar; AEMET, Plan Meteoalerta, annex 3 (names, zones,
no Cancel, an Update that is born expired withdraws).
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from vado.errors import PayloadError
from vado.feeds import cap, xml
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert

MEMBERS_MAX = 3_000  # AEMET: 331 files
MEMBER_MAX = 10_000_000  # bytes of one file, unpacked
UNPACKED_MAX = 30_000_000  # bytes of all; AEMET's archive of a day unpacks to some 4 MB
TAGS_MAX = 700_000  # tags and attributes, as signs of "<" and "=" in all files; one may have as many
RATIO_MAX = 200  # of a bomb; XML packs to about a tenth, a repetitive one to a fiftieth
_USTAR = 257  # where a tar says that it is one
_CHUNK = 1 << 20
_SUFFIXES = (".xml", ".cap")


def looks(document: Document) -> bool:
    """Tell a tar, packed or not: all that holds."""
    body = document.body
    return _is_tar(_head(body) if body[:2] == b"\x1f\x8b" else body)


def looks_packed(document: Document) -> bool:
    """Tell a zip (DWD has them of all that holds and of what is new), and one message in gzip."""
    body = document.body
    if body[:4] == b"PK\x03\x04":
        # The names of members stand there in the clear: a zip of tables or pictures is none of ours.
        return any(suffix.encode() in body.lower() for suffix in _SUFFIXES)
    return body[:2] == b"\x1f\x8b" and not looks(document)


def _head(body: bytes) -> bytes:
    """Unpack as much as says what is inside."""
    try:
        return zlib.decompressobj(wbits=31).decompress(body[:_CHUNK], 2 * tarfile.BLOCKSIZE)
    except zlib.error:
        return b""


def _is_tar(body: bytes) -> bool:
    return body[_USTAR : _USTAR + 5] == b"ustar"


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read every warning file; one that cannot be read is kept unread, and the rest counts."""
    records: list[Record] = []
    tags = 0
    for n, (name, member) in enumerate(_members(document.body)):
        tags += member.count(b"<") + member.count(b"=")
        if tags > TAGS_MAX:
            raise _fault(
                f"the files of the archive have more than {TAGS_MAX} tags and attributes",
                "send it in parts",
                "E1002",
            )
        records += _records(name or f"member {n}", member, reading)
    if not records:
        raise _fault("the archive holds no warning file", "ask again: no warnings at all is no such archive")
    return salvage(reading, records)


def _records(name: str, member: bytes, reading: Reading) -> list[Record]:
    try:
        root = xml.read(member)
        found = cap.alerts_in(root)
        if not found:
            raise PayloadError(f"its root element is {xml.local(root)!r}", code="E1006", action="send CAP")
    except PayloadError as bad:
        return [_bad(name, bad)]
    return [cap.record(each, reading, name) for each in found]


def _bad(name: str, bad: PayloadError) -> Record:
    def read_it(findings: Findings) -> Alert | None:
        for fault in bad.faults:
            findings.fault(fault.code, fault.cause, fault.action, name)
        return None

    return Record(read=read_it, where=name, identifier=name)


def _members(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Give name and bytes of each warning file in an archive."""
    try:
        if body[:4] == b"PK\x03\x04":
            yield from _zip(body)
            return
        plain = _unpacked(body) if body[:2] == b"\x1f\x8b" else body
        if _is_tar(plain):
            yield from _tar(plain)
        elif plain.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
            yield "message", plain  # one message, gzipped
        else:
            raise _fault("the archive holds neither a tar nor XML", "send CAP in it")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as bad:
        raise _fault(f"the archive is broken or cut off: {bad}", "ask again for the whole of it") from bad
    except (ValueError, NotImplementedError, UnicodeError) as bad:  # a header, a method that nobody knows
        raise _fault(f"the archive cannot be read: {bad}", "send a plain tar, tar.gz or zip") from bad


def _unpacked(body: bytes) -> bytes:
    """Unpack gzip up to a limit; the size that it claims is not asked."""
    found = bytearray()
    with gzip.open(io.BytesIO(body)) as stream:
        while chunk := stream.read(_CHUNK):
            found += chunk
            _bounded(len(found), packed=len(body))
    return bytes(found)


def _bounded(size: int, *, packed: int) -> None:
    if size > UNPACKED_MAX or size > max(packed, 4_096) * RATIO_MAX:
        raise _fault("the archive unpacks to far more than any list of warnings", "send it in parts", "E1002")


def _tar(plain: bytes) -> Iterator[tuple[str, bytes]]:
    total = 0
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for n, entry in enumerate(_whole(archive, len(plain))):
            if n >= MEMBERS_MAX:
                raise _fault(f"the archive has more than {MEMBERS_MAX} members", "send fewer", "E1002")
            if not entry.isreg():
                continue  # folders; links and devices lead out of the archive
            if not _is_warning(entry.name):
                continue
            total += entry.size
            if entry.size > MEMBER_MAX or total > UNPACKED_MAX:
                raise _fault("a member of the archive is too large", "send it in parts", "E1002")
            opened = archive.extractfile(entry)
            member = b"" if opened is None else opened.read()
            if len(member) != entry.size:
                raise EOFError(f"{_plain(entry.name)} ends before its size")
            yield _plain(entry.name), member


def _whole(archive: tarfile.TarFile, size: int) -> Iterator[tarfile.TarInfo]:
    """Go through the members; the end of an archive is two empty blocks, not the end of the bytes."""
    end = 0
    for entry in archive:
        end = entry.offset_data + (entry.size if entry.isreg() else 0)
        if end > size:
            raise EOFError(f"{_plain(entry.name)} ends before its size")
        yield entry
    # Python stops without a word where a header is missing or broken.
    if size - (end + -end % tarfile.BLOCKSIZE) < tarfile.BLOCKSIZE:
        raise EOFError("there is no end of the archive")
    tail = archive.fileobj
    if tail is not None:
        tail.seek(end + -end % tarfile.BLOCKSIZE)
        if tail.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise EOFError("what follows the last member is no member")


def _zip(body: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        entries = archive.infolist()
        if len(entries) > MEMBERS_MAX:
            raise _fault(f"the archive has more than {MEMBERS_MAX} members", "send fewer", "E1002")
        total = 0
        for entry in entries:
            if entry.is_dir() or not _is_warning(entry.filename):
                continue
            with archive.open(entry) as stream:
                member = stream.read(MEMBER_MAX + 1)
            total += len(member)
            if len(member) > MEMBER_MAX:
                raise _fault("a member of the archive is too large", "send it in parts", "E1002")
            _bounded(total, packed=len(body))
            yield _plain(entry.filename), member


def _is_warning(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES)


def _plain(name: str) -> str:
    """Give the last part of a name: nothing is written, and nobody needs the way there."""
    return name.replace("\\", "/").rpartition("/")[2][-120:]


def _fault(cause: str, action: str, code: str = "E1001") -> PayloadError:
    return PayloadError(cause, code=code, action=action)


FORMAT = Format(name="tar of CAP files", lifecycle=Lifecycle.FULL, looks=looks, read=read)
PACKED = Format(name="packed CAP files", lifecycle=Lifecycle.STREAM, looks=looks_packed, read=read)
