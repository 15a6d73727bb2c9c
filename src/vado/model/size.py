"""Size: what a vehicle measures, weighs and carries, and whom a road or a hazard refuses for it.

A `Size` is a vehicle's, as its profile has it. A `Load` is what differs on one trip: the empty truck, the van
with a box on its roof. `Limits` stand on an edge, a `Bound` on what a hazard does. Whole numbers, centimetres
and kilograms; 0 says nothing. Who compares them: `network.allowed`, and `planning.check` by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

# What a carrier of dangerous goods may have aboard: goods as such, https://wiki.openstreetmap.org/wiki/Key:hazmat
# (signs of the Vienna Convention) and the tunnel codes of ADR 2023, 8.6.4, B the most dangerous.
HAZMAT = ("any", "water", "explosive", "B", "C", "D", "E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One kind of vehicle, loaded as its profile says."""

    height_cm: int
    width_cm: int
    length_cm: int
    weight_kg: int  # that it has on the road
    rated_kg: int  # that it may have at most, by its papers: what maxweightrating is about
    axle_kg: int  # on its heaviest axle
    wading_cm: int  # deepest water that it drives through
    classes: tuple[str, ...]  # that a limit may be written for, OSM: motor_vehicle, hgv
    hazmat: tuple[str, ...] = ()
    trailer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Load:
    """What a vehicle is on one trip where that is not as its profile says; 0 and () are as the profile."""

    weight_kg: int = 0
    rated_kg: int = 0
    axle_kg: int = 0
    height_cm: int = 0
    width_cm: int = 0
    length_cm: int = 0
    wading_cm: int = 0
    hazmat: tuple[str, ...] = ()  # words of HAZMAT, sorted, each once
    trailer: bool = False

    def __post_init__(self) -> None:
        if any(getattr(self, field.name) < 0 for field in fields(self) if field.name[-3:] in ("_kg", "_cm")):
            raise ValueError(f"a load is negative: {self}")
        if not set(self.hazmat) <= set(HAZMAT) or self.hazmat != tuple(sorted(set(self.hazmat))):
            raise ValueError(f"{self.hazmat} are no words for dangerous goods, sorted, each once")

    def __str__(self) -> str:
        """Write what differs, the same for the same load: "weight=7000kg height=350cm hazmat=D"."""
        words = []
        for field in fields(self):
            value, name = getattr(self, field.name), field.name
            if name == "hazmat" and value:
                words.append("hazmat=" + ",".join(value))
            elif name == "trailer" and value:
                words.append("trailer")
            elif value:
                words.append(f"{name[:-3]}={value}{name[-2:]}")
        return "+".join(words)


AS_PROFILE = Load()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Limits:
    """What stands at a road: who is larger, or carries what it bans, is refused. 0 is no limit."""

    height_cm: int = 0
    width_cm: int = 0
    length_cm: int = 0
    weight_kg: int = 0  # actual weight (maxweight)
    rated_kg: int = 0  # rated weight (maxweightrating)
    axle_kg: int = 0
    water_cm: int = 0  # a ford's depth, as far as it is known
    # (class, kg, whether rated): weights that bind one class of vehicle alone, sorted
    by_class: tuple[tuple[str, int, bool], ...] = ()
    bans: tuple[str, ...] = ()  # words of HAZMAT, and "trailer", sorted


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Whom an effect binds, of those it is for: who meets all that is stated here, which is something."""

    over_weight_kg: int = 0  # heavier than this, as loaded
    over_rated_kg: int = 0
    over_axle_kg: int = 0
    over_height_cm: int = 0
    over_width_cm: int = 0
    over_length_cm: int = 0
    under_weight_kg: int = 0  # lighter than this: the empty vehicle that the wind tips over
    water_cm: int = 0  # who wades less deep than this
    hazmat: tuple[str, ...] = ()  # who carries any of these; "any" is who carries dangerous goods at all
    trailer: bool = False  # who draws a trailer
    classes: tuple[str, ...] = ()  # who is of any of these classes of `Size.classes`: hgv, bus

    def __str__(self) -> str:
        """Write whom it binds for people: "over 7500 kg, over 3 m high"; nothing for everybody."""
        words = [
            *(f"over {kg} kg{what}" for kg, what in (
                (self.over_weight_kg, ""), (self.over_rated_kg, " rated"), (self.over_axle_kg, " an axle"),
            ) if kg),
            *(f"over {cm / 100:g} m {what}" for cm, what in (
                (self.over_height_cm, "high"), (self.over_width_cm, "wide"), (self.over_length_cm, "long"),
            ) if cm),
            *([f"under {self.under_weight_kg} kg"] if self.under_weight_kg else ()),
            *([f"wading less than {self.water_cm / 100:g} m"] if self.water_cm else ()),
            *(["with dangerous goods" + _kinds(self.hazmat)] if self.hazmat else ()),
            *(["with a trailer"] if self.trailer else ()),
            *([" or ".join(self.classes)] if self.classes else ()),
        ]  # fmt: skip
        return ", ".join(words)


def _kinds(hazmat: tuple[str, ...]) -> str:
    return "" if hazmat == ("any",) else f" ({', '.join(hazmat)})"
