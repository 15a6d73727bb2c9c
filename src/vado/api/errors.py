"""The one table from error to HTTP status, and the one way to write an error: problem details (RFC 9457).

In: any exception. Out: `application/problem+json` with code, cause, action, field and all faults. What was
not foreseen becomes E9001 and is logged; nothing of its inside goes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from vado.errors import BugError, Fault, InputError, OutsideError, StateError, VadoError

PROBLEM_TYPE = "application/problem+json"

# Class -> status, most special first; then the codes that speak HTTP better than their class does.
BY_CLASS: tuple[tuple[type[VadoError], int], ...] = (
    (BugError, 500),
    (OutsideError, 503),
    (StateError, 404),
    (InputError, 422),
)
BY_CODE: Mapping[str, int] = {
    "E1001": 400,  # not even of its format
    "E1002": 413,
    "E1005": 500,  # a file of ours: callers name none
    "E1006": 415,
    "E1101": 400,  # no message, an attack
    "E1108": 401,
    "E1109": 409,
    "E1303": 503,  # the region is ours too
    "E1304": 503,
    "E2002": 502,
    "E3004": 409,
    "E3005": 409,
    "E3007": 409,
    "E9001": 500,
}
# What Starlette and FastAPI refuse by themselves.
BY_STATUS: Mapping[int, tuple[str, str]] = {
    404: ("E3001", "see /docs for what there is"),
    405: ("E3001", "see /docs for what can be done here"),
    413: ("E1002", "send less at once"),
}
FAULTS_MAX = 200  # in one answer; the count says how many there were
AGAIN_S = 5  # Retry-After, when something outside is down

log = structlog.get_logger("vado.api")


def status_of(error: VadoError) -> int:
    """Give the HTTP status that stands for an error."""
    return BY_CODE.get(error.code) or next(
        (status for kind, status in BY_CLASS if isinstance(error, kind)), 500
    )


def problem(status: int, faults: Sequence[Fault], *, headers: Mapping[str, str] | None = None) -> Response:
    """Write faults as problem details; the first one speaks for all."""
    first = faults[0]
    body = {
        "type": f"/errors/{first.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": first.cause if len(faults) == 1 else f"{first.cause} (and {len(faults) - 1} more)",
        "code": first.code,
        "cause": first.cause,
        "action": first.action,
        "field": first.field,
        "count": len(faults),
        "faults": [
            {"code": fault.code, "cause": fault.cause, "action": fault.action, "field": fault.field}
            for fault in faults[:FAULTS_MAX]
        ],
    }
    # Cause and field may quote the input: a lone surrogate in it must not break the answer.
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, status_code=status, media_type=PROBLEM_TYPE, headers=dict(headers or {}))


def problem_of(error: VadoError) -> Response:
    """Write one of our errors as problem details."""
    status = status_of(error)
    headers = {"Retry-After": str(AGAIN_S)} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "StandardWebhooks"
    return problem(status, error.faults, headers=headers)


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    handlers: tuple[tuple[type[Exception], Callable[[Request, Any], Response]], ...] = (
        (VadoError, _known),
        (RequestValidationError, _validation),
        (HTTPException, _http),
        (Exception, _unforeseen),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def _known(request: Request, error: VadoError) -> Response:
    if status_of(error) >= 500:
        log.error("failed", route=_route(request), code=error.code, cause=error.faults[0].cause)
    return problem_of(error)


def _validation(_: Request, error: RequestValidationError) -> Response:
    faults = [_fault(item) for item in error.errors()]
    return problem(400 if faults[0].code == "E1001" else 422, faults)


def _fault(item: Mapping[str, Any]) -> Fault:
    """Turn one of pydantic's findings into a fault, in our words for the place."""
    where, *path = [str(part) for part in item["loc"]] or ["body"]
    name = ".".join(path) or where
    if item["type"] == "json_invalid":
        return Fault("E1001", f"the body is not JSON: {item['msg']}", "send JSON, UTF-8", "body")
    if item["type"] == "missing":
        return Fault("E1003", f"{name} is missing in the {where}", "add it", name)
    return Fault("E1004", f"{name}: {item['msg']}", "see /docs for its kind and range", name)


def _http(_: Request, error: HTTPException) -> Response:
    code, action = BY_STATUS.get(error.status_code, ("E1004", "see /docs"))
    return problem(error.status_code, [Fault(code, str(error.detail), action)], headers=error.headers)


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("unforeseen", route=_route(request), kind=type(error).__name__, exc_info=error)
    fault = Fault("E9001", "something happened that we did not foresee", "try again; tell us if it stays")
    return problem(500, [fault])


def _route(request: Request) -> str:
    """Name the route and not the URL: a path may hold a recipient's token."""
    return str(getattr(request.scope.get("route"), "path", "?"))
