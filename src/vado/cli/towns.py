"""Towns on the command line: found by name, and the words that several verbs say of them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vado.errors import InputError
from vado.model.ids import identifier
from vado.model.names import fold_name
from vado.model.when import clock, rfc3339

if TYPE_CHECKING:
    from vado.exchange.standing import Judged
    from vado.model.roads import Roads
    from vado.model.snapshot import CutRoad


def find_places(roads: Roads, text: str) -> frozenset[int]:
    """Find towns by name, in any language, case and accents aside; several may share a name."""
    found = frozenset(k for k, names in _names(roads) if fold_name(text) in map(fold_name, names))
    if found:
        return found
    every = {fold_name(name): name for _, names in _names(roads) for name in names}
    near = [every[name] for name in difflib.get_close_matches(fold_name(text), every, n=5, cutoff=0.6)]
    near += [name for folded, name in every.items() if fold_name(text) in folded and name not in near][:5]
    raise InputError(
        f"no town is called {text!r}" + (f"; near: {', '.join(near[:5])}" if near else ""),
        code="E3001", field="--place", action=f"give one of the {len(roads.places)} towns of {roads.name}",
    )  # fmt: skip


def _names(roads: Roads) -> list[tuple[int, set[str]]]:
    pairs = zip(roads.places.name, roads.places.names, strict=True)
    return [(k, {name, *names.values()}) for k, (name, names) in enumerate(pairs)]


def cut_words(cut: Sequence[CutRoad], judged: Judged | None = None) -> str:
    """Name each road once with its headline: what a person must know to believe it, or to doubt it."""
    return "; ".join(dict.fromkeys(_cut_line(road, judged) for road in cut))


def _cut_line(road: CutRoad, judged: Judged | None) -> str:
    others = dict.fromkeys(other.source for other in road.also)
    doubt = "" if judged is None else judged.doubt(road.hazard)
    said = [f"also told by {', '.join(others)}"] if others else []
    said += [doubt] if doubt else []
    line = f"{road.road}: {road.headline or road.kind} [{identifier(road.alert)}]"
    return f"{line} ({'; '.join(said)})" if said else line


def time_words(epoch: int, at_s: int) -> str:
    """Write an instant: the time of day, with its date where that is another one than asked about."""
    same_day = epoch // 86_400 == at_s // 86_400
    return clock(epoch) if same_day else rfc3339(epoch).replace("T", " ").removesuffix(":00Z")
