"""Sentences for people: the place, the road, the alert. Times of day are UTC, as everywhere in the core.

In: causes. Out: text and the evidence that points at the world. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from vado.model.ids import VehicleId, identifier
from vado.model.jobs import Job
from vado.model.plan import EvidenceItem, Reason, ReasonCode
from vado.model.problem import Problem
from vado.model.snapshot import Cut, CutRoad, Snapshot
from vado.model.when import FOREVER_S, Interval
from vado.model.words import doubt
from vado.planning.cause import OTHER_HALF, Cause
from vado.planning.keep import Outset
from vado.planning.load import part
from vado.planning.trip import say_when

TOLD_MAX = 3  # vehicles named in one sentence; the evidence names all
ROADS_MAX = 3  # named in one sentence; the evidence names all


def say_place(problem: Problem, job: Job) -> str:
    """Name where a job is: its town, or what there is to say."""
    place = job.place or problem.places[problem.stop(job.location)]
    return place or f"the place of job {job.id}"


def say_skill(fleet: Sequence[Outset], job: Job, *, whole: bool) -> Reason:
    """Say which skill is lacking: of the whole fleet, or of who alone may do it just now."""
    known = frozenset[int]().union(*(outset.vehicle.skills for outset in fleet))
    nobody = sorted(job.skills - known)
    what = ", ".join(map(str, nobody or sorted(job.skills)))
    who = "No vehicle has" if whole else f"{_names(fleet)} does not have"
    text = f"{who} skill {what}." if nobody else f"{who} skills {what} together."
    evidence = EvidenceItem(vehicle=None if whole else fleet[0].vehicle.id, detail=f"skills {what}")
    return Reason(code=ReasonCode.SKILL, text=text, evidence=(evidence,))


def say_not_allowed(skilled: Sequence[Outset], job: Job, *, whole: bool) -> Reason:
    """Say that the job's own lists shut out everybody who has the skills for it."""
    evidence = tuple(EvidenceItem(vehicle=o.vehicle.id, detail="not allowed for it") for o in skilled)
    more = f" and {len(skilled) - TOLD_MAX} more" if len(skilled) > TOLD_MAX else ""
    having = " that has the skills for it" if job.skills else ""
    text = f"Its own lists allow no vehicle{having}: not {_names(skilled)}{more}."
    if not whole:
        text = f"Its own lists do not allow {_names(skilled)}{more}."
    return Reason(code=ReasonCode.NOT_ALLOWED, text=text, evidence=evidence)


def say_prize(fits: Sequence[tuple[int, VehicleId]], prize: int, others: Sequence[EvidenceItem]) -> Reason:
    """Say that a job costs more than it is worth: what the route of each who has room would cost more."""
    cost, vehicle = min(fits)
    told = tuple(EvidenceItem(vehicle=name, detail=f"would cost {more} more with it") for more, name in fits)
    text = f"It would cost {cost} more to send {vehicle}, the cheapest, and its prize is {prize}."
    return Reason(code=ReasonCode.PRIZE, text=text, evidence=(*told, *others))


def say_capacity(skilled: Sequence[Outset], job: Job, *, whole: bool) -> Reason:
    evidence = tuple(
        EvidenceItem(vehicle=outset.vehicle.id, detail=f"capacity {list(outset.vehicle.capacity)}")
        for outset in skilled
    )
    size = max(len(job.delivery), len(job.pickup))
    amount = [max(part(job.delivery, k), part(job.pickup, k)) for k in range(size)]
    who = "No vehicle" if not job.skills else "No vehicle with the skills for it"
    if job.allowed_vehicles is not None or job.forbidden_vehicles:
        who = "No vehicle that may do it"
    text = f"{who} can hold {amount}." if whole else f"{_names(skilled)} cannot hold {amount}."
    return Reason(code=ReasonCode.CAPACITY, text=text, evidence=evidence)


def _names(fleet: Sequence[Outset]) -> str:
    return ", ".join(outset.vehicle.id for outset in fleet[:TOLD_MAX])


def say_causes(
    problem: Problem, snapshot: Snapshot, job: Job, code: ReasonCode, causes: Sequence[Cause], *, whole: bool
) -> Reason:
    """Say one reason for all vehicles that it stops; `whole`: there are no others that may do it."""
    place = say_place(problem, job)
    vehicles = tuple(EvidenceItem(vehicle=c.outset.vehicle.id, detail=c.text) for c in causes)
    cut = next((cause for cause in causes if cause.cuts), None)
    if cut is not None and code in (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK):
        text, evidence = say_cut(problem, snapshot, job, cut)
        return Reason(code=code, text=text, evidence=(*evidence, *vehicles))
    told = [f"{cause.outset.vehicle.id} {cause.text}" for cause in causes if cause.text != OTHER_HALF]
    who = "; ".join(told[:TOLD_MAX])
    more = f"; and {len(told) - TOLD_MAX} more" if len(told) > TOLD_MAX else ""
    text = {
        ReasonCode.NOT_CONNECTED: f"No road leads to {place} and back, storm or not: {who}{more}.",
        ReasonCode.CUT_OFF: f"{place} cannot be reached: {who}{more}.",
        ReasonCode.NO_WAY_BACK: f"{place} could not be left again in time: {who}{more}.",
        ReasonCode.TIME_WINDOW: f"Nobody can be at {place} within its windows: {who}{more}.",
        ReasonCode.SHIFT: f"No shift is long enough for {place}: {who}{more}.",
        ReasonCode.RIDE: f"It would be aboard for too long: {who}{more}.",
        ReasonCode.HOURS: f"Driver hours do not allow it: {who}{more}.",
        ReasonCode.LIMIT: f"It is beyond the limits of who could do it: {who}{more}.",
        ReasonCode.CAPACITY: f"What is aboard already leaves no room for it: {who}{more}.",
        ReasonCode.TOGETHER: f"It belongs with what is done already: {who}{more}.",
        ReasonCode.APART: f"It must not be beside what was done on the same vehicle: {who}{more}.",
        ReasonCode.PARTNER: f"The other half of shipment {job.shipment} cannot be served"
        + (f": {who}{more}." if told else "."),
    }.get(code, f"{who}{more}.")
    if code is ReasonCode.NOT_CONNECTED and not whole:
        text = f"No road leads to {place} and back for some, storm or not: {who}{more}."
    if code is ReasonCode.NOT_CONNECTED and all(cause.place is not None for cause in causes):
        text = f"There is no road to set out on or to come home by: {who}{more}."
    if code is ReasonCode.SHIFT and all(cause.off_hours for cause in causes):
        text = f"Nobody works when {place} could be served: {who}{more}."
    return Reason(code=code, text=text, evidence=vehicles)


def say_cut(
    problem: Problem, snapshot: Snapshot, job: Job, cause: Cause
) -> tuple[str, tuple[EvidenceItem, ...]]:
    """Name place, road, alert and time of a cut, in one sentence, and give the evidence for it."""
    at, place = problem.stop(job.location), say_place(problem, job)
    elsewhere = cause.place is not None and cause.place != at
    cut_place = place
    if elsewhere and cause.place is not None:
        cut_place = problem.places[cause.place] or f"the place of {cause.outset.vehicle.id}"
    roads = _in_force(snapshot, cause.cuts)
    named = list(dict.fromkeys(_say_road(road, interval, problem.now_s) for road, interval in roads))
    more = f"; and {len(named) - ROADS_MAX} more" if len(named) > ROADS_MAX else ""
    said = "; ".join(named[:ROADS_MAX]) + more
    if elsewhere:
        event = f"{cause.outset.vehicle.id} cannot get from {cut_place} to {place} and back"
    elif cause.code is ReasonCode.NO_WAY_BACK:
        event = f"{place} could be reached, but not be left again in time"
    else:
        event = f"{place} cannot be reached{_say_after(cause.cuts[0], problem.now_s)}"
    return f"{event}: {said}{doubt(all(cut.proven for cut in cause.cuts))}.", _evidence(roads, cut_place)


def say_squeeze(
    problem: Problem, snapshot: Snapshot, job: Job, cuts: Sequence[Cut]
) -> tuple[str, tuple[EvidenceItem, ...]]:
    """Name what leaves less time for a job, in one sentence, and give the evidence for it."""
    place = say_place(problem, job)
    roads = _in_force(snapshot, cuts)
    named = list(dict.fromkeys(_say_road(road, interval, problem.now_s) for road, interval in roads))
    more = f"; and {len(named) - ROADS_MAX} more" if len(named) > ROADS_MAX else ""
    sure = doubt(all(cut.proven for cut in cuts))
    return f"There is less time for {place}: {'; '.join(named[:ROADS_MAX])}{more}{sure}.", _evidence(
        roads, place
    )


def _in_force(snapshot: Snapshot, cuts: Sequence[Cut]) -> list[tuple[CutRoad, Interval]]:
    """List the roads of cuts, and when the hazard on each holds that counts for the cut."""
    hazards = {hazard.id: hazard for hazard in snapshot.hazards}
    return [
        (road, hazards[road.hazard].spell(cut.interval.start_s) if road.hazard in hazards else cut.interval)
        for cut in cuts
        for road in cut.roads
    ]


def _evidence(roads: Sequence[tuple[CutRoad, Interval]], place: str) -> tuple[EvidenceItem, ...]:
    """Point at each hazard on its road, with the time it is in force, once."""
    return tuple(
        dict.fromkeys(
            EvidenceItem(
                hazard=road.hazard,
                alert=road.alert,
                road=road.road,
                place=place,
                edge=road.edge,
                from_s=interval.start_s,
                until_s=interval.end_s,
                detail=road.headline,
            )
            for road, interval in roads
        )
    )


def _say_road(road: CutRoad, interval: Interval, now_s: int) -> str:
    start = f" from {say_when(interval.start_s, now_s)}" if interval.start_s > now_s else ""
    end = f" until {say_when(interval.end_s, now_s)}" if interval.end_s < FOREVER_S else ""
    what = road.headline or road.kind
    return f"{road.road} is shut{start}{end} by alert {identifier(road.alert)}" + (
        f" ({what})" if what else ""
    )


def _say_after(cut: Cut, now_s: int) -> str:
    """Say from when on it is too late to come and get out again, where there still is time now."""
    return (
        f" and left again after {say_when(cut.interval.start_s, now_s)}"
        if cut.interval.start_s > now_s
        else ""
    )
