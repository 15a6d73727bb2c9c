"""Indices: what they lead to, once each, and never a page for people."""

from __future__ import annotations

import pytest

from vado.errors import PayloadError
from vado.feeds.follow import follow, name_of

URL = "https://met.example/index"


def atom(*entries: str, head: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'.encode()


def entry(*found: str, updated: str = "2026-01-10T09:00:00Z") -> str:
    return f"<entry><updated>{updated}</updated>{''.join(found)}</entry>"


def test_the_warning_of_an_entry_goes_before_its_page() -> None:
    body = atom(entry('<link href="page.html" type="text/html"/>', '<link rel="self" href="x"/>',
                      '<link href="/a.cap" type="application/cap+xml"/>'))  # fmt: skip
    assert [link.address for link in follow(body, url=URL).links] == ["https://met.example/a.cap"]


def test_rss_has_its_links_in_text() -> None:
    body = b"<rss><channel><item><link> https://met.example/1.xml </link></item><item/></channel></rss>"
    assert [link.address for link in follow(body, url=URL).links] == ["https://met.example/1.xml"]


def test_an_archive_of_all_goes_before_all() -> None:
    body = atom(entry('<link href="a.cap"/>'), entry('<link href="all.tar.gz"/>'))
    assert [link.address for link in follow(body, url=URL).links] == ["https://met.example/all.tar.gz"]


def test_an_entry_that_changed_is_another_document() -> None:
    old = follow(atom(entry('<link href="a.cap"/>')), url=URL).links
    new = follow(atom(entry('<link href="a.cap"/>', updated="2026-01-10T10:00:00Z")), url=URL).links
    assert old[0].address == new[0].address
    assert old[0].name != new[0].name


def test_pitfall_27_an_address_signed_for_a_while_is_the_same_document() -> None:
    one, two = (f"https://s3.example/a.cap?X-Amz-Date={n}&X-Amz-Signature={n}ab" for n in (1, 2))
    names = [follow(atom(entry(f'<link href="{url.replace("&", "&amp;")}"/>')), url=URL).links[0].name
             for url in (one, two)]  # fmt: skip
    assert names[0] == names[1]
    assert name_of("https://a.example/x?id=1") != name_of("https://a.example/x?id=2")


def test_a_further_page_is_told() -> None:
    body = atom(head='<link rel="next" href="?page=2"/>')
    assert follow(body, url=URL).more == "https://met.example/index?page=2"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "https://[", "x" * 3000])
def test_what_leads_nowhere_is_no_link(href: str) -> None:
    assert follow(atom(entry(f'<link href="{href}"/>')), url=URL).links == ()


@pytest.mark.parametrize("body", [b"{}", b"<alert/>", b"text", b""])
def test_what_is_no_index_is_a_fault(body: bytes) -> None:
    with pytest.raises(PayloadError):
        follow(body, url=URL)
