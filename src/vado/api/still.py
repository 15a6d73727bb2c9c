"""A still picture: the map as SVG, for the first second of the overview and for whoever has no script.

In: the JSON of the map and of the overview, nothing else. Out: markup without style or script; the script of
the page draws the same in more detail and takes its place. Small: the larger roads only, whole pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from math import cos, radians
from typing import Any

from markupsafe import Markup, escape

WIDTH, HEIGHT, PAD = 840, 600, 28  # about the box on a desktop: text keeps its size there
RANKS = 3  # of `ground.RANKS`
LABEL_HIGH, LABEL_WIDE = 16, 7.1  # of a letter

MARK = {"open": "●", "closing": "◐", "cut": "✕", "no road": "–"}

At = Callable[[float, float], tuple[int, int]]
Box = tuple[float, float, float, float]


def draw(ground: Mapping[str, Any], view: Mapping[str, Any]) -> Markup:
    """Draw roads, closures, routes, who waits, and each town with its state."""
    at = _projection(ground["bounds"])
    groups = [group for group in ground["roads"] if group["rank"] < RANKS]
    drawn = [_path(f"m-road k{group['rank']}", group["lines"], at) for group in reversed(groups)]
    drawn += [_closed(row, "m-slow", at) for row in view["closed"] if row["action"] == "slow"]
    drawn += [_path(f"m-route c{route['colour']}", route["lines"], at) for route in view["routes"]]
    drawn += [_closed(row, "m-shut", at) for row in view["closed"] if row["action"] == "shut"]
    drawn += [_held(item, at) for item in view["held"] if item["location"]]
    drawn += _towns(view["towns"], at)
    return Markup('<svg class="still" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        WIDTH, HEIGHT, Markup("").join(drawn)
    )


def _projection(bounds: Sequence[float]) -> At:
    west, south, east, north = bounds
    squeeze = cos(radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * PAD) / wide, (HEIGHT - 2 * PAD) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    return lambda lon, lat: (
        round(left + (lon - west) * squeeze * scale), round(top + (north - lat) * scale)
    )  # fmt: skip


def _path(css: str, lines: Iterable[Sequence[float]], at: At, title: str = "") -> Markup:
    drawn = []
    for flat in lines:
        # Points on the same pixel as the one before are not seen.
        points = [p for p, _ in groupby(at(*pair) for pair in zip(flat[::2], flat[1::2], strict=True))]
        if len(points) > 1:
            drawn.append("M" + "L".join(f"{x} {y}" for x, y in points))
    told = Markup("<title>{}</title>").format(title) if title else ""
    return (
        Markup('<path class="{}" d="{}">{}</path>').format(css, "".join(drawn), told) if drawn else Markup()
    )


def _closed(row: Mapping[str, Any], css: str, at: At) -> Markup:
    later = {"m-shut": "m-later", "m-slow": "m-slow later"}[css]
    return _path(css if row["in_force"] else later, row["lines"], at, f"{row['roads']}: {row['headline']}")


def _held(item: Mapping[str, Any], at: At) -> Markup:
    x, y = at(*item["location"])
    return Markup('<circle class="m-held" cx="{}" cy="{}" r="7.5"><title>{} waits</title></circle>').format(
        x, y, item["job"]
    )


def _towns(towns: Sequence[Mapping[str, Any]], at: At) -> list[Markup]:
    """Put a sign at each town and its name beside it where there is room; what is cut is named first."""
    # No name under a sign, also not under those drawn after it.
    signs = [at(town["lon"], town["lat"]) for town in towns]
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in signs]
    drawn = []
    for town, (x, y) in zip(towns, signs, strict=True):
        kind = "t-" + town["state"].replace(" ", "-")
        drawn.append(Markup('<text class="m-mark {}" x="{}" y="{}">{}</text>').format(
            kind, x, y, MARK[town["state"]]))  # fmt: skip
        strong = "" if town["state"] == "open" else " strong"
        long = len(town["name"]) * LABEL_WIDE + 12
        half = long / 2
        for side, (left, middle) in {"start": (x + 8, y), "end": (x - long, y), "over": (x - half, y - 16),
                                     "under": (x - half, y + 16)}.items():  # fmt: skip
            box = (left, middle - LABEL_HIGH / 2, left + long - 8, middle + LABEL_HIGH / 2)
            if box[0] < 0 or box[1] < 0 or box[2] > WIDTH or box[3] > HEIGHT:
                continue
            if any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            anchor = side if side in ("start", "end") else "middle"
            drawn.append(Markup('<text class="m-label {}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                kind + strong, x + {"start": 10, "end": -10}.get(side, 0), middle + 4, anchor,
                escape(town["name"])))  # fmt: skip
            break
    return drawn


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]
