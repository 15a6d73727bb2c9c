"""Where things are: reports folded into a world, what a recipient may know, how sources are doing."""

from vado.tracking.faults import faults
from vado.tracking.feed_state import FeedState, FeedStatus, feed_states
from vado.tracking.feeds import feeds
from vado.tracking.progress import apply
from vado.tracking.status import Track, TrackEvent, TrackState, status
from vado.tracking.words import LANGUAGES

__all__ = [
    "LANGUAGES",
    "FeedState",
    "FeedStatus",
    "Track",
    "TrackEvent",
    "TrackState",
    "apply",
    "faults",
    "feed_states",
    "feeds",
    "status",
]
