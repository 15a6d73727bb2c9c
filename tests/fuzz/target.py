"""The fuzz target of all formats: whatever bytes come, alerts or a named refusal.

`scripts/fuzz` runs it under atheris, which is guided by coverage; `tests/fuzz/test_corpus.py` runs the
corpus, and what small changes make of it, the same each time.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
GOLDEN = HERE.parent / "golden" / "feeds"
HEARD_S = 1_768_035_600


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


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["vado.feeds", "vado.hazards.kinds", "xml.etree"]):
        import vado.feeds  # noqa: F401

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
