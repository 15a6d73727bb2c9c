from __future__ import annotations

import pytest

from vado.network.units import length_cm, speed_kmh, weight_kg


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", 350), ("3.5 m", 350), ("3,5", 350), ("12'6\"", 381), ("12'", 366), ("12 ft 6 in", 381),
        ("250 cm", 250), ("4;3.8", 380), ("default", None), ("none", None), ("below_default", None),
        ("", None), ("0", None), ("-3", None), ("3.5 bananas", None), ("3.5 m @ (Mo-Fr)", None),
    ],
)  # fmt: skip
def test_length(text: str, expected: int | None) -> None:
    assert length_cm(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7.5", 7500), ("7.5t", 7500), ("7.5 t", 7500), ("7500 kg", 7500), ("3 st", 2722), ("10 lbs", 5),
        ("unsigned", None), ("", None),
    ],
)  # fmt: skip
def test_weight(text: str, expected: int | None) -> None:
    assert weight_kg(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50", 50), ("30 mph", 48.28), ("30mph", 48.28), ("50 km/h", 50), ("80;60", 60), ("RO:urban", None)],
)
def test_speed(text: str, expected: float | None) -> None:
    assert speed_kmh(text) == (None if expected is None else pytest.approx(expected, abs=0.01))
