"""Words for vehicles: classes of OSM, and words that nobody knows."""

from __future__ import annotations

from vado.feeds.vehicles import classes, means_trailer


def test_words_in_any_spelling_and_number() -> None:
    assert classes("heavyVehicle") == classes("heavy-vehicles") == classes("HGV") == ("hgv",)
    assert classes("trucks") == ("hgv",)
    assert classes("anyVehicle") == ()
    assert classes("spaceship") is None


def test_a_class_is_what_a_source_calls_it_or_more() -> None:
    assert classes("carOrLightVehicle") == classes("lightVehicle") == ("motorcar", "goods")
    assert classes("highSidedVehicle") == ("hgv", "goods")


def test_trailers() -> None:
    assert means_trailer("carWithTrailer")
    assert means_trailer("caravans")
    assert not means_trailer("car")
