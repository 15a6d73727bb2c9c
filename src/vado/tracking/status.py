"""What a recipient may know of their own job: where it stands, when, and why when it waits.

In: a world, one job or shipment, the time. Out: a `Track` with finished sentences. It refuses to tell which
vehicle comes, where that vehicle is, or anything about another recipient's job; the caller's free texts
(descriptions) stay out too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from vado.model.ids import JobId
from vado.model.jobs import Done, Job
from vado.model.plan import EvidenceItem, Reason, ReasonCode, Unassigned
from vado.model.when import FOREVER_S, clock
from vado.model.world import World
from vado.tracking.words import SENTENCES, hazard_words, language_of

ROUND_S = 15 * 60  # a promise to the minute is broken daily; a quarter of an hour is kept
SPREAD_S = 15 * 60  # either side of the planned arrival
UPDATE_S = 15 * 60  # at the latest we look again then


class TrackState(StrEnum):
    RECEIVED = "received"  # known, not planned yet
    PLANNED = "planned"
    ON_THE_WAY = "on_the_way"  # its vehicle has left
    ARRIVING = "arriving"  # it is that vehicle's next stop
    DELIVERED = "delivered"
    HELD = "held"  # nobody comes; the reason says why
    CANCELLED = "cancelled"  # the caller took the job back


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEvent:
    at_s: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    job: JobId
    state: TrackState
    headline: str
    reason: str = ""  # in plain words, when held
    from_s: int | None = None  # expected window, rounded outwards to a quarter of an hour
    until_s: int | None = None
    next_update_s: int
    place: str = ""
    history: tuple[TrackEvent, ...] = ()
    language: str = "en"


def status(
    world: World,
    job_id: JobId,
    *,
    now_s: int,
    language: str = "en",
    local: Callable[[int], str] = clock,
) -> Track:
    """Tell a recipient about their job; a shipment's id stands for its delivery.

    `local` writes an instant as the recipient's time of day; the core knows only UTC.
    """
    tongue = language_of(language)
    job, events = _find_job(world, job_id), _history(world, job_id, tongue)
    target = job.id if job is not None else job_id
    visit = _done(world, target)
    stop = None if world.plan is None else world.plan.stop_of(target)
    from_s = until_s = None
    reason = ""
    if visit is not None:
        state = TrackState.DELIVERED
    elif job is None:
        state = TrackState.CANCELLED
    elif stop is not None:
        state = _under_way(world, target)
        from_s, until_s = _window(stop.start_s, now_s)
    else:
        unassigned = _unassigned(world, target)
        state = TrackState.RECEIVED if unassigned is None else TrackState.HELD
        reason = "" if unassigned is None else _reason(world, unassigned, tongue, local)
    words = {
        "from": "" if from_s is None else local(from_s),
        "until": "" if until_s is None else local(until_s),
        "at": "" if visit is None else local(visit.departure_s),
    }
    return Track(
        job=job_id,
        state=state,
        headline=SENTENCES[tongue][state.value].format_map(words),
        reason=reason,
        from_s=from_s,
        until_s=until_s,
        next_update_s=_next_update(world, now_s),
        place=_place(world, target, job),
        history=events,
        language=tongue,
    )


def _find_job(world: World, job_id: JobId) -> Job | None:
    """Find a job, a half of a shipment by its id, or a shipment's delivery by the shipment's."""
    for job in world.jobs:
        if job.id == job_id:
            return job
    for shipment in world.shipments:
        if job_id in (shipment.id, f"{shipment.id}/delivery"):
            return _half(shipment.delivery, f"{shipment.id}/delivery")
        if job_id == f"{shipment.id}/pickup":
            return _half(shipment.pickup, job_id)
    return None


def _half(job: Job, name: str) -> Job:
    return replace(job, id=JobId(name))


def _done(world: World, job: JobId) -> Done | None:
    return next((visit for p in world.progress for visit in p.visits if visit.job == job), None)


def _unassigned(world: World, job: JobId) -> Unassigned | None:
    items = () if world.plan is None else world.plan.unassigned
    return next((item for item in items if item.job == job), None)


def _under_way(world: World, job: JobId) -> TrackState:
    route = None if world.plan is None else world.plan.route_of(job)
    progress = next((p for p in world.progress if route is not None and p.vehicle == route.vehicle), None)
    if progress is None or not (progress.committed or progress.done):
        return TrackState.PLANNED
    near = progress.committed[:1] == (job,) or job in dict(progress.arrived)
    return TrackState.ARRIVING if near else TrackState.ON_THE_WAY


def _window(start_s: int, now_s: int) -> tuple[int, int]:
    """Round outwards to quarters of an hour; what is late is expected from now on."""
    expected_s = max(start_s, now_s)
    from_s = (expected_s - SPREAD_S) // ROUND_S * ROUND_S
    until_s = -(-(expected_s + SPREAD_S) // ROUND_S) * ROUND_S
    return max(from_s, now_s // ROUND_S * ROUND_S), until_s


def _next_update(world: World, now_s: int) -> int:
    """Say when something may be new: at the next boundary of a closure, or in a quarter of an hour."""
    latest_s = now_s + UPDATE_S
    boundary_s = world.boundary_s
    return boundary_s if boundary_s is not None and now_s < boundary_s < latest_s else latest_s


def _place(world: World, job: JobId, found: Job | None) -> str:
    stop = None if world.plan is None else world.plan.stop_of(job)
    if stop is not None and stop.place:
        return stop.place
    unassigned = _unassigned(world, job)
    named = [
        item.place for r in (unassigned.reasons if unassigned else ()) for item in r.evidence if item.place
    ]
    return named[0] if named else (found.place if found is not None else "")


def _history(world: World, job_id: JobId, tongue: str) -> tuple[TrackEvent, ...]:
    """List what happened to this parcel, oldest first: its own visits and nobody else's."""
    words = SENTENCES[tongue]
    base = job_id.removesuffix("/delivery").removesuffix("/pickup")
    own = {job_id, JobId(f"{base}/pickup"), JobId(f"{base}/delivery")}
    events: list[TrackEvent] = []
    for progress in world.progress:
        for visit in progress.visits:
            if visit.job in own:
                events.append(TrackEvent(at_s=visit.arrival_s, text=words["history_arrived"]))
                picked = visit.job.endswith("/pickup") and visit.job == f"{base}/pickup"
                text = words["history_picked_up" if picked else "history_delivered"]
                events.append(TrackEvent(at_s=visit.departure_s, text=text))
        for job, at_s in progress.arrived:
            if job in own:
                events.append(TrackEvent(at_s=at_s, text=words["history_arrived"]))
    return tuple(sorted(events, key=lambda event: event.at_s))


_PLAIN = {
    ReasonCode.NOT_CONNECTED: "no_road",
    ReasonCode.NO_VEHICLE: "fit",
    ReasonCode.SKILL: "fit",
    ReasonCode.NOT_ALLOWED: "fit",
    ReasonCode.TOGETHER: "fit",
    ReasonCode.PRIZE: "fit",
    ReasonCode.APART: "fit",
    ReasonCode.CAPACITY: "room",
    ReasonCode.TIME_WINDOW: "time",
    ReasonCode.SHIFT: "time",
    ReasonCode.RIDE: "time",
    ReasonCode.HOURS: "time",
    ReasonCode.LIMIT: "room",
    ReasonCode.PARTNER: "partner",
    ReasonCode.NO_ROOM: "room",
    ReasonCode.REFEREE: "safety",
}


def _reason(world: World, unassigned: Unassigned, tongue: str, local: Callable[[int], str]) -> str:
    """Say the first reason that is about the world; the planner's own sentence is for dispatchers."""
    by_hazard = [r for r in unassigned.reasons if any(item.hazard for item in r.evidence)]
    reason = (by_hazard or list(unassigned.reasons))[0]
    place = next((item.place for item in reason.evidence if item.place), "") or SENTENCES[tongue]["you"]
    item = next((item for item in reason.evidence if item.hazard), None)
    if item is not None:
        return _cut(world, reason, item, place, tongue, local)
    if reason.code in (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK, ReasonCode.WITHDRAWN):
        hazard = hazard_words("", tongue)
        return SENTENCES[tongue]["cut_bare"].format_map({"place": place, "hazard": hazard})
    return SENTENCES[tongue][_PLAIN[reason.code]].format_map({"place": place})


def _cut(
    world: World,
    reason: Reason,
    item: EvidenceItem,
    place: str,
    tongue: str,
    local: Callable[[int], str],
) -> str:
    hazard = next((h for h in world.hazards.hazards if h.id == item.hazard), None)
    from_s = item.from_s if item.from_s is not None else (hazard.interval.start_s if hazard else None)
    until_s = item.until_s if item.until_s is not None else (hazard.interval.end_s if hazard else FOREVER_S)
    words = {
        "road": item.road,
        "place": place,
        "hazard": hazard_words(hazard.kind if hazard else "", tongue),
        "from": "" if from_s is None else local(from_s),
        "until": "" if until_s >= FOREVER_S else local(until_s),
    }
    if from_s is None or not item.road:
        key = "cut_bare"
    elif reason.code is ReasonCode.NO_WAY_BACK:
        key = "back"
    else:
        key = "cut_until" if words["until"] else "cut"
    return SENTENCES[tongue][key].format_map(words)
