"""Feeds as `[feeds.NAME]` in the settings declares them.

In: the table of one feed. Out: a `Feed`; what is wrong with it, named. Refuses to know how it is fetched.
Each field's description is the text of docs/reference/settings.md; a test keeps the two the same.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from vado.model.feed import Box, Feed

SOURCE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
EVERY_S_MIN = 10  # nobody publishes faster; DGT, the fastest of those we know, comes each minute
FRESH_TIMES = 6  # so many polls missed in a row are a failure, and no accident; our choice

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]+$", max_length=253)]


class FeedSettings(BaseModel):
    """One source: where it is asked, what its documents mean, when it is missed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="", description="Where it is asked. Empty: it sends, to its webhook.")
    every_s: int = Field(
        default=300, ge=EVERY_S_MIN, le=86_400, description="How often it is asked, seconds."
    )
    lifecycle: Literal["", "full", "stream", "archive", "window"] = Field(
        default="",
        description="What it means that something is not in a document any more. `full`: it has ended; "
        "`stream`, `archive`, `window`: nothing. Empty: as is usual with the format.",
    )
    fresh_s: int | None = Field(
        default=None,
        ge=EVERY_S_MIN,
        le=31_536_000,
        description="Heard longer ago than that, it is missed: nothing is all clear then where it covers. "
        "Empty: six times `every_s` with a `url`; without one it may be quiet for ever.",
    )
    covers: Box | Literal["region"] = Field(
        default="region",
        description="Where it speaks for: `[west, south, east, north]` in degrees, or `region`.",
    )
    mirrors: str = Field(
        default="",
        description="The source that it repeats, as MeteoAlarm repeats AEMET: nobody is less informed while "
        "that one is heard, and what both say makes nothing surer.",
    )
    follow: bool = Field(
        default=False,
        description="It is an Atom or RSS index: what its entries link to is fetched, and not the "
        "index taken in.",
    )
    follow_hosts: tuple[Host, ...] = Field(
        default=(), description="Hosts beside its own that its links may lead to."
    )
    headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="Headers of each request to its host, as for an API key; secret."
    )
    bytes_max: int = Field(
        default=10_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="The largest document taken, also unpacked, bytes.",
    )
    hub: str = Field(default="", description="A WebSub hub that tells when the feed has news.")
    topic: str = Field(default="", description="What the hub calls it. Empty: `url`.")
    hub_secret: SecretStr = Field(
        default=SecretStr(""),
        description="With which the hub signs, at least 16 characters; required with `hub`.",
    )
    sns_topics: tuple[str, ...] = Field(
        default=(), description="ARNs of the AWS SNS topics that may send to its webhook."
    )
    basic: SecretStr = Field(
        default=SecretStr(""),
        description="`USER:PASSWORD`, at least 16 characters, by which its webhook knows a sender that "
        "cannot sign, as SNS.",
    )

    @field_validator("url", "hub")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url:
            return url
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good or any(sign.isspace() for sign in url):
            raise ValueError("it is no http or https address")
        if parts.username or parts.password:
            raise ValueError("a password does not belong into an address: give it in headers")
        return url

    @field_validator("covers")
    @classmethod
    def _box(cls, covers: Box | str) -> Box | str:
        if isinstance(covers, str):
            return covers
        west, south, east, north = covers
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("give west, south, east, north in degrees; the first two less than the others")
        return covers

    @field_validator("headers")
    @classmethod
    def _headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            text = name + value.get_secret_value()
            if not name or not (text.isascii() and text.isprintable()):
                raise ValueError(f"header {name[:40]!r} is not one line of ASCII")
        return headers

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.hub and not self.url:
            raise ValueError("a hub only tells that there is news: give the url to fetch it from")
        if self.hub and len(self.hub_secret.get_secret_value()) < 16:
            raise ValueError("hub_secret has fewer than 16 characters: anybody could speak for the hub")
        if self.follow and not self.url:
            raise ValueError("follow needs the url of an index")
        basic = self.basic.get_secret_value()
        if basic and (":" not in basic or len(basic) < 16):
            raise ValueError("basic is not USER:PASSWORD of at least 16 characters")
        if self.sns_topics and not basic:
            raise ValueError("sns_topics needs basic: we do not know Amazon's senders otherwise")
        return self

    def feed(self, source: str) -> Feed:
        """Give the feed with its defaults filled in."""
        fresh_s = self.fresh_s
        if fresh_s is None and self.url:
            fresh_s = FRESH_TIMES * self.every_s
        return Feed(
            source=source,
            url=self.url,
            every_s=self.every_s,
            lifecycle=self.lifecycle,
            fresh_s=fresh_s,
            covers=None if isinstance(self.covers, str) else self.covers,
            mirrors=self.mirrors,
            follow=self.follow,
            follow_hosts=tuple(host.lower() for host in self.follow_hosts),
            bytes_max=self.bytes_max,
            hub=self.hub,
            topic=self.topic or self.url,
            headers=tuple((name, value.get_secret_value()) for name, value in self.headers.items()),
            hub_secret=self.hub_secret.get_secret_value(),
        )
