"""What was known at an instant: the hazards as the messages received until then make them, from their bytes.

In: a store, a world, the tables. Out: the state of hazards of then, whatever was learned since. The bytes are
read again by the readers of today. Two times are told apart: `known_at_s`, what had been received; and the
instant that is asked about, which is for the caller: a hazard of 20:00 may be known at 18:25.
"""

from __future__ import annotations

from collections.abc import Mapping

from vado import hazards
from vado.errors import InputError
from vado.feeds import Lifecycle
from vado.feeds.geocodes import NO_GEOCODES, Geocodes
from vado.hazards import Meaning
from vado.model.hazard import HazardState
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind
from vado.model.world import AlertReceived, Body, FeedRead
from vado.ports import Store
from vado.worker import decode

ROWS_AT_ONCE = 500  # bounds memory
KINDS = (InboxKind.ALERT, InboxKind.PULLED, InboxKind.REPLAY)


def hazards_known(
    store: Store,
    world: WorldId,
    meaning: Meaning,
    *,
    known_at_s: int,
    lifecycles: Mapping[str, Lifecycle] | None = None,
    geocodes: Geocodes = NO_GEOCODES,
) -> HazardState:
    """Absorb all alerts received up to `known_at_s`; what could not be read then ends and opens nothing.

    `geocodes` places what names its areas by code alone.
    """
    state, after = HazardState(), 0
    while True:
        rows = store.heard(world, kinds=KINDS, until_s=known_at_s, after=after, limit=ROWS_AT_ONCE)
        if not rows:
            return hazards.absorb(state, (), meaning, now_s=known_at_s)[0]
        bodies: list[Body] = []
        for row in rows:
            try:
                bodies += [message.body for message in decode(row, geocodes=geocodes, lifecycles=lifecycles)]
            except InputError:
                continue  # it was set aside after this was asked, or a reader of today refuses it
        alerts = [body.alert for body in bodies if isinstance(body, AlertReceived)]
        reads = [body for body in bodies if isinstance(body, FeedRead)]
        # What a set of messages means does not hang on how it is cut: a page at once, not row by row.
        now_s = max(row.received_s for row in rows)
        state, _ = hazards.absorb(state, alerts, meaning, now_s=now_s, reads=reads)
        after = rows[-1].seq
