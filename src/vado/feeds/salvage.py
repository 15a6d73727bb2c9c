"""Salvage: one record of many that cannot be read is kept unread, and the rest counts.

In: records and a reader of one. Out: its alert, or one that binds nothing and asks a person
(`Reading.unreadable`). Where no record can be read the document has faults: it is another thing than it looks
like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vado.errors import Fault
from vado.feeds.findings import VERTICES_MAX, Findings
from vado.feeds.format import Reading
from vado.model.alert import Alert, Area

CAUSES_MAX = 3
# Of all records together: 331 files of AEMET have some 200,000. Ten times what one message may have.
VERTICES_ALL_MAX = 10 * VERTICES_MAX
PIECES_ALL_MAX = 40_000  # infos and areas


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record before it is read: how, and what it is called should that fail."""

    read: Callable[[Findings], Alert | None]  # called once; None, or faults, are a failure
    where: str
    sender: str = ""
    identifier: str = ""
    areas: tuple[Area, ...] = ()


def salvage(reading: Reading, records: Iterable[Record]) -> tuple[Alert, ...]:
    """Read each record with findings of its own; where all of them fail, all faults are the document's."""
    alerts: list[Alert] = []
    faults: list[Fault] = []
    read, vertices, pieces = 0, 0, 0
    for record in records:
        findings = Findings()
        alert = record.read(findings)
        findings.check_vertices()
        vertices += findings.vertices
        pieces += findings.pieces
        if vertices > VERTICES_ALL_MAX or pieces > PIECES_ALL_MAX:
            cause = (
                f"the records have more than {VERTICES_ALL_MAX} vertices, or {PIECES_ALL_MAX} infos and areas"
            )
            reading.findings.fault("E1002", cause, "send them in parts", "")
            return ()
        faults += findings.faults
        if alert is not None and not findings.faults:
            read += 1
            alerts.append(alert)
        else:
            alerts.append(_unread(reading, record, findings.faults))
    if faults and not read:
        for fault in faults:
            reading.findings.fault(fault.code, fault.cause, fault.action, fault.field)
    return tuple(alerts)


def _unread(reading: Reading, record: Record, faults: list[Fault]) -> Alert:
    causes = [f"{fault.field.removeprefix(record.where + '.')}: {fault.cause}" for fault in faults]
    more = f", and {len(causes) - CAUSES_MAX} more" if len(causes) > CAUSES_MAX else ""
    return reading.unreadable(
        sender=record.sender,
        identifier=record.identifier,
        cause="; ".join(causes[:CAUSES_MAX]) + more or "it says nothing that is understood",
        where=record.where,
        areas=record.areas,
    )
