"""Real messages in any order, twice, late, lost or cut off end in the same state, or a more cautious one.

Each folder of samples is one source, and what its documents are is what is usual with their formats: streams,
archives, windows, and documents that are all that holds, of which the newer ends what it lacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from xml.etree import ElementTree  # of what was read and refused by vado.feeds before

import pytest

from laid_roads import frozen, opened, roads_under
from mangled import JUNK_WORD, changed, lost, root_of, ways
from road_messages import dumped
from samples import sample
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.feeds import Contents
from vado.hazards import absorb
from vado.model.hazard import Hazard, HazardState
from vado.model.ids import clear
from vado.model.roads import Roads

pytestmark = pytest.mark.samples
FOLDERS = (
    "alertswiss", "cap", "cifs", "copernicus_ems", "datex2", "datex2_ims", "dpc_italy", "effis", "gdacs",
    "ign", "meteoalarm", "metno", "ninamow", "nws", "open511", "rivers", "usgs", "weather_misc", "wzdx",
)  # fmt: skip
RECEIVED_S = 1_800_000_000  # 2027-01-15: after all that is dated
NOW_S = 1_400_000_000  # 2014-05-13: before, so that nothing is over by its age
SIZE_MAX = 1_000_000  # bytes; what is larger takes long to read over and over
CUTS = 4  # of each file
BREAKS = 25  # of each file
# Another word there is another word: of a kind of event, or of a parameter.
OTHER = r"event_sub_?types?|valueName|\d:value$|allClear True"
BROKEN_SIZE_MAX = 100_000  # bytes
BOMS_AND_SPACE = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A document as it came; when it came is its own, in whatever order it is heard."""

    path: Path
    received_s: int
    contents: Contents


def files(folder: str) -> list[Path]:
    return [
        path
        for path in sorted(sample(folder).rglob("*"))
        if path.is_file() and path.stat().st_size <= SIZE_MAX
    ]


def read(body: bytes, folder: str, received_s: int) -> Contents | None:
    try:
        return feeds.read(body, source=folder, received_s=received_s, pulled=True)
    except PayloadError:
        return None


@cache
def heard(folder: str) -> tuple[Heard, ...]:
    found = []
    for n, path in enumerate(files(folder)):
        contents = read(path.read_bytes(), folder, RECEIVED_S + 120 * n)
        if contents is not None:
            found.append(Heard(path, RECEIVED_S + 120 * n, contents))
    assert found, folder
    return tuple(found)


def state_of(batches: Sequence[Sequence[Contents]]) -> HazardState:
    state = HazardState()
    for n, batch in enumerate(batches, 1):
        alerts = [alert for contents in batch for alert in contents.alerts]
        reads = [contents.read for contents in batch]
        now_s = NOW_S - 3600 * (len(batches) - n)  # hours pass between them
        state, _ = absorb(state, alerts, meaning(), now_s=now_s, reads=reads)
    return state


@cache
def straight(folder: str) -> HazardState:
    return state_of([[each.contents for each in heard(folder)]])


def missing(before: Sequence[Hazard], after: HazardState, *, now_s: int = NOW_S) -> list[str]:
    """List what is not there any more, hazards that stayed as they are left aside."""
    same = {hazard.id: hazard for hazard in after.hazards}
    gone = [hazard for hazard in before if same.get(hazard.id) != hazard]
    return lost(gone, after.hazards, now_s=now_s) if gone else []


@pytest.mark.parametrize("folder", FOLDERS)
def test_order_repeats_and_delays_change_nothing(folder: str) -> None:
    for seed in range(3):
        random = Random(f"{folder} {seed}")
        messages = [each.contents for each in heard(folder)]
        messages += random.sample(messages, len(messages) // 2)
        random.shuffle(messages)
        cuts = sorted(random.sample(range(len(messages) + 1), min(5, len(messages))))
        batches = [messages[a:b] for a, b in zip([0, *cuts], [*cuts, len(messages)], strict=True)]
        state = state_of(batches)
        assert state.hazards == straight(folder).hazards
        assert (state.documents, state.present) == (straight(folder).documents, straight(folder).present)


@cache
def laid(folder: str) -> Roads:
    """Lay roads under all that the folder's documents tell, each by itself too."""
    told = [hazard for each in heard(folder) for hazard in state_of([[each.contents]]).hazards]
    return roads_under([*straight(folder).hazards, *told])


def still_told(folder: str, gone: set[Heard]) -> list[Hazard]:
    """List what must hold although some documents were lost: all whose own bytes were heard.

    Of documents that are all that holds each says anew that something does: that may be lost too.
    """
    raws = {alert.raw for each in gone for alert in each.contents.alerts}
    again = {clear(one) for each in gone if each.contents.read.full for one in each.contents.read.present}
    return [
        hazard
        for hazard in straight(folder).hazards
        if hazard.evidence[0].raw not in raws and clear(hazard.alert) not in again
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_lost_on_the_way_ends_nothing(folder: str) -> None:
    """Of all that the messages told that did come, nothing is less than had the others come too."""
    for seed in range(3):
        random = Random(f"{folder} {seed}")
        gone = {each for each in heard(folder) if random.random() < 0.3}
        left = state_of([[each.contents for each in heard(folder) if each not in gone]])
        assert not missing(still_told(folder, gone), left)


@pytest.mark.parametrize("folder", FOLDERS)
def test_any_stream_of_them_opens_no_road_to_anybody_at_any_time(folder: str) -> None:
    """Out of order, twice, hours late, lost, and cut off in between: edge by edge, profile by profile."""
    roads = laid(folder)
    documents = heard(folder)
    for seed in range(2):
        random = Random(f"{folder} stream {seed}")
        gone = {each for each in documents if random.random() < 0.25}
        stream = [each.contents for each in documents if each not in gone]
        stream += random.sample(stream, len(stream) // 3)
        for each in random.sample(documents, min(len(documents), 12)):
            body = each.path.read_bytes()
            cut = body[: random.randrange(len(body.rstrip(BOMS_AND_SPACE)) or 1)]
            part = read(cut, folder, each.received_s + random.choice((-60, 60, 7200)))
            stream += [part] if part is not None else []
        random.shuffle(stream)
        cuts = sorted(random.sample(range(len(stream) + 1), min(4, len(stream))))
        batches = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        before = frozen(roads, still_told(folder, gone))
        after = frozen(roads, state_of(batches).hazards)
        assert not opened(before, after, now_s=NOW_S)
        assert {(h.alert, h.unknown) for h in before.unknown} <= {(h.alert, h.unknown) for h in after.unknown}


@pytest.mark.parametrize("folder", ["alertswiss", "cap", "cifs", "datex2", "nws", "open511", "wzdx"])
def test_a_road_that_opens_would_be_seen(folder: str) -> None:
    """Without one of the hazards that shut or slow a laid road, that road is told of."""
    roads = laid(folder)
    whole = frozen(roads, straight(folder).hazards)
    bound = {int(number) for rows in whole.closures.values() for number in rows.hazard.tolist()}
    assert any(opened(whole, frozen(roads, _without(whole.hazards, n)), now_s=NOW_S) for n in sorted(bound))


def _without(hazards: Sequence[Hazard], number: int) -> list[Hazard]:
    return [*hazards[:number], *hazards[number + 1 :]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_document_that_is_cut_off_is_refused_or_ends_nothing(folder: str) -> None:
    """Cut at any byte, after it was heard whole: a fault, or a state at least as cautious."""
    whole = straight(folder)
    read_too: list[str] = []
    for each in heard(folder):
        body = each.path.read_bytes()
        random = Random(each.path.name)
        for at in random.sample(range(len(body.rstrip(BOMS_AND_SPACE))), CUTS):
            for later_s in (60, 7200):
                contents = read(body[:at], folder, RECEIVED_S + 10**6 + later_s)
                if contents is None:
                    break
                state, _ = absorb(whole, contents.alerts, meaning(), now_s=NOW_S, reads=[contents.read])
                read_too += [f"{each.path.name} at {at}: {one}" for one in missing(whole.hazards, state)]
    assert not read_too


def broken(body: bytes, random: Random) -> Iterator[tuple[str, bytes]]:
    """Give the document again and again, each time with one value of another type, or no word at all."""
    try:
        message = json.loads(body)
    except ValueError:
        yield from _broken_xml(body, random)
        return
    every = list(ways(message))
    for way in random.sample(every, min(BREAKS, len(every))):
        junk = random.choice(({}, JUNK_WORD, [JUNK_WORD], True))
        yield f"{'.'.join(map(str, way))} {junk}", dumped(changed(message, way, junk))


def _broken_xml(body: bytes, random: Random) -> Iterator[tuple[str, bytes]]:
    try:
        count = len(list(root_of(body).iter()))
    except ElementTree.ParseError:
        return
    for n in random.sample(range(count), min(BREAKS, count)):
        root = root_of(body)
        element = list(root.iter())[n]
        if not len(element) and (element.text or "").strip():
            element.text = JUNK_WORD
            yield f"{n}:{element.tag.rpartition('}')[2]}", ElementTree.tostring(root)


@pytest.mark.parametrize("folder", [each for each in FOLDERS if each not in ("rivers", "metno")])
def test_a_value_that_breaks_in_a_newer_version_ends_nothing(folder: str) -> None:
    found: list[str] = []
    for each in heard(folder):
        body = each.path.read_bytes()
        if len(body) > BROKEN_SIZE_MAX:
            continue
        now_s = max((alert.sent_s for alert in each.contents.alerts), default=0) + 2
        first = read(body, folder, now_s)
        assert first is not None
        before, _ = absorb(HazardState(), first.alerts, meaning(), now_s=now_s, reads=[first.read])
        for what, mangled in broken(body, Random(each.path.name)):
            newer = read(mangled, folder, now_s + 1)
            if newer is None:
                continue
            alerts = [replace(alert, sent_s=alert.sent_s + 1) for alert in newer.alerts]
            after, _ = absorb(before, alerts, meaning(), now_s=now_s, reads=[newer.read])
            binding = [hazard for hazard in before.hazards if hazard.binds]
            if not re.search(OTHER, what):
                found += [f"{each.path.name} {what}: {one}" for one in missing(binding, after, now_s=now_s)]
    assert not found, "\n".join(found)
