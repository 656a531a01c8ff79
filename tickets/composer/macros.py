"""Macros: who may see and change which, what one writes on a ticket, and running one."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from kernel.formats import long_date
from kernel.months import JAKARTA
from people.access import TICKET_WORKERS, has_role
from people.models import Role, User
from tickets import conversation, journal, verbs
from tickets.composer import variables
from tickets.composer.macro_actions import ACTIONS, CLOSE, Act, check_actions
from tickets.models import Macro, Ticket

LONGEST_TEXT = 20_000
_SHARERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
# Until which hour one says what (the requester's own clock).
_GREETINGS = (
    (11, gettext_lazy("Selamat pagi")),
    (15, gettext_lazy("Selamat siang")),
    (18, gettext_lazy("Selamat sore")),
)
_EVENING = gettext_lazy("Selamat malam")


def visible_macros(user: User) -> QuerySet[Macro]:
    """Everybody's and one's own, for those who work on tickets."""
    if not has_role(user, TICKET_WORKERS):
        return Macro.objects.none()
    return Macro.objects.filter(Q(owner=None) | Q(owner=user)).select_related("owner", "updated_by")


def may_share(user: User) -> bool:
    """Who keeps the macros that everybody has."""
    return has_role(user, _SHARERS)


def may_change(macro: Macro, user: User) -> bool:
    return may_share(user) if macro.owner_id is None else macro.owner_id == user.pk


def save_macro(*, macro: Macro | None, shared: bool, at: datetime, actor: User, **given: Any) -> Macro:
    """Make one, or change the named fields of `macro`: title, text, note, actions, position, active.

    Raises Refused for unknown variables and actions, a title that exists, nothing to do, and for what others own.
    """
    row = macro or Macro()
    if (macro and not may_change(macro, actor)) or (shared and not may_share(actor)):
        raise Refused("macro.not_own", gettext_lazy("Makro bersama diubah oleh penyelia."))
    row.owner = None if shared else actor
    for name, value in given.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    _check(row)
    row.updated_at, row.updated_by = at, actor
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("macro.title_taken", gettext_lazy("Sudah ada makro dengan judul ini.")) from error
    return row


def delete_macro(*, macro: Macro, actor: User) -> None:
    """It is gone; what it wrote stays."""
    if not may_change(macro, actor):
        raise Refused("macro.not_own", gettext_lazy("Makro bersama diubah oleh penyelia."))
    macro.delete()


def values_for(ticket: Ticket, *, at: datetime, actor: User) -> dict[str, str]:
    """What the variables stand for on this ticket (`variables.KNOWN`)."""
    contact, region = ticket.contact, ticket.region
    zone = ZoneInfo(region.iana_zone) if region else JAKARTA
    return {
        "salam": greeting(at.astimezone(zone).hour),
        "pemohon.sapaan": _("Bapak/Ibu {name}").format(name=contact.name) if contact.name else "",
        "pemohon.nama": contact.name,
        "pemohon.jabatan": contact.position,
        "pemohon.instansi": contact.organization,
        "daerah": str(region or ""),
        "tiket.nomor": ticket.number,
        "tiket.perihal": ticket.subject,
        "tiket.topik": ticket.topic.label if ticket.topic else "",
        "tiket.tanggal": long_date(ticket.created_at.astimezone(JAKARTA).date()),
        "tanggal": long_date(at.astimezone(JAKARTA).date()),
        "agen.nama": str(actor),
    }


def greeting(hour: int) -> str:
    """By the hour of whoever is greeted: from 4 in the morning on it is morning."""
    if hour < 4:
        return str(_EVENING)
    return next((str(words) for before, words in _GREETINGS if hour < before), str(_EVENING))


def written(macro: Macro, ticket: Ticket, *, at: datetime, actor: User) -> tuple[str, str]:
    """The macro's reply and note, filled in for this ticket."""
    values = values_for(ticket, at=at, actor=actor)
    return variables.fill(macro.text, values), variables.fill(macro.note, values)


@transaction.atomic
def run(*, macro: Macro, ticket: Ticket, with_note: bool = True, at: datetime, actor: User) -> Ticket:
    """Its actions, then its note; all of it or nothing. The status is left to `finish`."""
    check_usable(macro)
    ticket = journal.lock_ticket(ticket, at=at)
    for one in macro.actions:
        ticket = ACTIONS[one["do"]].run(ticket, one["value"], Act(at, actor))
    note = written(macro, ticket, at=at, actor=actor)[1] if with_note else ""
    return conversation.add_note(ticket=ticket, text=note, at=at, actor=actor) if note else ticket


@transaction.atomic
def finish(*, macro: Macro, ticket: Ticket, at: datetime, actor: User) -> Ticket:
    """Wait or close, when the macro says so."""
    match afterwards(macro):
        case "close":
            return verbs.close(ticket=ticket, at=at, actor=actor)
        case "wait":
            return verbs.mark_waiting_requester(ticket=ticket, at=at, actor=actor)
    return ticket


@transaction.atomic
def apply(*, macro: Macro, ticket: Ticket, at: datetime, actor: User) -> Ticket:
    """The macro alone, without a reply: actions, note and status."""
    ticket = run(macro=macro, ticket=ticket, at=at, actor=actor)
    return finish(macro=macro, ticket=ticket, at=at, actor=actor)


def afterwards(macro: Macro) -> str:
    """ "wait", "close" or nothing."""
    return next((one["value"] for one in macro.actions if one["do"] == "status"), "")


def closes(macro: Macro) -> bool:
    return afterwards(macro) == CLOSE


def check_usable(macro: Macro) -> None:
    if not macro.active:
        raise Refused("macro.inactive", gettext_lazy("Makro “{title}” tidak dipakai lagi."), title=macro.title)
    check_actions(macro.actions)


def _check(row: Macro) -> None:
    if not row.title:
        raise Refused("macro.needs_title", gettext_lazy("Beri makro judul."))
    row.actions = check_actions(row.actions)
    if not (row.text or row.note or row.actions):
        raise Refused("macro.needs_text", gettext_lazy("Isi balasan, catatan, atau pilih satu tindakan."))
    variables.check(row.text)
    variables.check(row.note)
