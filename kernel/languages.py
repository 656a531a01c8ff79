"""Words of a row that come in two languages."""

from functools import cache

from django.utils import translation
from django.utils.translation import get_language


def in_language(indonesian: str, english: str) -> str:
    """In the reader's language; in Indonesian where there is no English, or nobody reads."""
    return english if english and (get_language() or "id").startswith("en") else indonesian


def gettext(text: str) -> str:
    """As Django's, for texts of our code that a page says many times: each is looked up once in a language."""
    return _looked_up(get_language() or "id", text)


@cache
def _looked_up(_language: str, text: str) -> str:
    """`_language` is the one that is active."""
    return translation.gettext(text)
