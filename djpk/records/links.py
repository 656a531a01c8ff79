"""Columns that point to tickets, contacts and staff, shared by the registers that have them."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from djpk.records.agents import AgentIndex
from djpk.records.base import RecordLoader, Values
from djpk.records.contacts import ContactWriter, Handle, handles_of, owners
from kernel.importing.cells import clean_text
from kernel.importing.columns import Column
from kernel.importing.engine import Context
from kernel.importing.fields import Converted, Text
from kernel.importing.rows import Row
from people.handles import normalise_email, normalise_phone
from people.models import ContactHandle
from tickets.models import Ticket

TICKET = Column("ticket", Text(40, free=False), gettext_lazy("nomor tiket terkait; impor tiketnya lebih dahulu"))
EMAIL = Column(
    "contact_email",
    Converted(normalise_email, gettext_lazy("alamat email")),
    gettext_lazy("email; mengenali orang yang sama"),
    example="arung@gowa.example",
)
PHONE = Column(
    "contact_phone",
    Converted(normalise_phone, gettext_lazy("nomor telepon; tanpa kode negara berarti Indonesia")),
    gettext_lazy("telepon; mengenali orang yang sama"),
    example="+6200010000001",
)


class WithTicket(RecordLoader):
    """A register with a `ticket` column."""

    one_per_ticket: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tickets: dict[str, int] = {}
        self.taken: dict[str, Hashable] = {}

    def examine(self, rows: list[Row]) -> None:
        numbers = {row.values["ticket"] for row in rows if row.values["ticket"]}
        self.tickets = dict(Ticket.objects.filter(number__in=numbers).values_list("number", "id"))
        if self.one_per_ticket and numbers:
            for holder in self.queryset().filter(ticket__number__in=numbers):
                self.taken.setdefault(holder.ticket.number, self.key_of(self.shown(holder)))
        super().examine(rows)

    def problems(self, values: Values) -> Iterable[str]:
        yield from super().problems(values)
        number = values["ticket"]
        if number and number not in self.tickets and "ticket" in self.context.present:
            yield _("ticket: tiket %(number)s belum ada. Impor tiketnya lebih dahulu, atau kosongkan.") % {
                "number": number
            }
        elif number and self.one_per_ticket and self._is_taken(number, self.key_of(values)):
            yield _("ticket: tiket %(number)s sudah dipakai catatan lain.") % {"number": number}

    def _is_taken(self, number: str, key: Hashable) -> bool:
        return self.taken.setdefault(number, key) != key

    def set_ticket(self, row: Any, values: Values) -> None:
        """Point to the ticket; where the file lacks the column it stays as it is."""
        if "ticket" in self.context.present:
            row.ticket_id = self.tickets.get(values["ticket"])


class WithContact(RecordLoader):
    """A register with `contact_email` and `contact_phone`, and the name in `name_column`."""

    name_column = "contact_name"
    contact_optional = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor_id = context.actor.pk if context.actor else None
        self.contacts = ContactWriter(context.at, actor_id, context.file_name)
        self.owners: dict[Handle, int] = {}

    @classmethod
    def shown(cls, row: Any) -> Values:
        contact = row.contact and (row.contact.merged_into or row.contact)
        handles = list(contact.handles.all()) if contact else []
        values = {
            "contact_email": _first(handles, ContactHandle.Kind.EMAIL),
            "contact_phone": _first(handles, ContactHandle.Kind.PHONE),
        }
        if cls.name_column == "contact_name":
            values["contact_name"] = clean_text(contact.name) if contact else ""
        return values

    def examine(self, rows: list[Row]) -> None:
        self.owners = owners(handle for row in rows for handle in _handles(row.values))
        super().examine(rows)

    def differs(self, name: str, value: Any, found: tuple[Any, Values]) -> bool:
        """Who it is counts, not which of the person's addresses; a name only where there is no address."""
        row, stored = found
        has_handles = bool(stored["contact_email"] or stored["contact_phone"])
        if name == "contact_name" and has_handles:
            return False
        if name in ("contact_email", "contact_phone") and value and has_handles:
            owner = self.owners.get(("EMAIL" if name == "contact_email" else "PHONE", value))
            return owner is None or owner != (row.contact.merged_into_id or row.contact_id)
        return super().differs(name, value, found)

    def write(self, rows: list[Row]) -> None:
        self.contacts.prepare((handle for row in rows for handle in _handles(row.stored[1])), len(rows))
        for row in rows:
            found, values = row.stored
            values["contact"] = self._contact_id(values, found)
        self.contacts.flush()
        super().write(rows)

    def _contact_id(self, values: Values, found: tuple[Any, Values] | None) -> int | None:
        handles = _handles(values)
        if handles or (values.get("contact_name") and not self._keeps_contact(values, found)):
            return self.contacts.contact_for(
                handles,
                name=values[self.name_column] or _("Tanpa nama"),
                user_group=values.get("user_group") or "LAINNYA",
                region_id=None,
                created_at=values[self.dated_by],
            )
        return found[0].contact_id if found and self._keeps_contact(values, found) else None

    def _keeps_contact(self, values: Values, found: tuple[Any, Values] | None) -> bool:
        """A stored contact without addresses stays who it is as long as its name does."""
        if found is None:
            return False
        stored = found[1]
        return not _handles(stored) and values.get("contact_name") == stored.get("contact_name")


def _handles(values: Values) -> list[Handle]:
    return handles_of(values["contact_email"], values["contact_phone"])


def _first(handles: Sequence[ContactHandle], kind: str) -> str:
    return next((handle.value for handle in sorted(handles, key=lambda h: h.pk) if handle.kind == kind), "")


class WithStaff(RecordLoader):
    """A register with a column that names a member of staff."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.agents = AgentIndex.load()

    def staff_id(self, name: str) -> int | None:
        """The user's id, of a new closed account when nobody has the name."""
        return self.agents.find_or_make(name, at=self.context.at, actor=self.context.actor) if name else None

    def remarks(self) -> list[str]:
        if not self.agents.made:
            return []
        return [
            _("Akun tidak aktif dibuat untuk nama yang belum dikenal: %(names)s.")
            % {"names": ", ".join(self.agents.made)}
        ]
