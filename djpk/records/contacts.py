"""Contacts of imported rows: recognised by e-mail or phone, else one per row (decisions 23).

Set-based counterpart of `people.contacts.find_or_create_contact`, with the same rule: where e-mail and
phone have two owners the e-mail decides, and a found contact learns the handle nobody owns.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.importing.copying import copy_rows, next_ids
from people.models import Contact, ContactEvent, ContactHandle

NAMELESS = "Tanpa nama"
Handle = tuple[str, str]
_CONTACT = ("id", "name", "user_group", "region", "organization", "position", "note", "created_at")
_EVENT = ("contact", "at", "actor", "code", "from_value", "to_value", "reason", "data")


@dataclass
class NewContact:
    """What is known of a contact to be made."""

    id: int
    name: str
    user_group: str
    region_id: int | None
    created_at: datetime


def handles_of(email: str, phone: str) -> list[Handle]:
    """The handles a row gives, e-mail first."""
    return [(kind, value) for kind, value in (("EMAIL", email), ("PHONE", phone)) if value]


def owners(handles: Iterable[Handle]) -> dict[Handle, int]:
    """Who owns each handle; a merged-away owner stands for its survivor."""
    values = list({value for _kind, value in handles})
    if not values:
        return {}
    rows = ContactHandle.objects.filter(value__in=values).values_list(
        "kind", "value", "contact_id", "contact__merged_into_id"
    )
    return {(kind, value): merged or contact for kind, value, contact, merged in rows}


@dataclass
class ContactWriter:
    """Gives every row of a chunk its contact, then writes the new contacts and handles at once."""

    at: datetime
    actor_id: int | None
    file_name: str
    known: dict[Handle, int] = field(default_factory=dict)
    made: list[NewContact] = field(default_factory=list)
    learnt: dict[Handle, int] = field(default_factory=dict)
    spare: list[int] = field(default_factory=list)

    def prepare(self, handles: Iterable[Handle], rows: int) -> None:
        """Read the owners of the chunk's handles and take ids for at most `rows` new contacts."""
        self.known = owners(handles)
        self.made, self.learnt = [], {}
        self.spare += next_ids(Contact, max(rows - len(self.spare), 0))

    def contact_for(self, handles: list[Handle], **about: Any) -> int:
        """The id of the contact with these handles, or of a new one with that name, group and region."""
        found = next((self.known[handle] for handle in handles if handle in self.known), None)
        if found is None:
            found = self.spare.pop()
            self.made.append(NewContact(id=found, **about))
        for handle in handles:
            if handle not in self.known:
                self.known[handle] = self.learnt[handle] = found
        return found

    def flush(self) -> None:
        """Write what was gathered since `prepare`."""
        copy_rows(
            Contact,
            _CONTACT,
            ((c.id, c.name, c.user_group, c.region_id, "", "", "", c.created_at) for c in self.made),
        )
        data = json.dumps({"file": self.file_name})
        copy_rows(
            ContactEvent,
            _EVENT,
            ((c.id, self.at, self.actor_id, "contact.imported", "", "", "", data) for c in self.made),
        )
        if self.learnt:
            self._add_handles()

    def _add_handles(self) -> None:
        kinds, values = zip(*self.learnt, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO people_contacthandle (kind, value, contact_id, verified)
                   SELECT kind, value, contact_id, false
                   FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS given (kind, value, contact_id)
                   ON CONFLICT (kind, value) DO NOTHING""",
                [list(kinds), list(values), list(self.learnt.values())],
            )
