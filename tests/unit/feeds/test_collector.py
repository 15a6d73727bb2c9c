"""The collector is paused while a document is read, and runs again whatever becomes of it."""

from __future__ import annotations

import gc

import pytest

from vado import feeds
from vado.errors import PayloadError
from vado.feeds.collector import paused


def test_it_is_paused_in_the_block_and_runs_again_after_it() -> None:
    assert gc.isenabled()
    with paused():
        assert not gc.isenabled()
        with paused():
            pass
        assert not gc.isenabled(), "only the outermost starts it again"
    assert gc.isenabled()


def test_it_runs_again_after_a_fault() -> None:
    with pytest.raises(PayloadError):
        feeds.read(b"<html/>", source="x")
    assert gc.isenabled()


def test_who_has_stopped_it_starts_it() -> None:
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
