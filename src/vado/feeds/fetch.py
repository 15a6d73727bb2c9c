"""Fetch: one request to a feed, and what its answer is worth.

In: an `httpx.Client`, an address, what is known already. Out: `Fetched`: news, the same as before, a fault
or nobody there; never an exception for what the other side does. An empty body, a page for people, a part of
a document, another host: all of these are faults, for none of them says that a road is open. Refuses to know
what documents mean, when to ask again, and what time it is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

import httpx

from vado import __version__

USER_AGENT = f"Vado/{__version__} (road hazards for logistics)"
REDIRECTS_MAX = 3
RATIO_PART = 65_536  # bytes unpacked at once
# Seconds: to connect, and between two parts of an answer. Our choice: large DATEX II files take a while.
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
EPOCH_LIKE = 1_000_000_000  # x-ratelimit-reset is an instant from here on, else seconds from now
_PAGE = re.compile(rb"(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class Outcome(StrEnum):
    NEWS = "news"  # a whole document
    SAME = "same"  # as before: 304
    FAULT = "fault"  # an answer that is none
    AWAY = "away"  # nobody answers, or only to say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    outcome: Outcome
    body: bytes = b""
    cause: str = ""
    status: int = 0  # of HTTP, where it is the cause
    etag: str = ""
    modified: str = ""
    wait_s: int = 0  # the other side asks to be left alone for so long
    url: str = ""  # where it was in the end


class _AnswerError(Exception):
    """What is wrong with an answer."""


def make_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Make the client of a poller: names us, follows nothing by itself, checks certificates."""
    return httpx.Client(
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
        follow_redirects=False,
        timeout=TIMEOUT,
        transport=transport,
    )


def fetch(
    client: httpx.Client,
    url: str,
    *,
    now_s: int,
    headers: Mapping[str, str] | None = None,
    etag: str = "",
    modified: str = "",
    bytes_max: int = 10_000_000,
) -> Fetched:
    """Ask once, following redirects of the same host; `now_s` is only for headers that give an instant."""
    asked = dict(headers or {})
    if etag:
        asked["If-None-Match"] = etag
    if modified:
        asked["If-Modified-Since"] = modified
    at = url
    try:
        for _ in range(REDIRECTS_MAX + 1):
            with client.stream("GET", at, headers=asked) as response:
                if response.status_code not in (301, 302, 303, 307, 308):
                    return _judged(response, now_s=now_s, known=bool(etag or modified), bytes_max=bytes_max)
                at = _elsewhere(at, response.headers.get("location", ""))
        raise _AnswerError(f"more than {REDIRECTS_MAX} redirects")
    except _AnswerError as fault:
        return Fetched(outcome=Outcome.FAULT, cause=str(fault), url=at)
    except httpx.TimeoutException:
        return Fetched(outcome=Outcome.AWAY, cause="no answer in time", url=at)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Fetched(outcome=Outcome.AWAY, cause=f"no answer: {type(error).__name__}", url=at)


def host_of(url: str) -> str:
    """Give the host of an address, in small letters; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _elsewhere(url: str, location: str) -> str:
    try:
        found = urljoin(url, location)
        scheme = urlsplit(found).scheme
    except ValueError as error:
        raise _AnswerError("a redirect that leads nowhere") from error
    if not location or scheme not in ("http", "https"):
        raise _AnswerError("a redirect that leads nowhere")
    if host_of(found) != host_of(url):
        host = host_of(found)[:100]
        raise _AnswerError(f"it has moved to another host, {host}: mend its url if that is meant")
    if urlsplit(url).scheme == "https" and scheme != "https":
        raise _AnswerError("a redirect to an address that is not encrypted")
    return found


def _judged(response: httpx.Response, *, now_s: int, known: bool, bytes_max: int) -> Fetched:
    status, at = response.status_code, str(response.url)
    wait_s = _wait_s(response, now_s)
    if status == 304 and known:
        return Fetched(outcome=Outcome.SAME, wait_s=wait_s, url=at)
    if status in (204, 205, 206):
        raise _AnswerError(f"HTTP {status}: no whole document")
    if status != 200:
        return Fetched(outcome=Outcome.AWAY, cause=f"HTTP {status}", status=status, wait_s=wait_s, url=at)
    body = _body(response, bytes_max)
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise _AnswerError("an empty answer")
    if _PAGE.match(body[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()):
        raise _AnswerError("a page for people instead of a document")
    return Fetched(
        outcome=Outcome.NEWS,
        body=body,
        etag=response.headers.get("etag", "")[:500],
        modified=response.headers.get("last-modified", "")[:100],
        wait_s=wait_s,
        url=at,
    )


def _body(response: httpx.Response, bytes_max: int) -> bytes:
    """Read a body up to its limit, packed and unpacked; raises _AnswerError for a part of one."""
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > bytes_max:
        raise _AnswerError(f"larger than {bytes_max:,} bytes")
    count = [0]

    def packed() -> Iterator[bytes]:
        try:
            for part in response.iter_raw():
                count[0] += len(part)
                if count[0] > bytes_max:
                    raise _AnswerError(f"larger than {bytes_max:,} bytes")
                yield part
        except httpx.TransportError as error:
            raise _AnswerError(f"the answer broke off after {count[0]:,} bytes") from error

    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        body = b"".join(packed())
    elif coding in ("gzip", "x-gzip", "deflate"):
        body = _unpacked(packed(), bytes_max)
    else:
        raise _AnswerError(f"packed as {coding[:40]!r}, which we did not ask for")
    if told.isdecimal() and count[0] != int(told):
        raise _AnswerError(f"the answer broke off: {count[0]:,} of {int(told):,} bytes")
    return body


def _unpacked(parts: Iterator[bytes], bytes_max: int) -> bytes:
    """Unpack gzip or zlib bit by bit: a bomb is noticed before it has filled the memory."""
    found = bytearray()
    unpack = zlib.decompressobj(wbits=47)
    try:
        for part in parts:
            rest = part
            while rest:
                if unpack.eof:  # gzip: several members are one body
                    unpack = zlib.decompressobj(wbits=47)
                found += unpack.decompress(rest, RATIO_PART)
                if len(found) > bytes_max:
                    raise _AnswerError(f"larger than {bytes_max:,} bytes when unpacked")
                rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
        while not unpack.eof:
            more = unpack.decompress(b"", RATIO_PART)
            if not more:
                break
            found += more
            if len(found) > bytes_max:
                raise _AnswerError(f"larger than {bytes_max:,} bytes when unpacked")
    except zlib.error as error:
        raise _AnswerError("it cannot be unpacked") from error
    if found and not unpack.eof:
        raise _AnswerError("the answer broke off while unpacking")
    return bytes(found)


def _wait_s(response: httpx.Response, now_s: int) -> int:
    """Read for how long we are asked to stay away: Retry-After, or a limit that is used up."""
    after = response.headers.get("retry-after", "").strip()
    if after.isdecimal():
        return min(int(after[:9]), EPOCH_LIKE)
    if after:
        try:
            return max(0, int(parsedate_to_datetime(after).timestamp()) - now_s)
        except (ValueError, TypeError, OverflowError):
            return 0
    used_up = response.headers.get("x-ratelimit-remaining", "").strip() == "0" or response.status_code == 429
    reset = response.headers.get("x-ratelimit-reset", "").strip().split(".")[0]
    if not used_up or not reset.isdecimal():
        return 0
    seconds = int(reset[:12])
    return max(0, seconds - now_s) if seconds >= EPOCH_LIKE else seconds
