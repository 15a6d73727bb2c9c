"""One row of a table that a person types: its cells, and the alert that they make.

In: cells by column. Out: an alert, or faults that name line and column.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from zoneinfo import ZoneInfo

from vado.feeds.cap_area import RADIUS_MAX_KM
from vado.feeds.format import Reading
from vado.feeds.geojson_bound import BOUND_RANGES
from vado.feeds.local_time import local_s, zones_at
from vado.feeds.records import made_id, number, text
from vado.feeds.shapes import split_ref
from vado.feeds.stated import CAP_MAX_KMH, CAP_MIN_KMH, LANE_FACTOR
from vado.feeds.vehicles import classes, means_trailer
from vado.model.alert import Action, Alert, Area, Circle, Info, MsgType, RoadPlace, StatedEffect, Way
from vado.model.ids import LonLat
from vado.model.size import Bound

_LIMITS = {
    "over_weight_t": ("over_weight_kg", 1000),
    "over_axle_t": ("over_axle_kg", 1000),
    "over_height_m": ("over_height_cm", 100),
    "over_width_m": ("over_width_cm", 100),
    "over_length_m": ("over_length_cm", 100),
}
PLACES = frozenset({"road", "lat", "lon", "way", "from", "to"})
COLUMNS = PLACES | {
    "id", "to_lat", "to_lon", "radius_m", "direction", "effect", "kmh", "delay_min", "requires", "vehicles",
    "start", "end", "zone", "reason", "within", *_LIMITS,
}  # fmt: skip
# Words for effects, in the languages of those who type; "open" ends what its id stood for.
_EFFECTS = {
    "": Action.SHUT, "shut": Action.SHUT, "closed": Action.SHUT, "cortada": Action.SHUT, "cerrada":
    Action.SHUT, "tallada": Action.SHUT, "fermee": Action.SHUT, "fermée": Action.SHUT, "slow": Action.SLOW,
    "lenta": Action.SLOW, "restricted": Action.RESTRICTED, "delay": Action.DELAY, "inspect": Action.INSPECT,
    "none": Action.NONE, }  # fmt: skip
_OPEN = ("open", "opened", "abierta", "oberta", "ouverte")
_WAYS = {"": Way.BOTH, "both": Way.BOTH, "along": Way.ALONG, "against": Way.AGAINST, "unknown": Way.UNKNOWN}
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$", re.ASCII)
DELAY_MAX_MIN = 24 * 60


class Row:
    """A row while it is read: its cells, and where its faults go."""

    def __init__(self, cells: dict[str, str], line: int, reading: Reading) -> None:
        self.cells = {name: text(cell) for name, cell in cells.items()}
        self.line = line
        self.reading = reading

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")

    def fault(self, code: str, column: str, cause: str, action: str) -> None:
        self.reading.findings.fault(code, cause, action, f"line {self.line}, column {column}")

    def read(self) -> Alert | None:
        before = len(self.reading.findings.faults)
        effect = self.cell("effect").casefold()
        over = effect in _OPEN
        area, point = self.area(over=over)
        sent_s = self.reading.received_s
        start_s, end_s = self.time("start", point, latest=False), self.time("end", point, latest=True)
        onset_s = start_s if start_s is not None else min(sent_s, end_s if end_s is not None else sent_s)
        if end_s is not None and end_s <= onset_s:
            self.fault("E1106", "end", "it ends before it starts, or at once", "mend start or end")
        stated = () if over else (self.effect(effect),)
        if over and not self.cell("id"):
            self.fault("E1003", "id", "what is open again has no id", "give the id of the row that closed it")
        if len(self.reading.findings.faults) > before:
            return None
        road = self.cell("road")
        info = Info(
            event="closure" if stated and stated[0].action is Action.SHUT else effect or "closure",
            kind="closure",
            category="Transport",
            urgency="Immediate",
            severity="Severe",
            certainty="Observed",
            onset_s=onset_s,
            expires_s=end_s,
            headline=" ".join(each for each in (road, self.cell("reason") or effect or "closed") if each),
            stated=stated,
            areas=(area,),
        )
        return self.reading.alert(
            sender=self.reading.source,
            identifier=self.cell("id") or self.made(),
            sent_s=sent_s,
            msg_type=MsgType.CANCEL if over else MsgType.ALERT,
            infos=() if over else (info,),
        )

    def made(self) -> str:
        """Name a row without an id by where it is, so that the same place again replaces it."""
        names = sorted((PLACES | {"to_lat", "to_lon", "direction", "vehicles", *_LIMITS}) & self.cells.keys())
        return "row-" + made_id([(name, self.cells[name]) for name in names if self.cells[name]])

    # ------------------------------------------------------------------------------------ numbers and times

    def number(self, name: str, low: float, high: float) -> float | None:
        written = self.cell(name)
        if not written:
            return None
        value = number(written.replace(",", "."))
        if value is None:
            self.fault("E1004", name, f"{written[:40]!r} is no number", "write a number, 41.15 or 41,15")
        elif not low <= value <= high:
            self.fault("E1209", name, f"{value:g} cannot be meant", f"write {low:g} to {high:g}")
        else:
            return value
        return None

    def time(self, name: str, point: LonLat | None, *, latest: bool) -> int | None:
        written = self.cell(name)
        if not written:
            return None
        if len(written) > 10 and _OFFSET.search(written[10:]):
            return self.reading.findings.instant(written, f"line {self.line}, column {name}")
        zones = self.zones(point)
        if not zones:
            self.fault("E1105", name, f"{written[:40]!r} has no offset", "add +01:00 or Z, or a column zone")
            return None
        found = local_s(written, zones, latest=latest)
        if found is None:
            self.fault("E1105", name, f"{written[:40]!r} is no time", "write 2026-01-10 09:00, or 2026-01-10")
        return found

    def zones(self, point: LonLat | None) -> tuple[tzinfo, ...]:
        named = self.cell("zone")
        if not named:
            return zones_at(point) if point is not None else ()
        try:
            return (ZoneInfo(named),)
        except (ValueError, KeyError, OSError):
            self.fault("E1004", "zone", f"{named[:40]!r} is no zone", "write one like Europe/Madrid")
            return ()

    # -------------------------------------------------------------------------------------- what and where

    def effect(self, word: str) -> StatedEffect:
        action = _EFFECTS.get(word)
        if action is None:
            self.fault(
                "E1004",
                "effect",
                f"no effect is called {word!r}",
                f"write one of {', '.join(_EFFECTS)[2:]}, open",
            )
            action = Action.SHUT
        kmh = self.number("kmh", CAP_MIN_KMH, CAP_MAX_KMH)
        minutes = self.number("delay_min", 0.1, DELAY_MAX_MIN)
        requires = self.cell("requires")
        if (kmh is not None) and action is not Action.SLOW:
            self.fault("E1004", "kmh", "only a slow road has a speed", "write slow, or leave it out")
        if (minutes is not None) != (action is Action.DELAY):
            self.fault(
                "E1003", "delay_min", "a delay, and only that, says how long", "write the minutes lost"
            )
        if bool(requires) != (action is Action.RESTRICTED):
            self.fault(
                "E1003", "requires", "a restricted road, and only that, requires something", 'write "chains"'
            )
        return StatedEffect(
            action=action,
            speed_factor=LANE_FACTOR if action is Action.SLOW and kmh is None else 1.0,
            cap_kmh=kmh or 0.0,
            delay_s=int((minutes or 0) * 60),
            requires=requires,
            only=self.bound(),
        )

    def words(self) -> list[str]:
        return [word for word in re.split(r"[\s/|+&]+", self.cell("vehicles")) if word]

    def bound(self) -> Bound | None:
        values: dict[str, int] = {}
        for name, (field, per_one) in _LIMITS.items():
            low, high = BOUND_RANGES[field]
            scale = 1000 if field.endswith("_kg") else 1
            value = self.number(name, low / scale, high / scale)
            if value is not None:
                values[field] = int(value * per_one + 1e-6)
        named: set[str] = set()
        trailer = every = False
        for word in self.words():
            known = classes(word)
            if means_trailer(word):
                trailer = True
            elif known is None:
                self.fault(
                    "E1004", "vehicles", f"no vehicle is called {word!r}", "write trucks, vans, cars, buses"
                )
            else:
                named.update(known)
                every = every or not known
        if trailer and named:
            self.fault("E1004", "vehicles", "trailers and other vehicles in one row", "write two rows")
        numbers = {name: values.get(name, 0) for name in BOUND_RANGES}
        found = Bound(
            over_weight_kg=numbers["over_weight_kg"],
            over_axle_kg=numbers["over_axle_kg"],
            over_height_cm=numbers["over_height_cm"],
            over_width_cm=numbers["over_width_cm"],
            over_length_cm=numbers["over_length_cm"],
            trailer=trailer and not every,
            classes=() if every else tuple(sorted(named)),
        )
        return found if found != Bound() else None

    def area(self, *, over: bool) -> tuple[Area, LonLat | None]:
        """Place the row: at one or two points, on kilometres of a road, on a way."""
        start, end = self.point("lat", "lon"), self.point("to_lat", "to_lon")
        points = tuple(each for each in (start, end) if each is not None)
        direction = self.cell("direction").casefold()
        way = _WAYS.get(direction)
        if way is None:
            self.fault(
                "E1004", "direction", f"no direction is called {direction!r}", f"write {', '.join(_WAYS)[2:]}"
            )
        road = self.cell("road")
        ref, name = split_ref([road] if road else [])
        from_km, to_km = self.kilometre("from"), self.kilometre("to")
        if (from_km is None) != (to_km is None) and self.cell("from") and self.cell("to"):
            self.fault(
                "E1209", "to", "one of from and to is a kilometre, and the other is none",
                'write both as kilometres, "12.3" or "12+300"',
            )  # fmt: skip
        osm = self.number("way", 1, 2**53)
        radius_m = self.number("radius_m", 0, RADIUS_MAX_KM * 1000)
        where = " – ".join(each for each in (self.cell("from"), self.cell("to")) if each)
        description = " ".join(each for each in (road, where, self.cell("within")) if each)
        known = bool(points) or osm is not None or (bool(road) and from_km is not None)
        if not known and not over and not self.reading.findings.faults:
            self.fault(
                "E1213",
                "road",
                "the row does not say where",
                "give lat and lon, or road and kilometres, or way",
            )
        if start is not None and radius_m:
            circle = Circle(lon=start[0], lat=start[1], radius_m=radius_m)
            return Area(description=description, circles=(circle,)), start
        if not known:
            return Area(description=description), None
        if from_km is not None and to_km is not None and to_km < from_km and way in (Way.ALONG, Way.AGAINST):
            from_km, to_km = to_km, from_km  # "along" is along rising kilometres
        place = RoadPlace(
            ref=ref or (road if from_km is not None else ""),
            name=name,
            way=way or Way.BOTH,
            points=points,
            ends_only=True,
            from_km=from_km,
            to_km=to_km,
            ways=(int(osm),) if osm is not None else (),
            within=self.cell("within"),
        )
        return Area(description=description, roads=(place,)), start

    def kilometre(self, name: str) -> float | None:
        """Read a kilometre, also written 12+300; anything else is the name of a place and stays one."""
        written = self.cell(name).replace(",", ".")
        whole, plus, metres = written.partition("+")
        value = number(whole)
        extra = number(metres) if plus else 0.0
        if value is None or extra is None or not 0 <= value < 10_000 or not 0 <= extra < 1_000:
            return None
        return value + extra / 1000

    def point(self, lat: str, lon: str) -> LonLat | None:
        values = self.number(lat, -90, 90), self.number(lon, -180, 180)
        if values[0] is not None and values[1] is not None:
            return (values[1], values[0])
        if bool(self.cell(lat)) != bool(self.cell(lon)):
            self.fault(
                "E1003", lat if not self.cell(lat) else lon, "half of a place", "give both lat and lon"
            )
        return None
