"""Messages in XML grown at each of their elements: more of them, deeper, longer, with attributes, namespaces.

In: a message of the fuzz corpus. Out: inputs, named by how they were grown. Refuses to know any format.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from defusedxml import ElementTree as Safe

from bench.grown_texts import IDS, LONG, MARK, XML_DEEP, Grown, long, repeated


def xml_ways(seed: bytes) -> Iterator[Grown]:
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
                  lambda size, n=n, length=length: _xml_manylong(seed, n, length, size))
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


def _xml_manylong(seed: bytes, n: int, length: int, size: int) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    element.text = long(element.text or "x", min(length, size))
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
        if each.tag.rpartition("}")[2].casefold().endswith(IDS) and (each.text or "").strip():
            each.text = (each.text or "").strip() + MARK
        for key in each.attrib:
            if key.casefold().endswith(IDS):
                each.set(key, each.get(key, "") + MARK)
    parent = next(each for each in root.iter() if element in list(each))
    place = list(parent).index(element)
    parent.insert(place + 1, ElementTree.Comment("end"))
    parent.insert(place, ElementTree.Comment("start"))
    whole = ElementTree.tostring(root, "unicode")
    head, _, rest = whole.partition("<!--start-->")
    one, _, tail = rest.partition("<!--end-->")
    return (head + "".join(repeated([one], size)) + tail).encode()


def _xml_text(seed: bytes, n: int, size: int) -> bytes:
    root = Safe.fromstring(seed)
    element = list(root.iter())[n]
    element.text = long(element.text or "x", size)
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
