"""Settings: where they come from, what is refused, and that their page says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vado.errors import InputError
from vado.feed_settings import FeedSettings
from vado.settings import Settings, load_settings, unknown_variables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working directory without vado.toml, an environment without VADO_*."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("VADO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_is_needed() -> None:
    settings = load_settings()
    assert settings.store == f"sqlite:///{settings.home / 'vado.db'}"
    assert settings.url == "http://127.0.0.1:8080"
    assert settings.loopback


def test_a_call_beats_the_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("vado.toml").write_text('port = 1\nworld = "file"\nregion = "file"\n')
    monkeypatch.setenv("VADO_PORT", "2")
    monkeypatch.setenv("VADO_WORLD", "env")
    settings = load_settings(port=3)
    assert (settings.port, settings.world, settings.region) == (3, "env", "file")


def test_the_file_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[webhook_secrets]\naemet = ["whsec_' + "A" * 44 + '"]\n')
    monkeypatch.setenv("VADO_CONFIG", str(tmp_path / "other.toml"))
    assert list(load_settings().webhook_secrets) == ["aemet"]


def test_secrets_are_not_shown() -> None:
    settings = Settings(webhook_secrets={"a": ["whsec_" + "B" * 44]})
    assert "BBBB" not in repr(settings)
    assert "BBBB" not in str(settings.model_dump())


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VADO_WEBHOOK_SECRETS", "")
    monkeypatch.setenv("VADO_PORT", "")
    assert (load_settings().webhook_secrets, load_settings().port) == ({}, 8080)


def test_all_that_is_wrong_is_named_at_once() -> None:
    Path("vado.toml").write_text(
        'port = "x"\nprot = 80\ntime_zone = "Atlantis"\nclock_origin = "2026-01-10"\n'
    )
    with pytest.raises(InputError) as caught:
        load_settings()
    assert {fault.field for fault in caught.value.faults} == {"port", "prot", "time_zone", "clock_origin"}


@pytest.mark.parametrize("secret", ["1234", "whsec_", "whsec_!!!!", "whsec_" + "A" * 8])
def test_a_weak_or_broken_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(webhook_secrets={"a": [secret]})
    assert len(secret) < 7 or secret not in str(caught.value)


@pytest.mark.parametrize(("text", "code"), [("port = ", "E1001"), (None, "E1005")])
def test_a_file_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, code: str
) -> None:
    path = tmp_path / "bad.toml"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("VADO_CONFIG", str(path))
    with pytest.raises(InputError) as caught:
        load_settings()
    assert caught.value.code == code


def test_json_that_is_none_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VADO_WEBHOOK_SECRETS", "aemet")
    with pytest.raises(InputError) as caught:
        load_settings()
    assert caught.value.code == "E1004"


def test_misspelt_variables_are_found() -> None:
    environ = {"VADO_PORT": "1", "VADO_PROT": "1", "VADO_CONFIG": "x", "PATH": "x"}
    assert unknown_variables(environ) == ("VADO_PROT",)


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("vado.example", False)],  # noqa: S104
)
def test_what_is_loopback(host: str, near: bool) -> None:
    assert Settings(host=host).loopback is near


def test_the_address_people_use() -> None:
    assert Settings(host="::1").url == "http://[::1]:8080"
    assert Settings(public_url="https://vado.example/").url == "https://vado.example"


def test_the_page_has_each_settings_default_and_words() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", PAGE.read_text(), re.M))
    for name, field in Settings.model_fields.items():
        variable, default, words = rows[name].split(" | ", 2)
        assert variable == f"`VADO_{name.upper()}`"
        assert words == field.description
        if field.default_factory is None:
            assert default == ("empty" if field.default in ("", None, ()) else f"`{field.default}`")


def test_the_page_has_each_key_of_a_feed() -> None:
    rows = dict(re.findall(r"^\| `\.([a-z_]+)` \| [^|]+ \| (.*) \|$", PAGE.read_text(), re.M))
    assert rows == {name: field.description for name, field in FeedSettings.model_fields.items()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://a.example/x"}, {"url": "https://"}, {"url": "https://u:p@a.example/"},
        {"url": "https://[x"},
        {"every_s": 1}, {"covers": [4, 3, 2, 1]}, {"covers": "Spain"}, {"mirrors": "nobody"},
        {"mirrors": "met"},
        {"hub": "https://h.example/"}, {"follow": True}, {"headers": {"a": "b\nc"}}, {"sns_topics": ["arn"]},
        {"url": "https://a.example/", "hub": "https://h.example/", "hub_secret": "x"},
        {"basic": "no colon in it, but long"},
        {"lifecycle": "half"}, {"speed": 1},
    ],
)  # fmt: skip
def test_a_feed_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        load_settings(feeds={"met": wrong})
    assert refused.value.code == "E1004"


def test_a_feed_is_missed_after_six_polls_unless_it_says_otherwise() -> None:
    settings = Settings(feeds={"a": {"url": "https://a.example/"}, "b": {}, "c": {"fresh_s": 60}})
    assert [feed.fresh_s for feed in settings.declared.values()] == [1800, None, 60]
    with pytest.raises(InputError):
        load_settings(feeds={"no name": {}})


def test_what_is_secret_of_a_feed_is_not_shown() -> None:
    settings = Settings(feeds={"a": {"url": "https://a.example/", "headers": {"key": "BBBB"}}})
    assert "BBBB" not in repr(settings) + repr(settings.declared)
    assert settings.declared["a"].headers == (("key", "BBBB"),)
