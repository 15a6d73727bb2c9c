"""Asking: what a person must look at, since we cannot be sure that we understood it.

In: roads, hazards, those that met no road. Out: for each of them the reasons, in words. Refuses to decide
anything: whatever stands here is shut as cautiously as was possible, or shuts nothing and says so.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from vado.hazards.match import GOOD, match
from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import Roads

NOTES_MAX = 3  # of the places of one hazard; more are counted
NO_ROAD = "it should bind here, but no road was found at its place: it shuts nothing"
UNCLEAR = "what it does to the road is not clear from the message"


def to_ask(
    roads: Roads | None, hazards: Iterable[Hazard], unmatched: Container[HazardId]
) -> dict[HazardId, tuple[str, ...]]:
    """Say of which hazards a person should be asked, and what; without roads, what is known without them."""
    found = {}
    for hazard in hazards:
        reasons: list[str] = []
        if hazard.unknown:
            reasons.append(hazard.unknown)
        if hazard.id in unmatched:
            reasons.append(NO_ROAD)
        if not hazard.unknown and any(effect.action is Action.INSPECT for effect in hazard.effects):
            reasons.append(UNCLEAR)
        if roads is not None and hazard.binds:
            reasons += _loose(roads, hazard, lost=hazard.id in unmatched)
        if reasons:
            found[hazard.id] = tuple(dict.fromkeys(reasons))
    return found


def _loose(roads: Roads, hazard: Hazard, *, lost: bool) -> list[str]:
    """Say which places on roads were not matched well: there more is shut than was meant, or less."""
    said = []
    for place in (place for area in hazard.footprint for place in area.roads):
        made = match(roads, place)
        # Of a hazard that is placed, a part that lies outside of the region is no question.
        if made.quality < GOOD and (len(made.edges) or lost) and made.note:
            where = place.ref or place.name
            said.append(f"{where}: {made.note}" if where else made.note)
    said = list(dict.fromkeys(said))
    more = [f"and {len(said) - NOTES_MAX} places more"] if len(said) > NOTES_MAX else []
    return said[:NOTES_MAX] + more
