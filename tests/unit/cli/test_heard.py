"""Who speaks in files: each folder is a source, and a message without a date is one all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drawn import NOON
from vado.cli.files import read_alerts
from vado.cli.heard import voices_of
from vado.network import silence

HERE = (1.49, 42.56)


def rockfall(**more: object) -> bytes:
    return json.dumps(
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(HERE)},
            "properties": {"id": "r1", "kind": "landslide", "headline": "Rockfall", **more},
        }
    ).encode()


@pytest.mark.parametrize(("start", "heard_s"), [
    (NOON - 3600, NOON - 3600),  # told when it began
    (NOON + 3600, NOON),  # of what is to come: by now
])  # fmt: skip
def test_a_message_without_a_date_is_heard(tmp_path: Path, start: int, heard_s: int) -> None:
    folder = tmp_path / "police"
    folder.mkdir()
    (folder / "a.json").write_bytes(rockfall(start=start, end=NOON + 7200))
    read = read_alerts((folder,))
    assert [alert.sent_s for alert in read.alerts] == [0]
    voices = voices_of(read, NOON)
    assert [(voice.source, voice.heard_s) for voice in voices] == [("police", heard_s)]
    assert silence(voices, HERE) == ()


def test_no_file_is_no_voice_and_a_bad_one_is_missed(tmp_path: Path) -> None:
    assert silence(voices_of(read_alerts(()), NOON), HERE) == (
        "no source that is heard speaks for this place",
    )
    (tmp_path / "bad.json").write_bytes(b"{")
    (tmp_path / "good.json").write_bytes(rockfall(start=NOON, end=NOON + 60))
    (why,) = silence(voices_of(read_alerts((tmp_path,), skip_bad=True), NOON), HERE)
    assert why.startswith("files is missed: ")
