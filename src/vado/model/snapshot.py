"""Snapshot: roads and closures at a version, frozen and named by content hash; and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vado.errors import InputError
from vado.model.hazard import Hazard
from vado.model.ids import AlertId, EdgeId, Hash, HazardId, NodeId
from vado.model.roads import F64, I32, I64, Roads
from vado.model.size import AS_PROFILE, Load
from vado.model.when import Interval


@dataclass(frozen=True, slots=True, order=True)
class Travel:
    """How somebody drives: a profile, the equipment that lifts restrictions, and the load of this trip.

    Its text is the same for the same travel: van+chains, truck+weight=7000kg. Sort by it: sets have no order.
    """

    profile: str
    equipment: frozenset[str] = frozenset()
    load: Load = AS_PROFILE

    def __str__(self) -> str:
        return "+".join(filter(None, (self.profile, *sorted(self.equipment), str(self.load))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where one vehicle is, begins and ends, as nodes of a snapshot's roads; -1 where no road is near."""

    travel: Travel
    at: int | None = None  # where it was last heard of; None: at its start
    start: int | None = None  # None: it begins anywhere
    end: int | None = None  # None: it ends anywhere


@dataclass(frozen=True, slots=True)
class Group:
    """Vehicles that can come to the same places and get away from them again; no nodes at all: anywhere.

    Its starts can always drive to each other, and so can its ends: that of them it does not matter which.
    """

    travel: Travel
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @property
    def anywhere(self) -> bool:
        return not self.starts and not self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """An edge that a hazard shuts, slows or restricts for a while, for one way of travelling."""

    edge: EdgeId
    interval: Interval  # [start, end), UTC
    speed_factor: float  # 0 = shut, 1 = as usual
    hazard: HazardId


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closures:
    """The closures that bind one `Travel`, sorted by (edge, start, hazard): K rows side by side."""

    edge: I32  # [K]
    start_s: I64  # [K]
    end_s: I64  # [K] FOREVER_S when open-ended
    factor: F64  # [K] 0 = shut
    hazard: I32  # [K] index into Snapshot.hazards

    def __len__(self) -> int:
        return len(self.edge)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    roads: Roads
    hazards: tuple[Hazard, ...]
    closures: dict[Travel, Closures]  # one entry for each way of travelling that was asked for
    unknown: tuple[Hazard, ...]  # shut nothing, but nobody may call the region clear
    content_hash: Hash  # of region hash + all closures
    # Numbers of hazards that are one event told by several, each group sorted; the others stand alone. A road
    # is shut while any of a group shuts it; a cut counts the group once.
    events: tuple[tuple[int, ...], ...] = ()

    def table(self, travel: Travel) -> Closures:
        """Get what binds a way of travelling; InputError for one that this was not made for."""
        found = self.closures.get(travel)
        if found is None:
            known = ", ".join(sorted(map(str, self.closures)))
            raise InputError(
                f"the snapshot does not know {travel}", action=f"ask for one it was made for: {known}"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who else tells of the same event."""

    hazard: HazardId
    alert: AlertId
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRoad:
    """One line of a cut: this event, told by this alert, on this road. Lifting all lines reopens the place.

    An event that several tell of is one line, and is lifted as a whole.
    """

    hazard: HazardId
    alert: AlertId
    road: str
    edge: EdgeId
    kind: str = ""
    headline: str = ""
    also: tuple[Told, ...] = ()  # the others that tell of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A period in which a node cannot be reached, or not be left, and the fewest hazards that do it."""

    interval: Interval
    direction: str  # "in", "out" or "both"
    roads: tuple[CutRoad, ...]  # empty: no hazard does it, the network itself does not lead there
    proven: bool = True  # no fewer hazards would do; False: the search for fewer did not come to an end


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """When one node can be used by one group of vehicles, within the horizon asked for.

    A vehicle may be at the node from `start_s` of a stay on, and must have departed by its `end_s`:
    it can have come by open roads and can still leave by open roads.
    """

    node: NodeId
    travel: Travel
    stays: tuple[Interval, ...]
    cuts: tuple[Cut, ...]

    def at(self, instant_s: int) -> bool:
        return any(instant_s in stay for stay in self.stays)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRoad:
    """The one road by which a place can still be reached, or left, since hazards have shut the others."""

    road: str
    edge: EdgeId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReach:
    """What a dispatcher wants to know of a town at an instant, and as far ahead as was looked.

    `reachable` and `leavable` are about who sets out now, on the clock. `inward` and `outward` are about the
    roads: the times in which some way in, or out, is open from end to end. `until_s` and `again_s` are the
    first ends and beginnings of what both have in common. With several groups it stands at each time as for
    the group for which it stands best: in and out are always of one group.
    """

    place: int  # index into Roads.places
    name: str
    lon: float
    lat: float
    travel: Travel
    reachable: bool  # who leaves a base now can drive to it
    leavable: bool  # who leaves it now can drive to where they have to end
    until_s: int | None  # when that changes from yes to no; None: not within the horizon, or already cut
    again_s: int | None  # when a place that is cut, or will be at until_s, is open again; None: not known
    cut: tuple[CutRoad, ...]  # why it is cut now, else why it will be at until_s
    inward: tuple[Interval, ...] = ()  # from the instant asked on; FOREVER_S: open as far as was looked
    outward: tuple[Interval, ...] = ()
    cut_proven: bool = True  # no fewer hazards would do; False: the search for fewer did not come to an end
    last_in: LastRoad | None = None  # now, and only where usually there are others
    last_out: LastRoad | None = None
    snap_m: float = 0.0  # from the town to the point of a road that stands for it, metres
    cut_from: str = ""  # the cut is told for those near that other town; "" where all stand alike


class Standing(StrEnum):
    """How a place stands at an instant, by the roads alone."""

    OPEN = "open"
    NO_WAY_BACK = "no way back"  # in, but not out
    NO_WAY_IN = "no way in"  # out, but not in
    CUT_OFF = "cut off"

    @property
    def rank(self) -> int:
        """Order them: 0 is open, 2 is cut off; in or out alone is as good as the other."""
        return {Standing.OPEN: 0, Standing.CUT_OFF: 2}.get(self, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachChange:
    """What is new about a place and a way of travelling: for a time it stands otherwise than was known."""

    place: int  # index into Roads.places
    name: str
    lon: float
    lat: float
    travel: Travel
    was: Standing
    now: Standing
    from_s: int  # when the two begin to differ; not before the instant of the newer one
    until_s: int | None  # when they end to; None: not as far as was looked
    cut: tuple[CutRoad, ...]  # which hazards it is by: that shut the place now, or did and were lifted
    cut_proven: bool = True  # no fewer hazards would do; False: the search for fewer did not come to an end
    cut_from: str = ""  # the cut is told for those near that other town; "" where all stand alike


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEdge:
    edge: EdgeId
    enter_ms: int  # epoch milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A path between two nodes, on the real clock. Every edge is open the whole time it is driven."""

    edges: tuple[LegEdge, ...]
    depart_s: int  # when it leaves; later than asked for when it waits for a road to open
    arrive_s: int  # rounded up
    distance_m: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """Travel between S stops in one slot, for one way of travelling; `NO_WAY_S` where there is no way."""

    slot: Interval
    travel: Travel
    seconds: I64  # [S, S], rounded up
    metres: I64  # [S, S], along the fastest path


NO_WAY_S = 2**31  # larger than any trip; sums of many fit int64
