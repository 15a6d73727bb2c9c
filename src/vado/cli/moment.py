"""A moment as the verbs that only look at it open it: a region at an instant, seen from where vehicles are.

In: what stands on the command line. Out: a `Moment`. Refuses to know what is asked of it (`reach`, `whatif`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vado.cli import output
from vado.cli.files import (
    Alerts,
    load_region,
    parse_load,
    parse_lonlat,
    parse_time,
    read_alerts,
    refuse_unknown_profile,
    settings,
)
from vado.cli.towns import find_places
from vado.model.when import rfc3339

if TYPE_CHECKING:
    from vado.cli.situation import Situation
    from vado.model.ids import LonLat
    from vado.model.roads import Roads
    from vado.model.snapshot import Travel

AHEAD_S = 7 * 24 * 3600  # how far "until" looks: feeds see no further with any sense (AEMET 3 days, EFAS 10)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    roads: Roads
    at_s: int
    origins: tuple[LonLat, ...]
    nodes: tuple[int, ...]  # of the origins, on the snapshot's roads
    travel: Travel
    wanted: frozenset[int] | None  # towns asked for; None: all
    read: Alerts
    seen: Situation

    @property
    def until_s(self) -> int:
        return self.at_s + AHEAD_S

    @property
    def title(self) -> str:
        return f"{self.roads.name} by {self.travel} at {rfc3339(self.at_s)}"

    def head_json(self) -> dict[str, Any]:
        """Write what was asked, as every answer repeats it."""
        return {
            "at": rfc3339(self.at_s), "from": [list(origin) for origin in self.origins],
            "profile": str(self.travel), "region": self.roads.name, "region_hash": self.roads.content_hash,
            "faults": [output.fault_json(fault) for fault in self.read.faults],
            "notes": list(self.seen.notes), "attribution": self.roads.attribution,
        }  # fmt: skip

    def print_end(self) -> None:
        """Say what could not be read, and whose map it is."""
        for fault in self.read.faults:
            print(f"not read: {fault}")
        print(self.roads.attribution)


def open_moment(
    *,
    region: str,
    at: str,
    from_: Sequence[str],
    alerts: Sequence[Path] | None,
    profile: str,
    equipment: Sequence[str] | None,
    load: Sequence[str] | None,
    place: str | None,
    skip_bad: bool,
    known_at: str | None = None,
) -> Moment:
    """Read all that the options name and put the alerts onto the roads; raises what is wrong in them."""
    at_s = parse_time(at)
    known_s = None if known_at is None else parse_time(known_at, field="--known-at")
    origins = tuple(parse_lonlat(text, field="--from") for text in from_)
    roads = load_region(region)
    refuse_unknown_profile(roads, profile)
    wanted = None if place is None else find_places(roads, place)
    read = read_alerts(alerts or (), skip_bad=skip_bad)

    from vado.cli.situation import look
    from vado.exchange.problem import refuse_far
    from vado.model.snapshot import Travel

    travel = Travel(profile, frozenset(equipment or ()), parse_load(load or ()))
    seen = look(roads, read.alerts, origins, (travel,), at_s=at_s, known_s=known_s, reads=read.reads)
    refuse_far(["--from"] * len(origins), seen.anchored.snap_m, settings().snap_max_m)
    nodes = seen.anchored.nodes_of(origins)
    return Moment(roads=roads, at_s=at_s, origins=origins, nodes=nodes, travel=travel, wanted=wanted,
                  read=read, seen=seen)  # fmt: skip
