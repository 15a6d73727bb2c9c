"""Names for ids, so that a job's cannot be passed for a vehicle's."""

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


def identifier(alert: AlertId) -> str:
    """Give what the sender itself calls an alert: the second half of "sender,identifier"."""
    return alert.split(",", 1)[-1]


def sender(alert: AlertId) -> str:
    """Give who sent it: the first half, or nothing."""
    return alert.split(",", 1)[0] if "," in alert else ""
