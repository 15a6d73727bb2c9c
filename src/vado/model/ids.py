"""Names for ids, so that a job's cannot be passed for a vehicle's."""

import re
from typing import NewType

AlertId = NewType("AlertId", str)  # "sender,identifier" for CAP: unique over all sources
HazardId = NewType("HazardId", str)
JobId = NewType("JobId", str)  # jobs, and the two halves of a shipment: "S7/pickup", "S7/delivery"
VehicleId = NewType("VehicleId", str)
WorldId = NewType("WorldId", str)
EdgeId = NewType("EdgeId", int)  # index into the arrays of one Roads
NodeId = NewType("NodeId", int)  # index into the arrays of one Roads
Hash = NewType("Hash", str)  # "sha256:" + 64 hex digits
LonLat = tuple[float, float]  # degrees, EPSG:4326, always in this order

# Behind the id of a version in doubt, which never takes the place of an older one that is not.
UNREADABLE = "/unreadable"  # a record of which nothing could be read
IN_PART = "/in-part~"  # a part could not be; digits follow that stand for that part: what one version says of
# a part is not replaced by a version that lacks it
UNCLEAR = (
    "/unclear~"  # all of it was read, but of some parts not where they are, or what they warn of; digits too
)
ENDLESS = "/endless"  # all of it was understood but until when: an older version may have said longer
_DOUBT = re.compile(rf"(?:{IN_PART}[0-9a-f]+|{UNREADABLE})?(?:{UNCLEAR}[0-9a-f]+|{ENDLESS})?$")


def clear(alert: AlertId) -> AlertId:
    """Give the id of the version that is not in doubt; of one that is not, its own."""
    return AlertId(_DOUBT.sub("", alert))


def identifier(alert: AlertId) -> str:
    """Give what the sender itself calls an alert: the second half of "sender,identifier"."""
    return alert.split(",", 1)[-1]


def sender(alert: AlertId) -> str:
    """Give who sent it: the first half, or nothing."""
    return alert.split(",", 1)[0] if "," in alert else ""
