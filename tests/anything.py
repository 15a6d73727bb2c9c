"""Any value of a model type, drawn by hypothesis from the type hints: `anything(World)`.

Small (at most two items in a collection) but odd: strings of any Unicode, numbers at the edges. Times stay
in the range that the model allows; periods are ordered.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from vado.model.jobs import Window
from vado.model.size import HAZMAT, Load
from vado.model.when import FOREVER_S, NEVER_S, Interval

INSTANTS = st.integers(NEVER_S, FOREVER_S)
PERIODS = st.tuples(INSTANTS, INSTANTS).map(sorted)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(codec="utf-8"), max_size=5),
    type(None): st.none(),
    Interval: PERIODS.map(lambda period: Interval(*period)),
    Window: PERIODS.map(lambda period: Window(*period)),
    Load: st.builds(
        Load,
        weight_kg=st.integers(0, 500_000),
        height_cm=st.integers(0, 1_000),
        hazmat=st.sets(st.sampled_from(HAZMAT)).map(lambda words: tuple(sorted(words))),
        trailer=st.booleans(),
    ),
}


@cache
def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Draw values of that type."""
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    if kind in LEAVES:
        return LEAVES[kind]
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of([anything(arg) for arg in args])
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(anything(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(anything(arg) for arg in args))
    if origin is frozenset:
        return st.frozensets(anything(args[0]), max_size=2)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(anything(args[0]), anything(args[1]), max_size=2)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.deferred(lambda: st.builds(kind, **{f.name: anything(hints[f.name]) for f in fields(kind)}))
    raise TypeError(f"{kind!r}: say in LEAVES how to draw it")
