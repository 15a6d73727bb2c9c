"""The fuzz target of all formats: whatever bytes come, alerts or a named refusal.

`scripts/fuzz` runs it under atheris, which is guided by coverage; `tests/fuzz/test_corpus.py` runs the
corpus, and what small changes make of it, the same each time.
"""

from __future__ import annotations

import copy
import io
import json
import random
import sys
from collections.abc import Iterator
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
    from vado import feeds
    from vado.errors import PayloadError
    from vado.feeds.recognise import recognise

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
    assert named
    # What a message gives, a file gives: no situation is lost on the way.
    try:
        streamed = tuple(feeds.read_stream(io.BytesIO(body), source="fuzz", received_s=HEARD_S))
    except PayloadError:
        return
    assert alerts is None or recognise(body)[0].name != "DATEX II" or alerts == streamed


def seeds() -> Iterator[Path]:
    """Give the corpus, and the invented messages of other tests."""
    yield from sorted(path for path in CORPUS.iterdir() if path.suffix in (".xml", ".json"))
    yield from sorted((*(GOLDEN / "cap").glob("*.xml"), *(GOLDEN / "closures").glob("*.geojson")))


def changed(body: bytes, max_size: int, seed: int) -> bytes:
    """Change a message where it means something: an element of XML, a member of JSON; bytes now and then."""
    import atheris

    draw = random.Random(seed)
    if draw.random() < 0.3:
        return bytes(atheris.Mutate(body, max_size))
    try:
        made = _json(body, draw) if body.lstrip()[:1] in (b"{", b"[") else _xml(body, draw)
    except (ValueError, SyntaxError, LookupError, RecursionError):
        made = b""
    return made if 0 < len(made) <= max_size else bytes(atheris.Mutate(body, max_size))


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
