"""Decisions and towns as sentences for the dispatcher's page. Pure: a record or a row in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

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


def town(row: Mapping[str, Any], local: Local) -> str:
    """Say how a town stands: since when or until when, and which road does it."""
    roads = named([cut["road"] for cut in row["cut"]])
    why = f" by {roads}" if roads else ""
    kinds = named(sorted({cut["kind"] for cut in row["cut"] if cut["kind"]}))
    because = f" ({kinds})" if kinds else ""
    again = f"; open again at {local(row['again_s'])}" if row["again_s"] is not None else ""
    only = f" for {named(row['profiles'])}" if row["some"] else ""
    match row["state"]:
        case "cut":
            way = {"both": "cut off", "in": "cannot be reached", "out": "cannot be left"}[row["direction"]]
            return f"{way}{only}{why}{because}{again}"
        case "closing":
            return f"open until {local(row['until_s'])}{only}, then cut off{why}{because}{again}"
        case "no road":
            return f"no road leads there{only}"
        case _:
            return "open"


def named(items: Sequence[str]) -> str:
    """Name a few things and count the rest."""
    few = list(dict.fromkeys(items))
    text = ", ".join(few[:NAMED_MAX])
    return text if len(few) <= NAMED_MAX else f"{text} and {len(few) - NAMED_MAX} more"


def count(items: Sequence[object], word: str) -> str:
    return f"{len(items)} {word}" if len(items) == 1 else f"{len(items)} {word}s"
