"""What is to be fetched, of any kind of index."""

from __future__ import annotations

from pathlib import Path

from vado.feeds.links import links, pages
from weather_messages import cap, parse

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "feeds" / "weather"


def test_each_index_names_what_it_does_not_hold() -> None:
    atom, edr = ((GOLDEN / name).read_bytes() for name in ("atom_inline.body", "edr.body"))
    assert [link.href.rpartition("/")[2] for link in links(atom)] == ["w1", "w3", "p1.cap"]
    assert [link.event for link in links(edr)] == ["meteoalarm a"]
    assert links(cap().encode()) == ()
    assert (pages(edr), pages(atom)) == ((1, 1), (1, 1))


def test_a_link_is_called_as_its_pointer() -> None:
    for name in ("atom_inline.body", "edr.body"):
        body = (GOLDEN / name).read_bytes()
        assert {link.event for link in links(body)} <= {alert.event for alert in parse(body)}
