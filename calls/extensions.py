"""Which agent sits at which telephone."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from calls.models import Extension
from kernel.errors import Refused
from kernel.kept import Kept
from kernel.locks import lock_names
from people.access import TICKET_WORKERS, has_role
from people.log import log_access
from people.models import User


def _load() -> Mapping[str, int]:
    return MappingProxyType(dict(Extension.objects.values_list("number", "user_id")))


EXTENSIONS = Kept(_load, "calls.Extension")
"""Extension to the key of its agent, in memory until one changes."""


@transaction.atomic
def set_extensions(*, numbers: Mapping[User, str], at: datetime, actor: User | None) -> int:
    """Give several agents their telephones at once, so that two may exchange theirs; how many changed. All or none."""
    wanted = {user: number.strip() for user, number in numbers.items()}
    given = [number for number in wanted.values() if number]
    if twice := sorted(number for number in set(given) if given.count(number) > 1):
        raise Refused("extension.twice", _("Ekstensi {number} ditulis dua kali."), number=twice[0])
    lock_names("extensions")
    held = dict(Extension.objects.filter(user__in=wanted).values_list("user_id", "number"))
    moving = {user: number for user, number in wanted.items() if held.get(user.pk, "") != number}
    for user in moving:  # first all give theirs up
        if user.pk in held:
            set_extension(user=user, number="", at=at, actor=actor)
    for user, number in moving.items():
        set_extension(user=user, number=number, at=at, actor=actor)
    return len(moving)


@transaction.atomic
def set_extension(*, user: User, number: str, at: datetime, actor: User | None) -> Extension | None:
    """Give an agent this telephone, or none. A telephone has one agent: it must be given up first."""
    number = number.strip()
    if number and not (number.isascii() and number.isdigit() and len(number) <= 20):
        raise Refused("extension.digits", _("Nomor ekstensi hanya berisi angka, paling banyak 20."))
    if number and not has_role(user, TICKET_WORKERS):
        raise Refused("extension.no_agent", _("{name} tidak melayani tiket."), name=user)
    lock_names("extensions")
    holder = Extension.objects.select_related("user").filter(number=number).exclude(user=user).first()
    if number and holder:
        raise Refused("extension.taken", _("Ekstensi {number} dipakai {name}."), number=number, name=holder.user)
    before = Extension.objects.filter(user=user).first()
    if (before.number if before else "") == number:
        return before
    row = None
    if number:
        row, _new = Extension.objects.update_or_create(user=user, defaults={"number": number})
    elif before:
        before.delete()
    log_access(user=actor, action="extension.set", record=user, reason=number or "-", at=at)
    return row
