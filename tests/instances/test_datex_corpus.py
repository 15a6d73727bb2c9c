"""Real DATEX II and IMS messages: each is read, or refused with a reason that names what it is.

What is expected of each stands in a table, tests/golden/feeds/datex_samples.tsv: file, read or refused,
alerts, hazards, effects, or the reason. Run this file to write it anew.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from samples import sample
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.hazards import absorb
from vado.model.alert import Action, Alert
from vado.model.hazard import HazardState

pytestmark = pytest.mark.samples
TABLE = Path(__file__).resolve().parents[1] / "golden" / "feeds" / "datex_samples.tsv"
HEADER = "file\tverdict\talerts\tinfos\teffects or reason"
LATER_S = 1_800_000_000  # 2027: after all that is dated


def documents() -> Iterator[Path]:
    for folder in ("datex2", "datex2_ims"):
        yield from sorted(path for path in sample(folder).iterdir() if path.suffix in (".xml", ".json"))


def read(path: Path) -> tuple[Alert, ...]:
    return feeds.parse(path.read_bytes(), source="samples", received_s=LATER_S)


def row(path: Path) -> str:
    name = f"{path.parent.name}/{path.name}"
    try:
        alerts = read(path)
    except PayloadError as error:
        return f"{name}\trefused\t\t\t{error.faults[0].code}: {error.faults[0].cause}"
    infos = [info for alert in alerts for info in alert.infos]
    count = Counter(effect.action.value for info in infos for effect in info.stated)
    count["by the tables"] = sum(1 for info in infos if not info.stated)
    effects = ", ".join(f"{n} {name}" for name, n in sorted(count.items()) if n)
    return f"{name}\tread\t{len(alerts)}\t{len(infos)}\t{effects or 'ended'}"


def test_every_sample_is_read_or_refused_as_the_table_says() -> None:
    assert [HEADER, *map(row, documents())] == TABLE.read_text(encoding="utf-8").splitlines()


def test_a_closed_road_is_shut_a_shoulder_is_not() -> None:
    closed, point, shoulder = read(sample("datex2", "dgt_v37_2026-09-19_extract3.xml"))
    assert [[e.action for e in alert.infos[0].stated] for alert in (closed, point, shoulder)] == [
        [Action.SHUT], [Action.SHUT], [Action.NONE],
    ]  # fmt: skip
    (road,) = closed.infos[0].areas[0].roads
    assert (road.ref, road.from_km, road.to_km, road.way.value) == ("A-8005", 0.0, 2.16, "both")


def test_the_carriageway_that_is_closed_has_its_drawn_line() -> None:
    (alert,) = read(sample("datex2", "ndw_v3_closure_2026-09-08.xml"))
    (road,) = alert.infos[0].areas[0].roads
    assert alert.infos[0].stated[0].action is Action.SHUT
    assert len(road.points) == 19
    assert all(3 < lon < 8 and 50 < lat < 54 for lon, lat in road.points)


def test_any_order_of_messages_ends_in_the_same_state() -> None:
    paths = [sample("datex2", f"fintraffic__Datex2_2017-08-10-{each}.xml")
             for each in ("15-59-34-896", "16-08-32-976", "16-10-01-680")]  # fmt: skip
    ends = set()
    for order in permutations(paths):
        state = HazardState()
        for path in (*order, order[0]):
            state, _ = absorb(state, read(path), meaning(), now_s=1_502_370_000)
        ends.add(state.hazards)
    assert len(ends) == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_message_is_a_fault_and_never_fewer_hazards(share: float) -> None:
    for path in documents():
        body = path.read_bytes().rstrip()
        if path.suffix == ".xml":
            with pytest.raises(PayloadError):
                feeds.parse(body[: int(len(body) * share)], source="samples")


def test_a_stream_reads_what_a_message_gives() -> None:
    for path in documents():
        if path.parent.name != "datex2" or path.suffix != ".xml":
            continue
        body = path.read_bytes()
        try:
            whole = feeds.parse(body, source="samples")
        except PayloadError:
            with pytest.raises(PayloadError):
                list(feeds.read_stream(io.BytesIO(body), source="samples"))
            continue
        if b"TrafficRegulationPublication" in body:  # orders come in messages, and a file of them is refused
            with pytest.raises(PayloadError, match="orders"):
                list(feeds.read_stream(io.BytesIO(body), source="samples"))
            continue
        assert tuple(feeds.read_stream(io.BytesIO(body), source="samples")) == whole


if __name__ == "__main__":
    TABLE.write_text("\n".join([HEADER, *map(row, documents())]) + "\n", encoding="utf-8")
