"""Groups: vehicles that can come to the same places and get away again, whatever shuts or opens.

In: a snapshot, a `Post` for each vehicle, a period. Out: the `Group` of each. Vehicles are one group when
they travel alike, and come from and have to get to points that nothing parts in the period: those are in one
of its `network.pieces`. Nearly always that is one group for each way of travelling, wherever its depots are
and its vehicles have come to; a closure parts only whom it parts. Refuses to know jobs and shifts.

A vehicle that begins anywhere comes from where it ends, and one that ends anywhere has to get back to where
it begins: the roads there and back are judged; that it need not drive them the planner knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from vado.model.snapshot import Group, Post, Snapshot, Travel
from vado.model.when import Interval
from vado.network.pieces import Pieces, pieces

NOWHERE = -1  # a node near no road, and its piece

_Key = tuple[Travel, int, int]


def groups(snapshot: Snapshot, posts: Sequence[Post], period: Interval) -> tuple[Group, ...]:
    """Give the group of each post, in their order; a group's nodes are sorted and distinct.

    They are the depots of that travel, and where its piece has none, the positions there. So groups stay the
    same while vehicles drive about.
    """
    melted = {post.travel: pieces(snapshot, post.travel, period) for post in posts}
    depots = {
        travel: {n for p in posts if p.travel == travel for n in (p.start, p.end) if n is not None and n >= 0}
        for travel in melted
    }
    whole = [_whole(melted[post.travel], post) for post in posts]
    keys = [_key(melted[post.travel], post) for post in whole]
    members: dict[_Key, tuple[set[int], set[int]]] = {}
    for post, key in zip(whole, keys, strict=True):
        if key is not None and post.at is not None and post.end is not None:
            starts, ends = members.setdefault(key, (set(), set()))
            starts.add(post.at)
            ends.add(post.end)
    found: dict[_Key, Group] = {}
    for (travel, come, go), (starts, ends) in members.items():
        of_piece = {
            piece: {n for n in depots[travel] if melted[travel].label[n] == piece} for piece in {come, go}
        }
        found[travel, come, go] = Group(
            travel, tuple(sorted(of_piece[come] or starts)), tuple(sorted(of_piece[go] or ends))
        )
    return tuple(
        Group(post.travel) if key is None else found[key] for post, key in zip(posts, keys, strict=True)
    )


def there_and_back(bases: Iterable[Post | int], travels: Iterable[Travel]) -> tuple[Post, ...]:
    """Make posts of nodes: each a base for every way of travelling, from it and back to it."""
    asked = tuple(travels)
    return tuple(
        post
        for base in bases
        for post in (
            (base,)
            if isinstance(base, Post)
            else (Post(travel=travel, start=int(base), end=int(base)) for travel in asked)
        )
    )


def _whole(melted: Pieces, post: Post) -> Post:
    """Fill in where it is, begins and ends; a position from which no road ever leads to the end is none."""
    start = post.end if post.start is None else post.start
    end = post.start if post.end is None else post.end
    at = post.at
    if at is None or at < 0 or start is None or end is None:
        return replace(post, at=start, start=start, end=end)
    if start >= 0 and end >= 0 and melted.label[at] != melted.label[start]:
        nothing = np.zeros(melted.hazards, np.bool_)
        home = melted.label[[end]].astype(np.int32)
        if not melted.side(home, nothing, inward=False)[melted.label[at]]:
            at = start
    return replace(post, at=at, start=start, end=end)


def _key(melted: Pieces, post: Post) -> _Key | None:
    """Name the group of a post by its pieces; None for one that is anywhere."""
    if post.at is None or post.end is None:
        return None
    come, go = (int(melted.label[n]) if n >= 0 else NOWHERE for n in (post.at, post.end))
    return post.travel, come, go
