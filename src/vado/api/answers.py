"""Answers: how routes describe their errors in OpenAPI, and answer 304 to who has it already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

GEOJSON = "application/geo+json"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of a route; 500 and 503 can happen to each."""
    words = {
        400: "Not of its format.",
        401: "Not signed, or not rightly.",
        403: "Sent by a web page of another site.",
        404: "There is no such thing.",
        409: "The same id came with another body.",
        413: "Larger than the limit.",
        415: "Of no format that is read.",
        422: "Understood, and wrong: all faults are named.",
        500: "Not foreseen; ours.",
        503: "The store cannot be reached; try again.",
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": words[status], "content": content} for status in (*statuses, 500, 503)}


def body_of(model: str, *, examples: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a JSON body that a route reads raw."""
    told = {
        "schema": {"$ref": f"#/components/schemas/{model}"},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return {"requestBody": {"required": True, "content": {"application/json": told}}}


def alert_body(*, xml: str, geojson: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a body in a feed's own format."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/cap+xml": {"schema": {"type": "string"}, "example": xml},
                GEOJSON: {"schema": {"type": "object"}, "example": geojson},
            },
        }
    }


def etag(*parts: object) -> str:
    """Name a state of something; weak, for the bytes may be written differently."""
    text = "|".join(str(part) for part in parts)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def conditional(
    request: Request,
    tag: str,
    make: Callable[[], bytes],
    *,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer 304 when the asker has this state, else make it."""
    told = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    given = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if "*" in given or tag in given or tag.removeprefix("W/") in given:
        return Response(status_code=304, headers=told)
    return Response(make(), media_type=media_type, headers=told)


def dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def wants_html(request: Request) -> bool:
    """Say whether the asker is a browser rather than a program: HTML before JSON in Accept."""
    accept = [kind.split(";")[0].strip() for kind in request.headers.get("accept", "").split(",")]
    return "text/html" in accept and "application/json" not in accept[: accept.index("text/html")]
