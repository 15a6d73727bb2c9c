"""Links: what a document says is still to be fetched, whichever kind of index it is.

In: the bytes of an index. Out: links, each once, whole archives first; none for a document that holds its
messages. Refuses to fetch.
"""

from __future__ import annotations

from vado.feeds import index, meteoalarm_edr, nina
from vado.feeds.index_link import Link
from vado.feeds.recognise import recognise


def links(body: bytes) -> tuple[Link, ...]:
    """List what to fetch, called as its pointer is; raises PayloadError as `recognise` does."""
    found, document = recognise(body)
    if found is index.FORMAT:
        return index.links(document)
    if found is meteoalarm_edr.FORMAT:
        return meteoalarm_edr.links(document)
    if found is nina.FORMAT:
        return nina.links(document)
    return ()


def pages(body: bytes) -> tuple[int, int]:
    """Give which page of how many a document is; (1, 1) where it does not say."""
    found, document = recognise(body)
    return meteoalarm_edr.pages(document) if found is meteoalarm_edr.FORMAT else (1, 1)


__all__ = ["Link", "links", "pages"]
