"""Decisions and towns as sentences for the dispatcher's page. Pure: a record or rows in, text out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from vado.exchange.reach import place_words, say_from, whom
from vado.model.snapshot import PlaceReach, Standing, Travel
from vado.model.words import doubt
from vado.network import timeline

NAMED_MAX = 3  # ids named in a sentence; the rest is counted

Local = Callable[[int], str]

_CHANGES = (
    ("held", "held back"),
    ("added", "planned now"),
    ("moved", "moved to another vehicle"),
    ("later", "later"),
    ("earlier", "earlier"),
)


def decision(record: Mapping[str, Any], headlines: Mapping[str, str] | None = None) -> str:
    """Say in one or two sentences what came in and what was decided; alerts by headline where it is known."""
    return f"{_came(record.get('trigger', ()), headlines or {})} {_decided(record)}"


def quiet(record: Mapping[str, Any]) -> int:
    """Count the reports of a decision that nothing but reports led to, and that changed no visit; else 0."""
    trigger, changes = record.get("trigger", ()), record.get("difference") or {}
    if any(item["kind"] != "Report" for item in trigger) or any(changes.get(key) for key, _ in _CHANGES):
        return 0
    return len(trigger) if record.get("action") != "no jobs" else 0


def nothing_new(reports: int, since: str) -> str:
    return f"{reports} reports of vehicles came in since {since}. The visits stay the same."


def _came(trigger: Sequence[Mapping[str, Any]], headlines: Mapping[str, str]) -> str:
    alerts = [_alert(str(item["alert"]), headlines) for item in trigger if item.get("alert")]
    failed = sorted({str(item.get("source")) for item in trigger if item["kind"] == "FeedFailed"})
    kinds = [item["kind"] for item in trigger]
    told = []
    if alerts:
        told.append(
            f"Alert {named(alerts)} came in" if len(alerts) == 1 else f"Alerts {named(alerts)} came in"
        )
    if failed:
        told.append(f"a message of {named(failed)} could not be read")
    if "JobsPut" in kinds:
        told.append("jobs changed")
    if "VehiclesPut" in kinds:
        told.append("the fleet changed")
    reports = kinds.count("Report")
    if reports:
        told.append("a vehicle reported" if reports == 1 else f"{reports} reports of vehicles came in")
    if not told:
        told.append("a closure began or ended")
    text = ", ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _alert(name: str, headlines: Mapping[str, str]) -> str:
    headline = headlines.get(name)
    return f"“{headline}”" if headline else name


def _decided(record: Mapping[str, Any]) -> str:
    action = record.get("action")
    if action == "no jobs":
        return "There are no jobs yet."
    if action == "left":
        return "The plan stands."
    changes = record.get("difference") or {}
    told = [f"{count(changes[key], 'job')} {words}: {named(changes[key])}" for key, words in _CHANGES
            if changes.get(key)]  # fmt: skip
    return f"Planned anew: {'; '.join(told)}." if told else "Planned anew, with the same visits."


def town(state: str, rows: Sequence[PlaceReach], *, at_s: int, local: Local) -> list[str]:
    """Say in a few lines how a town stands for all ways of travelling, by which road, and what is left.

    The first line is how it stands; each names whom it is about, unless that is everybody.
    """
    everybody = [row.travel for row in rows]
    if state == "no road":
        return [_about("no road leads there", [row.travel for row in rows if not _both(row)], everybody)]
    # Who never has a road there says nothing of today.
    told = [row for row in rows if row.cut or _both(row)]
    everybody = [row.travel for row in told]
    lines = [place_words(told, at_s=at_s, local=local)]
    late = [r.travel for r in told if r.cut and not _both(r) and timeline(r, at_s)[0][1] is Standing.OPEN]
    if late:  # the roads are open now, but not until one has come
        lines[0] = f"{_about('too late to get there', late, everybody)}; {lines[0]}"
    shut = [row.travel for row in told if row.cut]
    for text, who in _alike((_why(row), row.travel) for row in told):
        bases = {row.cut_from for row in told if row.travel in who}
        near = say_from(bases.pop()) if len(bases) == 1 else ""
        lines.append(_about(f"{text}{near}", who, shut))
    last = _alike((_last(row), row.travel) for row in told)
    lines += [f"{_about('last road left', who, everybody)}: {roads}" for roads, who in last]
    return lines


def _about(text: str, who: Sequence[Travel], everybody: Sequence[Travel]) -> str:
    return " ".join(filter(None, (text, whom(who, everybody))))


def _alike(told: Iterable[tuple[str, Travel]]) -> list[tuple[str, list[Travel]]]:
    """Join the ways of travelling of which the same is said; "" says nothing."""
    found: dict[str, list[Travel]] = {}
    for text, travel in told:
        if text:
            found.setdefault(text, []).append(travel)
    return list(found.items())


def _why(row: PlaceReach) -> str:
    if not row.cut:
        return ""
    kinds = named(sorted({road.kind for road in row.cut if road.kind}))
    roads = named([road.road for road in row.cut])
    return f"{kinds or 'shut'} on {roads}{doubt(row.cut_proven)}"


def _last(row: PlaceReach) -> str:
    return named([road.road for road in (row.last_in, row.last_out) if road is not None])


def _both(row: PlaceReach) -> bool:
    return row.reachable and row.leavable


def named(items: Sequence[str]) -> str:
    """Name a few things and count the rest."""
    few = list(dict.fromkeys(items))
    text = ", ".join(few[:NAMED_MAX])
    return text if len(few) <= NAMED_MAX else f"{text} and {len(few) - NAMED_MAX} more"


def count(items: Sequence[object], word: str) -> str:
    return f"{len(items)} {word}" if len(items) == 1 else f"{len(items)} {word}s"
