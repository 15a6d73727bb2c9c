"""A storm over a town, from a seed: thousands of CAP messages as one office sends them.

In: a count, a seed, a place. Out: messages in the order in which they are sent. The storm goes from west to
east in a day; cells are polygons of 12 to 64 corners and, one in four, circles. One in five messages is an
Update that moves a cell, one in twenty a Cancel.
"""

from __future__ import annotations

import math
import random

from vado.model.when import rfc3339

COUNT = 5_000
SEED = 20260110
START_S = 1_768_025_400  # 2026-01-10T06:10:00Z
EVERY_S = 7
END_S = START_S + COUNT * EVERY_S
SENDER = "storm@bench.example"
UPDATES, CANCELS, CIRCLES = 0.20, 0.05, 0.25
WIDE_DEG = 0.25  # from where the storm comes to where it goes
SEVERITIES = ("Moderate", "Severe", "Extreme")
EVENTS = ("Flood", "Flash flood", "Thunderstorm", "Wind", "Heavy rain")


def messages(middle: tuple[float, float], *, count: int = COUNT, seed: int = SEED) -> list[bytes]:
    """Write all messages of the storm."""
    draw = random.Random(seed)
    open_cells: list[tuple[str, str]] = []  # identifier and when it was sent
    made = []
    for n in range(count):
        sent = _stamp(START_S + n * EVERY_S)
        chance, references, kind = draw.random(), "", "Alert"
        if open_cells and chance < UPDATES + CANCELS:
            older, older_sent = open_cells.pop(draw.randrange(len(open_cells)))
            references = f"{SENDER},{older},{older_sent}"
            kind = "Cancel" if chance < CANCELS else "Update"
        if kind != "Cancel":
            open_cells.append((f"cell-{n}", sent))
        east = WIDE_DEG * (n / count - 0.5)
        at = (middle[0] + east + draw.gauss(0, 0.03), middle[1] + draw.gauss(0, 0.03))
        made.append(_message(n, sent, kind, references, at, draw))
    return made


def _message(
    n: int, sent: str, kind: str, references: str, at: tuple[float, float], draw: random.Random
) -> bytes:
    size_km = draw.uniform(0.2, 2.5)
    if draw.random() < CIRCLES:
        shape = f"<circle>{at[1]:.5f},{at[0]:.5f} {size_km:.2f}</circle>"
    else:
        shape = f"<polygon>{_star(at, size_km, draw)}</polygon>"
    start_s = START_S + n * EVERY_S + 600
    refers = f"<references>{references}</references>" if references else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>cell-{n}</identifier><sender>{SENDER}</sender><sent>{sent}</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{refers}<info><language>en</language>"
        f"<category>Met</category><event>{draw.choice(EVENTS)}</event><urgency>Immediate</urgency>"
        f"<severity>{draw.choice(SEVERITIES)}</severity><certainty>Observed</certainty>"
        f"<onset>{_stamp(start_s)}</onset><expires>{_stamp(END_S + draw.randint(2, 8) * 3600)}</expires>"
        f"<headline>Cell {n} of the storm</headline><description>Water on roads, stay away.</description>"
        f"<area><areaDesc>Around cell {n}</areaDesc>{shape}</area></info></alert>"
    ).encode()


def _stamp(instant: int) -> str:
    return (rfc3339(instant) or "").replace("Z", "+00:00")


def _star(at: tuple[float, float], size_km: float, draw: random.Random) -> str:
    corners = draw.randint(12, 64)
    found = []
    for k in range(corners):
        radius = size_km / 111.195 * draw.uniform(0.7, 1.0)
        angle = 2 * math.pi * k / corners
        lon = at[0] + radius * math.cos(angle) / math.cos(math.radians(at[1]))
        found.append(f"{at[1] + radius * math.sin(angle):.5f},{lon:.5f}")
    return " ".join([*found, found[0]])
