"""Read a caller's matrices: `matrices` by profile, or the one `matrix` of older files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vado.exchange.reading import Field
from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S

Given = Mapping[str, tuple[I64, I64]]  # profile -> seconds and metres [S, S]
OLD = "car"  # a file with one `matrix` has vehicles without a profile


def read_matrices(top: Field) -> tuple[dict[str, tuple[I64, I64]], frozenset[str]]:
    """Read all matrices, and for which profiles metres were given; broken ones are faults E1212."""
    found: dict[str, tuple[I64, I64]] = {}
    with_metres: set[str] = set()
    old = top.find("matrix")
    if old is not None:
        seconds = _square(old)
        if seconds is not None:
            found[OLD] = (seconds, np.zeros_like(seconds))
    matrices = top.find("matrices")
    for profile, item in () if matrices is None else matrices.members():
        if not item.is_object():
            continue
        item.note_unknown(("durations", "distances", "costs"), "matrices")
        durations, distances = item.find("durations"), item.find("distances")
        if item.find("costs") is not None:
            item.log.note("matrices: costs were left out; plans are weighed by time and distance")
        if durations is None:
            item.fault("E1212", f"the matrix of {profile!r} has no durations", "give durations")
            continue
        seconds = _square(durations)
        metres = None if distances is None else _square(distances)
        if seconds is None or (distances is not None and metres is None):
            continue
        if metres is not None and metres.shape != seconds.shape:
            item.fault("E1212", "distances and durations differ in size", "give both for the same places")
            continue
        if metres is not None:
            with_metres.add(profile)
        found[profile] = (seconds, np.zeros_like(seconds) if metres is None else metres)
    return found, frozenset(with_metres)


def _square(row: Field) -> I64 | None:
    """Read a square of whole numbers; null means that there is no way."""
    rows = row.value
    if not isinstance(rows, list) or not rows or not all(isinstance(line, list) for line in rows):
        row.fault("E1212", "a matrix is not an array of arrays", "give one row and column a place")
        return None
    crooked = next((k for k, line in enumerate(rows) if len(line) != len(rows)), None)
    if crooked is not None:
        cause = f"row {crooked} has {len(rows[crooked])} entries, the matrix {len(rows)} rows"
        row.fault("E1212", cause, "give one row and column a place")
        return None
    faults = len(row.log.faults)
    numbers = []
    for r, line in enumerate(rows):
        for c, value in enumerate(line):
            if type(value) is int and 0 <= value < NO_WAY_S:
                numbers.append(value)  # the usual case, without a path for each of a million cells
            elif value is None:
                numbers.append(NO_WAY_S)
            else:
                numbers.append(Field(value, f"{row.path}[{r}][{c}]", row.log).whole() or 0)
        if len(row.log.faults) > faults + 20:
            return None  # broken throughout; twenty examples say so
    if len(row.log.faults) > faults:
        return None
    matrix = np.array(numbers, np.int64).reshape(len(rows), len(rows))
    matrix.flags.writeable = False
    return matrix
