"""Intake: bytes from anybody to a row in the inbox, durable before the answer.

In: a request. Out: a `Receipt`. Nothing is decided here: what the API can see to be wrong is refused at once
with all its faults; what it accepts the worker takes in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Header, Path, Request
from starlette.exceptions import HTTPException

from vado.api.parts import Parts, parts_of
from vado.errors import InputError, VadoError
from vado.exchange.problem import read_jobs, read_vehicles
from vado.model.ids import Hash, JobId
from vado.model.inbox import InboxKind, InboxRow, Receipt
from vado.model.jobs import Job, Shipment, Vehicle
from vado.model.world import JobsPut, VehiclesPut

PENDING_MAX = 1000  # rows of the inbox looked at for what the world does not know yet
READ_BYTES_MAX = 16_000_000  # of bodies whose orders are kept as read
KEPT_BYTES_MAX = 65_536  # of a message that could not be read
SOURCE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

Source = Annotated[str, Path(pattern=SOURCE, description="The feed's name, as in `webhook_secrets`.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Names this request: sent again with the same body it has no effect, with another it is "
        "refused (E1109).",
    ),
]


async def read_body(request: Request) -> bytes:
    """Read the raw body up to its limit; raises InputError E1002 before anything is parsed."""
    _refuse_foreign_page(request)
    limit = parts_of(request).settings.body_max_bytes
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


RawBody = Annotated[bytes, Depends(read_body)]


def _too_large(limit: int) -> InputError:
    return InputError(
        f"the body is larger than {limit:,} bytes",
        code="E1002",
        action="send less at once, or raise body_max_bytes",
        field="body",
    )


def _refuse_foreign_page(request: Request) -> None:
    """Refuse what a web page of somebody else makes a browser on this machine send."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "a web page of another site may not send this")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Orders that are acknowledged and not in the world yet."""

    jobs: tuple[Job, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    anew: frozenset[str] = frozenset()  # ids removed and then put again: what the world has is another job


def pending_orders(parts: Parts) -> Pending:
    """Read what waits in the inbox: who posts vehicles and then jobs need not wait for the worker between."""
    if not parts.store.count_pending(parts.world_id):
        return Pending()
    jobs: dict[str, Job] = {}
    shipments: dict[str, Shipment] = {}
    vehicles: dict[str, Vehicle] = {}
    removed: set[str] = set()
    anew: set[str] = set()
    for row in parts.store.pending(parts.world_id, limit=PENDING_MAX):
        put = _read_order(row)
        if isinstance(put, JobsPut):
            for name in put.remove:
                jobs.pop(name, None)
                shipments.pop(name, None)
            jobs |= {job.id: job for job in put.jobs}
            shipments |= {shipment.id: shipment for shipment in put.shipments}
            names = {*(job.id for job in put.jobs), *(shipment.id for shipment in put.shipments)}
            removed |= {*put.remove} - names
            anew |= names & removed
        elif isinstance(put, VehiclesPut):
            for gone in put.remove:
                vehicles.pop(gone, None)
            vehicles |= {vehicle.id: vehicle for vehicle in put.vehicles}
    return Pending(
        jobs=tuple(jobs.values()), shipments=tuple(shipments.values()), vehicles=tuple(vehicles.values()),
        anew=frozenset(anew),
    )  # fmt: skip


Order = JobsPut | VehiclesPut | None


class _Read:
    """Orders read before, by kind and hash of their bytes: each request looks at all that wait."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max, self._bytes = bytes_max, 0
        self._kept: OrderedDict[tuple[InboxKind, Hash], tuple[Order, int]] = OrderedDict()
        self._lock = threading.Lock()

    def order(self, row: InboxRow, read: Callable[[InboxRow], Order]) -> Order:
        """Give what a row says, read once; what was asked for longest ago goes when all is too large."""
        name = (row.kind, row.body_hash)
        with self._lock:
            known = self._kept.get(name)
            if known is not None:
                self._kept.move_to_end(name)
                return known[0]
        made = read(row)
        size = len(row.body)
        with self._lock:
            if name not in self._kept and size <= self._bytes_max:
                self._kept[name] = (made, size)
                self._bytes += size
            while self._bytes > self._bytes_max or len(self._kept) > PENDING_MAX:
                _, (_, gone) = self._kept.popitem(last=False)
                self._bytes -= gone
        return made


_READ = _Read(READ_BYTES_MAX)


def _read_order(row: InboxRow) -> Order:
    return _READ.order(row, _order) if row.kind in (InboxKind.JOBS, InboxKind.VEHICLES) else None


def _order(row: InboxRow) -> Order:
    try:
        return read_jobs(row.body) if row.kind is InboxKind.JOBS else read_vehicles(row.body)
    except InputError:
        return None  # the worker sets it aside; who asks now is not to blame


def accept(
    parts: Parts,
    kind: InboxKind,
    body: bytes,
    *,
    source: str,
    key: str,
    tokens: Mapping[JobId, str] | None = None,
    removed: Iterable[str] = (),
) -> Receipt:
    """Put bytes into the inbox; when this returns they are on the disk."""
    return parts.store.accept(
        world=parts.world_id,
        kind=kind,
        source=source,
        key=key,
        body=body,
        received_s=parts.now_s(),
        tokens=tokens,
        removed=removed,
    )


def accept_fault(parts: Parts, error: VadoError, body: bytes, *, source: str) -> None:
    """Let the world know that a message could not be taken in: it is less informed than it seems."""
    told = {
        "cause": "; ".join(str(fault) for fault in error.faults[:5]),
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
        "start_base64": base64.b64encode(body[:KEPT_BYTES_MAX]).decode(),
    }
    text = json.dumps(told, ensure_ascii=True).encode()
    # Retries of the same broken message are one fault; the same an hour later is news: still less informed.
    key = f"{told['sha256']}@{parts.now_s() // 3600}"
    accept(parts, InboxKind.FAULT, text, source=source, key=key)


def fresh_key() -> str:
    """Make a key for a request that names none: orders are put by id, so each request counts."""
    return "auto:" + secrets.token_hex(16)


def make_tokens(jobs: Sequence[Job], shipments: Sequence[Shipment]) -> dict[JobId, str]:
    """Make an unguessable token (128 bits) for whatever a recipient can follow."""
    names = (*(job.id for job in jobs), *(JobId(shipment.id) for shipment in shipments))
    return {name: secrets.token_urlsafe(16) for name in names}


def tracking_path(parts: Parts, job: JobId) -> str | None:
    """Give the path of the recipient's page; that of its shipment for a half of one."""
    shipment = job.removesuffix("/delivery").removesuffix("/pickup")
    token = parts.store.find_token(parts.world_id, job) or parts.store.find_token(
        parts.world_id, JobId(shipment)
    )
    return None if token is None else f"/track/{token}"


def tracking_url(parts: Parts, job: JobId) -> str | None:
    """Give the address of the recipient's page as the world outside sees it."""
    path = tracking_path(parts, job)
    return None if path is None else parts.settings.url + path


_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")


def is_bare_cap(body: bytes) -> bool:
    """Say whether the body is one CAP message and no envelope around some."""
    found = _ROOT.search(body[:4096])
    return found is not None and found.group(1).lower() == b"alert"


def receipt_row(receipt: Receipt) -> dict[str, Any]:
    return {"seq": receipt.seq, "hash": receipt.body_hash, "duplicate": receipt.duplicate}
