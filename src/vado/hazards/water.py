"""Water of a known depth: how fast who can wade it drives through. Depth in, factor out; knows no vehicle."""

from __future__ import annotations

# Pregnolato, Ford, Wilkinson, Dawson: The impact of flooding on road transport, 2017, doi
# 10.1016/j.trd.2017.06.020: the highest safe speed, km/h, in water of w millimetres; none from 300 mm on.
_SAFE_KMH = (0.0009, -0.5529, 86.9448)
_NO_SPEED_MM = 300
# Who may go deeper all the same, wades: 5 of 50 km/h, our judgement.
WADING_FACTOR = 0.1
SOURCE = (
    "water of the depth that the source states, for who wades it: safe speed, a tenth from 300 mm on "
    "[Pregnolato, Ford, Wilkinson, Dawson: The impact of flooding on road transport, 2017, "
    "doi 10.1016/j.trd.2017.06.020]"
)


def wading_factor(depth_cm: int) -> float:
    """Give the share of the usual speed that is left in water, in (0, 1]."""
    w = depth_cm * 10
    if w >= _NO_SPEED_MM:
        return WADING_FACTOR
    a, b, c = _SAFE_KMH
    return max(WADING_FACTOR, round((a * w * w + b * w + c) / c, 2))
