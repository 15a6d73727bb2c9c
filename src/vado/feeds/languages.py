"""Languages: infos that say the same in several languages are one hazard, not several.

In: the infos of one message. Out: one info a hazard, in English where it is there. Refuses to translate.
"""

from __future__ import annotations

from dataclasses import replace

from vado.model.alert import Info

CODE_PREFIX = "eventCode "  # event codes are kept among the parameters under this


def fold_languages(infos: list[Info]) -> tuple[Info, ...]:
    """Fold language twins, in the order of the message.

    Twins agree in everything but words, and each language stands once: two infos of one language are two
    hazards, and so are two whose words mean different kinds.
    """
    if len(infos) == 1:
        return tuple(infos)
    groups: list[_Group] = []
    alike: dict[object, list[_Group]] = {}  # hashed once an info: there are whole shapes in it
    # Where a language of a kind may still have room: what a group cannot take it never can, later on. So ten
    # thousand infos take as many looks, and not their square.
    free: dict[object, int] = {}
    for info in infos:
        same = alike.setdefault(_facts(info), [])
        place = (id(same), info.language.casefold(), info.kind)
        n = free.get(place, 0)
        while n < len(same) and not same[n].takes(info):
            n += 1
        if n == len(same):
            same.append(_Group())
            groups.append(same[n])
        same[n].add(info)
        free[place] = n + 1
    return tuple(_spoken(group.infos) for group in groups)


class _Group:
    """Infos that are one hazard."""

    def __init__(self) -> None:
        self.infos: list[Info] = []
        self.languages: set[str] = set()
        self.kind = ""

    def takes(self, info: Info) -> bool:
        same_kind = not info.kind or not self.kind or info.kind == self.kind
        return same_kind and info.language.casefold() not in self.languages

    def add(self, info: Info) -> None:
        self.infos.append(info)
        self.languages.add(info.language.casefold())
        self.kind = self.kind or info.kind


def _facts(info: Info) -> tuple[object, ...]:
    codes = {value.partition(";")[0] for name, value in info.parameters if name.startswith(CODE_PREFIX)}
    # Codes of places differ between the languages of some senders (MoWaS): shapes count where there are any.
    shapes = [
        (area.polygons, area.circles, area.above_m, area.below_m) for area in info.areas if area.has_shape
    ]
    places: tuple[object, ...] = tuple(shapes) or tuple(area.geocodes for area in info.areas)
    return (
        frozenset(codes), info.severity, info.certainty, info.urgency, info.onset_s, info.expires_s,
        info.response_types, places,
    )  # fmt: skip


def _spoken(group: list[Info]) -> Info:
    chosen = next((info for info in group if info.language.casefold().startswith("en")), group[0])
    return replace(chosen, kind=next((info.kind for info in group if info.kind), ""))
