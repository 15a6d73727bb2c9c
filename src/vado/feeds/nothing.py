"""A list that holds nothing and does not say of what: `[]`.

In: a document. Out: no alerts. It is an answer only of a feed that is declared to give all that holds (NINA,
511 services): there nothing holds any more, which its documents must say twice (`hazards.lifecycle`). Refuses
it of any other: a service that has lost its data says the same.
"""

from __future__ import annotations

from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.model.alert import Alert

SIZE_MAX = 100  # bytes, space included


def is_empty_list(body: bytes) -> bool:
    return len(body) <= SIZE_MAX and b"".join(body.removeprefix(b"\xef\xbb\xbf").split()) == b"[]"


def looks(document: Document) -> bool:
    return is_empty_list(document.body)


def read(_: Document, __: Reading) -> tuple[Alert, ...]:
    return ()


FORMAT = Format(name="an empty list", lifecycle=Lifecycle.FULL, looks=looks, read=read)
