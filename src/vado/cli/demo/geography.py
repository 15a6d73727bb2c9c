"""The province of Orvane, as a table: towns, river, roads. All of it is invented; there is no such place.

Coordinates are kilometres east and north of the south-western corner of a sheet of 56 by 44 km. The sheet
lies in the open Atlantic (`ORIGIN`), so that nobody mistakes it for a real country.
"""

from __future__ import annotations

from dataclasses import dataclass

ORIGIN = (-24.0, 43.0)  # lon, lat of the sheet's corner
NAME = "orvane"
Km = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    at: Km
    population: int
    kind: str


@dataclass(frozen=True, slots=True)
class Corridor:
    """A road between two towns: its way points, and how it winds."""

    ref: str
    name: str
    highway: str
    ends: tuple[str, str]
    via: tuple[Km, ...] = ()
    sway_m: float = 220.0
    wave_m: float = 2400.0
    hairpins: int = 0
    surface: str = "asphalt"
    maxspeed: str = ""
    lanes: bool = True  # farm lanes leave it


TOWNS = (
    Town("Castrel", (17.0, 13.2), 21_400, "city"),
    Town("Morvila", (9.3, 10.2), 6_100, "town"),
    Town("Costanel", (2.6, 8.2), 2_900, "town"),
    Town("Faralta", (4.0, 1.8), 450, "village"),
    Town("Vinarca", (12.6, 4.0), 1_900, "village"),
    Town("Tesmora", (20.6, 6.0), 1_150, "village"),
    Town("Ribadel", (24.8, 16.8), 3_400, "town"),
    Town("Ondrara", (33.0, 20.9), 1_250, "village"),
    Town("Molivar", (40.0, 25.0), 640, "village"),
    Town("Brumal", (45.2, 28.2), 150, "hamlet"),
    Town("Norvessa", (15.6, 22.4), 5_200, "town"),
    Town("Sotomar", (5.6, 21.4), 820, "village"),
    Town("Aldimar", (23.2, 28.4), 1_700, "village"),
    Town("Ombrina", (18.6, 37.2), 520, "village"),
    Town("Pinhora", (31.4, 33.2), 420, "village"),
    Town("Cervola", (40.4, 38.2), 900, "village"),
    Town("Serafosca", (29.4, 8.2), 780, "village"),
    Town("Lagunar", (36.2, 11.2), 310, "hamlet"),
    Town("Fonzara", (42.2, 15.0), 140, "hamlet"),
)

# From its spring to the sea. The one road over it is the Arcada bridge.
RIVER_NAME = "Tamarel"
RIVER: tuple[Km, ...] = (
    (47.4, 31.6), (44.2, 29.9), (39.6, 26.8), (35.6, 24.2), (32.4, 22.1), (28.6, 19.3), (24.4, 18.6),
    (19.8, 17.6), (15.2, 17.2), (9.4, 16.6), (4.0, 15.2), (0.4, 14.6),
)  # fmt: skip

# fmt: off
CORRIDORS = (
    Corridor("OR-1", "Western Road", "primary", ("Castrel", "Morvila"), ((13.2, 11.2),)),
    Corridor("OR-1", "Western Road", "primary", ("Morvila", "Costanel"), ((6.0, 9.9),)),
    Corridor("OR-2", "Valley Road", "primary", ("Castrel", "Ribadel"), ((20.9, 15.6),), 160),
    Corridor("OR-2", "Valley Road", "primary", ("Ribadel", "Ondrara"), ((28.9, 18.5),), 90, 1900),
    Corridor("OR-2", "Valley Road", "secondary", ("Ondrara", "Molivar"), ((36.4, 23.6),), 110, 1500),
    Corridor("OR-2", "Valley Road", "secondary", ("Molivar", "Brumal"), ((42.6, 26.2),), 150, 1100),
    Corridor("OR-3", "Northern Road", "primary", ("Castrel", "Norvessa"),
             ((17.3, 17.4), (16.6, 19.6)), 60, 2600),
    Corridor("OR-3", "Northern Road", "secondary", ("Norvessa", "Aldimar"), ((19.6, 25.0),), 260, 2000),
    Corridor("OR-3", "Northern Road", "secondary", ("Aldimar", "Pinhora"), ((27.6, 30.4),), 300, 1700),
    Corridor("OR-3", "Northern Road", "secondary", ("Pinhora", "Cervola"), ((36.2, 35.2),), 320, 1600),
    Corridor("OR-4", "Brumal Pass", "secondary", ("Brumal", "Cervola"),
             ((48.8, 30.6), (50.2, 34.0), (46.0, 37.2)),
             160, 1200, hairpins=11, maxspeed="60", lanes=False),
    Corridor("OR-5", "Ombrina Road", "tertiary", ("Aldimar", "Ombrina"), ((22.4, 33.0),), 240, 1300),
    Corridor("OR-6", "Cape Road", "secondary", ("Norvessa", "Sotomar"), ((10.6, 22.8),), 220, 1900),
    Corridor("OR-7", "Coast Road", "secondary", ("Costanel", "Faralta"), ((2.2, 4.8),), 130, 1300),
    Corridor("OR-8", "Vineyard Road", "secondary", ("Morvila", "Vinarca"), ((10.4, 7.0),), 240, 1700),
    Corridor("OR-8", "Vineyard Road", "secondary", ("Vinarca", "Tesmora"), ((16.6, 4.2),), 240, 1700),
    Corridor("OR-9", "Southern Road", "primary", ("Castrel", "Tesmora"), ((18.4, 9.4),), 200, 2200),
    Corridor("OR-10", "Ridge Road", "tertiary", ("Ribadel", "Tesmora"),
             ((24.8, 12.4), (23.0, 8.8)), 300, 1200),
    Corridor("OR-11", "Secana Gorge Road", "tertiary", ("Tesmora", "Serafosca"), ((25.0, 6.2),), 210, 1000),
    Corridor("OR-11", "Secana Gorge Road", "tertiary", ("Serafosca", "Lagunar"), ((32.8, 9.4),), 210, 1000),
    Corridor("OR-11", "Secana Gorge Road", "tertiary", ("Lagunar", "Fonzara"), ((39.4, 13.6),), 210, 900),
    Corridor("", "Shepherds' Track", "track", ("Faralta", "Vinarca"), ((8.2, 2.2),), 200, 900,
             surface="gravel", lanes=False),
)
# fmt: on

BRIDGE = "Arcada Bridge"
