"""The poller: asks feeds, and puts what they say into the inbox. Beside the worker, never in a step.

In: feeds as declared, a client. Out: rows of the inbox, and `Contact`s that renew what is known without any
decision. It may be killed at any point: a row is put before what is known is renewed, so that at worst the
same document goes in twice. Refuses to understand documents, but for indices that it follows.

What is no document becomes a FAULT row: the world is told that it is less informed, and keeps what it has.
Sleeping, clocks, randomness and the network are handed in.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Protocol

import httpx
import structlog

from vado.errors import PayloadError, VadoError
from vado.feeds.fetch import Fetched, Outcome, fetch, host_of
from vado.feeds.follow import Index, Link, follow
from vado.feeds.pace import HOST_GAP_S, wait_after_failure, wait_after_success
from vado.ledger import digest
from vado.model.feed import Contact, Feed
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind
from vado.model.when import rfc3339
from vado.ports import Store

LOOK_S = 2.0  # how often it looks whether somebody said that there is news
# A document that stays the same goes in a second time after so long: hazards.lifecycle wants an empty one
# confirmed after a quarter of an hour, and one answer less is not two.
CONFIRM_S = 15 * 60
TOLD_S = 3600  # a fault that stays is told again
LINKS_MAX = 500  # of one index: more is a fault, for what is left out may be what matters
PAGES_MAX = 20
START_BYTES = 65_536  # of what is no document, kept to look at
LEASE_S = 10 * 86_400  # asked of a hub
RENEW_S = 3600  # before a lease ends
ASK_AGAIN_S = 600
OVER = b'{"over":true,"format":"index"}'
REFUSED = (401, 403, 429)

log = structlog.get_logger("vado.poller")


class Clock(Protocol):
    """What time it is for this world, in whole epoch seconds UTC."""

    def now_s(self) -> int: ...


class Poller:
    """Asks some feeds in turn: those of one host, so that a slow one keeps only its own waiting."""

    def __init__(
        self,
        store: Store,
        *,
        world_id: WorldId,
        feeds: Sequence[Feed],
        client: httpx.Client,
        clock: Clock,
        real_s: Callable[[], float],
        pause: Callable[[float], None],
        random: Random,
        callback: str = "",
        find_links: Callable[[bytes, str], Index] = lambda body, url: follow(body, url=url),
    ) -> None:
        """`callback` is our own address, for hubs; `find_links` says what an index leads to."""
        self._store, self._world, self._feeds = store, world_id, tuple(feeds)
        self._client, self._clock, self._real_s, self._pause = client, clock, real_s, pause
        self._random, self._callback, self._find_links = random, callback, find_links
        self._asked: dict[str, float] = {}  # host -> when it was last asked
        self._stop: Callable[[], bool] = lambda: False

    def run(self, stop: Callable[[], bool]) -> None:
        """Work until told to stop; whatever fails, the next feed has its turn."""
        self._stop = stop
        while not stop():
            try:
                wait_s = self.run_once()
            except VadoError as error:
                log.warning("poller.outside", world=self._world, cause=str(error))
                wait_s = LOOK_S
            except Exception:  # what was not foreseen may not end the service
                log.exception("poller.failed", world=self._world)
                wait_s = LOOK_S
            self._pause(wait_s)

    def run_once(self) -> float:
        """Ask all feeds that are due; gives the seconds until it is worth looking again."""
        known = {(each.source, each.channel): each for each in self._store.contacts(self._world)}
        due_s = LOOK_S
        for feed in self._feeds:
            if self._stop():
                break
            self._errands(feed, known)
            if not feed.url:
                continue
            old = _fitting(feed, known.get((feed.source, "poll")))
            wait_s = self._due_in(feed, old, known.get((feed.source, "push")))
            if wait_s <= 0:
                self.poll(feed, old)
            due_s = min(due_s, max(wait_s, 0.0) or LOOK_S)
        return due_s

    def _due_in(self, feed: Feed, old: Contact, push: Contact | None) -> float:
        now = self._real_s()
        if old.tried_s > now + feed.every_s:  # the clock was set back
            return 0
        if not old.failures:
            if push is not None and push.woken_s >= old.tried_s > 0:
                return 0
            return min(old.next_s, old.tried_s + 2 * feed.every_s) - now  # the interval may be another now
        return old.next_s - now

    def poll(self, feed: Feed, old: Contact) -> Contact:
        """Ask one feed now, take in what it says, keep what was heard of it."""
        real = int(self._real_s())  # before it is asked: who says meanwhile that there is news is heard
        got = self._get(feed, feed.url, etag=old.etag, modified=old.modified)
        now_s = self._clock.now_s()
        new = replace(old, tried_s=real)
        if got.outcome is Outcome.NEWS and feed.follow:
            new, got = self._follow(feed, new, got)
        elif got.outcome is Outcome.NEWS:
            new = self._take_in(feed, replace(new, etag=got.etag, modified=got.modified), got.body, now_s)
        elif got.outcome is Outcome.SAME and not feed.follow:
            new = self._take_in(feed, new, None, now_s)
        if got.outcome in (Outcome.NEWS, Outcome.SAME) and feed.follow and new.told_s:
            self._put_over(feed, now_s)
        if got.outcome in (Outcome.NEWS, Outcome.SAME):
            wait_s = wait_after_success(feed.every_s, asked_s=got.wait_s, random=self._random)
            new = replace(new, heard_s=now_s, failures=0, cause="", told_s=0)
        else:
            new = self._failed(feed, new, got, now_s)
            wait_s = wait_after_failure(
                feed.every_s,
                failures=new.failures,
                refused=got.status in REFUSED,
                asked_s=got.wait_s,
                random=self._random,
            )
        new = replace(new, next_s=int(self._real_s() + wait_s))
        self._store.keep_contact(self._world, new)
        log.info("poller.asked", source=feed.source, outcome=got.outcome.value, cause=got.cause or None,
                 again_in_s=int(wait_s))  # fmt: skip
        return new

    def _get(self, feed: Feed, url: str, *, etag: str = "", modified: str = "") -> Fetched:
        host = host_of(url)
        gap_s = self._asked.get(host, float("-inf")) + HOST_GAP_S - self._real_s()
        if 0 < gap_s <= HOST_GAP_S:
            self._pause(gap_s)
        own = host == host_of(feed.url)
        got = fetch(
            self._client, url, now_s=int(self._real_s()), headers=dict(feed.headers) if own else {},
            etag=etag, modified=modified, bytes_max=feed.bytes_max,
        )  # fmt: skip
        self._asked[host] = self._real_s()
        return got

    # --- what goes into the inbox ---

    def _take_in(self, feed: Feed, known: Contact, body: bytes | None, now_s: int) -> Contact:
        """Put a document in that is news, that undoes a fault, or that confirms; `body` None: as before."""
        name = Hash(known.body_hash) if body is None else digest(body)
        same = name == known.body_hash
        confirms = same and not known.again and now_s - known.sent_s >= CONFIRM_S
        if same and not known.told_s and not confirms:
            return known
        body = self._store.find_blob(name) if body is None else body
        if body is None:
            return replace(known, etag="", modified="", body_hash="")  # then it is fetched in full next time
        self._put(feed, InboxKind.PULLED, body, key=f"poll:{name}@{now_s}", now_s=now_s)
        return replace(known, body_hash=name, sent_s=now_s, again=confirms or (same and known.again))

    def _failed(self, feed: Feed, known: Contact, got: Fetched, now_s: int) -> Contact:
        """Count a failure, and tell the world: of what is no document at once, of silence when it lasts."""
        new = replace(known, failed_s=now_s, failures=known.failures + 1, cause=got.cause)
        fresh_s = feed.fresh_s or 0
        if got.outcome is Outcome.FAULT:
            tell = not known.told_s or known.cause != got.cause or now_s - known.told_s >= TOLD_S
            cause = f"E2007: {got.cause}"
        else:
            tell = not known.told_s and (not known.heard_s or now_s - known.heard_s > fresh_s)
            heard = f"last heard {rfc3339(known.heard_s)}" if known.heard_s else "never heard"
            cause = f"E2006: {got.cause}; {heard}"
        if not tell:
            return new
        told = {
            "cause": cause,
            "sha256": hashlib.sha256(got.body).hexdigest(),
            "bytes": len(got.body),
            "start_base64": base64.b64encode(got.body[:START_BYTES]).decode(),
        }
        text = json.dumps(told, ensure_ascii=True).encode()
        self._put(feed, InboxKind.FAULT, text, key=f"poll:{digest(text)}@{now_s}", now_s=now_s)
        return replace(new, told_s=now_s)

    def _put_over(self, feed: Feed, now_s: int) -> None:
        """Tell the world that an index answers again, which has no document of its own to say so."""
        self._put(feed, InboxKind.FAULT, OVER, key=f"over:{now_s}", now_s=now_s)

    def _put(self, feed: Feed, kind: InboxKind, body: bytes, *, key: str, now_s: int) -> None:
        self._store.accept(
            world=self._world, kind=kind, source=feed.source, key=key, body=body, received_s=now_s
        )

    # --- indices ---

    def _follow(self, feed: Feed, known: Contact, got: Fetched) -> tuple[Contact, Fetched]:
        """Fetch what an index names and was not fetched before; only when all is there is it heard."""
        try:
            named = self._named(feed, got)
        except VadoError as error:
            return known, replace(got, outcome=Outcome.FAULT, cause=error.faults[0].cause)
        if len(named) > LINKS_MAX:
            cause = f"it names {len(named)} documents, more than {LINKS_MAX}"
            return known, replace(got, outcome=Outcome.FAULT, cause=cause)
        if len(named) > 1 and feed.lifecycle == "full":
            cause = "it names several documents, and none of them is all that holds: mend its lifecycle"
            return known, replace(got, outcome=Outcome.FAULT, cause=cause)
        kind = InboxKind.PULLED if len(named) == 1 else InboxKind.ALERT  # of several, each is a part
        present = {link.name for link in named}
        seen = {name for name in known.seen if name in present}
        wrong: Fetched | None = None
        for link in named:
            if link.name in seen or self._stop():
                continue
            one = self._linked(feed, link)
            if one.outcome is Outcome.NEWS:
                now_s = self._clock.now_s()
                key = f"link:{digest(one.body)}@{now_s}"
                self._put(feed, kind, one.body, key=key, now_s=now_s)
                seen.add(link.name)
                known = replace(known, seen=tuple(sorted(seen)))
                self._store.keep_contact(self._world, known)  # a restart goes on from here
            else:
                wrong = wrong or one
        known = replace(known, seen=tuple(sorted(seen)))
        if wrong is not None or present - seen:
            wrong = wrong or replace(got, outcome=Outcome.AWAY, cause="stopped")
            return known, replace(wrong, cause=f"a document it names: {wrong.cause}")
        return replace(known, etag=got.etag, modified=got.modified), got

    def _named(self, feed: Feed, got: Fetched) -> tuple[Link, ...]:
        """List what an index and the pages after it name; raises VadoError where a page cannot be had."""
        found: dict[str, Link] = {}
        for _ in range(PAGES_MAX):
            index = self._find_links(got.body, got.url or feed.url)
            found |= {link.name: link for link in index.links}
            if not index.more:
                return tuple(found.values())
            if not self._may(feed, index.more):
                raise _unfit(f"its next page is on another host, {host_of(index.more)[:100]}")
            got = self._get(feed, index.more)
            if got.outcome is not Outcome.NEWS:
                raise _unfit(f"its next page: {got.cause}")
        raise _unfit(f"it has more than {PAGES_MAX} pages")

    def _linked(self, feed: Feed, link: Link) -> Fetched:
        if not self._may(feed, link.address):
            cause = f"on another host, {host_of(link.address)[:100]}: add it to follow_hosts if that is meant"
            return Fetched(outcome=Outcome.FAULT, cause=cause)
        return self._get(feed, link.address)

    def _may(self, feed: Feed, url: str) -> bool:
        return host_of(url) in (host_of(feed.url), *feed.follow_hosts)

    # --- subscriptions ---

    def _errands(self, feed: Feed, known: Mapping[tuple[str, str], Contact]) -> None:
        """Renew the subscription at a hub, and confirm one that SNS asks about."""
        real = int(self._real_s())
        if feed.hub and self._callback:
            lease = known.get((feed.source, "lease"), Contact(source=feed.source, channel="lease"))
            asked = known.get((feed.source, "ask"), Contact(source=feed.source, channel="ask"))
            if real >= lease.lease_s - RENEW_S and not 0 <= real - asked.asked_s < ASK_AGAIN_S:
                cause = self._subscribe(feed)
                self._store.keep_contact(self._world, replace(asked, asked_s=real, cause=cause))
        confirm = known.get((feed.source, "sns"))
        done = known.get((feed.source, "sns-done"), Contact(source=feed.source, channel="sns-done"))
        if confirm is None or not confirm.confirm_url:
            return
        again = done.confirm_url != confirm.confirm_url or bool(done.cause)
        if again and not 0 <= real - done.asked_s < ASK_AGAIN_S:
            got = fetch(self._client, confirm.confirm_url, now_s=real)
            cause = "" if got.outcome is Outcome.NEWS else got.cause
            log.info("poller.sns_confirmed", source=feed.source, cause=cause or None)
            done = replace(done, confirm_url=confirm.confirm_url, asked_s=real, cause=cause)
            self._store.keep_contact(self._world, done)

    def _subscribe(self, feed: Feed) -> str:
        """Ask a hub to tell us of news (W3C WebSub, 5.1); gives what went wrong, or ""."""
        form = {
            "hub.callback": f"{self._callback}/v1/websub/{feed.source}",
            "hub.mode": "subscribe",
            "hub.topic": feed.topic,
            "hub.secret": feed.hub_secret,
            "hub.lease_seconds": str(LEASE_S),
        }
        try:
            with self._client.stream("POST", feed.hub, data=form) as answer:
                cause = "" if answer.status_code in (200, 202, 204) else f"HTTP {answer.status_code}"
        except httpx.HTTPError as error:
            cause = f"no answer: {type(error).__name__}"
        log.info("poller.subscribed", source=feed.source, cause=cause or None)
        return cause


def _fitting(feed: Feed, known: Contact | None) -> Contact:
    """Give what is known of a feed; of another address only when it was heard, and what of it is in force."""
    new = Contact(source=feed.source, channel="poll", url=feed.url)
    if known is None:
        return new
    if known.url != feed.url:
        return replace(new, heard_s=known.heard_s, body_hash=known.body_hash, told_s=known.told_s)
    return known


def _unfit(cause: str) -> PayloadError:
    return PayloadError(cause, code="E1006", action="see docs/howto/feed.md")
