"""Which move the bar above the list asks for."""

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import User
from tickets.forms import agents
from tickets.inbox import bulk
from tickets.models import Ticket, Topic


def move_of(data: QueryDict, *, works: bool) -> bulk.Move:
    """The move that `aksi` names, with the field beside it. Raises Refused for what makes no sense."""
    code, _colon, value = data.get("aksi", "").partition(":")
    make = _MOVES.get(code) if works or code in _FOR_READERS else None
    if make is None:
        raise Refused("bulk.unknown_move", _("Pilih tindakan untuk tiket terpilih."))
    return make(data, value)


def _assign(data: QueryDict, _value: str) -> bulk.Move:
    return bulk.assign(_agent(data.get("agen", "")))


def _topic(data: QueryDict, _value: str) -> bulk.Move:
    topic = _topic_named(data.get("topik", ""))
    if topic is None:
        raise Refused("bulk.needs_topic", _("Pilih topik dahulu."))
    return bulk.set_topic(topic)


def _priority(_data: QueryDict, value: str) -> bulk.Move:
    if value not in Ticket.Priority.names:
        raise Refused("bulk.needs_priority", _("Pilih prioritas dahulu."))
    return bulk.set_priority(Ticket.Priority[value])


def _agent(username: str) -> User:
    found = agents().filter(username=username.replace("\x00", "")).first()
    if found is None:
        raise Refused("bulk.needs_agent", _("Pilih agen dahulu."))
    return found


def _topic_named(code: str) -> Topic | None:
    return Topic.objects.filter(code=code.replace("\x00", "")).first() if code else None


def _tags(data: QueryDict) -> list[str]:
    return data.get("tanda", "").replace("\x00", "").split(",")


_FOR_READERS = frozenset({"dibaca", "belum-dibaca"})
_MOVES: dict[str, Callable[[QueryDict, str], bulk.Move]] = {
    "tugaskan": _assign,
    "lepas": lambda _data, _value: bulk.assign(None),
    "ambil": lambda _data, _value: bulk.take(),
    "topik": _topic,
    "prioritas": _priority,
    "tanda-tambah": lambda data, _value: bulk.add_tags(_tags(data)),
    "tanda-hapus": lambda data, _value: bulk.remove_tags(_tags(data)),
    "selesai": lambda data, _value: bulk.close(_topic_named(data.get("topik_selesai", ""))),
    "spam": lambda _data, _value: bulk.mark_spam(),
    "dibaca": lambda _data, _value: bulk.mark_read(),
    "belum-dibaca": lambda _data, _value: bulk.mark_unread(),
}
