"""Decisions out: what was sealed, and a sentence for each."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from vado.api import sentences
from vado.api.answers import problems
from vado.api.parts import Parts, UsesParts
from vado.api.schemas import DecisionOut, DecisionsOut
from vado.errors import StateError
from vado.model.world import Decision

router = APIRouter(tags=["decisions"])


@router.get(
    "/v1/decisions",
    response_model=DecisionsOut,
    responses=problems(422),
    summary="List decisions, oldest first",
)
def get_decisions(
    parts: UsesParts,
    after: Annotated[
        int | None, Query(ge=0, le=2**53, description="Only those after this one; left out: the newest.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    version = parts.version()
    first = max(0, version - limit) if after is None else after
    found = parts.store.list_decisions(parts.world_id, after=first, limit=limit)
    more = bool(found) and found[-1].seq < version
    headlines = _headlines(parts)
    return {
        "decisions": [_line(decision, headlines) for decision in found],
        "next_after": found[-1].seq if more else None,
    }


@router.get(
    "/v1/decisions/{seq}",
    response_model=DecisionOut,
    responses=problems(404, 422),
    summary="One decision with its sealed record",
)
def get_decision(seq: Annotated[int, Path(ge=1, le=2**53)], parts: UsesParts) -> Any:
    decision = parts.store.find_decision(parts.world_id, seq)
    if decision is None:
        raise StateError(f"there is no decision {seq}", action="see GET /v1/decisions", field="seq")
    record = json.loads(decision.record)
    return {
        "seq": decision.seq,
        "prev": decision.prev,
        "hash": decision.hash,
        "sentence": sentences.decision(record, _headlines(parts)),
        "record": record,
    }


def _headlines(parts: Parts) -> dict[str, str]:
    """Map the alerts that still matter to their headlines; records name alerts by id only."""
    hazards = parts.world().hazards.hazards
    return {item.alert: item.headline for hazard in hazards for item in hazard.evidence}


def _line(decision: Decision, headlines: dict[str, str]) -> dict[str, Any]:
    record = json.loads(decision.record)
    return {
        "seq": decision.seq,
        "hash": decision.hash,
        "at": record["now"],
        "action": record["action"],
        "sentence": sentences.decision(record, headlines),
    }


def newest_lines(parts: Parts, *, version: int, limit: int) -> list[dict[str, Any]]:
    """List the newest decisions, newest first; those in a row that changed nothing are one line."""
    found = parts.store.list_decisions(parts.world_id, after=max(0, version - limit), limit=limit)
    headlines = _headlines(parts)
    lines: list[dict[str, Any]] = []
    quiet, since = 0, ""  # reports in the newest line, if that is a quiet one, and when the first came
    for decision in found:
        record = json.loads(decision.record)
        reports = sentences.quiet(record)
        line = _line(decision, headlines)
        if reports and quiet:
            quiet += reports
            lines[-1] = {**line, "sentence": sentences.nothing_new(quiet, parts.clock_of(since))}
        else:
            quiet, since = reports, line["at"]
            lines.append(line)
    return lines[::-1]
