"""What is looked up, not searched: ticket numbers, phone numbers and e-mail addresses, as people write them."""

import re

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Reverse

from kernel.errors import Refused
from people.handles import normalise_phone
from people.models import ContactHandle
from tickets.models import Ticket
from tickets.search.query import Query

MOST = 10
_SHORTEST_END = 3  # digits by which an imported number is recognised
_SHORTEST_PHONE = 4
_SERIAL = 5  # digits of a number's running part
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./+-]*")


def of_number(text: str) -> Q:
    """Tickets with this number, written in full, from its beginning, or by its end: 12 is DRG-24-00012 too."""
    text = text.strip()
    found = Q(number__iexact=text) | Q(number__startswith=text.upper())
    if text.isascii() and text.isdigit():
        if len(text) <= _SERIAL:
            found |= _ends(f"-{int(text):0{_SERIAL}d}")
        if len(text) >= _SHORTEST_END:
            found |= _ends(text)
        return found if len(text) >= _SHORTEST_END else Q(number=text) | _ends(f"-{int(text):0{_SERIAL}d}")
    return found | _ends(text.upper()) if sum(map(str.isdigit, text)) >= _SHORTEST_END else found


def numbered(query: Query, tickets: "QuerySet[Ticket]") -> list[int]:
    """Tickets whose number is the one word of the query; the exact one first, then the newest."""
    words = [term.text.lstrip("#") for term in query.wanted]
    if len(words) != 1 or not any(map(str.isdigit, words[0])):
        return []
    exact = Case(When(number__iexact=words[0], then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = tickets.alias(backwards=Reverse("number")).filter(of_number(words[0]))
    return list(rows.order_by(exact, "-created_at", "-pk").values_list("pk", flat=True)[:MOST])


def contacts_of(text: str) -> list[int]:
    """Contacts by a phone number in any spelling or its last digits, or by the beginning of an e-mail address."""
    handles = ContactHandle.objects.order_by("pk")
    text = text.strip()
    if "@" in text:
        low = text.lower().strip("<>").removeprefix("mailto:")
        exact = handles.filter(kind=ContactHandle.Kind.EMAIL, value=low)
        begun = handles.filter(kind=ContactHandle.Kind.EMAIL, value__startswith=low)
        return _contacts(exact) or (_contacts(begun) if len(low) >= _SHORTEST_PHONE else [])
    if not _PHONE.fullmatch(text):
        return []
    digits = "".join(filter(str.isdigit, text))
    if len(digits) < _SHORTEST_PHONE:
        return []
    phones = handles.filter(kind=ContactHandle.Kind.PHONE)
    try:
        if found := _contacts(phones.filter(value=normalise_phone(text))):
            return found
    except Refused:
        pass
    return _contacts(phones.filter(value__endswith=digits.removeprefix("0")))


def addressed(query: Query) -> list[int]:
    """Contacts whose address or number the whole query is."""
    return contacts_of(query.plain) if query.wanted and not query.unwanted else []


def _ends(text: str) -> Q:
    return Q(backwards__startswith=text[::-1])


def _contacts(handles: "QuerySet[ContactHandle]") -> list[int]:
    return list(dict.fromkeys(handles.values_list("contact_id", flat=True)[:MOST]))
