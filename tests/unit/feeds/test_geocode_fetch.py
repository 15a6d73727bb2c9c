"""Tables of places by download: whole or not at all, and never another than was asked for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import httpx
import pytest

from feed_server import answer, in_turn
from vado.errors import InputError, OutsideError
from vado.feeds.fetch import make_client
from vado.feeds.geocode_fetch import TableCard, fetch_table, list_tables, table_paths
from vado.feeds.geocodes import load_geocodes

NOW = 1_800_000_000
URL = "https://zones.example/nuts.geojson?key=secret"


def table(*codes: str, key: str = "NUTS_ID") -> bytes:
    ring = [[1.0, 42.0], [2.0, 42.0], [2.0, 43.0], [1.0, 42.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {key: code}, "geometry": shape} for code in codes]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def got(
    folder: Path, *answers: httpx.Response | Exception, name: str = "nuts", url: str = URL, **given: object
) -> tuple[TableCard, str, list[httpx.Request]]:
    server, seen = in_turn(*answers)
    with make_client(server) as client:
        card, state = fetch_table(client, folder, name, url=url, now_s=NOW, **given)  # type: ignore[arg-type]
    assert len(seen) == len(answers)
    return card, state, seen


def known(folder: Path, scheme: str, code: str) -> bool:
    return load_geocodes(table_paths(folder)).find(scheme, code) is not None


def test_a_table_is_there_after_it_was_fetched(tmp_path: Path) -> None:
    body = table("ES213")
    card, state, _ = got(tmp_path / "new", answer(200, body, etag='"1"'))
    assert (state, card.size) == ("new", len(body))
    assert card.sha256 == hashlib.sha256(body).hexdigest()
    assert list_tables(tmp_path / "new") == (card,)
    assert known(tmp_path / "new", "NUTS3", "ES213")


def test_it_is_asked_again_where_it_came_from_and_only_if_it_is_newer(tmp_path: Path) -> None:
    first, _, _ = got(tmp_path, answer(200, table("ES213"), etag='"1"'))
    same, state, (request,) = got(tmp_path, answer(304), url="")
    assert (same, state) == (first, "same")
    assert str(request.url) == URL
    assert request.headers["if-none-match"] == '"1"'
    new, state, _ = got(tmp_path, answer(200, table("ES213", "ES214")), url="")
    assert state == "changed"
    assert known(tmp_path, "NUTS", "ES214")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == sorted([new.file, "nuts.card"]), "the old one is gone, nothing lies about"


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (answer(404), "HTTP 404"),
        (httpx.ConnectError("no"), "no answer"),
        (answer(200, b"<html>log in</html>"), "a page for people"),
        (answer(200, b""), "an empty answer"),
        (answer(200, b'{"type": "FeatureCollection", "features": []}'), "no area"),
        (answer(200, b'{"type": "FeatureColl'), "no table of places"),
        (answer(200, table("ES2", key="name")), "has no code"),
        (answer(200, b"PK\x03\x04" + b"x" * 50), "an archive"),
        (answer(200, b"a,b\n1,2\n"), "its columns"),
        (answer(302, location="https://elsewhere.example/x"), "another host"),
        (answer(200, table("ES213"), content_length="999999"), "broke off"),
    ],
)
def test_what_is_no_table_leaves_the_old_one(
    tmp_path: Path, reply: httpx.Response | Exception, cause: str
) -> None:
    card, _, _ = got(tmp_path, answer(200, table("ES213")))
    with pytest.raises(OutsideError) as failed:
        got(tmp_path, reply)
    assert failed.value.faults[0].code == "E2002"
    assert cause in str(failed.value)
    assert "secret" not in str(failed.value)
    assert list_tables(tmp_path) == (card,)
    assert known(tmp_path, "NUTS", "ES213")
    assert {path.name for path in tmp_path.iterdir()} == {card.file, "nuts.card"}


def test_larger_than_the_limit_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="larger than 100 bytes"):
        got(tmp_path, answer(200, table("ES213")), bytes_max=100)
    assert list_tables(tmp_path) == ()


def test_only_the_file_with_the_checksum_is_taken(tmp_path: Path) -> None:
    body = table("ES213")
    got(tmp_path, answer(200, body, etag='"1"'), sha256=hashlib.sha256(body).hexdigest())
    with pytest.raises(OutsideError, match="another file"):
        got(tmp_path, answer(200, table("ES214")), sha256=hashlib.sha256(body).hexdigest())
    with pytest.raises(OutsideError, match="another file"):
        got(tmp_path, answer(304), url="", sha256="0" * 64)
    assert known(tmp_path, "NUTS", "ES213")


def test_a_table_that_was_changed_is_not_used_and_is_fetched_anew(tmp_path: Path) -> None:
    card, _, _ = got(tmp_path, answer(200, table("ES213"), etag='"1"'))
    (tmp_path / card.file).write_bytes(table("ES214"))
    with pytest.raises(InputError, match="vado geocodes fetch nuts"):
        table_paths(tmp_path)
    _, state, (request,) = got(tmp_path, answer(200, table("ES213"), etag='"1"'), url="")
    assert "if-none-match" not in request.headers
    assert state == "same"
    assert known(tmp_path, "NUTS", "ES213")


def test_whose_codes_they_are_may_be_said(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="of which scheme"):
        got(tmp_path, answer(200, table("213", key="code")), name="mine")
    got(tmp_path, answer(200, table("213", key="code")), name="mine", scheme="PARISH")
    assert known(tmp_path, "parish", "213")
    got(tmp_path, answer(200, table("214", key="code")), name="mine", url="")
    assert known(tmp_path, "parish", "214"), "it is remembered"


def test_aliases_come_by_download_as_well(tmp_path: Path) -> None:
    got(tmp_path, answer(200, table("ES213")))
    got(tmp_path, answer(200, b"scheme,code,target\nEMMA_ID,ES999,NUTS/ES213\n"), name="aliases")
    assert known(tmp_path, "EMMA_ID", "ES999")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "../up"}, "E1004"),
        ({"url": ""}, "E1003"),
        ({"url": "file:///etc/passwd"}, "E1004"),
        ({"url": "https://[::1"}, "E1004"),
        ({"sha256": "12"}, "E1004"),
        ({"scheme": "a/b"}, "E1004"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anybody_is_asked(
    tmp_path: Path, given: dict[str, str], code: str
) -> None:
    with pytest.raises(InputError) as wrong:
        got(tmp_path, **given)  # type: ignore[arg-type]
    assert wrong.value.faults[0].code == code


@pytest.mark.parametrize("card", ["{", "[]", '{"name": "x"}', "null"])
def test_a_card_that_cannot_be_read_is_named(tmp_path: Path, card: str) -> None:
    (tmp_path / "nuts.card").write_text(card, encoding="utf-8")
    with pytest.raises(InputError, match=r"nuts\.card"):
        list_tables(tmp_path)


def test_what_a_broken_download_left_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "nuts-0123456789abcdef.geojson").write_bytes(b"{")
    assert table_paths(tmp_path) == ()
