"""Real files of traffic centres and map services: each is read, or refused by name, as the table beside says.

The table holds our own words only: file, verdict, how many alerts, and why. After a wanted change write it
anew with `python tests/instances/test_road_feeds.py`, and read the difference before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samples import SAMPLES, sample
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.hazards import absorb
from vado.model.hazard import HazardState

pytestmark = pytest.mark.samples
TABLE = Path(__file__).resolve().parents[1] / "golden" / "feeds" / "road_files.json"
FOLDERS = (
    "wzdx", "cifs", "open511", "gdacs", "copernicus_ems", "effis", "usgs", "ign", "alertswiss", "dpc_italy",
)  # fmt: skip
# After all that these files are dated: 2026-08-01.
RECEIVED_S = 1_785_542_400


def verdict(path: Path) -> dict[str, Any]:
    try:
        alerts = feeds.parse(path.read_bytes(), source="sample", received_s=RECEIVED_S)
    except PayloadError as error:
        return {
            "verdict": "refused",
            "why": f"{error.faults[0].code} {error.faults[0].cause.partition(' (')[0]}",
        }
    found = feeds.recognise(path.read_bytes())[0].name
    unreadable = sum(alert.identifier.endswith("/unreadable") for alert in alerts)
    return {"verdict": f"read as {found}", "alerts": len(alerts), "unreadable": unreadable}


def table(root: Path) -> dict[str, dict[str, Any]]:
    return {
        f"{folder}/{path.name}": verdict(path)
        for folder in FOLDERS
        for path in sorted((root / folder).iterdir())
    }


def test_each_real_file_is_read_or_refused_as_the_table_says() -> None:
    expected = json.loads(TABLE.read_text(encoding="utf-8"))
    assert table(sample("wzdx").parent) == expected


def test_what_real_files_say_is_understood_by_the_tables() -> None:
    state, notes = HazardState(), []
    for folder in FOLDERS:
        for path in sorted(sample(folder).iterdir()):
            if verdict(path)["verdict"] != "refused":
                alerts = feeds.parse(path.read_bytes(), source=path.name, received_s=RECEIVED_S)
                state, said = absorb(state, alerts, meaning(), now_s=RECEIVED_S)
                notes += said
    assert state.hazards, "some are still in force, and all passed through"


if __name__ == "__main__":
    TABLE.write_text(json.dumps(table(SAMPLES), indent=1) + "\n", encoding="utf-8")
