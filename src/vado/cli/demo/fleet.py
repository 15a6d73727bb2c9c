"""Who drives and what is to be brought: six vehicles at one depot, some sixty jobs, in VROOM's words.

In: a province. Out: a problem as any user would write it (JSON types), so that it enters by the same door.
"""

from __future__ import annotations

from random import Random
from typing import Any

from vado.cli.demo.province import Province
from vado.model.ids import LonLat

# A Tuesday in February; the demo's clock shows it, whatever the calendar says.
DAY_S = 1_770_076_800  # 2026-02-03T00:00:00Z
HOUR = 3600
MINUTE = 60
DEPOT = "Castrel"
COLD, LIFT, MEDIC = 1, 2, 3  # skills: cold chain, tail lift, medical
DAY_START_S = DAY_S + 7 * HOUR
SHIFT = (DAY_S + 7 * HOUR + 30 * MINUTE, DAY_S + 18 * HOUR)

# Jobs a town: about as many as a parcel depot has on a winter's day, more where the storm will bite.
JOBS = {
    "Castrel": 4, "Morvila": 3, "Costanel": 3, "Faralta": 2, "Vinarca": 3, "Tesmora": 2, "Ribadel": 3,
    "Ondrara": 4, "Molivar": 3, "Brumal": 2, "Norvessa": 4, "Sotomar": 2, "Aldimar": 3, "Ombrina": 2,
    "Pinhora": 2, "Cervola": 3, "Serafosca": 3, "Lagunar": 2, "Fonzara": 2,
}  # fmt: skip

# What is brought: words, skill or none, kilograms, minutes at the door.
GOODS = (
    ("medicines for the pharmacy", COLD, 20, 15),
    ("insulin", COLD, 5, 10),
    ("a dialysis machine", MEDIC, 60, 40),
    ("blood samples to collect", MEDIC, 5, 10),
    ("a washing machine", LIFT, 80, 30),
    ("a heat pump", LIFT, 140, 45),
    ("school books", None, 60, 15),
    ("food for the shop", None, 220, 25),
    ("parcels for the village", None, 90, 25),
    ("a modem to fit", None, 5, 35),
    ("spare parts for the dairy", None, 40, 15),
    ("feed for the stables", None, 300, 30),
    ("firewood", None, 250, 25),
    ("letters and a pension", None, 5, 10),
)
# Hours of the day in which it may be brought, and how often.
WINDOWS = (((8, 12), 3), ((9, 13), 2), ((11, 15), 3), ((12, 16), 3), ((14, 17), 3), ((8, 17), 4))
# People of the gorge work in the quarry until late.
GORGE = ("Serafosca", "Lagunar", "Fonzara")
GORGE_WINDOWS = (((9, 13), 2), ((13, 20), 2), ((8, 20), 1))
SHIPMENTS = (
    ("Norvessa", "Morvila", "cheese", 60),
    ("Vinarca", "Cervola", "wine", 120),
    ("Costanel", "Ombrina", "fish", 40),
)


def problem(province: Province) -> dict[str, Any]:
    """Make the day's problem: `vehicles`, `jobs`, `shipments`. The same province gives the same day."""
    rng = Random(province.seed * 1000 + 1)
    jobs = [
        _job(f"{town}-{n}", town, province, rng) for town, count in JOBS.items() for n in range(1, count + 1)
    ]
    shipments = [
        _shipment(f"S{n}", a, b, goods, kg, province, rng) for n, (a, b, goods, kg) in enumerate(SHIPMENTS, 1)
    ]
    return {"vehicles": vehicles(province), "jobs": jobs, "shipments": shipments}


def vehicles(province: Province) -> list[dict[str, Any]]:
    depot = list(province.streets[DEPOT][0])
    rows: tuple[tuple[str, str, list[str], list[int], list[int]], ...] = (
        # id, profile, equipment, capacity (kg, parcels), skills
        ("van-1", "van", ["chains"], [900, 60], [COLD, MEDIC]),
        ("van-2", "van", [], [900, 60], [COLD]),
        ("van-3", "van", [], [900, 60], [MEDIC]),
        ("truck-1", "truck", [], [5000, 200], [LIFT]),
        ("truck-2", "truck", [], [5000, 200], [LIFT, COLD]),
        ("4x4-1", "4x4", ["chains"], [500, 40], [COLD, LIFT, MEDIC]),
    )
    return [
        {
            "id": name, "profile": profile, "equipment": equipment, "start": depot, "end": depot,
            "capacity": capacity, "skills": skills, "time_window": list(SHIFT),
        }
        for name, profile, equipment, capacity, skills in rows
    ]  # fmt: skip


def _door(town: str, province: Province, rng: Random) -> LonLat:
    """Choose a door: beside a corner of the town's streets, as doors are."""
    lon, lat = rng.choice(province.streets[town][1:])
    return round(lon + rng.uniform(-2e-4, 2e-4), 6), round(lat + rng.uniform(-2e-4, 2e-4), 6)


def _job(name: str, town: str, province: Province, rng: Random) -> dict[str, Any]:
    goods, skill, kg, minutes = rng.choice(GOODS)
    windows = GORGE_WINDOWS if town in GORGE else WINDOWS
    ((start, end), _) = rng.choices(windows, weights=[weight for _, weight in windows])[0]
    collects = goods.endswith("to collect")
    return {
        "id": name,
        "description": f"{goods}, {town}",
        "location": list(_door(town, province, rng)),
        "service": minutes * MINUTE,
        "pickup" if collects else "delivery": [kg, 1],
        "skills": [] if skill is None else [skill],
        "priority": 60 if skill in (COLD, MEDIC) else 20,
        "time_windows": [[DAY_S + start * HOUR, DAY_S + end * HOUR]],
    }


def _shipment(
    name: str, origin: str, target: str, goods: str, kg: int, province: Province, rng: Random
) -> dict[str, Any]:
    window = [[DAY_S + 8 * HOUR, DAY_S + 17 * HOUR]]
    return {
        "id": name,
        "amount": [kg, 1],
        "priority": 30,
        "pickup": {
            "description": f"{goods} from {origin}", "service": 10 * MINUTE,
            "location": list(_door(origin, province, rng)), "time_windows": window,
        },
        "delivery": {
            "description": f"{goods}, {target}", "service": 10 * MINUTE,
            "location": list(_door(target, province, rng)), "time_windows": window,
        },
    }  # fmt: skip
