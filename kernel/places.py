"""Where a page of a list stopped, as text in an address: signed, so that only places we gave are gone to."""

from typing import Any

from django.core import signing


class Places:
    """Places of one kind of list; a place belongs to the order that the list had."""

    def __init__(self, salt: str) -> None:
        self._signer = signing.Signer(salt=salt)

    def write(self, order: str, place: Any) -> str:
        """`place` is anything JSON can hold."""
        return self._signer.sign_object([order, place])

    def read(self, text: str, order: str) -> Any:
        """The place, or None for text that is empty, made up, or of another order."""
        try:
            made_for, place = self._signer.unsign_object(text) if text else ("", None)
        except Exception:  # whatever was made up: bad base64, bad JSON, bad signature, another shape
            return None
        return place if made_for == order else None
