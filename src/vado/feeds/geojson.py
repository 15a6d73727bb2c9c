"""GeoJSON closures: roads that people or a traffic centre say are shut, slow or restricted.

In: a GeoJSON Feature or FeatureCollection (docs/howto/feed.md describes the profile). Out: one alert a
feature, with the effect that it states. Refuses to guess: all faults of all features are named and nothing
is taken in."""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

from vado.errors import Fault
from vado.feeds.cap import CERTAINTIES, SEVERITIES, STATUSES, alert_id
from vado.feeds.cap_area import RADIUS_MAX_KM
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.geojson_bound import BOUNDS, read_bound
from vado.feeds.unread import other_json
from vado.hazards import Kinds
from vado.model.alert import Action, Alert, Area, Circle, Info, MsgType, Polygon, StatedEffect
from vado.model.ids import AlertId, Hash, LonLat

FEATURES_MAX = 10_000
# What a road may be slowed to, and what can be lost on one: own judgement. Real feeds send caps of 1 and
# 2 km/h, which are slips of the pen.
CAP_MIN_KMH, CAP_MAX_KMH = 5, 150
DELAY_MAX_S = 86_400
NESTED_MAX = 5  # geometry collections inside each other
EPOCH_MAX_S = 2**38  # year 10680; larger numbers are milliseconds, or nonsense
PROPERTIES = frozenset(
    {
        "id", "sender", "kind", "effect", "speed_factor", "cap_kmh", "delay_s",
        "profiles", "requires", "start", "end", "sent",
        "status", "msg_type", "references", "headline", "reason", "description", "road", "certainty",
        "severity", "radius_m", "above_m", "below_m", *BOUNDS,
    }
)  # fmt: skip


def looks(document: Document) -> bool:
    return document.member("type") in ("FeatureCollection", "Feature") and not other_json(document.value)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_closures(
        document.value,
        reading.findings,
        source=reading.source,
        received_s=reading.received_s,
        raw=reading.raw,
        kinds=reading.kinds,
    )


def read_closures(
    value: dict[str, Any], findings: Findings, *, source: str, received_s: int, raw: Hash, kinds: Kinds
) -> tuple[Alert, ...]:
    """Read all features; those with faults are missing from what is returned."""
    if value.get("type") == "Feature":
        features: list[Any] = [value]
        at = ""
    else:
        listed = value.get("features")
        if not isinstance(listed, list):
            findings.fault("E1003", "the collection has no list of features", "add it", "features")
            return ()
        features, at = listed, "features"
    if len(features) > FEATURES_MAX:
        findings.fault("E1002", f"more than {FEATURES_MAX} features", "send fewer at once", "features")
        return ()
    alerts: list[Alert] = []
    names: set[tuple[str, str]] = set()
    for n, feature in enumerate(features):
        where = f"{at}[{n}]." if at else ""
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            findings.fault("E1004", "this is no Feature", "send GeoJSON features", where.rstrip("."))
            continue
        reader = _Feature(feature, findings, where, received_s=received_s, kinds=kinds)
        alert = reader.read(source=source, raw=raw)
        name = (reader.text("sender"), reader.identifier())
        if name[1] and name in names:
            reader.fault("E1205", "id", f"the id {name[1]!r} stands twice", "give each its own")
        names.add(name)
        alerts.extend([alert] if alert is not None else [])
    return tuple(alerts)


class _Feature:
    """One feature while it is read: its properties, and where its faults go."""

    def __init__(
        self, feature: dict[str, Any], findings: Findings, at: str, *, received_s: int, kinds: Kinds
    ) -> None:
        self.feature = feature
        self.findings = findings
        self.at = at
        self.received_s = received_s
        self.kinds = kinds
        properties = feature.get("properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}

    def read(self, *, source: str, raw: Hash) -> Alert | None:
        before, said = len(self.findings.faults), len(self.findings.notes)
        for name in sorted(self.properties.keys() - PROPERTIES):
            self.findings.note(f"{self.at}properties.{name}", "not read")
        identifier = self.identifier()
        sender = self.text("sender") or source
        sent_s = self.time("sent", self.received_s)
        if sent_s is not None:
            sent_s = self.findings.sent(sent_s, f"{self.at}properties.sent", received_s=self.received_s)
        msg_type = self.word("msg_type", [each.value for each in MsgType], "Alert")
        status = self.word("status", STATUSES, "Actual")
        references = self.references(sender)
        area = Area(description=self.text("road"))
        # A Cancel ends whole alerts; where they were need not be said again.
        if msg_type != MsgType.CANCEL or self.feature.get("geometry") is not None:
            area = self.area()
        info = self.info(area, sent_s or self.received_s)
        if len(self.findings.faults) > before:
            return None
        return Alert(
            id=alert_id(sender, identifier),
            source=source,
            sender=sender,
            identifier=identifier,
            sent_s=cast(int, sent_s),
            status=status,
            msg_type=MsgType(msg_type),
            references=references,
            infos=() if msg_type == MsgType.CANCEL else (info,),
            raw=raw,
            notes=tuple(self.findings.notes[said:]),
        )

    def info(self, area: Area, sent_s: int) -> Info:
        kind = self.text("kind") or "closure"
        headline = self.text("headline") or self.text("reason")
        road = self.text("road")
        start_s, end_s = self.time("start", sent_s), self.time("end", None)
        if start_s is not None and end_s is not None and end_s <= start_s:
            self.fault("E1106", "end", "it ends before it starts, or at once", "mend start or end")
        if kind not in self.kinds.names:
            known = self.kinds.find((kind,))
            self.findings.note(
                f"{self.at}properties.kind", f"{kind!r} is not ours; taken as {known or 'unknown'}"
            )
            kind = known
        return Info(
            event=self.text("kind") or "closure",
            kind=kind,
            category="Transport",
            urgency="Immediate",
            severity=self.word("severity", SEVERITIES, "Severe"),
            certainty=self.word("certainty", CERTAINTIES, "Observed"),
            onset_s=start_s if start_s is not None else sent_s,
            expires_s=end_s,
            headline=headline or (f"{road} closed" if road else ""),
            description=self.text("description"),
            stated=(self.effect(),),
            areas=(area,),
        )

    def effect(self) -> StatedEffect:
        action = self.word("effect", [each.value for each in Action], Action.SHUT.value)
        requires = self.text("requires")
        only = read_bound(self.properties, self.fault)
        factor, cap_kmh, delay_s = (self.number(name) for name in ("speed_factor", "cap_kmh", "delay_s"))
        if action == Action.SLOW and factor is None and cap_kmh is None:
            self.fault("E1003", "speed_factor", "a slow road needs its speed_factor, or cap_kmh",
                       "add a number above 0, below 1")  # fmt: skip
        if cap_kmh is not None and (action != Action.SLOW or not CAP_MIN_KMH <= cap_kmh <= CAP_MAX_KMH):
            self.fault("E1209", "cap_kmh", f"a cap of {cap_kmh:g} km/h on a road that is {action}",
                       f"write {CAP_MIN_KMH} to {CAP_MAX_KMH}, with slow only")  # fmt: skip
        if (action == Action.DELAY) != (delay_s is not None and 0 < delay_s <= DELAY_MAX_S):
            self.fault("E1209", "delay_s", "a delay, and only that, says how long",
                       f"write the seconds lost, up to {DELAY_MAX_S}")  # fmt: skip
        if action not in (Action.SLOW, Action.RESTRICTED) and factor is not None:
            self.fault("E1004", "speed_factor", f"an effect of {action} has no speed_factor", "leave it out")
        if factor is not None and not 0 < factor <= 1:
            self.fault("E1209", "speed_factor", f"{factor} is not above 0 and up to 1", "write 0.5 for half")
        if requires and action != Action.RESTRICTED:
            self.fault("E1004", "requires", "only a restricted road requires equipment",
                       'leave it out, or write "effect": "restricted"')  # fmt: skip
        if action == Action.RESTRICTED and not requires:
            if only is None:
                self.fault("E1003", "requires", "a restricted road names whom it binds",
                           'add "requires", e.g. "chains", or a bound, e.g. "over_weight_kg"')  # fmt: skip
            elif factor is not None:
                self.fault("E1004", "speed_factor", "nothing lifts this restriction", "leave it out")
            action = Action.SHUT.value  # for those it binds
        return StatedEffect(
            action=Action(action),
            profiles=self.texts("profiles"),
            speed_factor=factor or 1.0,
            cap_kmh=cap_kmh or 0.0,
            delay_s=int(delay_s or 0),
            requires=requires,
            only=only,
        )

    def identifier(self) -> str:
        value = self.properties.get("id", self.feature.get("id"))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if value is None or value == "":
            self.fault("E1003", "id", "the closure has no id", "give it one; the same id again replaces it")
        else:
            self.fault("E1004", "id", f"{value!r} is no id", "write a text")
        return ""

    def references(self, sender: str) -> tuple[AlertId, ...]:
        """Read ids of this sender, or whole "sender,id" names."""
        own = alert_id(sender, "")  # "sender,"
        return tuple(
            AlertId(each) if each.startswith(own) else alert_id(sender, each)
            for each in self.texts("references")
        )

    def time(self, name: str, default: int | None) -> int | None:
        value = self.properties.get(name)
        if value is None:
            return default
        where = f"{self.at}properties.{name}"
        if isinstance(value, str):
            return self.findings.instant(value, where)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < EPOCH_MAX_S:
            self.fault("E1105", name, f"{value!r} is no time", "write RFC 3339 with offset, or epoch seconds")
            return None
        return int(value)

    def number(self, name: str) -> float | None:
        value = self.properties.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.fault("E1004", name, f"{value!r} is no number", "write a number")
            return None
        return float(value)

    def text(self, name: str) -> str:
        value = self.properties.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault("E1004", name, f"{value!r} is no text", "write a text")
            return ""
        return " ".join(value.split())

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.properties.get(name)
        if value is None:
            return ()
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip() for each in listed):
            self.fault("E1004", name, f"{value!r} is no list of texts", "write a list of texts")
            return ()
        return tuple(dict.fromkeys(each.strip() for each in listed))

    def word(self, name: str, words: list[str] | tuple[str, ...], default: str) -> str:
        value = self.properties.get(name)
        if value is None:
            return default
        known = {word.casefold(): word for word in words}.get(
            value.casefold() if isinstance(value, str) else ""
        )
        if known is None:
            self.fault("E1004", name, f"{name} is {value!r}", f"write one of {', '.join(words)}")
        return known or default

    def fault(self, code: str, name: str, cause: str, action: str) -> None:
        # The same property is read more than once; one fault is enough.
        fault = Fault(code, cause, action, f"{self.at}properties.{name}")
        if fault not in self.findings.faults:
            self.findings.fault(code, cause, action, fault.field)

    # -------------------------------------------------------------------------------------- geometry

    def area(self) -> Area:
        polygons: list[Polygon] = []
        circles: list[Circle] = []
        lines: list[tuple[LonLat, ...]] = []
        where = f"{self.at}geometry"
        self.geometry(self.feature.get("geometry"), where, polygons, circles, lines, depth=0)
        radius_m = self.number("radius_m")
        if radius_m is not None and not 0 <= radius_m <= RADIUS_MAX_KM * 1000:
            self.fault("E1209", "radius_m", f"a radius of {radius_m} m", "write metres, 0 or more")
        elif radius_m is not None and not circles:
            self.findings.note(f"{self.at}properties.radius_m", "not used: no point has need of it")
        above_m, below_m = self.number("above_m"), self.number("below_m")
        if above_m is not None and below_m is not None and below_m < above_m:
            self.fault("E1004", "below_m", "it ends below where it begins", "mend above_m or below_m")
        return Area(
            above_m=above_m,
            below_m=below_m,
            description=self.text("road"),
            polygons=tuple(polygons),
            circles=tuple(circles),
            lines=tuple(lines),
        )

    def geometry(
        self, value: Any, where: str, polygons: list[Polygon], circles: list[Circle],
        lines: list[tuple[LonLat, ...]], *, depth: int,
    ) -> None:  # fmt: skip
        """Sort one geometry, and those inside it, into polygons, circles and lines."""
        kind = value.get("type") if isinstance(value, dict) else None
        if kind == "GeometryCollection":
            inside = value.get("geometries")
            if depth >= NESTED_MAX or not isinstance(inside, list) or not inside:
                self.shape_fault(where, "an empty or too deeply nested GeometryCollection")
                return
            for n, each in enumerate(inside):
                self.geometry(each, f"{where}.geometries[{n}]", polygons, circles, lines, depth=depth + 1)
            return
        coordinates = value.get("coordinates") if isinstance(value, dict) else None
        several = isinstance(kind, str) and kind.startswith("Multi")
        if kind not in ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"):
            self.shape_fault(
                where, "a closure without geometry" if value is None else f"no geometry: {kind!r}"
            )
            return
        if not isinstance(coordinates, list) or not coordinates:
            self.shape_fault(where, "a geometry without coordinates")
            return
        for n, each in enumerate(coordinates if several else [coordinates]):
            at = f"{where}.coordinates[{n}]" if several else f"{where}.coordinates"
            if kind.endswith("Polygon"):
                polygon = self.polygon(each, at)
                polygons.extend([polygon] if polygon else [])
            elif kind.endswith("LineString"):
                line = self.points(each, at)
                if line is not None and len(set(line)) < 2:
                    self.shape_fault(at, "a line with fewer than two different points")
                elif line:
                    lines.append(tuple(line))
            else:
                point = self.point(each, at)
                circles.extend(
                    [Circle(lon=point[0], lat=point[1], radius_m=self.radius_m())] if point else []
                )

    def polygon(self, value: Any, where: str) -> Polygon | None:
        if not isinstance(value, list) or not value:
            self.shape_fault(where, "a polygon without rings")
            return None
        rings = []
        for n, each in enumerate(value):
            points = self.points(each, f"{where}[{n}]")
            rings.append(self.findings.ring(points, f"{where}[{n}]") if points is not None else None)
        outer, *holes = rings
        if outer is None or any(hole is None for hole in holes):
            return None
        return Polygon(outer=outer, holes=tuple(hole for hole in holes if hole is not None))

    def points(self, value: Any, where: str) -> list[LonLat] | None:
        if not isinstance(value, list):
            self.shape_fault(where, f"{str(value)[:40]} is no list of positions")
            return None
        points: list[LonLat] = []
        for n, each in enumerate(value):
            point = self.point(each, f"{where}[{n}]")
            if point is None:
                return None
            points.append(point)
        return points

    def point(self, value: Any, where: str) -> LonLat | None:
        numbers = value[:2] if isinstance(value, list) else []
        if len(numbers) != 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
            self.shape_fault(where, f"{str(value)[:40]} is no position")
            return None
        try:
            lon, lat = float(numbers[0]), float(numbers[1])
        except OverflowError:
            lon, lat = float("inf"), float("inf")
        return self.findings.point(lon, lat, where, order="[lon, lat] in degrees")

    def radius_m(self) -> float:
        return self.number("radius_m") or 0.0

    def shape_fault(self, where: str, cause: str) -> None:
        self.findings.fault(
            "E1103", cause, "send Polygon, LineString or Point, several of them, or a mix", where
        )


FORMAT = Format(name="GeoJSON closures", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
