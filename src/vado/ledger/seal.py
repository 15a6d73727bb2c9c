"""Seal one decision: what was known (by hash), what was decided (in full), why, and the decision before.

In: the world before and after, the messages, the working of the step. Out: a `Decision`. The record is
written field by field and not by dumping types, so that what was sealed years ago can still be read when
types have moved on; `FORMAT` counts its changes.

What is sealed about a job for good: its id, which is the caller's pseudonym for it; when it is visited, by
which vehicle and with what load; the town; and the roads driven, down to the edge, without which nobody could
check that a closed one was not used. Together they lead to a street, so whoever can tell whose id it is can
tell about where they live. Descriptions, coordinates and the nodes of stops (with them the road is cut open
at the very door) stay out: they are in the inbox, where they can be blanked without breaking the chain, and
in one hash over the whole problem.

Refuses to know the clock, the store and how a plan was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vado import __version__
from vado.errors import BugError
from vado.ledger.canonical import canonical, digest, portable
from vado.model.codec import to_json
from vado.model.hazard import Hazard
from vado.model.ids import Hash
from vado.model.plan import Leg, Plan, Route, Rule, Verdict, Violation
from vado.model.problem import Budget, Problem
from vado.model.snapshot import CutRoad, Group, ReachChange
from vado.model.when import rfc3339
from vado.model.world import AlertReceived, Decision, Difference, FeedFailed, FeedRead, Impact, Message, World

FORMAT = 3  # 2: stops have no node; 3: changes of reach


def seal(
    *,
    before: World,
    after: World,
    batch: Sequence[Message],
    problem: Problem,
    impacts: Sequence[Impact],
    verdict: Verdict,
    difference: Difference,
    notes: Sequence[str],
    meaning: Hash,
    budget: Budget,
    refused: Sequence[Violation] = (),
    reach: Sequence[ReachChange] = (),
) -> Decision:
    """Make the record that follows `before.head`, and hash it; raises BugError rather than seal nonsense."""
    _check(before, after, verdict)
    plan = after.plan
    stands = plan is not None and plan == before.plan
    record = {
        "format": FORMAT,
        "software": f"vado {__version__}",
        "seq": after.version,
        "prev": before.head,
        "world": after.id,
        "now_s": after.now_s,
        "now": rfc3339(after.now_s),
        "trigger": [_trigger(message) for message in batch],
        "inputs": {
            "region": after.region,
            "region_hash": after.region_hash,
            "snapshot": after.snapshot,
            "meaning": meaning,
            "problem": _hash(_problem(problem)),
            "plan_before": plan_hash(before.plan),
        },
        "action": "no jobs" if not problem.jobs else "left" if stands else "replanned",
        "impacts": [to_json(impact) for impact in impacts],
        "difference": to_json(difference),
        "plan_hash": plan_hash(plan),
        # A plan that stands was sealed in full when it was made; that record has the same plan_hash.
        "plan": None if stands else _plan(plan),
        "unassigned": {}
        if plan is None
        else {u.job: [r.code.value for r in u.reasons] for u in plan.unassigned},
        "verdict": {
            "ok": verdict.ok,
            "rules": [rule.value for rule in Rule],
            "violations": [to_json(violation) for violation in verdict.violations],
            # Of drafts that were cut back until the referee agreed; absent in nearly every record.
            **({"refused": [to_json(violation) for violation in refused]} if refused else {}),
        },
        "budget": to_json(budget),
        # What is new about the towns; absent where nothing is.
        **({"reach": [_reach(change) for change in reach]} if reach else {}),
        "hazards": [_hazard(hazard) for hazard in after.hazards.hazards],
        "notes": list(notes),
    }
    text = _canonical(record)
    return Decision(seq=after.version, prev=before.head, hash=digest(text), record=text.decode())


def plan_hash(plan: Plan | None) -> Hash | None:
    """Hash a plan as the ledger writes it, so that anybody can compute it from the record alone."""
    return None if plan is None else _hash(_plan(plan))


def _check(before: World, after: World, verdict: Verdict) -> None:
    wrong = [
        text
        for text, is_so in (
            ("the version is not the next one", after.version != before.version + 1),
            ("the world is another one", after.id != before.id),
            ("time went back", after.now_s < before.now_s),
            ("there is a first decision already", (before.head is None) != (before.version == 0)),
            ("the referee refused the plan", not verdict.ok),
            (
                "there is a plan but no snapshot",
                after.plan is not None and after.snapshot is None,
            ),
        )
        if is_so
    ]
    if wrong:
        raise BugError(f"decision {after.version} of {after.id} cannot be sealed: {'; '.join(wrong)}")


def _trigger(message: Message) -> dict[str, Any]:
    about: dict[str, Any] = {
        "seq": message.seq,
        "received_s": message.received_s,
        "body_hash": message.body_hash,
        "kind": type(message.body).__name__,
    }
    if isinstance(message.body, AlertReceived):
        alert = message.body.alert
        about |= {"alert": alert.id, "source": alert.source, "sent_s": alert.sent_s, "raw": alert.raw}
    if isinstance(message.body, FeedRead):
        body = message.body
        about |= {"source": body.source, "format": body.format, "full": body.full, "complete": body.complete}
        about |= {"at_s": body.at_s, "alerts": body.alerts}
    if isinstance(message.body, FeedFailed):
        about |= {"source": message.body.source, "raw": message.body.raw, "cause": message.body.cause}
    return about


def _hazard(hazard: Hazard) -> dict[str, Any]:
    return {
        "id": hazard.id,
        "kind": hazard.kind,
        "start_s": hazard.interval.start_s,
        "end_s": hazard.interval.end_s,
        "alerts": sorted({evidence.alert for evidence in hazard.evidence}),
        "raw": sorted({evidence.raw for evidence in hazard.evidence}),
        "unknown": hazard.unknown,
    }


def _reach(change: ReachChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "lon": change.lon,
        "lat": change.lat,
        "travel": str(change.travel),
        "was": change.was.value,
        "now": change.now.value,
        "from_s": change.from_s,
        "until_s": change.until_s,
        "cut": [
            {"hazard": road.hazard, "alert": road.alert, "road": road.road, "kind": road.kind,
             "headline": road.headline, **_also(road)}
            for road in change.cut
        ],
        **({} if change.cut_proven else {"cut_proven": False}),
        **({"cut_from": change.cut_from} if change.cut_from else {}),
    }  # fmt: skip


def _also(road: CutRoad) -> dict[str, Any]:
    """Name who else tells of the same event; absent in nearly every line."""
    if not road.also:
        return {}
    told = [{"hazard": other.hazard, "alert": other.alert, "source": other.source} for other in road.also]
    return {"also": told}


def _plan(plan: Plan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "made_s": plan.made_s,
        "snapshot": plan.snapshot,
        "asked": plan.asked,
        "cost": plan.cost,
        "solver": to_json(plan.solver),
        "routes": [_route(route) for route in plan.routes],
        "unassigned": [to_json(unassigned) for unassigned in plan.unassigned],
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "vehicle": route.vehicle,
        "stops": [
            {
                "kind": stop.kind.value,
                "job": stop.job,
                "place": stop.place,
                "arrival_s": stop.arrival_s,
                "start_s": stop.start_s,
                "departure_s": stop.departure_s,
                "state": stop.state.value,
                "load": list(stop.load),
                "label": stop.label,
            }
            for stop in route.stops
        ],
        "legs": [_leg(leg) for leg in route.legs],
    }


def _leg(leg: Leg) -> dict[str, Any]:
    about: dict[str, Any] = {"duration_s": leg.duration_s, "distance_m": leg.distance_m, "drive": None}
    if leg.drive is not None:
        about["drive"] = {
            "depart_s": leg.drive.depart_s,
            "arrive_s": leg.drive.arrive_s,
            # Pairs, not objects: most of a record is this.
            "edges": [[edge.edge, edge.enter_ms] for edge in leg.drive.edges],
        }
    return about


def _problem(problem: Problem) -> dict[str, Any]:
    """Write the whole problem in one order. Its `access` has keys that are no strings."""
    access = [
        {"stop": stop, **_group(group), "access": to_json(item)}
        for (stop, group), item in problem.access.items()
    ]
    return {
        "now_s": problem.now_s,
        "horizon": to_json(problem.horizon),
        "jobs": to_json(problem.jobs),
        "history": to_json(problem.history),
        "shipments": to_json(problem.shipments),
        "vehicles": to_json(problem.vehicles),
        "progress": to_json(problem.progress),
        "stops": to_json(problem.stops),
        "nodes": [int(node) for node in problem.nodes],
        "places": to_json(problem.places),
        "access": sorted(access, key=lambda row: (row["stop"], row["travel"], row["starts"], row["ends"])),
        "groups": {vehicle: _group(group) for vehicle, group in problem.groups.items()},
        "kept": to_json(problem.kept),
    }


def _group(group: Group) -> dict[str, Any]:
    return {"travel": str(group.travel), "starts": list(group.starts), "ends": list(group.ends)}


def _hash(data: dict[str, Any] | None) -> Hash:
    return digest(_canonical(data))


def _canonical(data: Any) -> bytes:
    try:
        return canonical(data)
    except ValueError:  # rare: look at every value only now
        return canonical(portable(data))
