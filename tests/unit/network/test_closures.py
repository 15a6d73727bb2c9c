"""What effects do to edges: caps by the edge's own speed, delays shared out, spells, classes of vehicles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.drawn import HOUR, NOON, between, edges, hazard, roads, touched

from vado.model.alert import Action, Area, Polygon
from vado.model.hazard import Hazard
from vado.model.size import Bound
from vado.model.snapshot import Closures, Travel
from vado.model.when import Interval
from vado.network.closures import closures

# AB is driven at 60 km/h, BC at 30 km/h; each takes a minute.
TOWN = roads("A---B---C", ways={"AB": {"metres": 1000}, "BC": {"metres": 500}})


def made(*hazards: Hazard, travel: Travel = Travel("van")) -> Closures:  # noqa: B008
    return closures(TOWN, hazards, touched(TOWN, hazards), travel=travel)


def with_effect(given: Hazard, **changes: object) -> Hazard:
    return replace(given, effects=tuple(replace(effect, **changes) for effect in given.effects))  # type: ignore[arg-type]


def factor_on(table: Closures, pair: str) -> list[float]:
    return sorted(table.factor[np.isin(table.edge, edges(TOWN, pair))].tolist())


def test_a_cap_slows_only_what_is_faster() -> None:
    capped = with_effect(hazard(TOWN, "AB BC", NOON, NOON + HOUR, action=Action.SLOW), cap_kmh=40.0)
    table = made(capped)
    assert factor_on(table, "AB") == pytest.approx([40 / 60] * 2)
    assert factor_on(table, "BC") == []  # 30 km/h is below the cap: no closure at all


def test_of_a_cap_and_a_factor_the_slower_counts() -> None:
    both = with_effect(
        hazard(TOWN, "AB BC", NOON, NOON + HOUR, action=Action.SLOW, speed_factor=0.8), cap_kmh=20.0
    )
    assert factor_on(made(both), "AB") == pytest.approx([20 / 60] * 2)
    assert factor_on(made(both), "BC") == pytest.approx([20 / 30] * 2)


def test_a_delay_is_lost_by_who_drives_all_of_it() -> None:
    # Two minutes are driven each way, two more are lost: all of it takes four, half of it two.
    late = with_effect(hazard(TOWN, "AB BC", NOON, NOON + HOUR, action=Action.DELAY), delay_s=120)
    table = made(late)
    assert factor_on(table, "AB") == pytest.approx([0.5, 0.5])
    assert factor_on(table, "BC") == pytest.approx([0.5, 0.5])


def test_it_holds_in_its_spells_only() -> None:
    nights = (Interval(NOON, NOON + HOUR), Interval(NOON + 24 * HOUR, NOON + 25 * HOUR))
    table = made(replace(hazard(TOWN, "AB", NOON, NOON + 48 * HOUR, action=Action.SHUT), during=nights))
    assert sorted(set(zip(table.start_s.tolist(), table.end_s.tolist(), strict=True))) == [
        (spell.start_s, spell.end_s) for spell in nights
    ]
    assert set(table.factor.tolist()) == {0.0}


def test_who_is_of_no_such_class_drives_as_usual() -> None:
    for_lorries = hazard(TOWN, "AB", NOON, NOON + HOUR, action=Action.SHUT, only=Bound(classes=("hgv",)))
    assert not len(made(for_lorries))
    assert factor_on(made(for_lorries, travel=Travel("truck")), "AB") == [0.0, 0.0]


def test_to_be_looked_at_binds_nobody_and_asks_a_person() -> None:
    look = hazard(TOWN, "AB", NOON, NOON + HOUR, action=Action.INSPECT)
    assert not len(made(look))
    assert look.asks
    assert not look.binds


def test_a_footprint_of_nothing_gives_no_rows() -> None:
    nowhere = replace(
        hazard(TOWN, "AB", NOON, NOON + HOUR, action=Action.SHUT),
        footprint=(Area(polygons=(Polygon(outer=((between(TOWN, "AB")),) * 4),)),),
    )
    assert not len(closures(TOWN, (nowhere,), {}, travel=Travel("van")))
