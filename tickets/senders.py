"""Who wrote what stands on a ticket when it was not its requester: a colleague, or whoever got into the thread."""

from collections.abc import Iterable

from messaging.models import Message
from people.models import Contact
from tickets.models import Ticket


def others_of(ticket: Ticket, messages: Iterable[Message]) -> dict[int, str]:
    """Names by contact. One query, none where the requester wrote everything; merged contacts are one."""
    wrote = {one.contact_id for one in messages if one.direction == Message.Direction.IN}
    ids = [pk for pk in wrote if pk is not None and pk != ticket.contact_id]
    if not ids:
        return {}
    requester = ticket.contact.merged_into_id or ticket.contact_id
    rows = Contact.objects.filter(pk__in=ids).values_list("pk", "name", "merged_into")
    return {pk: name for pk, name, merged_into in rows if (merged_into or pk) != requester}
