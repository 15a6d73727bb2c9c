"""The tables that say what hazards do are complete, sourced, and cautious in the right direction."""

from __future__ import annotations

import copy
from itertools import product

import pytest

from tables import meaning, table
from vado.errors import InputError
from vado.hazards import parse_kinds, parse_meaning
from vado.hazards.meaning import CERTAINTIES, SEVERITIES, most_cautious
from vado.hazards.water import wading_factor
from vado.model.alert import Action, StatedEffect
from vado.model.hazard import Effect
from vado.model.size import Bound

KINDS = (*(row["name"] for row in table("kinds")["kind"]), "unknown")
RANK = {Action.NONE: 0, Action.SLOW: 1, Action.RESTRICTED: 2, Action.SHUT: 3}


def action(kind: str, severity: str, certainty: str, profile: str) -> Action:
    return {e.profile: e.action for e in meaning().effects(kind, severity, certainty)}[profile]


def test_every_kind_severity_certainty_and_profile_has_exactly_one_effect_with_a_source() -> None:
    for cell in product(KINDS, SEVERITIES, CERTAINTIES):
        effects = meaning().effects(*cell)
        assert [effect.profile for effect in effects] == table("effects")["profiles"], cell
        for effect in effects:
            assert "[" in effect.source, cell
            assert effect.source.rstrip("]").split("[")[-1] in table("effects")["sources"].values(), cell
            assert (effect.action is Action.SLOW) <= (0 < effect.speed_factor < 1), cell
            assert (effect.action is Action.RESTRICTED) == bool(effect.requires), cell


def test_every_source_is_used() -> None:
    rows = (*table("effects")["effect"], *table("effects")["after"])
    assert {row["source"] for row in rows} == set(table("effects")["sources"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("unknown", "coastal")])
def test_a_worse_severity_never_opens_a_road(kind: str) -> None:
    for certainty, profile in product(CERTAINTIES, table("effects")["profiles"]):
        ranks = [
            RANK[action(kind, severity, certainty, profile)]
            for severity in ("Minor", "Moderate", "Severe", "Extreme")
        ]
        assert ranks == sorted(ranks), (kind, certainty, profile, ranks)


@pytest.mark.parametrize("kind", KINDS)
def test_a_possible_hazard_does_not_stop_more_than_a_likely_one(kind: str) -> None:
    for severity, profile in product(SEVERITIES, table("effects")["profiles"]):
        assert (
            RANK[action(kind, severity, "Possible", profile)]
            <= RANK[action(kind, severity, "Likely", profile)]
        )


@pytest.mark.parametrize(
    ("kind", "severity", "certainty", "profile", "expected"),
    [
        ("flood", "Severe", "Observed", "4x4", Action.SHUT),
        ("flood", "Moderate", "Likely", "van", Action.SLOW),
        ("snow", "Extreme", "Likely", "truck", Action.SHUT),
        ("snow", "Extreme", "Likely", "van", Action.RESTRICTED),
        ("wind", "Severe", "Likely", "truck", Action.SHUT),
        ("wind", "Severe", "Likely", "car", Action.SLOW),
        ("closure", "Minor", "Unknown", "car", Action.SHUT),
        ("heat", "Extreme", "Observed", "car", Action.NONE),
        ("civil", "Extreme", "Observed", "car", Action.NONE),
        ("unknown", "Extreme", "Observed", "car", Action.SHUT),
        ("unknown", "Severe", "Observed", "car", Action.NONE),
    ],
)
def test_what_a_person_would_look_up(
    kind: str, severity: str, certainty: str, profile: str, expected: Action
) -> None:
    assert action(kind, severity, certainty, profile) is expected


def test_words_of_no_table_count_as_unknown() -> None:
    assert meaning().effects("meteor", "Extreme", "Observed") == meaning().effects(
        "unknown", "Extreme", "Observed"
    )
    assert meaning().effects("flood", "Terrible", "Sure") == meaning().effects("flood", "Unknown", "Unknown")


def test_what_a_source_states_goes_to_its_profiles_and_nobody_else() -> None:
    stated = meaning().stated(
        [
            StatedEffect(action=Action.SHUT, profiles=("truck", "bus")),
            StatedEffect(action=Action.SLOW, speed_factor=0.5, profiles=("truck", "van")),
        ]
    )
    assert {e.profile: (e.action, e.speed_factor) for e in stated} == {
        "car": (Action.NONE, 1.0),
        "van": (Action.SLOW, 0.5),
        "truck": (Action.SHUT, 1.0),
        "4x4": (Action.NONE, 1.0),
        "bus": (Action.SHUT, 1.0),
    }


def test_the_most_cautious_of_two_slow_ones_is_the_slower() -> None:
    slow, slower = (Effect(profile="car", action=Action.SLOW, speed_factor=f, source="x") for f in (0.8, 0.3))
    assert most_cautious([slow, slower]) is slower


def test_the_hash_covers_both_tables() -> None:
    other_kinds = copy.deepcopy(table("kinds"))
    other_kinds["kind"][0]["words"].append("wave")
    other_effects = copy.deepcopy(table("effects"))
    other_effects["no_end"]["hours"] = 48
    hashes = {
        meaning().content_hash,
        parse_meaning(table("effects"), other_kinds).content_hash,
        parse_meaning(other_effects, table("kinds")).content_hash,
    }
    assert len(hashes) == 3


def test_a_table_with_holes_and_nonsense_names_them_all() -> None:
    broken = copy.deepcopy(table("effects"))
    rows = broken["effect"]
    rows[0]["source"] = "hearsay"
    rows[1]["speed_factor"] = 0
    rows[2]["kind"] = ["flod"]
    rows[3]["action"] = "close"
    rows[4]["why"] = ""
    rows[5]["colour"] = "red"
    broken["no_end"]["hours"] = 0
    with pytest.raises(InputError) as caught:
        parse_meaning(broken, table("kinds"))
    fields = [fault.field for fault in caught.value.faults]
    assert fields == [
        "effect[0].source", "effect[1].speed_factor", "effect[2].kind", "effect[3].action", "effect[4].why",
        "effect[5].colour", "no_end.hours",
    ]  # fmt: skip


def test_a_missing_and_a_doubled_row_are_faults() -> None:
    missing = copy.deepcopy(table("effects"))
    del missing["effect"][0]
    with pytest.raises(InputError, match="flood / Extreme / Observed / car has no row"):
        parse_meaning(missing, table("kinds"))
    doubled = copy.deepcopy(table("effects"))
    doubled["effect"].append(dict(doubled["effect"][0]))
    with pytest.raises(InputError, match="flood / Extreme / Observed / car has two rows"):
        parse_meaning(doubled, table("kinds"))


def test_every_kind_says_once_which_structures_it_spares() -> None:
    broken = copy.deepcopy(table("effects"))
    rows = broken["structure"]
    rows[0] = {**rows[0], "kind": "snow", "spares": ["ferry"], "source": "hearsay"}
    with pytest.raises(InputError) as caught:
        parse_meaning(broken, table("kinds"))
    told = [(fault.field, fault.cause) for fault in caught.value.faults]
    assert told == [
        ("structure[0].spares", "'ferry' is no structure"),
        ("structure[0]", "the row has no source of this table, or does not say why"),
        ("structure[2].kind", "'snow' is no kind, or has two rows"),
        ("structure", "'flood' has no row"),
    ]


def test_kinds_with_faults_are_refused() -> None:
    bad = {
        "kind": [{"name": "flood"}, {"name": "flood"}, {"name": "unknown"}],
        "codes": [
            {"names": ["X"], "kinds": {"flood": ["1"], "snow": ["1"]}},
        ],
    }
    with pytest.raises(InputError) as caught:
        parse_kinds(bad)
    assert [fault.field for fault in caught.value.faults] == [
        "kind[1].name", "codes[0].source", "codes[0].kinds.snow", "codes[0].kinds.snow", "kind",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Flash Flood Warning", "flash-flood"),
        ("Coastal Flood Advisory", "coastal"),
        ("FLOOD", "flood"),
        ("Aviso de nevadas de nivel naranja", "snow"),
        ("Inundaciones", "flood"),
        ("Esllavissades a la carretera", "landslide"),
        ("Allaus", "avalanche"),
        ("Vigilance crues", "flood"),
        ("Orages violents", "thunderstorm"),
        ("Precipitação forte", "rain"),
        ("Trovoadas", "thunderstorm"),
        ("Frana sulla SP12", "landslide"),
        ("Überschwemmung", "flood"),
        ("Lawinenwarnung", "avalanche"),
        ("Amtliche WARNUNG vor STURMBÖEN", "wind"),
        ("Vollsperrung B12", "closure"),
        ("Road closed", "closure"),
        ("Fire Weather Watch", "fire-weather"),
        ("Forest fire", "wildfire"),
        ("Freezing rain", "ice"),
        ("Child Abduction Emergency", "civil"),
        ("Alien landing", ""),
        ("", ""),
        ("frainbow venting", ""),
    ],
)
def test_event_words_of_several_languages(event: str, kind: str) -> None:
    assert meaning().kinds.find([event]) == kind


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("awareness_type", "12; Flooding", "flood"),
        ("awareness_type", "8; forest-fire", "fire-weather"),
        ("AEMET-Meteoalerta fenomeno", "VI;Vientos", "wind"),
        ("SAME", "FFW", "flash-flood"),
        ("same", "ffw", "flash-flood"),
        ("profile:CAP-CP:Event:0.4", "snowfall", "snow"),
        ("somebody's list", "X1;Heavy snow", "snow"),
        ("SAME", "XYZ", ""),
    ],
)
def test_event_codes(name: str, value: str, kind: str) -> None:
    assert meaning().kinds.find(["?"], [(name, value)]) == kind


def test_a_code_counts_before_a_word() -> None:
    assert (
        meaning().kinds.find(["Forest fire warning"], [("awareness_type", "8; forest-fire")])
        == "fire-weather"
    )


def test_water_of_a_known_depth_stops_who_wades_less_and_slows_the_others() -> None:
    shut = StatedEffect(action=Action.SHUT, profiles=("van",), only=Bound(water_cm=20))
    effects = [e for e in meaning().stated([shut]) if e.profile == "van"]
    assert [(e.action, e.only, e.speed_factor) for e in effects] == [
        (Action.SHUT, Bound(water_cm=20), 1.0),
        (Action.SLOW, None, 0.14),  # 12.4 of 86.9 km/h at 200 mm
    ]
    assert "10.1016/j.trd.2017.06.020" in effects[1].source


@pytest.mark.parametrize(("depth_cm", "factor"), [(1, 0.94), (10, 0.47), (15, 0.28), (25, 0.1), (70, 0.1)])
def test_deeper_water_is_driven_slower(depth_cm: int, factor: float) -> None:
    assert wading_factor(depth_cm) == factor


def test_what_binds_different_vehicles_is_kept_side_by_side() -> None:
    heavy, high = Bound(over_weight_kg=7500), Bound(over_height_cm=300)
    stated = [
        StatedEffect(action=Action.SLOW, speed_factor=0.5, only=heavy),
        StatedEffect(action=Action.SHUT, only=high),
        StatedEffect(action=Action.SHUT, only=heavy),
    ]
    trucks = [(e.action, e.only) for e in meaning().stated(stated) if e.profile == "truck"]
    assert trucks == [(Action.SHUT, heavy), (Action.SHUT, high)]
