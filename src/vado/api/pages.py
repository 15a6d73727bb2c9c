"""Pages: HTML made here, from the same values as the JSON. No script is needed to read them.

In: values. Out: HTML bytes. Texts are escaped by the template engine; styles and scripts are files, so that
the content security policy can forbid all others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vado import __version__
from vado.api import still
from vado.api.errors import BY_CLASS, BY_CODE
from vado.api.parts import Parts
from vado.errors import CODES
from vado.tracking import Track, TrackState

FOLDER = Path(__file__).parent
POLL_MS = 1000

ICONS: Mapping[TrackState, str] = {
    TrackState.RECEIVED: "○",
    TrackState.PLANNED: "◷",
    TrackState.ON_THE_WAY: "→",
    TrackState.ARRIVING: "➔",
    TrackState.DELIVERED: "✓",
    TrackState.HELD: "‖",
    TrackState.CANCELLED: "✕",
}
LANGUAGE_NAMES: Mapping[str, str] = {"en": "English", "es": "Español", "ca": "Català", "pt": "Português"}

# What stands around the sentences of `tracking.words` on the recipient's page.
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "received": "Received", "planned": "Planned", "on_the_way": "On its way", "arriving": "Arriving",
        "delivered": "Delivered", "held": "Waiting", "cancelled": "Cancelled", "expected": "Expected",
        "place": "Place", "job": "Number", "next_update": "We look again by", "history": "So far",
        "refresh": "Load again", "languages": "Language", "zone": "All times are of",
    },
    "es": {
        "received": "Recibido", "planned": "Previsto", "on_the_way": "En camino", "arriving": "Llegando",
        "delivered": "Entregado", "held": "En espera", "cancelled": "Cancelado", "expected": "Previsto",
        "place": "Lugar", "job": "Número", "next_update": "Lo revisamos antes de las",
        "history": "Hasta ahora", "refresh": "Volver a cargar", "languages": "Idioma",
        "zone": "Todas las horas son de",
    },
    "ca": {
        "received": "Rebut", "planned": "Previst", "on_the_way": "En camí", "arriving": "Arribant",
        "delivered": "Lliurat", "held": "En espera", "cancelled": "Cancel·lat", "expected": "Previst",
        "place": "Lloc", "job": "Número", "next_update": "Ho revisem abans de les", "history": "Fins ara",
        "refresh": "Torna a carregar", "languages": "Idioma", "zone": "Totes les hores són de",
    },
    "pt": {
        "received": "Recebido", "planned": "Previsto", "on_the_way": "A caminho", "arriving": "A chegar",
        "delivered": "Entregue", "held": "Em espera", "cancelled": "Cancelado", "expected": "Previsto",
        "place": "Local", "job": "Número", "next_update": "Voltamos a ver até às", "history": "Até agora",
        "refresh": "Carregar de novo", "languages": "Idioma", "zone": "Todas as horas são de",
    },
}  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def render(name: str, **values: Any) -> bytes:
    """Fill a template."""
    return _environment().get_template(name).render(**values).encode()


def track_page(parts: Parts, track: Track) -> bytes:
    """Make a recipient's page: the state first, in words."""
    zone = ZoneInfo(parts.settings.time_zone)

    def when(instant_s: int) -> datetime:
        return datetime.fromtimestamp(instant_s, tz=UTC).astimezone(zone)

    words = WORDS[track.language]
    window = ""
    if track.from_s is not None and track.until_s is not None:
        start, end = when(track.from_s), when(track.until_s)
        window = f"{_day(start)}, {start:%H:%M}–{end:%H:%M}"
    ended = track.state in (TrackState.DELIVERED, TrackState.CANCELLED)
    return render(
        "track.html",
        track=track,
        language=track.language,
        words=words,
        icon=ICONS[track.state],
        window=window,
        next_update="" if ended else f"{when(track.next_update_s):%H:%M}",
        history=[(f"{when(e.at_s):%d.%m. %H:%M}", e.text) for e in track.history],
        languages=list(LANGUAGE_NAMES.items()),
        zone=parts.settings.time_zone,
    )


def _day(instant: datetime) -> str:
    """Write a date without the names of months: those would need a language."""
    return f"{instant.day}.{instant.month}.{instant.year}"


def overview_page(parts: Parts, view: Mapping[str, Any], ground: Mapping[str, Any], *, now_s: int) -> bytes:
    """Make the dispatcher's page as it stands now, map included; the script renews it."""
    return render(
        "overview.html",
        region=view["region"],
        status=view["status"]["text"],
        level=view["status"]["level"],
        clock=parts.local(now_s),
        zone=parts.settings.time_zone,
        poll_ms=POLL_MS,
        speed=_speed(parts),
        counts=_counts(parts, view),
        map=still.draw(ground, view),
        told=view["told"],
        ahead=view["ahead"],
        held=view["held"],
        feeds=view["feeds"],
        ask=view["ask"],
        routes=view["routes"],
        news=[{**item, "time": parts.clock_of(item["at"])} for item in view["news"]],
        attribution=view["attribution"],
    )


def _counts(parts: Parts, view: Mapping[str, Any]) -> list[tuple[object, str, str]]:
    """Say in numbers how things stand: number, what of, and how bad that is; as the script does."""
    numbers = view["counts"]
    rows: list[tuple[object, str, str]] = []
    for key, one, many, css in (
        ("towns_cut", "town cut off", "towns cut off", "t-cut"),
        ("towns_closing", "town will be cut off", "towns will be cut off", "t-closing"),
        ("held", "job waits", "jobs wait", "t-cut"),
        ("planned", "planned", "planned", ""),
        ("done", "done", "done", ""),
        ("vehicles", "vehicle", "vehicles", ""),
        ("unknown", "hazard unclear", "hazards unclear", "t-closing"),
    ):
        if numbers[key] or key != "unknown":
            rows.append((numbers[key], one if numbers[key] == 1 else many, css if numbers[key] else ""))
    if view["next_change"]:
        rows.append((parts.clock_of(view["next_change"]), "next look, if nothing is heard", ""))
    return rows


def _speed(parts: Parts) -> float:
    """Say how fast the world's clock runs between two looks at it; one in a file moves in jumps."""
    if parts.settings.clock_file is not None:
        return 0
    return parts.settings.clock_speed if parts.settings.clock_origin is not None else 1


def missing_page(title: str, *lines: str) -> Response:
    return HTMLResponse(render("missing.html", title=title, lines=lines), status_code=404)


def errors_page(only: str = "") -> bytes:
    """List the error codes, or one of them: what `type` of a problem leads to."""
    families = {"E1": 422, "E2": BY_CLASS[1][1], "E3": BY_CLASS[2][1], "E9": 500}
    rows = [
        (code, text, BY_CODE.get(code, families[code[:2]]))
        for code, text in CODES.items()
        if only in ("", code)
    ]
    return render("errors.html", rows=rows, only=only)


def docs_page(document: Mapping[str, Any]) -> bytes:
    """Write the OpenAPI document for people."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method,
                    "path": path,
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", "").split("\n\n"),
                    "parameters": operation.get("parameters", []),
                    "examples": list(_examples(operation)),
                    "answers": [(code, told["description"]) for code, told in operation["responses"].items()],
                }
            )
    return render("docs.html", groups=list(groups.items()), version=__version__)


def _examples(operation: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        for name, example in content.get("examples", {}).items():
            found.append((f"{kind}: {name}", json.dumps(example["value"], indent=2)))
        if "example" in content:
            value = content["example"]
            found.append((kind, value if isinstance(value, str) else json.dumps(value, indent=2)))
    return found
