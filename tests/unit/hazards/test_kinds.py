"""Kinds: every word of the shipped table names its kind, in whatever dress a service sends it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vado.feeds import shipped_kinds
from vado.hazards.kinds import fold

TABLE = Path(__file__).parents[3] / "data" / "kinds.toml"


def test_every_word_of_the_table_names_its_kind_or_one_before_it() -> None:
    kinds = shipped_kinds()
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["kind"]
    order = [row["name"] for row in rows]
    for row in rows:
        for word in row["words"]:
            for written in (word.replace("*", ""), word.replace("*", "xx").upper()):
                found = kinds.find((written,))
                assert found, f"{written!r} of {row['name']} names no kind"
                assert order.index(found) <= order.index(row["name"]), (word, found)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Incendios forestales", "wildfire"), ("Peligro de incendios forestales", "fire-weather"),
        ("Carretera A-23 cortada", ""), ("Carreteras cortadas", "closure"), ("Feux de forêt", "wildfire"),
        ("Glissement de terrain", "landslide"), ("Avenidas torrenciales", "flash-flood"),
        ("Remociones en masa", "landslide"), ("Tempestade", "thunderstorm"), ("Sistema frontal", "rain"),
        ("陸上颱風警報", "cyclone"), ("Total Fire Ban", "fire-weather"), ("Parque", ""),
    ],
)  # fmt: skip
def test_words_of_services(said: str, kind: str) -> None:
    assert shipped_kinds().find((said,)) == kind


def test_folding_knows_no_case_accents_or_marks() -> None:
    assert fold("  Vent_FORT : Côte-d'Or ") == "vent fort cote d or"
