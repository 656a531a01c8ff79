"""Everything that may happen to a contact: found or created, changed, merged and split, anonymised."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.compiled import Compiled
from kernel.errors import Refused
from kernel.locks import lock, lock_all, lock_names
from kernel.merging import point_back, point_to
from people.handles import normalise_email, normalise_phone
from people.models import Contact, ContactEvent, ContactHandle, Region, User, UserGroup

CHANGEABLE = ("name", "user_group", "region", "organization", "position", "note")
ANONYMOUS = "Anonim"
_HANDLE = Compiled(lambda rows, **handle: rows.filter(**handle).select_related("contact__merged_into"), "kind", "value")


@dataclass(frozen=True, slots=True)
class Handles:
    """What a contact can be recognised by, normalised; both may be empty."""

    email: str = ""
    phone: str = ""

    @classmethod
    def read(cls, *, email: str = "", phone: str = "") -> "Handles":
        """Raises Refused for text that is neither empty nor an address."""
        return cls(normalise_email(email) if email.strip() else "", normalise_phone(phone) if phone.strip() else "")

    def pairs(self) -> list[tuple[str, str]]:
        both = (ContactHandle.Kind.EMAIL.value, self.email), (ContactHandle.Kind.PHONE.value, self.phone)
        return [(kind, value) for kind, value in both if value]


def survivor_of(contact: Contact) -> Contact:
    """The contact itself, or the one it was merged into."""
    return contact.merged_into or contact


@transaction.atomic
def find_or_create_contact(
    *,
    name: str,
    email: str = "",
    phone: str = "",
    user_group: str = UserGroup.LAINNYA,
    region: Region | None = None,
    organization: str = "",
    position: str = "",
    at: datetime,
    actor: User | None,
) -> tuple[Contact, bool]:
    """The contact with this e-mail or phone, else a new one; and whether it is new.

    A found contact keeps what is known of it and learns only what was empty. Where e-mail and phone have
    two owners the e-mail decides; merging is left to an agent (rules 2.6). Without either a new contact.
    """
    given = {"region": region, "organization": organization.strip(), "position": position.strip()}
    handles = Handles.read(email=email, phone=phone)
    return contact_with(handles, name=name, user_group=user_group, given=given, at=at, actor=actor)


def contact_with(
    handles: Handles,
    *,
    name: str,
    user_group: str = UserGroup.LAINNYA,
    given: Mapping[str, Any] = MappingProxyType({}),
    at: datetime,
    actor: User | None,
) -> tuple[Contact, bool]:
    """As `find_or_create_contact`, for handles that have been read. Needs a transaction."""
    lock_names(*(f"handle:{kind}:{value}" for kind, value in handles.pairs()))
    held = _held(handles)
    for row in held.values():
        found = survivor_of(row.contact)
        _learn(found, given, handles, held, at=at, actor=actor)
        return found, False
    if not name.strip():
        raise Refused("contact.needs_name", _("Nama kontak belum diisi."))
    contact = Contact.objects.create(name=name.strip(), user_group=user_group, created_at=at, **given)
    _add_handles(contact, handles, held)
    _append(contact, "contact.created", at=at, actor=actor)
    return contact, True


@transaction.atomic
def change_contact(
    *, contact: Contact, changes: Mapping[str, Any], at: datetime, actor: User | None, reason: str = ""
) -> Contact:
    """Set some of name, user group, region, organization, position, note; nothing changed, no event."""
    if unknown := set(changes) - set(CHANGEABLE):
        raise ValueError(f"not changeable here: {', '.join(sorted(unknown))}")
    contact = _living(lock(contact))
    changed = {key: value for key, value in changes.items() if getattr(contact, key) != value}
    if "name" in changed and not str(changed["name"]).strip():
        raise Refused("contact.needs_name", _("Nama kontak belum diisi."))
    if not changed:
        return contact
    for key, value in changed.items():
        setattr(contact, key, value)
    contact.save(update_fields=list(changed))
    _append(contact, "contact.changed", at=at, actor=actor, reason=reason, data={"fields": sorted(changed)})
    return contact


@transaction.atomic
def add_handle(*, contact: Contact, email: str = "", phone: str = "", at: datetime, actor: User | None) -> Contact:
    """Give a contact another address. Refused when someone else has it: merge the two instead."""
    handles = Handles.read(email=email, phone=phone)
    lock_names(*(f"handle:{kind}:{value}" for kind, value in handles.pairs()))
    contact = _living(lock(contact))
    for kind, value in handles.pairs():
        owner = ContactHandle.objects.filter(kind=kind, value=value).exclude(contact=contact).first()
        if owner:
            raise Refused("handle.taken", _("{value} sudah dipakai kontak lain. Gabungkan kedua kontak."), value=value)
    added = _add_handles(contact, handles, _held(handles))
    if added:
        _append(contact, "contact.handle_added", at=at, actor=actor, data={"kinds": added})
    return contact


@transaction.atomic
def merge_contacts(*, contact: Contact, into: Contact, at: datetime, actor: User | None, reason: str = "") -> Contact:
    """Make `contact` point to the survivor `into`; its handles, tickets and history stay where they are."""
    if contact.pk == into.pk:
        raise Refused("contact.same", _("Pilih kontak lain untuk digabungkan."))
    contact, into = lock_all(contact, into)
    _living(contact)
    _living(into)
    followers = point_to(contact, into)
    contact.save(update_fields=["merged_into"])
    _append(
        contact,
        "contact.merged",
        at=at,
        actor=actor,
        reason=reason,
        to_value=str(into.pk),
        data={"followers": followers},
    )
    return contact


@transaction.atomic
def unmerge_contact(*, contact: Contact, at: datetime, actor: User | None, reason: str = "") -> Contact:
    """Undo the last merge of this contact."""
    contact = lock(contact)
    if contact.merged_into_id is None:
        raise Refused("contact.not_merged", _("Kontak ini tidak sedang digabungkan."))
    merge = contact.events.filter(code="contact.merged").last()
    survivor = contact.merged_into_id
    point_back(contact, merge.data["followers"] if merge else [])
    contact.save(update_fields=["merged_into"])
    _append(contact, "contact.unmerged", at=at, actor=actor, reason=reason, from_value=str(survivor))
    return contact


@transaction.atomic
def anonymise_contact(*, contact: Contact, at: datetime, actor: User | None, reason: str) -> Contact:
    """End the processing of a person's data: name, handles, notes and earlier states go, counts stay (rules 8.4)."""
    contact = lock(contact)
    if contact.anonymised_at:
        raise Refused("contact.anonymised", _("Data pribadi kontak ini sudah dihapus."))
    contact.name, contact.organization, contact.position, contact.note = ANONYMOUS, "", "", ""
    contact.anonymised_at = at
    contact.save(update_fields=["name", "organization", "position", "note", "anonymised_at"])
    contact.handles.all().delete()
    contact.history.all().delete()  # type: ignore[attr-defined]  # added by keep_history
    _append(contact, "contact.anonymised", at=at, actor=actor, reason=reason)
    return contact


def _held(handles: Handles) -> dict[str, ContactHandle]:
    """Those of the handles that somebody has, by their kind, with whose they are."""
    found = {kind: _HANDLE(ContactHandle.objects.all(), kind=kind, value=value) for kind, value in handles.pairs()}
    return {kind: rows[0] for kind, rows in found.items() if rows}


def _learn(
    contact: Contact,
    given: Mapping[str, Any],
    handles: Handles,
    held: Collection[str],
    *,
    at: datetime,
    actor: User | None,
) -> None:
    known = {key: contact.region_id if key == "region" else getattr(contact, key) for key in given}
    news = {key: value for key, value in given.items() if value and not known[key]}
    for key, value in news.items():
        setattr(contact, key, value)
    if news:
        contact.save(update_fields=list(news))
    added = _add_handles(contact, handles, held)
    if news or added:
        _append(contact, "contact.completed", at=at, actor=actor, data={"fields": sorted(news), "kinds": added})


def _add_handles(contact: Contact, handles: Handles, held: Collection[str]) -> list[str]:
    """Give the contact those handles that nobody has; returns their kinds."""
    added = []
    for kind, value in handles.pairs():
        if kind not in held:
            ContactHandle.objects.create(contact=contact, kind=kind, value=value)
            added.append(kind)
    return added


def _living(contact: Contact) -> Contact:
    if contact.merged_into_id is not None:
        raise Refused("contact.merged", _("Kontak ini sudah digabungkan ke kontak lain. Buka kontak itu."))
    if contact.anonymised_at:
        raise Refused("contact.anonymised", _("Data pribadi kontak ini sudah dihapus."))
    return contact


def _append(contact: Contact, code: str, *, at: datetime, actor: User | None, **rest: Any) -> ContactEvent:
    return ContactEvent.objects.create(contact=contact, code=code, at=at, actor=actor, **rest)
