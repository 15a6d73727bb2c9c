"""Values to plain JSON types and back, by their type hints: what the store and the ledger keep.

Covers exactly what `model` uses: frozen dataclasses, NewTypes, StrEnums, tuples, frozensets, mappings with
string keys, unions with None, unions of dataclasses (tagged by "@"). Arrays are not state and are refused.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from vado.errors import BugError

T = TypeVar("T")
Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def to_json(value: object) -> Json:
    """Turn a value into JSON types. Defaults are written too: a record must not depend on later code."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        tag = {"@": type(value).__name__}
        return {**tag, **{f.name: to_json(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((to_json(item) for item in value), key=repr)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    raise BugError(f"a {type(value).__name__} is no state")


def from_json(kind: type[T], data: Json) -> T:
    """Read a value back; raises TypeError, KeyError or ValueError when the data is not of that type."""
    return cast(T, _read(kind, data))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any) -> Any:
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data)
    if origin is tuple:
        args = get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_read(args[0], item) for item in data)
        return tuple(_read(arg, item) for arg, item in zip(args, data, strict=True))
    if origin is frozenset:
        return frozenset(_read(get_args(kind)[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(get_args(kind)[1], item) for key, item in data.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if is_dataclass(kind):
        hints = _hints(cast(type, kind))
        return kind(**{f.name: _read(hints[f.name], data[f.name]) for f in fields(kind) if f.name in data})
    if kind is float:
        return float(data)
    if not isinstance(data, kind):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


def _read_union(choices: tuple[Any, ...], data: Any) -> Any:
    if data is None:
        return None
    rest = [choice for choice in choices if choice is not type(None)]
    if len(rest) > 1:
        rest = [choice for choice in rest if getattr(choice, "__name__", "") == data["@"]]
    return _read(rest[0], data)
