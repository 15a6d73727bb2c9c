"""The EDR index: pointers are to be fetched, what is superseded ends, and a page is not all there is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tables import meaning
from vado import feeds
from vado.feeds import Lifecycle, meteoalarm_edr
from vado.feeds.formats import FORMATS
from vado.feeds.recognise import open_document
from vado.hazards import absorb
from vado.model.alert import Action, MsgType
from weather_messages import HEARD_S, after, cap, parse

HREF = "https://x.example/{}.xml?Signature={}"


def feature(name: str, *, signature: str = "s1", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature", "id": f"f-{name}",
        "links": [{"rel": "canonical", "href": "https://x.example/other"},
                  {"rel": "xml", "href": HREF.format(name, signature)}],
        "properties": {"alertId": name, "hubTime": "2026-01-10T08:00:00Z", "countryCode": "XX",
                       "indexArea": 0,
                       "supersededByAlertId": None, "supersededAt": None, "supersedeType": None,
                       **properties},
        "geometry": {"type": "Polygon", "coordinates": [[[1, 42], [2, 42], [2, 43], [1, 43], [1, 42]]]},
    }  # fmt: skip


def page(*features: Any, **metadata: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, "metadata": metadata}).encode()


def test_a_pointer_is_to_be_fetched_and_its_box_is_not_where_the_warning_is() -> None:
    (alert,) = parse(page(feature("a")))
    assert alert.infos[0].stated[0].action is Action.INSPECT
    assert alert.infos[0].areas == ()
    assert alert.event == "meteoalarm a"
    assert after([alert]).hazards[0].unknown


def test_several_features_of_one_warning_are_one_pointer() -> None:
    alerts = parse(page(feature("a"), feature("a", indexArea=1), feature("b")))
    assert [alert.identifier for alert in alerts] == ["a", "b"]


def test_what_is_superseded_ends() -> None:
    over = feature("a", supersededByAlertId="b", supersededAt="2026-01-10T08:30:00Z", supersedeType="UPDATE")
    (before,), (cancel,) = parse(page(feature("a"))), parse(page(over))
    assert cancel.msg_type is MsgType.CANCEL
    for order in ((before, cancel), (cancel, before)):
        assert not after(order).hazards
    # One index of several says it: the warning is superseded in all of them.
    assert [alert.msg_type for alert in parse(page(feature("a"), over))] == [MsgType.CANCEL]


def test_pitfall_27_links_rotate_and_the_warning_keeps_its_name() -> None:
    first, later = (parse(page(feature("a", signature=s)))[0] for s in ("s1", "s2"))
    assert first.id == later.id
    assert first.event == later.event


def test_links_are_those_of_what_still_holds() -> None:
    document = open_document(
        page(feature("a"), feature("b", supersededByAlertId="c"), feature("a", indexArea=1))
    )
    assert [link.href for link in meteoalarm_edr.links(document)] == [HREF.format("a", "s1")]


def test_pitfall_24_a_page_says_of_how_many_it_is() -> None:
    assert meteoalarm_edr.pages(open_document(page(feature("a"), page=1, total_pages=79))) == (1, 79)
    assert meteoalarm_edr.FORMAT.lifecycle == "window"  # pitfall 25: what is missing may still hold


@pytest.mark.parametrize("broken", [{"hubTime": "soon"}, {"hubTime": None}, {"alertId": 7}])
def test_a_feature_that_cannot_be_read_is_kept_unread(broken: dict[str, Any]) -> None:
    good, bad = parse(page(feature("a"), feature("b", **broken)))
    assert good.sent_s == HEARD_S - 3600
    assert bad.identifier.endswith("/unreadable")


def test_pitfall_25_what_the_window_of_the_index_holds_no_more_still_holds() -> None:
    """The index is of what was published lately: a warning of three days ago is in none of its pages."""
    (index,) = [each for each in FORMATS if each.name == "MeteoAlarm EDR index"]
    assert index.lifecycle is Lifecycle.WINDOW
    warned = parse(cap(identifier="a", sent="2026-01-07T08:00:00-00:00").encode())
    state = after(warned)
    for later_s in (23 * 3600, 24 * 3600, 30 * 3600):
        body = page(feature("other", hubTime="2026-01-10T08:30:00Z"))
        contents = feeds.read(body, source="test", received_s=HEARD_S + later_s, pulled=True)
        assert not contents.read.full
        state, _ = absorb(state, contents.alerts, meaning(), now_s=HEARD_S, reads=(contents.read,))
        assert warned[0].id in {hazard.alert for hazard in state.hazards}
