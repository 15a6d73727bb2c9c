"""Words for vehicles: classes of OSM, and words that nobody knows."""

from __future__ import annotations

from vado.feeds.vehicles import classes, classes_of, means_trailer


def test_words_in_any_spelling_and_number() -> None:
    assert classes("heavyVehicle") == classes("heavy-vehicles") == classes("HGV") == ("hgv",)
    assert classes("trucks") == ("hgv",)
    assert classes("anyVehicle") == ()
    assert classes("spaceship") is None


def test_a_word_that_nobody_knows_could_mean_any_vehicle() -> None:
    assert classes_of(["bus", "lorry"]) == (("bus", "hgv"), ())
    assert classes_of(["bus", "spaceship"]) == ((), ("spaceship",))
    assert classes_of(["bus", "all"]) == ((), ())


def test_trailers() -> None:
    assert means_trailer("carWithTrailer")
    assert means_trailer("caravans")
    assert not means_trailer("car")
