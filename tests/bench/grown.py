"""Small messages grown to a size, at each of their places: the worst that a format can be sent.

In: a message of the fuzz corpus. Out: inputs, named by how they were grown. Each list is filled with more of
its records, with objects and with lists; each text is made long; each record is made long and then many; each
element has more of its kind, attributes, namespaces; objects get members, one of them twice; what may nest is
nested. Refuses to know any format: what a reader is slow with, it cannot guess.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from bench.grown_texts import DEEP, HUGE, IDS, LONG, MARK, Grown, long, repeated
from bench.grown_xml import xml_ways


def ways(seed: bytes) -> Iterator[Grown]:
    """List the ways to grow a message, by what it is."""
    if seed[:1] in (b"{", b"["):
        yield from _json_ways(json.loads(seed))
    elif seed[:1] == b"<":
        yield from xml_ways(seed)
    elif seed[:2] == b"\x1f\x8b":
        inner = gzip.decompress(seed)
        yield from (
            Grown(f"gzip, {each.name}", lambda size, each=each: gzip.compress(each.make(size), 6, mtime=0))
            for each in ways(inner)
            if inner[:1] == b"<"
        )
    elif seed[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(seed)) as archive:
            members = [(each.filename, archive.read(each)) for each in archive.infolist()]
        yield from _packed_ways(members, _zip)
    elif seed[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(seed)) as archive:
            files = [(each.name, archive.extractfile(each)) for each in archive]
            members = [(name, file.read()) for name, file in files if file is not None]
        yield from _packed_ways(members, _tar)
    elif seed.rstrip()[-2:] == b");":  # a call around an object
        head, _, inside = seed.partition(b"(")
        yield from (
            Grown(f"call, {each.name}", lambda size, each=each: head + b"(" + each.make(size) + b");")
            for each in _json_ways(json.loads(inside.rstrip()[:-2]))
        )
    else:
        yield from _text_ways(seed)


# ------------------------------------------------------------------------------------------------- JSON


def _json_ways(value: Any) -> Iterator[Grown]:
    digits = 2  # a number is read by the JSON reader, wherever it stands
    for place, each in _places(value):
        at = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in place) or "all"
        yield from _of_another_type(value, place, each, at)
        if isinstance(each, list):
            yield from (
                Grown(f"list of {what}: {at}", _fill(value, place, text))
                for what, text in (
                    ("{}", '{"a":0}'), ("null", "null"), ("[[2.0,41.0]]", "[[2.0,41.0]]"),
                    ("deep", "[" * DEEP + "]" * DEEP), ("huge", HUGE), ("1e999", "1e999"),
                )
            )  # fmt: skip
            if each:
                yield Grown(f"many: {at}", _many(value, place))
                for inner, one in _places(each[0]):
                    if isinstance(one, str | list) and one:
                        path = ".".join(map(str, inner))
                        yield from (
                            Grown(f"many of long ({n:,}): {at}, {path}", _manylong(value, place, inner, n))
                            for n in (LONG if isinstance(one, list) else LONG[:1])
                        )
        elif isinstance(each, dict):
            yield Grown(f"members: {at}", _members(value, place, twice=False))
            yield Grown(f"members, one twice: {at}", _members(value, place, twice=True))
        elif isinstance(each, str):
            yield Grown(f"long: {at}", lambda size, place=place, each=each: _put(
                value, place, json.dumps(long(each, size))))  # fmt: skip
        elif isinstance(each, int | float) and not isinstance(each, bool) and digits:
            digits -= 1
            yield Grown(f"digits: {at}", lambda size, place=place: _put(value, place, "1." + "1" * size))


def _of_another_type(value: Any, place: tuple[Any, ...], each: Any, at: str) -> Iterator[Grown]:
    """Put a long list, a large object and a long text where something else stands."""
    if not place:
        return
    if not isinstance(each, list):
        yield Grown(f"a list instead: {at}", _fill(value, place, '"a"'))
        yield Grown(f"lists instead: {at}", _fill(value, place, "[[0,1]]"))
        yield Grown(f"objects instead: {at}", _fill(value, place, '{"id":"a","value":0}'))
    if not isinstance(each, dict):
        yield Grown(f"an object instead: {at}", lambda size: _put(
            value, place, "{" + ",".join(f'"m{n}":{n}' for n in range(size // 16)) + "}"))  # fmt: skip
    if not isinstance(each, str):
        yield Grown(f"a text instead: {at}", lambda size: _put(value, place, '"' + "1 " * (size // 2) + '"'))


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Go through all values; of a list only the first three, the others are of the same kind."""
    yield at, value
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    )
    for step, each in inside:
        yield from _places(each, (*at, step))


def _put(value: Any, place: tuple[Any, ...], text: str) -> bytes:
    """Write a value with some text at a place of it."""
    whole = copy.deepcopy(value)
    if not place:
        return text.encode()
    holder = whole
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = MARK
    return json.dumps(whole, ensure_ascii=False).replace(f'"{MARK}"', text).encode()


def _fill(value: Any, place: tuple[Any, ...], text: str) -> Callable[[int], bytes]:
    return lambda size: _put(value, place, "[" + ",".join([text] * max(1, size // (len(text) + 1))) + "]")


def _many(value: Any, place: tuple[Any, ...]) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        templates = [json.dumps(_marked(each), ensure_ascii=False) for each in _at(value, place)]
        return _put(value, place, "[" + ",".join(repeated(templates, size)) + "]")

    return make


def _manylong(
    value: Any, place: tuple[Any, ...], inner: tuple[Any, ...], length: int
) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        one = _marked(_at(value, place)[0])
        grown = _at(one, inner)
        if isinstance(grown, str):
            text = json.dumps(long(grown, min(length, size)), ensure_ascii=False)
        else:
            dumped = [json.dumps(each, ensure_ascii=False) for each in grown]
            text = "[" + ",".join(repeated(dumped, min(length, size))) + "]"
        template = _put(one, inner, text).decode()
        return _put(value, place, "[" + ",".join(repeated([template], size)) + "]")

    return make


def _members(value: Any, place: tuple[Any, ...], *, twice: bool) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        own = json.dumps(_at(value, place), ensure_ascii=False)[1:-1]
        more = [f'"m{n}":{n}' for n in range(size // 16)]
        last = more[-1:] if twice else []
        return _put(value, place, "{" + ",".join(filter(None, [own, *more, *last])) + "}")

    return make


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def _marked(value: Any, key: str = "") -> Any:
    """Copy a record with marks in its identifiers, so that each copy of it gets its own."""
    if isinstance(value, dict):
        return {name: _marked(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_marked(each, key) for each in value]
    return value + MARK if isinstance(value, str) and key.casefold().endswith(IDS) else value


# ---------------------------------------------------------------------------------- archives and tables


def _packed_ways(
    members: list[tuple[str, bytes]], pack: Callable[[list[tuple[str, bytes]]], bytes]
) -> Iterator[Grown]:
    """Grow a member, three times as far: it is packed then; and have more members."""
    name, member = members[0]
    stem, _, suffix = name.rpartition(".")
    yield Grown(
        "many members",
        lambda size: pack([(f"{stem}{n}.{suffix}", member) for n in range(size // (len(member) + 512))]),
    )
    yield Grown(
        "many empty members", lambda size: pack([(f"{stem}{n}.{suffix}", b"") for n in range(size // 512)])
    )
    tight = pack is _zip
    for each in ways(member) if member[:1] == b"<" else ():
        yield Grown(
            f"in a member, {each.name}", lambda size, each=each: pack([(name, each.make(size)), *members[1:]])
        )
        yield Grown(
            f"in ten members, {each.name}",
            lambda size, each=each: pack(
                [(f"{stem}{n}.{suffix}", each.make(size * (3 if tight else 1) // 11)) for n in range(10)]
            ),
        )
    yield Grown("a member of zeros", lambda size: pack([(name, b"\0" * size)]))
    if member[:1] != b"<":
        yield Grown("a long member", lambda size: pack([(name, (member * (1 + size // len(member)))[:size])]))


def _zip(members: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, member in members:
            archive.writestr(name, member)
    return made.getvalue()


def _tar(members: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, member in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(member)
            archive.addfile(entry, io.BytesIO(member))
    return made.getvalue()


def _text_ways(seed: bytes) -> Iterator[Grown]:
    head, *rows = seed.decode().splitlines()
    cells = rows[0].split(";")
    yield Grown("many rows", lambda size: "\n".join(
        [head, *repeated([MARK + row for row in rows], size)]).encode())  # fmt: skip
    yield Grown("short rows", lambda size: "\n".join([head, *["a"] * (size // 2)]).encode())
    yield Grown("many columns", lambda size: (head + ";c" * (size // 2) + "\n" + rows[0]).encode())
    yield Grown("many cells", lambda size: (head + "\n" + rows[0] + ";" * size).encode())
    yield Grown(
        "an open quote", lambda size: (head + '\n"' + (rows[0] + "\n") * (size // len(rows[0]))).encode()
    )
    for n, cell in enumerate(cells):
        yield Grown(f"long: cell {n}", lambda size, n=n, cell=cell: "\n".join(
            [head, ";".join([*cells[:n], long(cell or "x", size), *cells[n + 1:]])]).encode())  # fmt: skip
