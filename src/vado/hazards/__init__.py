"""Hazards: what alerts mean, for which profile and where. The rules; no road rule, no format, no clock.

absorb      messages and time -> what is in force          (understand: one alert -> its hazards)
Meaning     the tables of data/, complete and with sources
footprint   hazards -> the edges they touch                (unmatched: those that should and do not)
to_ask      what a person must look at
events      which hazards are one thing that several tell of
match       a place on a named road -> its edges           (on its carriageway, in its direction)
"""

from vado.hazards.absorb import absorb
from vado.hazards.asking import to_ask
from vado.hazards.edge_index import edges_meeting
from vado.hazards.events import events
from vado.hazards.footprint import footprint, unmatched
from vado.hazards.kinds import Kinds, parse_kinds
from vado.hazards.match import GOOD, Match, match
from vado.hazards.meaning import Meaning, parse_meaning

__all__ = [
    "GOOD",
    "Kinds",
    "Match",
    "Meaning",
    "absorb",
    "edges_meeting",
    "events",
    "footprint",
    "match",
    "parse_kinds",
    "parse_meaning",
    "to_ask",
    "unmatched",
]
