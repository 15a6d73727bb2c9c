from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest

from vado.errors import InputError
from vado.model.raw_roads import DRIVABLE_CLASSES
from vado.network.speeds import parse_profiles
from vado.store.data import data_path

TABLE: dict[str, Any] = tomllib.loads(data_path("profiles.toml").read_text(encoding="utf-8"))


def test_our_table_has_the_four_profiles_with_a_speed_for_every_class() -> None:
    profiles = parse_profiles(TABLE)
    assert profiles.names == ("car", "van", "truck", "4x4")
    for profile in profiles.profiles:
        assert all(profile.class_kmh[road] > 0 for road in DRIVABLE_CLASSES)


def test_trucks_are_the_largest_and_never_faster_by_class() -> None:
    by_name = {profile.name: profile for profile in parse_profiles(TABLE).profiles}
    car, truck = by_name["car"], by_name["truck"]
    assert truck.height_cm > car.height_cm
    assert truck.weight_kg > 3500
    assert all(truck.class_kmh[road] <= car.class_kmh[road] for road in DRIVABLE_CLASSES)


def test_all_faults_of_a_table_are_told_at_once() -> None:
    broken = copy.deepcopy(TABLE)
    broken["format"] = 2
    del broken["maxspeed_factor"]
    broken["profile"][0]["height_cm"] = "tall"
    broken["profile"][1]["name"] = "car"
    broken["profile"][2]["tracks"] = "some"
    del broken["class_kmh"]["hgv"]["track"]
    with pytest.raises(InputError) as caught:
        parse_profiles(broken)
    fields = {fault.field for fault in caught.value.faults}
    assert fields >= {
        "format", "maxspeed_factor", "profile[0].height_cm", "profile[1].name", "profile[2].tracks",
        "profile[2].class_kmh",
    }  # fmt: skip


def test_a_table_without_profiles_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        parse_profiles({**TABLE, "profile": []})
    assert caught.value.faults[0].field == "profile"
