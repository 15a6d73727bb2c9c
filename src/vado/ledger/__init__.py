"""The ledger: one sealed record a decision, chained by hash, that anybody can check without us.

In: what one step knew and decided. Out: a `Decision`; and, of a row of decisions, whether it still is what
was sealed. Refuses to know where records are kept (`store`) and what the decisions mean to anybody.
"""

from vado.ledger.canonical import canonical, digest
from vado.ledger.seal import plan_hash, seal
from vado.ledger.verify import Verification, read, verify

__all__ = ["Verification", "canonical", "digest", "plan_hash", "read", "seal", "verify"]
