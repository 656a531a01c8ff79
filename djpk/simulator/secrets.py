"""What the simulator signs with and is asked with: derived, so that all processes know it and nothing is kept."""

from django.utils.crypto import salted_hmac


def secret(purpose: str) -> str:
    """64 hex digits; another one for each purpose and installation."""
    return salted_hmac("djpk.simulator", purpose, algorithm="sha256").hexdigest()
