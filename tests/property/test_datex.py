"""DATEX II: to whom a source closes a road it is shut; and order and repeats change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from datex_messages import HEARD_S, for_vehicles, managed, measure, place, situation, v3
from tables import meaning
from vado import feeds
from vado.hazards import absorb
from vado.model.alert import Action
from vado.model.hazard import HazardState
from vado.model.size import Size
from vado.network.allowed import is_bound

CLASSES = {
    "lorry": ("vehicle", "motor_vehicle", "hgv"),
    "van": ("vehicle", "motor_vehicle", "motorcar", "goods"),
    "car": ("vehicle", "motor_vehicle", "motorcar"),
}
TYPES = ("lorry", "heavyVehicle", "van", "car", "bus", "anyVehicle", "somethingNew", "carOrLightVehicle")
MEANS = {
    "lorry": {"lorry"}, "heavyVehicle": {"lorry"}, "van": {"van"}, "car": {"car"}, "bus": set(),
    "anyVehicle": set(CLASSES), "somethingNew": set(CLASSES), "carOrLightVehicle": {"car", "van"},
}  # fmt: skip
OPERATORS = ("greaterThan", "greaterThanOrEqualTo", "lessThan", "lessThanOrEqualTo", "equalTo")
# name -> (of a Size, in which unit, values that can be meant)
SIZES = {
    "height": ("height_cm", 100, (150, 450)), "width": ("width_cm", 100, (150, 300)),
    "length": ("length_cm", 100, (300, 2000)), "grossWeight": ("weight_kg", 1000, (1000, 44_000)),
    "heaviestAxleWeight": ("axle_kg", 1000, (500, 12_000)),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """What a source says of whom a closure is for."""

    types: tuple[str, ...]
    sizes: tuple[tuple[str, str, int], ...]  # (name, operator, value)

    def xml(self) -> str:
        inside = "".join(
            measure(name, f"{value / SIZES[name][1]:.3f}", operator) for name, operator, value in self.sizes
        )
        return for_vehicles(*self.types, inside=inside)

    def means(self, kind: str, size: Size) -> bool:
        """Read it as it stands: of one of its types, and of all its sizes."""
        of_type = not self.types or any(kind in MEANS[each] for each in self.types)
        return of_type and all(_meets(size, *each) for each in self.sizes)


def _meets(size: Size, name: str, operator: str, value: int) -> bool:
    owns = {size.weight_kg, size.rated_kg} if name == "grossWeight" else {getattr(size, SIZES[name][0])}
    return any(
        {"greaterThan": own > value, "greaterThanOrEqualTo": own >= value, "lessThan": own < value,
         "lessThanOrEqualTo": own <= value, "equalTo": own == value}[operator]
        for own in owns
    )  # fmt: skip


groups = st.builds(
    Group,
    types=st.lists(st.sampled_from(TYPES), max_size=3, unique=True).map(tuple),
    sizes=st.lists(
        st.sampled_from(tuple(SIZES)).flatmap(
            lambda name: st.tuples(st.just(name), st.sampled_from(OPERATORS), st.integers(*SIZES[name][2]))
        ),
        max_size=2,
        unique_by=lambda each: each[0],
    ).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), listed=st.lists(groups, max_size=3), kind=st.sampled_from(tuple(CLASSES)))
def test_who_is_meant_is_shut_out(data: st.DataObject, listed: list[Group], kind: str) -> None:
    # Near the values that are stated, where reading them wrongly would show.
    stated = {
        name: [value for group in listed for own, _, value in group.sizes if own == name] for name in SIZES
    }
    drawn = {
        SIZES[name][0]: data.draw(st.one_of(
            st.integers(*SIZES[name][2]), *(st.integers(value - 1, value + 1) for value in stated[name])
        ))
        for name in SIZES
    }  # fmt: skip
    rated = data.draw(st.integers(drawn["weight_kg"], 50_000))
    size = Size(**drawn, rated_kg=rated, wading_cm=0, classes=CLASSES[kind])
    body = v3(situation(managed("roadClosed", "".join(group.xml() for group in listed))))
    (alert,) = feeds.parse(body, source="roads", received_s=HEARD_S)
    shut = [each for info in alert.infos for each in info.stated if each.action is Action.SHUT]
    if not listed or any(group.means(kind, size) for group in listed):
        assert any(is_bound(each.only, size) for each in shut), [str(each.only) for each in shut]


@settings(max_examples=60, deadline=None)
@given(st.lists(
    st.tuples(st.sampled_from(["roadClosed", "laneClosures", "roadCleared", "suspended"]), st.integers(0, 3)),
    min_size=1, max_size=4, unique_by=lambda each: each[1],
))  # fmt: skip
def test_any_order_and_any_repeat_ends_in_the_same_state(versions: list[tuple[str, int]]) -> None:
    bodies = []
    for word, minute in versions:
        validity = f"<validityStatus>{'suspended' if word == 'suspended' else 'active'}</validityStatus>"
        record = managed(word, validity=validity, where=place(road=f"N-{minute}"))
        bodies.append(v3(situation(record), published=f"2026-01-10T09:0{minute}:00Z"))
    ends = set()
    for order in permutations(bodies):
        state = HazardState()
        for body in (*order, order[0]):
            alerts = feeds.parse(body, source="roads", received_s=HEARD_S)
            state, _ = absorb(state, alerts, meaning(), now_s=HEARD_S + 600)
        ends.add(state.hazards)
    assert len(ends) == 1
    last = max(versions, key=lambda each: each[1])[0]
    assert bool(ends.pop()) == (last in ("roadClosed", "laneClosures"))
