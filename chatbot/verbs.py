"""The life of a chatbot session: started, a menu chosen, ended by itself or handed to an agent (rules 2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chatbot.identifying import EMAIL_ELSEWHERE
from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotStep, ChatbotVersion
from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Channel, Message
from people.contacts import find_or_create_contact
from people.models import Contact, Region, User, UserGroup
from tickets.intake import open_ticket
from tickets.models import Ticket, Topic
from tickets.receiving.guessing import guess_priority, guess_topic

KEPT_AFTER = frozenset({EMAIL_ELSEWHERE})  # what people told stays with their contact, not here
_O = ChatbotSession.Outcome


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the requester must give in full before an agent takes over (rules 2.2)."""

    name: str
    region: Region | None
    organization: str
    email: str
    question: str
    phone: str = ""
    user_group: str = UserGroup.PEMDA

    def missing(self) -> list[str]:
        """Labels of what is empty."""
        wanted = {
            _("nama"): self.name.strip(),
            _("daerah"): self.region,
            _("instansi/SKPD"): self.organization.strip(),
            _("email"): self.email.strip(),
            _("pertanyaan"): self.question.strip(),
        }
        return [str(label) for label, value in wanted.items() if not value]


@transaction.atomic
def start_session(
    *,
    channel: Channel,
    external_id: str,
    contact: Contact | None = None,
    version: ChatbotVersion | None = None,
    simulated: bool = False,
    at: datetime,
) -> tuple[ChatbotSession, bool]:
    """The channel's session with this id; and whether it is new. Safe to repeat.

    A session with a `version` is a live conversation in that tree; one that is `simulated` counts nowhere.
    """
    return ChatbotSession.objects.get_or_create(
        channel=channel,
        external_id=external_id,
        defaults={
            "contact": contact,
            "started_at": at,
            "version": version,
            "last_at": at if version else None,
            "simulated": simulated,
        },
    )


@transaction.atomic
def keep_state(*, session: ChatbotSession, state: Mapping[str, Any], at: datetime) -> ChatbotSession:
    """Where the conversation stands after the requester's message of `at`."""
    session = _running(session, at)
    session.state, session.last_at = dict(state), at
    session.save(update_fields=["state", "last_at"])
    return session


@transaction.atomic
def note_step(
    *, session: ChatbotSession, kind: str, menu: ChatbotMenu | None = None, words: str = "", at: datetime
) -> ChatbotStep:
    """Count something for the statistics of menus."""
    return ChatbotStep.objects.create(session=session, kind=kind, menu=menu, words=words[:80], at=at)


@transaction.atomic
def choose_menu(*, session: ChatbotSession, menu: ChatbotMenu, at: datetime) -> ChatbotSession:
    """The requester picked a menu; the last one picked is kept."""
    session = _running(session, at)
    if not menu.active:
        raise Refused("chatbot.menu_inactive", _("Menu ini tidak dipakai lagi. Pilih menu lain."))
    session.menu = menu
    session.save(update_fields=["menu"])
    return session


@transaction.atomic
def end(*, session: ChatbotSession, at: datetime) -> ChatbotSession:
    """The requester left: answered by the chosen menu, or dropped without one."""
    session = _running(session, at)
    return _finish(session, _O.ANSWERED if session.menu_id else _O.DROPPED, at)


@transaction.atomic
def drop(*, session: ChatbotSession, at: datetime) -> ChatbotSession:
    """“Tidak Dilanjutkan”: left before any menu was chosen."""
    session = _running(session, at)
    if session.menu_id:
        raise Refused("chatbot.menu_chosen", _("Sesi ini sudah memilih menu. Akhiri sebagai terjawab."))
    return _finish(session, _O.DROPPED, at)


@transaction.atomic
def hand_to_agent(
    *,
    session: ChatbotSession,
    introduction: Introduction,
    message: Message | None = None,
    on_duty: datetime | None = None,
    at: datetime,
    actor: User | None = None,
) -> Ticket:
    """“Chat Agent”: a ticket created at this moment (decisions 21), on the topic of the chosen menu.

    It goes to one of those on duty at `on_duty`, as `open_ticket` has it.
    """
    session = _running(session, at)
    if missing := introduction.missing():
        raise Refused("chatbot.incomplete", _("Lengkapi dahulu: {fields}."), fields=", ".join(missing))
    contact = session.contact if session.version_id else None  # a live one is whoever wrote; mail may name others
    if contact is None:
        contact, _created = find_or_create_contact(
            name=introduction.name,
            email=introduction.email,
            phone=introduction.phone,
            user_group=introduction.user_group,
            region=introduction.region,
            organization=introduction.organization,
            at=at,
            actor=actor,
        )
    ticket = open_ticket(
        channel=session.channel,
        contact=contact,
        subject=session.menu.label if session.menu else "",
        text=introduction.question,
        message=message,
        topic=_topic_of(session.menu) or guess_topic(introduction.question),
        priority=guess_priority(introduction.question),
        region=introduction.region,
        source=Ticket.Source.SIMULATOR if session.simulated else Ticket.Source.LIVE,
        on_duty=on_duty,
        at=at,
        actor=actor,
    )
    session.contact, session.ticket = contact, ticket
    _finish(session, _O.HANDED_OVER, at, "contact", "ticket")
    return ticket


def _running(session: ChatbotSession, at: datetime) -> ChatbotSession:
    session = lock(session)
    if session.outcome != _O.RUNNING:
        raise Refused("chatbot.ended", _("Sesi ini sudah berakhir. Mulai sesi baru."))
    if at < session.started_at:
        raise Refused("chatbot.before_start", _("Waktunya lebih awal daripada awal sesi."))
    return session


def _finish(session: ChatbotSession, outcome: str, at: datetime, *fields: str) -> ChatbotSession:
    session.outcome, session.ended_at = outcome, at
    session.state = {key: value for key, value in session.state.items() if key in KEPT_AFTER}
    session.save(update_fields=["outcome", "ended_at", "state", *fields])
    return session


def _topic_of(menu: ChatbotMenu | None) -> Topic | None:
    """The topic of the menu or of the nearest one above it, while it is in use."""
    while menu is not None:
        if menu.topic and menu.topic.active:
            return menu.topic
        menu = menu.parent
    return None
