"""What a macro may do besides writing. Each action is checked when the macro is saved and runs by one verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from people.access import TICKET_WORKERS, has_role
from people.models import User
from tickets import sorting
from tickets.intake import LONGEST_TAG
from tickets.models import Ticket, Topic

ME, QUEUE = "me", "queue"
WAIT, CLOSE = "wait", "close"


@dataclass(frozen=True, slots=True)
class Act:
    """Who runs it and when."""

    at: datetime
    actor: User


@dataclass(frozen=True, slots=True)
class Action:
    """`check(value)` raises Refused; `run(ticket, value, act)` returns the ticket; `say(value)` is for people."""

    label: str | Promise
    check: Callable[[str], None]
    run: Callable[[Ticket, str, Act], Ticket]
    say: Callable[[str], str]


def check_actions(actions: Any) -> list[dict[str, str]]:
    """The actions as stored: known ones with values that exist, each once. Raises Refused(`macro.bad_action`)."""
    if not isinstance(actions, list):
        raise _bad()
    clean: list[dict[str, str]] = []
    for one in actions:
        if (
            not isinstance(one, dict)
            or set(one) != {"do", "value"}
            or not all(isinstance(v, str) for v in one.values())
        ):
            raise _bad()
        do, value = one["do"], one["value"].strip()
        if do not in ACTIONS:
            raise _bad()
        ACTIONS[do].check(value)
        if {"do": do, "value": value} not in clean:
            clean.append({"do": do, "value": value})
    single = [one["do"] for one in clean if one["do"] not in _REPEATABLE]
    if len(single) != len(set(single)):
        raise Refused("macro.bad_action", gettext_lazy("Satu macam tindakan hanya dapat dipakai satu kali."))
    return clean


def in_words(actions: list[dict[str, str]]) -> list[str]:
    """["Topik: DAU", "Tugaskan kepada saya"]; what is not known any more is left out."""
    return [ACTIONS[one["do"]].say(one["value"]) for one in actions if one["do"] in ACTIONS]


def _bad() -> Refused:
    return Refused("macro.bad_action", gettext_lazy("Tindakan makro ini tidak dikenal."))


def _topic(code: str) -> Topic:
    topic = Topic.objects.filter(code=code, active=True).first()
    if topic is None:
        raise Refused("macro.unknown_topic", gettext_lazy("Topik pada makro tidak ada atau tidak dipakai lagi."))
    return topic


def _agent(value: str, act: Act | None = None) -> User | None:
    if value == QUEUE or (value == ME and act is None):
        return None
    if value == ME and act is not None:
        return act.actor
    user = User.objects.filter(username=value, is_active=True).first()
    if user is None or not has_role(user, TICKET_WORKERS):
        raise Refused("macro.unknown_agent", gettext_lazy("Agen pada makro tidak ada atau tidak aktif lagi."))
    return user


def _priority(value: str) -> Ticket.Priority:
    if value not in Ticket.Priority.names:
        raise _bad()
    return Ticket.Priority[value]


def _tag(value: str) -> None:
    if not value or len(value) > LONGEST_TAG or "," in value:
        raise Refused("macro.bad_tag", gettext_lazy("Tanda pada makro kosong atau terlalu panjang."))


def _status(value: str) -> None:
    if value not in (WAIT, CLOSE):
        raise _bad()


def _set_topic(ticket: Ticket, value: str, act: Act) -> Ticket:
    return sorting.set_topic(ticket=ticket, topic=_topic(value), at=act.at, actor=act.actor)


def _set_priority(ticket: Ticket, value: str, act: Act) -> Ticket:
    return sorting.set_priority(ticket=ticket, priority=_priority(value), at=act.at, actor=act.actor)


def _assign(ticket: Ticket, value: str, act: Act) -> Ticket:
    return sorting.assign(ticket=ticket, to=_agent(value, act), at=act.at, actor=act.actor)


def _add_tag(ticket: Ticket, value: str, act: Act) -> Ticket:
    return sorting.set_tags(ticket=ticket, tags=[*ticket.tags, value], at=act.at, actor=act.actor)


def _remove_tag(ticket: Ticket, value: str, act: Act) -> Ticket:
    left = [tag for tag in ticket.tags if tag != value.lower()]
    return sorting.set_tags(ticket=ticket, tags=left, at=act.at, actor=act.actor)


def _keep(ticket: Ticket, value: str, act: Act) -> Ticket:
    return ticket  # the status is set last, by whoever runs the macro


def _say_topic(value: str) -> str:
    topic = Topic.objects.filter(code=value).first()
    return _("Topik: {topic}").format(topic=topic or value)


def _say_agent(value: str) -> str:
    if value == ME:
        return _("Tugaskan kepada saya")
    if value == QUEUE:
        return _("Kembalikan ke antrean")
    user = User.objects.filter(username=value).first()
    return _("Tugaskan kepada {name}").format(name=user or value)


def _say_priority(value: str) -> str:
    known = value in Ticket.Priority.names
    return _("Prioritas: {priority}").format(priority=Ticket.Priority[value].label if known else value)


ACTIONS: dict[str, Action] = {
    "set_topic": Action(gettext_lazy("Tetapkan topik"), lambda value: void(_topic(value)), _set_topic, _say_topic),
    "set_priority": Action(
        gettext_lazy("Ubah prioritas"), lambda value: void(_priority(value)), _set_priority, _say_priority
    ),
    "assign": Action(gettext_lazy("Tugaskan"), lambda value: void(_agent(value)), _assign, _say_agent),
    "add_tag": Action(
        gettext_lazy("Tambahkan tanda"), _tag, _add_tag, lambda value: _("Tambah tanda: {tag}").format(tag=value)
    ),
    "remove_tag": Action(
        gettext_lazy("Hapus tanda"), _tag, _remove_tag, lambda value: _("Hapus tanda: {tag}").format(tag=value)
    ),
    "status": Action(
        gettext_lazy("Ubah status"),
        _status,
        _keep,
        lambda value: _("Selesaikan tiket") if value == CLOSE else _("Tunggu pemohon"),
    ),
}
_REPEATABLE = frozenset({"add_tag", "remove_tag"})


def void(_value: object) -> None:
    """For checks that are a look-up."""
