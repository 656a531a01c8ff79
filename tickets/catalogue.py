"""Topics and the rule on reopening and rating, as administrators change them; each change is logged."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.dated import supersede, withdraw
from kernel.errors import Refused
from kernel.locks import lock, lock_names
from kernel.months import JAKARTA
from people.log import log_access
from people.models import Unit, User
from tickets.models import TicketRule, Topic, TopicAlias
from tickets.topics import TopicIndex, normalise

CHANGEABLE = frozenset({"label", "label_en", "category", "owner_unit", "definition", "position", "active"})


@transaction.atomic
def add_topic(
    *,
    code: str,
    label: str,
    category: str,
    owner_unit: Unit | None = None,
    label_en: str = "",
    definition: str = "",
    at: datetime,
    actor: User | None,
) -> Topic:
    """A topic that tickets may have from now on; its names must not mean another one."""
    lock_names("topic:names")
    if not code.strip() or not label.strip():
        raise Refused("topic.needs_name", _("Isi kode dan nama topik."))
    _refuse_taken(code, label)
    topic = Topic.objects.create(
        code=code.strip().upper(),
        label=label.strip(),
        label_en=label_en.strip(),
        category=Topic.Category(category),
        owner_unit=owner_unit,
        definition=definition.strip(),
        position=(Topic.objects.order_by("-position").values_list("position", flat=True).first() or 0) + 10,
    )
    log_access(user=actor, action="topic.added", record=topic, at=at)
    return topic


@transaction.atomic
def change_topic(
    *, topic: Topic, changes: Mapping[str, Any], at: datetime, actor: User | None, reason: str = ""
) -> Topic:
    """Rename, hand to another unit, take out of use. Old tickets keep the topic; nothing changed, no line."""
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not changeable here: {', '.join(sorted(unknown))}")
    lock_names("topic:names")
    topic = lock(topic)
    changed = {name: value for name, value in changes.items() if getattr(topic, name) != value}
    if "label" in changed:
        _refuse_taken(changed["label"], apart_from=topic)
    if not changed:
        return topic
    for name, value in changed.items():
        setattr(topic, name, value)
    topic.save(update_fields=list(changed))
    log_access(user=actor, action="topic.changed", record=topic, reason=reason or ", ".join(sorted(changed)), at=at)
    return topic


@transaction.atomic
def add_alias(*, topic: Topic, alias: str, at: datetime, actor: User | None) -> TopicAlias:
    """Another spelling by which imports and agents find the topic."""
    lock_names("topic:names")
    _refuse_taken(alias)
    row = TopicAlias.objects.create(topic=topic, alias=alias.strip(), normalised=normalise(alias))
    log_access(user=actor, action="topic.alias_added", record=topic, reason=alias.strip(), at=at)
    return row


@transaction.atomic
def remove_alias(*, row: TopicAlias, at: datetime, actor: User | None, reason: str = "") -> None:
    """The spelling is no longer understood; tickets keep the topic they have."""
    row = lock(row)
    log_access(user=actor, action="alias.removed", record=row.topic, reason=f"{row.alias} {reason}".strip(), at=at)
    row.delete()


@transaction.atomic
def change_ticket_rule(
    *,
    valid_from: date,
    reopen_working_days: int,
    rating_days: int,
    basis: str = "",
    at: datetime,
    actor: User | None,
) -> TicketRule:
    """Other limits for tickets closed from that day on (rules 2.8, 5.4)."""
    rule = supersede(
        TicketRule,
        valid_from=valid_from,
        today=at.astimezone(JAKARTA).date(),
        reopen_working_days=reopen_working_days,
        rating_days=rating_days,
        basis=basis.strip(),
    )
    log_access(user=actor, action="ticket_rule.changed", record=rule, reason=basis, at=at)
    return rule


@transaction.atomic
def withdraw_ticket_rule(*, rule: TicketRule, at: datetime, actor: User | None, reason: str = "") -> None:
    """Take back limits that have not begun; those before them go on."""
    rule = lock(rule)
    log_access(user=actor, action="rule.withdrawn", record=rule, reason=f"{rule.valid_from} {reason}".strip(), at=at)
    withdraw(rule, today=at.astimezone(JAKARTA).date())


def _refuse_taken(*names: str, apart_from: Topic | None = None) -> None:
    known = TopicIndex.load().by_name
    for name in names:
        if not normalise(name):
            raise Refused("topic.needs_name", _("Isi kode dan nama topik."))
        owner = known.get(normalise(name))
        if owner is not None and owner != apart_from:
            raise Refused("topic.name_taken", _("“{name}” sudah berarti topik {label}."), name=name, label=str(owner))
