"""Draws lines that look like roads and rivers, in metres on a flat sheet. Knows no map and no names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

Point = tuple[float, float]  # metres east, metres north
Line = list[Point]


def length(line: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def along(line: Sequence[Point], distance: float) -> Point:
    """Find the point so many metres from the start; the end when the line is shorter."""
    for a, b in pairwise(line):
        step = math.dist(a, b)
        if distance <= step:
            share = distance / step if step else 0.0
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        distance -= step
    return line[-1]


def resample(line: Sequence[Point], step: float) -> Line:
    """Walk the line in equal steps of about that many metres; both ends stay."""
    n = max(2, round(length(line) / step))
    total = length(line)
    return [line[0], *(along(line, total * i / n) for i in range(1, n)), line[-1]]


def smooth(points: Sequence[Point], per_leg: int = 24) -> Line:
    """Lead a Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve: Line = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for i in range(per_leg):
            t = i / per_leg
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return [*curve, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t
    )


def sway(line: Sequence[Point], rng: Random, *, width: float, wave: float, step: float) -> Line:
    """Let a line wind: sideways by up to about `width` metres, in bends of about `wave` metres.

    Both ends stay where they are, and the line leaves and arrives in its old direction.
    """
    points = resample(line, step)
    total = length(points)
    octaves = [(wave * 2.3, 1.0), (wave, 0.6), (wave * 0.41, 0.17)]
    phases = [rng.uniform(0, math.tau) for _ in octaves]
    lengths = [size * rng.uniform(0.85, 1.15) for size, _ in octaves]
    bent: Line = [points[0]]
    gone = 0.0
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        gone += math.dist(before, here)
        taper = min(1.0, gone / 900, (total - gone) / 900) ** 2
        aside = sum(
            share * math.sin(math.tau * gone / size + phase)
            for (_, share), size, phase in zip(octaves, lengths, phases, strict=True)
        )
        east, north = after[0] - before[0], after[1] - before[1]
        norm = math.hypot(east, north) or 1.0
        off = width * taper * aside / 1.77  # the shares' sum
        bent.append((here[0] - north / norm * off, here[1] + east / norm * off))
    return [*bent, points[-1]]


def hairpins(line: Sequence[Point], *, turns: int, width: float, step: float) -> Line:
    """Fold a line into hairpin bends, as a road does that climbs a wall."""
    points = resample(line, step / 3)
    total = length(points)
    folded: Line = [points[0]]
    gone = 0.0
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        gone += math.dist(before, here)
        share = gone / total
        # A triangle with rounded tips: straight ramps, tight bends.
        swing = math.asin(0.97 * math.sin(math.tau * turns * share)) / math.asin(0.97)
        taper = min(1.0, share * turns, (1 - share) * turns)
        east, north = after[0] - before[0], after[1] - before[1]
        norm = math.hypot(east, north) or 1.0
        off = width * swing * taper
        folded.append((here[0] - north / norm * off, here[1] + east / norm * off))
    return resample([*folded, points[-1]], step)


def ray(origin: Point, bearing: float, distance: float) -> Point:
    """Go so many metres from a point; bearing in radians, anticlockwise from east."""
    return origin[0] + math.cos(bearing) * distance, origin[1] + math.sin(bearing) * distance


def bearing(origin: Point, target: Point) -> float:
    return math.atan2(target[1] - origin[1], target[0] - origin[0]) % math.tau


def ribbon(line: Sequence[Point], width: float) -> Line:
    """Draw a closed ring around a line, so many metres to each side."""
    left: Line = []
    right: Line = []
    points = list(line)
    for i, here in enumerate(points):
        before, after = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        east, north = after[0] - before[0], after[1] - before[1]
        norm = math.hypot(east, north) or 1.0
        left.append((here[0] - north / norm * width, here[1] + east / norm * width))
        right.append((here[0] + north / norm * width, here[1] - east / norm * width))
    ring = [*left, *reversed(right)]
    return [*ring, ring[0]]
