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
    groups: list[list[Info]] = []
    for info in infos:
        for group in groups:
            if _twins(group, info):
                group.append(info)
                break
        else:
            groups.append([info])
    return tuple(_spoken(group) for group in groups)


def _twins(group: list[Info], info: Info) -> bool:
    kinds = {each.kind for each in (*group, info)} - {""}
    return (
        info.language.casefold() not in {each.language.casefold() for each in group}
        and len(kinds) <= 1
        and _facts(group[0]) == _facts(info)
    )


def _facts(info: Info) -> tuple[object, ...]:
    codes = {value.partition(";")[0] for name, value in info.parameters if name.startswith(CODE_PREFIX)}
    # Codes of places differ between the languages of some senders (MoWaS): shapes count where there are any.
    shapes = [
        (area.polygons, area.circles, area.above_m, area.below_m) for area in info.areas if area.has_shape
    ]
    places: list[object] = [*shapes] or [area.geocodes for area in info.areas]
    return (
        codes, info.severity, info.certainty, info.urgency, info.onset_s, info.expires_s,
        info.response_types, places,
    )  # fmt: skip


def _spoken(group: list[Info]) -> Info:
    chosen = next((info for info in group if info.language.casefold().startswith("en")), group[0])
    return replace(chosen, kind=next((info.kind for info in group if info.kind), ""))
