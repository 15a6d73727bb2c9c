"""What waits in the inbox is read once, however often it is asked for; and what is kept of it is bounded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from served import TOWN, Service, job
from vado.api import intake
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind, InboxRow
from vado.model.world import JobsPut


def row(number: int, body: bytes, kind: InboxKind = InboxKind.JOBS) -> InboxRow:
    name = Hash(f"sha256:{body!r}")
    return InboxRow(seq=number, world=WorldId("w"), kind=kind, source="jobs", key=str(number), body_hash=name,
                    body=body, received_s=0)  # fmt: skip


def test_each_order_that_waits_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(work=False)
    parsed: list[Any] = []

    def counted(body: bytes) -> JobsPut:
        parsed.append(json.loads(body))
        return real(body)

    real = intake.read_jobs
    monkeypatch.setattr(intake, "read_jobs", counted)
    for number in range(5):
        service.post("/v1/jobs", [job(TOWN, f"once-{number}", "B")])
    assert [each[0]["id"] for each in parsed] == [f"once-{number}" for number in range(4)]


def test_what_is_kept_is_bounded_and_the_newest_stays() -> None:
    kept, made = intake._Read(bytes_max=10), []

    def read(given: InboxRow) -> JobsPut:
        made.append(given.seq)
        return JobsPut()

    for number, body in enumerate(
        (b"aaaa", b"bbbb", b"aaaa", b"cccc", b"aaaa", b"bbbb", b"x" * 11, b"x" * 11)
    ):
        kept.order(row(number, body), read)
    assert made == [0, 1, 3, 5, 6, 7]
