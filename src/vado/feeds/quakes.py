"""An earthquake as a bulletin tells of it: where, how strong, and so who should look at which roads.

In: magnitude, place, time. Out: an info that asks a person; no road is shut by a magnitude. Refuses to know
formats.
"""

from __future__ import annotations

from vado.feeds.stated import INSPECT, NONE
from vado.model.alert import Area, Circle, Info
from vado.model.ids import LonLat

# From this magnitude on, bridges and slopes within so many metres should be looked at. From 5.0 within 50
# miles and from 6.0 within 100: what railways of the USA do by AREMA's manual, chapter 9, as their people
# tell it (forum.trains.com, "Rails and earthquakes"). The strongest and the weakest are our judgement.
RADII = ((7.5, 250_000.0), (6.0, 160_934.0), (5.0, 80_467.0), (4.5, 20_000.0))
UNKNOWN_RADIUS_M = 20_000.0
ASK_S = 3 * 86_400  # a person is asked for so long: own judgement


def quake(
    *, magnitude: float | None, place: str, time_s: int, point: LonLat | None, reviewed: bool = True
) -> Info:
    """Describe a quake; one whose magnitude is not said is to be looked at too."""
    radius_m = (
        UNKNOWN_RADIUS_M
        if magnitude is None
        else next((radius for least, radius in RADII if magnitude >= least), 0.0)
    )
    size = "of unknown magnitude" if magnitude is None else f"of magnitude {magnitude:g}"
    where = f", {place}" if place else ""
    circles = (Circle(lon=point[0], lat=point[1], radius_m=radius_m),) if point else ()
    return Info(
        event="earthquake",
        kind="earthquake",
        category="Geo",
        urgency="Immediate",
        certainty="Observed" if reviewed else "Likely",
        onset_s=time_s,
        expires_s=time_s + ASK_S,
        headline=f"earthquake {size}{where}",
        parameters=(("magnitude", "" if magnitude is None else f"{magnitude:g}"),),
        stated=(INSPECT if radius_m else NONE,),
        areas=(Area(description=place, circles=circles),),
    )
