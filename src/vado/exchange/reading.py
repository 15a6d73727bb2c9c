"""Read untrusted JSON and keep every fault with its path, so that a person mends a file once.

A `Field` is a value with its path (`jobs[3].time_windows[0]`). Its readers give the value, or note a fault
and give None: reading goes on. `Log.raise_any` ends it. Knows nothing of what the fields mean.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vado.errors import Fault, ProblemError
from vado.model.ids import LonLat
from vado.model.when import epoch_s

BYTES_MAX = 64 * 2**20  # a problem of a hundred thousand jobs has about 20 MB
FAULTS_MAX = 200  # more help nobody
ID_CHARS_MAX = 200
SECONDS_MAX = 2**31 - 1  # durations and metres; what VROOM's 32-bit numbers hold
AMOUNT_MAX = 2**40  # sums of a million of them still fit 64 bits
INSTANT_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z; larger numbers are milliseconds by mistake


@dataclass(slots=True)
class Log:
    """What was wrong, and what was left out without harm."""

    faults: list[Fault] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # ordered, each once

    def fault(self, code: str, path: str, cause: str, action: str) -> None:
        self.faults.append(Fault(code, cause, action, path))

    def note(self, text: str) -> None:
        self.notes.setdefault(text)

    def raise_any(self) -> None:
        if self.faults:
            raise ProblemError.of(self.faults[:FAULTS_MAX])


def load(data: bytes, log: Log) -> Field:
    """Parse JSON; raises ProblemError E1001 or E1002 at once, for nothing in it can be read."""
    if len(data) > BYTES_MAX:
        cause = f"the input has {len(data)} bytes, at most {BYTES_MAX} are read"
        raise ProblemError(cause, code="E1002", action="split it")
    try:
        # NaN and Infinity are no JSON, but Python writes them; they become faults where they stand.
        return Field(json.loads(data), "", log)
    except RecursionError:
        raise ProblemError(
            "the JSON is nested too deeply", code="E1001", action="send it as described in problem.md"
        ) from None
    except ValueError as error:  # also undecodable text and numbers of thousands of digits
        raise ProblemError(f"this is not JSON: {error}", code="E1001", action="send valid JSON") from None


@dataclass(frozen=True, slots=True)
class Field:
    """A value where it stands in the input."""

    value: Any
    path: str
    log: Log

    def fault(self, code: str, cause: str, action: str) -> None:
        self.log.fault(code, self.path, cause, action)

    def _wrong(self, wanted: str) -> None:
        self.fault("E1004", f"{_show(self.value)} is not {wanted}", f"give {wanted}")

    def is_object(self) -> bool:
        if isinstance(self.value, dict):
            return True
        self._wrong("an object")
        return False

    def find(self, key: str) -> Field | None:
        """Find a member; one that is null counts as absent."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return None if value is None else Field(value, f"{self.path}.{key}" if self.path else key, self.log)

    def need(self, key: str, action: str) -> Field | None:
        found = self.find(key)
        if found is None:
            path = f"{self.path}.{key}" if self.path else key
            self.log.fault("E1003", path, f"{key} is missing", action)
        return found

    def items(self) -> Iterator[Field]:
        if not isinstance(self.value, list):
            self._wrong("an array")
            return
        for number, value in enumerate(self.value):
            yield Field(value, f"{self.path}[{number}]", self.log)

    def members(self) -> Iterator[tuple[str, Field]]:
        if self.is_object():
            for key in self.value:
                found = self.find(key)
                if found is not None:
                    yield key, found

    def note_unknown(self, known: Collection[str], kind: str) -> None:
        """Keep keys that nobody reads harmless, but never silent."""
        for key in self.value if isinstance(self.value, dict) else ():
            if key not in known:
                self.log.note(f"{kind}: key {key!r} is not known and was left out")

    def whole(self, low: int = 0, high: int = SECONDS_MAX) -> int | None:
        value = self.value
        if isinstance(value, float) and math.isfinite(value) and value.is_integer():
            value = int(value)  # 300.0, as some languages write every number
        if isinstance(value, float) and not math.isfinite(value):
            self.fault("E1209", f"{value} is no number to count with", f"give {low} to {high}")
        elif isinstance(value, bool) or not isinstance(value, int):
            self._wrong("a whole number")
        elif not low <= value <= high:
            self.fault("E1209", f"{_show(value)} is out of range", f"give {low} to {high}")
        else:
            return value
        return None

    def real(self, low: float, high: float) -> float | None:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong("a number")
        elif not low <= value <= high:  # NaN fails every comparison
            self.fault("E1209", f"{_show(value)} is out of range", f"give {low:g} to {high:g}")
        else:
            return float(value)
        return None

    def text(self) -> str | None:
        if isinstance(self.value, str):
            return self.value
        self._wrong("text")
        return None

    def name(self) -> tuple[str, bool] | None:
        """Read an id as text, and whether it was a number."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | str):
            self._wrong("an id (text or a whole number)")
        elif isinstance(value, int) and not -(2**63) <= value < 2**64:
            self.fault("E1209", f"{_show(value)} is out of range", "give an id of at most 64 bits")
        elif isinstance(value, str) and (not value.strip() or len(value) > ID_CHARS_MAX):
            cause = "an id is empty" if not value.strip() else f"an id has {len(value)} characters"
            self.fault("E1209", cause, f"give 1 to {ID_CHARS_MAX} characters")
        else:
            return str(value), isinstance(value, int)
        return None

    def instant(self) -> int | None:
        """Read epoch seconds or RFC 3339 text."""
        if not isinstance(self.value, str):
            if isinstance(self.value, int | float) and self.value > INSTANT_MAX:
                cause = f"{_show(self.value)} is after the year 9999"
                self.fault("E1209", cause, "give seconds, not milliseconds")
                return None
            return self.whole(0, INSTANT_MAX)
        try:
            return epoch_s(datetime.fromisoformat(self.value))
        except (ValueError, OverflowError):
            cause = f"{_show(self.value)} is no time with an offset"
            self.fault("E1105", cause, "give epoch seconds or RFC 3339 such as 2026-01-10T09:00:00Z")
            return None

    def lonlat(self) -> LonLat | None:
        if not isinstance(self.value, list) or len(self.value) < 2:
            self._wrong("[longitude, latitude]")
            return None
        lon, lat = (Field(self.value[k], self.path, self.log).real(-b, b) for k, b in ((0, 180.0), (1, 90.0)))
        return None if lon is None or lat is None else (lon, lat)


def _show(value: object) -> str:
    text = f"an object of {len(value)} keys" if isinstance(value, dict) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
