"""Values to plain JSON types and back, by their type hints: what the store and the ledger keep.

Covers exactly what `model` uses: frozen dataclasses, NewTypes, StrEnums, tuples, frozensets, mappings with
string keys, unions with None, unions of dataclasses (told apart by the tag "@"). Arrays are not state and
are refused. `from_json(type(v), to_json(v)) == v` for every value, also by way of JSON text.

Reading is strict: it takes no string for a list, no true for a 1, no field that the type does not have. A
state that a newer version wrote is thus refused, not read by halves. A field that is absent takes its
default, so that an older state can still be read.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from vado.errors import BugError

T = TypeVar("T")
Json = None | bool | int | float | str | list[Any] | dict[str, Any]
TAG = "@"

_PLAIN = frozenset({type(None), bool, int, float, str})
_Reader = Callable[[Any], Any]


def to_json(value: object) -> Json:
    """Turn a value into JSON types. Defaults are written too: a record must not depend on later code."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return cast(Json, value)
    names = _field_names(kind)
    if names is not None:
        data: dict[str, Any] = {TAG: kind.__name__}
        for name in names:
            data[name] = to_json(getattr(value, name))
        return data
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return float(value)  # numpy's, which is a float to everybody but its repr
    if isinstance(value, frozenset):
        # Sets have no order, and that of strings changes from process to process: a hash needs one.
        return sorted((to_json(item) for item in value), key=repr)
    if isinstance(value, Mapping):
        if not all(type(key) is str for key in value):
            raise BugError("a mapping whose keys are no strings cannot be read back")
        return {key: to_json(item) for key, item in value.items()}
    raise BugError(f"a {kind.__name__} is no state")


def from_json(kind: type[T], data: Json) -> T:
    """Read a value back; raises TypeError, KeyError or ValueError when the data is not of that type."""
    return cast(T, _reader(cast(Any, kind))(data))


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


@cache
def _reader(kind: Any) -> _Reader:
    """Make the function that reads one type; made once a type, since a plan holds many thousand values."""
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(args)
    if origin is tuple:
        return _tuple_reader(args)
    if origin is frozenset:
        item = _reader(args[0])
        return lambda data: frozenset(item(one) for one in _list(data))
    if origin is not None and issubclass(origin, Mapping):
        item = _reader(args[1])
        return lambda data: {key: item(one) for key, one in _dict(data).items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _dataclass_reader(cast(type, kind))
    if kind is float:
        return _float
    if kind in _PLAIN:
        return _plain_reader(kind)
    raise BugError(f"{kind!r} is no type of state")


def _tuple_reader(args: tuple[Any, ...]) -> _Reader:
    if len(args) == 2 and args[1] is Ellipsis:
        item = _reader(args[0])
        return lambda data: tuple([item(one) for one in _list(data)])
    items = tuple(_reader(arg) for arg in args)
    return lambda data: tuple(item(one) for item, one in zip(items, _list(data), strict=True))


def _dataclass_reader(kind: type) -> _Reader:
    # Made on first use and not now: types may refer to themselves.
    readers: dict[str, _Reader] = {}

    def read(data: Any) -> Any:
        if not readers:
            hints = get_type_hints(kind)
            readers.update({f.name: _reader(hints[f.name]) for f in fields(kind)})
        values = {}
        for name, one in _dict(data).items():
            if name in readers:
                values[name] = readers[name](one)
            elif name != TAG:
                raise TypeError(f"a {kind.__name__} has no field {name!r}: a newer version wrote this")
            elif one != kind.__name__:
                raise TypeError(f"this is a {one!r}, not a {kind.__name__}")
        return kind(**values)

    return read


def _union_reader(choices: tuple[Any, ...]) -> _Reader:
    optional = type(None) in choices
    rest = [choice for choice in choices if choice is not type(None)]
    if len(rest) == 1:
        only = _reader(rest[0])
        return lambda data: None if data is None else only(data)
    by_tag = {choice.__name__: _reader(choice) for choice in rest}

    def read(data: Any) -> Any:
        if data is None and optional:
            return None
        tag = _dict(data)[TAG]
        if tag not in by_tag:
            raise ValueError(f"{tag!r} is none of {', '.join(by_tag)}")
        return by_tag[tag](data)

    return read


def _plain_reader(kind: type) -> _Reader:
    def read(data: Any) -> Any:
        if type(data) is not kind:  # not isinstance: True is no number
            raise TypeError(f"{data!r} is no {kind.__name__}")
        return data

    return read


def _float(data: Any) -> float:
    if type(data) is float:
        return data
    if type(data) is int:  # canonical JSON writes 1.0 as 1
        return float(data)
    raise TypeError(f"{data!r} is no float")


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError(f"{data!r} is no list")
    return data


def _dict(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError(f"{data!r} is no object")
    return data
