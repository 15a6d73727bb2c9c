"""Archives: all members or a fault; nothing is followed, and a part is never the whole."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from vado.feeds.archive import FORMAT, MEMBERS_MAX
from vado.feeds.recognise import recognise
from vado.model.alert import MsgType
from weather_messages import HEARD_S, after, cap, parse, tar, why_refused

ONE = cap(identifier="m1").encode()
TWO = cap(identifier="m2").encode()
FILES = [("Z_CAP_C_LEMM_1.xml", ONE), ("Z_CAP_C_LEMM_2.xml", TWO)]


def zipped(files: list[tuple[str, bytes]]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return body.getvalue()


def test_pitfall_28_a_tar_is_read_packed_or_not_whatever_it_is_called() -> None:
    for body in (tar(FILES), tar(FILES, mode="w:gz"), zipped(FILES)):
        assert [alert.identifier for alert in parse(body)] == ["m1", "m2"]
    assert [alert.identifier for alert in parse(gzip.compress(ONE))] == ["m1"]
    lifecycles = [recognise(body)[0].lifecycle for body in (tar(FILES), tar(FILES, mode="w:gz"))]
    assert lifecycles == [FORMAT.lifecycle, FORMAT.lifecycle] == ["full", "full"]
    # A zip may hold only what is new, and one message is never all there is: nothing ends by being absent.
    assert {recognise(body)[0].lifecycle for body in (zipped(FILES), gzip.compress(ONE))} == {"stream"}
    assert why_refused(b"") == ["E1006"]  # 200 with an empty body: a fault, no all clear


@pytest.mark.parametrize(
    "body", [tar(FILES), tar(FILES, mode="w:gz"), zipped(FILES)], ids=["tar", "gz", "zip"]
)
def test_an_archive_cut_off_anywhere_is_a_fault(body: bytes) -> None:
    end = len(body.rstrip(b"\0"))
    for cut in range(1, end, max(1, end // 60)):
        assert why_refused(body[:cut]), cut


def test_pitfall_44_bombs_links_and_names() -> None:
    assert why_refused(gzip.compress(b"\0" * 100_000_000)) == ["E1002"]
    assert why_refused(zipped([("a.xml", b" " * 50_000_000)])) == ["E1002"]
    many = [(f"{n}.xml", b"") for n in range(MEMBERS_MAX + 1)]
    assert why_refused(tar(many, mode="w:gz")) == ["E1002"]
    odd = tar([("../../etc/cron.xml", ONE), ("/abs\\x.xml", TWO), ("readme.txt", b"x")], links=["link.xml"])
    assert [alert.identifier for alert in parse(odd)] == ["m1", "m2"]
    assert why_refused(tar([], links=["link.xml"])) == ["E1001"]


def test_one_member_that_cannot_be_read_is_kept_and_the_rest_counts() -> None:
    good, bad, other = parse(tar([*FILES[:1], ("bad.xml", b"<alert"), ("page.xml", b"<html/>")]))
    assert good.identifier == "m1"
    assert bad.identifier == "bad.xml/unreadable"
    assert "'html'" in other.notes[0]


def test_an_archive_without_warnings_is_a_fault() -> None:
    assert why_refused(tar([])) == ["E1006"]  # empty blocks: nothing says that it is a tar
    assert why_refused(tar([("readme.txt", b"x")])) == ["E1001"]
    assert why_refused(zipped([("bulletin.dbf", b"x")])) == ["E1006"]


def test_aemet_withdraws_by_an_update_that_is_born_expired() -> None:
    old = cap(identifier="old", sent="2026-01-10T07:00:00-00:00")
    level = "<parameter><valueName>AEMET-Meteoalerta nivel</valueName><value>amarillo</value></parameter>"
    withdrawn = cap(
        identifier="new", msgType="Update", references="s@x.example,old,2026-01-10T07:00:00-00:00",
        info=f"<effective>2026-01-10T09:00:00+01:00</effective><onset>2026-01-10T08:59:59+01:00</onset>{level}",
    ).replace("2026-01-10T18:00:00-00:00", "2026-01-10T09:00:00+01:00")  # fmt: skip
    alerts = parse(tar([("1.xml", old.encode()), ("2.xml", withdrawn.encode())]))
    assert alerts[1].msg_type is MsgType.UPDATE
    assert not after(alerts, now_s=HEARD_S - 3000).hazards
    assert after(alerts[:1], now_s=HEARD_S - 3000).hazards


def test_pitfall_21_green_of_aemet_is_no_warning() -> None:
    level = "<parameter><valueName>AEMET-Meteoalerta nivel</valueName><value>verde</value></parameter>"
    assert not after(parse(tar([("1.xml", cap(info=level).encode())]))).hazards
