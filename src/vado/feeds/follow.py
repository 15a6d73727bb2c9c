"""Follow: what an index of warnings leads to, for who fetches all of it.

In: an Atom or RSS document, or an index of MeteoAlarm's EDR. Out: the addresses of the documents that its
entries lead to, an archive of all of them instead where there is one; and whether there is a further page.
Sources: RFC 4287 (Atom), RFC 5005 (paging), RSS 2.0. Refuses to fetch anything, and to take a link to a page
for people for a warning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds import cap, links, meteoalarm_edr, xml
from vado.feeds.cap_inside import unpack
from vado.feeds.recognise import open_document, recognise

ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")
_PEOPLE = ("text/html", "application/xhtml+xml")
# An address signed for a while is another one each time, and the same document (AWS, Azure, Google).
_SIGNED = ("x-amz-", "x-goog-", "signature=", "expires=", "sig=", "se=", "awsaccesskeyid=", "token=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A document elsewhere. `name` tells whether it was fetched before: it changes when the document does."""

    address: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What an index names; `more` is a page that follows it."""

    links: tuple[Link, ...]
    more: str = ""


def follow(body: bytes, *, url: str) -> Index:
    """List what an index leads to, each once, in its order; raises PayloadError where it is none."""
    root = open_document(body).root
    if root is None:
        return _other(body, url)
    if xml.local(root) not in ("feed", "rss", "RDF"):
        raise _unfit("it is no Atom or RSS index")
    unpack(root)
    for n, entry in enumerate(_entries(root)):
        if cap.alerts_in(entry) and not _hrefs(entry):
            raise _unfit(f"entry[{n}] holds its message itself")
    found: dict[str, Link] = {}
    for entry in _entries(root):
        for href in _hrefs(entry)[:1]:
            address = _joined(url, href)
            if address:
                stands_at = name_of(address)
                name = hashlib.sha256(f"{stands_at} {_dated(entry)}".encode()).hexdigest()[:24]
                found.setdefault(stands_at, Link(address=address, name=name))
    archives = [link for link in found.values() if urlsplit(link.address).path.lower().endswith(ARCHIVES)]
    return Index(links=tuple(archives or found.values()), more=_next(root, url))


def _other(body: bytes, url: str) -> Index:
    """List what an index in JSON leads to, as its own reader says; all of it must stand on one page."""
    found = links.links(body)
    if not found and recognise(body)[0] is not meteoalarm_edr.FORMAT:
        raise _unfit("it is no index that can be followed")
    page, of = links.pages(body)
    if (page, of) != (1, 1):
        raise _unfit(f"it is page {page} of {of}: ask for all of it at once")
    addresses = {_joined(url, link.href): link.version for link in reversed(found)}
    return Index(
        links=tuple(
            Link(address=each, name=_named(each, version))
            for each, version in reversed(addresses.items()) if each
        )
    )  # fmt: skip


def _named(address: str, version: str) -> str:
    said = f"{name_of(address)} {version}" if version else name_of(address)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _unfit(cause: str) -> PayloadError:
    return PayloadError(cause, code="E1006", action="set follow = false, or mend the url")


def _dated(entry: Element) -> str:
    """Give when an entry says that it changed; the same address may hold another document then."""
    return next(
        ((each.text or "").strip() for each in entry if xml.local(each) in ("updated", "pubDate", "date")), ""
    )


def name_of(address: str) -> str:
    """Name a document by its address: without the signature of one that is signed for a while."""
    query = urlsplit(address).query.lower()
    signed = any(part.startswith(_SIGNED) for part in query.split("&"))
    return address.split("?", 1)[0] if signed else address.split("#", 1)[0]


def _joined(url: str, href: str) -> str:
    try:
        address = urljoin(url, href)
        return address if urlsplit(address).scheme in ("http", "https") and len(address) <= 2000 else ""
    except ValueError:
        return ""


def _entries(root: Element) -> Iterator[Element]:
    for child in root:
        if xml.local(child) in ("entry", "item"):
            yield child
        elif xml.local(child) == "channel":
            yield from (each for each in child if xml.local(each) in ("entry", "item"))


def _hrefs(entry: Element) -> list[str]:
    """List the links of an entry: what says to be a warning first, pages for people not at all."""
    found: list[tuple[int, str]] = []
    for each in entry:
        kind = (each.get("type") or "").lower()
        if xml.local(each) == "link":
            href = (each.get("href") or each.text or "").strip()
            if (each.get("rel") or "alternate") not in ("alternate", "enclosure", "related", "via"):
                continue
        elif xml.local(each) == "enclosure":
            href = (each.get("url") or "").strip()
        else:
            continue
        if href and not kind.startswith(_PEOPLE):
            found.append((0 if "cap" in kind else 1 if kind else 2, href))
    return [href for _, href in sorted(found, key=lambda pair: pair[0])]


def _next(root: Element, url: str) -> str:
    for each in root:
        if xml.local(each) == "link" and each.get("rel") == "next":
            return _joined(url, (each.get("href") or "").strip())
    return ""
