"""River gauges: levels and flows to what a person should look at.

In: series of readings, whatever service they come from. Out: an alert a series. Refuses to shut a road: a
gauge is not the road, and its spikes may be a log. A level counts when two readings in a row say it; one
alone, before or after which the river is as it was, is left out and said. Real readings of a flood that
rises in minutes do confirm each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vado.feeds.format import Reading
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Action, Alert, Area, Circle, Info, StatedEffect
from vado.model.when import rfc3339

# How far around a gauge a road may be in the same water. Our choice.
AROUND_M = 500.0
# What a river does only in a flood: half a metre, or half as much water again, within an hour. Our choice, on
# the cautious side: on 2024-10-29 readings of 1,686 and 1,941 m3/s lay 20 minutes apart (CHJ, SAIH).
RISE_M = 0.5
RISE_SHARE = 0.5
RISE_WITHIN_S = 3_600
# An older reading says nothing of now; a newer one takes its place. Source: data/effects.toml, [no_end].
LASTS_S = 24 * 3_600
# Beyond these a value is a slip: below any land, above any lake, more than the Amazon. Our
# choice.
_SANE = {"level": (-500.0, 9_000.0), "flow": (-400_000.0, 400_000.0)}
READINGS_MAX = 200_000  # of a document


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One quantity at one gauge; levels in metres, flows in cubic metres a second."""

    site: str
    what: str  # level, flow
    name: str = ""
    lonlat: tuple[float, float] | None = None
    readings: tuple[tuple[int, float], ...]  # (time, value)
    high: float | None = None  # above this it is more than in a usual year
    record: float | None = None  # the highest that was ever read
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()  # what of it could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    kind: str
    severity: str
    certainty: str
    since_s: int
    headline: str
    inspect: bool


def read_series(reading: Reading, found: Iterable[Series], *, sender: str, scheme: str) -> tuple[Alert, ...]:
    """Make an alert of each series; one that cannot be read is kept and asks a person."""

    def record(series: Series) -> Record:
        return Record(
            read=lambda _: alert_of(reading, series, sender=sender, scheme=scheme),
            where=f"{series.site} {series.what}",
            sender=sender,
            identifier=f"{series.site} {series.what}",
        )

    return salvage(reading, map(record, found))


def alert_of(reading: Reading, series: Series, *, sender: str, scheme: str) -> Alert | None:
    """Make the alert of a series: what is unusual now. Nothing unusual is an answer; no reading is none."""
    low, high = _SANE[series.what]
    sane = tuple(sorted((t, v) for t, v in series.readings if low <= v <= high))
    if not sane:
        return None
    notes = list(series.notes)
    if len(sane) < len(series.readings):
        notes.append(f"{len(series.readings) - len(sane)} readings that cannot be were left out")
    calm, spikes = without_spikes(sane)
    notes += [f"one reading alone, {v:g} at {rfc3339(t)}: a spike, not counted" for t, v in spikes[:3]]
    series = replace(series, readings=calm)
    found = [f for f in (_above(series), _rise(series)) if f is not None]
    last_s = calm[-1][0]
    lonlat = series.lonlat
    area = Area(
        description=series.name or f"{scheme} {series.site}",
        circles=(Circle(lon=lonlat[0], lat=lonlat[1], radius_m=AROUND_M),) if lonlat else (),
        geocodes=((scheme, series.site),),
    )
    return reading.alert(
        sender=sender,
        identifier=f"{series.site} {series.what}",
        sent_s=reading.findings.sent(last_s, series.site, received_s=reading.received_s),
        event=f"gauge {scheme} {series.site}",
        infos=tuple(_info(each, area, last_s) for each in found),
        unread=series.unread,
        notes=tuple(notes),
    )


def without_spikes(
    readings: Sequence[tuple[int, float]],
) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]:
    """Part readings from those that stand out alone: above both neighbours, which agree with each other.

    The last one has no neighbour after it: nobody can say yet, and it is kept.
    """
    calm: list[tuple[int, float]] = []
    spikes: list[tuple[int, float]] = []
    for n, (time_s, value) in enumerate(readings):
        before, after = readings[max(n - 1, 0)][1], readings[min(n + 1, len(readings) - 1)][1]
        if 0 < n < len(readings) - 1:
            step = max(RISE_M, abs(before) * RISE_SHARE) / 2
            if value - before > step and value - after > step and abs(after - before) < (value - before) / 2:
                spikes.append((time_s, value))
                continue
        calm.append((time_s, value))
    return tuple(calm), tuple(spikes)


def _confirmed(series: Series, over: float) -> bool:
    """Tell whether the last two readings both say so."""
    return len(series.readings) > 1 and all(value > over for _, value in series.readings[-2:])


def _above(series: Series) -> _Finding | None:
    """Compare with what the source says is usual and what is the record."""
    time_s, value = series.readings[-1]
    for over, severity, words in (
        (series.record, "Severe", "higher than ever read"),
        (series.high, "Moderate", "higher than usual"),
    ):
        if over is None or value <= over:
            continue
        sure = _confirmed(series, over)
        doubt = "" if sure else ", by one reading alone"
        return _Finding(
            kind="flood",
            severity=severity,
            # Water beside the gauge is there; water on the road is possible.
            certainty="Possible",
            since_s=time_s,
            headline=f"{series.name or series.site}: {series.what} {value:g}, {words} ({over:g}){doubt}",
            inspect=not sure or severity != "Severe",
        )
    return None


def _rise(series: Series) -> _Finding | None:
    """Find the fastest rise within an hour in the last hours of the series."""
    readings = series.readings
    last_s = readings[-1][0]
    worst: tuple[float, int, float] | None = None
    lowest: deque[tuple[int, float]] = deque()  # of the window, rising: the front is its lowest
    for n, (time_s, value) in enumerate(readings):
        while lowest and lowest[0][0] < time_s - RISE_WITHIN_S:
            lowest.popleft()
        if lowest and time_s >= last_s - LASTS_S:
            base = lowest[0][1]
            needed = RISE_M if series.what == "level" else max(abs(base) * RISE_SHARE, 1.0)
            # Two readings above it: this one, and the one before or after.
            near = [readings[k][1] for k in (n - 1, n + 1) if 0 <= k < len(readings)]
            confirmed = any(each >= base + needed for each in near) or n == len(readings) - 1
            if value - base >= needed and confirmed and (worst is None or value - base > worst[0]):
                worst = value - base, time_s, base
        while lowest and lowest[-1][1] >= value:
            lowest.pop()
        lowest.append((time_s, value))
    if worst is None:
        return None
    rise, time_s, base = worst
    unit = "m" if series.what == "level" else "m3/s"
    return _Finding(
        kind="flood",
        severity="Severe",
        certainty="Possible",
        since_s=time_s,
        headline=f"{series.name or series.site}: rose by {rise:.2f} {unit} from {base:g} within an hour",
        inspect=True,
    )


def _info(found: _Finding, area: Area, last_s: int) -> Info:
    return Info(
        event="river level",
        kind=found.kind,
        category="Met",
        urgency="Immediate",
        severity=found.severity,
        certainty=found.certainty,
        onset_s=found.since_s,
        expires_s=last_s + LASTS_S,
        headline=found.headline,
        parameters=(("severity", "inferred by Vado from readings"),),
        stated=(StatedEffect(action=Action.INSPECT),) if found.inspect else (),
        areas=(area,),
    )
