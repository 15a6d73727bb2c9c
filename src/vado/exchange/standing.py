"""How sure hazards are, for programs and people: who tells of them, who says no, when one was last told.

In: the state of hazards, the edges they touch, which sources copy which. Out: `Judged`, and from it JSON and
words; the command line and the API say the same. Refuses to judge: see `hazards.confidence`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vado import hazards
from vado.hazards.confidence import Standing, standings
from vado.model.hazard import HazardState
from vado.model.ids import HazardId
from vado.model.roads import I32, Roads
from vado.model.when import rfc3339

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How all hazards of a state stand."""

    standings: Mapping[HazardId, Standing]
    sources: Mapping[HazardId, str]  # of those taken back lately, too
    now_s: int

    def doubt(self, hazard: HazardId) -> str:
        """Say for people why a hazard is doubtful; "" when it is not."""
        found = self.standings.get(hazard)
        if found is None:
            return ""
        age = span_words(self.now_s - found.told_s)
        said = [f"{found.confidence:.0%} sure, last told {age} ago"] if found.forgotten else []
        return "; ".join(filter(None, (*said, self.dispute(hazard))))

    def dispute(self, hazard: HazardId) -> str:
        """Say for people who says otherwise, or told the same and took it back; "" when nobody does."""
        found = self.standings.get(hazard)
        if found is None:
            return ""
        said = [f"called off by {self._source(name)}" for name in found.lifted]
        said += [f"{self._source(name)} says otherwise" for name in found.disputed]
        return "; ".join(dict.fromkeys(said))

    def _source(self, hazard: HazardId) -> str:
        return self.sources.get(hazard, hazard)


def judge(
    roads: Roads,
    state: HazardState,
    touched: Mapping[HazardId, I32],
    *,
    now_s: int,
    mirrors: Mapping[str, str] | None = None,
) -> Judged:
    """Judge all hazards of a state, beside each other and beside what was taken back lately."""
    gone = tuple(hazard for mark in state.lifted for hazard in mark.hazards)
    on = {**touched, **hazards.footprint(roads, gone)} if gone else touched
    made = standings(state.hazards, told_s(state), on, now_s=now_s, mirrors=mirrors, lifted=gone)
    sources = {each.id: each.evidence[0].source for each in (*gone, *state.hazards)}
    return Judged(standings=made, sources=sources, now_s=now_s)


def told_s(state: HazardState) -> dict[HazardId, int]:
    """Say when a source last told of each hazard: by a message of its own, or a document that held it."""
    sent = {alert: sent_s for alert, sent_s, _ in state.seen}
    present = {alert: at_s for alert, _, at_s in state.present}
    return {
        h.id: max(sent.get(h.version, 0), present.get(h.version, 0)) or h.interval.start_s
        for h in state.hazards
    }


def standing_json(judged: Judged | None, hazard: HazardId) -> Json:
    """Write how a hazard stands; nothing where no roads are known to compare by."""
    found = None if judged is None else judged.standings.get(hazard)
    if judged is None or found is None:
        return {}
    return {
        "confidence": round(found.confidence, 3),
        "told": rfc3339(found.told_s),
        "told_age_s": max(0, judged.now_s - found.told_s),
        "also_told_by": list(found.also),
        "copied_by": list(found.copies),
        "disputed_by": list(found.disputed),
        "called_off_by": list(found.lifted),
        "doubt": judged.doubt(hazard),
    }


def span_words(seconds: int) -> str:
    """Say for how long: "40 s", "12 min", "3 h", "2 days"."""
    if seconds < 120:
        return f"{max(0, seconds)} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86_400} days"
