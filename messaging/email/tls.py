"""Certificates of mail and token servers are always checked; one authority more can be named."""

import ssl

from django.conf import settings


def context() -> ssl.SSLContext:
    """The system's authorities, and those of `DERING_CA_FILE` (PEM)."""
    made = ssl.create_default_context()
    if settings.CA_FILE:
        made.load_verify_locations(settings.CA_FILE)
    return made
