"""What a hostile message may cost: seconds of this process, whatever it holds."""

from __future__ import annotations

import json
import time

import pytest

from vado.errors import PayloadError
from weather_messages import CAP, SQUARE, cap, parse

SECONDS_MAX = 2.0
HOLE = (
    "<geocode><valueName>EXCLUDE_POLYGON</valueName><value>42.12,1.22 42.12,1.24 42.14,1.24</value></geocode>"
)
ENTRY = (
    "<entry><cap:event>Rain</cap:event><cap:severity>Severe</cap:severity><cap:identifier>w</cap:identifier>"
    f"<cap:areaDesc>{{}}</cap:areaDesc><cap:polygon>{SQUARE}</cap:polygon></entry>"
)
PLACE = {
    "latitude": 42.5, "longitude": 1.5, "utc_offset_seconds": 0, "hourly_units": {"precipitation": "mm"},
    "hourly": {"time": [f"2026-01-10T{n:02}:00" for n in range(15)], "precipitation": [7, 35, 0] * 5},
}  # fmt: skip
BODIES = {
    "holes": cap(area=f"<polygon>{SQUARE}</polygon>" + HOLE * 10_000),
    "languages": cap(
        infos="".join(f"<info><event>Flood</event><language>l{n}</language></info>" for n in range(9_000))
    ),
    "entries of one message": f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="{CAP}">'
    + "".join(ENTRY.format(n) for n in range(4_000))
    + "</feed>",
    "places": json.dumps([PLACE] * 1_900),
}


@pytest.mark.parametrize("name", BODIES)
def test_many_of_anything_take_no_longer_than_their_number(name: str) -> None:
    body = BODIES[name].encode()
    start = time.process_time()
    try:
        parse(body)
    except PayloadError as error:
        pytest.fail(str(error))
    assert time.process_time() - start < SECONDS_MAX
