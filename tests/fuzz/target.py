"""The fuzz target of all formats: whatever bytes come, alerts or a named refusal.

`scripts/fuzz` runs it under atheris, which is guided by coverage, from the seeds of one format after the
other; `tests/fuzz/test_corpus.py` runs the corpus, and what small changes make of it, the same each time.
The corpus has a folder a format, named by its `slug`: our own messages, small, each of a different shape.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from defusedxml import ElementTree as Safe

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
GOLDEN = HERE.parent / "golden" / "feeds"
HEARD_S = 1_768_035_600
TEXTS = ("", "NaN", "-1", "0", "1e999", "9" * 40, "2026-01-10T09:00:00Z", "24:00:00", "true", "_extended")


def one(body: bytes) -> None:
    """Read a body as a message, and as a file; raises AssertionError where that gives anything it may not."""
    # After main() has arranged that they are watched.
    from tables import meaning
    from vado import feeds
    from vado.errors import PayloadError
    from vado.feeds.recognise import recognise
    from vado.hazards import absorb
    from vado.model.hazard import HazardState

    try:
        alerts: Any = feeds.parse(body, source="fuzz", received_s=HEARD_S)
    except PayloadError as error:
        alerts, faults = None, error.faults
        named = bool(faults) and all(fault.code.startswith("E1") and fault.action for fault in faults)
    else:
        named = True
        again = feeds.parse(body, source="fuzz", received_s=HEARD_S)
        assert alerts == again
        assert all(alert.id and alert.source == "fuzz" for alert in alerts)
        absorb(HazardState(), alerts, meaning(), now_s=HEARD_S)  # what a reader gives, the engine takes
    assert named
    # What a message gives, a file gives: no situation is lost on the way.
    try:
        streamed = tuple(feeds.read_stream(io.BytesIO(body), source="fuzz", received_s=HEARD_S))
    except PayloadError:
        return
    assert alerts is None or recognise(body)[0].name != "DATEX II" or alerts == streamed


def slug(name: str) -> str:
    """Name the folder of a format: "DATEX II" is datex-ii."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def seeds() -> Iterator[Path]:
    """Give the corpus of the formats, and the invented messages of other tests."""
    from fuzz.others import OTHERS

    yield from sorted(p for p in CORPUS.glob("*/*") if p.is_file() and p.parent.name not in OTHERS)
    yield from sorted((*(GOLDEN / "cap").glob("*.xml"), *(GOLDEN / "closures").glob("*.geojson")))


def changed(body: bytes, max_size: int, seed: int) -> bytes:
    """Change a message where it means something: an element of XML, a member of JSON; bytes now and then."""
    import atheris

    draw = random.Random(seed)

    def bytewise(some: bytes) -> bytes:
        return bytes(atheris.Mutate(some, max_size))

    made = b"" if draw.random() < 0.3 else meaningful(body, draw, bytewise)
    return made if 0 < len(made) <= max_size else bytewise(body)


def meaningful(body: bytes, draw: random.Random, bytewise: Callable[[bytes], bytes]) -> bytes:
    """Change a message, or a member of an archive; b"" for what is none of those."""
    try:
        if body[:2] == b"\x1f\x8b":
            return gzip.compress(meaningful(gzip.decompress(body), draw, bytewise), mtime=0)
        if body[:4] == b"PK\x03\x04":
            return _zip(body, draw, bytewise)
        if body[257:262] == b"ustar":
            return _tar(body, draw, bytewise)
        if body.lstrip()[:1] in (b"{", b"["):
            return _json(body, draw)
        return _xml(body, draw) if body.lstrip()[:1] == b"<" else b""
    except (ValueError, SyntaxError, LookupError, RecursionError, EOFError, OSError, RuntimeError,
            NotImplementedError, tarfile.TarError, zipfile.BadZipFile, zlib.error):  # fmt: skip
        return b""


def _zip(body: bytes, draw: random.Random, bytewise: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = [(each.filename, archive.read(each)) for each in archive.infolist()]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in _one_changed(members, draw, bytewise):
            archive.writestr(name, member)
    return made.getvalue()


def _tar(body: bytes, draw: random.Random, bytewise: Callable[[bytes], bytes]) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as archive:
        opened = [(each.name, archive.extractfile(each)) for each in archive]
        members = [(name, file.read()) for name, file in opened if file is not None]
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, member in _one_changed(members, draw, bytewise):
            entry = tarfile.TarInfo(name)
            entry.size = len(member)
            archive.addfile(entry, io.BytesIO(member))
    return made.getvalue()


def _one_changed(
    members: list[tuple[str, bytes]], draw: random.Random, bytewise: Callable[[bytes], bytes]
) -> list[tuple[str, bytes]]:
    chosen = draw.randrange(len(members))
    name, member = members[chosen]
    way = draw.randrange(8)
    if way == 0:
        return members[:chosen] + members[chosen + 1 :]
    if way == 1:
        return [*members, (name + "x.xml", member)]
    made = meaningful(member, draw, bytewise) if way > 3 else b""
    return [*members[:chosen], (name, made or bytewise(member)), *members[chosen + 1 :]]


def _xml(body: bytes, draw: random.Random) -> bytes:
    root = Safe.fromstring(body)
    for _ in range(draw.randint(1, 3)):
        elements = list(root.iter())
        one_, other = draw.choice(elements), draw.choice(elements)
        way = draw.randrange(6)
        if way == 0:
            one_.text = draw.choice([other.text or "", *TEXTS])
        elif way == 1:
            one_.tag = other.tag
        elif way == 2 and len(one_):
            one_.remove(draw.choice(list(one_)))
        elif way == 3:
            one_.append(copy.deepcopy(other))
        elif way == 4 and one_.attrib:
            one_.set(draw.choice(list(one_.attrib)), draw.choice([*other.attrib.values(), *TEXTS]))
        elif way == 5 and len(one_):
            one_[:] = draw.sample(list(one_), len(one_))
    return bytes(Safe.tostring(root))


def _json(body: bytes, draw: random.Random) -> bytes:
    value = json.loads(body)
    holder, parent = value, None
    while isinstance(holder, dict | list) and holder and (parent is None or draw.random() < 0.8):
        key = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        parent, holder = holder, holder[key]
    if parent is not None:
        parent[key] = draw.choice([None, True, -1, 1e308, 10**30, float("nan"), "", [], {}, [holder], *TEXTS])
    return json.dumps(value).encode()


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["vado.feeds", "vado.hazards.kinds", "xml.etree"]):
        import vado.feeds  # noqa: F401

    atheris.Setup(sys.argv, one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
