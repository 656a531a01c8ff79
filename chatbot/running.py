"""The claimer before ticket intake: takes what belongs to a conversation with the chatbot and answers it.

Whoever has a ticket open on the channel talks with people, and the chatbot keeps silent. A message and all that
follows from it are one transaction of the pipeline, messages of one contact are taken one after the other.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from chatbot import places, verbs
from chatbot import state as s
from chatbot.handing import confirmation, introduction_of
from chatbot.identifying import known_of, learn
from chatbot.identity import Known
from chatbot.loading import current_version, tree_for
from chatbot.machine import advance
from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotVersion
from chatbot.replies import Option, Reply
from chatbot.sending import CLAIMER, heard_of, say
from chatbot.timing import end_of
from kernel.errors import Refused
from messaging.models import Message
from messaging.verbs import claim_message
from people.models import Contact
from people.regions import RegionIndex
from tickets import journal
from tickets.receiving.finding import ticket_for

OFF = "off"
_NOT_FOR_ROBOTS = frozenset({"spam", "bounce", "loop", "auto_reply", "list"})


@transaction.atomic(savepoint=False)  # the pipeline has one around each claimer's turn
def claim(message: Message, at: datetime) -> bool:
    """Take a message of a channel the published tree answers on, unless an agent is concerned."""
    version = current_version()
    if version is None or not _concerns(message, version):
        return False
    moment = message.received_at
    session = _running(message)
    if ticket_for(message).ticket is not None:
        if session is not None:
            verbs.end(session=session, at=max(moment, session.last_at or moment))
        return False
    if not claim_message(message=message, claimer=CLAIMER):
        return True
    if session is not None and end_of(session) <= moment:
        verbs.end(session=session, at=end_of(session))
        session = None
    if session is None:
        session, _new = verbs.start_session(
            channel=message.channel, external_id=message.external_id[:120], contact=message.contact,
            version=version, simulated=message.is_simulated, at=moment,
        )  # fmt: skip
    with override("id"):
        _turn(session, message, at=max(moment, session.last_at or moment), now=at)
    return True


def _concerns(message: Message, version: ChatbotVersion) -> bool:
    if message.contact is None or message.channel.code not in version.content.get("channels", []):
        return False
    if not message.channel.active or not message.channel.makes_tickets:
        return False
    if _NOT_FOR_ROBOTS.intersection(message.flags) - ({"spam"} if "released" in message.flags else set()):
        return False
    return message.connection is None or message.connection.settings.get("chatbot") != OFF


def _running(message: Message) -> ChatbotSession | None:
    """The conversation the contact is in, locked; of several that the channel keeps apart, the message's own."""
    rows = ChatbotSession.objects.filter(
        contact=message.contact, channel=message.channel, outcome="RUNNING", last_at__isnull=False
    )
    if conversation := message.details.get("conversation"):
        rows = rows.filter(external_id__startswith=f"{conversation}:")
    return rows.select_for_update(of=("self",)).select_related("version").order_by("-started_at", "-pk").first()


def _turn(session: ChatbotSession, message: Message, *, at: datetime, now: datetime) -> None:
    contact = message.contact
    if contact is None or session.version is None:
        return
    index = RegionIndex.load()
    world = s.World(tree_for(session.version), _known(contact, message), partial(places.recognise, index=index))
    turn = advance(s.State.read(session.state), heard_of(message), world)
    kept = {key: value for key, value in session.state.items() if key in verbs.KEPT_AFTER}
    session = verbs.keep_state(session=session, state={**kept, **turn.state.stored()}, at=at)
    for reply in turn.replies:
        say(reply, to=message, at=at)
    for effect in turn.effects:
        _happens(effect, session, turn.state, message, at, now)


def _known(contact: Contact, message: Message) -> Known:
    """Whoever only says who they are is called by the name they gave, not told the one we know."""
    known = known_of(contact)
    said = str(message.details.get("name", ""))
    return replace(known, name=said) if "unverified" in message.flags and said and not known.missing() else known


def _happens(
    effect: s.Effect, session: ChatbotSession, state: s.State, message: Message, at: datetime, now: datetime
) -> None:
    match effect.kind:
        case s.OPENED:
            menu = ChatbotMenu.objects.get(code=effect.code)
            verbs.note_step(session=session, kind=effect.kind, menu=menu, at=at)
            if menu.active:
                verbs.choose_menu(session=session, menu=menu, at=at)
        case s.SEARCHED | s.MISSED:
            verbs.note_step(session=session, kind=effect.kind, words=effect.text, at=at)
        case s.IDENTIFIED if session.contact:
            also = learn(contact=session.contact, form=state.form, at=at)
            verbs.keep_state(session=session, state={**state.stored(), **also}, at=at)
        case s.HAND_OVER:
            _hand_over(session, state, message, at, now)
        case s.ENDED:
            verbs.end(session=session, at=at)


def _hand_over(session: ChatbotSession, state: s.State, message: Message, at: datetime, now: datetime) -> None:
    """A ticket from this moment on, and where it stands in the queue; or the menus again, if there can be none."""
    asked = Message.objects.filter(pk=state.question_ref or message.pk, contact=message.contact, ticket_entry=None)
    try:
        ticket = verbs.hand_to_agent(
            session=session, introduction=introduction_of(state), message=asked.first(), on_duty=now, at=at
        )  # fmt: skip
    except Refused as refusal:
        again = state.having(step=s.MENU, offered=(("top", _("Menu utama")),))
        verbs.keep_state(session=session, state=again.stored(), at=at)
        say(Reply(str(refusal.message), (Option("top", _("Menu utama")),)), to=message, at=at)
        return
    thanks = session.version.content["texts"].get("handed_over", "") if session.version else ""
    answer = say(Reply(confirmation(ticket, thanks, at=at)), to=message, thread=ticket.number, at=at)
    journal.show_message(ticket, answer, at=at)
