"""VTEC: the name of a weather event over all messages of the United States' NWS.

In: parameters of a message. Out: the event, and whether the message ends it. Source: NWS Instruction
10-1703 of 6 April 2021, Valid Time Event Code, section 2: /k.aaa.cccc.pp.s.####.yymmddThhnnZ-yymmddThhnnZ/,
product class, action, office, phenomenon, significance, event number, begin, end; ten zeros begin what has
begun, and end what goes on until further notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from vado.feeds.findings import Findings
from vado.model.when import FOREVER_S

_VTEC = re.compile(
    r"/([OTEX])\.(NEW|CON|EXT|EXA|EXB|UPG|CAN|EXP|COR|ROU)\.([A-Z]{4})\.([A-Z]{2})\.([A-Z])\.(\d{4})"
    r"\.(\d{6})T(?:\d{4})Z-(\d{6})T(\d{4})Z/",
    re.ASCII,
)
TEXT_MAX = 2_000
# What ends an event: cancelled, or replaced by an upgrade. EXP does not: it says, before or after its time,
# that an event expires as planned, so its ending time counts. Source: NWSI 10-1703 of 6 April 2021, 2.1.2.
ENDS = ("CAN", "UPG")
EXPIRES = "EXP"

OPEN = "open"  # an event that goes on until further notice


def of_parameters(parameters: Iterable[tuple[str, str]]) -> str:
    """Name the event of a message: "KOHX.WI.Y.0001.2024"; "" where it names none, or several."""
    codes = [value for name, value in parameters if name.casefold() == "vtec"]
    return event_of(codes)


def event_of(codes: Iterable[str]) -> str:
    """Name the event of VTEC codes; "" where they name none, or several that go on.

    Segments for other zones carry the same event: it says what belongs together, not what replaces what.
    """
    named = {
        f"{office}.{what}.{how}.{number}.20{(begin if begin != '000000' else end)[:2]}"
        for _, action, office, what, how, number, begin, end, _ in _found(codes)
        if action not in ENDS
    }
    if not named:
        named = {
            f"{office}.{what}.{how}.{number}.20{(begin if begin != '000000' else end)[:2]}"
            for _, _, office, what, how, number, begin, end, _ in _found(codes)
        }
    return f"vtec {named.pop()}" if len(named) == 1 else ""


def is_over(codes: Iterable[str], *, sent_s: int) -> bool:
    """Tell whether VTEC codes say that all their events have ended when the message was sent."""
    found = _found(codes)
    return bool(found) and all(
        action in ENDS or (action == EXPIRES and _end_s(end, at) <= sent_s)
        for _, action, *_, end, at in found
    )


def expires_later(codes: Iterable[str], *, sent_s: int) -> bool:
    """Tell whether codes say of an event that it expires as planned, and that is still to come."""
    return any(action == EXPIRES and _end_s(end, at) > sent_s for _, action, *_, end, at in _found(codes))


def end_of(codes: Iterable[str]) -> str:
    """Give the latest end of the events that go on, RFC 3339; OPEN where one has none, "" without events."""
    ends = [(end, at) for _, action, *_, end, at in _found(codes) if action not in ENDS]
    if any(end == "000000" for end, _ in ends):
        return OPEN
    end, at = max(ends, default=("", ""))
    return _rfc3339(end, at) if end else ""


def _rfc3339(day: str, clock: str) -> str:
    return f"20{day[:2]}-{day[2:4]}-{day[4:]}T{clock[:2]}:{clock[2:]}:00Z"


def _end_s(day: str, clock: str) -> int:
    """Give the ending time; one that is none, or until further notice, is never."""
    end_s = None if day == "000000" else Findings().instant(_rfc3339(day, clock), "")
    return FOREVER_S if end_s is None else end_s


def _found(codes: Iterable[str]) -> list[tuple[str, ...]]:
    return [match for code in codes for match in _VTEC.findall(code[:TEXT_MAX])]
