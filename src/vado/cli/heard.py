"""Who speaks in files: what was read of alerts as the sources that edges and towns are known by.

In: what was read, an instant. Out: voices. Each source of the files speaks for everywhere. Refuses to know
what is asked of them (`reach`, `edges`, `whatif`).
"""

from __future__ import annotations

from vado.cli.files import Alerts
from vado.network import Voice


def voices_of(read: Alerts, at_s: int) -> tuple[Voice, ...]:
    """Take each source of the files as one that speaks everywhere; one whose file is bad is missed.

    What does not say when it was sent was told when it began, as its hazards are, or else by the instant.
    """
    heard: dict[str, int] = {}
    for each in read.reads:
        if each.at_s <= at_s:
            heard[each.source] = max(heard.get(each.source, 0), each.at_s or at_s)
    for alert in read.alerts:
        told_s = alert.sent_s or min((info.onset_s for info in alert.infos), default=0) or at_s
        heard[alert.source] = max(heard.get(alert.source, 0), min(told_s, at_s))
    voices = [Voice(source=name, covers=None, heard_s=at) for name, at in sorted(heard.items())]
    missed = [Voice(source="files", covers=None, heard_s=0, missed=str(fault)) for fault in read.faults[:1]]
    return (*voices, *missed)
