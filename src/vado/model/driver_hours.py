"""How long a driver may be at the wheel, by law: named sets of numbers, each with where it stands written.

What a law has beyond these (weekly hours, daily rest, two drivers) is the caller's business: `time_window`
and `max_duration` of a vehicle say when and for how long it works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverHours:
    name: str
    drive_s: int  # at the wheel before a rest is due
    rest_s: int  # of that rest, in one piece
    any_pause: bool  # not driving is rest enough: waiting and serving count
    day_drive_s: int  # at the wheel in a shift
    day_s: int | None  # from the beginning of a shift to the end of its last drive


# Regulation (EC) No 561/2006. Its choices are not made here: a break in two parts (15 and 30 minutes, article
# 7), ten hours on two days a week (article 6(1)).
EU_561 = DriverHours(
    name="EU-561",
    drive_s=4 * HOUR_S + 30 * MINUTE_S,  # article 7: "after a driving period of four and a half hours"
    rest_s=45 * MINUTE_S,  # article 7: "an uninterrupted break of not less than 45 minutes"
    any_pause=False,  # article 4(d): a break is "used exclusively for recuperation", no other work
    day_drive_s=9 * HOUR_S,  # article 6(1): "the daily driving time shall not exceed nine hours"
    day_s=None,
)

# Hours of service of drivers, 49 CFR part 395, property-carrying vehicles.
US_HOS = DriverHours(
    name="US-HOS",
    drive_s=8 * HOUR_S,  # 395.3(a)(3)(ii): 8 hours of driving without a 30-minute interruption
    rest_s=30
    * MINUTE_S,  # 395.3(a)(3)(ii): "at least a consecutive 30-minute interruption in driving status"
    any_pause=True,  # 395.3(a)(3)(ii): of driving status alone; on duty without driving will do
    day_drive_s=11 * HOUR_S,  # 395.3(a)(3)(i): 11 hours of driving
    day_s=14 * HOUR_S,  # 395.3(a)(2): no driving after 14 consecutive hours from coming on duty
)

DRIVER_HOURS: Mapping[str, DriverHours] = {rules.name: rules for rules in (EU_561, US_HOS)}
