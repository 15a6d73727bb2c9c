"""Where things are: reports folded into a world, and what a recipient may know of their parcel."""

from vado.tracking.progress import apply
from vado.tracking.status import Track, TrackEvent, TrackState, status
from vado.tracking.words import LANGUAGES

__all__ = ["LANGUAGES", "Track", "TrackEvent", "TrackState", "apply", "status"]
