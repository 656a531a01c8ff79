"""Both directions are signed alike, as `kernel.signing` says."""

from kernel.signing import STALE, signature, signed

SIGNATURE, TIMESTAMP = "X-HAI-Signature", "X-HAI-Timestamp"

__all__ = ["SIGNATURE", "STALE", "TIMESTAMP", "signature", "signed"]
