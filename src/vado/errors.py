"""The one tree of errors. Each has a stable code, a cause and an action.

    VadoError
    ├── InputError      the caller can mend it: bytes, a file, a request       exit 2, HTTP 4xx
    │   ├── PayloadError    a message from a feed
    │   ├── ProblemError    jobs, vehicles, a plan
    │   └── RegionError     road data
    ├── StateError      right in itself, wrong just now: not found, conflict   exit 2, HTTP 404 / 409
    ├── OutsideError    a service or disk we need is down                      exit 3, HTTP 503
    └── BugError        ours; keep the input and report it                     exit 70, HTTP 500

What cannot be served is no error: it is a result (`model.plan.Unassigned`).
Every code is described in `docs/reference/errors.md`; a test keeps the two the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# code -> what is wrong, in one line. The only place a code is born.
CODES: dict[str, str] = {
    # E10xx  any input
    "E1001": "the input is not of its format (broken JSON, XML, PBF)",
    "E1002": "the input is larger than its limit",
    "E1003": "a field is missing",
    "E1004": "a field has a value of the wrong kind",
    "E1005": "the file cannot be read",
    "E1006": "the format of the input is not recognised",
    "E1007": "the command line cannot be understood",
    # E11xx  feeds
    "E1101": "the XML uses entities, a DTD or an external reference",
    "E1102": "the message lacks an element that its standard demands",
    "E1103": "a polygon is not one (too few points, not closed, no area)",
    "E1104": "a coordinate is outside the world",
    "E1105": "a time cannot be read or has no offset",
    "E1106": "the message ends before it starts",
    "E1107": "the message says nothing that a road can obey",
    "E1108": "the signature of the webhook is missing or wrong",
    "E1109": "the same message id came with another body",
    # E12xx  problem: jobs, vehicles, plans
    "E1201": "a time window ends before it starts",
    "E1202": "a location is too far from any road of the region",
    "E1203": "a vehicle has no capacity although jobs have amounts",
    "E1204": "no vehicle has the skill that a job asks for",
    "E1205": "an id is used twice",
    "E1206": "amounts and capacities have different numbers of dimensions",
    "E1207": "the profile is unknown",
    "E1208": "a vehicle has neither start nor end",
    "E1209": "a number is out of its range",
    "E1210": "a stop or vehicle refers to something that is not there",
    "E1211": "the plan file is not a plan",
    "E1212": "the matrix does not fit the locations",
    "E1213": "a location is missing",
    "E1214": "the problem asks for a rule that is not supported",
    # E13xx  regions
    "E1301": "the road file is truncated or damaged",
    "E1302": "the road file holds no drivable road",
    "E1303": "the region file is of another version",
    "E1304": "the region file is damaged",
    "E1305": "the place was not found by the download service",
    # E2xxx  outside
    "E2001": "the store cannot be reached",
    "E2002": "a download failed",
    "E2003": "the address is in use",
    "E2004": "the clock file holds no instant",
    "E2005": "too many listen to events already",
    "E2006": "a feed does not answer",
    "E2007": "a feed answers with something that is no document",
    # E3xxx  state
    "E3001": "there is no such thing",
    "E3002": "there is no region of that name",
    "E3003": "there is no plan yet",
    "E3004": "another writer has the world",
    "E3005": "the ledger does not verify",
    "E3006": "the store was written by another version",
    "E3007": "the world lives on other roads",
    # E9xxx  ours
    "E9001": "something happened that we did not foresee",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do about it."""

    code: str
    cause: str
    action: str
    field: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise BugError(f"error code {self.code} is in no list", action="add it to errors.CODES")

    def __str__(self) -> str:
        where = f" at {self.field}" if self.field else ""
        return f"{self.code}{where}: {self.cause}; {self.action}"


class VadoError(Exception):
    """Any error of ours: one or many faults, the first one speaking for all."""

    default_code = "E9001"

    def __init__(
        self,
        cause: str,
        *,
        code: str | None = None,
        action: str = "report it with the input that caused it",
        field: str = "",
        faults: tuple[Fault, ...] = (),
    ) -> None:
        self.faults = faults or (Fault(code or self.default_code, cause, action, field),)
        super().__init__(cause)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> VadoError:
        """Make one error of all faults found, so that a person mends a file once."""
        found = tuple(faults)
        return cls(found[0].cause, faults=found)

    @property
    def code(self) -> str:
        return self.faults[0].code

    @property
    def action(self) -> str:
        return self.faults[0].action

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class InputError(VadoError):
    default_code = "E1001"


class PayloadError(InputError):
    """A message from a feed cannot be understood."""


class ProblemError(InputError):
    """Jobs, vehicles or a plan make no sense."""


class RegionError(InputError):
    """Road data cannot be used."""

    default_code = "E1304"


class StateError(VadoError):
    default_code = "E3001"


class OutsideError(VadoError):
    default_code = "E2001"


class BugError(VadoError):
    def __init__(self, cause: str, *, action: str = "report it with the input that caused it") -> None:
        # Not through Fault's own check: that check raises this class.
        Exception.__init__(self, cause)
        fault = object.__new__(Fault)
        for name, value in (("code", "E9001"), ("cause", cause), ("action", action), ("field", "")):
            object.__setattr__(fault, name, value)
        self.faults = (fault,)
