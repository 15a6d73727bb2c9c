"""Every invented message still gives the alerts or the faults that stand beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Alert
from vado.model.codec import from_json, to_json

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "feeds"
MESSAGES = sorted(
    [
        *(GOLDEN / "cap").glob("*.xml"),
        *(GOLDEN / "closures").glob("*.geojson"),
        *(GOLDEN / "weather").glob("*.body"),
    ]
)
RECEIVED_S = 1_768_050_600  # 2026-01-10T13:10:00Z: after all that is dated


def outcome(message: Path) -> Any:
    try:
        alerts = feeds.parse(message.read_bytes(), source="golden", received_s=RECEIVED_S)
    except PayloadError as error:
        return {"refused": [str(fault) for fault in error.faults]}
    return {"alerts": [to_json(alert) for alert in alerts]}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda path: path.name)
def test_message_gives_what_stands_beside_it(message: Path) -> None:
    expected = json.loads(message.with_suffix(".json").read_text(encoding="utf-8"))
    found = outcome(message)
    assert found == expected
    assert ("refused" in found) == message.name.startswith("refused_")


@pytest.mark.parametrize("message", MESSAGES, ids=lambda path: path.name)
def test_alerts_survive_the_store(message: Path) -> None:
    for alert in outcome(message).get("alerts", ()):
        assert to_json(from_json(Alert, alert)) == alert


if __name__ == "__main__":
    for each in MESSAGES:
        text = json.dumps(outcome(each), indent=1, ensure_ascii=False)
        each.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
