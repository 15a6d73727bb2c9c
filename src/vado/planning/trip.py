"""What driving a sequence of jobs comes to: a `Trip` that works, or the `Fault` that binds first."""

from __future__ import annotations

from dataclasses import dataclass

from vado.model.jobs import Job
from vado.model.plan import Leg, ReasonCode, Route, Stop, StopKind
from vado.model.when import clock, instant
from vado.planning.clocked import Way
from vado.planning.keep import Outset


@dataclass(frozen=True, slots=True)
class Fault:
    """What binds first, and at which job of the sequence (their number: on the way to the end)."""

    code: ReasonCode
    at: int
    text: str  # goes on after the name of a vehicle
    over_s: int = 0  # by how much, where that is time
    drove_s: tuple[int, ...] = ()  # travel to each of the jobs before it, as it really is


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A sequence that works."""

    outset: Outset
    jobs: tuple[Job, ...]
    stops: tuple[Stop, ...]  # without history
    ways: tuple[Way, ...]  # one to each stop; of no length to a first stop that nothing leads to
    made_s: int = 0  # the `now` it is driven from

    @property
    def route(self) -> Route:
        ways = self.ways if self.outset.started else self.ways[1:]
        legs = (Leg(drive=w.drive, duration_s=w.arrive_s - w.depart_s, distance_m=w.metres) for w in ways)
        return Route(
            vehicle=self.outset.vehicle.id,
            stops=(*self.outset.stops, *self.stops),
            legs=(*self.outset.legs, *legs),
        )

    @property
    def travel_s(self) -> int:
        return _past_s(self.outset) + sum(way.arrive_s - way.depart_s for way in self.ways)

    @property
    def metres(self) -> int:
        return _past_m(self.outset) + sum(way.metres for way in self.ways)

    @property
    def begin_s(self) -> int:
        """Say when the shift begins: it leaves its start, or is at its first stop where it has none."""
        first = (*self.outset.stops, *self.stops)[0]
        return first.departure_s if first.kind is StopKind.START else first.arrival_s

    @property
    def end_s(self) -> int:
        last = (*self.outset.stops, *self.stops)[-1]
        return last.arrival_s if last.kind is StopKind.END else last.departure_s

    @property
    def cost(self) -> int:
        """Count the whole shift, what is driven already included, in the caller's money."""
        costs = self.outset.vehicle.costs
        fixed = costs.fixed if self.jobs or self.outset.started else 0
        return fixed + round(self.travel_s * costs.per_hour / 3600 + self.metres * costs.per_km / 1000)


def _past_s(outset: Outset) -> int:
    return sum(leg.duration_s for leg in outset.legs)


def _past_m(outset: Outset) -> int:
    return sum(leg.distance_m for leg in outset.legs)


def say_minutes(over_s: int) -> str:
    """Say by how much, rounded up to minutes; nothing when it is not about time."""
    return f" by {-(-over_s // 60)} min" if over_s > 0 else ""


def say_when(epoch: int, now_s: int) -> str:
    """Say the time of day, with the day when it is not today's."""
    day = "" if epoch // 86_400 == now_s // 86_400 else f"{instant(epoch):%d %b} "
    return day + clock(epoch)
