"""On random maps: no drive makes a forbidden turn, and everything that is not forbidden can be driven.

The oracle walks the map as it is written, way by way, and knows nothing of graphs.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from little_map import LittleMap, walks
from vado.model.size import Load
from vado.model.snapshot import Travel

# A 3 x 3 grid of streets, each its own way: A B C / D E F / G H I.
LETTERS = "ABCDEFGHI"
STREETS = [LETTERS[i] + LETTERS[i + 1] for i in range(9) if i % 3 < 2] + [
    LETTERS[i] + LETTERS[i + 3] for i in range(6)
]
WAY = {street: number + 1 for number, street in enumerate(STREETS)}
# So long that one may turn round at the end of each: test_u_turns.py has shorter ones.
AT = {letter: (250.0 * (i % 3), -250.0 * (i // 3)) for i, letter in enumerate(LETTERS)}

# The same van, below and above what the gates let through; by itself it is higher.
LOW, HIGH = (Travel("van", load=Load(height_cm=cm)) for cm in (210, 230))

Turn = tuple[str, str, str, bool]  # street in, junction, street out, whether it is the only one allowed
# Street in, street between from junction to junction, street out, whether it is the only one allowed.
Detour = tuple[str, str, str, str, str, bool]


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    via = draw(st.sampled_from(LETTERS))
    around = [street for street in STREETS if via in street]
    return draw(st.sampled_from(around)), via, draw(st.sampled_from(around)), draw(st.booleans())


@st.composite
def detours(draw: st.DrawFn) -> Detour:
    """Three streets, each from where the one before ends."""
    between = draw(st.sampled_from(STREETS))
    p, q = draw(st.permutations(between))
    first = draw(st.sampled_from([street for street in STREETS if p in street and street != between]))
    last = draw(st.sampled_from([street for street in STREETS if q in street and street != between]))
    return first, between, p, q, last, draw(st.booleans())


@given(
    detours=st.lists(detours(), max_size=5),
    restrictions=st.lists(turns(), max_size=6),
    one_ways=st.sets(st.sampled_from(STREETS), max_size=4),
    bollards=st.sets(st.sampled_from(LETTERS), max_size=1),
    gates=st.sets(st.sampled_from(LETTERS), max_size=2),
)
@example([("DE", "AD", "D", "A", "AB", True)], [("AD", "A", "AD", True)], set(), set(), set())
@settings(max_examples=50, deadline=None)
def test_exactly_what_is_allowed_can_be_driven(
    detours: list[Detour],
    restrictions: list[Turn],
    one_ways: set[str],
    bollards: set[str],
    gates: set[str],
) -> None:
    little = LittleMap().nodes(**AT)
    for street in STREETS:
        little.way(WAY[street], street, **({"oneway": "yes"} if street in one_ways else {}))
    for street_in, via, street_out, only in restrictions:
        little.turn(WAY[street_in], via, WAY[street_out], "only_straight_on" if only else "no_left_turn")
    for street_in, between, _, _, street_out, only in detours:
        kind = "only_straight_on" if only else "no_u_turn"
        little.turn(WAY[street_in], WAY[between], WAY[street_out], kind)
    for letter in bollards:
        little.tag(letter, barrier="bollard")
    for letter in gates - bollards:
        little.tag(letter, barrier="height_restrictor", maxheight="2.2")
    with TemporaryDirectory() as folder:
        roads = little.roads(Path(folder))
    for travel, shut in ((Travel("car"), bollards), (LOW, bollards), (HIGH, bollards | gates)):
        # A drive may start at a copy: it is then the end of a longer one, which an "only" may have let
        # through.
        longer = allowed(detours, restrictions, one_ways, shut, steps=4)
        ends = {walk[1:] for walk in longer}
        assert walks(roads, 3, travel) == ends | allowed(detours, restrictions, one_ways, shut, steps=3)
        assert longer <= walks(roads, 4, travel)


def allowed(
    detours: list[Detour], restrictions: list[Turn], one_ways: set[str], bollards: set[str], *, steps: int
) -> set[str]:
    def drivable(a: str, b: str) -> bool:
        return a + b in WAY or (b + a in WAY and b + a not in one_ways)

    def street(a: str, b: str) -> str:
        return a + b if a + b in WAY else b + a

    def may(walk: str, b: str) -> bool:
        a, via = walk[-2:]
        if via in bollards and a != b:
            return False
        into, out = street(a, via), street(via, b)
        bound = [(o, only) for i, v, o, only in restrictions if (i, v) == (into, via)]
        if len(walk) > 2:
            before = street(walk[-3], a)
            bound += [(o, only) for i, _, p, q, o, only in detours if (i, p, q) == (before, a, via)]
        bans = {o for o, only in bound if not only}
        # An "only" into a street that cannot be driven is a mapping error and not obeyed.
        onlys = {o for o, only in bound if only and drivable(via, o.replace(via, "", 1))}
        return out not in bans and (not onlys or out in onlys)

    found = {a + b for a in LETTERS for b in LETTERS if drivable(a, b)}
    for _ in range(steps - 1):
        found = {walk + b for walk in found for b in LETTERS if drivable(walk[-1], b) and may(walk, b)}
    return found
