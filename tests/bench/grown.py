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
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from defusedxml import ElementTree as Safe

MARK = "\u2603"  # where the growth goes; nothing in the corpus has it
LONG = (30_000, 1_000_000)  # bytes of one text in a record that is repeated then
DEEP = 900  # the JSON reader stops near 1,000
XML_DEEP = 60
HUGE = "7" * 4_000  # digits of a number that no float can be; the JSON reader takes no more than 4,300
CHUNK = 100_000  # bytes that are made one by one
_IDS = ("id", "identifier", "identifiant", "guid")
_SEED_TEXT = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Grown:
    """One way to grow one message, "how: where"; `make` gives its bytes, about `size` of them."""

    name: str
    make: Callable[[int], bytes]

    @property
    def how(self) -> str:
        return self.name.partition(": ")[0]


def ways(seed: bytes) -> Iterator[Grown]:
    """List the ways to grow a message, by what it is."""
    if seed[:1] in (b"{", b"["):
        yield from _json_ways(json.loads(seed))
    elif seed[:1] == b"<":
        yield from _xml_ways(seed)
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
                            Grown(f"many of long ({n:,}): {at}, {path}", _many_long(value, place, inner, n))
                            for n in (LONG if isinstance(one, list) else LONG[:1])
                        )
        elif isinstance(each, dict):
            yield Grown(f"members: {at}", _members(value, place, twice=False))
            yield Grown(f"members, one twice: {at}", _members(value, place, twice=True))
        elif isinstance(each, str):
            yield Grown(f"long: {at}", lambda size, place=place, each=each: _put(
                value, place, json.dumps(_long(each, size))))  # fmt: skip
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
        return _put(value, place, "[" + ",".join(_repeated(templates, size)) + "]")

    return make


def _many_long(
    value: Any, place: tuple[Any, ...], inner: tuple[Any, ...], length: int
) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        one = _marked(_at(value, place)[0])
        grown = _at(one, inner)
        if isinstance(grown, str):
            text = json.dumps(_long(grown, min(length, size)), ensure_ascii=False)
        else:
            dumped = [json.dumps(each, ensure_ascii=False) for each in grown]
            text = "[" + ",".join(_repeated(dumped, min(length, size))) + "]"
        template = _put(one, inner, text).decode()
        return _put(value, place, "[" + ",".join(_repeated([template], size)) + "]")

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
    return value + MARK if isinstance(value, str) and key.casefold().endswith(_IDS) else value


def _repeated(templates: list[str], size: int) -> list[str]:
    """Repeat texts to a size in all; marks become numbers, and other numbers are all a little different."""
    found: list[str] = []
    length = n = 0
    plain = not any(MARK in template for template in templates)
    while length < size:
        if plain and length > CHUNK:  # enough of them differ
            found *= 1 + size // length
            break
        template = templates[n % len(templates)]
        found.append(template.replace(MARK, str(n)) if MARK in template else _moved(template, n))
        length += len(found[-1]) + 1
        n += 1
    return found


def _moved(template: str, n: int) -> str:
    """Move what may be a position a little: a shape is of places that differ."""
    return re.sub(r"(?<=\d)\.(\d)", rf".{n % 997:03}\1", template) if len(template) < 200 else template


def _long(text: str, size: int) -> str:
    """Repeat the words of a text, those with decimals a little moved."""
    words = _SEED_TEXT.findall(text) or ["x"]
    return " ".join(_repeated(words, size))


# -------------------------------------------------------------------------------------------------- XML


def _xml_ways(seed: bytes) -> Iterator[Grown]:
    count = len(list(Safe.fromstring(seed).iter()))
    for n in range(count):
        name = list(Safe.fromstring(seed).iter())[n].tag.rpartition("}")[2]
        at = f"{name}[{n}]"
        if n:
            yield Grown(f"many: {at}", lambda size, n=n: _xml_many(seed, n, size))
            yield Grown(f"deep: {at}", lambda size, n=n: _xml_many(seed, n, size, deep=True))
        yield Grown(f"long: {at}", lambda size, n=n: _xml_text(seed, n, size))
        yield Grown(f"attributes: {at}", lambda size, n=n: _xml_attributes(seed, n, size))
        yield from (
            Grown(f"records of long ({length:,}): {at}",
                  lambda size, n=n, length=length: _xml_many_long(seed, n, length, size))
            for length in LONG
        )  # fmt: skip
        if n:
            yield Grown(
                f"empty ones: {at}", lambda size, n=n, name=name: _xml_beside(seed, n, f"<{name}/>", size)
            )
        yield Grown(f"empty elements: {at}", lambda size, n=n: _xml_inside(seed, n, "<a/>", size))
        yield Grown(f"words: {at}", lambda size, n=n: _xml_inside(seed, n, "<a>b</a>" + "c" * 44, size))
    yield Grown("namespaces", lambda size: _xml_namespaces(seed, size, each=False))
    yield Grown("namespaces of elements", lambda size: _xml_namespaces(seed, size, each=True))
    yield Grown("space", lambda size: seed + b" " * size)
    yield Grown("entities", lambda size: _xml_inside(seed, 0, "&amp;", size))
    yield Grown("comments", lambda size: seed + b"<!--x-->" * (size // 8))


def _xml_many(seed: bytes, n: int, size: int, *, deep: bool = False) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    if deep:
        inside = element
        for _ in range(XML_DEEP - 8):
            inside = ElementTree.SubElement(inside, element.tag)
    return _xml_repeat(root, element, size)


def _xml_many_long(seed: bytes, n: int, length: int, size: int) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    element.text = _long(element.text or "x", min(length, size))
    return _xml_repeat(root, _record_of(root, element), size)


def _record_of(root: ElementTree.Element, element: ElementTree.Element) -> ElementTree.Element:
    """Give what stands around an element in the longest list of the document, or just below the root."""
    parents = {child: parent for parent in root.iter() for child in parent}
    above = [element]
    while above[-1] in parents:
        above.append(parents[above[-1]])
    above.pop()  # the root
    return max(above, key=lambda each: len(list(parents[each])), default=element) if above else element


def _xml_repeat(root: ElementTree.Element, element: ElementTree.Element, size: int) -> bytes:
    if element is root:
        return ElementTree.tostring(root)
    for each in element.iter():
        if each.tag.rpartition("}")[2].casefold().endswith(_IDS) and (each.text or "").strip():
            each.text = (each.text or "").strip() + MARK
        for key in each.attrib:
            if key.casefold().endswith(_IDS):
                each.set(key, each.get(key, "") + MARK)
    parent = next(each for each in root.iter() if element in list(each))
    place = list(parent).index(element)
    parent.insert(place + 1, ElementTree.Comment("end"))
    parent.insert(place, ElementTree.Comment("start"))
    whole = ElementTree.tostring(root, "unicode")
    head, _, rest = whole.partition("<!--start-->")
    one, _, tail = rest.partition("<!--end-->")
    return (head + "".join(_repeated([one], size)) + tail).encode()


def _xml_text(seed: bytes, n: int, size: int) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    element.text = _long(element.text or "x", size)
    return ElementTree.tostring(root)


def _xml_attributes(seed: bytes, n: int, size: int) -> bytes:
    root = Safe.fromstring(seed)
    list(root.iter())[n].set("mark", MARK)
    more = " ".join(f'a{k}="{k}"' for k in range(size // 14))
    return ElementTree.tostring(root, "unicode").replace(f'mark="{MARK}"', more).encode()


def _xml_inside(seed: bytes, n: int, inside: str, size: int) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    element.append(ElementTree.Comment("here"))
    text = ElementTree.tostring(root, "unicode")
    return text.replace("<!--here-->", inside * (size // len(inside))).encode()


def _xml_beside(seed: bytes, n: int, like: str, size: int) -> bytes:
    """Write more elements of the same name beside one, with nothing in them."""
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    parent = next(each for each in root.iter() if element in list(each))
    parent.append(ElementTree.Comment("here"))
    return ElementTree.tostring(root, "unicode").replace("<!--here-->", like * (size // len(like))).encode()


def _xml_namespaces(seed: bytes, size: int, *, each: bool) -> bytes:
    root = Safe.fromstring(seed)
    if each:
        root.append(ElementTree.Comment("here"))
        more = "".join(f'<n:a xmlns:n="urn:{k}"/>' for k in range(size // 28))
        return ElementTree.tostring(root, "unicode").replace("<!--here-->", more).encode()
    root.set("mark", MARK)
    more = " ".join(f'xmlns:n{k}="urn:{k}"' for k in range(size // 24))
    return ElementTree.tostring(root, "unicode").replace(f'mark="{MARK}"', more).encode()


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
        [head, *_repeated([MARK + row for row in rows], size)]).encode())  # fmt: skip
    yield Grown("short rows", lambda size: "\n".join([head, *["a"] * (size // 2)]).encode())
    yield Grown("many columns", lambda size: (head + ";c" * (size // 2) + "\n" + rows[0]).encode())
    yield Grown("many cells", lambda size: (head + "\n" + rows[0] + ";" * size).encode())
    yield Grown(
        "an open quote", lambda size: (head + '\n"' + (rows[0] + "\n") * (size // len(rows[0]))).encode()
    )
    for n, cell in enumerate(cells):
        yield Grown(f"long: cell {n}", lambda size, n=n, cell=cell: "\n".join(
            [head, ";".join([*cells[:n], _long(cell or "x", size), *cells[n + 1:]])]).encode())  # fmt: skip
