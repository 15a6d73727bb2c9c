"""Names of CAP elements in another case than the standard has them: `MsgType`, `areadesc`.

In: an alert element. Out: the same element, its names as CAP 1.2 writes them, and a note where one was not.
Refuses to guess at anything but case.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element

from vado.feeds.findings import Findings
from vado.feeds.xml import local

# Elements of the standard. Source: CAP 1.2, section 3.2.
_NAMES = (
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses",
    "code", "note", "references", "incidents", "info", "language", "category", "event", "responseType",
    "urgency", "severity", "certainty", "audience", "eventCode", "effective", "onset", "expires",
    "senderName", "headline", "description", "instruction", "web", "contact", "parameter", "area",
    "valueName", "value", "areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling",
)  # fmt: skip
_PROPER = {name.casefold(): name for name in _NAMES}
DEMANDED = frozenset(("identifier", "sender", "sent", "status", "msgType"))  # of every alert; the same source


@lru_cache(maxsize=64)
def _tags(space: str) -> frozenset[str]:
    return frozenset(space + name for name in _NAMES)


def respelt(alert: Element, findings: Findings, at: str) -> None:
    """Write the names of an alert's elements as the standard does, in place."""
    strange = ""
    space = alert.tag[: len(alert.tag) - len(local(alert))]
    proper_tags = _tags(space)
    for each in alert.iter():
        if each.tag in proper_tags:
            continue
        name = local(each)
        if each.tag != space + name:
            continue  # an extension's, whatever it is called
        proper = _PROPER.get(name.casefold())
        if proper is not None and proper != name:
            each.tag = space + proper
            strange = strange or name
    if strange:
        findings.note(f"{at}{_PROPER[strange.casefold()]}", f"is written {strange!r}; case is not told apart")
