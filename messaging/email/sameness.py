"""Whether two mails under one Message-ID are one: broken programs use an id twice, and anybody can use another's.

The trace that a mail gathers on its way differs from copy to copy and says nothing; who wrote, what, and the files do.
"""

import hashlib
from collections.abc import Iterable

from messaging.incoming import Incoming, fit
from messaging.models import Message

_LIST = "list"  # lists add a footer and a word to the subject of what is still the same mail


def same_mail(stored: Message, parsed: Incoming) -> bool:
    """Whether `parsed` is what was stored under its id."""
    if stored.raw is None or stored.raw.sha256 == hashlib.sha256(parsed.raw).hexdigest():
        return True
    if stored.details.get("from") != fit(parsed.details.get("from")):
        return False
    if _LIST in stored.flags or _LIST in parsed.flags:
        return True
    files = stored.attachments.values_list("file__sha256", flat=True)
    return _content(stored.subject, stored.body, stored.html, files) == _content_of(parsed)


def named_apart(parsed: Incoming) -> str:
    """A name of its own for a mail whose id another one has: the same each time that it comes."""
    told = f"{parsed.details.get('from')} {_content_of(parsed)}"
    return f"{parsed.external_id}#{hashlib.sha256(fit(told).encode()).hexdigest()}"


def _content_of(parsed: Incoming) -> str:
    files = [hashlib.sha256(part.content).hexdigest() for part in parsed.parts if part.content]
    return _content(fit(parsed.subject)[:255], fit(parsed.body), fit(parsed.html), files)


def _content(subject: str, body: str, html: str, files: Iterable[str]) -> str:
    return hashlib.sha256("\0".join([subject, body, html, *sorted(files)]).encode()).hexdigest()
