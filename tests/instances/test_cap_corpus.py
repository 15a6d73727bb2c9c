"""Real CAP messages of some twenty services: each is read, or refused with a reason that names what it is.

Beside the documents with CAP alerts in them stand indexes, schemas and broken files. Nobody edited them for
us: they come from the test folders of other projects (SOURCES.tsv beside them).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from samples import sample
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.hazards import absorb
from vado.model.alert import Alert
from vado.model.hazard import HazardState

pytestmark = pytest.mark.samples
READ_SHARE_MIN = 0.97
# Files that hold an alert element and are no CAP message all the same.
NOT_CAP = {
    "gz__cap_broken.xml": "made broken on purpose, a tag is not closed",
}


def documents() -> Iterator[Path]:
    yield from sorted(path for path in sample("cap").iterdir() if path.name != "SOURCES.tsv")
    yield from sorted(sample("meteoalarm").glob("*.xml"))


def read(path: Path) -> tuple[tuple[Alert, ...], str]:
    try:
        return feeds.parse(path.read_bytes(), source=path.name), ""
    except PayloadError as error:
        return (), str(error)


def holds_alert(path: Path) -> bool:
    body = path.read_bytes()
    return any(mark in body for mark in (b"<alert", b"<cap:alert")) and path.name not in NOT_CAP


def test_nearly_all_real_cap_messages_are_read() -> None:
    holding = [path for path in documents() if holds_alert(path)]
    refused = {path.name: why for path in holding if (why := read(path)[1])}
    share = 1 - len(refused) / len(holding)
    table = "\n".join(f"{name}: {why}" for name, why in refused.items())
    assert len(holding) > 90
    assert share >= READ_SHARE_MIN, f"{share:.1%} of {len(holding)} read; refused:\n{table}"


def test_all_else_is_an_index_or_refused_by_name() -> None:
    for path in documents():
        if not holds_alert(path):
            alerts, why = read(path)
            # An index holds no alert element: it is read for what its entries say, or name.
            assert not why or why.startswith(("E1006", "E1001")), (path.name, why)
            assert not alerts or b"<alert" not in path.read_bytes() or path.name in NOT_CAP


def test_other_json_of_the_samples_is_never_taken_for_closures() -> None:
    folders = ("usgs", "wzdx", "gdacs", "open511", "alertswiss")
    files = [
        path
        for folder in folders
        for path in sorted(sample(folder).rglob("*"))
        if path.suffix in (".json", ".geojson") and path.stat().st_size < 5_000_000
    ]
    assert len(files) > 15
    for path in files:
        try:
            found, _ = feeds.recognise(path.read_bytes())
        except PayloadError:
            continue
        assert found.name != "GeoJSON closures", path


def test_every_alert_with_a_warning_in_it_is_shown() -> None:
    """Read at the time they were sent, Actual alerts with infos become hazards, or a note says why not."""
    known = unknown = 0
    for path in documents():
        for alert in read(path)[0]:
            state, notes = absorb(HazardState(), [alert], meaning(), now_s=alert.sent_s)
            if not state.hazards and alert.infos and alert.msg_type not in ("Cancel", "Ack"):
                over = all(
                    info.expires_s is not None and info.expires_s <= alert.sent_s for info in alert.infos
                )
                assert notes or over, path.name
            for hazard in state.hazards:
                known, unknown = known + (not hazard.unknown), unknown + bool(hazard.unknown)
                assert hazard.unknown or any(area.has_shape for area in hazard.footprint), path.name
    assert known > 30
    assert unknown > 30
